"""A tool definition cut into words once, so that every probe and the model look at the same thing."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from classifier.actions import leading
from classifier.evidence import Evidence
from classifier.memo import Memo
from classifier.words import place_in_name, place_in_text, words_of_name, words_of_text
from crawler.tools import Json, Tool

#: Hostile schemas nest and repeat without end; what lies beyond is judged unseen.
MAX_DEPTH = 6
MAX_PARAMETERS = 200
#: Words of one text that are looked at; the meaning of a tool stands at the front of its description.
MAX_WORDS = 250
#: Keywords by which a schema can limit a text to some values.
_LIMITING = frozenset({"enum", "const", "anyOf", "oneOf", "allOf", "items"})
MAX_CHARS = 4_000
#: Keywords by which a schema offers several schemas, ...
_CHOICES = ("anyOf", "oneOf", "allOf")
_ALTERNATING = frozenset(_CHOICES)
#: ... and all by which it can hold another.
_NESTING = _ALTERNATING | {"properties", "items"}
_EMPTY: dict[str, Json] = {}
#: Words at the front of a sentence among which its verb is looked for first.
_AT_ONCE = 6
#: So many words behind a first sentence without a verb may hold the verb instead.
_HEADING = 16
_SENTENCE_END = re.compile(r"[.!?:] |\.?\n|[。；]")
#: When to call a tool is not what it does: “START HERE: the sheets of a workbook”, “Call this first. Lists ...”.
_WHEN = re.compile(
    r"\s*(?:\*\*)?(?:(?:start|begin) (?:here|with this(?: tool)?)"
    r"|(?:always |please |you (?:must|should) )?(?:call|use|run|invoke) (?:this |this tool |it )?(?:first|once|before anything else))"
    r"(?:\*\*)?(?:[:.!,;](?:\*\*)?\s|\s[-–—]+\s|\n)",
    re.IGNORECASE,
)


class Segment:
    """One text of a definition: where it stands, how it reads, and its words."""

    __slots__ = ("_place", "field", "lead", "present", "skipped", "text", "words")

    def __init__(self, field: str, text: str, *, name: bool = False) -> None:
        self.field = field
        self.text = text
        self._place = place_in_name if name else place_in_text
        if name:
            self.words = words_of_name(text[:MAX_CHARS])[:MAX_WORDS]
            self.lead, self.skipped = len(self.words), 0
        else:
            when = _WHEN.match(text)
            begin = when.end() if when else 0
            first = _first_sentence(text, begin)
            self.words = words_of_text(text[:first])
            self.lead = len(self.words)
            self.skipped = len(words_of_text(text[:begin])) if begin else 0
            if first < len(text):
                self.words += words_of_text(text[first:MAX_CHARS])[:MAX_WORDS]
        self.present = frozenset(self.words)

    def evidence(self, start: int, end: int) -> Evidence:
        """The quote that covers the words from *start* up to, not including, *end*."""
        first, last = self._place(self.text, start, end)
        return Evidence(field=self.field, quote=self.text[first:last], start=first, end=last)

    def whole(self) -> Evidence:
        """All of the text as a quote."""
        return Evidence(field=self.field, quote=self.text, start=0, end=len(self.text))


class Parameter(Struct, gc=False):
    """One property of the input schema, at any depth."""

    #: What stands before its name in its path.
    place: str
    key: str
    schema: dict[str, Json]
    depth: int
    #: The words of the name.
    words: tuple[str, ...]
    #: The JSON types that the schema names, those of its alternatives included.
    types: frozenset[str]

    @property
    def path(self) -> str:
        """Where it stands in the definition."""
        return self.place + self.key

    @property
    def name(self) -> Segment:
        """The parameter's name as a text of the definition."""
        return Segment(self.path, self.key, name=True)

    def evidence(self, start: int, end: int) -> Evidence:
        """The quote that covers the words of the name from *start* up to, not including, *end*."""
        return self.name.evidence(start, end)

    def whole(self) -> Evidence:
        """All of the name as a quote."""
        return Evidence(field=self.path, quote=self.key, start=0, end=len(self.key))

    @property
    def description(self) -> str:
        """What the schema says about the parameter; empty if it says nothing."""
        text = self.schema.get("description")
        return text if isinstance(text, str) else ""

    @property
    def members(self) -> tuple[str, ...]:
        """The texts that the parameter is limited to; empty if it is not limited."""
        return tuple(_members(self.schema)) if not _LIMITING.isdisjoint(self.schema) else ()


class View:
    """One definition as probes see it."""

    __slots__ = (
        *("at_once", "description", "lead", "name", "named"),
        *("parameters", "selectors", "title", "told", "tool"),
    )

    def __init__(self, tool: Tool) -> None:
        self.tool = tool
        self.name = Segment("name", tool.name, name=True)
        title = tool.title or tool.annotations.title
        self.title = Segment("title", title) if title else _UNTITLED
        self.description = Segment("description", tool.description or "")
        #: Words of the description's first sentence.
        self.lead = self.description.words[self.description.skipped : self.description.lead]
        #: The verb of the name, that at the front of the first sentence, and that of all of the sentence.
        self.named = leading(self.name.words)
        self.at_once = leading(self.lead[:_AT_ONCE])
        self.told = self.at_once or leading(self.lead)
        if self.told is None:
            self._read_on()
        self.parameters = parameters_of(tool)
        #: Parameters that choose what a call does, once somebody has asked for them.
        self.selectors: list[Parameter] | None = None

    def _read_on(self) -> None:
        """Count what follows as the first sentence where that is only a heading, a tag or the name once more."""
        longer = self.description.words[self.description.skipped : self.description.lead + _HEADING]
        self.told = leading(longer)
        if self.told:
            self.lead = longer
            self.description.lead = self.description.skipped + len(longer)


_SINGLE: Memo[str, frozenset[str]] = Memo(lambda stated: frozenset((stated,)), 100)
#: The words of parameters' names.
_KEYS: Memo[str, tuple[str, ...]] = Memo(lambda key: tuple(words_of_name(key[:200])), 50_000)


def _first_sentence(text: str, begin: int) -> int:
    """Where the first sentence from *begin* on that says something ends."""
    if text[begin : begin + 1].isspace():
        begin = len(text) - len(text[begin:].lstrip())
    end = _SENTENCE_END.search(text, begin + 12, begin + 400)
    return end.start() + 1 if end else min(len(text), begin + 400)


#: What most tools have for a title.
_UNTITLED = Segment("title", "")


def parameters_of(tool: Tool) -> tuple[Parameter, ...]:
    """The parameters of a tool, those of nested objects behind the one that they stand in."""
    found: list[Parameter] = []
    if tool.input_schema:
        _collect(tool.input_schema, "inputSchema", 0, found)
    return tuple(found)


def _collect(schema: dict[str, Json], path: str, depth: int, found: list[Parameter]) -> None:
    """Add the properties of an object and those inside them to *found*, up to the limits."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return
    place = path + ".properties."
    for name, inner in properties.items():
        if len(found) >= MAX_PARAMETERS:
            return
        body = inner if isinstance(inner, dict) else _EMPTY
        found.append(Parameter(place, name, body, depth, _KEYS[name], _types(body)))
        if depth < MAX_DEPTH and not _NESTING.isdisjoint(body):
            _collect_inner(body, place + name, depth + 1, found)


def _collect_inner(schema: dict[str, Json], path: str, depth: int, found: list[Parameter]) -> None:
    """Parameters of objects inside *schema*: its own, its items', its alternatives'."""
    _collect(schema, path, depth, found)
    if depth >= MAX_DEPTH:
        return
    items = schema.get("items")
    if isinstance(items, dict):
        _collect_inner(items, path + ".items", depth + 1, found)
    for keyword in _CHOICES:
        options = schema.get(keyword)
        if isinstance(options, list):
            for position, option in enumerate(options[:20]):
                if isinstance(option, dict):
                    _collect_inner(option, f"{path}.{keyword}.{position}", depth + 1, found)


def _alternatives(schema: dict[str, Json]) -> Iterator[dict[str, Any]]:
    for keyword in _CHOICES:
        options = schema.get(keyword)
        if isinstance(options, list):
            yield from (option for option in options if isinstance(option, dict))


def _types(schema: dict[str, Json]) -> frozenset[str]:
    stated = schema.get("type")
    if isinstance(stated, str) and _ALTERNATING.isdisjoint(schema):
        return _SINGLE[stated]
    listed = [
        stated,
        *(stated if isinstance(stated, list) else ()),
        *(one.get("type") for one in _alternatives(schema)),
    ]
    return frozenset([item for item in listed if isinstance(item, str)])


def _members(schema: dict[str, Json]) -> Iterator[str]:
    for part in (schema, *_alternatives(schema)):
        values = part.get("enum")
        if isinstance(values, list):
            yield from (value for value in values[:100] if isinstance(value, str))
        constant = part.get("const")
        if isinstance(constant, str):
            yield constant
    items = schema.get("items")
    if isinstance(items, dict) and isinstance(items.get("enum"), list):
        yield from (value for value in items["enum"][:100] if isinstance(value, str))
