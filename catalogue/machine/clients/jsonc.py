"""JSON with comments and trailing commas, read so that every value knows where it stands in the text."""

import json
import re
from typing import Any

from msgspec import Struct

from catalogue.errors import CatalogueError

#: Deeper nesting than any client's configuration has.
MAX_DEPTH = 64

_GAP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null", re.ASCII)


class BadJsonc(CatalogueError):
    """Text that is not JSON even when comments and trailing commas are allowed."""

    def __init__(self, line: int, column: int, fault: str) -> None:
        super().__init__(line, column, fault)
        self.line = line
        self.column = column
        self.fault = fault

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.fault}"


class Node(Struct, frozen=True, kw_only=True):
    """A value with its place: `text[start:end]` is how it was written."""

    value: Any
    start: int
    end: int
    #: Members of an object by key; the last of a repeated key, as every client reads it.
    members: dict[str, "Node"] = {}

    def at(self, *keys: str) -> "Node | None":
        """The node below these keys, or `None`."""
        node: Node | None = self
        for key in keys:
            node = node.members.get(key) if node is not None else None
        return node


def parse(text: str) -> Node:
    """Read one value and nothing after it; raises BadJsonc."""
    reader = _Reader(text)
    start = 1 if text.startswith("\ufeff") else 0  # the mark that some editors of Windows put first
    node = reader.value(reader.skip(start), 0)
    if (end := reader.skip(node.end)) != len(text):
        raise reader.fault(end, "there is more text after the value")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def fault(self, position: int, words: str) -> BadJsonc:
        before = self._text[:position]
        return BadJsonc(before.count("\n") + 1, position - before.rfind("\n"), words)

    def skip(self, position: int) -> int:
        gap = _GAP.match(self._text, position)
        return gap.end() if gap else position

    def value(self, position: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.fault(position, f"nested deeper than {MAX_DEPTH}")
        match self._text[position : position + 1]:
            case "{":
                return self._object(position, depth)
            case "[":
                return self._array(position, depth)
            case '"':
                return self._string(position)
            case "":
                raise self.fault(position, "the text ends where a value should stand")
        scalar = _SCALAR.match(self._text, position)
        if scalar is None:
            raise self.fault(position, "a value should stand here")
        try:
            return Node(value=json.loads(scalar[0]), start=position, end=scalar.end())
        except ValueError:
            raise self.fault(position, "the number has too many digits") from None

    def _string(self, position: int) -> Node:
        match = _STRING.match(self._text, position)
        if match is None:
            raise self.fault(position, "a string should stand here, closed on its line")
        try:
            return Node(value=json.loads(match[0]), start=position, end=match.end())
        except json.JSONDecodeError as error:
            raise self.fault(position, f"the string cannot be read: {error.msg}") from None

    def _object(self, start: int, depth: int) -> Node:
        members: dict[str, Node] = {}
        position = self.skip(start + 1)
        while self._text[position : position + 1] != "}":
            key = self._string(position)
            colon = self.skip(key.end)
            if self._text[colon : colon + 1] != ":":
                raise self.fault(colon, "a colon should stand here")
            node = self.value(self.skip(colon + 1), depth + 1)
            members[key.value] = node
            position = self._next(node.end, "}")
        value = {name: node.value for name, node in members.items()}
        return Node(value=value, start=start, end=position + 1, members=members)

    def _array(self, start: int, depth: int) -> Node:
        items: list[Any] = []
        position = self.skip(start + 1)
        while self._text[position : position + 1] != "]":
            node = self.value(position, depth + 1)
            items.append(node.value)
            position = self._next(node.end, "]")
        return Node(value=items, start=start, end=position + 1)

    def _next(self, end: int, closing: str) -> int:
        """Position of the next member, or of the closing bracket."""
        position = self.skip(end)
        if self._text[position : position + 1] == ",":
            return self.skip(position + 1)
        if self._text[position : position + 1] != closing:
            raise self.fault(position, f"a comma or {closing} should stand here")
        return position
