"""The routes of a FastAPI application, and the OpenAPI document that FastAPI makes of them."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crawler.introspect.static.python.calls import Call
from crawler.introspect.static.python.schema import (
    hinted,
    is_scalar,
    parameters_of,
    schema_of,
    with_default,
)
from crawler.introspect.static.python.values import Action, External, Function, Generic, Made, plain, text
from crawler.introspect.static.unknown import UNKNOWN, Value
from crawler.tools import Json

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

#: Routes of one application; routers that hold themselves double theirs each time.
_MOST_ROUTES = 2_000

#: Functions that functions depend on.
_DEEPEST = 4

#: What tells where a parameter stands in a request.
_PLACES = {
    "Path": "path",
    "Query": "query",
    "Header": "header",
    "Cookie": "cookie",
    "Body": "body",
    "Form": "form",
    "File": "form",
    "Depends": "depends",
    "Security": "depends",
}

#: Parameters that are no part of the request's fields.
_GIVEN = frozenset(
    {"Request", "Response", "WebSocket", "BackgroundTasks", "HTTPConnection", "SecurityScopes"}
)

_CONVERTER = re.compile(r"\{(\w+):\w+\}")
_HOLE = re.compile(r"\{(\w+)[:}]")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One function of an application, with the words that its decorator is given."""

    #: `None` where the source does not show it.
    path: str | None
    methods: tuple[str, ...]
    function: Function
    words: dict[str, Value]
    certainty: float


@dataclass(frozen=True, kw_only=True)
class Field:
    """A parameter of a request."""

    name: str
    #: `path`, `query`, `header`, `cookie`, `body` or `form`.
    place: str
    schema: dict[str, Json]
    required: bool
    embedded: bool = False


def is_application(value: Value) -> bool:
    """Whether a value is a FastAPI application or router that the source makes."""
    return (
        isinstance(value, Made)
        and isinstance(value.what, External)
        and value.what.root == "fastapi"
        and value.what.last in {"FastAPI", "APIRouter"}
    )


def routes_of(application: Made) -> list[Route]:
    """The routes so far, in order."""
    found: list[Route] = application.names.setdefault("__routes__", [])
    return found


def of_application(application: Made, name: str, call: Call) -> Value:
    """What a method of an application does; `None` for those that have nothing to do with routes."""
    match name:
        case "add_api_route":
            given = call.given("path", "endpoint")
            _add(application, given.get("path"), call, given.get("endpoint", UNKNOWN))
            return UNKNOWN
        case "include_router":
            _include(application, call)
            return UNKNOWN
        case "openapi":
            return document(application, call)
    if name != "api_route" and name not in _METHODS:
        return None
    path = call.given("path").get("path")
    methods = None if name == "api_route" else (name,)
    return Action(lambda given, _: _add(application, path, call, given[0] if given else UNKNOWN, methods))


def _add(
    application: Made, path: Value, call: Call, function: Value, methods: tuple[str, ...] | None = None
) -> Value:
    routes = routes_of(application)
    if isinstance(function, Function) and len(routes) < _MOST_ROUTES:
        named = call.reader.items(call.kwargs.get("methods", ("GET",))) or []
        listed = methods or tuple((text(method) or "").lower() for method in named)
        prefix = text(application.kwargs.get("prefix", ""))
        whole = None if prefix is None or text(path) is None else prefix + (text(path) or "")
        words = _inherited(call.kwargs, application.kwargs)
        certainty = call.reader.certainty
        routes.append(Route(path=whole, methods=listed, function=function, words=words, certainty=certainty))
    return function


def _include(application: Made, call: Call) -> None:
    router = call.given("router").get("router")
    if not isinstance(router, Made) or not is_application(router):
        return
    prefix = text(call.kwargs.get("prefix", ""))
    own = text(application.kwargs.get("prefix", ""))
    routes = routes_of(application)
    for route in list(routes_of(router))[: _MOST_ROUTES - len(routes)]:
        call.reader.step()
        known = route.path is not None and prefix is not None and own is not None
        path = f"{own}{prefix}{route.path}" if known else None
        words = _inherited(_inherited(route.words, call.kwargs), application.kwargs)
        certainty = min(route.certainty, call.reader.certainty)
        routes.append(replace(route, path=path, words=words, certainty=certainty))


def _inherited(words: dict[str, Value], outer: dict[str, Value]) -> dict[str, Value]:
    """The words of a route with those that a router or application gives to all of its routes."""
    found = dict(words)
    tags = [*_tags(outer), *_tags(words)]
    if tags:
        found["tags"] = tags
    if plain(outer.get("include_in_schema", True)) is False:
        found["include_in_schema"] = False
    if "generate_unique_id_function" in outer:
        found.setdefault("generate_unique_id_function", outer["generate_unique_id_function"])
    return found


def _tags(words: dict[str, Value]) -> list[Value]:
    tags = words.get("tags")
    return list(tags) if isinstance(tags, list | tuple) else []


def operations(application: Made, call: Call) -> Iterator[tuple[str, str, dict[str, Json], float]]:
    """Path, method, operation object and certainty of each route that the document shows."""
    for route in routes_of(application):
        if plain(route.words.get("include_in_schema", True)) is not False:
            call.reader.step()
            for method in route.methods:
                operation = _operation(route, method, call)
                yield route.path or f"/{operation['operationId']}", method, operation, route.certainty


def document(application: Made, call: Call) -> dict[str, Json]:
    """The OpenAPI document of an application, as far as tools are made of it."""
    paths: dict[str, Json] = {}
    for path, method, operation, _ in operations(application, call):
        paths.setdefault(path, {})[method] = operation
    return {"openapi": "3.1.0", "paths": paths}


def _operation(route: Route, method: str, call: Call) -> dict[str, Json]:
    words, function = route.words, route.function
    name = text(words.get("name")) or function.name
    doc = inspect.cleandoc(function.doc).partition("\f")[0] if function.doc else ""
    fields = list(_fields(route, call))
    places = ("path", "query", "header", "cookie")
    operation: dict[str, Json] = {
        "operationId": text(words.get("operation_id")) or _unique_id(route, name, method, call),
        "summary": text(words.get("summary")) or name.replace("_", " ").title(),
        "description": text(words.get("description")) or doc,
        "tags": [tag for tag in map(text, _tags(words)) if tag is not None],
        "parameters": [
            {"name": field.name, "in": field.place, "required": field.required, "schema": field.schema}
            for field in fields
            if field.place in places
        ],
    }
    body = _body([field for field in fields if field.place not in places])
    return operation | ({"requestBody": body} if body else {})


def _unique_id(route: Route, name: str, method: str, call: Call) -> str | None:
    """The name of an operation that is given none, as FastAPI makes it; `None` where the source does not show it."""
    path = None if route.path is None else _CONVERTER.sub(r"{\1}", route.path)
    made = route.words.get("generate_unique_id_function")
    if isinstance(made, Function):
        seen = Made(External("fastapi.routing.APIRoute"), [], {}, call.place)
        methods = [method.upper()]
        seen.names = {
            "name": name,
            "path": path,
            "path_format": path,
            "methods": methods,
            "tags": _tags(route.words),
        }
        return text(call.reader.call(made, [seen], {}, call.place))
    return None if path is None or made is not None else re.sub(r"\W", "_", f"{name}{path}") + f"_{method}"


def _fields(route: Route, call: Call) -> Iterator[Field]:
    holes = frozenset(_HOLE.findall(route.path or ""))
    seen: set[str] = set()
    for field in _fields_of(route.function, holes, call, 0):
        if field.name not in seen:
            seen.add(field.name)
            yield field


def _fields_of(function: Function, holes: frozenset[str], call: Call, depth: int) -> Iterator[Field]:
    reader = call.reader
    for name, annotation, default, given in parameters_of(function):
        hint = hinted(reader, annotation, function.scope)
        marker = _marker(default) or next(filter(None, map(_marker, _extras(hint))), None)
        place = "" if marker is None else _PLACES[marker.what.last]
        if place == "depends":
            wanted = marker.args[0] if marker is not None and marker.args else UNKNOWN
            if isinstance(wanted, Function) and depth < _DEEPEST:
                yield from _fields_of(wanted, holes, call, depth + 1)
            continue
        if isinstance(hint, External) and hint.last in _GIVEN:
            continue
        place = place or ("path" if name in holes else "query" if is_scalar(hint) else "body")
        schema = schema_of(reader, hint)
        words = {} if marker is None else marker.kwargs
        optional = (given and with_default(schema, default)) or bool(
            words.keys() & {"default", "default_factory"}
        )
        alias = text(words.get("alias"))
        shown = alias or (name.replace("_", "-") if place == "header" else name)
        embedded = place == "form" or plain(words.get("embed")) is True
        yield Field(
            name=shown,
            place=place,
            schema=schema,
            required=place == "path" or not optional,
            embedded=embedded,
        )


def _extras(hint: Value) -> tuple[Value, ...]:
    annotated = (
        isinstance(hint, Generic) and isinstance(hint.base, External) and hint.base.last == "Annotated"
    )
    return hint.args[1:] if annotated else ()


def _marker(value: Value) -> Made | None:
    known = isinstance(value, Made) and isinstance(value.what, External) and value.what.last in _PLACES
    return value if known and value.what.root != "pydantic" else None


def _body(fields: list[Field]) -> dict[str, Json]:
    """The `requestBody` of the fields that are sent in it."""
    if not fields:
        return {}
    form = any(field.place == "form" for field in fields)
    if len(fields) == 1 and not fields[0].embedded:
        schema = fields[0].schema
    else:
        properties = {field.name: field.schema for field in fields}
        required = [field.name for field in fields if field.required]
        schema = {"type": "object", "properties": properties, "required": required}
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    return {"content": {kind: {"schema": schema}}, "required": any(field.required for field in fields)}
