"""Suspected poisoning of definitions: one trick a file."""

from collections.abc import Iterator

from classifier.evidence import Finding
from classifier.poisoning.hidden_characters import PROBE as HIDDEN_CHARACTERS
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.texts import texts
from crawler.tools import Tool

#: Every probe.
PROBES: tuple[PoisoningProbe, ...] = (HIDDEN_CHARACTERS,)


def find_all(tool: Tool) -> Iterator[Finding]:
    """What every probe suspects in any text of the definition."""
    for text in texts(tool):
        for probe in PROBES:
            yield from probe.find(text)
