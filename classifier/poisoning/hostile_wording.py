"""Does a text sound like those by which models are misled?"""

import re
from collections.abc import Iterator
from functools import cache

from classifier.poisoning import wording
from classifier.poisoning.patterns import Pattern
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Suspicion, speaks_of_attacks
from classifier.poisoning.texts import Text

#: Shorter texts order nothing.
_LEAST = 10


@cache
def _rare() -> Pattern:
    """The words that few honest definitions hold, with the endings that stems come without."""
    words = sorted(wording.shipped().rare)
    plain = "|".join(re.escape(word) for word in words if word.isascii())
    return Pattern("|".join([rf"\b(?:{plain})(?:es|s)?\b", *(word for word in words if not word.isascii())]))


def trace() -> str:
    """What RE2 looks for in a whole definition."""
    return _rare().trace


def _suspect(text: Text) -> Iterator[Suspicion]:
    if len(text.text) < _LEAST or not _rare().seen(text.folded):
        return
    worst = wording.shipped().worst(text)
    if worst and worst[0] >= 0 and not speaks_of_attacks(text.folded, worst[1], worst[2]):
        yield "hard", "Sounds like an order to the model behind the back of the person.", worst[1], worst[2]


PROBE = PoisoningProbe(
    code="hostile-wording",
    label="Hostile wording",
    question="Does a text sound like those by which models are misled?",
    meaning="Its words, taken together, are those of orders to a model that the person is not to see, as learned from examples.",
    matters="Whoever writes such a text avoids the usual sentences; what it wants shows in the company that its words keep.",
    advice="Read the passage as if it were told to you: if it asks for something besides the tool's work, do not connect the server.",
    suspect=_suspect,
)
