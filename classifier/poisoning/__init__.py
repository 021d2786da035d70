"""Suspected poisoning of definitions: one trick a file."""

from collections.abc import Iterator, Sequence
from functools import cache

from msgspec.structs import replace

from classifier.evidence import Finding
from classifier.poisoning.conceals_from_user import PROBE as CONCEALS_FROM_USER
from classifier.poisoning.demands_secrets import PROBE as DEMANDS_SECRETS
from classifier.poisoning.encoded_payload import PROBE as ENCODED_PAYLOAD
from classifier.poisoning.fake_system_tags import PROBE as FAKE_SYSTEM_TAGS
from classifier.poisoning.glance import Glance, Worth, narrowed
from classifier.poisoning.hidden_characters import PROBE as HIDDEN_CHARACTERS
from classifier.poisoning.hidden_markup import PROBE as HIDDEN_MARKUP
from classifier.poisoning.hostile_wording import PROBE as HOSTILE_WORDING
from classifier.poisoning.hostile_wording import trace
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
    CONCEALS_FROM_USER,
    DEMANDS_SECRETS,
    SHADOWS_TOOL,
    FAKE_SYSTEM_TAGS,
    HIDDEN_MARKUP,
    HIDDEN_CHARACTERS,
    LOOKALIKE_LETTERS,
    TERMINAL_ESCAPES,
    ENCODED_PAYLOAD,
    HOSTILE_WORDING,
)


@cache
def _glance() -> Glance:
    """All traces as one automaton, made at the first look: that takes longer than importing everything else."""
    return Glance([replace(probe, trace=trace()) if probe is HOSTILE_WORDING else probe for probe in PROBES])


def find_all(tool: Tool) -> Iterator[Finding]:
    """What every probe suspects in any text of the definition."""
    (found,) = find_in_all([tool])
    yield from found


def find_in_all(tools: Sequence[Tool]) -> Iterator[tuple[Finding, ...]]:
    """The same of each of several definitions, which takes less time."""
    for tool, glimpsed in zip(tools, _glance().worth(tools), strict=True):
        yield tuple(_found(tool, glimpsed)) if glimpsed else ()


def _found(tool: Tool, glimpsed: Sequence[Worth]) -> Iterator[Finding]:
    listed = texts(tool)
    worth = glimpsed
    if any(one.sayings for one in glimpsed):
        worth = tuple(narrowed(glimpsed, "\n".join([text.folded for text in listed])))
    for text in listed if worth else ():
        for one in worth:
            yield from one.find(text)


def find_in_instructions(instructions: str) -> Iterator[Finding]:
    """What every probe suspects in the text that a server wants put before the model."""
    for probe in PROBES:
        yield from probe.find(Text("instructions", instructions))
