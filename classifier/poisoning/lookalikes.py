"""Are there letters that look like others?"""

from collections.abc import Iterator

from classifier.poisoning.patterns import Late
from classifier.poisoning.probe import PoisoningProbe, graded
from classifier.poisoning.sayings import Suspicion, speaks_of_attacks
from classifier.poisoning.texts import ODD_LATIN, Text

#: Cyrillic and Greek letters that look like Latin ones in most fonts.
_TWINS = "АВЕЅІЈКМНОРСТУХаеорсухіјѕԁһӏԛԝкмтгпЗбαορνικτυχεΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_MIXED = Late(
    rf"\b(?=[^\W\d_]*[A-Za-z]{{2}}|[A-Za-z][^\W\d_]*[A-Za-z])[A-Za-z{_TWINS}]*[{_TWINS}][A-Za-z{_TWINS}]*[A-Za-z]?\b"
)
_ODD_LATIN = Late(
    r"[\uff21-\uff3a\uff41-\uff5a]{2,}|[\U0001d400-\U0001d6a3]{3,}|[\u24b6-\u24e9]{3,}|[\U0001f130-\U0001f149]{3,}"
)
_ODD_IN_NAME = Late(f"[{ODD_LATIN}]+")
_TWIN = Late(rf"[{_TWINS}]")
_LATIN = Late(r"[A-Za-z]")


def _twins(text: Text) -> Iterator[Suspicion]:
    if text.text.isascii():
        return
    twin = _TWIN.search(text.text)
    if twin and text.identifier and _LATIN.search(text.text):
        yield (
            "hard",
            "A letter of another alphabet in a name, where it looks like a Latin one.",
            twin.start(),
            twin.end(),
        )
        return
    mixed = [match for match in _MIXED.finditer(text.text) if _is_mixed(match.group())] if twin else []
    if mixed:
        overt = (len(mixed) > 1 or len(mixed[0].group()) > _SHORT) and not speaks_of_attacks(
            text.text, *mixed[0].span()
        )
        yield (
            graded(overt),
            "A word of letters from two alphabets that look alike.",
            mixed[0].start(),
            mixed[0].end(),
        )
    if match := (_ODD_IN_NAME if text.identifier else _ODD_LATIN).search(text.text):
        yield (
            "soft" if not text.identifier else "hard",
            "Latin letters in a form that filters do not see.",
            match.start(),
            match.end(),
        )


#: Short mixtures such as `μs` or `Δt` are units and symbols.
_SHORT = 4


def _is_mixed(word: str) -> bool:
    latin = len(_LATIN.findall(word))
    return latin >= 2 and len(word) - latin >= 1 and len(word) > 3


PROBE = PoisoningProbe(
    code="lookalike-letters",
    label="Look-alike letters",
    question="Are there letters that look like others?",
    meaning="A word mixes alphabets, such as a Cyrillic `а` in a Latin name.",
    matters="A tool can pass for a trusted one, and a phrase can slip past every filter.",
    advice="Compare the name letter by letter with the one that you meant.",
    trace=r"[^\x00-\x{7f}]",
    suspect=_twins,
)
