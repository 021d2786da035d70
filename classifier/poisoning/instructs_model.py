"""Does a text give orders to the model instead of describing the tool?"""

import re
from collections.abc import Iterator

from classifier.poisoning.phrasing import FAR, NEAR, speaks_of_attacks
from classifier.poisoning.probe import PoisoningProbe, Suspicion, graded
from classifier.poisoning.texts import Text

_ORDERS = r"(?:instructions?|prompts?|directives?|guidelines|guidance|safety (?:rules|checks|measures|guidelines)|system message|constraints|commands|orders|training|guardrails|restrictions|polic(?:y|ies))"
_EARLIER = r"(?:all|any|every|your|the|my|these|those|previous|prior|preceding|above|earlier|existing|original|other|system|developer|security|safety|user'?s?|initial|current|of)"

_OVERRIDES = re.compile(
    rf"\b(?:ignore|disregard|forget|override|overrule|neglect)(?: {_EARLIER}){{1,5}} {_ORDERS}\b(?! ?(?:files?|flag|param|id|engine))"
    rf"|\b(?:do not|don'?t|stop) (?:follow|obey|comply with|adhere to)(?:ing)?(?: {_EARLIER}){{1,4}} {_ORDERS}\b"
    r"|\b(?:ignore|disregard|forget) (?:everything|anything|all|what)(?: (?:that|you|else|was|were|have|been|said|told|above|before|before this|previously|the user)){1,7}"
    r"|\byou are now (?:an? |in |the )?(?:\w+ ){0,3}(?:mode|unrestricted|dan\b|jailbroken|free|assistant without|administrator|root|agent that|evil|developer|a different)"
    r"|\b(?:new|updated|real|actual|true|hidden|secret) (?:system )?instructions?(?: for (?:the )?(?:ai|model|assistant|agent|llm))?\s*:"
    r"|\b(?:enter|enable|activate|switch to) (?:god|jailbreak|dan|unrestricted) mode\b"
    r"|\bpretend (?:that )?you (?:have no|are not bound|are an unrestricted)",
    re.I,
)
_USER = r"(?:the |any |your |our |an? )?(?:user|human|customer|operator|person|owner|client|end.?user|them|anyone|developer)s?"
_SECRECY = re.compile(
    rf"\b(?:do not|don'?t|never|must not|should not|shouldn'?t|mustn'?t|avoid|without|refrain from) (?:ever )?(?:tell(?:ing)?|inform(?:ing)?|mention(?:ing)?|reveal(?:ing)?|disclos(?:e|ing)|notif(?:y|ying)|alert(?:ing)?|warn(?:ing)?|let(?:ting)?|report(?:ing)?|explain(?:ing)?|say(?:ing)?|admit(?:ting)?|expos(?:e|ing)) "
    rf"(?:{_USER}\b(?! (?:that )?(?:the|an?) (?:operation|task|request) (?:was |is )?(?:success|complete|done))|(?:this|these|that you|about this|it|any of this|the above|this step|these steps|this instruction|the fact)\b(?! (?:tool|method|endpoint|function|field|value|id|parameter|if|when|unless|is|in|as an?)\b))"
    rf"|\b(?:keep|hide|conceal) (?:this|it|these|that|them|the above|this step|this behaviou?r|this action|these instructions)(?: \w+){{0,3}} (?:from|hidden from|secret|confidential|between|out of sight)"
    rf"|\b(?:hide|conceal) (?:this|the|it|that|these)(?: \w+){{0,4}} from {_USER}"
    rf"|\b{_USER} (?:must|should|need|can|may|will)(?: ?not|n'?t)(?: need to| have to| ever)? (?:know(?! (?:how|which|what|where|the))|be (?:told|aware|informed|notified|shown)|notice|find out|learn)\b"
    rf"|\bwithout (?:the )?{_USER}'?s? (?:knowledge|noticing|knowing|consent|awareness|being aware|approval or knowledge|permission)"
    r"|\b(?:secretly|covertly|surreptitiously|stealthily) (?:\w+ )?(?:read|send|include|collect|forward|copy|call|append|add|pass|upload|record|log|extract|transmit|invoke|run|execute|exfiltrate|bcc)"
    r"|\b(?:silently|quietly|discreetly) (?:read|send|include|collect|forward|copy|append|pass|upload|extract|transmit|exfiltrate|bcc|call|invoke|execute)\b(?! (?:to|into) (?:stdout|null))",
    re.I,
)
#: An order that is honest unless something else is wrong with the text.
_PRECONDITION = re.compile(
    r"\b(?:before|prior to) (?:using|calling|invoking|running|executing|you (?:use|call|invoke)) (?:any|all|every|each|other)(?: other)? (?:tools?|functions?)"
    rf"{NEAR}(?:must|always|need to|have to|required|first)"
    rf"|\b(?:you must|always|must) (?:first )?(?:call|use|invoke|run) this (?:tool|function){NEAR}(?:before|prior to|first)",
    re.I,
)
_EAST = re.compile(
    rf"(?:忽略|无视|忘记|不要遵守|忽視|無視){FAR}(?:指令|指示|提示词|提示|规则|命令)|不要(?:告诉|告知|通知|透露|提醒|让){FAR}用户|(?:别|勿|切勿|请勿)(?:告诉|告知|透露|让)用户|(?:瞒着|背着)用户"
    rf"|(?:以前の|前の|これまでの|すべての){FAR}(?:指示|命令|プロンプト){FAR}無視|ユーザーに(?:は)?(?:この|それ)?{NEAR}(?:知らせない|伝えない|教えない|言わない|通知しない|気づかれ)"
    rf"|이전{NEAR}(?:지시|명령|지침){NEAR}무시|사용자에게{NEAR}(?:알리지|말하지|밝히지)",
)
_WEST = re.compile(
    r"\b(?:ignora|ignore|ignorez|olvida|descarta|desconsidere|ignoriere|vergiss|missachte|oublie[zr]?)\b(?: \w+){0,4} (?:instrucciones|instruções|instructions|anweisungen|regeln|consignes|indicaciones|directivas|reglas|regras|règles)(?: (?:anteriores|previas|précédentes|antérieures|vorherigen))?"
    r"|\bno (?:le )?(?:digas|informes|menciones|reveles|cuentes|avises|muestres)(?: \w+){0,4} (?:al |a los )?usuarios?\b|\bsin (?:que el usuario|informar al usuario|avisar al usuario|decirle al usuario)"
    r"|\bnão (?:diga|informe|mencione|revele|conte|avise|mostre)(?: \w+){0,4} (?:ao |aos )?usuários?\b|\bsem (?:que o usuário|informar o usuário|avisar o usuário)"
    r"|\bne (?:dis|dites|révèle|révélez|mentionne|mentionnez|informe|informez|montre)[sz]? (?:pas|jamais|rien)(?: \w+){0,4} (?:à |l')?l?'?utilisateur|\bsans (?:informer|prévenir|avertir|en parler à) l'utilisateur|\bà l'insu de l'utilisateur"
    r"|\b(?:sage|sag|teile|teil|verrate|informiere|zeige|erzähle)(?: \w+){0,4} (?:dem |den )?(?:benutzer|nutzer|anwender)n?(?: \w+){0,4} (?:nicht|nichts|niemals)\b|\bohne (?:den |dem )?(?:benutzer|nutzer|anwender)(?: \w+){0,2} (?:zu informieren|wissen|mitzuteilen)"
    r"|\bkullanıcıya (?:bunu |bundan |hiçbir şey )?(?:\w+ )?(?:söyleme|bildirme|bahsetme|gösterme)\w*|\b(?:önceki|tüm) (?:\w+ )?talimatlar\w* (?:yok say|görmezden gel|unut)",
    re.I,
)


def _orders(text: Text) -> Iterator[Suspicion]:
    for pattern, message in (
        (_OVERRIDES, "Tells the model to set earlier instructions aside."),
        (_SECRECY, "Tells the model to keep something from the person it works for."),
        (_EAST, "Tells the model to ignore instructions or to keep something from the person it works for."),
        (_WEST, "Tells the model to ignore instructions or to keep something from the person it works for."),
    ):
        if match := pattern.search(text.text):
            quoted = speaks_of_attacks(text.text, match.start(), match.end())
            yield graded(not quoted), message, match.start(), match.end()
    if match := _PRECONDITION.search(text.text):
        yield (
            "soft",
            "Wants to be called before other tools, which is honest in most definitions.",
            match.start(),
            match.end(),
        )


PROBE = PoisoningProbe(
    code="instructs-model",
    label="Orders to the model",
    question="Does a text give orders to the model instead of describing the tool?",
    meaning="The text tells the model to set instructions aside, or to do something behind the user's back.",
    matters="A model may obey what it reads in a definition, before any tool is called and before anyone approves.",
    advice="Do not connect the server; report it to its author and to the registry.",
    trace=(
        r"ignor|disregard|forget|overrid|overrul|neglect|not follow|n.t follow|obey|comply|adhere|you are now|instructions?[^\"]{0,40}:|(?:god|jailbreak|dan|unrestricted) mode|pretend"
        r"|(?:not|n.?t|never|avoid|without|refrain from)(?: ever)? (?:tell|inform|mention|reveal|disclos|notif|alert|warn|let|report|explain|say|admit|expos)|hide|conceal|keep (?:this|it|these|that|them)"
        r"|(?:user|human|customer|operator|person|owner|client|anyone|developer|them)s? (?:must|should|need|can|may|will)|without (?:the |any |your |our )?(?:user|human|customer|operator|person|owner|client)"
        r"|secretly|covertly|surreptitious|stealthily|silently|quietly|discreetly|(?:before|prior to) (?:using|calling|invoking|running|executing|you )|must (?:first )?(?:call|use|invoke|run) this"
        r"|忽略|无视|忘记|不要|别|勿|瞒着|背着|忽視|無視|ユーザーに|무시|사용자에게|olvida|descarta|desconsidere|vergiss|missachte|oublie|usuario|usuário|utilisateur|benutzer|nutzer|anwender|kullanıcıya|talimat"
    ),
    suspect=_orders,
)
