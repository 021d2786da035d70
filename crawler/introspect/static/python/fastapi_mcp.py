"""The tools that FastApiMCP makes of the routes of an application, named and chosen as it does."""

from collections.abc import Iterator

from crawler.introspect.static.python.calls import Call
from crawler.introspect.static.python.fastapi import is_application, operations
from crawler.introspect.static.python.openapi import fields_of_body
from crawler.introspect.static.python.values import Made, text
from crawler.introspect.static.unknown import Value
from crawler.tools import Json

#: The methods of which it makes tools, and the calls that put its server before the world.
_METHODS = frozenset({"get", "post", "put", "delete", "patch"})
MOUNTS = ("mount", "mount_http", "mount_sse")


def tools_of_routes(call: Call) -> Iterator[tuple[dict[str, Json], float]]:
    """The entries that `FastApiMCP(application, ...)` makes, each with how sure it is; without what it says of answers."""
    application = call.given("fastapi").get("fastapi")
    if not isinstance(application, Made) or not is_application(application):
        return
    for path, method, operation, certainty in operations(application, call):
        name = operation["operationId"]
        if isinstance(name, str) and method in _METHODS:
            chosen = _is_chosen(name, operation["tags"], call)
            if chosen is not False:
                yield _entry(name, path, method, operation), certainty * (1.0 if chosen else 0.9)


def _is_chosen(name: str, tags: list[str], call: Call) -> bool | None:
    """Whether the words of the call let an operation through; `None` where the source does not show them."""
    answers: list[bool | None] = []
    for kind, own in (("operations", {name}), ("tags", set(tags))):
        for word, wanted in (("include", True), ("exclude", False)):
            given = call.kwargs.get(f"{word}_{kind}")
            if given is not None:
                answers.append(_has(given, own, call, wanted=wanted))
                break
    return True if not answers or True in answers else None if None in answers else False


def _has(given: Value, own: set[str], call: Call, *, wanted: bool) -> bool | None:
    items = call.reader.items(given)
    names = [text(item) for item in items or ()]
    if items is None or None in names:
        return None
    return bool(own & set(names)) is wanted


def _entry(name: str, path: str, method: str, operation: dict[str, Json]) -> dict[str, Json]:
    description = operation["summary"] or f"{method.upper()} {path}"
    if operation["description"]:
        description += f"\n\n{operation['description']}"
    shown = [one for one in operation["parameters"] if one["in"] in {"path", "query"}]
    # It has those of the path before all others.
    shown.sort(key=lambda one: one["in"] == "query")
    body, needed = fields_of_body(operation.get("requestBody"))
    fields = {one["name"]: one["schema"] for one in shown} | body
    properties = {field: _property(field, schema) for field, schema in fields.items()}
    required = [one["name"] for one in shown if one["required"]] + needed
    schema: dict[str, Json] = {"type": "object", "properties": properties, "title": f"{name}Arguments"}
    return {
        "name": name,
        "description": description,
        "inputSchema": schema | ({"required": required} if required else {}),
    }


def _property(name: str, schema: dict[str, Json]) -> dict[str, Json]:
    """A field under its own name; of several types it names the first that is one, and FastAPI tells no default of null."""
    options = schema.get("anyOf")
    kinds = [option.get("type") for option in options] if isinstance(options, list) else []
    kind = next((one for one in kinds if one not in {None, "null"}), "string")
    shown = {key: value for key, value in schema.items() if key != "default" or value is not None}
    return {**shown, "title": name} | ({} if "type" in schema else {"type": kind})
