"""One pass over a definition that tells which probes are worth asking; nearly always none."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec
import re2  # type: ignore[import-untyped]  # ships no types

from classifier.poisoning.probe import PoisoningProbe
from crawler.tools import Tool

#: The automaton is built while it runs; less room than this makes it start over again and again.
_ROOM = 256 << 20
#: Escapes of JSON, and the joint of names, that would stick to a word.
_STICKY = ((b"\\n", b"  "), (b"\\t", b"  "), (b"_", b" "))


class Glance:
    """What to look for, for all probes at once."""

    def __init__(self, probes: Sequence[PoisoningProbe]) -> None:
        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _ROOM
        self._set = re2.Set.SearchSet(options)
        self._numbers: dict[str, int] = {}
        self._probes = tuple((probe, self._numbered(probe)) for probe in probes)
        self._set.Compile()
        self._all = tuple(probes)

    def probes(self, tool: Tool) -> Sequence[PoisoningProbe]:
        """The probes that could find something in the definition, each with those sayings only that could."""
        try:
            written = msgspec.json.encode((tool.name, tool.title, tool.description, tool.definition))
        except (UnicodeEncodeError, RecursionError):
            return self._all
        for escape, space in _STICKY:
            written = written.replace(escape, space)
        present = self._set.Match(written)  # None where nothing matches
        return tuple(_narrowed(self._probes, frozenset(present))) if present else ()

    def _numbered(self, probe: PoisoningProbe) -> tuple[int, ...]:
        """The number of the trace, then that of each saying's rarest idea."""
        return tuple(
            self._number(pattern)
            for pattern in (probe.trace, *(one.ideas[one.anchor] for one in probe.sayings))
        )

    def _number(self, pattern: str) -> int:
        if not pattern:
            return -1
        if pattern not in self._numbers:
            self._numbers[pattern] = self._set.Add(pattern)
        return self._numbers[pattern]


def _narrowed(
    probes: Sequence[tuple[PoisoningProbe, tuple[int, ...]]], present: frozenset[int]
) -> Iterator[PoisoningProbe]:
    for probe, (trace, *numbers) in probes:
        if not present.isdisjoint(numbers) or trace in present:
            sayings = tuple(
                saying for saying, number in zip(probe.sayings, numbers, strict=True) if number in present
            )
            yield replace(probe, sayings=sayings, suspect=probe.suspect if trace in present else None)
