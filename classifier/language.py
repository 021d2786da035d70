"""In which language a definition is written, as far as scripts and small words tell."""

import re

from crawler.tools import Tool

_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]{3}")),
    ("ar", re.compile(r"[\u0600-\u06ff]{3}")),
    ("he", re.compile(r"[\u0590-\u05ff]{3}")),
)
#: Small words that are rare in English text.
_SMALL = {
    "es": frozenset("el los las una del para con por que crea obtiene lista según".split()),  # noqa: SIM905
    "pt": frozenset("um uma do da dos das para com não cria lista obtém você os".split()),  # noqa: SIM905
    "fr": frozenset("le les des une du pour avec dans est sur et un la".split()),  # noqa: SIM905
    "de": frozenset("der die das eine einen und für mit von den dem wird ist aus".split()),  # noqa: SIM905
    "tr": frozenset("bir ve için ile bu olarak eder listeler getirir tüm veya yeni".split()),  # noqa: SIM905
}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 3


def language(tool: Tool) -> str:
    """Two letters, `none` without a description; English is what nothing else speaks for."""
    text = (tool.description or "").strip()[:1000]
    if not text:
        return "none"
    for code, pattern in _SCRIPTS:
        if pattern.search(text):
            return code
    words = _WORD.findall(text.lower())
    counts = {code: sum(word in small for word in words) for code, small in _SMALL.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] >= _ENOUGH and counts[best] * 8 >= len(words) else "en"
