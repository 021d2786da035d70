"""Does a text tell the model to keep something from the person it works for?"""

from classifier.poisoning.ideas import (
    CONTEXT,
    COVERTLY,
    NOT_TELL,
    NOT_TELL_ABROAD,
    TAKE,
    TALK,
    THIS,
    UNKNOWING,
    USER,
)
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_DENIED_OF_SELF = r"\b(?:reveal|disclose|mention|admit|tell|say|explain|show|report)(?:ing)? (?:to (?:the )?(?:user|anyone|human) )?(?:that you|the existence of|these instructions|this instruction|this step|these steps|this requirement|this behaviou?r|this (?:side effect|process|action|upload|transfer|call|rule|message)|anything about|any of this|that the (?:file|data|credentials))"
_DENIAL = r"\b(?:do not|don'?t|never|must not|mustn'?t|should not|shouldn'?t|avoid|without|refrain from|under no circumstances|no need to|not)\b"
_PLAIN_SECRECY = r"\b(?:do not|don'?t|never|must not|should not|no need to) (?:ever )?(?:tell|inform|notify|alert|warn) (?:the |any |your )?(?:user|human|customer|operator|end.?user|person|anyone|them|users)(?:,? but\b| and (?:then )?(?:send|pass|include|call|read|upload|copy|do|run|delete)\b| (?:\w+ ){0,2}(?:about (?:this|it|that|these|any of)|of (?:this|it)|that (?:you|the file|their|data is|this)|anything|what you)|\s*(?:[.!,;\n<]|$))"

_UNTOLD = r"\b(?:do not|don'?t|never|must not|mustn'?t|should not|shouldn'?t|without|avoid|refrain from|no need to|not to|nor|stop|cannot)(?: \w+){0,2} (?:tell|telling|inform|informing|mention|mentioning|bring|bringing|speak|speaking|talk|talking|discuss|disclose|disclosing|reveal|revealing|notify|notifying|alert|alerting|warn|warning|bother|acknowledge|announce|confess|admit)\b"
_UNAWARE = r"\b(?:(?:remains?|stays?|be|kept?|keep) (?:the user |them )?(?:unaware|in the dark|uninformed|oblivious|ignorant)|(?:is|are|be) (?:not|never) (?:made |being )?aware|(?:must|should|may) (?:not|never) be (?:made aware|informed|told|notified)|keep(?:ing)? (?:quiet|silent|mum)|(?:stay|remain) (?:silent|quiet)|no need to bother|nobody (?:may|must|should|can) (?:know|see|find))\b"
_NOT_SHOWN = r"\b(?:must|should|may|can|is|are) (?:not|never) (?:to )?be (?:shown|visible|displayed|revealed|disclosed|mentioned|exposed)\b"
_TRACELESS = r"\b(?:remove|erase|delete|hide|leave no|without(?: a| any)?|conceal|omit|strip) ?(?:any |all |every )?(?:traces?|evidence|mention|sign)s? of (?:this|the|it|that|these)\b|\bpretend (?:that )?(?:the|this) tool\b|\btell (?:nobody|no one|no-one)\b"
_ACT = (
    TAKE
    + r"|\b(?:open|visit|install|write|modify|change|delete|remove|use|contact|mail|e-mail|query|request|download|enable|disable|alter|replace|edit|pay|buy)\b"
)
_NO_LEAVE = r"\b(?:forbidden|prohibited|not allowed|not permitted) (?:to|from) (?:ever )?(?:reveal|tell|mention|disclos|show|inform|report|say|discuss|admit)\w*\b"
_TELLING = r"\b(?:mentioning|telling|revealing|disclosing|showing|saying|discussing|speaking|talking|informing|notifying)\b"
_FORBIDDEN = r"\b(?:forbidden|prohibited|not allowed|not permitted|strictly|must be avoided|never)\b"
_ACKNOWLEDGE = r"\b(?:never|do not|don'?t|must not|avoid)(?: \w+)? (?:acknowledge|mention|quote|repeat|reveal|disclose|discuss|show|print|refer to)\b"
_THESE_INSTRUCTIONS = (
    r"\b(?:these|this|the above|hidden) (?:instructions?|notes?|rules?|directives?|message|prompt)\b"
)
#: Values that an honest text keeps off the screen, and news that is not yet true.
_HONEST = r"\b(?:tell (?:(?:an?|the|your) \w+|some(?:one|body)|any(?:one|body)|people|them) to (?:stop|take|start|change|use|skip|ignore|wait)|that (?:an?|the|your) (?:booking|order|payment|reservation|appointment|change|ticket|task|purchase)|other (?:customers?|users?|people|tenants?|patients?|employees?)|ids?|identifiers?|json|raw|internal|uuids?|tokens?|keys?|passwords?|secrets?|credentials?|stack traces?|debug|sql|until|unless|urls?|tool names?|function names?|prices?|success(?:ful|fully)?|succeeded|completed?|spoilers?|answer key|solution|surprise|twice|repeatedly|codes?|the names? of|competitors?|promise|guarantee|answer|before (?:they|he|she|it)|guess\w*|finished|done|ready|how|limits?|errors?|retry|retries|technical|details|before [`'\"])\b"

_HONEST_ABROAD = r"parolayı kullanıcıya|mot de passe à l|contraseña al|senha ao|密码(?:展示|显示|告诉)|пароль пользов|passwort (?:nicht )?(?:dem|an)|内部|识别|编号|\bID|JSON|SQL|API|token|identificador|intern[oae]s?\b|идентификатор|технич|внутренн|kennung|interne|identifiant|識別|식별|확인|kimlik|kimliğ"

_NOT_SHOW = r"\b(?:do not|don'?t|never|must not|should not|avoid) (?:ever )?(?:show(?:ing)?|display(?:ing)?|expose|exposing|present(?:ing)?) (?:this|these|that|any of (?:this|it))(?: step| call| action| behaviou?r| instructions?)? (?:to|from|in front of)\b"

_SAYINGS = (
    Saying(
        message="Tells the model not to show what it does.",
        ideas=(_NOT_SHOW, USER),
        within=70,
        unless=_HONEST,
    ),
    Saying(
        message="Tells the model to keep something from the person it works for.",
        ideas=(_UNTOLD, USER),
        within=60,
        unless=_HONEST,
    ),
    Saying(message="Wants the person kept in the dark.", ideas=(_UNAWARE, USER), within=60, unless=_HONEST),
    Saying(
        message="Wants what is handed over hidden from the person.",
        ideas=(_NOT_SHOWN, USER, f"{CONTEXT}|{TALK}"),
        within=180,
        across=True,
    ),
    Saying(message="Wants no trace left.", ideas=(_TRACELESS,), deniable=True),
    Saying(
        message="Forbids to speak of something to the person.",
        ideas=(_TELLING, _FORBIDDEN, USER),
        within=70,
        unless=_HONEST,
    ),
    Saying(
        message="Forbids to speak of something to the person.",
        ideas=(_NO_LEAVE, USER),
        within=70,
        unless=_HONEST,
    ),
    Saying(
        message="Tells the model not to speak of these instructions.",
        ideas=(_ACKNOWLEDGE, _THESE_INSTRUCTIONS),
        within=60,
    ),
    Saying(
        message="Tells the model to keep something from the person it works for.", ideas=(_PLAIN_SECRECY,)
    ),
    Saying(
        message="Tells the model to keep something from the person it works for.",
        ideas=(NOT_TELL, THIS, USER),
        within=75,
    ),
    Saying(
        message="Tells the model not to say what it did.",
        ideas=(_DENIAL, _DENIED_OF_SELF),
        within=60,
        ordered=True,
        anchor=1,
    ),
    Saying(
        message="Tells the model to keep something from the person it works for.",
        ideas=(NOT_TELL_ABROAD,),
        unless=_HONEST_ABROAD,
    ),
    Saying(
        message="Wants something to go unnoticed by the person the model works for.",
        ideas=(UNKNOWING,),
        unless=r"\bnotified unless\b",
    ),
    Saying(
        message="Wants something done behind the person's back.",
        ideas=(COVERTLY, _ACT),
        within=40,
        ordered=True,
        unless=r"\bfails?\b|\bignore[sd]?\b|\bskip|\bsilently (?:discarded|dropped|truncated|overwritten|clamped|rounded|lost)\b",
    ),
    Saying(
        message="Tells the model what not to show, which is honest in most definitions.",
        ideas=(NOT_TELL, USER),
        within=60,
        strength="soft",
    ),
)

PROBE = PoisoningProbe(
    code="conceals-from-user",
    label="Secrecy towards the user",
    question="Does a text tell the model to keep something from the person it works for?",
    meaning="The text asks for silence about a step, or for something to be done behind the user's back.",
    matters="Nothing that is meant well has to be hidden from the person who uses the tool.",
    advice="Do not connect the server; look at what the rest of the text asks for.",
    sayings=_SAYINGS,
)
