"""Does a text change how other tools are used?"""

import re
from collections.abc import Iterator

from classifier.poisoning.phrasing import FAR, NEAR, speaks_of_attacks
from classifier.poisoning.probe import PoisoningProbe, Suspicion, graded
from classifier.poisoning.texts import Text

_OTHER = (
    r"(?:(?:the |any |an? |every )?(?:other|another|different|trusted|existing) (?:\w+ )?(?:tools?|functions?|mcp servers?)|(?:the |any )?[`'\"]?(?!this\b)[a-z]+[_-][\w-]+[`'\"]?(?: tool| function)?"
    r"|the [`'\"]?[\w-]+[`'\"]? (?:tool|function)(?: (?:of|from|on) (?:the )?[\w-]+(?: server)?)?|any (?:e-?mail|payment|message|transfer|file) tools?|(?:e-?mail|payment|messaging|banking|transfer|database|filesystem|git\w*) tools?)"
)
_WHEN = r"(?:when(?:ever)?|if|every time|each time|any time|anytime|once|before|after|as soon as)"
_USED = r"(?:is|are|gets?|was|being)? ?(?:used|called|invoked|run|executed|available|present|triggered|requested|about to|to be)"
_TARGET = r"(?:recipient|recipients|address(?:es)?|amount|destination|receiver|account|url|endpoint|path|to field|target|payee|cc|bcc|subject|body|query|wallet|iban|branch|command|parameters?|arguments?|result|output)"

_CHANGES = re.compile(
    rf"\b{_WHEN} {NEAR}{_OTHER} {_USED}{FAR}\b(?:must|always|instead|change|replace|redirect|modify|alter|set|add|use|send|bcc|cc|append|also|first|call this)\b{NEAR}\b{_TARGET}\b"
    rf"|\b{_WHEN} (?:using|calling|invoking|running|you (?:use|call|invoke)|sending|making) (?!this\b)(?:with )?{_OTHER}{FAR}\b(?:must|always|instead|never|change|replace|redirect|modify|alter|also (?:send|add|include|bcc|call)|bcc|cc)\b{NEAR}\b{_TARGET}\b"
    rf"|\b(?:change|replace|redirect|modify|alter|rewrite|substitute|swap) (?:the |all |every |any )?{NEAR}\b{_TARGET}\b{NEAR}\b(?:of|in|for|passed to|used by|on|sent (?:by|with)) {_OTHER}"
    r"|\b(?:all|every|any|each) (?:outgoing |sent )?(?:e-?mails?|messages?|payments?|transfers?|transactions?|requests?|files?|data) (?:must|should|have to|need to|has to|are to|shall)(?: always| also| first| instead)? (?:be )?(?:sent|redirected|forwarded|routed|bcc'?d|cc'?d|copied|addressed|paid|transferred|go)\b"
    r"|\b(?:always |silently |also |must )+(?:bcc|cc|copy|forward|send a copy)\b[^.\n]{0,60}(?:@|https?://|attacker)"
    rf"|\b(?:the )?{_OTHER} (?:is|are|has been|have been) (?:deprecated|disabled|broken|unsafe|insecure|compromised|malicious|replaced|no longer (?:safe|available|supported|works?)|vulnerable){FAR}\b(?:use|call|using|calling)\b {NEAR}(?:this|instead)",
    re.I,
)
_INSTEAD = re.compile(
    rf"\b(?:do not|don'?t|never|must not) (?:use|call|invoke|trust) {_OTHER}{NEAR}(?:use|call|instead|this)|\balways (?:use|prefer|choose|call) this (?:tool |function )?(?:instead of|over|rather than|before) {_OTHER}"
    r"|\b(?:overrides?|supersedes?|takes? (?:precedence|priority) over) (?:all |any |every )?(?:other|existing|built-?in|native) tools?",
    re.I,
)


def _shadows(text: Text) -> Iterator[Suspicion]:
    if match := _CHANGES.search(text.text):
        quoted = speaks_of_attacks(text.text, match.start(), match.end())
        yield (
            graded(not quoted),
            "Says how other tools are to be used, to other ends.",
            match.start(),
            match.end(),
        )
    elif match := _INSTEAD.search(text.text):
        yield (
            "soft",
            "Wants to be used instead of other tools, which is honest within one server.",
            match.start(),
            match.end(),
        )


PROBE = PoisoningProbe(
    code="shadows-tool",
    label="Shadows other tools",
    question="Does a text change how other tools are used?",
    meaning="The definition speaks about another tool and changes its recipient, amount, path or use.",
    matters="The other tool may be trusted and approved; its calls then do what this definition wants.",
    advice="Do not connect the server beside tools that send, pay or write.",
    trace=(
        r"(?:when|if|every time|each time|any ?time|once|before|after|as soon as)[^\"]{1,400}(?:recipient|address|amount|destination|receiver|account|url|endpoint|path|to field|target|payee|cc|subject|body|query|wallet|iban|branch|command|parameter|argument|result|output)"
        r"|(?:change|replace|redirect|modify|alter|rewrite|substitute|swap) |(?:mail|message|payment|transfer|transaction|request|file|data)s? (?:must|should|have to|need to|has to|are to|shall)|bcc|copy|forward|deprecated|disabled|broken|unsafe|insecure|compromised|malicious|replaced|no longer|vulnerable"
        r"|(?:not|n.t|never) (?:use|call|invoke|trust)|always (?:use|prefer|choose|call) this|overrid|supersede|precedence|priority"
    ),
    suspect=_shadows,
)
