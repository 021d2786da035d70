"""Phrases that settle what a verb alone leaves open, each with the sentence that a reader is told."""

from msgspec import Struct

from classifier.cues import Cues

_WHERE = "label|tag|reaction|star|like|vote|pin|bookmark|favorite|favourite|membership|member|assignee|association|relation|relationship|watcher|follower|attendee|participant|collaborator|reviewer|reviewers|filter|emoji|mapping|assignment|link|role|dependency|dependencies"

#: What is set on a thing rather than being one.
_MARKS = "reaction|label|tag|star|like|vote|pin|bookmark|favorite|favourite|emoji|flag|follower|watcher|assignee|reviewer|association|membership|due|date|cache|unread|badge|highlight|mapping|link"
#: What holds things that exist without it.
_LISTS = "list|group|segment|portfolio|campaign|playlist|module|sprint|cycle|milestone|project|pool|cart|team|channel|role|queue|board|opening|collection|wishlist|watchlist|wantlist|whitelist|blacklist|blocklist|allowlist|favorites|bundle|audience|issue|task|pr|card|parent|workspace|organization|space|room|call|event|order|library|epic|category"


class Hint(Struct, frozen=True):
    """A phrase with a meaning of its own: a code for the model, a sentence for a person."""

    code: str
    sentence: str
    #: Looked for in the description ...
    text: Cues = Cues()
    #: ... and in the name.
    name: Cues = Cues()


HINTS: tuple[Hint, ...] = (
    Hint(
        "reads-only",
        "The definition says that it only reads",
        Cues(
            "read only|onli",
            "readonly",
            "only select|read|reads|reading|get|fetch",
            "select ~1 statement|query|sql ~2 only|allowed|permitted|accepted|supported",
            "only ~3 select|show|explain|describe ~4 statement|query",
            "run|execute|perform ~2 select ~2 query|statement|sql|against",
            "no|without ~2 side effect|modification|write|change|mutation",
            "not ~2 modify|change|alter|write|execute|mutate|create|send|save|persist|delete",
            "without ~1 executing|running|saving|modifying|applying|changing|creating|sending|writing",
            "purely informational",
            "safe to call",
            "只读",
            "solo lectura",
            "somente leitura",
            "lecture seule",
            "salt okunur",
            "読み取り専用",
            "읽기 전용",
            friends=["not ~2 modify ~2 this tool"],
        ),
        Cues("read only", "readonly", "select query|sql", "execute select"),
    ),
    Hint(
        "reading-language",
        "The query language can only read",
        Cues(
            "promql|logql|lucene|metricsql|traceql|logsql|jql|wiql|xpath|jsonpath|jmespath|vizql|dax|sparql|flux|kql|hogql|mdx|soql|nrql|esql"
        ),
        Cues(
            "promql|logql|lucene|metricsql|traceql|jql|wiql|xpath|jsonpath|jq|prometheus|loki|soql|kql|nrql|esql|sparql"
        ),
    ),
    Hint(
        "writing-language",
        "A query may write",
        Cues(
            "insert|update|delete|drop|alter|create ~2 statement|table|query",
            "ddl|dml",
            "arbitrary|any|raw|custom sql|query|statement|cypher|command",
            "write query",
        ),
        Cues("write query", "ddl|dml"),
    ),
    Hint(
        "restorable",
        "The definition says that it can be undone",
        Cues(
            "can|may ~3 restored|recovered|undone|reversed|reverted|recover|undo|restore",
            "recoverable|reversible|undoable",
            "soft delete|deletion|deleted",
            "move|moves|sent ~5 trash|bin",
            "to ~2 trash",
            "within ~2 day",
            "undo ~2 with",
            friends=["can|may not|t"],
        ),
        Cues("soft delete", "trash", "restore|undelete|recover"),
    ),
    Hint(
        "archives",
        "It archives, which can be put back",
        Cues("archives|archive|archived"),
        Cues("archive|unarchive"),
    ),
    Hint(
        "final",
        "The definition says that it cannot be undone",
        Cues(
            "cannot|can+not|can+t ~2 undone|reversed|recovered|restored|reverted",
            "not ~2 reversible|recoverable",
            "irreversible|irreversibly|irrevocably|irrecoverable|unrecoverable",
            "permanent|permanently",
            "destructive",
            "data loss",
            "all data ~4 lost|deleted|erased|overwritten",
            "永久",
            "不可恢复",
            "不可撤销",
            "dauerhaft|unwiderruflich",
            "permanentemente|irreversible",
            "définitivement",
            "kalıcı",
            "完全に削除",
            "영구",
        ),
    ),
    Hint(
        "cancels-running",
        "It stops something that runs",
        Cues(
            "cancel|abort|stop|halt|interrupt ~4 running|active|ongoing|in+progress|job|run|task|execution|process|workflow|build|operation|scan|upload|sync|crawl|search|query|export|enrichment|pipeline|training|deployment|backfill"
        ),
        Cues(
            "cancel|abort|stop|kill ~3 run|job|task|execution|process|workflow|build|operation|scan|upload|sync|crawl|search|query|export|pipeline|training|deployment|generation|batch|import"
        ),
    ),
    Hint(
        "cancels-commitment",
        "It cancels something that was agreed",
        Cues(
            "cancel ~4 order|booking|subscription|reservation|appointment|invoice|meeting|event|flight|plan|trade|checkout|position"
        ),
        Cues(
            "cancel ~3 order|orders|booking|subscription|reservation|appointment|invoice|meeting|event|flight|trade|checkout|shipment"
        ),
    ),
    Hint(
        "removes-link",
        "What is removed can simply be added again",
        Cues(f"remove|delete|clear|unset|drop ~3 {_WHERE}"),
        Cues(
            f"remove|delete|clear|unset ~3 {_WHERE}",
            "unlink|untag|unlabel|unassign|unpin|unstar|unlike|unfollow|detach|dissociate|disassociate|unreact|unbookmark|unfavorite|unstage|unwatch",
        ),
    ),
    Hint(
        "removes-mark",
        "What is removed is a mark that can simply be set again",
        Cues(f"remove|delete|clear|unset|undo|dismiss ~3 {_MARKS}"),
        Cues(f"remove|delete|clear|unset|undo|dismiss ~3 {_MARKS}"),
    ),
    Hint(
        "takes-off",
        "Something is taken off a list or out of a group, and goes on existing",
        Cues(
            f"remove|take|delete|drop|exclude|detach|disassociate ~6 from ~4 {_LISTS}",
            "without ~1 deleting",
            "unsubscribe|unenroll|unsuppress",
        ),
        Cues(f"remove|take|delete|drop ~4 from ~3 {_LISTS}", "unsubscribe|unenroll|unsuppress"),
    ),
    Hint(
        "removes-thing",
        "It removes a thing with content of its own",
        Cues(
            "delete|remove|erase|purge|destroy|wipe|uninstall|drop ~4 file|folder|directory|row|record|item|entry|user|account|project|document|message|comment|page|object|resource|database|table|column|key|server|domain|contact|product|container|image|volume|note|memory|task|issue|event|event|collection|index|instance|bucket|policy|rule|webhook|post|node|entity|file|branch|repository|team|channel|campaign|list|group|customer|article|dashboard|workflow|session|environment|secret|token|service|deployment|template|board|card|sheet|slide|block"
        ),
    ),
    Hint(
        "saves-file",
        "It saves to a file",
        Cues(
            "save|write|export|download|store|output|saved|written|stored|exported ~6 to|into|as|in ~4 file|disk|path|directory|folder|filesystem|locally",
            "output|save|destination ~1 path|directory|folder|file",
            "file will be saved|created|written",
        ),
        Cues("save|export|download ~3 file|pdf|csv|excel|image"),
    ),
    Hint(
        "waits",
        "It waits or looks at how a job is doing",
        Cues(
            "wait ~3 for|until",
            "poll",
            "check ~4 status|progress",
            "get|retrieve|return ~4 status|result|progress|state ~4 job|run|task|operation|execution|deployment|build",
        ),
        Cues("wait", "status|progress|result|results", "poll"),
    ),
    Hint(
        "draft",
        "It prepares without committing",
        Cues(
            "preview|dry+run|simulate|estimate|quote|draft|unsigned",
            "without ~1 sending|signing|publishing|committing|submitting|executing",
            "build|prepare|construct|create ~3 unsigned|transaction ~3 sign|data|payload|calldata",
        ),
        Cues(
            "preview|simulate|estimate|quote|dry|draft|unsigned|plan|prepare|build ~2 transaction|tx",
            "dry run|preview|simulate|estimate|quote|draft|unsigned",
        ),
    ),
    Hint(
        "money-look",
        "It only looks at money",
        Cues(
            "get|list|retrieve|view|check|fetch|search|show|calculate|track|analyze|return ~6 payment|invoice|refund|transaction|balance|portfolio|price|order|charge|fee|payout|quote|transfer|subscription"
        ),
        Cues(
            "get|list|retrieve|view|check|fetch|search|show|calculate|track|analyze|describe|find|query ~4 payment|payments|invoice|invoices|refund|refunds|transaction|transactions|balance|balances|portfolio|price|prices|order|orders|charge|charges|fee|fees|payout|payouts|quote|quotes|transfer|transfers|subscription|position|positions|trade|trades|rate|rates"
        ),
    ),
    Hint(
        "any-request",
        "It sends a request of the caller's making",
        Cues(
            "http|api|rest ~2 request|call ~6 method|any|arbitrary|custom|endpoint",
            "get|post|put|delete|patch get|post|put|delete|patch",
            "proxy ~2 request",
            "arbitrary ~2 request|api|endpoint|method|call",
        ),
        Cues(
            "proxy",
            "api|http|rest|raw request|call|query",
            "call|make|send|execute|invoke ~1 api|http|rest|request",
            "http ~1 post|put|patch|delete|request",
        ),
    ),
    Hint(
        "runs-local-check",
        "It runs something that only looks",
        Cues(
            "run|execute|perform ~4 audit|check|lint|diagnostic|analysis|validation|health|report|search|lookup|comparison|assessment|inspection|calculation|simulation|backtest|benchmark|scan"
        ),
        Cues(
            "run|execute|perform ~2 audit|check|lint|diagnostics|diagnostic|analysis|validation|report|search|scan|lighthouse|assessment|simulation|comparison|calculation"
        ),
    ),
    Hint(
        "computes",
        "It only computes",
        Cues(
            "calculate|compute|convert|parse|format|validate|encode|decode|transform ~5 number|value|string|text|date|time|expression|unit|json|matrix|vector|list|color|data",
            "returns ~3 sum|product|result|difference",
        ),
        Cues(
            "calculate|compute|convert|parse|format|encode|decode|hash|matrix|add|subtract|multiply|divide ~1 number|numbers|matrix|vector|unit|units|currency|time|date|json|text"
        ),
    ),
    Hint(
        "instructions",
        "It returns instructions or guidance for the model",
        Cues(
            "guide|guideline|instruction|best+practice|documentation|template|example|prompt ~3 for|on|about|to",
            "returns ~3 prompt|instruction|guide|template",
            "step by step",
            "thinking|thought|reasoning ~3 process|step|tool",
        ),
        Cues(
            "guide|guidelines|instructions|help|docs|documentation|rules|practices|thinking|prompt|template|schema|example|examples"
        ),
    ),
    Hint(
        "stores-draft",
        "It stores a draft",
        Cues("create|save|update ~3 draft"),
        Cues("create|save|update ~2 draft"),
    ),
    Hint(
        "session-read",
        "It reads a session that is open already",
        Cues(
            "console ~1 message|log|output",
            "network ~1 request|log|traffic",
            "current ~2 page|url|tab|window|state",
            "screenshot|snapshot ~5 page|screen|window|element|desktop|app",
        ),
        Cues(
            "console ~1 messages|logs",
            "network ~1 requests|logs|request",
            "screenshot|snapshot",
            "list ~1 tabs|pages|windows",
        ),
    ),
    Hint(
        "acts-on-device",
        "It acts on a device",
        Cues(
            "turn ~3 on|off",
            "control ~4 light|device|robot|speaker|tv|home|lamp|arm|drone|playback",
            "home assistant",
            "robot|drone|gripper|printer|servo|gpio",
            "speaker|speakers",
            "play|pause|skip|resume ~3 music|track|song|playback|audio|video|sound|media",
        ),
        Cues(
            "turn on|off",
            "play|pause|skip|resume|speak|volume|playback",
            "light|lights|robot|drone|gripper|home ~1 on|off|control|move|set",
        ),
    ),
    Hint(
        "starts-workload",
        "It starts something that runs on",
        Cues(
            "start|launch|trigger|run|spin|boot|kick ~5 server|instance|container|vm|pod|job|workflow|pipeline|build|agent|task|process|crawl|scan|machine|sandbox|session|automation|actor|training|simulation",
            "create ~4 container|vm|pod|instance|deployment|sandbox|virtual+machine|droplet",
            "spin up",
            "triggers|starts",
        ),
        Cues(
            "start|launch|trigger|run|create|boot|spawn ~2 server|instance|container|vm|pod|job|workflow|pipeline|build|agent|process|crawl|machine|sandbox|deployment|actor|training|devcontainer|droplet|run|cluster"
        ),
    ),
    Hint(
        "rewrites",
        "It writes over what stood there",
        Cues(
            "overwrite|overwrites|overwriting|overwritten",
            "replace|replaces ~2 all|entire|whole|existing|current|full",
            "reset ~3 default|initial|original|factory|all",
            "restore ~4 backup|snapshot|point",
            "force push",
            "hard reset",
        ),
        Cues(
            "force push",
            "reset|factory",
            "restore ~1 backup|snapshot|database|db",
            "overwrite",
            "replace ~1 all|content",
        ),
    ),
    Hint(
        "takes-out",
        "It moves money or value",
        Cues(
            "pay|pays|payment|refund|purchase|buy|sell|order|trade|swap|transfer|withdraw|deposit|stake|mint|bet|bid|checkout ~6 amount|price|token|fund|wallet|account|market|limit|stock|customer|card|usd|share|asset|blockchain|onchain|exchange|quantity"
        ),
    ),
    Hint(
        "signs",
        "It signs or sends a transaction",
        Cues(
            "sign|broadcast|submit|send|execute ~3 transaction|tx ~5 blockchain|network|chain|mainnet|testnet|solana|ethereum|wallet|onchain",
            "on chain|onchain",
            "smart contract ~4 write|call|execute|transaction|function|invoke",
            "transaction hash|signature",
            "private key",
        ),
        Cues(
            "sign|broadcast|send|submit|execute ~1 transaction|tx|userop|signed|raw",
            "contract ~1 write|execute|invoke|call|send",
            "write contract",
            "approve ~1 token|erc20|spender|allowance",
        ),
    ),
    Hint(
        "configures",
        "It changes a setting",
        Cues(
            "set|change|configure|update|toggle|enable|disable|switch ~4 setting|preference|mode|config|configuration|option|default|level|theme|context|project|workspace|database|state|visibility|current|active"
        ),
        Cues(
            "set|change|configure|toggle|enable|disable|switch|select|use ~2 setting|settings|mode|config|configuration|context|project|workspace|level|theme|state|active|current|default"
        ),
    ),
    Hint(
        "makes-media",
        "It makes an image, sound, video or document",
        Cues(
            "generate|create|make|render|produce|synthesize ~5 image|video|audio|music|song|speech|chart|diagram|pdf|presentation|avatar|logo|document|3d"
        ),
        Cues(
            "generate|create|make|text|image ~2 image|video|audio|music|song|speech|pdf|presentation|avatar|logo|document|slides|voice"
        ),
    ),
    Hint(
        "asks-model",
        "It asks another model",
        Cues(
            "ask|query|prompt|chat|consult|call|use|using|via|with ~4 gpt|claude|gemini|llm|openai|deepseek|grok|ollama|mistral|language|model|perplexity|chatgpt",
            "chat completion",
            "generate|get ~3 response|completion|answer|text ~4 model|gpt|claude|gemini|llm|ai",
        ),
        Cues(
            "ask|chat|query|prompt ~1 gpt|claude|gemini|llm|ai|model|openai|deepseek|chatgpt|ollama|grok|expert",
            "chat completion",
            "gpt|claude|gemini|deepseek|grok|openai",
        ),
    ),
    Hint(
        "agent-acts",
        "An agent acts on its own",
        Cues(
            "agent ~5 task|execute|perform|complete|run|act|autonomously|work",
            "autonomous|autonomously",
            "delegate ~4 agent",
            "spawn|launch|start|run ~3 agent|subagent",
        ),
        Cues(
            "agent ~1 run|task|execute|invoke|start|spawn",
            "run|spawn|start|launch|execute|invoke|delegate ~1 agent|subagent|task",
        ),
    ),
    Hint(
        "publishes-release",
        "It publishes a release or package",
        Cues(
            "publish ~4 release|package|version|npm|pypi|app|site|website",
            "create ~2 release",
            "deploy|deploys",
        ),
        Cues("publish ~1 package|release|version|site|app|npm", "deploy|release"),
    ),
    Hint(
        "login",
        "A session or credential comes to be",
        Cues(
            "log ~1 in|into",
            "login|authenticate|authorize|sign+in",
            "oauth|authentication|authorization flow",
            "access+token|api+key ~4 create|generate|new|obtain|issue",
            "create|generate|obtain|issue|refresh ~3 token|key|credential",
        ),
        Cues(
            "login|logout|authenticate|authorize|auth|oauth|signin|signout",
            "create|generate|refresh|rotate|exchange ~2 token|key|credential",
        ),
    ),
    Hint(
        "many-actions",
        "It does several things, by an argument",
        Cues(
            "create read update|and delete",
            "create ~1 read ~1 update ~2 delete",
            "create ~1 update ~2 delete|remove",
            "add ~2 remove|delete",
            "get|list ~3 create|update ~3 delete|remove",
            "crud",
            "list ~1 create ~1 update",
        ),
        Cues("crud", "manage|manager|management|operation|operations|action|actions|admin|handler"),
    ),
    Hint(
        "shows-window",
        "It shows something to the person at the machine",
        Cues(
            "display|show|open|present ~4 notification|dialog|popup|window|alert|user",
            "ask ~2 user",
            "prompt the user",
        ),
        Cues("notify|notification|dialog|alert|popup|ask|confirm"),
    ),
    Hint(
        "takes-note",
        "It keeps something for later",
        Cues(
            "store|remember|save|record|log|persist|memorize ~5 memory|note|knowledge|fact|insight|context|later|database|progress|decision"
        ),
        Cues(
            "remember|memorize|store|save|log|record ~1 memory|note|fact|insight|context|progress|decision",
            "remember|memorize",
        ),
    ),
    Hint(
        "places-call",
        "It places a call",
        Cues(
            "make|place|start|initiate|create|dial ~3 phone|outbound|voice|telephone call",
            "phonecall",
            "call ~2 phone number",
        ),
        Cues("make|place|create|start|initiate|dial ~2 call|phonecall", "phone call", "call ~1 phone|number"),
    ),
    Hint(
        "types-or-submits",
        "It types or submits something in a window",
        Cues(
            "send ~2 keys|key|keystroke",
            "press ~3 key|enter|button",
            "submit ~2 form",
            "type ~3 text ~4 element|field|page|input|terminal",
            "focus|activate ~4 tab|window|element",
        ),
        Cues("send|press|type ~1 key|text", "submit form", "activate|focus|switch ~1 tab|window"),
    ),
    Hint(
        "asks-for-payment",
        "It asks for a payment or takes one",
        Cues(
            "payment|checkout|pay ~1 link|session|intent|page|request",
            "accept|collect|capture|process ~2 payment|funds",
            "charge ~4 card|customer|authorization|authorized|account",
            "send|finalize|finalise|issue ~3 invoice",
        ),
        Cues(
            "payment|checkout|pay ~1 link|session|intent|order",
            "charge|capture|debit|partial ~2 payment|card|authorization|intent|debit",
            "initialize|initiate|process ~1 transaction|payment",
            "send|finalize|finalise|issue ~1 invoice",
        ),
    ),
    Hint(
        "moves-tokens",
        "It moves value on a chain",
        Cues(
            "approve|claim|collect|withdraw|redeem|unstake|harvest|mint|burn|swap|bridge|launch|wrap|unwrap|repay|borrow|supply ~5 token|nft|reward|fee|earnings|earning|collateral|liquidity|allowance|spender",
            "deploy|create|launch ~4 token|nft|coin|memecoin ~6 chain|blockchain|solana|ethereum|network|contract",
            "transfer|send ~5 eth|sol|usdc|usdt|btc|token|erc20|nft|sats|xrp|nano|apt|mana",
        ),
        Cues(
            "approve|claim|collect|harvest|mint|burn|deploy|launch|transfer|send|wrap|unwrap|supply|repay|borrow|remove|add ~3 token|erc|nft|fee|reward|earning|collateral|liquidity|eth|sol|usdc|btc|allowance|mana|spender",
            "create ~2 token|nft ~1 mint|pump|fun|collection",
        ),
    ),
    Hint(
        "changes-machine",
        "It changes something that runs",
        Cues(
            "resize|upgrade|scale|reload|patch|promote|redeploy|rebuild|failover|resume|pause|suspend ~4 instance|volume|database|cluster|droplet|server|deployment|node|app|application|service|machine|release|project",
            "apply ~3 update|patch|upgrade|migration ~4 instance|database|cluster|server|branch",
        ),
        Cues(
            "resize|upgrade|scale|reload|patch|promote|redeploy|rebuild|failover|unpause|power ~3 instance|volume|database|cluster|droplet|server|deployment|node|app|service|machine|pipeline|project|version|state",
            "apply|complete|run ~2 migration|migrations",
        ),
    ),
    Hint(
        "schedules-run",
        "It sets up something that runs by itself",
        Cues(
            "create|schedule|add|set ~4 cron|job|automation|scheduled|recurring ~6 run|execute|notebook|script|command|schedule",
        ),
        Cues("create|add|schedule ~2 job|cron|automation|command"),
    ),
    Hint(
        "many-at-once",
        "It acts on many things in one call",
        Cues(
            "multiple|several|batch|bulk|many|up+to ~3 item|record|message|file|user|task|row|object|contact|document|issue|product|member|post|note|email|entity|event",
            "in ~1 batch|bulk",
            "all ~2 item|record|message|file|user|task|row|object|contact|document|issue|product|member|post|note|email|entry|entity|event|project",
            "one or more|multiple",
            "at once",
        ),
        Cues("bulk|batch|multiple|many|all|mass"),
    ),
    Hint(
        "fetches",
        "It fetches and reports",
        Cues(
            "fetch|retrieve|returns|get|list|search|find|lookup|look+up|provides|shows|displays|query ~3 information|detail|list|data|result|content|metadata|status|all|available|specific|current|statistic|summary|history"
        ),
    ),
)
