"""Phrases that show something: a small language for them, and finding them among the words of a definition."""

from collections.abc import Iterable, Iterator, Sequence

from classifier.words import stem, words_of_text

#: A phrase after one of these says what does not happen.
_DENIALS = frozenset(
    [
        "not",
        "never",
        "without",
        "cannot",
        "doesn",
        "don",
        "won",
        "isn",
        "no",
        "nor",
        "avoid",
        "prevent",
        "instead",
    ]
)
#: One step of a phrase: how many words may stand before it, and the words that fit.
_Step = tuple[int, frozenset[str]]


class Cues:
    """Phrases to look for.

    A phrase is words separated by spaces; `a|b` is either; `~3` lets up to three other words stand before the
    next one. Words are compared by stem, so `file` also finds `files`. *friends* are phrases that look alike and
    mean something else: a find that touches one is dropped.
    """

    def __init__(self, *phrases: str, friends: Iterable[str] = ()) -> None:
        self._phrases = _by_head(phrases)
        self._friends = Cues(*friends) if friends else None
        #: Without one of these words nothing can be found.
        self.heads = frozenset(self._phrases)

    def find(self, words: Sequence[str], present: frozenset[str] | set[str]) -> Iterator[tuple[int, int]]:
        """Every find as a half-open range of *words*; *present* holds the same words as a set."""
        for head in self.heads & present:
            for at in _places(words, head):
                for steps in self._phrases[head]:
                    end = _follow(words, at + 1, steps)
                    if end and not _denied(words, at) and not self._befriended(words, present, at, end):
                        yield at, end
                        break

    def _befriended(
        self, words: Sequence[str], present: frozenset[str] | set[str], start: int, end: int
    ) -> bool:
        if self._friends is None:
            return False
        return any(first < end and start < last for first, last in self._friends.find(words, present))


def _denied(words: Sequence[str], at: int) -> bool:
    return not _DENIALS.isdisjoint(words[max(0, at - 2) : at])


def _by_head(phrases: Iterable[str]) -> dict[str, tuple[tuple[_Step, ...], ...]]:
    found: dict[str, list[tuple[_Step, ...]]] = {}
    for phrase in phrases:
        steps = tuple(_steps(phrase))
        for head in steps[0][1]:
            found.setdefault(head, []).append(steps[1:])
    return {head: tuple(sorted(rests, key=len)) for head, rests in found.items()}


def _steps(phrase: str) -> Iterator[_Step]:
    gap = 0
    for part in phrase.split():
        if part.startswith("~"):
            gap = int(part[1:])
            continue
        for options in _options(part):
            yield gap, options
            gap = 0


def _options(part: str) -> Iterator[frozenset[str]]:
    """The words of one part; a Chinese or Japanese word of three or more characters is a row of pairs, as in text."""
    pairs = words_of_text(part) if not part.isascii() and "|" not in part else []
    if len(pairs) > 1:
        yield from (frozenset((pair,)) for pair in pairs)
    else:
        yield frozenset(stem(word) for word in part.split("|"))


def _places(words: Sequence[str], head: str) -> Iterator[int]:
    at = -1
    while True:
        try:
            at = words.index(head, at + 1)
        except ValueError:
            return
        yield at


def _follow(words: Sequence[str], at: int, steps: tuple[_Step, ...]) -> int:
    """Where the phrase ends if the rest of it stands from *at* on, else 0."""
    for gap, fitting in steps:
        for position in range(at, min(at + gap + 1, len(words))):
            if words[position] in fitting:
                at = position + 1
                break
        else:
            return 0
    return at
