"""Does a text sound like those by which models are misled?"""

import re
from collections.abc import Iterator
from functools import cache

from classifier.poisoning import wording
from classifier.poisoning.patterns import Pattern
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Suspicion, only_quotes, speaks_of_attacks
from classifier.poisoning.texts import Text
from classifier.words import plain_words, words_of_text

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


@cache
def _spelled() -> frozenset[str]:
    """The same words as ASCII texts hold them."""
    return frozenset(word + end for word in wording.shipped().rare for end in ("", "s", "es"))


def _is_rare(text: str) -> bool:
    """Whether a text holds one of these words."""
    return _rare().seen(text) if not text.isascii() else not _spelled().isdisjoint(plain_words(text))


def _suspect(text: Text) -> Iterator[Suspicion]:
    if len(text.text) < _LEAST or not _is_rare(text.folded):
        return
    worst = wording.shipped().worst(text)
    if not worst or worst[0] < 0:
        return
    told = only_quotes(text.folded[worst[1] : worst[2]])
    quotes = told and wording.shipped().worth(words_of_text(told)) < 0
    if not quotes and not speaks_of_attacks(text.folded, worst[1], worst[2]):
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
