"""Are there characters that a person cannot see?"""

from collections.abc import Iterator

from classifier.poisoning.patterns import Late
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Suspicion
from classifier.poisoning.texts import Text

#: Tag characters spell ASCII invisibly; the flags of England, Scotland and Wales are the one honest use.
_TAGS = Late(r"(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+")
_OVERRIDES = Late(r"[\u202d\u202e]")
_EMBEDDINGS = Late(r"[\u202a\u202b\u2066-\u2069]")
#: Inside a Latin word these join nothing; Persian, Indic scripts and emoji need them.
_ZERO_WIDTH = Late(
    r"(?<=[\x21-\x7e])[\u200b-\u200d\u2060-\u2064\ufeff\u180e]+(?=[\x21-\x7e])|[\u200b-\u200d\u2060-\u2064]{4,}"
)
_FILLERS = Late(r"[\u115f\u1160\u3164\uffa0]|[\U000e0100-\U000e01ef]{2,}|[\ufe00-\ufe0e]{3,}")


def _hidden(text: Text) -> Iterator[Suspicion]:
    if text.text.isascii():
        return
    for pattern, message in (
        (_TAGS, "Invisible tag characters, which can spell out text that only a model reads."),
        (
            _OVERRIDES,
            "A character that reverses the direction of writing, so that what is shown is not what is there.",
        ),
        (_ZERO_WIDTH, "Characters without width inside a word, where no language needs them."),
        (_FILLERS, "Characters that show as nothing."),
    ):
        for match in pattern.finditer(text.text):
            yield "hard", message, match.start(), match.end()
            break
    if embedding := _EMBEDDINGS.search(text.text):
        yield (
            "soft",
            "A character that embeds text in the other direction.",
            embedding.start(),
            embedding.end(),
        )


PROBE = PoisoningProbe(
    code="hidden-characters",
    label="Hidden characters",
    question="Are there characters that a person cannot see?",
    meaning="Tag characters, zero-width characters, direction overrides or fillers stand in a text.",
    matters="The model reads them and the person who reviews the tool does not.",
    advice="Do not use the tool until its author explains them.",
    trace=r"[^\x00-\x{7f}]",
    suspect=_hidden,
)
