"""A tool's definition as its server listed it, and the digest by which a change of it is seen."""

import hashlib
import json
import marshal
from functools import cached_property
from typing import Any, Self

import msgspec
from msgspec import Struct

from crawler.errors import CrawlerError

#: A JSON value as the decoder gives it.
Json = Any

#: Keywords of JSON Schema whose array is a set: order says nothing, and some servers shuffle it per start.
SET_KEYWORDS = frozenset({"required", "enum", "type", "dependentRequired"})

_NESTED = (dict, list)
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode
_encode_quickly = msgspec.json.Encoder(order="sorted").encode
#: Where one of these stands, the quick encoder may have written something otherwise: a number that is none, a
#: control character, an exponent or what may need one.
_OTHERWISE = (b"null", b"\x7f", b".0000", *(b"%de" % digit for digit in range(10)))


class BadTool(CrawlerError):
    """An entry of a tools list that is no tool: not an object, or without a name."""

    def __init__(self, position: int, fault: str) -> None:
        super().__init__(position, fault)
        self.position = position
        self.fault = fault

    def __str__(self) -> str:
        return f"tool {self.position} of the list: {self.fault}"


class Annotations(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The server author's own claims. `None` means that nothing was declared, which is not `False`."""

    title: str | None = None
    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None


class Origin(Struct, frozen=True, kw_only=True):
    """Where static reading found a tool."""

    #: Path inside the package, with forward slashes.
    file: str
    #: Counted from 1.
    line: int
    #: 0 to 1: how sure the reader is that the code registers this tool.
    confidence: float = 1.0


class Tool(Struct, frozen=True, kw_only=True, dict=True):
    """One tool definition. `definition` is the captured JSON object; the other fields are read from it."""

    name: str
    title: str | None = None
    description: str | None = None
    input_schema: dict[str, Json] | None = None
    output_schema: dict[str, Json] | None = None
    annotations: Annotations = Annotations()
    #: The JSON object verbatim, unknown keys included.
    definition: dict[str, Json] = {}
    #: `None` unless static reading or a README found the tool.
    origin: Origin | None = None

    @classmethod
    def read(cls, entry: Json, *, position: int = 0, origin: Origin | None = None) -> Self:
        """Read one entry of a `tools/list` result; fields of a wrong type read as absent, a nameless entry raises BadTool."""
        if not isinstance(entry, dict):
            raise BadTool(position, "it is not an object")
        name = entry.get("name")
        if not isinstance(name, str) or not name:
            raise BadTool(position, "it has no name")
        return cls(
            name=name,
            title=_text(entry.get("title")),
            description=_text(entry.get("description")),
            input_schema=_object(entry.get("inputSchema")),
            output_schema=_object(entry.get("outputSchema")),
            annotations=_annotations(entry.get("annotations")),
            definition=entry,
            origin=origin,
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of what a model sees: name, title, description, both schemas, annotations."""
        parts = {
            key: canonical(self.definition[key])
            for key in ("name", "title", "description", "inputSchema", "outputSchema", "annotations")
            if self.definition.get(key) is not None
        }
        return hashlib.sha256(canonical_json(parts)).hexdigest()

    def known_by(self, digest: str) -> Self:
        """This tool, whose *digest* the caller knows, so that nobody works it out again."""
        self.__dict__["digest"] = digest
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it travels as its definition, from which it is read again there, and takes along its digest."""
        try:
            if self == Tool.read(self.definition, origin=self.origin):
                return _again, (marshal.dumps(self.definition), self.origin, self.__dict__)
        except (BadTool, ValueError):  # nobody read it from a definition, or a number in it is a Decimal
            pass
        made: Any = super().__reduce__()
        return (*made, self.__dict__) if self.__dict__ else made

    def __setstate__(self, known: dict[str, str]) -> None:
        self.__dict__.update(known)


def _again(definition: bytes, origin: Origin | None, known: dict[str, str]) -> Tool:
    """The tool that another process of this program sent."""
    tool = Tool.read(marshal.loads(definition), origin=origin)  # noqa: S302  # from a process of ours
    tool.__dict__.update(known)
    return tool


def canonical(value: Json, key: str = "") -> Json:
    """The value with the arrays that JSON Schema reads as sets in one fixed order."""
    # Most values are texts and numbers; not to call for each of them halves the time.
    if isinstance(value, dict):
        return {
            name: canonical(item, name) if isinstance(item, _NESTED) else item for name, item in value.items()
        }
    if isinstance(value, list):
        items = [canonical(item) if isinstance(item, _NESTED) else item for item in value]
        return _in_order(items) if key in SET_KEYWORDS else items
    return value


def canonical_json(value: Json) -> bytes:
    """Key-sorted JSON without spaces, in ASCII; lone surrogates survive as escapes.

    A number that no double holds, which the strict parser reads as a Decimal, is spelled out as text.
    """
    try:
        quick = _encode_quickly(value)
    except (TypeError, ValueError, OverflowError):
        # Lone surrogates, numbers beyond 64 bits, and what is no JSON at all.
        return _encode(value).encode("ascii")
    if quick.isascii() and not any(map(quick.__contains__, _OTHERWISE)):
        return quick
    return _encode(value).encode("ascii")


def _in_order(items: list[Json]) -> list[Json]:
    if all(isinstance(item, str) and item.isascii() and item.isidentifier() for item in items):
        # Names are in the order of their JSON as they are.
        return sorted(items)
    return sorted(items, key=canonical_json)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _object(value: Json) -> dict[str, Json] | None:
    return value if isinstance(value, dict) else None


def _flag(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _annotations(value: Json) -> Annotations:
    if not isinstance(value, dict):
        return Annotations()
    return Annotations(
        title=_text(value.get("title")),
        read_only=_flag(value.get("readOnlyHint")),
        destructive=_flag(value.get("destructiveHint")),
        idempotent=_flag(value.get("idempotentHint")),
        open_world=_flag(value.get("openWorldHint")),
    )
