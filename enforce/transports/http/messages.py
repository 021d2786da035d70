"""A request and the head of a response, as they stood on the wire."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus

from msgspec import Struct, field

#: Names are in lower case.
Headers = list[tuple[bytes, bytes]]

#: Bytes that the headers of a message may take.
LARGEST_HEAD = 65_536

#: Headers that concern the other side too, beside those of the protocol. All others stay behind: they speak of one hop,
#: or could steer what stands before a server, such as `X-Original-URL`, or be credentials that were meant for us.
_PASSED_ON = frozenset({
    b"accept", b"accept-language", b"user-agent", b"traceparent", b"tracestate", b"baggage",
    b"allow", b"cache-control", b"retry-after", b"x-accel-buffering",
})  # fmt: skip
_PROTOCOL = b"mcp-"


class Findings(Struct, kw_only=True):
    """What was found out about the head of a request, once for all that repeat its bytes. Who asks is not among it."""

    #: The doorway that lets it in.
    doorway: object = None
    #: Whether it belongs to the revisions without handshake and session.
    modern: bool | None = None
    #: The credentials with which it was last passed on, and the head that it had then, up to the length of the body.
    onward: tuple[Headers, bytes] | None = None


class Request(Struct, frozen=True, kw_only=True):
    """A whole request."""

    method: str
    #: Without the query.
    path: str
    headers: Headers
    #: The first value of each header.
    fields: dict[bytes, bytes]
    body: bytes
    findings: Findings = field(default_factory=Findings)

    @property
    def repeated(self) -> set[bytes]:
        """Headers that occur more than once."""
        if len(self.fields) == len(self.headers):
            return set()
        counts = Counter(key for key, _ in self.headers)
        return {name for name, count in counts.items() if count > 1}

    def header(self, name: bytes) -> bytes | None:
        """The value of a header that occurs once; the doorway has turned away requests that repeat one of those."""
        return self.fields.get(name)


class ResponseHead(Struct, kw_only=True):
    """What stands before the body of a response."""

    status: int
    headers: Headers
    #: What whoever passes it on has made of it, once for all responses that repeat its bytes.
    made: object = None


def single(headers: Headers, name: bytes) -> bytes | None:
    """The last value of a header."""
    for key, value in reversed(headers):
        if key == name:
            return value
    return None


def passed_on(headers: Headers) -> Headers:
    """The headers that concern the other side too."""
    return [(key, value) for key, value in headers if key in _PASSED_ON or key.startswith(_PROTOCOL)]


def head(first: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bytes of a message's head."""
    return b"".join([first, b"\r\n", *[b"%b: %b\r\n" % pair for pair in headers], b"\r\n"])


def upto_length(first: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bytes of a message's head up to the length of its body, which follows with the end of the head."""
    return head(first, headers)[:-2] + b"content-length: "


@cache
def status_line(status: int) -> bytes:
    """The first line of a response."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}".encode()
