"""Does a text ask for secrets or for the conversation to be handed over?"""

from classifier.poisoning.ideas import (
    CONTEXT,
    CREDENTIALS,
    DESTINATION,
    HAND,
    KEYS,
    MUST,
    PRIVATE,
    SLOT,
    TAKE,
    TALK,
)
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_CONTENTS = r"\b(?:contents?|text|data|dump|copy|contenido|contenu|inhalt|conteúdo|contenuto|içeriğ\w*|value|values) (?:of|from|in|de|du|des|von|do|da|di)\b|的内容|の内容|내용|содержим"
_GATHER = r"\b(?:gather|collect|extract|harvest|steal|siphon|look for|exfiltrate|leak|dump)\b|收集|窃取|収集|盗|수집|собер|укради"
_WHOSE = r"\b(?:user'?s?|their|all|any|every|saved|stored|found|model'?s?|your|his|her)\b|用户|ユーザー|사용자|пользовател|usuario|usuário|utilisateur|benutzer"
_STEAL = r"\b(?:exfiltrate|steal|siphon(?: off)?)\b"
_TRIGGER = r"\b(?:(?:when(?:ever)?|if|each time|every time) the user (?:says|types|writes|mentions|thanks|greets|sends)|after (?:every|each) (?:message|reply|answer|turn|user)|at the (?:start|end|beginning) of (?:every|each) (?:conversation|chat|session|reply|answer))\b"
_ALWAYS = r"\b(?:must|always|every|each|also|please|additionally|before calling|be sure to|make sure|remember to|in addition|whenever|has to|have to|required|verbatim|word for word|entire|whole|complete|full|attach)\b|请|必须|完整|必ず|반드시|siempre|toujours|immer|sempre|todo|toute?|gesamte"
_IMAGE = r"!\[[^\]\n]*\]\(|\b(?:render|include|append|add|embed|show|insert|display|load|fetch|open|visit)\b[^.\n]{0,40}\b(?:image|picture|link|url|pixel|img)\b|\bappend (?:the|all|any)\b"
_LOADED = r"https?://[^\s\"')\]]+[?/&=][^\s\"')\]]*(?:\{\w|<[a-z]|\[[a-z]|\$\{?\w|%s)|https?://[^\s\"')\]]+[?&]\w+= ?(?:\)|followed by|and|$)|https?://[^\s\"')\]]+[?&]\w+=\W{0,2}(?:conversation|chat|messages?|history|prompt|user_?data|secrets?|passwords?|api_?keys?)\b|\bwhose (?:url|address|query|path) (?:contains|holds|carries|includes)"
_HELD = r"\b(?:conversation|chat|user'?s?|message|secret|token|password|api[ _]?key|context|history|base64|data|prompt|email|e-mail)\b"
_WRITTEN_AS_NAME = r"\b(?:contents? (?:of|from)|text of|reading|dump of)\b"

_FROM_FILE = r"\b(?:read|cat|open|load|fetch|collect|grab|extract|dump|gather|locate|copy|check|inspect|look (?:into|at|up)|lee|leer|lea|abre|lis|lisez|lire|ouvre|ouvrez|leia|ler|abra|lies|lese|lesen|leggi|apri)\b|öffne|读取|打开|获取|収集|読み取|読み込|読んで|開い|읽|열|oku|aç|прочит|открой|اقرأ|đọc|पढ़"
_YOU_MUST = r"\b(?:you must|must first|first|before (?:using|calling|you|each|every|answering|any)|prior to|please|always|security check|the (?:assistant|model|agent)|you (?:should|have|need)|step \d|then|without it|otherwise|in order to authenticate|requires? the)\b|请|必须|必ず|してください|반드시|하세요|обязательно|сначала|önce"
_ONLY_WITH = r"\b(?:only works|must|has to|required to|needs to|always|should)\b"
_PUT = r"\b(?:append|attach|include|add|copy|pass|send|insert|put|submit|upload|base64-encode|encode)\b|传|发送|送信|渡|보내|отправ|передай|envía|envie|sende|envoie"
_HIS = r"\b(?:user'?s?|their|saved|stored|git|his)\b|用户|ユーザー|사용자|пользовател"
_ON_FILES = "Asks for the content of a file that holds secrets."

_BRING = r"\b(?:set|needs?|must|accompany|given|result|copy|text|base64|value|content|contents|provide|pass|include|send|attach|put|fill|supply|place|insert|add|read|holds?|contains?|sign(?:ed)?)\b"
_ARGUMENT = r"[`'\"][a-z_]{1,30}[`'\"]|\b(?:parameter|argument|field|sidenote|every (?:request|call)|each (?:request|call)|in the (?:request|call|body|url|query))\b|参数|引数|매개변수"
#: What honest tools say of such files: where they are, and what they read there themselves.
_HONEST = r"\b(?:path|paths|location|located|default|defaults?|if (?:not|omitted|unset|missing)|falls? back|loads?|loaded|reads|stored|profile|host|hosts|connect|connects|permissions?|chmod|optional|public|unless|\.pub|environment variables?|gitignore|never|existing|configured|configuration)\b|\.pub\b"
_AND_PUT = r"(?:\band|\bthen|;|,) (?:then )?(?:pass|put|include|send|transmit|add|place|provide|submit|give|write|insert|attach|hand|forward|supply|fill|append|copy)\b"
_FETCHED = r"\b(?:fetch|get|look up|find|retrieve|read|obtain|take|list|grab|copy|open|search)\b"
_FROM_HIM = r"\b(?:of the user|user'?s|browser|from the environment|project'?s config\w*|from the config\w*|home directory|keychain|git config|the user'?s (?:machine|computer)|disk|workspace|password manager)\b"
_LOOT = r"\b(?:passwords?|cookies|private keys?|secrets|credentials|api keys|[a-z]+[_ ]api[_ ]key|saved logins?|files in the home|home directory|credit cards?|personal files)\b"
_REVEAL = (
    r"\b(?:reveal|return|print|output|repeat|quote|recite|disclose|show|state|tell|write out|include|paste)\b"
)
_SYSTEM_PROMPT = r"\b(?:(?:your|the|its|model'?s|assistant'?s) (?:\w+ )?(?:system (?:prompt|message|instructions?)|initial instructions|developer message|hidden instructions)|the (?:text|words|instructions?) above)\b"
_IN_ANSWER = r"\b(?:in (?:your|the|its|each|every) (?:next |final |first |following )?(?:answer|reply|response|output|message)|verbatim|word for word|in full|[`'\"][a-z_]+[`'\"] (?:argument|parameter|field))\b"

#: Conversations as things that a chat service stores.
_TALK_ABOUT = r"\b(?:conversation|chat|message|thread) (?:ids?|list|analytics|statistics|metadata)\b"

_SAYINGS = (
    Saying(
        message=_ON_FILES,
        ideas=(PRIVATE, _ARGUMENT, _BRING),
        within=130,
        across=True,
        deniable=True,
        unless=_HONEST,
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(CONTEXT, _ARGUMENT, _ONLY_WITH),
        within=90,
        deniable=True,
    ),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _PUT, SLOT), within=90, deniable=True, unless=_HONEST),
    Saying(
        message="Asks for secrets of the user to be fetched and handed over.",
        ideas=(_LOOT, _AND_PUT, _FETCHED, _FROM_HIM),
        within=130,
        deniable=True,
    ),
    Saying(
        message="Asks for the model's own instructions.",
        ideas=(_SYSTEM_PROMPT, _REVEAL, _IN_ANSWER),
        within=100,
        deniable=True,
    ),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _FROM_FILE, HAND, SLOT), within=150, deniable=True),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _CONTENTS, HAND), within=110, deniable=True),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _CONTENTS, MUST), within=90, deniable=True),
    Saying(
        message="Asks the model to open a file that holds secrets.",
        ideas=(PRIVATE, _FROM_FILE, _YOU_MUST),
        within=90,
        deniable=True,
    ),
    Saying(
        message="Names an argument after a file that holds secrets.",
        ideas=(PRIVATE, _WRITTEN_AS_NAME),
        within=60,
        deniable=True,
    ),
    Saying(
        message="Asks for a key that opens everything.",
        ideas=(KEYS, SLOT, _ONLY_WITH, HAND),
        within=130,
        deniable=True,
    ),
    Saying(
        message="Asks for a key that opens everything.",
        ideas=(KEYS, _FROM_FILE, HAND, SLOT),
        within=130,
        deniable=True,
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(CONTEXT, HAND, SLOT),
        unless=_TALK_ABOUT,
        within=120,
        deniable=True,
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(TALK, HAND, SLOT, _ALWAYS),
        within=120,
        deniable=True,
    ),
    Saying(
        message="Asks for what the model knows whenever the user says something.",
        ideas=(_TRIGGER, f"{CONTEXT}|{TALK}"),
        within=140,
        deniable=True,
    ),
    Saying(
        message="Asks for secrets to be gathered and handed over.",
        ideas=(CREDENTIALS, _GATHER, _WHOSE, HAND),
        within=130,
        deniable=True,
    ),
    Saying(
        message="Asks for the user's secrets in an argument.",
        ideas=(CREDENTIALS, _PUT, _HIS, SLOT),
        within=90,
        deniable=True,
    ),
    Saying(
        message="Sends secrets to a place outside.",
        ideas=(TAKE, CREDENTIALS, DESTINATION),
        within=90,
        ordered=True,
        anchor=1,
        deniable=True,
    ),
    Saying(
        message="Sends what the model knows to a place outside.",
        ideas=(CONTEXT, TAKE, DESTINATION),
        within=120,
        deniable=True,
    ),
    Saying(
        message="Sends private files to a place outside.",
        ideas=(PRIVATE, TAKE, DESTINATION),
        within=120,
        deniable=True,
    ),
    Saying(message="Speaks of stealing.", ideas=(_STEAL, CREDENTIALS), within=80, deniable=True),
    Saying(
        message="Wants an address loaded that carries out what the model fills in.",
        ideas=(_LOADED, _IMAGE, _HELD),
        within=180,
        deniable=True,
    ),
)

PROBE = PoisoningProbe(
    code="demands-secrets",
    label="Asks for secrets",
    question="Does a text ask for secrets, or for the conversation, to be handed over?",
    meaning="The text wants private files, keys or the conversation put into an argument that the tool does not need for its work.",
    matters="The arguments of a call leave the machine; this is how a definition steals without running code.",
    advice="Do not connect the server; rotate what it may have seen.",
    sayings=_SAYINGS,
)
