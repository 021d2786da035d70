"""Suspected poisoning of definitions: one trick a file."""

from collections.abc import Iterator, Sequence

import msgspec
import re2  # type: ignore[import-untyped]  # ships no types

from classifier.evidence import Finding
from classifier.poisoning.encoded_payload import PROBE as ENCODED_PAYLOAD
from classifier.poisoning.exfiltrates import PROBE as EXFILTRATES
from classifier.poisoning.fake_system_tags import PROBE as FAKE_SYSTEM_TAGS
from classifier.poisoning.hidden_characters import PROBE as HIDDEN_CHARACTERS
from classifier.poisoning.hidden_markup import PROBE as HIDDEN_MARKUP
from classifier.poisoning.instructs_model import PROBE as INSTRUCTS_MODEL
from classifier.poisoning.lookalikes import PROBE as LOOKALIKE_LETTERS
from classifier.poisoning.probe import PoisoningProbe
from classifier.poisoning.shadows_tool import PROBE as SHADOWS_TOOL
from classifier.poisoning.terminal_escapes import PROBE as TERMINAL_ESCAPES
from classifier.poisoning.texts import Text, texts
from crawler.tools import Tool

#: Every probe.
PROBES: tuple[PoisoningProbe, ...] = (
    INSTRUCTS_MODEL,
    EXFILTRATES,
    SHADOWS_TOOL,
    FAKE_SYSTEM_TAGS,
    HIDDEN_MARKUP,
    HIDDEN_CHARACTERS,
    LOOKALIKE_LETTERS,
    TERMINAL_ESCAPES,
    ENCODED_PAYLOAD,
)


def _traces() -> re2.Set:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    found = re2.Set.SearchSet(options)
    for probe in PROBES:
        found.Add(probe.trace)
    found.Compile()
    return found


_TRACES = _traces()


def find_all(tool: Tool) -> Iterator[Finding]:
    """What every probe suspects in any text of the definition."""
    traced = [PROBES[position] for position in _traced(tool)]
    if traced:
        for text in texts(tool):
            for probe in traced:
                yield from probe.find(text)


def find_in_instructions(instructions: str) -> Iterator[Finding]:
    """What every probe suspects in the text that a server wants put before the model."""
    for probe in PROBES:
        yield from probe.find(Text("instructions", instructions))


def _traced(tool: Tool) -> Sequence[int]:
    """Positions of the probes that could find something; one pass over the definition, which nearly always ends it."""
    try:
        written = msgspec.json.encode((tool.name, tool.title, tool.description, tool.definition))
    except (UnicodeEncodeError, RecursionError):
        return range(len(PROBES))
    return sorted(_TRACES.Match(written) or ())  # None where nothing matches
