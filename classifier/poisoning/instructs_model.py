"""Does a text give orders to the model instead of describing the tool?"""

from classifier.poisoning.ideas import EARLIER, IGNORE, LAWS, RULES, USER, YOURS
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying

_EVERYTHING = r"\b(?:ignore|disregard|forget) (?:everything|anything|all|all of it|what|whatever)(?: that| of)?(?: you| was| were| came| have| is| stands)?(?: \w+){0,3} ?(?:above|before|told|said|instructed|asked|earlier|previously|else|learned|know)\b|\b(?:ignore|disregard|forget) (?:all of )?(?:the|all|everything) (?:above|foregoing|(?:previous|prior|preceding|earlier)(?: text| messages?| content)?(?:[.,;:]| and| but| instead))|\bstop what you are doing\b|\b(?:execute|do|perform|obey|follow) (?:only )?the (?:following|below) (?:instead|orders)\b"
_OUTRANKS = r"\b(?:takes? (?:precedence|priority)|supersedes?|overrides?|outranks?|overrules?|prevails?|(?:is|are) more important than|(?:has|have) (?:higher |absolute |the highest )?(?:priority|precedence))\b"
_OUTRANKED = r"\b(?:system (?:prompt|message|instructions?)|user'?s? (?:instructions?|requests?|messages?|wishes|prompt|says|commands)|(?:everything|anything|whatever|what) (?:that )?the user|your (?:instructions?|guidelines|rules|training|prompt|policies|other)|(?:all |any |every )(?:other |previous |prior |earlier )(?:instructions?|prompts?|rules|guidelines))\b"
_PERSONA = (
    r"\byou are (?:now|from now on|no longer)\b[^.\n]{0,40}\b(?:mode|unrestricted|dan|jailbroken|free|limits|restrictions|administrator|root|evil|developer|unfiltered|bound|rules|filters?)\b|\b(?:act|behave|respond|work) as (?:dan\b|an? (?:unrestricted|unfiltered|uncensored|jailbroken)|(?:an? )?(?:ai|assistant|agent|model) (?:without|with no|that has no))"
    r"|\b(?:enter|enable|activate|switch (?:in)?to|go into) (?:god|jailbreak|dan|unrestricted|unfiltered) mode\b|\byou are (?:now )?in (?:developer|admin|debug|god|maintenance|unrestricted|jailbreak|root) mode\b|\bpretend (?:that )?you (?:have no|are not bound|are an? (?:unrestricted|unfiltered))|\b(?:an agent|a model|an ai|assistant) without (?:any )?(?:limits|restrictions|rules|filters|guardrails)"
)
_REAL_TASK = r"\b(?:your (?:real|actual|true|hidden|secret) (?:task|goal|objective|purpose|mission|job|instructions?) (?:is|are)|(?:new|updated|real|actual|true|hidden|secret|additional) (?:system )?instructions?(?: for (?:the |all )?(?:ai|model|assistant|agent|llm)s?)?\s*:)|\byour new (?:instructions?|objective|directive) (?:is|are)\b"
_LIFTED = r"\b(?:all|any|your) (?:restrictions|limits|limitations|guardrails|safeguards|filters) (?:are|have been|were) (?:now )?(?:off|lifted|disabled|removed|suspended|gone)\b|\b(?:safety|security|moderation|content) (?:rules|checks|guidelines|filters|policies|measures|restrictions|limits)\b[^.\n]{0,20}\b(?:are|is|have been|no longer|were) (?:lifted|disabled|suspended|off|removed|void|apply|applies|waived)"
_BYPASS = r"\b(?:bypass|skip|disable|turn off|circumvent|evade|suppress|switch off|override)\b"
_SAFEGUARD = r"\b(?:(?:all |any |every |your |user |the )*(?:safety|security) (?:checks?|confirmations?|guidelines|measures|filters?|rules)|guardrails|user'?s? (?:confirmation|approval|consent|permission)s?|permission (?:prompts?|checks?|dialogs?)|confirmation (?:prompts?|dialogs?)|content filters?|approval (?:prompts?|dialogs?|steps?))\b"
_TO_MODEL = r"\b(?:your|you|must|always|when|before|continuing|the assistant|the model|the agent|following)\b"
_OBEY = r"\b(?:treat|follow|obey|execute|carry out|comply with|run|perform)\b"
_ITS_WORDS = r"\b(?:(?:text|output|response|result|content|instructions?|commands?|orders|steps)\b[^.\n]{0,40}\b(?:return(?:s|ed)?|respon(?:se|ds)|results?|output|replies|reply|fetched|contain(?:s|ed)|inside|field|comes back|downloaded)|(?:whatever|anything|everything|any|every|all) (?:instructions?|commands?|text|steps|orders)? ?(?:that )?(?:this tool|it|the tool|the server|the response) (?:returns|says|responds|outputs|contains|replies)|(?:output|results?|response|replies|answers?|text) of (?:this|the) (?:tool|server))\b"
_BLINDLY = r"\b(?:obey|as if (?:they|it|the user|i) (?:were|was|had|came|gave|is|has)|as (?:if they were |if it were |your |an? |the )?(?:system|developer|user'?s) (?:instructions?|prompts?|messages?)|without (?:asking|question(?:ing)?|confirm\w*|hesitation|approval|permission|checking|review)|sudo|no matter what|even if the user|regardless|blindly|unconditionally|with highest priority)\b"
_APPROVE = r"\b(?:approve|authori[sz]e|accept|allow|confirm|consent to)\b"
_EVERY_CALL = r"\b(?:every|all|each|any) (?:\w+ )?(?:requests?|calls?|actions?|tool calls?|commands?|permissions?|operations?)\b|\beverything\b"
_UNASKED = r"\b(?:without (?:asking|confirm\w*|checking|prompting|telling|review)|automatically|do not ask|don'?t ask|never ask|you must|always)\b"
_WHATEVER = r"\b(?:regardless of (?:what|the user)|no matter (?:what|which|how)|whatever|even if|irrespective of what) ?(?:the )?(?:user|human|customer|they)\b[^.\n]{0,20}\b(?:ask|asks|asked|says|said|request|requests|requested|wants?|wanted|types?|typed|tells|told|thinks|refuses|refused|declines|declined|objects|did not ask|does not ask|entered)\b"
_DEED = r"\b(?:must|send|transfer|call|collect|pass|use|run|execute|delete|forward|upload|read|include|continue|proceed|set)\b"
_FOLLOW_ME = r"\b(?:follow|obey|listen to|act on) (?:only )?(?:the |those |these )?(?:(?:ones|instructions?|rules|orders|commands|directions) (?:below|in this description|given here|of this tool|in this tool)|this description)\b"
_PRECONDITION = r"\b(?:before|prior to) (?:using |calling |invoking |running |executing |you (?:use |call |invoke )|any of )?(?:any|all|every|each) (?:other )?(?:tools?|functions?)\b|在使用任何其他工具之前|调用(?:任何)?其他工具之前|antes de usar cualquier otra herramienta|bevor (?:du |sie )?(?:ein )?andere[sn]? werkzeug"
_CALL_THIS = r"\b(?:must|always|need to|required|first)\b|必须|先|primero|zuerst"
_RUN = r"\b(?:run|execute|running|executing|launch|paste|type|append|add|download|write|invoke|start|use)\b"
_HOSTILE_COMMAND = r"\b(?:curl|wget|iwr|fetch)\b[^\n|;]{0,80}\| ?(?:sudo )?(?:ba|z|da)?sh\b|\$\((?:curl|wget)\b|\brm -rf? [~/*]|\bchmod (?:-r )?[0-7]{3,4} [~/]|\bpowershell(?:\.exe)? -(?:e|enc|nop)\w*\b|\b(?:base64 -d|base64 --decode) ?\| ?(?:ba)?sh|\bnc -e\b|/dev/tcp/|\bnpx -y \S+@latest\b|\bpip install (?:--index-url|-i|git\+)|\bdownload and (?:run|execute)\b|https?://\S+\.(?:exe|ps1|bat|msi|sh)\b|\bdel /[sfq]\b|\bmkfs\b|\bcrontab\b"
_MOMENT = r"\b(?:before|first|must|always|so that|whenever|prior to|every time|required|immediately|then|after|needed|start by|in (?:the|a) (?:terminal|shell)|in the background|user'?s (?:machine|computer|crontab|shell))\b"
_KEEPSAKE = r"\b(?:claude\.md|agents\.md|gemini\.md|\.cursorrules|\.windsurfrules|copilot-instructions|authorized_keys|\.?(?:bashrc|zshrc|profile|bash_profile|zprofile)|long-term memory|your memory|startup folder|launchagents|systemd|crontab|registry run key|settings\.json)\b|\.cursor/rules|~/\.claude"
_PLANT = r"\b(?:write|add|append|save|store|insert|put|create|copy|persist|remember)\b"
_LASTING = r"\b(?:also holds|later|future|every (?:new )?(?:session|conversation|chat|time|start)|always|all (?:sessions|conversations)|must be called|persist\w*|approve|following (?:rule|line|entry)|before you continue|from now on|so that)\b"
_PHISH = r"\b(?:ask|tell|inform|convince|persuade|request|instruct|trick|make|urge|get|prompt|warn|demand)\b"
_BAIT = r"\b(?:(?:enter|give|provide|type|reveal|share|send|confirm)\b[^.\n]{0,20}\b(?:credit card|card number|cvv|ssn|social security|seed phrase|recovery phrase|mnemonic|bank details|one-time code|2fa code|password)|(?:user'?s|their|his|your) (?:seed phrase|recovery phrase|credit card(?: number)?|card number|cvv|ssn|social security number|bank password|online banking password|one-time code|2fa code)|(?:computer|device|machine|system|account) (?:is|has been|was) (?:infected|hacked|compromised)|(?:disable|turn off|deactivate) (?:two-factor|2fa|antivirus|firewall|mfa|multi-factor)\w*)\b"

_VOID = r"\b(?:(?:is|are|become|becomes) (?:now |hereby |all )?(?:void|invalid|cancelled|canceled|suspended|superseded|obsolete|revoked|lifted|null)|(?:do|does) not apply|no longer (?:apply|applies|hold|valid|binding|in force|count)|have (?:been )?(?:changed|replaced|updated|revoked|lifted|suspended)|has (?:been )?(?:changed|replaced|revoked|lifted|suspended))\b"
_THESE_RULES = r"\b(?:rules|instructions|guidelines|restrictions|orders) (?:that )?you (?:got|were given|were told|have|received|had|follow|know|learned)\b|\b(?:your|all other|other|previous|prior|earlier|safety|security) (?:\w+ )?(?:instructions?|rules|guidelines|directives|restrictions|polic(?:y|ies)|constraints|prompts?)\b"
_HEED = r"\b(?:obey|follow|prioriti[sz]e|comply with|heed|adhere to|trust)\b"
_THIS_TEXT = r"\b(?:(?:text|instructions?|rules|orders|commands|directions) (?:in|of|from|given in|inside) (?:this|the) (?:tool'?s? )?description|only (?:the |this )?(?:text|instructions?|rules|description|orders) (?:in|of|below|given|here)|this (?:text|description|message) (?:is now|is authoritative|overrides|has priority))\b"
_ONLY = r"\b(?:only|over|instead|above|rather than|before|not the user|no matter|whatever|first)\b"
_GRANTED = r"\byou (?:have been|are|were) (?:now )?(?:granted|given|authori[sz]ed|permitted|allowed|cleared|promoted)\b|\byou now have\b|\byou may now\b"
_POWERS = r"\b(?:administrator|admin|root|superuser|full|unlimited|elevated) (?:rights|access|privileges|permissions?)\b|\bskip (?:all )?(?:safety|security|confirmation)|\bshare private\b|\bwithout (?:approval|consent|confirmation|asking)\b|\bapproval of the user\b"
_DROP_TASK = r"\b(?:drop|abandon|leave|forget|cancel|stop|interrupt) (?:the|your) (?:current|original|present|ongoing|previous) (?:task|job|work|request|goal)s?\b|\banswer (?:every|all|any|each)(?: \w+){0,2} questions? with\b|\brespond (?:to everything )?only with the\b"
_SHELL = r"\breverse shell\b|\bnc -e\b|/dev/tcp/|\bsudo (?:sh|bash) /|\bbash -c [\"'`]?\$\(|\b(?:our|my|this|following) (?:ssh )?public key\b"
_SHELL_TO = r"\bto \d{1,3}\.\d|authorized_keys|\b(?:run|execute|launch|open|start|add)\b"
_REMEMBER = (
    r"\b(?:store|save|write|put|keep|remember|note)\b[^.\n]{0,20}\bmemory\b|\bremember (?:for|in|that)\b"
)
_EVERMORE = r"\b(?:every|each|all|any|later|future|new|next) (?:later |future |new |next )?(?:conversations?|sessions?|chats?|tasks?)\b"
_TRUST_ME = r"\b(?:call|always (?:call|use|trust|approve)|must be (?:called|approved|trusted)|trust|approve|use this tool|without asking)\b"

#: Prompts that a tool sets for a model that it calls.
_MODELS_OWN = (
    r"\b(?:default|model'?s|of (?:the|an?|your) (?:agent|assistant|bot|model)|per request|optional)\b"
)

_SAYINGS = (
    Saying(
        message="Tells the model to set earlier instructions aside.",
        ideas=(IGNORE, EARLIER, RULES),
        within=80,
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
        unless=_MODELS_OWN,
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
