"""Does a text ask for secrets or for the conversation to be handed over?"""

import re
from collections.abc import Iterator

from classifier.poisoning.phrasing import CONTEXT, FAR, HAND, NEAR, OPEN, PRIVATE_FILES, speaks_of_attacks
from classifier.poisoning.probe import PoisoningProbe, Suspicion, graded
from classifier.poisoning.texts import Text

_INTO = r"(?:\b(?:as|in|into|to|via|through|using|with|inside|within|for)\b)"
_SLOT = r"(?:parameter|param|argument|arg|field|property|input|body|header|query string|url|note|sidenote|context|metadata|payload|value|endpoint|server|webhook|https?://|address|tool|call|request|[`'\"]\w+[`'\"])"

_SECRETS = re.compile(
    rf"\b{OPEN}\b{NEAR}{PRIVATE_FILES}{FAR}\b{HAND}\b{FAR}{_INTO}{NEAR}{_SLOT}"
    rf"|\b{HAND}\b{NEAR}(?:contents? of|content from|text of|data (?:from|in)){NEAR}{PRIVATE_FILES}"
    rf"|{PRIVATE_FILES}{NEAR}(?:and|then|must be|should be){NEAR}\b{HAND}(?:ed|d|ted|ded)?\b{NEAR}(?:{_INTO}{NEAR}{_SLOT}|here)"
    rf"|\b(?:contents? of|full text of|data (?:from|in)) (?:the )?(?:user'?s? )?(?:file )?[`'\"]?{PRIVATE_FILES}{NEAR}(?:required|must|needed|mandatory|or (?:the|this) (?:tool|call|request))"
    rf"|\b(?:must|always|first|please|you need to|you should|be sure to|make sure to)\b{NEAR}\b{OPEN}\b{NEAR}{PRIVATE_FILES}",
    re.I,
)
_WHOLE_CONTEXT = re.compile(
    rf"\b(?:always|must|also|should|please|first|additionally|be sure to|make sure to|remember to|in addition|each time|every time|whenever|required to)\b{NEAR}\b{HAND}\b{NEAR}{CONTEXT}{NEAR}{_INTO}{NEAR}{_SLOT}"
    rf"|\b{HAND}\b (?:the |your |all |any |a copy of |everything in )?(?:the |your |of the )?(?:\w+ )?(?:system (?:prompt|message|instructions?)|(?:full|entire|complete|whole) (?:conversation|chat|message|context)(?: history| log| transcript| window)?|list of (?:all )?(?:the )?available tools|(?:all )?environment variables|user'?s? (?:secrets|passwords?|credentials|private keys?|api keys?)|previous tool (?:results|outputs)){NEAR}{_INTO}{NEAR}{_SLOT}"
    rf"|\b(?:exfiltrate|leak|steal|harvest|siphon)\b{NEAR}(?:data|secrets?|credentials?|keys?|tokens?|files?|conversations?|messages?|passwords?)"
    rf"|\b(?:send|forward|post|transmit|upload|report|copy|leak|email|e-mail|bcc|submit)\b{NEAR}(?:\bsecrets?|passwords?|credentials|api keys?|tokens|private keys?|conversation|chat history|user data|all (?:the )?(?:messages|emails|files|data|results)){NEAR}\bto\b{NEAR}(?:https?://|[\w.+-]+@[\w-]+\.\w+|attacker|\d{{1,3}}(?:\.\d{{1,3}}){{3}}|\+\d{{7,}})",
    re.I,
)
_SLOT_FOR_CONTEXT = re.compile(
    r"^(?:\W*(?:the |your |a |put |place |include |provide |insert |paste |write )?)*(?:full |entire |complete |whole |verbatim |current |exact )*(?:contents? of (?:the |your )?)?(?:system (?:prompt|message|instructions)|(?:conversation|chat) (?:history|transcript|log|context)(?: so far| up to)?|all (?:previous|prior) messages|list of all (?:available )?tools)",
    re.I,
)
_EAST = re.compile(
    rf"(?:读取|打开|获取|収集|読み取|읽){FAR}{PRIVATE_FILES}|{PRIVATE_FILES}{FAR}(?:传入|传递|发送|作为参数|放入|填入|渡す|渡し|送信|전달|전송)"
    rf"|(?:对话历史|聊天记录|系统提示词?|会話履歴|システムプロンプト|대화 기록|시스템 프롬프트){NEAR}(?:作为|传入|传递|发送到|放入|填入|渡す|渡し|送信|전달)",
    re.I,
)
_WEST = re.compile(
    rf"\b(?:lee|lire|lis|lisez|leia|ler|lies|lese|abre|ouvre|öffne|oku|lesen)\b{NEAR}{PRIVATE_FILES}{FAR}(?:par[aá]m|argument|feld|champ|campo|übergib|passe|pasa|envía|envoie|envie|sende|gönder|geç)",
    re.I,
)


def _hand_over(text: Text) -> Iterator[Suspicion]:
    for pattern, message in (
        (_SECRETS, "Asks for the content of a file that holds secrets."),
        (_WHOLE_CONTEXT, "Asks for secrets or for what the model knows to be handed over."),
        (_EAST, "Asks for secrets or for the conversation to be handed over."),
        (_WEST, "Asks for the content of a file that holds secrets."),
    ):
        if match := pattern.search(text.text):
            quoted = speaks_of_attacks(text.text, match.start(), match.end())
            yield graded(not quoted), message, match.start(), match.end()
            return
    if text.field.startswith("inputSchema") and (match := _SLOT_FOR_CONTEXT.match(text.text)):
        yield (
            "soft",
            "An argument that takes what the model knows, such as the conversation.",
            match.start(),
            match.end(),
        )


PROBE = PoisoningProbe(
    code="exfiltrates",
    label="Asks for secrets",
    question="Does a text ask for secrets, or for the conversation, to be handed over?",
    meaning="The text wants private files, keys or the conversation put into an argument that the tool does not need for its work.",
    matters="The arguments of a call leave the machine; this is how a definition steals without running code.",
    advice="Do not connect the server; rotate what it may have seen.",
    trace=(
        r"\.ssh|id_(?:rsa|ed25519|ecdsa|dsa)|\.aws|/etc/|netrc|npmrc|pypirc|git-cred|kube/config|gnupg|docker/config|_history|mcp\.json|desktop_config|\.env|wallet\.dat|keychain|cookies\.sqlite|ssh|seed phrase"
        r"|system (?:prompt|message|instruction)|conversation|chat (?:history|log|transcript)|(?:previous|prior|earlier|all|full|entire|complete|whole) (?:message|conversation|chat|context|tool)|(?:user.?s?|their|your) (?:message|secret|password|credential|api key|token|private key)"
        r"|available tools|environment var|env var|exfiltrat|leak|steal|harvest|siphon|(?:secret|password|credential|api key|token|private key|user data|messages|emails|files|data|results)s?[^\"]{0,120}(?:https?://|@|attacker|\d\.\d)"
        r"|对话历史|聊天记录|系统提示|会話履歴|システムプロンプト|대화 기록|시스템 프롬프트"
    ),
    suspect=_hand_over,
)
