"""What structs say, as plain values without whatever equals its default."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import compress
from operator import is_not
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from crawler.tools import Json

#: Kinds of values that say themselves.
_PLAIN = frozenset({str, int, bool, type(None), Decimal})


def said(value: Any) -> Json:
    """Plain values that leave out whatever equals its default, so that a key which a later version adds changes no digest."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is tuple or kind is list:
        return [said(part) for part in value]
    if not isinstance(value, Struct):
        return {name: said(part) for name, part in value.items()} if isinstance(value, Mapping) else value
    return {name: part if type(part) in _PLAIN else said(part) for name, part in told(value)}


def told(value: Struct) -> list[tuple[str, Any]]:
    """The fields that do not equal their default, with what they hold."""
    names, defaults = _defaults(type(value))
    parts = astuple(value)
    # Most parts are the default itself, which is quicker to see than that they equal it.
    others = compress(zip(names, parts, defaults, strict=True), map(is_not, parts, defaults))
    return [(name, part) for name, part, default in others if part != default]


@cache
def _defaults(kind: type[Struct]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The name of each field, and its default; where it has none, something that no value equals."""
    fields = msgspec.structs.fields(kind)
    return tuple(field.name for field in fields), tuple(
        field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
        for field in fields
    )
