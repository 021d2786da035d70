"""JSON Schema from signatures, type hints and models, as far as the source shows them."""

import ast
import inspect
from collections.abc import Iterator
from functools import lru_cache

from crawler.introspect.static.python.calls import Calls
from crawler.introspect.static.python.values import (
    Attribute,
    Class,
    External,
    Function,
    Generic,
    Instance,
    Made,
    Member,
    Scope,
    Table,
    plain,
)
from crawler.introspect.static.unknown import SURE, UNKNOWN, Setting, Value
from crawler.tools import Json

#: Types inside types; a model that holds itself ends here.
DEEPEST_TYPE = 8

_SIMPLE: dict[str, dict[str, Json]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "Decimal": {"type": "number"},
    "bool": {"type": "boolean"},
    "bytes": {"type": "string", "format": "binary"},
    "None": {"type": "null"},
    "NoneType": {"type": "null"},
    "Path": {"type": "string", "format": "path"},
    "UUID": {"type": "string", "format": "uuid"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "AnyUrl": {"type": "string", "format": "uri"},
    "HttpUrl": {"type": "string", "format": "uri"},
    "EmailStr": {"type": "string", "format": "email"},
    "PositiveInt": {"type": "integer", "exclusiveMinimum": 0},
    "StrictStr": {"type": "string"},
    "StrictInt": {"type": "integer"},
    "StrictBool": {"type": "boolean"},
}

_ARRAYS = frozenset(
    {
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "Sequence",
        "Iterable",
        "tuple",
        "Tuple",
        "Collection",
    }
)
_OBJECTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict"})
_SETS = frozenset({"set", "Set", "frozenset", "FrozenSet"})
_WRAPPERS = frozenset({"Annotated", "Required", "NotRequired", "Final", "ReadOnly", "ClassVar", "Optional"})

#: What `Field` calls a constraint, and what JSON Schema calls it.
_CONSTRAINTS = {
    "description": "description",
    "title": "title",
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
    "regex": "pattern",
    "examples": "examples",
}

#: Those that constrain nothing.
_ANNOTATIONS = frozenset({"description", "title", "examples"})

#: Parameters of these types come from the SDK and are not the model's to fill.
_INJECTED = frozenset({"Context", "RequestContext", "ServerRequestContext", "Session", "ServerSession"})
_INJECTING = frozenset({"Depends", "CurrentContext", "CurrentFastMCP", "CurrentRequest", "Resolve"})


def input_schema(reader: Calls, function: Function, excluded: tuple[str, ...] = ()) -> dict[str, Json]:
    """The schema of a function's parameters."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    for name, annotation, default, given in parameters_of(function):
        hint = hinted(reader, annotation, function.scope)
        if name in excluded or _is_injected(hint, default):
            continue
        schema = schema_of(reader, hint)
        given = with_default(schema, default) if given else _annotated_default(hint)
        properties[name] = schema
        if not given:
            required.append(name)
    schema = {"type": "object", "properties": properties}
    return schema | ({"required": required} if required else {})


def hinted(reader: Calls, annotation: ast.expr | None, scope: Scope) -> Value:
    """The type that an annotation means; quoted ones are read too."""
    if annotation is None:
        return UNKNOWN
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _quoted(reader, annotation.value, scope)
    return reader.evaluate(annotation, scope)


@lru_cache(maxsize=1_000)
def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _quoted(reader: Calls, text: str, scope: Scope) -> Value:
    if len(text) > 500:
        return UNKNOWN
    try:
        return reader.evaluate(_expression(text), scope)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN


def parameters_of(function: Function) -> Iterator[tuple[str, ast.expr | None, Value, bool]]:
    """Name, annotation, default and whether there is one, for each parameter that a caller gives by name."""
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    bound = function.receiver is not None or (positional and positional[0].arg in {"self", "cls"})
    missing = len(positional) - len(function.defaults)
    for number, argument in enumerate(positional):
        if number == 0 and bound:
            continue
        given = number >= missing
        yield argument.arg, argument.annotation, function.defaults[number - missing] if given else None, given
    for argument, node, default in zip(
        spec.kwonlyargs, spec.kw_defaults, function.keyword_defaults, strict=False
    ):
        yield argument.arg, argument.annotation, default, node is not None


def _is_injected(hint: Value, default: Value) -> bool:
    if isinstance(default, Made) and isinstance(default.what, External) and default.what.last in _INJECTING:
        return True
    if isinstance(hint, Generic):
        return _is_injected(hint.base, None) or any(_is_injected(part, part) for part in hint.args)
    if isinstance(hint, Class):
        return hint.derives_from("Context")
    return isinstance(hint, External) and hint.last in _INJECTED


def _annotated_default(hint: Value) -> bool:
    """Whether `Annotated[..., Field(default=...)]` brings a default, or makes one."""
    if not isinstance(hint, Generic):
        return False
    return any(
        isinstance(part, Made) and part.kwargs.keys() & {"default", "default_factory"} for part in hint.args
    )


def with_default(schema: dict[str, Json], default: Value) -> bool:
    """Put a default into a schema; whether the parameter may be left out."""
    if isinstance(default, Made):
        schema.update(_constraints(default, schema))
        inner = default.kwargs.get("default", default.args[0] if default.args else UNKNOWN)
        if inner is Ellipsis or (inner is UNKNOWN and "default_factory" not in default.kwargs):
            return False
        default = inner
    value = json_of(default)
    if value is not MISSING:
        schema["default"] = value
    return default is not Ellipsis


def schema_of(reader: Calls, hint: Value, depth: int = 0) -> dict[str, Json]:
    """The schema of a type; `{}`, which allows anything, where the source does not show it."""
    if depth > DEEPEST_TYPE:
        return {}
    reader.step()
    match hint:
        case None:
            return {"type": "null"}
        case External():
            return _external(hint)
        case Generic():
            return _generic(reader, hint, depth + 1)
        case Class():
            return _class(reader, hint, depth + 1)
        case str():
            return {}
    return {}


def _external(hint: External) -> dict[str, Json]:
    if hint.last in _SIMPLE:
        return dict(_SIMPLE[hint.last])
    if hint.last in _ARRAYS:
        return {"type": "array", "items": {}}
    return {"type": "object", "additionalProperties": True} if hint.last in _OBJECTS else {}


def _generic(reader: Calls, hint: Generic, depth: int) -> dict[str, Json]:
    base = hint.base.last if isinstance(hint.base, External) else ""
    if base in {"Union", "Optional"}:
        return _union(reader, [*hint.args, *([None] if base == "Optional" else [])], depth)
    if base == "Literal":
        return _literal(hint.args)
    if base == "Annotated":
        return _annotated(reader, hint.args, depth)
    if base in _WRAPPERS:
        return schema_of(reader, hint.args[0], depth)
    if base in _ARRAYS:
        schema: dict[str, Json] = {"type": "array", "items": schema_of(reader, hint.args[0], depth)}
        return schema | ({"uniqueItems": True} if base in _SETS else {})
    if base in _OBJECTS:
        values = schema_of(reader, hint.args[1], depth) if len(hint.args) > 1 else {}
        return {"type": "object", "additionalProperties": values or True}
    return schema_of(reader, hint.base, depth)


def _union(reader: Calls, options: list[Value], depth: int) -> dict[str, Json]:
    flat = _flattened(options)
    return {"anyOf": [schema_of(reader, option, depth) for option in flat[:20]]}


def is_scalar(hint: Value) -> bool:
    """Whether a type holds no fields and no items, as far as the source shows it."""
    match hint:
        case External():
            return hint.last not in _ARRAYS | _OBJECTS
        case Class():
            return hint.is_enum
        case Generic():
            base = hint.base.last if isinstance(hint.base, External) else ""
            parts = {"Annotated": hint.args[:1], "Optional": hint.args, "Union": hint.args}.get(base)
            return base == "Literal" if parts is None else all(map(is_scalar, parts))
    return True


def _flattened(options: list[Value]) -> list[Value]:
    found: list[Value] = []
    for option in options:
        union = (
            isinstance(option, Generic) and isinstance(option.base, External) and option.base.last == "Union"
        )
        found.extend(_flattened(list(option.args)) if union else [option])
    return found


def _literal(values: tuple[Value, ...]) -> dict[str, Json]:
    known = [plain(value) for value in values]
    known = [value for value in known if isinstance(value, str | int | bool)]
    kind = {"type": "string"} if all(isinstance(value, str) for value in known) else {}
    return {"enum": known, **kind} if len(known) != 1 else {"const": known[0], **kind}


def _annotated(reader: Calls, args: tuple[Value, ...], depth: int) -> dict[str, Json]:
    schema = schema_of(reader, args[0], depth)
    for extra in args[1:]:
        if isinstance(extra, str):
            schema["description"] = extra
        elif isinstance(extra, Made):
            schema.update(_constraints(extra, schema))
    return schema


def _constraints(field: Made, schema: dict[str, Json]) -> dict[str, Json]:
    """What `Field(...)` adds to a schema."""
    found: dict[str, Json] = {}
    words = field.kwargs
    for name, keyword in _CONSTRAINTS.items() if words else ():
        value = json_of(words[name]) if name in words else None
        if value is not MISSING and value is not None:
            found[keyword] = value
    inner = _optional_part(schema)
    if (schema if inner is None else inner).get("type") == "array":
        found = {
            {"minLength": "minItems", "maxLength": "maxItems"}.get(key, key): found[key] for key in found
        }
    if inner is not None:
        # What is said of a value that may be absent holds for the value.
        inner.update({key: found.pop(key) for key in list(found) if key not in _ANNOTATIONS})
    default = json_of(words["default"]) if "default" in words else MISSING
    extra = json_of(words["json_schema_extra"]) if "json_schema_extra" in words else MISSING
    return (
        found
        | ({} if default is MISSING else {"default": default})
        | (extra if isinstance(extra, dict) else {})
    )


def _optional_part(schema: dict[str, Json]) -> dict[str, Json] | None:
    """The schema of what is there, in one of a value that may be null."""
    options = schema.get("anyOf")
    if not isinstance(options, list) or len(options) != 2 or {"type": "null"} not in options:
        return None
    part: dict[str, Json] = options[0] if options[1] == {"type": "null"} else options[1]
    return part


def _class(reader: Calls, cls: Class, depth: int) -> dict[str, Json]:
    if cls.is_enum:
        values = [plain(member) for member in reader.items(cls) or []]
        return _literal(tuple(values)) if values else {}
    return model_schema(reader, cls, depth)


def model_schema(reader: Calls, cls: Class, depth: int = 0) -> dict[str, Json]:
    """The schema of a pydantic model, dataclass or TypedDict, models inside it written out in place."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    optional = cls.derives_from("TypedDict") and any(word.arg == "total" for word in cls.node.keywords)
    for owner, name, annotation in _fields(cls):
        if name.startswith("_") or name == "model_config":
            continue
        schema = schema_of(reader, hinted(reader, annotation, owner.scope), depth)
        default = reader.class_attribute(cls, name, cls)
        given = not isinstance(default, Attribute) and with_default(schema, default)
        alias = plain(default.kwargs.get("alias")) if isinstance(default, Made) else None
        properties[alias if isinstance(alias, str) else name] = schema
        if not given and not optional:
            required.append(alias if isinstance(alias, str) else name)
    schema = {"type": "object", "properties": properties}
    schema |= {"required": required} if required else {}
    return schema | ({"description": inspect.cleandoc(cls.doc)} if cls.doc else {})


def _fields(cls: Class) -> list[tuple[Class, str, ast.expr]]:
    lineage = [ancestor for ancestor in cls.lineage() if isinstance(ancestor, Class)]
    found = {name: (owner, name, node) for owner in reversed(lineage) for name, node in owner.fields.items()}
    return list(found.values())


class _Missing:
    """The source does not show a value that JSON could hold."""


MISSING = _Missing()

#: What JSON holds as it is.
_PLAIN = (str, bool, int, float, type(None))


#: Values that one conversion writes out; a list of lists of one list grows without bound.
MOST_VALUES = 30_000


def json_of(value: Value) -> Json:
    """The value as JSON; parts that the source does not show are left out, `MISSING` where nothing is left."""
    return _json(value, 0, [MOST_VALUES])


def _json(value: Value, depth: int, room: list[int]) -> Json:
    room[0] -= 1
    if depth > 30 or room[0] < 0:
        return MISSING
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Setting | Member):
        return _json(plain(value), depth + 1, room)
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, list | tuple):
        items = (_json(part, depth + 1, room) for part in value)
        return [item for item in items if item is not MISSING]
    if isinstance(value, Instance):
        value = {key: item for key, item in value.names.items() if not key.startswith("__")}
    if isinstance(value, Table) and value.open:
        return MISSING
    if isinstance(value, dict):
        parts = {
            key: _json(item, depth + 1, room)
            for key, item in value.items()
            if isinstance(key, str) and key != SURE
        }
        return {key: item for key, item in parts.items() if item is not MISSING}
    return MISSING
