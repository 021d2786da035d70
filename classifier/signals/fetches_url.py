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
        "fetch|scrape|crawl|download|browse|visit|open|screenshot|navigate|extract|read|get|load|analyze|convert|check|import|summarize|capture|ping|clone|goto ~3 url|urls|web|website|webpage|page|site|link|html|sitemap|rss|feed|article|content|repo|markdown|uri|host|domain",
        "scrape|crawl|ping|traceroute|curl|wget|fetch|scraper|crawler|nslookup|dig|whois|nmap|lighthouse|ssh|portscan|httpx",
        "url|web|website|webpage|page ~1 fetch|read|content|reader|screenshot|scrape|crawl|to|analyze|extract|navigate|goto|open",
        "http ~1 get|request|head|post",
        "browser|page|playwright|puppeteer|chrome navigate|open|goto|tab",
        "port scan",
        "dns lookup",
        "git clone",
        "抓取",
        "爬取",
        friends=[
            "fetch ~3 task|issue|user|ticket|data|event|order|record|customer|message|email|price|weather"
        ],
    ),
    text=Cues(
        "fetch|scrape|crawl|download|visit|open|screenshot|navigate|extract|retrieve|load|request|read|access|connect|analyze|capture ~6 url|urls|website|webpage|web page|site|link|host|domain|endpoint",
        "from ~3 url|urls|website|webpage|link",
        "given|specified|provided|the|a|any url|website|webpage|web page|hostname",
        "url of ~3 page|site|image|video|file|document|website",
        "web scraping",
        "http request",
        "publicly accessible url",
        "webhook",
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
        "url|urls|uri|website|webpage|hostname|host|endpoint|href|webhook|link|links|domain",
        "image|video|audio|page|file|repo|repository|source|site|web|target|base|media|profile|post|article|document|meeting|base|pdf|feed|start|website|callback|webhook url|urls|uri",
        friends=[
            "redirect|callback|return|success|cancel|homepage|avatar|logo|icon|picture ~1 url|uri",
            "domain id|name|uuid",
            "endpoint id|name|uuid",
            "link id|type|name|text",
            "resource uri",
        ],
    ),
)
