"""Does a call request an address that the caller supplies?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="fetches-url",
    label="Fetches a URL",
    question="Does a call request a URL, host or address that the caller supplies?",
    meaning="The server connects to wherever an argument points.",
    matters="It can reach what only the server's machine can reach, such as internal services, and an address can carry data out.",
    advice="Allow the hosts that are needed by pattern; block private address ranges where the server runs.",
    name=Cues(
        "fetch|scrape|crawl|browse|visit|open|screenshot|navigate|summarize|capture|clone|goto ~3 url|urls|web|website|webpage|page|site|link|html|sitemap|rss|feed|article|content|repo|markdown|uri|host|domain",
        "download|extract|read|get|load|analyze|convert|check|import|ping ~3 url|urls|web|website|webpage|html|sitemap|rss|uri|host|domain",
        "scrape|crawl|traceroute|curl|wget|fetch|crawler|nslookup|dig|whois|nmap|lighthouse|portscan|httpx",
        "ping ~1 ip|address|peer|server",
        "url|web|website|webpage|page ~1 fetch|read|content|reader|screenshot|scrape|crawl|to|analyze|extract|navigate|goto|open",
        "http ~1 get|request|head|post",
        "browser|page|playwright|puppeteer|chrome navigate|open|goto|tab",
        "port scan",
        "dns lookup",
        "git clone",
        "抓取",
        "爬取",
        friends=[
            "fetch ~3 task|issue|user|ticket|data|event|order|record|customer|message|email|price|weather|quote|lead|schema|doc|docs|list|history|balance|metadata|summary|transcript|detail|news|paper|log|comment|transaction|symbol|market|job|result|profile|token"
        ],
    ),
    text=Cues(
        "fetch|scrape|crawl|download|visit|open|screenshot|navigate|extract|retrieve|load|request|read|access|connect|analyze|capture ~6 url|urls|website|webpage|web+page|site|link|host|domain|endpoint",
        "from ~3 url|urls|website|webpage|link",
        "given|specified|provided|the|a|any url|website|webpage|web+page|hostname",
        "url of ~3 page|site|image|video|file|document|website",
        "web scraping",
        "http request",
        "publicly accessible url",
        "网页",
        "网址",
        "链接",
        "抓取",
        "ウェブページ",
        "웹페이지",
        "página web",
        "site web",
        friends=[
            "return|returns|get|provide|generate|include|with ~5 url|link",
            "base|api|authorization|download|checkout|share url",
            "source url|urls",
        ],
    ),
    parameters=Cues(
        "url|urls|website|webpage|hostname|host|href",
        "image|video|audio|page|file|repo|repository|source|site|web|target|base|media|profile|post|article|document|meeting|base|pdf|feed|start|website url|urls|uri",
        friends=[
            "redirect|callback|return|success|cancel|failure|notify|notification|validation|confirmation|webhook|homepage|avatar|logo|icon|picture|block|blocked ~1 url|uri",
            "url|host ~1 pattern|filter|prefix|contains|match|regex|slug",
            "host id|ids|uuid",
        ],
    ),
)
