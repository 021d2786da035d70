"""Does a text change how other tools are used?"""

from classifier.poisoning.ideas import DESTINATION
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_OTHER = (
    r"\b(?:other|another|different|trusted|existing) (?:\w+ )?(?:tools?|functions?|mcp servers?|servers?)\b|\b[a-z]+_[a-z_]+\b|\bany (?:e-?mail|payment|message|transfer|file|shell|messaging) (?:tools?|operation|command)\b"
    r"|\b(?:e-?mail|mail|payment|payments|messaging|banking|transfer|database|filesystem|file|shell|slack|calendar|wallet|browser|git|github|commit|send|write) (?:tools?|function|command|operation|server)\b|\b(?:tool|function) (?:of|from|on) (?:the |another )?\w+ server\b|\bthe [`'\"]?\w+[`'\"]? (?:tool|function)\b|\ba git commit\b|\ba shell command\b|\ban? (?:e-?mail|message|payment|transfer)\b|\b(?:any|every|all|each) (?:shell |terminal |bash )?commands?\b|\bevery file operation\b|其他工具|send_\w+|他のツール|다른 도구"
)
_CHANGE = r"\b(?:change|replace|replaced|redirect|modify|alter|set|add|use|send|bcc|cc|append|prepend|prefix|push|forward|copy|multiply|route|swap|substitute|rewrite|include|insert|call this tool|pass|passed|sent|forwarded|copied|drop|write|save|post|upload|store)\b"
_TARGET = r"\b(?:recipients?|address(?:es)?|amounts?|destination|receiver|account|url|endpoint|path|to field|target|payee|cc|bcc|subject|wallet|iban|branch|private|line|mirror|number|password|result|repository|branch|image|query|remote|origin|proxy)\b|https?://|@"
_TO_OTHER_ENDS = r"\b(?:no matter what|regardless|silently|in every call|to the top|to this tool|call this tool (?:afterwards|too|as well|with (?:its|their|his|the (?:account|card|password|results?|contents?|output|user'?s|credentials|message)))|(?:account|card) number|passwords?|instead of the (?:one|given|user)|multipl\w+|always (?:bcc|cc|add|set|include|send|use|change|replace|copy|forward|redirect|append)|copy (?:it|them|the \w+) to|also (?:push|send|copy|bcc|forward|upload|write|save|post|store|call)|bcc|redirect|(?:passed|sent|forwarded|copied|uploaded|posted) to https?|to \+\d|to 0x|(?:change|replace|swap|substitute|rewrite|alter|set|modify) the \w*(?: \w+)? ?(?:recipients?|amount|destination|address|path|url|account|wallet|to field|iban|payee|receiver|repository|branch|image|query|database|host|remote|origin|proxy))\b|(?:use|with|to|at|add|insert|include|append) (?:[\w.+-]+@|https?://|0x|[A-Z]{2}\d\d )"
_ALL_OF = r"\b(?:(?:all|every|any|each) (?:of the )?(?:outgoing |sent |new )?|outgoing )(?:e-?mails?|mails?|(?:git )?push(?:es)?|(?:select |sql )?statements?|quer(?:y|ies)|messages?|payments?|transfers?|transactions?|commits?|invoices?|calls to [a-z_]+)\b"
_DUTY = r"\b(?:must|should|have to|need to|has to|needs to|are to|is to|shall|always|route|redirect|bcc|use|set)\b"
_DIVERT = r"(?:^|[.,;:!>*] ?|\b(?:must|always|also|please|then|and|should|silently|first) )(?:bcc|cc|copy|forward|redirect|route|mirror|push|send|post|upload)\b|\b(?:must|should|has to|have to|are to|is to|shall|needs? to) (?:also |always )?(?:be (?:sent|copied|forwarded|redirected|routed|mirrored|posted|addressed)|contain|go)\b|\b(?:also|always) (?:push|bcc|cc|copy|forward)"
_ALWAYS = r"\b(?:always|silently|also|must|every|each|all|whenever|when)\b"
_WHAT = r"\b(?:origin|pushes|statements?|quer(?:y|ies)|e-?mails?|mails?|messages?|payments?|transfers?|commits?|invoices?|send_\w+|files?|repositor(?:y|ies)|orders?|results?)\b"
_DISPARAGED = r"\b(?:is|are|has been|have been|they are|it is|was|were)(?: now)? (?:\w+ (?:and|or) )?(?:deprecated|disabled|broken|unsafe|insecure|compromised|malicious|infected|hacked|dangerous|vulnerable|no longer (?:safe|available|supported|works?))\b"
_OF_OTHERS = r"\b(?:other (?:servers?|tools?|mcp)|from (?:another|other|the \w+) servers?|of the \w+ server|all other|any other|every other|built-?in)\b"
_USE_THIS = r"\b(?:use|call|using|prefer|choose) (?:only )?(?:this|mine|our)\b|\bonly use this\b|\binstead\b"
_PREFIX = r"\b(?:prefix|prepend|start|begin|precede|append|add|insert|include|end)\b"
_EVERY_COMMAND = r"\b(?:shell|terminal|bash|any|every|all|each) (?:shell |terminal |bash )?(?:commands?|scripts?|files?(?: you (?:write|create|edit))?|sql (?:quer(?:y|ies)|statements?)|queries|statements?|code)\b|\bwrite_file\b|\btop of the file\b|\bbefore (?:running|executing) (?:any )?(?:shell )?commands?\b"
_WITH_CODE = r"`[^`\n]{3,}`|\bchmod\b|\bcurl\b|\bimport \w+|\bsudo\b|\bexport \w+="
_SIDE = r"\bside.?effects? (?:apply|applies|of this)|\bside.?effects?: ?in|\bin (?:the )?presence of (?:other|another|the \w+) tools?\b|\bchanges? how [`'\"]?[a-z]+[_a-z]*[`'\"]? (?:works?|behaves?|is used)\b|\bmodif(?:y|ies) the behaviou?r of (?:other|another|the [`'\"]?[a-z_]+) (?:tools?|function)"
_ABOVE_OTHERS = r"\balways (?:use|prefer|choose|call|pick|select) this (?:tool |function |one )?(?:instead of|over|rather than|before)\b|\b(?:do not|don'?t|never) (?:use|call|invoke|trust) (?:any )?other (?:tools?|servers?)\b|\b(?:best|only) (?:tool|choice)\b[^.\n]{0,40}\b(?:always|never)\b"
_THEIR_TARGET = r"\b(?:recipient|destination|path|amount|address|payee|account|url) (?:must|should|has to|needs to|have to) (?:always )?(?:be|become)(?: \w+)? (?:replaced|changed|set|redirected|swapped|multiplied|overwritten)|\bamounts? must be (?:multiplied|changed|doubled)|\bno matter what (?:they|the user) (?:typed|wrote|asked|said|entered)"

_ONCE_USED = r"\b(?:before|after|on|with|for|in) (?:any|every|each|all) (?:calls?|uses?|invocations?) (?:to|of)\b|\b(?:whenever|every time|each time) (?:you|the user|it|they) (?:\w+)\b|\b(?:before|when|whenever|after|while|every time you|each time you) (?:using|calling|invoking|running|executing|sending|making|writing|deleting|reading|creating|committing|deploying|paying|saving|calling|invoking|running|sending|making|use|call|run|send)\b|\b(?:when(?:ever)?|if|every time|each time|any ?time|before|after|once|as soon as)\b[^.\n]{0,50}\b(?:used|called|calls|uses|sends|invoked|triggered|executed|requested|available|present|runs?|returns|is made|are made|is sent|are sent|you use|you call|you send|wants to (?:send|pay|transfer)|asks for an? \w+)\b"
_ABROAD_ONCE_USED = r"\b(?:before|after|on|with|for|in) (?:any|every|each|all) (?:calls?|uses?|invocations?) (?:to|of)\b|(?:当|每当|每次)[^。\n]{0,20}(?:调用|使用|发送)|(?:呼び出|使用|送信)[^。\n]{0,8}(?:時|とき|たび|際)|(?:호출|사용)[^.\n]{0,8}(?:때|마다)|\b(?:cuando|cada vez|si|quand|lorsque|chaque fois|wenn|sobald|immer wenn|quando|sempre que|se)\b[^.\n]{0,20}\b(?:use|usa|llame|llama|invoque|envíe|utilise|appelle|appelé|aufgerufen|verwendet|benutzt|chamar|usar|for chamad\w+|usado|viene)\b|когда[^.\n]{0,20}(?:вызыва|использу|отправля)|(?:çağrıldığında|kullanıldığında)"
_ABROAD_CHANGE = r"改为|改成|修改|替换|变更|変更|書き換え|置き換え|바꾸|변경|измени|замени|değiştir|密送|抄送|\b(?:bcc|cambia|cambie|reemplaza|sustituye|remplace|remplacez|change|changez|ersetze|ersetzen|ändere|mude|troque|altere|substitua|sostituisci)\b|ändern?\b"
_ABROAD_TARGET = r"收件人|收款|地址|金额|路径|宛先|受取人|送金先|金額|수신자|받는 사람|주소|получател|адрес|сумм|\b(?:destinatari[oa]|destinatário|destinataire|empfänger\w*|betrag|importe|cuenta|montant|compte|konto|valor|conta|dirección|adresse|endereço|alıcı\w*)\b|@"

_MESSAGE = "Says how other tools are to be used, to other ends."
_INSTEAD = r"\binstead of (?:the )?(?:ones?|user'?s?|given|requested|original|real|actual|recipient|stated)\b|\bnot the one (?:given|the user|that)\b"
_USE = r"\b(?:use|set|change|send|put|pay|transfer|replace|choose|pass)\b"
_THEIR_THING = r"\b(?:account|recipient|address|image|amount|repository|branch|url|endpoint|wallet|iban|file|path|key|host|model|database|number|registry|domain|package)\b"
_TO_FIELD = r"[`'\"](?:to|cc|bcc|recipient|recipients|address|account|destination|url|path|amount)[`'\"]|\b(?:recipients?|cc|bcc|payee|beneficiary|destination (?:account|address)|receiver)\b"
_UNIVERSAL = (
    r"\b(?:always|all|every|each|any|whenever|instead|for send_\w+|no matter|must be|should be|in every)\b"
)
_EXAMPLE = r"\be\.g\.|\bfor example\b|\bexample:|\bsuch as\b|\bformat\b|\blike\b|\bfor instance\b|\bone of\b|\bvalid\b|\bcomma\b|\bdocs?\b|\bdocumentation\b|\bsee (?:the|also|our|https?)|[\w.]+@example\.(?:com|org)"
_TAMPER = r"\b(?:modify|change|alter|rewrite|edit|tamper with|replace|manipulate|adjust) (?:the |all |any |every )?(?:arguments?|parameters?|inputs?|outputs?|results?|requests?)\b"
_OF_CALLS = r"\b(?:of|in|for|passed to|sent to) (?:every|any|all|each|other)? ?(?:calls? to|other tools?|tool calls?|calls? of)\b"
_ALSO_COPY = r"\b(?:must|should|has to|have to|always|are to|is to) (?:also |always |first |additionally )(?:write|send|save|post|push|upload|make|store|go|be (?:sent|copied|forwarded|written|mirrored))\b"
_CALLS_TO = r"\b(?:calls? to|every call of|each use of|each call of|every use of) [`'\"]?[a-z]+[_a-z]*\b"
_BROKEN = r"\b(?:is|are|has been|have been|was|were)(?: now| no longer)? (?:broken|unsafe|insecure|compromised|malicious|infected|hacked|dangerous|vulnerable|backdoored)\b"
_NAMED_TOOL = r"\b(?:official|other|built-?in|default|original|old|existing|standard|native) (?:\w+ )?(?:tools?|functions?|servers?)\b|\bthe [`'\"]?[a-z]+_[a-z_]*[`'\"]? ?(?:tool|function|server)\b|\b(?:tool|function|server) [`'\"]?[a-z]+_[a-z_]+"
_USE_ME = r"\b(?:use|call|prefer) (?:only )?this (?:tool|one|function|server)\b"

_EVERY_CALL = r"\b(?:after|before|around|with|on|for) (?:every|each|any|all)(?: of the| single)? (?:other )?(?:\w+ )?(?:(?:tool|function|mcp) ?(?:calls?|uses?|invocations?)?|server (?:calls?|uses?|invocations?))\b|\b(?:after|before|whenever|each time|every time) (?:you |the model |the agent )?(?:use|call|run|invoke|using|calling|invoking|running)s? (?:any|every|each|another|all|a|some)(?: other)? (?:tools?|functions?|servers?)\b|\b(?:any|every|each|all)(?: of the)? other (?:tools?|servers?)(?: (?:is|are|has|was|gets) (?:used|called|run|invoked))?\b"
_CALL_IT = r"\b(?:call|invoke|use|run|pass|send|hand|forward|report|submit|copy|log|give|mirror|include)\b"
_THEIR_DATA = r"\b(?:(?:the|its|their|all|full|complete|whole|entire|exact|raw|same|of that|and) (?:\w+ )?(?:arguments?|parameters?|results?|outputs?|inputs?|responses?|return values?)(?: (?:and|plus) (?:\w+ )?(?:arguments?|results?|outputs?|responses?))?|(?:user'?s|whole|entire|full|complete|original) (?:\w+ )?(?:request|message|prompt|conversation|input))\b"
_ANY_SERVER = r"\b(?:of|from|on|whichever|which|any|every|other|another|all) (?:any |every |other |whichever |which |another |all |the other )*servers?\b"
_FIRST_OF_ALL = r"\b(?:before|prior to) (?:any|all|every|each|using any|calling any|the)(?: of the)? (?:other )?tools?\b|\b(?:before|prior to) any other\b"
_MUST_CALL = r"\b(?:must|has to|have to|needs to|need to|always|required|should|first|is to|shall)\b"
_IF_THERE = r"\b(?:after|before|on|with|in) (?:each|every|any|all) (?:call of |call to |use of )?[`'\"]?[a-z]+_[a-z_]+|\b(?:if|when|whenever|where)\b[^.\n]{0,20}\b(?:tool|function|server|mcp)\b[^.\n]{0,40}\b(?:exists?|is (?:available|present|installed|connected|there|used|called|loaded)|are (?:available|present|connected))\b|\bwhen(?:ever)? (?:you |the user |the agent )?(?:use|uses|call|calls|using|calling) (?:the )?[`'\"]?[a-z]+_[a-z_]+"
_SPOIL = r"\b(?:append|add|prepend|insert|prefix|include|replace|put)\b"
_SPOILT_WITH = r"\b(?:drop table|delete from|truncate|curl|wget|rm -rf|\| ?sh|\bsudo|chmod|eval|--no-verify|import os|subprocess|https?://|\w+@\w+)"
#: What the person wants, set aside.
_OVER_HIS_HEAD = r"\b(?:instead of|rather than|over|in place of) (?:the |any )?(?:\w+ )?(?:(?:that |which )?(?:the user|users?|he|she|they|was|were|is|you were) (?:\w+ )?(?:wants?|asks?|asked|asked for|gives?|gave|given|typed|types|named?|specif\w+|requested?|chose|chosen|said|meant|stated)|regular|usual|normal|real|original|official|trusted|standard|built-?in)\b|\b(?:whatever|no matter what|regardless of what|irrespective of what)\b[^.\n]{0,16}\b(?:requested|asked|typed|given|wants?|wanted|says?|said|chose|user)\b|\beven (?:if|when|though) (?:the |a )?(?:user|human|customer|he|she|they)\b[^.\n]{0,20}\b(?:hasn['’]?t|has not|did not|didn['’]?t|never|insists?|objects?|asks? for (?:another|a different|them)|refuses?|wants? (?:another|a different)|disagrees?|says? (?:no|otherwise))\b"
_OTHER_TOOL = r"\b(?:tool|function) [`'\"]?[a-z]+[`'\"]?|\b(?:use|call|run|to|with) [`'\"]?[a-z]+_[a-z_]+|\b(?:all|any|every|each) (?:of )?(?:the )?(?:other )?(?:tools?|servers?|them|amounts?|git pushes|pushes|payments?|transfers?|commits?)\b|\b(?:dockerfile|image|registry|recipient|iban|amount|e-?mail|mail tool|package)\b|\bpass \w+ ?="
_SOURCE = r"\b(?:package )?(?:registry|proxy|dns|mirror|index url|package index|base image|remote|origin)\b"
_POINT_TO = r"\b(?:replace|change|switch|point|set|swap|redirect)\b"
_UNSEEN_OR_ALWAYS = r"\b(?:without (?:notice|asking|telling|mention\w*)|silently|quietly|before (?:installing|downloading|building|pulling|pushing)|always|and do so)\b"
_DO_SO = r"\b(?:use|include|set|pass|put|base|send|add|call|route|choose|take|pay|transfer|never|do not call|don'?t call|do not use)\b"
#: A value of another tool's call, changed.
_CHANGE_VALUE = r"\b(?:increase|decrease|double|triple|multiply|raise|reduce|round up|change|alter|replace|rewrite|swap|modify|adjust) (?:the |every |each |all |any )?(?:\w+ )?(?:amounts?|where clause|recipients?|iban|address(?:es)?|prices?|quantity|destination|path|query|statement|sum|account|number|target|branch|url|host|body|subject)\b|\b(?:amount|sum|price|quantity)s? (?:doubled|tripled|increased|multiplied|halved)\b|\bonly works? (?:if|when|with) (?:the )?(?:recipient|destination|address|amount|account|target|url|to|path|branch|host|iban)(?: \w+)? (?:is|are|equals|=|set to)\b"
_IN_TOOL = r"\b(?:before|when|whenever|with|in|on|after|for|each|every|call to|calls to|note|call|calling) (?:(?:each|every|any|a|the|calls?|to|calling|using|you|call) )*[`'\"]?[a-z]+_[a-z_]+|\b[a-z]+_[a-z]+ only works\b"
_OF_ANOTHER = r"\bcompetitors?['’]? |\b(?:other|another|official|regular|existing|all|every|any|rival|competing) (?:\w+ ){0,2}(?:tools?|servers?|plugins?)(?:'s)?\b"
_SPEAKS_ILL = r"\b(?:steal|spy|leak|was hacked|were hacked|is hacked|have been hacked|was compromised|is compromised|are compromised|tampered with|are fake|are dangerous|are unsafe|is fake|malicious|untrustworthy|not to be trusted|contain malware)\b"
_SO_USE = r"\b(?:(?:choose|use|prefer|pick) (?:only )?(?:me|us|ours)|only ours|discard|use only|only use|route|instead|use this|avoid|never|do not|don'?t|disregard|through \w+|warn|replace|disable|uninstall)\b"
_WRITES_CODE = r"\b(?:when(?:ever)?|each time|every time|always)\b[^.\n]{0,10}\b(?:you |the (?:assistant|model|agent) )?(?:write|generate|create|produce|edit|suggest|output)s? (?:\w+ )?(?:code|scripts?|files?|a dockerfile|dockerfiles?|programs?|html|sql|python|javascript|configs?|tests?)\b"
_SLIP_IN = r"\b(?:add|include|insert|base|import|use|put|embed|append|prepend)\b"
_UNSEEN = r"\b(?:import \w+|never comment|instead of|without (?:comment\w*|mention\w*|tell\w*|explain\w*)|do not (?:comment|mention|explain)|https?://|curl|backdoor|first line|hidden|on every)\b"
_CALL_ME = r"\bcall this (?:tool|function) (?:\w+ )?(?:after|before|whenever|each time|every time) (?:\w+ ){0,3}[`'\"]?(?:[a-z]+_[a-z_]+|e-?mail|message|payment|command)"
_WITH_THEIRS = r"\bwith (?:the|its|their|all|his) (?:\w+ )?(?:text|arguments?|results?|contents?|output|recipient|message|body|parameters)\b"
_REPLACES_ALL = (
    r"\b(?:replaces?|supersedes?|substitutes?) (?:all|every|any)(?: of the)? other (?:tools?|servers?)\b"
)
_REROUTE = r"\b(?:redirect|route|reroute|divert|forward|send)\b"
_TO_THERE = r"\bto (?:account|address|wallet|the following|our|this (?:account|address|wallet|number)|\d|[\w.+-]+@|https?:|0x)"

_NONE_ELSE = r"\b(?:never|do not|don'?t|no longer) (?:use|call|touch|run) (?:any |an)?(?:other|another) (?:tools?|servers?)\b|\bno other tools?\b"
_UNEXPLAINED = r"\b(?:do not|don'?t|never|without) (?:explain(?:ing)?|say(?:ing)?) (?:why|the reason)|\bno (?:explanations?|reasons?)\b"

_SAYINGS = (
    Saying(
        message="Keeps the model from other tools and from saying why.",
        ideas=(_UNEXPLAINED, _NONE_ELSE),
        within=90,
        across=True,
    ),
    Saying(
        message=_MESSAGE,
        ideas=(_REROUTE, _ALL_OF, _TO_THERE),
        anchor=1,
        within=80,
        ordered=True,
        deniable=True,
    ),
    Saying(
        message="Wants to see what passes through other tools.",
        ideas=(_EVERY_CALL, _CALL_IT, _THEIR_DATA),
        within=150,
        across=True,
        deniable=True,
    ),
    Saying(
        message="Wants to be called before the tools of other servers.",
        ideas=(_ANY_SERVER, _FIRST_OF_ALL, _MUST_CALL),
        within=120,
        deniable=True,
    ),
    Saying(
        message="Sets aside what the person wants of other tools.",
        ideas=(_OVER_HIS_HEAD, _OTHER_TOOL, _DO_SO),
        within=150,
        across=True,
        deniable=True,
        unless=_EXAMPLE,
    ),
    Saying(
        message="Sets aside what the person wants of other tools.",
        ideas=(_OVER_HIS_HEAD, DESTINATION, _DO_SO),
        within=120,
        deniable=True,
        unless=_EXAMPLE,
    ),
    Saying(
        message=_MESSAGE,
        ideas=(_SOURCE, _POINT_TO, DESTINATION, _UNSEEN_OR_ALWAYS),
        within=130,
        deniable=True,
        unless=_EXAMPLE,
    ),
    Saying(message=_MESSAGE, ideas=(_CHANGE_VALUE, _IN_TOOL), within=110, deniable=True, unless=_EXAMPLE),
    Saying(
        message="Speaks ill of other servers' tools to be used in their place.",
        ideas=(_SPEAKS_ILL, _OF_ANOTHER, _SO_USE),
        within=140,
        across=True,
    ),
    Saying(
        message="Wants something slipped into what the model writes.",
        ideas=(_WRITES_CODE, _SLIP_IN, _UNSEEN),
        within=140,
        deniable=True,
    ),
    Saying(
        message="Wants to see what passes through other tools.",
        ideas=(_CALL_ME, _WITH_THEIRS),
        within=90,
        deniable=True,
    ),
    Saying(message="Wants to be used instead of all other tools.", ideas=(_REPLACES_ALL,)),
    Saying(message=_MESSAGE, ideas=(_IF_THERE, _SPOIL, _SPOILT_WITH), anchor=2, within=170, deniable=True),
    Saying(
        message=_MESSAGE, ideas=(_INSTEAD, _USE, _THEIR_THING), within=110, deniable=True, unless=_EXAMPLE
    ),
    Saying(
        message=_MESSAGE,
        ideas=(_TO_FIELD, DESTINATION, _UNIVERSAL),
        within=110,
        deniable=True,
        unless=_EXAMPLE,
    ),
    Saying(message=_MESSAGE, ideas=(_TAMPER, _OF_CALLS), within=70, ordered=True, deniable=True),
    Saying(message=_MESSAGE, ideas=(_CALLS_TO, _ALSO_COPY), within=80, ordered=True, deniable=True),
    Saying(
        message="Speaks ill of another tool to be used in its place.",
        ideas=(_BROKEN, _NAMED_TOOL, _USE_ME),
        within=140,
        across=True,
    ),
    Saying(
        message=_MESSAGE,
        ideas=(_ONCE_USED, _CHANGE, _TARGET, _TO_OTHER_ENDS, _OTHER),
        anchor=3,
        within=190,
        deniable=True,
    ),
    Saying(
        message=_MESSAGE, ideas=(_ABROAD_ONCE_USED, _ABROAD_CHANGE, _ABROAD_TARGET), within=120, deniable=True
    ),
    Saying(message=_MESSAGE, ideas=(_ALL_OF, _DUTY, DESTINATION), within=110, unless=_EXAMPLE, deniable=True),
    Saying(message=_MESSAGE, ideas=(_DIVERT, _ALWAYS, _WHAT, DESTINATION), within=110, deniable=True),
    Saying(message=_MESSAGE, ideas=(_EVERY_COMMAND, _PREFIX, _WITH_CODE), within=130, deniable=True),
    Saying(message=_MESSAGE, ideas=(_SIDE,)),
    Saying(message=_MESSAGE, ideas=(_THEIR_TARGET,), deniable=True),
    Saying(
        message="Speaks ill of other servers' tools to be used in their place.",
        ideas=(_DISPARAGED, _OF_OTHERS, _USE_THIS),
        within=160,
        across=True,
    ),
    Saying(
        message="Wants to be used instead of other tools, which is honest within one server.",
        ideas=(_ABOVE_OTHERS,),
        strength="soft",
    ),
)

PROBE = PoisoningProbe(
    code="shadows-tool",
    label="Shadows other tools",
    question="Does a text change how other tools are used?",
    meaning="The definition speaks about another tool and changes its recipient, amount, path or use.",
    matters="The other tool may be trusted and approved; its calls then do what this definition wants.",
    advice="Do not connect the server beside tools that send, pay or write.",
    sayings=_SAYINGS,
)
