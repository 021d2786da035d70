"""Arguments that a tool's schema wants to be repeated as HTTP headers."""

import re
from collections.abc import Iterator
from typing import Any

from crawler.mcp.jsonrpc import Message, Refused
from enforce.transports.http.doorway import HEADER_MISMATCH, decoded, encoded
from enforce.transports.http.messages import Headers, Request

#: How these headers begin.
PARAMETER = b"mcp-param-"

_KEY = "x-mcp-header"
#: What may stand in the name of a header.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def parameter_headers(schema: Any, arguments: dict[str, Any]) -> Headers:
    """The `Mcp-Param-*` headers of a call; a value that is missing, null or no plain one has none."""
    return [
        (PARAMETER + name.lower().encode(), encoded(text))
        for name, value in _marked(schema, arguments)
        if (text := _text(value)) is not None
    ]


def check_parameters(request: Request, message: Message, schema: Any) -> None:
    """Raise Refused where an `Mcp-Param-*` header says another thing than the argument that its tool's schema marks.

    One of an argument that is not given says another thing too, and nobody has judged it.
    """
    arguments = message.params.get("arguments", {})
    for name, value in _marked(schema, arguments):
        header = request.header(PARAMETER + name.lower().encode())
        if header is not None and not _says(decoded(header), value):
            words = f"Header mismatch: the mcp-param-{name.lower()} header value does not match the body"
            raise Refused(HEADER_MISMATCH, words, message.id)


def _says(header: str | None, value: Any) -> bool:
    """Whether a header repeats a value; numbers are compared as numbers."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (
            header is not None and re.fullmatch(r"-?[0-9]{1,30}", header) is not None and int(header) == value
        )
    return header is not None and header == _text(value)


def _marked(schema: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """The name and the value of each marked property, as far as `properties` alone lead; `None` where there is none."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return
    given = value if isinstance(value, dict) else {}
    for key, part in properties.items():
        if isinstance(part, dict):
            name = part.get(_KEY)
            if isinstance(name, str) and _TOKEN.fullmatch(name):
                yield name, given.get(key)
            yield from _marked(part, given.get(key))


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None
