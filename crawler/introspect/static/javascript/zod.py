"""What zod schemas say, as JSON Schema."""

from collections.abc import Callable

from crawler.introspect.static.javascript.environments import of_environment
from crawler.introspect.static.javascript.values import (
    MISSING,
    OPEN,
    Attribute,
    External,
    Made,
    Zod,
    plain,
)
from crawler.introspect.static.javascript.written import json_of
from crawler.introspect.static.unknown import SURE, UNKNOWN, Setting, Value
from crawler.tools import Json

_SIMPLE: dict[str, dict[str, Json]] = {
    "string": {"type": "string"},
    "number": {"type": "number"},
    "int": {"type": "integer"},
    "bigint": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date-time"},
    "null": {"type": "null"},
    "any": {},
    "unknown": {},
    "custom": {},
    "lazy": {},
    "email": {"type": "string", "format": "email"},
    "url": {"type": "string", "format": "uri"},
    **{key: {"type": "string", "format": "uuid"} for key in ("uuid", "guid", "uuidv4", "uuidv6", "uuidv7")},
    **{key: {"type": "integer"} for key in ("int32", "uint32")},
    **{key: {"type": "integer"} for key in ("int64", "uint64")},
    **{key: {"type": "number"} for key in ("float32", "float64")},
    "httpUrl": {"type": "string", "format": "uri"},
    "datetime": {"type": "string", "format": "date-time"},
    "stringbool": {"type": "string"},
    **{
        kind: {"type": "string", "format": kind}
        for kind in ("ipv4", "ipv6", "base64", "base64url", "e164", "jwt")
    },
    **{kind: {"type": "string", "format": kind} for kind in ("nanoid", "cuid", "cuid2", "ulid")},
    "never": {"not": {}},
}

#: Functions that make a schema from others, with the words of which none is a method of a plain value.
MAKERS = frozenset(_SIMPLE) | {
    "object", "strictObject", "looseObject", "array", "enum", "nativeEnum", "literal", "union", "discriminatedUnion",
    "intersection", "record", "partialRecord", "looseRecord", "tuple", "optional", "nullable", "preprocess", "set", "map", "effects",
}  # fmt: skip

#: What is said of a value rather than asked of it.
_WORDS = frozenset({"title", "description", "default"})

#: Methods that hold a value against a schema.
_CHECKS = frozenset({"parse", "parseAsync", "safeParse", "safeParseAsync"})

_FORMATS = {
    "email": "email",
    "url": "uri",
    "uuid": "uuid",
    "datetime": "date-time",
    "date": "date",
    "cuid": "cuid",
}
_NUMBERS = {
    "positive": ("exclusiveMinimum", 0),
    "nonnegative": ("minimum", 0),
    "negative": ("exclusiveMaximum", 0),
}


def inside(function: str) -> str:
    """What a function of the bundled library makes, by the name that it has in there: `objectType2` is `object`."""
    maker, kind, rest = function.rstrip("0123456789$").rpartition("Type")
    return maker if kind and not rest and maker in MAKERS else ""


def make(name: str, args: list[Value]) -> Zod | None:
    """The schema that `z.name(...)` makes; `None` if the arguments do not fit."""
    if name in _SIMPLE:
        schema = dict(_SIMPLE[name])
        message = plain(args[0]) if args else None
        if isinstance(message, dict) and isinstance(message.get("description"), str):
            schema["description"] = message["description"]
        return Zod(schema, optional=name in {"any", "unknown"})
    maker = _MAKERS.get(name)
    return maker(args) if maker and args else None


def _object(args: list[Value]) -> Zod | None:
    shape = args[0]
    if not isinstance(shape, dict):
        return Zod({"type": "object"}, shape={})
    return object_of(shape)


def object_of(shape: dict[str, Value], **more: Json) -> Zod:
    """The schema of an object with these properties."""
    known = {
        name: value for name, value in shape.items() if isinstance(name, str) and name not in (OPEN, SURE)
    }
    properties = {name: value.schema if isinstance(value, Zod) else {} for name, value in known.items()}
    required = [name for name, value in known.items() if not (isinstance(value, Zod) and value.optional)]
    schema: dict[str, Json] = {"type": "object", "properties": properties, **more}
    return Zod(schema | ({"required": required} if required else {}), shape=known)


def _array(args: list[Value]) -> Zod:
    return Zod({"type": "array", "items": schema_of(args[0])})


def _enum(args: list[Value]) -> Zod:
    values = plain(args[0])
    items = list(values.values()) if isinstance(values, dict) else values if isinstance(values, list) else []
    known = [item for item in map(plain, items) if isinstance(item, str | int)]
    numbers = bool(known) and all(isinstance(item, int) and not isinstance(item, bool) for item in known)
    kind = "number" if numbers else "string"
    return Zod({"type": kind, "enum": known} if known else {"type": "string"})


def _literal(args: list[Value]) -> Zod:
    value = plain(args[0])
    if isinstance(value, list):
        return _enum(args)
    return Zod({"const": value} if isinstance(value, str | int | float | bool) else {})


def _union(args: list[Value]) -> Zod:
    options = args[-1] if isinstance(args[-1], list) else args[0]
    return Zod({"anyOf": [schema_of(option) for option in options]} if isinstance(options, list) else {})


def _record(args: list[Value]) -> Zod:
    return Zod({"type": "object", "additionalProperties": schema_of(args[-1])})


def _tuple(args: list[Value]) -> Zod:
    items = args[0] if isinstance(args[0], list) else []
    return Zod({"type": "array", "items": [schema_of(item) for item in items]})


def _intersection(args: list[Value]) -> Zod:
    return Zod({"allOf": [schema_of(arg) for arg in args]})


def _same(args: list[Value]) -> Zod | None:
    return args[-1] if isinstance(args[-1], Zod) else Zod({})


def _nullable(zod: Zod) -> Zod:
    """The schema of a value that may be null, with what is said of it outside of the choice."""
    if not zod.schema:
        return zod
    words = {key: value for key, value in zod.schema.items() if key in _WORDS}
    inner = {key: value for key, value in zod.schema.items() if key not in _WORDS}
    options = inner["anyOf"] if inner.keys() == {"anyOf"} else [inner]
    return Zod(words | {"anyOf": [*options, {"type": "null"}]}, optional=zod.optional)


def _optional(args: list[Value]) -> Zod:
    return Zod(schema_of(args[0]), optional=True)


_MAKERS: dict[str, Callable[[list[Value]], Zod | None]] = {
    "object": _object,
    "strictObject": _object,
    "looseObject": _object,
    "array": _array,
    "set": _array,
    "enum": _enum,
    "nativeEnum": _enum,
    "literal": _literal,
    "union": _union,
    "discriminatedUnion": _union,
    "intersection": _intersection,
    **dict.fromkeys(("record", "partialRecord", "looseRecord"), _record),
    "map": _record,
    "tuple": _tuple,
    "optional": _optional,
    "nullable": lambda args: _nullable(args[0]) if isinstance(args[0], Zod) else Zod({}),
    "preprocess": _same,
    "effects": _same,
}


def schema_of(value: Value) -> dict[str, Json]:
    """The JSON Schema of a zod schema; `{}` for anything else."""
    return value.schema if isinstance(value, Zod) else {}


def method(zod: Zod, name: str, args: list[Value]) -> Value:
    """What `zod.name(...)` gives: another schema, the same one where the method only checks."""
    first = plain(args[0]) if args else None
    if isinstance(first, External) and first.path == "process.env" and zod.shape is not None:
        return of_environment(zod.shape, name)
    if name in _CHECKS and isinstance(first, dict):
        checked = _completed(zod, first)
        return {"success": True, "data": checked} if name.startswith("safe") else checked
    match name:
        case "describe" | "meta":
            return _described(zod, first)
        case "nullable":
            return _nullable(zod)
        case "nullish":
            return _nullable(Zod(zod.schema, optional=True, shape=zod.shape))
        case "optional" | "catch":
            return Zod(zod.schema, optional=True, shape=zod.shape)
        case "default" | "prefault":
            default = json_of(first)
            return Zod(
                zod.schema | ({} if default is MISSING else {"default": default}),
                optional=True,
                shape=zod.shape,
            )
        case "min" | "max" | "gte" | "lte" | "gt" | "lt" | "length" | "multipleOf":
            return Zod(zod.schema | _bound(zod, name, first), optional=zod.optional, shape=zod.shape)
        case "int":
            return Zod(zod.schema | {"type": "integer"}, optional=zod.optional)
        case "array":
            return Zod({"type": "array", "items": zod.schema})
        case "or":
            return Zod({"anyOf": [zod.schema, schema_of(first)]}, optional=zod.optional)
        case "extend" | "merge" | "safeExtend" | "and" | "augment":
            more = first.shape if isinstance(first, Zod) else first
            return object_of({**(zod.shape or {}), **(more if isinstance(more, dict) else {})})
        case "omit" | "pick":
            return _chosen(zod, first, name == "pick")
        case "partial":
            return object_of(
                {key: Zod(schema_of(item), optional=True) for key, item in (zod.shape or {}).items()}
            )
        case (
            "regex"
            | "email"
            | "url"
            | "uuid"
            | "datetime"
            | "date"
            | "cuid"
            | "positive"
            | "nonnegative"
            | "negative"
        ):
            return Zod(zod.schema | _checked(name), optional=zod.optional)
    return zod


def _completed(zod: Zod, value: Value) -> Value:
    """A value that fits a schema, with the defaults that it names in place of what is absent."""
    known = plain(value)
    if known is None and "default" in zod.schema:
        default = zod.schema["default"]
        return Setting(default) if isinstance(value, Setting) else default
    if not isinstance(known, dict) or zod.shape is None:
        return value
    found = {key: item for key, item in known.items() if key not in zod.shape}
    absent = UNKNOWN if OPEN in known else None
    for key, item in zod.shape.items():
        whole = _completed(item, known.get(key, absent)) if isinstance(item, Zod) else known.get(key, absent)
        if whole is not None or key in known:
            found[key] = whole
    return found


def _described(zod: Zod, given: Value) -> Zod:
    words = given if isinstance(given, dict) else {"description": given}
    texts = {key: words[key] for key in ("title", "description") if isinstance(plain(words.get(key)), str)}
    return Zod(zod.schema | texts, optional=zod.optional, shape=zod.shape)


def _bound(zod: Zod, name: str, value: Value) -> dict[str, Json]:
    if not isinstance(value, int | float):
        return {}
    kind = zod.schema.get("type")
    noun = {"string": "Length", "array": "Items"}.get(kind if isinstance(kind, str) else "")
    if name == "length":
        return {f"min{noun}": value, f"max{noun}": value} if noun else {}
    if noun:
        return {f"{name}{noun}": value} if name in {"min", "max"} else {}
    words = {"min": "minimum", "gte": "minimum", "max": "maximum", "lte": "maximum"}
    return {words.get(name) or {"gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}.get(name, name): value}


def _checked(name: str) -> dict[str, Json]:
    if name in _NUMBERS:
        keyword, bound = _NUMBERS[name]
        return {keyword: bound}
    return {"format": _FORMATS[name]} if name in _FORMATS else {}


def _chosen(zod: Zod, keys: Value, keep: bool) -> Zod:
    named = keys if isinstance(keys, dict) else {}
    return object_of({key: item for key, item in (zod.shape or {}).items() if (key in named) is keep})


#: What a written schema has at least one of.
_SCHEMA_KEYS = frozenset({"type", "properties", "$ref", "anyOf", "oneOf", "allOf", OPEN, SURE})


def _is_foreign(value: Value) -> bool:
    """Whether it comes of another package, as the schema of a parameter may."""
    return isinstance(value, Made | Attribute | External)


def input_schema(value: Value) -> dict[str, Json] | None:
    """The schema of a tool's parameters, given as zod object, as raw shape, or as JSON Schema."""
    if isinstance(value, Zod):
        return value.schema if value.schema.get("type") == "object" else None
    if not isinstance(value, dict):
        return None
    if any(isinstance(item, Zod) for item in value.values()):
        return object_of(value).schema
    if value and _SCHEMA_KEYS.isdisjoint(value) and all(map(_is_foreign, value.values())):
        return {"type": "object", "properties": {str(key): {} for key in value}}
    found = json_of(value)
    if isinstance(found, dict) and ("type" in found or "properties" in found or "$ref" in found):
        return found
    return {"type": "object", "properties": {}} if not value else None
