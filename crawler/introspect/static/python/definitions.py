"""The `tools/list` entry of a function, tool object or dictionary, as far as the source shows it."""

from crawler.introspect.static.python.calls import Calls, Place
from crawler.introspect.static.python.docstrings import Style, described
from crawler.introspect.static.python.schema import MISSING, input_schema, json_of
from crawler.introspect.static.python.values import (
    Attribute,
    External,
    Function,
    Instance,
    Made,
    Partial,
    plain,
    text,
)
from crawler.introspect.static.unknown import Unknown, Value
from crawler.tools import Json

#: Classes of the SDKs whose objects are tools.
TOOL_CLASSES = ("Tool", "MCPTool", "McpTool", "FunctionTool", "ToolDefinition")

#: An entry with the place in the source that says most about it.
Entry = tuple[dict[str, Json], Place]

_SHOWN = ("name", "title", "description", "inputSchema", "input_schema", "parameters", "annotations")

_SCHEMAS = {
    "inputSchema": ("inputSchema", "input_schema", "parameters"),
    "outputSchema": ("outputSchema", "output_schema"),
}

_HINTS = {
    "read_only_hint": "readOnlyHint",
    "destructive_hint": "destructiveHint",
    "idempotent_hint": "idempotentHint",
    "open_world_hint": "openWorldHint",
}


def entry_of(
    reader: Calls, value: Value, named: dict[str, Value], place: Place, style: Style = Style.RAW
) -> Entry | None:
    """The entry of a value, keywords of the registering call over its own; `None` if it has no shown name."""
    match value:
        case Made():
            return _made(reader, value, named, style)
        case Function():
            return _function(reader, value, named, (value.module, value.node.lineno), style)
        case Partial() if "name" in named and isinstance(value.target, Function):
            return _function(reader, value.target, named, place, style)
        case Instance():
            return _instance(reader, value, named, place, style)
        case dict():
            return _entry({**value, **named}, place)
    return None


def _function(
    reader: Calls, function: Function, named: dict[str, Value], place: Place, style: Style
) -> Entry | None:
    given = named.get("name")
    name = text(function.attributes.get("__name__", function.name) if given is None else given)
    if name is None or name == "<lambda>":
        return None
    values = {**named, "name": name}
    said = described(text(function.attributes.get("__doc__", function.doc)), style)
    if text(values.get("description")) is None:
        values["description"] = said.description
    excluded = reader.items(named.get("exclude_args") or ()) or ()
    schema = input_schema(reader, function, tuple(text(item) or "" for item in excluded))
    for parameter, words in said.parameters.items():
        schema["properties"].get(parameter, {}).setdefault("description", words)
    # A signature of another making says nothing of these parameters.
    values["inputSchema"] = {"type": "object"} if "__signature__" in function.attributes else schema
    return _entry(values, place)


def _made(reader: Calls, made: Made, named: dict[str, Value], style: Style) -> Entry | None:
    path = made.what.path if isinstance(made.what, External) else ""
    kwargs = {**made.kwargs, **named}
    if path.endswith(("Tool.from_function", "Tool.from_tool")):
        source = made.args[0] if made.args else kwargs.get("fn", kwargs.get("tool"))
        words = dict(zip(("name", "title", "description"), made.args[1:], strict=False)) | kwargs
        return entry_of(reader, source, words, made.place, style)
    if path.endswith("Tool.model_validate") and made.args and isinstance(made.args[0], dict):
        kwargs = made.args[0] | kwargs
    if not path.endswith(TOOL_CLASSES) and "name" not in kwargs:
        return None
    if isinstance(kwargs.get("fn"), Function) and not kwargs.keys() & set(_SCHEMAS["inputSchema"]):
        return _function(reader, kwargs["fn"], kwargs, made.place, style)
    return _entry(kwargs, made.place)


def _instance(
    reader: Calls, value: Instance, named: dict[str, Value], place: Place, style: Style
) -> Entry | None:
    found = {key: reader.instance_attribute(value, key) for key in _SHOWN}
    shown = {key: item for key, item in found.items() if not isinstance(item, Attribute | Unknown | Function)}
    at: Place = value.names.get("__place__", place)
    call = reader.instance_attribute(value, "__call__")
    if isinstance(call, Function) and not shown.keys() & set(_SCHEMAS["inputSchema"]):
        return _function(reader, call, {**shown, **named}, at, style)
    return _entry({**shown, **named}, at)


def _entry(values: dict[str, Value], place: Place) -> Entry | None:
    """An entry from the keywords of a constructor or the keys of a dictionary."""
    name = text(values.get("name"))
    if not name:
        return None
    definition: dict[str, Json] = {"name": name}
    for key in ("title", "description"):
        if text(values.get(key)) is not None:
            definition[key] = text(values[key])
    for key, spellings in _SCHEMAS.items():
        schema = next((json_of(values[word]) for word in spellings if word in values), MISSING)
        if isinstance(schema, dict):
            definition[key] = schema
    annotations = _annotations(plain(values.get("annotations")))
    return definition | ({"annotations": annotations} if annotations else {}), place


def _annotations(value: Value) -> dict[str, Json]:
    words = value.kwargs if isinstance(value, Made) else value
    found = json_of(words) if isinstance(words, dict) else {}
    return {_HINTS.get(key, key): item for key, item in found.items()}
