"""One pass over a definition that tells which probes are worth asking; nearly always none."""

import re
from collections.abc import Iterator, Mapping, Sequence

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

#: Patterns to an automaton: of many at once the states multiply, one for each is too many passes.
_TOGETHER = 32
#: A stretch of text, or a run, that an automaton would have to count.
_COUNTED = re.compile(r"\{0,\d+\}")
_RUN = re.compile(r"\{\d{2,}\}")
_ROOM = 32 << 20
#: Probes by position, each with one of its sayings, or with none where its trace is meant.
_Owned = list[tuple[int, Saying | None]]
#: Escapes of JSON, and the joint of names, that would stick to a word.
_STICKY = ((b"\\n", b"  "), (b"\\t", b"  "), (b"\\r", b"  "), (b'\\"', b'"'), (b"_", b" "))


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
        #: By pattern: the probes of which it is the trace, and the sayings of which it is the anchor.
        owners: dict[str, list[tuple[int, Saying | None]]] = {}
        for position, probe in enumerate(probes):
            if probe.trace:
                owners.setdefault(probe.trace, []).append((position, None))
            for saying in probe.sayings:
                owners.setdefault(saying.ideas[saying.anchor], []).append((position, saying))
        self._looks = tuple(_looks(owners))
        self._probes = tuple(probes)
        self._all = tuple(Worth(probe, probe.sayings, True) for probe in probes)

    def worth(self, tool: Tool) -> Sequence[Worth]:
        """The probes that could find something in the definition."""
        try:
            written = msgspec.json.encode(_texts_of(tool))
        except (UnicodeEncodeError, RecursionError):
            return self._all
        if not written.isascii() and ODD_FORMS.search(written.decode()):
            return self._all
        for escape, space in _STICKY:
            written = written.replace(escape, space)
        owners = [
            owner
            for look, owned in self._looks
            for number in look.Match(written) or ()
            for owner in owned[number]
        ]
        return self._narrowed(owners) if owners else ()

    def _narrowed(self, owners: Sequence[tuple[int, Saying | None]]) -> Sequence[Worth]:
        found = []
        for position in sorted({position for position, _ in owners}):
            mine = [saying for owner, saying in owners if owner == position]
            sayings = tuple(saying for saying in mine if saying is not None)
            found.append(Worth(self._probes[position], sayings, None in mine))
        return found


def _texts_of(tool: Tool) -> Json:
    """What holds every text of a tool, each once: nearly always the definition alone."""
    told = tool.definition
    if told.get("description") is tool.description and told.get("name") is tool.name:
        return told if told.get("title") is tool.title else (tool.title, told)
    return (tool.name, tool.title, tool.description, told)


def _looks(owners: Mapping[str, _Owned]) -> Iterator[tuple[re2.Set, list[_Owned]]]:
    """Automata, each with the owners of its patterns; a superset is looked for wherever a pattern counts."""
    runs = [pattern for pattern in owners if _RUN.search(pattern)]
    plain = [pattern for pattern in owners if pattern not in runs]
    for group in (runs, *(plain[start : start + _TOGETHER] for start in range(0, len(plain), _TOGETHER))):
        look = re2.Set.SearchSet(options(room=_ROOM))
        for pattern in group:
            look.Add(_COUNTED.sub("*", pattern))
        look.Compile()
        yield look, [owners[pattern] for pattern in group]
