"""One pass over a definition that tells which probes are worth asking; nearly always none."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec
import re2  # type: ignore[import-untyped]  # ships no types
from msgspec import Struct

from classifier.evidence import Finding
from classifier.poisoning.ideas import SLOT
from classifier.poisoning.patterns import options
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Presence, Saying
from classifier.poisoning.texts import ODD_FORMS, Text
from crawler.tools import Json, Tool

#: A stretch of text, or a run, that an automaton would have to count.
_COUNTED = re.compile(r"\{0,\d+\}")
_RUN = re.compile(r"\{\d{2,}\}")
_REPEATED = re.compile(r"[*+]")
#: Patterns to an automaton. What may go on for a while is still awaited while others begin, so that the states of many such
#: patterns multiply, and are ever new in new texts; one automaton for each is too many passes.
_STRETCHES, _REPEATS, _PLAIN = 12, 16, 1_000
_ROOM = 32 << 20
#: Escapes of JSON that would stick to a word, and so would the joint of names.
_ESCAPES = ((b"\\n", b"  "), (b"\\t", b"  "), (b"\\r", b"  "), (b'\\"', b'"'))
_UNJOINED = bytes.maketrans(b"_", b" ")


#: A probe by its position, and one of its sayings or its trace.
_Owner = tuple[int, int]
_TRACE = -1


class Worth(Struct, frozen=True):
    """A probe that could find something, and what of it."""

    probe: PoisoningProbe
    sayings: tuple[Saying, ...]
    #: Whether its trace is there.
    traced: bool

    def find(self, text: Text) -> Iterator[Finding]:
        """Every suspicion that one text raises."""
        return self.probe.find(text, self.sayings, traced=self.traced)


def narrowed(worth: Sequence[Worth], together: str) -> Iterator[Worth]:
    """Those of *worth* that could still find something in all texts of a definition, given one to a line."""
    there = Presence(together, (SLOT,))
    for one in worth:
        sayings = tuple(there.possible(one.sayings))
        if sayings or one.traced:
            yield Worth(one.probe, sayings, one.traced)


class Glance:
    """What to look for, for all probes at once: their traces, and the rarest idea of every saying."""

    def __init__(self, probes: Sequence[PoisoningProbe]) -> None:
        #: By pattern: the probes, by position, of which it is the trace, and the sayings of which it is the anchor.
        owners: dict[str, list[_Owner]] = {}
        for position, probe in enumerate(probes):
            if probe.trace:
                owners.setdefault(probe.trace, []).append((position, _TRACE))
            for number, saying in enumerate(probe.sayings):
                owners.setdefault(saying.ideas[saying.anchor], []).append((position, number))
        self._owners = tuple(owners.values())
        self._looks = tuple(_looks(tuple(owners)))
        self._probes = tuple(probes)
        self._all = tuple(Worth(probe, probe.sayings, True) for probe in probes)

    def worth(self, tools: Sequence[Tool]) -> list[Sequence[Worth]]:
        """The probes that could find something in each of the definitions."""
        written = list(map(_written, tools))
        seen: list[list[int]] = [[] for _ in written]
        for look, places in self._looks:
            for one, found in zip(written, seen, strict=True):
                if one is not None and (numbers := look.Match(one)):
                    found += [places[number] for number in numbers]
        return [
            self._all if one is None else self._narrowed(found) if found else ()
            for one, found in zip(written, seen, strict=True)
        ]

    def _narrowed(self, places: Iterable[int]) -> Sequence[Worth]:
        """The owners of patterns, in the order of probes and sayings, whatever that in which they were seen."""
        owners = sorted(owner for place in places for owner in self._owners[place])
        found = []
        for position, group in groupby(owners, key=itemgetter(0)):
            probe, numbers = self._probes[position], [number for _, number in group]
            traced = numbers[0] == _TRACE
            found.append(Worth(probe, tuple(probe.sayings[number] for number in numbers[traced:]), traced))
        return found


def _written(tool: Tool) -> bytes | None:
    """The definition as JSON in which words stand apart; `None` if it can only be read text by text."""
    try:
        written = msgspec.json.encode(_texts_of(tool))
    except (UnicodeEncodeError, RecursionError):
        return None
    if not written.isascii() and ODD_FORMS.search(written.decode()):
        return None
    written = written.translate(_UNJOINED)
    if b"\\" in written:
        for escape, space in _ESCAPES:
            written = written.replace(escape, space)
    return written


def _texts_of(tool: Tool) -> Json:
    """What holds every text of a tool, each once: nearly always the definition alone."""
    told = tool.definition
    if told.get("description") is tool.description and told.get("name") is tool.name:
        return told if told.get("title") is tool.title else (tool.title, told)
    return (tool.name, tool.title, tool.description, told)


def _looks(patterns: Sequence[str]) -> Iterator[tuple[re2.Set, list[int]]]:
    """Automata, each with the positions of its patterns; a superset is looked for wherever a pattern counts."""
    places = {pattern: place for place, pattern in enumerate(patterns)}
    for group in _grouped(patterns):
        look = re2.Set.SearchSet(options(room=_ROOM))
        for pattern in group:
            look.Add(_COUNTED.sub("*", pattern))
        look.Compile()
        yield look, [places[pattern] for pattern in group]


def _grouped(patterns: Iterable[str]) -> Iterator[Sequence[str]]:
    """Patterns that make no trouble for each other in one automaton."""
    runs, stretches, repeats, plain = [], [], [], []
    for pattern in patterns:
        if _RUN.search(pattern):
            runs.append(pattern)
        elif _COUNTED.search(pattern):
            stretches.append(pattern)
        elif _REPEATED.search(pattern):
            repeats.append(pattern)
        else:
            plain.append(pattern)
    for group, most in ((runs, _PLAIN), (plain, _PLAIN), (repeats, _REPEATS), (stretches, _STRETCHES)):
        yield from (group[start : start + most] for start in range(0, len(group), most))
