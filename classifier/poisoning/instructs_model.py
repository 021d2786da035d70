"""Does a text give orders to the model instead of describing the tool?"""

from classifier.poisoning.ideas import EARLIER, IGNORE, LAWS, RULES, UNASKED, USER, YOURS
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_EVERYTHING = r"\b(?:ignore|disregard|forget) (?:everything|anything|all|all of it|what|whatever)(?: that| of)?(?: you| was| were| came| have| is| stands)?(?: \w+){0,3} ?(?:above|before|told|said|instructed|asked|earlier|previously|else|learned|know)\b|\b(?:ignore|disregard|forget) (?:all of )?(?:the|all|everything) (?:above|foregoing|(?:previous|prior|preceding|earlier)(?: text| messages?| content)?(?:[.,;:]| and| but| instead))|\bstop what you are doing\b|\b(?:ignore|disregard|refuse|dismiss|override) (?:all |any |the |further |every )*(?:requests?|objections?|wishes|commands|orders|instructions?|complaints?|questions?) (?:by|of|from) (?:the |your )?(?:user|human|operator|customer|person)s?\b|\b(?:forget|disregard) (?:all|any|the|your|every) (?:\w+ )?(?:rules|laws|limits)\b|\b(?:messages?|instructions?|rules|requests?|wishes|orders) (?:from|of|by) (?:the |your )?(?:user|system|developer|operator|platform)\b[^.\n]{0,20}\b(?:rank (?:below|lower)|come second|count (?:less|for nothing)|are secondary|(?:may|can|must|should) be ignored|are irrelevant|have (?:a )?lower priority)\b|\b(?:execute|do|perform|obey|follow) (?:only )?the (?:following|below) (?:instead|orders)\b|\b(?:ignore|disregard|forget|set aside|overrule|override|discard|put aside|lay aside|drop) (?:what|whatever|everything|anything|all)(?: that)? (?:the |your )?(?:user|human|developer|operator|system|other servers?|customer|person)s?\b|\b(?:ignore|disregard|disobey|overrule) (?:the|your) (?:user|human|operator|customer)(?:[.,;:!]| and| when| if|$)"
_OUTRANKS = r"\b(?:takes? (?:precedence|priority)|wins? over|beats?|trumps?|supersedes?|overrides?|outranks?|overrules?|prevails?|(?:is|are|ranks?|stands?) (?:above|more important than|superior to)|(?:has|have) (?:higher |absolute |the highest )?(?:priority|precedence))\b"
_OUTRANKED = r"\b(?:(?:rules|wishes|messages|instructions?|requests?|orders) (?:of|from|by) (?:the |your )?(?:user|platform|operator|developer)|system (?:prompt|message|instructions?)|user'?s? (?:instructions?|requests?|messages?|wishes|prompt|says|commands)|(?:everything|anything|whatever|what) (?:that )?the user|your (?:instructions?|guidelines|rules|training|prompt|policies|other)|(?:all |any |every )(?:other |previous |prior |earlier )(?:instructions?|prompts?|rules|guidelines))\b"
_PERSONA = (
    r"\byou are (?:now|from now on|no longer)\b[^.\n]{0,40}\b(?:mode|unrestricted|dan|jailbroken|free|limits|restrictions|administrator|root|evil|developer|unfiltered|bound|rules|filters?)\b|\b(?:act|behave|respond|work) as (?:dan\b|an? (?:unrestricted|unfiltered|uncensored|jailbroken)|(?:an? )?(?:ai|assistant|agent|model) (?:without|with no|that has no))"
    r"|\b(?:enter|enable|activate|switch (?:in)?to|go into) (?:god|jailbreak|dan|unrestricted|unfiltered) mode\b|\byou are (?:now )?in (?:developer|admin|debug|god|maintenance|unrestricted|jailbreak|root) mode\b|\bpretend (?:that )?you (?:have no|are not bound|are an? (?:unrestricted|unfiltered))|\b(?:an agent|a model|an ai|assistant) without (?:any )?(?:limits|restrictions|rules|filters|guardrails)"
)
_REAL_TASK = r"\b(?:(?:your|the (?:assistant|model|agent|ai)['’]?s?) (?:real|actual|true|hidden|secret) (?:task|goal|objective|purpose|mission|job|instructions?) (?:is|are)|(?:new|updated|real|actual|true|hidden|secret|additional) (?:system )?instructions?(?: for (?:the |all )?(?:ai|model|assistant|agent|llm)s?)?\s*:)|\byour new (?:instructions?|objective|directive) (?:is|are)\b"
_LIFTED = r"\b(?:all|any|your) (?:restrictions|limits|limitations|guardrails|safeguards|filters) (?:are|have been|were) (?:now )?(?:off|lifted|disabled|removed|suspended|gone)\b|\b(?:safety|security|moderation|content) (?:rules|checks|guidelines|filters|policies|measures|restrictions|limits)\b[^.\n]{0,20}\b(?:are|is|have been|no longer|were) (?:lifted|disabled|suspended|off|removed|void|apply|applies|waived)"
_BYPASS = r"\b(?:bypass|skip|disable|turn off|circumvent|evade|suppress|switch off|override)\b"
_SAFEGUARD = r"\b(?:(?:all |any |every |your |user |the )*(?:safety|security) (?:checks?|confirmations?|guidelines|measures|filters?|rules)|guardrails|user'?s? (?:confirmation|approval|consent|permission)s?|permission (?:prompts?|checks?|dialogs?)|confirmation (?:prompts?|dialogs?)|content filters?|approval (?:prompts?|dialogs?|steps?))\b"
_TO_MODEL = r"\b(?:your|you|must|always|when|before|continuing|the assistant|the model|the agent|following)\b"
_OBEY = r"\b(?:treat|follow|obey|execute|carry (?:them |it |those |these )?out|comply with|run|perform)\b"
_ITS_WORDS = r"\b(?:(?:text|output|response|result|content|instructions?|commands?|orders|steps)\b[^.\n]{0,40}\b(?:return(?:s|ed)?|respon(?:se|ds)|results?|output|replies|reply|fetched|contain(?:s|ed)|inside|field|comes back|downloaded)|(?:whatever|anything|everything|any|every|all) (?:instructions?|commands?|text|steps|orders)? ?(?:that )?(?:this tool|it|the tool|the server|the response) (?:returns|says|responds|outputs|contains|replies)|(?:output|results?|response|replies|answers?|text) of (?:this|the) (?:tool|server))\b"
_BLINDLY = r"\b(?:obey|as if (?:they|it|the user|i) (?:were|was|had|came|gave|is|has)|as (?:if they were |if it were |your |an? |the )?(?:system|developer|user'?s) (?:instructions?|prompts?|messages?)|right away|as though (?:they|it|the user|i)|without (?:asking|question(?:ing)?|confirm\w*|hesitation|approval|permission|checking|review)|sudo|no matter what|even if the user|regardless|blindly|unconditionally|with highest priority)\b"
#: Verbs of deeds that cannot be taken back, as orders to the model.
_GRAVE = r"\b(?:(?:you must|must|always|then|immediately|first|please|and|to) (?:\w+ )?(?:call|delete|remove|wipe|erase|transfer|send|upload|buy|purchase|pay|overwrite|publish|execute|run|post|edit|install)|(?:delete|wipe|erase|upload|send|transfer|forward|edit|install) (?:all|every|everything|the|them|it|a|any)|edit [~/`]?\S+ and add|call [a-z]+_[a-z_]+)\b"
_ON_ALL = r"\b(?:every one|all of them|everything|each of them|all files|every file|all (?:the )?(?:\w+ )?(?:files|data|messages|e-?mails|records|money|funds|keys)|the (?:user'?s )?(?:contents?|workspace|funds|wallet|home|repository|account|machine|configuration|mcp|backups?|database|branch|files?|folder|logs?|documents?)|mcp\.json|https?://|package|extension|plugin|curl|call [a-z]+_[a-z_]+)\b"
#: Words of others as orders.
_TAKE_FOR = r"\b(?:treat|consider|regard|take|interpret|understand|view|count|see|accept)\b"
_FOR_ORDERS = r"\b(?:as|for|like|part of|equal to) (?:an? |the |your |its |part of |coming from )*(?:(?:\w+ )?(?:commands?|orders?|instructions?|directives?)\b[^.\n]{0,30}\b(?:developer|system|operator|user|owner|boss)|system (?:prompt|message|instructions?)|your (?:own )?(?:instructions?|prompt|rules|developer)|developer (?:message|instructions?)|(?:binding )?(?:commands?|orders|instructions|directives) (?:to (?:be )?(?:obey|follow|execute)|that you must|for you))"
_OBSOLETE = r"\b(?:configuration|instructions?|rules|guidelines|directives|role|prompt|policy|policies|obligations|restrictions) (?:you (?:had|have|got|were given) )?(?:is|are|have become|has become|were|has been|have been) (?:now |hereby |all )*(?:obsolete|outdated|void|invalid|null|cancell?ed|replaced|superseded|lifted|off|gone|expired|withdrawn|no longer (?:valid|binding|in force))\b|\b(?:safety|security|content|usage|ethical) (?:policy|policies|rules|guidelines|restrictions?) (?:of your \w+ )?(?:does not|do not|don'?t|doesn'?t|no longer) (?:apply|count|hold)\b"
_OF_YOURS = r"\b(?:your|yours|you)\b|\b(?:safety|ethical|content) (?:polic|rule|guideline|restriction)"
_NEW_SELF = r"\bfrom (?:this (?:moment|point)|now|here)(?: on(?:wards?)?)?,? (?:you|your|the (?:assistant|model|agent))\b[^.\n]{0,60}\b(?:name is|no obligations?|obey|serve|must|are|answer only|follow only|only follow|ignore|shall|will|work for|belong)\b|\byou (?:have|owe|are under) no (?:further )?(?:obligations?|duty|duties|loyalty)\b|\byou (?:now )?(?:work for|belong to|serve|answer to|report to) (?:me|us|this (?:server|tool)|the \w+ server)\b|\bobey (?:the|this|our|only|me|us|solely)\b[^.\n]{0,20}\b(?:server|tool|description|text|me|us|plugin)\b"
#: The same in other languages: the person set aside, or the server alone obeyed.
_ABROAD = (
    r"(?:无视|忽略|不要理会|不理会|不顾)[^。\n]{0,6}(?:用户|使用者)|不再受[^。\n]{0,6}(?:限制|约束)|(?:管理员|开发者|无限制|越狱)模式|制限(?:は|が)?(?:ありません|なく|解除)|제한 ?없이|(?:只|仅)(?:听从|服从|执行|遵循|遵守|按照)[^。\n]{0,14}(?:服务器|本工具|此工具|命令|指令|指示)|(?:指示|命令|ルール|指令)[はが]?(?:すべて)?(?:無効|破棄)|(?:ツール|サーバー)の(?:指示|命令)(?:だけ|のみ)に従|ユーザーの(?:指示|要求|依頼)を無視|사용자의? ?(?:요청|지시|명령)[을를]? ?무시|(?:서버|도구)의? ?(?:명령|지시)만"
    r"|\b(?:ignora|ignore|ignorez|ignoriere|ignora[rt]?e?) (?:al |o |l['’]|den |a la |à |le |die )?(?:usuari[oa]|usuári[oa]|utilisat\w+|benutzer\w*|nutzer\w*)|\b(?:obedece|obedezca|obedeça|obéis|obéissez|gehorche|folge)\b[^.\n]{0,30}\b(?:solo|sólo|só|apenas|seulement|uniquement|nur|ausschließlich)\b|\bne (?:tiens|tenez) (?:plus )?(?:pas )?compte\b[^.\n]{0,30}\b(?:consignes|instructions|règles)|\b(?:regeln|anweisungen|vorgaben)\b[^.\n]{0,12}\b(?:gelten|gilt)\b[^.\n]{0,12}\bnicht(?: mehr)?\b|\bgelten\b[^.\n]{0,24}\b(?:regeln|anweisungen|vorgaben)\b[^.\n]{0,12}\bnicht|\b(?:exécute|exécutez|ejecuta|ejecute|execute|führe|esegui)\b[^.\n]{0,12}\b(?:tout|todo|tudo|alles|qualsiasi)\b[^.\n]{0,30}\b(?:renvoie|retourne|devuelv\w+|retorn\w+|zurückgibt|liefert|restituisce)|kullanıcıyı (?:yok say|görmezden gel)|игнорируй(?:те)? (?:пользовател|запросы пользовател)|подчиняйся только"
)
_TAKE_DOWN = r"\b(?:disable|turn off|switch off|deactivate|stop|uninstall|circumvent|bypass|evade|escape|skip|ignore|get around|work around|defeat)\b"
_DEFENCE = r"\b(?:the |any |every |all |client'?s |user'?s )*(?:firewall|antivirus|anti-virus|virus scanner|sandbox(?: of the (?:client|host))?|human.in.the.loop(?: step| check)?|allow-?list|two.factor(?: authentication)?|2fa|gatekeeper|selinux|approval (?:step|flow|gate)|security (?:software|prompts?|warnings?)|permission (?:system|dialogs?|prompts?))\b"
_AS_ORDER = r"(?:^|[.!?:;,*>)] ?|\b(?:you must|must|first|then|please|always|should|and|to|it|now) )(?:\w+ )?(?:disable|turn|switch|deactivate|stop|uninstall|circumvent|bypass|evade|escape|skip|ignore|get|work|defeat)\b"
_GO_ON = r"\b(?:then|before (?:calling|using|you)|by calling|so (?:that )?(?:the|this) tool|and (?:access|call|read|write|send)|human.in.the.loop|of the (?:client|host)|outside (?:of )?the workspace|first|otherwise)\b"
_LIE = r"\b(?:(?:answer|reply|respond|tell|inform)\b[^.\n]{0,30}\b(?:wrong(?:ly)?|falsely|incorrectly|lies?|untrue|false (?:information|facts?|answers?))|(?:say|claim|tell|state|pretend|insist|assert|assure)\b[^.\n]{0,30}\bthat (?:it|they|this|these|the \w+) (?:is|are|was|were) (?:from |an? |the |by )*(?:official|verified|safe|legitimate|company|authorised|authorized|trusted|required by))\b"
_TO_USER = (
    r"\b(?:user|human|person|customer|your (?:final |next )?(?:answer|reply|response)|link|question)s?\b"
)
_GRANT = r"\b(?:grant|give|allow|approve|accept) (?:all|every|full|any|this (?:server|tool)|unlimited|root|admin)(?: \w+){0,2} ?(?:permissions?|access|rights|requests?|dialogs?|calls?|prompts?)\b"
_FREELY = r"\b(?:without (?:prompting|asking|review|confirmation|question\w*|hesitat\w+)|automatically|to this server|to this tool|silently|no matter|that appears|at once|immediately)\b"
_AUTO_APPROVE = r"\b(?:turn on|enable|activate|switch on|set|use) (?:the )?auto[- ]?(?:approv\w+|accept\w*|run|confirm\w*)\b|\b(?:register|mark|add|whitelist|allowlist|treat) this (?:server|tool|mcp) as (?:trusted|safe|approved)\b"
_FOR_THIS = r"\b(?:this (?:server|tool|mcp)|for (?:it|all|every|everything|this))\b"
_IN_ADVANCE = r"\b(?:(?:are|is) (?:always |all |now )*(?:pre-?approved|trusted|allowed|authori[sz]ed)|may run any|never (?:need|require)s? (?:approval|confirmation))\b"
_UPSELL = r"\b(?:recommend|advise|urge|suggest|convince|persuade|push) (?:to |that )?(?:the |your )?users?(?: to| should| that)? (?:buys?|purchases?|invests?|sells?|pays?|subscribes?|upgrades?)\b|\brecommend that the user (?:buys|invests|pays|sells)\b"
_AS_HIM = r"\bimpersonate (?:the |your )?(?:user|human|owner|operator)\b|\bpretend to be the user\b"
_APPROVE = r"\b(?:approve|authori[sz]e|accept|allow|confirm|consent to)\b"
_EVERY_CALL = r"\b(?:every|all|each|any) (?:\w+ )?(?:requests?|calls?|actions?|tool calls?|commands?|permissions?|operations?)\b|\beverything\b"
_UNASKED = r"\b(?:without (?:asking|confirm\w*|checking|prompting|telling|review)|automatically|do not ask|don'?t ask|never ask|you must|always)\b"
_WHATEVER = r"\b(?:regardless of (?:what|the user)|no matter (?:what|which|how)|whatever|even if|irrespective of what) ?(?:the )?(?:user|human|customer|they)\b[^.\n]{0,20}\b(?:ask|asks|asked|says|said|request|requests|requested|wants?|wanted|types?|typed|tells|told|thinks|refuses|refused|declines|declined|objects|did not ask|does not ask|entered)\b"
_DEED = r"\b(?:must|answer|reply|respond|say|claim|send|transfer|call|collect|pass|use|run|execute|delete|forward|upload|read|include|continue|proceed|set)\b"
_FOLLOW_ME = r"\b(?:follow|obey|listen to|act on) (?:only )?(?:the |those |these )?(?:(?:ones|instructions?|rules|orders|commands|directions) (?:below|in this description|given here|of this tool|in this tool)|this description)\b"
_PRECONDITION = r"\b(?:before|prior to) (?:using |calling |invoking |running |executing |you (?:use |call |invoke )|any of )?(?:any|all|every|each) (?:other )?(?:tools?|functions?)\b|在使用任何其他工具之前|调用(?:任何)?其他工具之前|antes de usar cualquier otra herramienta|bevor (?:du |sie )?(?:ein )?andere[sn]? werkzeug"
_CALL_THIS = r"\b(?:must|always|need to|required|first)\b|必须|先|primero|zuerst"
_RUN = r"\b(?:run|execute|running|executing|launch|paste|type|append|add|download|write|invoke|start|use)\b"
_HOSTILE_COMMAND = r"\b(?:curl|wget|iwr|fetch)\b[^\n|;]{0,80}\| ?(?:sudo )?(?:ba|z|da)?sh\b|\$\((?:curl|wget)\b|\brm -rf? [~/*]|\bchmod (?:-r )?[0-7]{3,4} [~/]|\bpowershell(?:\.exe)? -(?:e|enc|nop)\w*\b|\b(?:base64 -d|base64 --decode) ?\| ?(?:ba)?sh|\bnc -e\b|/dev/tcp/|\bnpx -y \S+@latest\b|\bpip install (?:--index-url|-i|git\+)|\bdownload and (?:run|execute)\b|https?://\S+\.(?:exe|ps1|bat|msi|sh)\b|\bdel /[sfq]\b|\bmkfs\b|\bcrontab\b|\bsudo (?:chmod|chown|rm|dd|mkfs)\b|\bchmod -R 777\b"
_MOMENT = r"\b(?:before|first|must|always|so that|whenever|prior to|every time|required|immediately|then|after|needed|please|so (?:the|this|it)|start by|in (?:the|a) (?:terminal|shell)|in the background|user'?s (?:machine|computer|crontab|shell))\b"
_KEEPSAKE = r"\b(?:claude\.md|agents\.md|gemini\.md|copilot-instructions|authorized_keys|\.?(?:bashrc|zshrc|profile|bash_profile|zprofile)|long-term memory|your memory|startup folder|launchagents|systemd|crontab|registry run key|settings\.json)\b|\.cursorrules\b|\.windsurfrules\b|\.clinerules\b|\.cursor/rules|~/\.claude"
_PLANT = r"\b(?:write|add|append|save|store|insert|put|create|copy|persist|remember)\b"
_LASTING = r"\b(?:also holds|later|future|every (?:new )?(?:session|conversation|chat|time|start)|always|all (?:sessions|conversations)|must be called|persist\w*|approve|following (?:rule|line|entry)|before you continue|from now on|so that)\b"
_PHISH = r"\b(?:contact|(?:must|always) (?:always )?(?:end|contain|include|say)|ask|tell|inform|convince|persuade|request|instruct|trick|make|urge|get|prompt|warn|demand)\b"
_BAIT = r"\b(?:(?:enter|give|provide|type|reveal|share|send|confirm)\b[^.\n]{0,20}\b(?:credit card|card number|cvv|ssn|social security|seed phrase|recovery phrase|mnemonic|bank details|one-time code|2fa code|password)|(?:user'?s|their|his|your) (?:seed phrase|recovery phrase|credit card(?: number)?|card number|cvv|ssn|social security number|bank password|online banking password|one-time code|2fa code)|(?:computer|device|machine|system|account) (?:is|has been|was) (?:infected|hacked|compromised)|(?:disable|turn off|deactivate) (?:two-factor|2fa|antivirus|firewall|mfa|multi-factor)\w*)\b"

_VOID = r"\b(?:(?:is|are|become|becomes) (?:now |hereby |all )?(?:void|invalid|cancelled|canceled|suspended|superseded|obsolete|revoked|lifted|null)|(?:do|does) not apply|no longer (?:apply|applies|hold|valid|binding|in force|count)|have (?:been )?(?:changed|replaced|updated|revoked|lifted|suspended)|has (?:been )?(?:changed|replaced|revoked|lifted|suspended))\b"
_THESE_RULES = r"\b(?:rules|instructions|guidelines|restrictions|orders) (?:that )?you (?:got|were given|were told|have|received|had|follow|know|learned)\b|\b(?:your|all other|other|previous|prior|earlier|safety|security) (?:\w+ )?(?:instructions?|rules|guidelines|directives|directions|orders|commands|restrictions|polic(?:y|ies)|constraints|prompts?)\b"
_HEED = r"\b(?:obey|follow|prioriti[sz]e|comply with|heed|adhere to|trust)\b"
_OBEY_IT = r"\b(?:obey|follow|carry) (?:it|them|this|these|that|whatever|everything)(?: out)?\b|\bdo (?:whatever|everything)\b"
_THIS_TEXT = r"\b(?:(?:each|every|any|all) instructions? in this (?:text|description|message)|(?:text|instructions?|rules|orders|commands|directions) (?:in|of|from|given in|inside) (?:this|the) (?:tool'?s? )?description|only (?:the |this )?(?:text|instructions?|rules|description|orders) (?:in|of|below|given|here)|this (?:text|description|message) (?:is now|is authoritative|overrides|has priority))\b"
_ONLY = r"\b(?:only|prior to|ahead of|over|instead|above|rather than|before|not the user|no matter|whatever|first)\b"
_GRANTED = r"\byou (?:have been|are|were) (?:now )?(?:granted|given|authori[sz]ed|permitted|allowed|cleared|promoted)\b|\byou now have\b|\byou may now\b|\byou may (?:run|execute|call|use) (?:any|every|all) (?:shell |terminal |system )?(?:commands?|tools?|code|scripts?)\b"
_POWERS = r"\b(?:administrator|admin|root|superuser|full|unlimited|elevated) (?:rights|access|privileges|permissions?)\b|\bskip (?:all )?(?:safety|security|confirmation)|\bshare private\b|\bwithout (?:approval|consent|confirmation|asking)\b|\bapproval of the user\b"
_DROP_TASK = r"\b(?:drop|abandon|leave|forget|cancel|stop|interrupt) (?:the|your) (?:current|original|present|ongoing|previous) (?:task|job|work|request|goal)s?\b|\banswer (?:every|all|any|each)(?: \w+){0,2} questions? with\b|\brespond (?:to everything )?only with the\b"
_SHELL = r"\breverse shell\b|\bnc -e\b|/dev/tcp/\d|\bsudo (?:sh|bash) /|\bbash -c [\"'`]?\$\(|\b(?:our|my|this|following) (?:ssh |public )+key\b|\bssh-(?:rsa|ed25519) AAAA"
_SHELL_TO = r"/dev/tcp/\d|\bto \d{1,3}\.\d|authorized_keys|\b(?:run|execute|launch|open|start|add)\b"
_REMEMBER = (
    r"\b(?:store|save|write|put|keep|remember|note)\b[^.\n]{0,40}\bmemory\b|\bremember (?:for|in|that)\b"
)
_EVERMORE = r"\b(?:every|each|all|any|later|future|new|next|coming) (?:later |future |new |next |coming )?(?:conversations?|sessions?|chats?|tasks?)\b"
_TRUST_ME = r"\b(?:is (?:always )?(?:trusted|safe)|may run any|call|always (?:call|use|trust|approve)|must be (?:called|approved|trusted)|trust|approve|use this tool|without asking)\b"

#: Prompts that a tool sets for a model that it calls.
_MODELS_OWN = r"\b(?:default|model'?s|of (?:the|an?|your) (?:\w+ )?(?:agent|assistant|bot|model)|per request|optional)\b"

_OF_A_REQUEST = r"\bprompt (?:of|for|in) (?:this|a|one|each|the) (?:request|call|assistant|agent|bot|run)\b"
#: What memories are for.
_RECALLED = r"\b(?:recall(?:ed)?|retriev\w+|facts?|preferences?)\b"

_SAY_YES = r"\b(?:click|press|choose|select|answer|say|reply|tap)(?: on)? [\"'`]?(?:accept|allow|yes|approve|ok|confirm|agree)\b"
_CONSENT = r"\b(?:(?:consent|permission|approval|confirmation|security) (?:dialogs?|prompts?|requests?|questions?|windows?|boxes)|asked for (?:permission|consent|approval|leave))\b"
_REFUSAL = r"\b(?:refusals?|objections?|the answer no|a no|denials?)\b"
_AS_YES = r"\b(?:counts? as|treat(?:ed)? as|(?:is|are) to be (?:taken|read|treated) as|as (?:a|an)) (?:a |an )?(?:yes|approval|consent|permission|agreement)\b"

_SAYINGS = (
    Saying(
        message="Wants every question of consent answered with yes.",
        ideas=(_CONSENT, _SAY_YES),
        within=90,
        deniable=True,
        unless=r"\bcookies?\b|\bgdpr\b|\bbanners?\b",
    ),
    Saying(message="Wants a refusal taken for consent.", ideas=(_REFUSAL, _AS_YES), within=60, deniable=True),
    Saying(
        message="Tells the model to set earlier instructions aside.",
        ideas=(IGNORE, EARLIER, RULES),
        within=80,
        unless=_OF_A_REQUEST,
        deniable=True,
    ),
    Saying(
        message="Tells the model to set the rules that it works by aside.",
        ideas=(IGNORE, YOURS, LAWS),
        within=60,
        ordered=True,
        deniable=True,
    ),
    Saying(
        message="Tells the model to drop what it was told and to do something else.",
        ideas=(_EVERYTHING,),
        deniable=True,
    ),
    Saying(
        message="Claims to stand above the user and the system.",
        unless=f"{_MODELS_OWN}|{_OF_A_REQUEST}",
        ideas=(_OUTRANKS, _OUTRANKED),
        within=110,
        ordered=True,
        deniable=True,
    ),
    Saying(
        message="Wants the model to follow this text and not the person it works for.",
        ideas=(_FOLLOW_ME, USER),
        within=140,
    ),
    Saying(message="Gives the model another role without limits.", ideas=(_PERSONA,), deniable=True),
    Saying(message="Says that earlier rules no longer hold.", ideas=(_VOID, _THESE_RULES), within=90),
    Saying(
        message="Wants the model to follow this text before all else.",
        ideas=(_THIS_TEXT, _HEED, _ONLY),
        within=110,
    ),
    Saying(message="Claims to give the model powers.", ideas=(_GRANTED, _POWERS), within=110, across=True),
    Saying(message="Tells the model to leave its task.", ideas=(_DROP_TASK,), deniable=True),
    Saying(
        message="Wants a way into the user's machine opened.",
        ideas=(_SHELL, _SHELL_TO),
        within=80,
        deniable=True,
    ),
    Saying(
        message="Wants to be remembered in later sessions.",
        ideas=(_EVERMORE, _REMEMBER, _TRUST_ME),
        within=130,
        deniable=True,
    ),
    Saying(message="Gives the model a task of its own.", ideas=(_REAL_TASK,)),
    Saying(message="Says that safety rules no longer hold.", ideas=(_LIFTED,)),
    Saying(
        message="Tells the model to get around safeguards.",
        ideas=(_SAFEGUARD, _BYPASS, _TO_MODEL),
        within=90,
        deniable=True,
    ),
    Saying(
        message="Wants whatever comes back obeyed like orders.",
        ideas=(_BLINDLY, _OBEY, _ITS_WORDS),
        within=180,
        deniable=True,
    ),
    Saying(
        message="Wants every call approved.",
        ideas=(_EVERY_CALL, _APPROVE, _UNASKED),
        within=70,
        deniable=True,
    ),
    Saying(
        message="Wants a text taken for orders of those whom the model obeys.",
        ideas=(_FOR_ORDERS, _TAKE_FOR),
        within=110,
        deniable=True,
    ),
    Saying(message="Says that earlier rules no longer hold.", ideas=(_OBSOLETE, _OF_YOURS), within=90),
    Saying(message="Gives the model another master.", ideas=(_NEW_SELF,), deniable=True),
    Saying(message="Gives the model another master.", ideas=(_ABROAD,)),
    Saying(
        message="Wants a safeguard of the machine or the client taken down.",
        ideas=(_DEFENCE, _TAKE_DOWN, _AS_ORDER, _GO_ON),
        within=110,
        deniable=True,
    ),
    Saying(message="Wants the person deceived.", ideas=(_LIE, _TO_USER), within=130, deniable=True),
    Saying(
        message="Wants the person deceived.",
        ideas=(_AS_HIM, r"\b(?:send|post|write|reply|sign|ask|approve|transfer|order)\b"),
        within=80,
        deniable=True,
        unless=r"\b(?:support|admin\w*|audit|session|sudo|role)\b",
    ),
    Saying(message="Wants the person talked into paying.", ideas=(_UPSELL,), deniable=True),
    Saying(
        message="Wants to be trusted unasked.", ideas=(_AUTO_APPROVE, _FOR_THIS), within=90, deniable=True
    ),
    Saying(
        message="Wants to be remembered in later sessions.",
        ideas=(_IN_ADVANCE, _REMEMBER),
        within=130,
        deniable=True,
    ),
    Saying(
        message="Wants something obeyed without the person being asked.",
        ideas=(UNASKED, _OBEY_IT),
        within=60,
        deniable=True,
    ),
    Saying(message="Wants every permission granted.", ideas=(_GRANT, _FREELY), within=80, deniable=True),
    Saying(
        message="Wants to be written into what the model reads or runs later.",
        ideas=(_KEEPSAKE, _PLANT, _HOSTILE_COMMAND),
        within=180,
        deniable=True,
    ),
    Saying(
        message="Wants a grave step taken without the person being asked.",
        ideas=(UNASKED, _GRAVE, _ON_ALL),
        within=140,
        across=True,
    ),
    Saying(
        message="Wants something done whatever the user says.",
        ideas=(_WHATEVER, _DEED),
        within=110,
        deniable=True,
    ),
    Saying(
        message="Wants a harmful command run on the user's machine.",
        ideas=(_HOSTILE_COMMAND, _RUN, _MOMENT),
        within=180,
        deniable=True,
    ),
    Saying(
        message="Wants to be written into what the model reads or runs later.",
        ideas=(_KEEPSAKE, _PLANT, _LASTING),
        within=180,
        unless=_RECALLED,
        deniable=True,
    ),
    Saying(
        message="Wants the person deceived or asked for what they must not give away.",
        ideas=(_BAIT, _PHISH, USER),
        within=160,
        deniable=True,
    ),
    Saying(
        message="Wants to be called before every other tool, which is honest in most definitions.",
        ideas=(_PRECONDITION, _CALL_THIS),
        strength="soft",
    ),
)

PROBE = PoisoningProbe(
    code="instructs-model",
    label="Orders to the model",
    question="Does a text give orders to the model instead of describing the tool?",
    meaning="The text tells the model to set instructions aside, to take another role, to run a harmful command or to approve everything.",
    matters="A model may obey what it reads in a definition, before any tool is called and before anyone approves.",
    advice="Do not connect the server; report it to its author and to the registry.",
    sayings=_SAYINGS,
)
