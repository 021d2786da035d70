"""A request and the head of a response, as they stood on the wire."""

from collections.abc import Iterable
from http import HTTPStatus

from msgspec import Struct

#: Names are in lower case.
Headers = list[tuple[bytes, bytes]]

#: Bytes that the headers of a message may take.
LARGEST_HEAD = 65_536

#: Headers that speak of one hop, or of who is on it, and so are never passed on.
OF_ONE_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
    | {b"content-length", b"host", b"origin", b"expect", b"accept-encoding"}
    | {b"authorization", b"proxy-authorization", b"proxy-authenticate", b"cookie", b"set-cookie"}
)


class Request(Struct, frozen=True, kw_only=True):
    """A whole request."""

    method: str
    #: Without the query.
    path: str
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """The value of a header that may occur once; raises Repeated."""
        return single(self.headers, name)


class Repeated(Exception):
    """A header that may occur once occurs twice, so that two readers could take it differently."""

    def __init__(self, name: bytes) -> None:
        super().__init__(name)
        self.name = name


def single(headers: Headers, name: bytes) -> bytes | None:
    """The value of a header that may occur once."""
    values = [value for key, value in headers if key == name]
    if len(values) > 1:
        raise Repeated(name)
    return values[0] if values else None


def passed_on(headers: Headers) -> Headers:
    """The headers that concern the other side too; those that `Connection` names are of one hop."""
    named = {
        word.strip().lower() for key, value in headers if key == b"connection" for word in value.split(b",")
    }
    return [(key, value) for key, value in headers if key not in OF_ONE_HOP and key not in named]


def head(first: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bytes of a message's head."""
    return b"".join([first, b"\r\n", *(b"%s: %s\r\n" % pair for pair in headers), b"\r\n"])


def status_line(status: int) -> bytes:
    """The first line of a response."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}".encode()
