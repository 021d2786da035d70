"""Pages in browsers whose origin the operator has named: what a browser must hear before it lets them ask, and read answers.

By the Fetch standard. No credentials of the browser's own are ever asked for: a page shows its token like everybody else.
"""

from collections.abc import Iterable

from enforce.transports.http.messages import Headers, Request

#: What a page may send beside what any page may, and read beside what any may; with the protocol's own headers.
_SENT = frozenset(
    {b"authorization", b"content-type", b"last-event-id", b"traceparent", b"tracestate", b"baggage"}
)
_READ = b"mcp-session-id, mcp-protocol-version, www-authenticate, retry-after"
_PROTOCOL = b"mcp-"

#: Seconds for which a browser may keep what it heard; a taken-back origin is refused all the same.
KEEP = b"600"


class Pages:
    """The origins that were named, and no other: neither all, nor pages without an origin, nor the gate's own address."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = {origin.lower().encode() for origin in origins}

    def answer_headers(self, request: Request) -> Headers:
        """What every answer to a page has, so that it may be read there; nothing for anybody else."""
        origin = request.fields.get(b"origin")
        if origin is None or origin.lower() not in self._origins:
            return []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _READ),
            (b"vary", b"origin"),
        ]

    def preflight(self, request: Request) -> Headers | None:
        """What a browser hears that asks first; `None` where it does not, or for a page that may not ask."""
        asked = b"access-control-request-method" in request.fields
        if request.method != "OPTIONS" or not asked or not self.answer_headers(request):
            return None
        named = request.fields.get(b"access-control-request-headers", b"").lower().split(b",")
        sent = [name for each in named if _may_send(name := each.strip())]
        return [
            (b"access-control-allow-methods", b"GET, POST, DELETE"),
            (b"access-control-allow-headers", b", ".join(sent)),
            (b"access-control-max-age", KEEP),
        ]


def _may_send(name: bytes) -> bool:
    return name in _SENT or name.startswith(_PROTOCOL)
