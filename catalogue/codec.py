"""Structs and texts as records keep them: hostile strings survive the round, and no column chokes on them."""

import hashlib
import json
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def dump(struct: Any) -> str:
    """A struct as JSON. NUL comes out as an escape, since PostgreSQL refuses it in text."""
    try:
        return _encode(struct).decode()
    except UnicodeEncodeError:
        # A lone surrogate: UTF-8 cannot hold it, an escape in ASCII can.
        return _escaped(msgspec.to_builtins(struct))


def load(text: str, kind: type[T]) -> T:
    """The struct that *dump* wrote."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:
        # msgspec reads no escaped lone surrogate; the standard library does.
        return msgspec.convert(json.loads(text), type=kind)


def dump_definition(definition: dict[str, Any]) -> str:
    """A definition as JSON that reads back equal, so that its digest does not change."""
    try:
        encoded = _encode(definition)
    except UnicodeEncodeError:
        return _escaped(definition)
    # msgspec writes null for a number that is infinite or none; the standard library tells them apart.
    return _escaped(definition) if b"null" in encoded else encoded.decode()


def load_definition(text: str) -> dict[str, Any]:
    """The definition that *dump_definition* wrote."""
    try:
        return _decode(text)  # type: ignore[no-any-return]  # only objects were written
    except msgspec.DecodeError:
        return json.loads(text)  # type: ignore[no-any-return]  # the same


def plain(text: str) -> str:
    """The text as a column of any database takes it; what it cannot hold becomes a question mark or a �."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")


def sha256(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _escaped(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
