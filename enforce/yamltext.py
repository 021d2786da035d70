"""Plain values as YAML: what is usual is written here, what is not by PyYAML, with the same bytes for whatever both can write."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from crawler.tools import Json

#: Whether a text may stand without quotes as far as its reader is concerned.
Plain = Callable[[str], bool]

#: One line of characters that every emitter writes as they are, with no space at either end.
_USUAL = re.compile("(?! )[ -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]+(?<! )")
#: What means something to YAML, at the front of a text or anywhere in it.
_MARKED = re.compile(r"[#,\[\]{}&*!|>'\"%@`]|[?:-](?: |$)|---|\.\.\.|.*?(?::(?: |$)| #)")
#: Texts that begin otherwise are nothing but texts to any reader.
_DOUBTFUL = re.compile(r"[^A-Za-z]|[yYnNtTfFoO]")
#: A space at which a line may be broken.
_ALONE = re.compile(r"(?<! ) (?! )")
#: Bytes up to which a key stands on one line with its value, and characters that are never more.
_LONGEST_KEY, _SHORT = 128, 33


class _Unusual(Exception):
    """There is something in the document that is left to PyYAML."""


def dumped(document: Json, *, width: int = 1000, plain: Plain | None = None) -> str:
    """The document in the order of its keys, lines broken behind *width*; texts that are not *plain* stand in quotes."""
    try:
        return _Writer(width, plain).written(document)
    except _Unusual:
        return by_library(document, width=width, plain=plain)


def by_library(document: Json, *, width: int, plain: Plain | None) -> str:
    """The same, written by PyYAML whatever it is."""
    import yaml  # only what is unusual pays for loading it

    dumper = _dumper(yaml, plain)
    return str(yaml.dump(document, Dumper=dumper, sort_keys=False, width=width, allow_unicode=True))


class _Writer:
    """Writes block style, lists no deeper than the key that they belong to; *indent* is in characters."""

    def __init__(self, width: int, plain: Plain | None) -> None:
        self._width = width
        self._plain = plain
        self._out: list[str] = []

    def written(self, document: Json) -> str:
        """The document as text; raises _Unusual."""
        if type(document) is not dict or not document:
            raise _Unusual
        self._mapping(document, 0)
        return "".join(self._out)

    def _mapping(self, value: dict[str, Json], indent: int) -> None:
        """A mapping that is not empty; its first line is indented already."""
        margin = ""
        for key, part in value.items():
            name = self._key(key)
            if type(part) is str:
                self._out.append(f"{margin}{name}: {self._text(part, indent + len(name) + 2, indent + 2)}\n")
            elif part and type(part) is dict:
                self._out.append(f"{margin}{name}:\n{' ' * (indent + 2)}")
                self._mapping(part, indent + 2)
            elif part and isinstance(part, list | tuple):
                self._out.append(f"{margin}{name}:\n{' ' * indent}")
                self._sequence(part, indent)
            else:
                scalar = self._scalar(part, indent + len(name) + 2, indent + 2)
                self._out.append(f"{margin}{name}: {scalar}\n")
            margin = " " * indent

    def _sequence(self, value: list[Json] | tuple[Json, ...], indent: int) -> None:
        lead = "- "
        for part in value:
            if part and type(part) is dict:
                self._out.append(lead)
                self._mapping(part, indent + 2)
            elif part and isinstance(part, list | tuple):
                self._out.append(lead)
                self._sequence(part, indent + 2)
            else:
                self._out.append(f"{lead}{self._scalar(part, indent + 2, indent + 2)}\n")
            lead = " " * indent + "- "

    def _key(self, key: Json) -> str:
        name = _name(key, self._plain) if type(key) is str else None
        if name is None:
            raise _Unusual
        return name

    def _scalar(self, value: Json, column: int, indent: int) -> str:
        if type(value) is str:
            return self._text(value, column, indent)
        if value is None or type(value) is bool:
            return "null" if value is None else str(value).lower()
        if type(value) is int:
            return str(value)
        if type(value) is dict:
            return "{}"
        if isinstance(value, list | tuple):
            return "[]"
        raise _Unusual

    def _text(self, text: str, column: int, indent: int) -> str:
        written = _name(text, self._plain) if len(text) < _SHORT else _spelled(text, self._plain)
        if written is None:
            raise _Unusual
        return written if column + len(written) <= self._width else self._broken(written, column, indent)

    def _broken(self, text: str, column: int, indent: int) -> str:
        lines = []
        start = 0
        for space in _ALONE.finditer(text):
            if column + space.start() - start > self._width:
                lines.append(text[start : space.start()])
                start, column = space.end(), indent
        return f"\n{' ' * indent}".join([*lines, text[start:]])


@lru_cache(maxsize=4096)
def _name(text: str, plain: Plain | None) -> str | None:
    """A short text as it is spelled on one line, also as a key; remembered, since names recur."""
    return _spelled(text, plain) if len(text.encode("utf-8", "replace")) <= _LONGEST_KEY else None


def _spelled(text: str, plain: Plain | None) -> str | None:
    """A text on one line, in quotes where they are needed; `None` where it takes more than that."""
    if not text or _USUAL.fullmatch(text) is None:
        return None
    return text if _bare(text, plain) else "'" + text.replace("'", "''") + "'"


def _bare(text: str, plain: Plain | None) -> bool:
    if _MARKED.match(text):
        return False
    return _DOUBTFUL.match(text) is None or (_resolves_to_text(text) and (plain is None or plain(text)))


def _resolves_to_text(text: str) -> bool:
    """Whether a reader of YAML 1.1 takes a text without quotes for a text."""
    return not any(pattern.match(text) for pattern in _resolvers().get(text[0], ()))


@cache
def _resolvers() -> dict[str, list[re.Pattern[str]]]:
    """By first character, what a text without quotes must not look like."""
    import yaml  # only what is in doubt pays for loading it

    known = yaml.SafeDumper.yaml_implicit_resolvers
    return {first: [pattern for _, pattern in pairs] for first, pairs in known.items()}


@cache
def _dumper(yaml: Any, plain: Plain | None) -> Any:
    """Writes Decimals as they are, the same list twice as two, and what is not *plain* in quotes."""

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # PyYAML comes without types when it is passed in
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # whatever it is
            return True

    def number(dumper: Any, value: Decimal) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))

    def text(dumper: Any, value: str) -> Any:
        style = None if plain is None or plain(value) else "'"
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(Decimal, number)
    Dumper.add_representer(str, text)
    return Dumper
