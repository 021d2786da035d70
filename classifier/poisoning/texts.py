"""Every text of a definition that a model may read: names, descriptions, values, at any depth."""

from collections.abc import Iterator

from msgspec import Struct

from crawler.tools import Json, Tool

#: Stops a hostile definition that nests without end.
_DEPTH = 40
#: Keys whose values no model acts on.
_MACHINE = frozenset({"type", "$schema", "$id", "icons"})


class Text(Struct, frozen=True):
    """One text and where it stands; property names are texts too."""

    field: str
    text: str
    #: Whether it is an identifier: the tool's name, or a property's.
    identifier: bool = False


def texts(tool: Tool) -> Iterator[Text]:
    """The tool's name, title and description, then everything else in its definition."""
    yield Text("name", tool.name, identifier=True)
    definition = tool.definition
    for key in ("title", "description"):
        value = definition.get(key, getattr(tool, key))
        if isinstance(value, str):
            yield Text(key, value)
    for key, value in definition.items():
        if key not in ("name", "title", "description"):
            yield from _within(value, key, 0)
    if "inputSchema" not in definition:
        yield from _within(tool.input_schema, "inputSchema", 0)


def _within(value: Json, field: str, depth: int) -> Iterator[Text]:
    if isinstance(value, str):
        yield Text(field, value)
    elif isinstance(value, dict) and depth < _DEPTH:
        for key, inner in value.items():
            here = f"{field}.{key}"
            if field.endswith(".properties"):
                yield Text(here, key, identifier=True)
            if key not in _MACHINE or not isinstance(inner, str):
                yield from _within(inner, here, depth + 1)
    elif isinstance(value, list) and depth < _DEPTH:
        for position, inner in enumerate(value):
            yield from _within(inner, f"{field}.{position}", depth + 1)
