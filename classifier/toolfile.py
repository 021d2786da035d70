"""Tools out of a file: JSON Lines of tools, results of tools/list, or lines of an export, one bad line at a time."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec
from msgspec import Struct

from crawler.tools import BadTool, Json, Tool


class Listed(Struct, frozen=True):
    """A tool, and the server that the file says it belongs to."""

    #: Empty where the file does not say.
    server: str
    tool: Tool
    #: The JSON object that held it, with whatever else it says (labels, for one).
    entry: dict[str, Json]


class BadLine(Struct, frozen=True):
    """A line that holds no tool, and why."""

    #: Counted from 1.
    number: int
    fault: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.fault}"


def read(lines: Iterable[bytes]) -> Iterator[Listed | BadLine]:
    """Every tool and every bad line, in order; reads line by line unless the file is one JSON value over several lines."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    head = list(_take_two(numbered))
    if head and not _is_json(head[0][1]) and not (len(head) > 1 and _is_json(head[1][1])):
        whole = b"".join(line for _, line in chain(head, numbered))
        if _is_json(whole) or head[0][1].strip() in (b"{", b"["):
            yield from _line(1, whole)
            return
        head = [(number, line) for number, line in enumerate(whole.splitlines(), start=head[0][0])]
    for number, line in chain(head, numbered):
        yield from _line(number, line)


def _take_two(numbered: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    for _, pair in zip(range(2), numbered, strict=False):
        yield pair


def decode(line: bytes) -> Json:
    """One JSON value; raises ValueError. Lone surrogates, which hostile definitions hold, are let through."""
    try:
        return msgspec.json.decode(line)
    except msgspec.DecodeError:
        return json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError(str(error)) from error


def _is_json(line: bytes) -> bool:
    try:
        decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _line(number: int, line: bytes) -> Iterator[Listed | BadLine]:
    try:
        value = decode(line)
    except (ValueError, RecursionError) as error:
        yield BadLine(number, f"this is not JSON: {error}")
        return
    if isinstance(value, dict) and isinstance(value.get("result"), dict):
        value = value["result"]
    if isinstance(value, list):
        yield from _tools(number, "", value)
    elif isinstance(value, dict) and isinstance(value.get("tools"), list):
        yield from _tools(number, _server(value.get("server")), value["tools"])
    else:
        yield from _tools(number, _server(value.get("server")) if isinstance(value, dict) else "", [value])


def _tools(number: int, server: str, entries: list[Json]) -> Iterator[Listed | BadLine]:
    for position, entry in enumerate(entries):
        try:
            yield Listed(
                server or _server(entry.get("server") if isinstance(entry, dict) else None),
                Tool.read(entry, position=position),
                entry,
            )
        except BadTool as error:
            yield BadLine(number, str(error) if len(entries) > 1 else error.fault)


def _server(value: Json) -> str:
    """The server's name, written as text or as an object with a name."""
    if isinstance(value, dict):
        value = value.get("name")
    return value if isinstance(value, str) else ""
