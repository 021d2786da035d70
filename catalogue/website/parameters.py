"""Reads a tool's parameters out of its input schema, as rows that a person can read."""

import json
from collections.abc import Iterator
from itertools import islice

from catalogue.website.pages import Parameter
from crawler.tools import Json

#: Schemas nest without end and are written by strangers; what lies deeper is in the JSON twin.
DEEPEST = 4
MOST = 120

_LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "format": "format {}",
    "pattern": "matches {}",
    "const": "always {}",
}

#: Keywords of which a row tells besides type and description.
_TOLD = frozenset({*_LIMITS, "enum", "default"})
#: Keywords behind which a schema may say what it is.
_INDIRECT = frozenset({"$ref", "anyOf", "oneOf"})
#: Keywords below which further parameters stand.
_NESTING = frozenset({"properties", "items"})


#: Schemas that were read lately and what they hold, by identity: a server's grade and its tools' pages ask for the same.
_read: dict[int, tuple[dict[str, Json], tuple[Parameter, ...]]] = {}
_REMEMBERED = 256


def parameters(schema: Json) -> tuple[Parameter, ...]:
    """The parameters of an input schema, nested ones after their parent; at most `MOST`, at most `DEEPEST` levels."""
    if not isinstance(schema, dict):
        return ()
    read = _read.get(id(schema))
    if read is None or read[0] is not schema:
        if len(_read) >= _REMEMBERED:
            _read.clear()
        found = _walk(schema, _definitions(schema), "", "inputSchema", 1)
        read = _read[id(schema)] = schema, tuple(islice(found, MOST))
    return read[1]


def _walk(schema: Json, known: dict[str, Json], prefix: str, field: str, depth: int) -> Iterator[Parameter]:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or depth > DEEPEST:
        return
    required = schema.get("required")
    needed = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    for name, child in properties.items():
        whole = child if isinstance(child, dict) and _INDIRECT.isdisjoint(child) else _resolved(child, known)
        row = _row(prefix + name, f"{field}.properties.{name}", whole, name in needed)
        yield row
        if not _NESTING.isdisjoint(whole):
            inner, mark = _inside(whole, known)
            below = row.field + (".items" if mark else "")
            yield from _walk(inner, known, f"{row.name}{mark}.", below, depth + 1)


def _row(name: str, field: str, schema: dict[str, Json], required: bool) -> Parameter:
    description = schema.get("description")
    said = description if isinstance(description, str) else ""
    if _TOLD.isdisjoint(schema):
        return Parameter(name=name, field=field, type=_type(schema), required=required, description=said)
    options = schema.get("enum")
    return Parameter(
        name=name,
        field=field,
        type=_type(schema),
        required=required,
        description=said,
        options=tuple(_text(option) for option in options[:40]) if isinstance(options, list) else (),
        limits=tuple(_limits(schema)),
        default=_text(schema["default"]) if schema.get("default") is not None else None,
    )


def _limits(schema: dict[str, Json]) -> Iterator[str]:
    for key, words in _LIMITS.items():
        if key in schema:
            yield words.format(_text(schema[key]))


def _inside(schema: dict[str, Json], known: dict[str, Json]) -> tuple[dict[str, Json], str]:
    items = schema.get("items")
    return (_resolved(items, known), "[]") if isinstance(items, dict) else (schema, "")


def _definitions(schema: dict[str, Json]) -> dict[str, Json]:
    known: dict[str, Json] = {}
    for key in ("$defs", "definitions"):
        group = schema.get(key)
        if isinstance(group, dict):
            known |= {f"#/{key}/{name}": item for name, item in group.items()}
    return known


def _resolved(child: Json, known: dict[str, Json]) -> dict[str, Json]:
    """One step through a local reference and through the usual way of writing "or null"."""
    if not isinstance(child, dict):
        return {}
    schema: dict[str, Json] = child
    reference = schema.get("$ref")
    if isinstance(reference, str) and isinstance(known.get(reference), dict):
        schema = {**known[reference], **{key: value for key, value in schema.items() if key != "$ref"}}
    for key in ("anyOf", "oneOf"):
        branches = schema.get(key)
        if isinstance(branches, list):
            real = [
                branch for branch in branches if isinstance(branch, dict) and branch.get("type") != "null"
            ]
            if len(real) == 1:
                schema = {**_resolved(real[0], {}), **schema}
    return schema


def _type(schema: dict[str, Json]) -> str:
    kind = schema.get("type")
    if type(kind) is str and kind != "array":
        return kind
    if isinstance(kind, list):
        return " or ".join(str(item) for item in kind[:4])
    if kind == "array":
        items = schema.get("items")
        inner = items.get("type") if isinstance(items, dict) else None
        return f"array of {inner}" if isinstance(inner, str) else "array"
    if isinstance(kind, str):
        return kind
    branches = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(branches, list):
        kinds = [branch.get("type") for branch in branches if isinstance(branch, dict)]
        return " or ".join(dict.fromkeys(str(kind) for kind in kinds if kind)) or "anything"
    return "anything"


def _text(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 80 else text[:79] + "…"
