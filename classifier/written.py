"""Tools that were made up for training, one a line: `category signals | name(arguments) | description`."""

import re
from collections.abc import Iterator
from importlib.resources import files

from classifier.categories import Category
from classifier.corpus import Labelled
from crawler.tools import Json, Tool

#: Files of examples, each about one matter.
FILES = (
    "money.txt",
    "running.txt",
    "signals.txt",
    "clouds.txt",
    "devices.txt",
    "people.txt",
    "trade.txt",
    "work.txt",
    "world.txt",
)
#: The family of them all: they are no server's, and nothing is ever measured on them.
FAMILY = "written"
_FORMATS = frozenset({"date", "date-time", "email", "uri"})
_TYPES = frozenset({"string", "integer", "number", "boolean", "object", "array"})
#: An argument's name, or a type or a list of values behind a colon, or a mark.
_PART = re.compile(r"[{},]|\[\]|:|[^{},:\[\]]+")


def written() -> list[Labelled]:
    """All examples, in order."""
    folder = files("classifier").joinpath("examples")
    return [
        _labelled(line)
        for file in FILES
        for line in folder.joinpath(file).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]


def _labelled(line: str) -> Labelled:
    said, call, description = (part.strip() for part in line.split(" | "))
    category, *signals = said.split()
    name, _, arguments = call.removesuffix(")").partition("(")
    entry = {"name": name, "description": description, "inputSchema": schema(arguments)}
    return Labelled(
        server=FAMILY,
        family=FAMILY,
        tool=Tool.read(entry),
        category=Category(category),
        signals=frozenset(signals),
        drawn=FAMILY,
    )


def schema(arguments: str) -> dict[str, Json]:
    """The schema of `name, name:type, ...`: a type is one of JSON Schema's, a format, values such as `asc/desc`,
    arguments in braces, or any of these with `[]` behind it."""
    parts = [part.strip() for part in _PART.findall(arguments) if part.strip()]
    return _object(iter([*parts, "}"]))


def _object(parts: Iterator[str]) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    name = ""
    for part in parts:
        if part == "}":
            break
        if part == ":":
            part = next(parts)
            properties[name] = _object(parts) if part == "{" else _plain(part)
        elif part == "[]":
            properties[name] = {"type": "array", "items": properties[name]}
        elif part != ",":
            name = part
            properties[name] = {"type": "string"}
    return {"type": "object", "properties": properties}


def _plain(part: str) -> dict[str, Json]:
    if part in _TYPES:
        return {"type": part}
    if part in _FORMATS:
        return {"type": "string", "format": part}
    return {"type": "string", "enum": list(part.split("/"))}
