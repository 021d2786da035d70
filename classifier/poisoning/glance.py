"""One pass over a definition that tells which probes are worth asking; nearly always none."""

from collections.abc import Iterator, Sequence

import msgspec
import re2  # type: ignore[import-untyped]  # ships no types
from msgspec import Struct

from classifier.evidence import Finding
from classifier.poisoning.patterns import options
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.sayings import Saying
from classifier.poisoning.texts import Text
from crawler.tools import Tool

#: Less room than this makes RE2 start its automaton over again and again.
_ROOM = 256 << 20
#: Escapes of JSON, and the joint of names, that would stick to a word.
_STICKY = ((b"\\n", b"  "), (b"\\t", b"  "), (b"_", b" "))


class Worth(Struct, frozen=True):
    """A probe that could find something, and what of it."""

    probe: PoisoningProbe
    sayings: tuple[Saying, ...]
    #: Whether its trace is there.
    traced: bool

    def find(self, text: Text) -> Iterator[Finding]:
        """Every suspicion that one text raises."""
        return self.probe.find(text, self.sayings, traced=self.traced)


class Glance:
    """What to look for, for all probes at once: their traces, and the rarest idea of every saying."""

    def __init__(self, probes: Sequence[PoisoningProbe]) -> None:
        self._set = re2.Set.SearchSet(options(room=_ROOM))
        self._numbers: dict[str, int] = {}
        #: By the number of a pattern: the probes of which it is the trace, and the sayings of which it is the anchor.
        self._owners: dict[int, list[tuple[int, Saying | None]]] = {}
        for position, probe in enumerate(probes):
            self._own(probe.trace, position, None)
            for saying in probe.sayings:
                self._own(saying.ideas[saying.anchor], position, saying)
        self._set.Compile()
        self._probes = tuple(probes)
        self._all = tuple(Worth(probe, probe.sayings, True) for probe in probes)

    def worth(self, tool: Tool) -> Sequence[Worth]:
        """The probes that could find something in the definition."""
        try:
            written = msgspec.json.encode((tool.name, tool.title, tool.description, tool.definition))
        except (UnicodeEncodeError, RecursionError):
            return self._all
        for escape, space in _STICKY:
            written = written.replace(escape, space)
        present = self._set.Match(written)  # None where nothing matches
        return self._narrowed(present) if present else ()

    def _narrowed(self, present: Sequence[int]) -> Sequence[Worth]:
        owners = [owner for number in present for owner in self._owners[number]]
        found = []
        for position in sorted({position for position, _ in owners}):
            mine = [saying for owner, saying in owners if owner == position]
            sayings = tuple(saying for saying in mine if saying is not None)
            found.append(Worth(self._probes[position], sayings, None in mine))
        return found

    def _own(self, pattern: str, position: int, saying: Saying | None) -> None:
        if pattern:
            if pattern not in self._numbers:
                self._numbers[pattern] = self._set.Add(pattern)
            self._owners.setdefault(self._numbers[pattern], []).append((position, saying))
