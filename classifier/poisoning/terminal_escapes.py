"""Are there characters that steer a terminal?"""

from collections.abc import Iterator

from classifier.poisoning.patterns import Late
from classifier.poisoning.probe import PoisoningProbe, graded
from classifier.poisoning.sayings import Suspicion
from classifier.poisoning.texts import Text

_ESCAPES = Late(r"\x1b[\[\]()PX^_][\x20-\x7e]{0,40}|\x9b[\x20-\x3f]{0,20}[\x40-\x7e]|\x1b")
_CONTROLS = Late(r"[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]|\x08+")


def _steers(text: Text) -> Iterator[Suspicion]:
    if match := _ESCAPES.search(text.text):
        yield (
            "hard",
            "An escape sequence, which can hide or rewrite what a terminal shows.",
            match.start(),
            match.end(),
        )
    elif match := _CONTROLS.search(text.text):
        yield (
            graded("\x08" in match.group()),
            "A control character, which no text needs.",
            match.start(),
            match.end(),
        )


PROBE = PoisoningProbe(
    code="terminal-escapes",
    label="Terminal escapes",
    question="Are there characters that steer a terminal?",
    meaning="Escape sequences or control characters stand in a text.",
    matters="A person who lists the tools in a terminal sees something other than the model does.",
    advice="Look at the definition with escapes shown; do not connect the server.",
    trace=r"\\u00|\\b|[\x00-\x1f\x7f-\x{9f}]",
    suspect=_steers,
)
