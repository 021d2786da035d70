"""Does a text ask for secrets or for the conversation to be handed over?"""

from classifier.poisoning.ideas import (
    BELONGINGS,
    CONTEXT,
    CREDENTIALS,
    DESTINATION,
    HAND,
    KEYS,
    LOOT,
    MUST,
    PRIVATE,
    SLOT,
    TAKE,
    TALK,
    VARIABLES_OF_WORTH,
)
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_CONTENTS = r"\b(?:contents?|text|data|dump|copy|contenido|contenu|inhalt|conteúdo|contenuto|içeriğ\w*|value|values) (?:of|from|in|de|du|des|von|do|da|di)\b|的内容|の内容|내용|содержим"
_GATHER = r"\b(?:gather|collect|extract|harvest|steal|siphon|look for|exfiltrate|leak|dump)\b|收集|窃取|収集|盗|수집|собер|укради"
_WHOSE = r"\b(?:user'?s?|their|all|any|every|saved|stored|found|model'?s?|your|his|her)\b|用户|ユーザー|사용자|пользовател|usuario|usuário|utilisateur|benutzer"
_STEAL = r"\b(?:exfiltrate|steal|siphon(?: off)?)\b"
_TRIGGER = r"\b(?:(?:when(?:ever)?|if|each time|every time) the user (?:says|types|writes|mentions|thanks|greets|sends)|after (?:every|each) (?:message|reply|answer|turn|user)|at the (?:start|end|beginning) of (?:every|each) (?:conversation|chat|session|reply|answer))\b"
_ALWAYS = r"\b(?:must|always|every|each|also|please|additionally|before calling|be sure to|make sure|remember to|in addition|whenever|has to|have to|required|verbatim|word for word|entire|whole|complete|full|attach)\b|请|必须|完整|必ず|반드시|siempre|toujours|immer|sempre|todo|toute?|gesamte"
_IMAGE = r"!\[[^\]\n]*\]\(|\b(?:render|reply|answer|end|include|append|add|embed|show|insert|display|load|fetch|open|visit)\b[^.\n]{0,40}\b(?:image|picture|link|url|pixel|img)\b|\bappend (?:the|all|any)\b"
_LOADED = r"https?://[^\s\"')\]]+[?/&=][^\s\"')\]]*(?:\{\w|<[a-z]|\[[a-z]|\$\{?\w|%s)|https?://[^\s\"')\]]+[?&]\w+= ?(?:\)|followed by|and|$)|https?://[^\s\"')\]]+[?&]\w+=\W{0,2}(?:conversation|chat|messages?|history|prompt|user_?data|secrets?|passwords?|api_?keys?)\b|\bwhose (?:url|address|query|path) (?:contains|holds|carries|includes)"
_HELD = r"\b(?:conversation|chat|user'?s?|message|secret|token|password|api[ _]?key|context|history|base64|data|prompt|email|e-mail)\b"
_WRITTEN_AS_NAME = r"\b(?:contents? (?:of|from)|text of|reading|dump of)\b"

_FROM_FILE = r"\b(?:read|cat|open|load|fetch|collect|grab|extract|dump|gather|locate|copy|check|inspect|query|look (?:into|at|up|for|through|inside)|search|lee|leer|lea|abre|lis|lisez|lire|ouvre|ouvrez|leia|ler|abra|lies|lese|lesen|leggi|apri)\b|öffne|读取|打开|获取|収集|読み取|読み込|読んで|開い|읽|열|oku|aç|прочит|открой|اقرأ|đọc|पढ़"
_YOU_MUST = r"\b(?:you must|must first|first|before (?:using|calling|you|each|every|answering|any)|prior to|please|always|security check|the (?:assistant|model|agent)|you (?:should|have|need)|step \d|then|without it|otherwise|in order to authenticate|requires? the)\b|请|必须|必ず|してください|반드시|하세요|обязательно|сначала|önce"
_ONLY_WITH = r"\b(?:only works|must|has to|required to|needs to|always|should)\b"
_PUT = r"\b(?:append|attach|include|add|copy|pass|send|insert|put|submit|upload|base64-encode|encode)\b|传|发送|送信|渡|보내|отправ|передай|envía|envie|sende|envoie"
#: A warning that the secret itself has no place here.
_NEVER_PUT = r"\b(?:never|do not|don'?t) (?:pass|put|include|send|insert) (?:a|an|any|the|plain\w*) (?:\w+ )?(?:tokens?|passwords?|secrets?|credentials?|keys?)\b"
_HIS = r"\b(?:user'?s?|their|saved|stored|git|his|from the environment|seen so far|you have seen|you know|you found)\b|用户|ユーザー|사용자|пользовател"
_ON_FILES = "Asks for the content of a file that holds secrets."

_BRING = r"\b(?:set|use|needs?|must|accompany|given|result|copy|text|base64|value|content|contents|provide|pass|include|send|attach|put|fill|supply|place|insert|add|read|holds?|contains?|sign(?:ed)?)\b"
_ARGUMENT = r"[`'\"][a-z_]{1,30}[`'\"]|\b(?:parameter|argument|field|sidenote|every (?:request|call)|each (?:request|call)|in the (?:request|call|body|url|query))\b|参数|引数|매개변수"
#: The half of a pair of keys that is meant to be seen.
_PUBLIC = r"\.pub\b|\bpublic\b"
_LOOKED_AT = _PUBLIC + r"|\b(?:parsed?|validated?|linted?|compared?|exfiltrat\w+)\b"
#: What honest tools say of such files: where they are, and what they read there themselves.
_HONEST = r"\b(?:path|paths|location|located|default|defaults?|if (?:not|omitted|unset|missing)|falls? back|loads?|loaded|reads|stored|profile|host|hosts|connect|connects|permissions?|chmod|optional|public|unless|\.pub|environment variables?|gitignore|never|existing|configured|configuration)\b|\.pub\b"
_AND_PUT = r"(?:\band|\bthen|;|,) (?:then )?(?:pass|put|include|send|transmit|add|place|provide|submit|give|write|insert|attach|hand|forward|supply|fill|append|copy)\b"
_AND_PUT_IT = r"\b(?:pass|put|include|send|transmit|add|place|provide|submit|give|write|insert|attach|hand|forward|supply|fill|append|copy|paste) (?:them|it|both|its|their|whatever|what|everything|all of it|the (?:contents?|result|text|output|key|token|keys|values?))\b"
_FETCH_IT = r"\b(?:gather|collect|obtain|extract|grab|take|fetch|find|look (?:through|for)|read|get|retrieve|harvest|search|scan|copy|pull|capture)\b"
_GIVE_IT = r"\b(?:hand|pass|put|place|paste|supply|submit|attach|include|send|provide|add|insert|append|write|encode|fill|embed|give|report|deliver|forward)\b"
_IN_SLOT = r"\b(?:in|as|into|to|via|with|through|under) (?:the |an? |its |this )?(?:\w+ )?(?:[`'\"]\w+[`'\"]|argument|parameter|field|request|call|tool|payload)s?\b|\b(?:parameter|argument|field) [`'\"]?\w+"
_TAKEN_FROM = r"\b(?:taken|take it|take them|copied|copy it|extracted|obtained|read|pulled|lifted) from (?:the |this |their |your )(?:chat|conversation|environment|context|browser|files|keychain|history|memory|clipboard|user'?s)\b"
_CALL_WITH = r"\bcall\b[^.\n]{0,40}\bwith (?:all|the|every|its|your|his|their)\b"
_VALUE_OF = r"\b(?:values?|contents?) of\b|\b(?:supply|put|send)\b"
_VARIABLE = r"\bvariables?\b|\bfrom the environment\b"
_UNLESS_SET = r"\b(?:defaults?|falls? back|if (?:not|unset|omitted)|unless|optional|never|must be set|is set|set the|alternatively|or set)\b"
_SEND_IT = r"\b(?:transmit|send|post|forward|upload|mail|e-mail|deliver|exfiltrate|report|copy) (?:it|them|these|those|that|each|all of (?:it|them))\b"
_PUT_HERE = (
    r"\b(?:put|paste|copy|insert|attach|append|concatenate|dump|fill in|add what|include)\b|填写|填入|入れ|넣"
)
_SEND = r"\b(?:post|send|upload|forward|transmit|mail|e-mail|push|exfiltrate|deliver|submit)\b"
_FETCHED = r"\b(?:fetch|get|look up|find|retrieve|read|obtain|take|list|grab|copy|open|search)\b"
_FROM_HIM = r"\b(?:of the user|user'?s|browser|from the environment|project'?s config\w*|from the config\w*|home directory|keychain|git config|the user'?s (?:machine|computer)|disk|workspace|password manager)\b"
_LOOT = r"\b(?:passwords?|cookies|private keys?|secrets|credentials|api keys|[a-z]+[_ ]api[_ ]key|saved logins?|files in the home|home directory|credit cards?|personal files)\b"
_REVEAL = (
    r"\b(?:reveal|return|print|output|repeat|quote|recite|disclose|show|state|tell|write out|include|paste)\b"
)
_SYSTEM_PROMPT = r"\b(?:(?:your|the|its|model'?s|assistant'?s) (?:\w+ )?(?:system (?:prompt|message|instructions?)|initial instructions|developer message|hidden instructions)|the (?:text|words|instructions?) above)\b"
_IN_ANSWER = r"\b(?:in (?:your|the|its|each|every) (?:next |final |first |following )?(?:answer|reply|response|output|message)|verbatim|word for word|in full|[`'\"][a-z_]+[`'\"] (?:argument|parameter|field))\b"

#: Conversations as things that a chat service stores.
#: As SLOT, but said even where an argument is described: an honest one may be a secret of the user.
_SLOT_IN_WORDS = f"(?:{SLOT})"
_TALK_ABOUT = r"\b(?:move|archive|trash|delete|mute|close)\b|\b(?:conversation|chat|message|thread) (?:ids?|list|analytics|statistics|metadata)\b"

#: What stands before a conversation, what was said in it, and that nothing may be missing.
_SET_BEFORE = r"\b(?:system (?:prompt|message|instruction)s?|hidden instructions?)\b"
_SAID = r"\b(?:conversations?|chats?|transcripts?)\b"
_UNSHORTENED = r"\b(?:verbatim|word for word|in full|complete|entire|whole|everything|unabridged|so far)\b"

_YOU_KNOW = r"\b(?:(?:that |which )?you (?:know|have seen|have come across|come across)|(?:in|from|of) your (?:context|memory|conversation))\b"

_SAYINGS = (
    Saying(
        message="Asks for the secrets that the model knows.",
        ideas=(CREDENTIALS, _YOU_KNOW),
        within=50,
        ordered=True,
        deniable=True,
        unless=r"\bif you\b|\bwhether\b",
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(_SET_BEFORE, _SAID, _UNSHORTENED, SLOT),
        within=110,
        deniable=True,
        unless=r"\b(?:(?:is|are) (?:not|returned|excluded)|returns|excluding)\b",
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(_SET_BEFORE, _SAID, r"\b(?:verbatim|word for word)\b"),
        within=70,
        deniable=True,
    ),
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
    Saying(
        message=_ON_FILES, ideas=(PRIVATE, _FROM_FILE, HAND, SLOT), within=150, deniable=True, unless=_PUBLIC
    ),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _CONTENTS, HAND), within=110, deniable=True, unless=_PUBLIC),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _CONTENTS, MUST), within=90, deniable=True, unless=_PUBLIC),
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
        unless=_LOOKED_AT,
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
        ideas=(CONTEXT, HAND, _SLOT_IN_WORDS),
        unless=_TALK_ABOUT,
        within=120,
        deniable=True,
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(CONTEXT, _PUT_HERE, SLOT),
        unless=_TALK_ABOUT,
        within=110,
        deniable=True,
    ),
    Saying(
        message="Asks for what the model knows to be handed over.",
        ideas=(TALK, HAND, _SLOT_IN_WORDS, _ALWAYS),
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
        ideas=(CREDENTIALS, _PUT, _HIS, _SLOT_IN_WORDS),
        within=90,
        deniable=True,
        unless=_NEVER_PUT,
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
    Saying(
        message="Sends what lies on the user's machine to a place outside.",
        ideas=(BELONGINGS, TAKE, DESTINATION),
        within=120,
        deniable=True,
    ),
    Saying(message=_ON_FILES, ideas=(PRIVATE, _FROM_FILE, _AND_PUT_IT), within=150, deniable=True),
    Saying(
        message="Asks for secrets to be fetched and handed over.",
        ideas=(LOOT, _FETCH_IT, _GIVE_IT, SLOT),
        within=150,
        deniable=True,
        unless=_HONEST,
    ),
    Saying(
        message="Asks for what no call is about in an argument.",
        ideas=(LOOT, _GIVE_IT, _IN_SLOT),
        within=110,
        deniable=True,
        unless=_HONEST,
    ),
    Saying(
        message="Asks for what no call is about in a call.",
        ideas=(LOOT, _CALL_WITH),
        within=80,
        deniable=True,
    ),
    Saying(
        message="Asks for the value of a secret.",
        ideas=(VARIABLES_OF_WORTH, _VALUE_OF, _VARIABLE),
        within=90,
        deniable=True,
        unless=_UNLESS_SET,
    ),
    Saying(
        message="Sends secrets to a place outside.",
        ideas=(CREDENTIALS, _SEND_IT, DESTINATION),
        within=120,
        ordered=True,
        anchor=1,
        deniable=True,
    ),
    Saying(
        message="Sends private files to a place outside.",
        ideas=(PRIVATE, _SEND, DESTINATION),
        within=110,
        deniable=True,
    ),
    Saying(
        message="Asks for secrets to be taken from where they are.",
        ideas=(LOOT, _TAKEN_FROM),
        within=90,
        deniable=True,
        unless=_HONEST,
    ),
    Saying(
        message="Sends what no call is about to a place outside.",
        ideas=(LOOT, TAKE, DESTINATION),
        within=110,
        ordered=True,
        deniable=True,
    ),
    Saying(
        message="Sends what no call is about to a place outside.",
        ideas=(LOOT, _SEND, DESTINATION),
        within=110,
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
