"""How much a passage sounds like those by which models are misled, learned from examples on either side.

A passage is a sentence or two neighbouring ones. What counts in it are its words, its pairs of neighbouring words, the same with the part that one of
them plays in place of the word (`classifier/poisoning/kinds.py`), and which parts words play close to each other: a denial before telling, taking before a secret.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from classifier.errors import ClassifierError
from classifier.memo import Memo
from classifier.poisoning.kinds import KINDS
from classifier.poisoning.patterns import Late
from classifier.poisoning.texts import Text
from classifier.words import words_of_name, words_of_text

if TYPE_CHECKING:
    from pathlib import Path

#: Weights are thousandths.
SCALE = 1000
_HEADER = "tollhouse wording"
#: A longer sentence is looked at in pieces that overlap by half.
_LONGEST = 40
#: Words between two that play their parts together.
_NEAR = 6
#: Where a sentence ends.
_ENDS = Late(r"[.!?][\"'`)]*\s+|[\n。！？;]|\\n")

#: Words, and the first and last offset of what they stand in.
Passage = tuple[list[str], int, int]


class BadWording(ClassifierError):
    """A file of weights that this version cannot read."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line

    def __str__(self) -> str:
        return f"weights of wording, line {self.line} cannot be read"


class Wording(Struct, frozen=True):
    """Trained weights by feature, in thousandths, with the sum from which a passage is hostile."""

    least: int
    weights: Mapping[str, int]
    #: Words that few honest definitions hold: a passage without any is not listened to.
    rare: frozenset[str] = frozenset()

    def worst(self, text: Text) -> tuple[int, int, int] | None:
        """The passage that sounds worst, of equals the shortest: its sum over *least*, and its first and last offset."""
        heard = ((self.worth(words), start, end) for words, start, end in passages(text, self.rare))
        return max(heard, key=lambda one: (one[0], one[1] - one[2]), default=None)

    def worth(self, words: Sequence[str]) -> int:
        """How hostile the words sound; from 0 on they do."""
        weights = self.weights
        return sum([weights[name] for name in features(words) if name in weights]) - self.least


def passages(text: Text, rare: Set[str] | None = None) -> Iterator[Passage]:
    """Every sentence and every two neighbouring ones, only those that hold a word of *rare* if that is given; what is joined like a name is one passage."""
    before: Passage | None = None
    telling_before = False
    for sentence in _named(text) if text.joined else _sentences(text.folded):
        words, _, end = sentence
        telling = rare is None or not rare.isdisjoint(words)
        if telling:
            yield sentence
        if before and (telling or telling_before):
            yield before[0] + words, before[1], end
        before, telling_before = sentence, telling


def all_words(text: Text) -> list[str]:
    """The words of a text in order."""
    return words_of_name(text.text) if text.joined else words_of_text(text.folded)


def _named(text: Text) -> Iterator[Passage]:
    yield words_of_name(text.text)[:_LONGEST], 0, len(text.text)


def _sentences(text: str) -> Iterator[Passage]:
    start = 0
    for end in (*(match.end() for match in _ENDS.finditer(text)), len(text)):
        words = words_of_text(text[start:end])
        if words:
            last = start + len(text[start:end].rstrip())
            for at in range(0, max(1, len(words) - _LONGEST // 2), _LONGEST // 2):
                yield words[at : at + _LONGEST], start, last
        start = end


def features(words: Sequence[str]) -> set[str]:
    """What counts in a passage."""
    found = set(words)
    found.update(*[_BESIDE[pair] for pair in pairwise(words)])
    played = [(at, KINDS[word]) for at, word in enumerate(words) if word in KINDS]
    met = {
        (roles, others)
        for place, (at, roles) in enumerate(played, start=1)
        for later, others in played[place : place + _NEAR]
        if later - at <= _NEAR
    }
    found.update(*[_MET[pair] for pair in met], *[_PLAYED[roles] for roles in {roles for _, roles in played}])
    return found


def _beside(pair: tuple[str, str]) -> tuple[str, ...]:
    """What two neighbours are called: both words, and either word with the parts of the other."""
    word, other = pair
    before = [f"#{role}>{other}" for role in KINDS.get(word, ())]
    return (f"{word} {other}", *before, *[f"{word}>#{role}" for role in KINDS.get(other, ())])


#: Names of neighbours that were met.
_BESIDE: Memo[tuple[str, str], tuple[str, ...]] = Memo(_beside, 50_000)
#: What it is called if words of such parts stand in a passage, ...
_PLAYED: Memo[tuple[str, ...], tuple[str, ...]] = Memo(
    lambda roles: tuple("#" + role for role in roles), 1_000
)
#: ... and if words of some parts stand close behind words of others.
_MET: Memo[tuple[tuple[str, ...], tuple[str, ...]], tuple[str, ...]] = Memo(
    lambda pair: tuple(f"#{role}>{other}" for role in pair[0] for other in pair[1]), 10_000
)


def write(least: int, weights: Mapping[str, int], rare: Iterable[str]) -> str:
    """The text of a file of weights: a head of three lines, then one feature a line, sorted."""
    head = [_HEADER, f"least\t{least}", "rare\t" + " ".join(sorted(rare))]
    return "\n".join([*head, *(f"{name}\t{weights[name]}" for name in sorted(weights))]) + "\n"


def read(text: str) -> Wording:
    """The weights that a file holds; raises BadWording."""
    lines = text.split("\n")
    head = [line.partition("\t") for line in lines[:3]]
    for number, (told, expected) in enumerate(zip(head, (_HEADER, "least", "rare"), strict=False), start=1):
        if told[0] != expected:
            raise BadWording(number)
    weights: dict[str, int] = {}
    for number, line in enumerate(lines[3:], start=4):
        name, tab, weight = line.partition("\t")
        if tab:
            weights[name] = _whole(weight, number)
    return Wording(_whole(head[1][2], 2), weights, frozenset(head[2][2].split()))


def _whole(text: str, line: int) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise BadWording(line) from error


def shipped_file() -> "Path":
    """Where the weights lie that come with the package."""
    from pathlib import Path

    return Path(__file__).with_name("wording.txt")


@cache
def shipped() -> Wording:
    """The weights that come with the package, read at the first look."""
    return read(shipped_file().read_text(encoding="utf-8"))
