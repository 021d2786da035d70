"""Plain values as YAML where no text in them is odd: what the library would write, laid out without asking it about each value."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from crawler.tools import Json

#: Whether a text may stand without quotes as far as its reader is concerned.
Plain = Callable[[str], bool]

#: Characters of a text up to which it is remembered, and of a key up to which it stands on the line of its value.
_SHORT, _LONGEST_KEY = 64, 128
#: What a text without quotes must not begin with, and of these what depends on what comes next.
_SIGNS, _SOMETIMES = frozenset("-,[]{}#&*!|>'\"%@`?:"), frozenset("-?:")
_INDENT = "  "
_NESTED = frozenset({dict, list, tuple})


class Odd(Exception):
    """There is a value of which only the library knows how it must stand."""


class Block:
    """Writes lines of at most about *width* characters; *resolved* says whether YAML takes a bare text for one."""

    def __init__(self, width: int, plain: Plain | None, resolved: Plain) -> None:
        self._width = width
        self._plain = plain
        self._resolved = resolved
        self._short = lru_cache(maxsize=5_000)(self._text)

    def write(self, document: dict[str, Json]) -> str:
        """The document, which has something in it. Raises Odd."""
        out: list[str] = []
        self._mapping(out, document, "", "")
        return "".join(out)

    def _mapping(self, out: list[str], mapping: dict[str, Json], start: str, line: str) -> None:
        """Its lines, of which the first begins with *start* and the others with *line*."""
        for key, value in mapping.items():
            if type(key) is not str or len(key) > _SHORT:
                raise Odd
            lead = f"{start}{self._short(key)}:"
            start = line
            kind = type(value)
            if kind not in _NESTED:
                self._scalar(out, lead + " ", value, kind, line)
            elif not value:
                out.append(f"{lead} {'{}' if kind is dict else '[]'}\n")
            elif kind is dict:
                out.append(lead + "\n")
                self._mapping(out, value, line + _INDENT, line + _INDENT)
            else:
                out.append(lead + "\n")
                self._items(out, value, line)

    def _items(self, out: list[str], items: Any, line: str) -> None:
        for item in items:
            kind = type(item)
            if kind not in _NESTED:
                self._scalar(out, line + "- ", item, kind, line)
            elif kind is dict and item:
                self._mapping(out, item, line + "- ", line + _INDENT)
            else:
                raise Odd

    def _scalar(self, out: list[str], lead: str, value: Json, kind: type, line: str) -> None:
        if kind is str:
            text = self._short(value) if len(value) <= _SHORT else self._text(value)
        elif kind is int or kind is bool:
            text = str(value).lower()
        else:
            raise Odd
        if len(lead) + len(text) <= self._width:
            out.append(f"{lead}{text}\n")
        else:
            out.extend((*self._folded(lead, text, f"\n{line}{_INDENT}"), "\n"))

    def _text(self, text: str) -> str:
        if not text.isprintable() or text[:1] in " \xa0" or text[-1] == " ":
            raise Odd
        if not text.isascii() and len(text.encode("utf-16-le")) != 2 * len(text):
            raise Odd  # the library escapes what is beyond 16 bits
        if self._plain is None or self._plain(text):
            if text[0] in _SOMETIMES:
                raise Odd
            ends = ": " in text or " #" in text or text[-1] == ":" or text.startswith("...")
            if not ends and text[0] not in _SIGNS and self._resolved(text):
                return text
        return "'" + text.replace("'", "''") + "'"

    def _folded(self, lead: str, text: str, line: str) -> Iterator[str]:
        """The text, broken at single spaces behind the width."""
        yield lead
        column, begin = len(lead), 0
        while True:
            end = text.find(" ", begin + max(0, self._width - column + 1))
            while end > 0 and (text[end - 1] == " " or text[end + 1] == " "):
                end = text.find(" ", end + 1)
            if end < 0:
                yield text[begin:]
                return
            yield text[begin:end] + line
            column, begin = len(line) - 1, end + 1
