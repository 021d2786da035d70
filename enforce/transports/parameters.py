"""Arguments that a tool's schema wants to be repeated as HTTP headers."""

from collections.abc import Iterator
from typing import Any

from enforce.transports.http.doorway import encoded
from enforce.transports.http.messages import Headers

_KEY = "x-mcp-header"


def parameter_headers(schema: Any, arguments: dict[str, Any]) -> Headers:
    """The `Mcp-Param-*` headers of a call; a value that is missing, null or no plain one has none."""
    return [
        (b"mcp-param-" + name.lower().encode(), encoded(text))
        for name, value in _marked(schema, arguments)
        if (text := _text(value)) is not None
    ]


def _marked(schema: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """The name and the value of each marked property, as far as `properties` alone lead."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not isinstance(value, dict):
        return
    for key, part in properties.items():
        if key in value and isinstance(part, dict):
            name = part.get(_KEY)
            if isinstance(name, str) and name.isascii() and name.replace("-", "").replace("_", "").isalnum():
                yield name, value[key]
            yield from _marked(part, value[key])


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None
