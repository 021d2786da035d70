"""Finds the names that look like a word, as `difflib` measures it, without comparing it with each of very many."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from heapq import heappush, heapreplace
from math import ceil

#: How alike two names must be for one to be what was meant by the other.
_ALIKE = 0.7
#: More than a product of floats is ever off by, and less than a letter.
_ROUNDING = 1e-9


class Names:
    """The names of all servers by how they are spelled, each spelling with its letters as a number.

    Two texts have no more letters in their places than they have in common, and what two numbers have in common is
    counted in a single step. So only what can be alike is looked at more closely.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """From pairs of a whole name and its last part in lower case."""
        #: The bit that stands for the first, second, ... of a letter in a spelling.
        self._bits: dict[tuple[str, int], int] = {}
        bits_of = cache(self._bits_of)
        self._spelled: dict[str, list[str]] = defaultdict(list)
        for name, bare in names:
            for spelling in {bare, _with_owner(name)}:
                self._spelled[spelling].append(name)
        self._by_length: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for spelling in self._spelled:
            letters = sum(bits_of(letter, spelling.count(letter)) for letter in {*spelling})
            self._by_length[len(spelling)].append((letters, spelling))

    def near(self, text: str, limit: int) -> list[str]:
        """Whole names that look like *text*, best first; one with its owner is looked for with and without."""
        found: dict[str, None] = {}
        for word in dict.fromkeys((text.rpartition("/")[2].rpartition(":")[2].lower(), _with_owner(text))):
            for spelling in self.closest(word, limit):
                found |= dict.fromkeys(sorted(self._spelled[spelling]))
        return [*found][:limit]

    def closest(self, word: str, limit: int) -> list[str]:
        """What `difflib.get_close_matches` gives of all spellings."""
        best: list[tuple[float, str]] = []
        matcher = SequenceMatcher(b=word)
        for most, spelling in sorted(self._able(word), reverse=True):
            wanted = best[0][0] if len(best) == limit else _ALIKE
            if most < wanted:
                break
            matcher.set_seq1(spelling)
            likeness = matcher.ratio()
            if likeness >= wanted and len(best) < limit:
                heappush(best, (likeness, spelling))
            elif len(best) == limit and (likeness, spelling) > best[0]:
                heapreplace(best, (likeness, spelling))
        return [spelling for _, spelling in sorted(best, reverse=True)]

    def _bits_of(self, letter: str, count: int) -> int:
        return sum(self._bits.setdefault(one, 1 << len(self._bits)) for one in _each(letter, count))

    def _able(self, word: str) -> list[tuple[float, str]]:
        """Each spelling that may be alike, with how alike it is at most."""
        letters = sum(
            self._bits.get(one, 0) for letter in {*word} for one in _each(letter, word.count(letter))
        )
        able: list[tuple[float, str]] = []
        for length, spellings in self._by_length.items():
            both = (len(word) + length) / 2
            least = ceil(_ALIKE * both - _ROUNDING)
            if least <= min(len(word), length):
                able += [
                    (shared / both if both else 1.0, spelling)
                    for theirs, spelling in spellings
                    if (shared := (letters & theirs).bit_count()) >= least
                ]
        return able


def _each(letter: str, count: int) -> Iterator[tuple[str, int]]:
    return ((letter, number) for number in range(count))


def _with_owner(name: str) -> str:
    """A name as people run owner and package together: `@paypal/mcp` is `paypal-mcp`."""
    return name.rpartition(":")[2].lower().removeprefix("@").replace("/", "-")
