"""Phrases that show something: a small language for them, and finding them among the words of a definition."""

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import cached_property
from itertools import count, product

from classifier.memo import Memo
from classifier.words import stem, words_of_text

#: A phrase behind one of these says what does not happen.
DENIALS = frozenset(
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
#: A phrase of a book: its number, the position of its set, and what follows its first word.
_Entry = tuple[int, int, tuple[_Step, ...]]
#: Of the phrases that begin with a word: how far away their second word may stand, those of one word, and the others by it.
_Head = tuple[int, list[_Entry], dict[str, list[_Entry]]]


class Cues:
    """Phrases to look for.

    A phrase is words separated by spaces; `a|b` is either; `~3` lets up to three other words stand before the
    next one; `a+b` is an alternative of two words. Words are compared by stem, so `file` also finds `files`. *friends* are phrases that look alike and
    mean something else: a find that touches one is dropped.
    """

    def __init__(self, *phrases: str, friends: Iterable[str] = ()) -> None:
        self._told = phrases
        self._friends = tuple(friends)

    @cached_property
    def phrases(self) -> dict[str, tuple[tuple[_Step, ...], ...]]:
        """What follows each first word; read when first looked for, so that importing all probes stays quick."""
        return _by_head(self._told)

    @cached_property
    def friends(self) -> "Cues | None":
        """The phrases that look alike."""
        return Cues(*self._friends) if self._friends else None

    def find(self, words: Sequence[str], present: Set[str]) -> Iterator[tuple[int, int]]:
        """Every find as a half-open range of *words*; *present* holds the same words as a set."""
        heads = self.phrases
        if not heads.keys().isdisjoint(present):
            for at in [at for at, word in enumerate(words) if word in heads]:
                yield from self._at(words, present, at)

    def occurs(self, words: Sequence[str], present: Set[str]) -> bool:
        """Whether there is any find."""
        return any(True for _ in self.find(words, present))

    def _at(self, words: Sequence[str], present: Set[str], at: int) -> Iterator[tuple[int, int]]:
        for steps in self.phrases[words[at]]:
            end = _follow(words, at + 1, steps)
            if end and not _denied(words, at) and not self.befriended(words, present, at, end):
                yield at, end
                return

    def befriended(self, words: Sequence[str], present: Set[str], start: int, end: int) -> bool:
        """Whether a find from *start* to *end* touches a friend."""
        if self.friends is None:
            return False
        heads = self.friends.phrases
        if heads.keys().isdisjoint(present):
            return False
        before = [at for at, word in enumerate(words[:end]) if word in heads]
        return any(start < last for at in before for _, last in self.friends._at(words, present, at))


#: First words of phrases, of which no book has as many.
_KEPT = 10_000


class CueBook:
    """Many sets of cues, found in one pass over the words."""

    def __init__(self, sets: Iterable[Cues]) -> None:
        self._sets = tuple(sets)
        self._awaited = Memo(self._follows, _KEPT)

    @cached_property
    def _heads(self) -> dict[str, _Head]:
        heads: dict[str, _Head] = {}
        numbers = count()
        for owner, cues in enumerate(self._sets):
            for head, phrases in cues.phrases.items():
                for steps in phrases:
                    reach, alone, followed = heads.get(head, (0, [], {}))
                    entry = (next(numbers), owner, steps)
                    for second in steps[0][1] if steps else ():
                        followed.setdefault(second, []).append(entry)
                    if steps:
                        reach = max(reach, steps[0][0] + 1)
                    else:
                        alone.append(entry)
                    heads[head] = reach, alone, followed
        return heads

    @cached_property
    def _begin(self) -> frozenset[str]:
        return frozenset(self._heads)

    def _follows(self, head: str) -> frozenset[str]:
        """The words of which one must be there too where phrases begin with *head*; itself where it is a phrase alone."""
        _, alone, followed = self._heads[head]
        return frozenset((head,) if alone else followed)

    def find(self, words: Sequence[str], present: Set[str]) -> dict[int, tuple[int, int]]:
        """By the position of the set, its first find as a half-open range of *words*."""
        found: dict[int, tuple[int, int]] = {}
        heads = self._heads
        awaited = self._awaited
        fitting = {head for head in present & self._begin if not awaited[head].isdisjoint(present)}
        for at in [at for at, word in enumerate(words) if word in fitting] if fitting else ():
            reach, entries, followed = heads[words[at]]
            for second in words[at + 1 : at + 1 + reach]:
                if second in followed:
                    entries = entries + followed[second]
            if entries and not _denied(words, at):
                for _, owner, steps in sorted(entries) if len(entries) > 1 else entries:
                    if owner not in found:
                        end = _follow(words, at + 1, steps)
                        if end and not self._sets[owner].befriended(words, present, at, end):
                            found[owner] = (at, end)
        return found


def _denied(words: Sequence[str], at: int) -> bool:
    return at > 0 and not DENIALS.isdisjoint(words[max(0, at - 2) : at])


def _by_head(phrases: Iterable[str]) -> dict[str, tuple[tuple[_Step, ...], ...]]:
    found: dict[str, list[tuple[_Step, ...]]] = {}
    for phrase in phrases:
        for plain in _spelled_out(phrase):
            steps = tuple(_steps(plain))
            for head in steps[0][1]:
                found.setdefault(head, []).append(steps[1:])
    return {head: tuple(sorted(rests, key=len)) for head, rests in found.items()}


def _spelled_out(phrase: str) -> Iterator[str]:
    """The phrase, with each alternative of several words as a phrase of its own."""
    if "+" not in phrase:
        yield phrase
        return
    for parts in product(*(_wordings(part) for part in phrase.split())):
        yield " ".join(parts)


def _wordings(part: str) -> list[str]:
    options = part.split("|")
    plain = [option for option in options if "+" not in option]
    joined = [option.replace("+", " ") for option in options if "+" in option]
    return [*(["|".join(plain)] if plain else []), *joined]


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
