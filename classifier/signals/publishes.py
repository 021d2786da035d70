"""Does a call make content public?"""

from classifier.cues import Cues
from classifier.probe import Probe

PROBE = Probe(
    code="publishes",
    label="Publishes",
    question="Does a call make content public or visible to an audience: post, release, public page, package?",
    meaning="Strangers, or a whole audience, can see something that they could not see before.",
    matters="What was public for a minute is copied; a wrong post or a leaked document cannot be called back.",
    advice="Let the agent prepare drafts and a person publish; hold the tool for approval.",
    name=Cues(
        "publish|tweet|retweet|toot|release|livestream|golive",
        "create|post|schedule|submit|send|make|share|add|upload|quote|write ~3 tweet|post|release|article|blog|story|video|reel|thread|pin|status|page|gist|listing|ad|ads|campaign|publication|website|site|cast|toot|reddit|linkedin|twitter|facebook|instagram|bluesky|x|tiktok|youtube|wordpress|product",
        "post ~2 to|tweet|thread|status|update|image|facebook|twitter|linkedin|instagram|reddit|bluesky",
        "deploy ~2 site|website|page|pages|html",
        "make ~2 public",
        "share|public link",
        "create post",
        "发布",
        "投稿",
        friends=[
            "get|list|search|read|find|fetch|retrieve|show|view|delete|check|analyze ~4 post|posts|release|releases|tweet|page|article|story|video",
            "release ~1 ip|address|lock|note|notes|resource|number|hold|memory",
            "page ~1 object|size",
            "campaign ~1 stat|stats|report",
            "post ~1 process|processing|comment|message",
            "notion|confluence|wiki|draft page|post",
        ],
    ),
    text=Cues(
        "publish|tweet|retweet",
        "post ~4 to|on ~2 twitter|x|linkedin|facebook|instagram|reddit|bluesky|mastodon|threads|timeline|feed|social|blog|forum|page|tiktok|youtube",
        "create|make ~3 release",
        "make ~4 public|publicly|live",
        "go live",
        "public|shareable ~1 link|url|page",
        "publicly accessible|available|visible",
        "blog|social|wordpress|forum post",
        "new tweet|post|release",
        "发布",
        "发帖",
        "公開",
        "게시",
        "publica|publicar",
        "paylaş|yayınla",
        "veröffentlich",
        "publie|publier",
        friends=[
            "get|list|search|read|find|fetch|retrieve|view|delete|check ~5 post|release|tweet|publish|published|blog|public",
            "published|publish date|by|between|after|before|since",
            "public url of|key|api|data",
            "publicly available ~2 data|information",
        ],
    ),
)
