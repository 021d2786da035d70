"""The tools that FastMCP makes of an OpenAPI document which lies beside the source, named and chosen as it does."""

import re
from collections import Counter
from collections.abc import Iterator

import re2  # type: ignore[import-untyped]  # ships no types

from crawler.introspect.static.python.calls import Call, Place
from crawler.introspect.static.python.values import External, Function, Made, plain, text
from crawler.introspect.static.unknown import UNKNOWN, Value
from crawler.tools import Json

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: Characters of a name that FastMCP keeps.
_LONGEST_NAME = 56

#: References inside of references that are written out, and values of one schema.
_DEEPEST, _MOST_VALUES = 6, 4_000


def tools_of(document: dict[str, Json], call: Call) -> Iterator[tuple[dict[str, Json], bool]]:
    """The entries that `FastMCP.from_openapi(document, ...)` makes, each with whether it surely does."""
    given = call.kwargs
    names = plain(given.get("mcp_names"))
    used: Counter[str] = Counter()
    for route in _routes(document, call.place):
        call.reader.step()
        kind = _kind(route, call)
        if kind not in {"TOOL", ""}:
            continue
        name = _name(route, names if isinstance(names, dict) else {})
        used[name] += 1
        words = route.names
        definition: dict[str, Json] = {
            "name": name if used[name] == 1 else f"{name}_{used[name]}",
            "description": words["description"]
            or words["summary"]
            or f"Executes {words['method']} {words['path']}",
            "inputSchema": _schema(words["operation"], words["shared"], _Document(document, call)),
        }
        yield _customised(definition, route, call), kind == "TOOL"


def _routes(document: dict[str, Json], place: Place) -> Iterator[Made]:
    """The operations, in the words that FastMCP gives to those who choose among them."""
    paths = document.get("paths")
    for path, methods in paths.items() if isinstance(paths, dict) else ():
        for method, operation in methods.items() if isinstance(methods, dict) else ():
            if method in _METHODS and isinstance(operation, dict):
                route = Made(External("fastmcp.HTTPRoute"), [], {}, place)
                route.names = {
                    "path": path,
                    "method": method.upper(),
                    "operation_id": _text(operation.get("operationId")),
                    "summary": _text(operation.get("summary")),
                    "description": _text(operation.get("description")),
                    "tags": _listed(operation.get("tags")),
                    "operation": operation,
                    "shared": methods.get("parameters"),
                }
                yield route


def _name(route: Made, names: dict[Value, Value]) -> str:
    own = route.names["operation_id"]
    if own:
        word = text(names.get(own)) or own.split("__")[0]
    else:
        word = str(route.names["summary"] or f"{route.names['method']}_{route.names['path']}")
    plainly = re.sub(r"[^a-zA-Z0-9_]", "", re.sub(r"[\s\-.]+", "_", word[:500]))
    return re.sub(r"_+", "_", plainly).strip("_")[:_LONGEST_NAME]


def _kind(route: Made, call: Call) -> str:
    """`TOOL`, or what else the route becomes; empty where the source does not show it."""
    kind = "TOOL"
    for each in call.reader.items(call.kwargs.get("route_maps") or ()) or ():
        if not isinstance(each, Made):
            kind = ""
        elif _matches(route, each):
            kind = _type(each.kwargs.get("mcp_type", each.kwargs.get("route_type")))
            break
    choose = call.kwargs.get("route_map_fn")
    if isinstance(choose, Function):
        chosen = call.reader.call(choose, [route, UNKNOWN], {}, call.place)
        kind = kind if chosen is None else _type(chosen)
    return kind


def _type(value: Value) -> str:
    return value.last if isinstance(value, External) else ""


def _matches(route: Made, rule: Made) -> bool:
    given = dict(zip(("methods", "pattern"), rule.args, strict=False)) | rule.kwargs
    methods, pattern = plain(given.get("methods", "*")), plain(given.get("pattern", ".*"))
    if isinstance(methods, list | tuple) and route.names["method"] not in map(plain, methods):
        return False
    tags = given.get("tags") or ()
    if isinstance(tags, list | tuple) and not all(plain(tag) in route.names["tags"] for tag in tags):
        return False
    if isinstance(pattern, Made) and pattern.args:  # `re.compile(...)`
        pattern = plain(pattern.args[0])
    try:
        return isinstance(pattern, str) and bool(re2.search(pattern, route.names["path"]))
    except re2.error:
        return False


def _customised(definition: dict[str, Json], route: Made, call: Call) -> dict[str, Json]:
    """The entry after a function of the package has changed its words."""
    change = call.kwargs.get("mcp_component_fn")
    if isinstance(change, Function):
        component = Made(External("fastmcp.OpenAPITool"), [], {}, call.place)
        call.reader.call(change, [route, component], {}, call.place)
        for key in ("name", "title", "description"):
            changed = text(component.names.get(key))
            definition |= {key: changed} if changed is not None else {}
    return definition


def _schema(operation: dict[str, Json], shared: Json, document: "_Document") -> dict[str, Json]:
    """The parameters and the fields of the body in one object."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    fields, needed = _body(operation, document)
    listed = [*_listed(shared), *_listed(operation.get("parameters"))]
    for parameter in {_key(one): one for one in map(document.written_out, listed)}.values():
        name = parameter.get("name")
        if not isinstance(name, str) or parameter.get("in") == "body":
            continue
        name = f"{name}__{parameter.get('in')}" if name in fields else name
        schema = parameter.get("schema")
        kind = dict(schema) if isinstance(schema, dict) else {}
        words = parameter.get("description")
        properties[name] = kind | ({"description": words} if isinstance(words, str) else {})
        required += [name] if parameter.get("required") is True else []
    properties |= fields
    required += [name for name in needed if name in fields]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _key(parameter: dict[str, Json]) -> tuple[str, str]:
    return str(parameter.get("name")), str(parameter.get("in"))


def _body(operation: dict[str, Json], document: "_Document") -> tuple[dict[str, Json], list[str]]:
    """The fields of what an operation is sent, and the names of those that it needs."""
    return fields_of_body(document.written_out(operation.get("requestBody")))


def fields_of_body(body: Json) -> tuple[dict[str, Json], list[str]]:
    """The fields of a `requestBody` without references, and the names of those that it needs."""
    content = body.get("content") if isinstance(body, dict) else None
    first = next(iter(content.values()), None) if isinstance(content, dict) else None
    schema = first.get("schema") if isinstance(first, dict) else None
    if not isinstance(schema, dict):
        return {}, []
    parts = [part for part in _listed(schema.get("allOf")) if isinstance(part, dict)] or [schema]
    fields = [part["properties"] for part in parts if isinstance(part.get("properties"), dict)]
    needed = [name for part in parts for name in _listed(part.get("required")) if isinstance(name, str)]
    return {name: kind for group in fields for name, kind in group.items()}, needed


class _Document:
    """A document whose references are looked up, each value of them at the price of a step."""

    def __init__(self, content: dict[str, Json], call: Call) -> None:
        self._content = content
        self._step = call.reader.step

    def written_out(self, value: Json) -> dict[str, Json]:
        """The value with what its references mean in their place; what is nested too deeply is left open."""
        room = [_MOST_VALUES]

        def write(part: Json, depth: int) -> Json:
            self._step()
            room[0] -= 1
            if room[0] < 0:
                return {}
            if isinstance(part, list):
                return [write(item, depth) for item in part]
            if not isinstance(part, dict):
                return part
            reference = part.get("$ref")
            if isinstance(reference, str):
                return write(self._meant(reference), depth + 1) if depth < _DEEPEST else {}
            return {key: write(item, depth) for key, item in part.items()}

        found = write(value, 0)
        return found if isinstance(found, dict) else {}

    def _meant(self, reference: str) -> Json:
        here: Json = self._content
        for word in reference.removeprefix("#/").split("/"):
            here = here.get(word.replace("~1", "/").replace("~0", "~")) if isinstance(here, dict) else None
        return here
