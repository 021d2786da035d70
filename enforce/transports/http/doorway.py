"""What a request must be before anybody reads its body: from the right place, of the right kind, unambiguous."""

import base64
import binascii
import json
import re
from collections.abc import Iterable

from crawler.mcp.jsonrpc import Message, Refused
from enforce.transports.http.messages import Request

HEADER_MISMATCH = -32020

#: Revisions that open with a handshake, and whose requests carry neither routing headers nor versions of their own.
HANDSHAKE_REVISIONS = frozenset({b"2024-11-05", b"2025-03-26", b"2025-06-18", b"2025-11-25"})

#: The header that names what a request is about, and the parameter that it repeats.
NAMED_BY = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}

VERSION, METHOD, NAME, SESSION = b"mcp-protocol-version", b"mcp-method", b"mcp-name", b"mcp-session-id"

#: In the older revisions: the last event that the client has seen of a stream that broke.
RESUMED = b"last-event-id"

#: Headers of which a second copy would let two readers see two requests.
SINGLE = frozenset(
    {b"host", b"origin", b"content-type", b"authorization", RESUMED, VERSION, METHOD, NAME, SESSION}
)

PROTOCOL_KEY = "io.modelcontextprotocol/protocolVersion"
_PLAIN = re.compile(rb"[\x20-\x7e]*")
_ENCODED = re.compile(rb"=\?base64\?(.*)\?=")


class Turned(Exception):
    """A request that goes no further: the status and one sentence to answer with."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status, words)
        self.status = status
        self.words = words


class Doorway:
    """Checks where requests come from. A page in a browser can reach a loopback port, but not choose these headers."""

    def __init__(self, hosts: Iterable[str], origins: Iterable[str] = ()) -> None:
        self._hosts = {host.lower().encode() for host in hosts}
        own = {f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")}
        self._origins = {origin.lower().encode() for origin in {*own, *origins}}

    def check(self, request: Request) -> None:
        """Raise Turned for a request from the wrong place, or one that can be read in two ways."""
        if request.findings.doorway is self:  # which never changes, and looks at nothing but the head
            return
        self.check_place(request)
        if request.method == "POST" and not is_json(request):
            raise Turned(415, "the body must be application/json")
        request.findings.doorway = self

    def check_place(self, request: Request) -> None:
        """Raise Turned where a request names another host, or comes from a foreign page."""
        for name in request.repeated:
            if _is_read(name):
                raise Turned(400, f"the header {name.decode()} occurs twice")
        named = request.fields.get(b"connection")
        if named is not None and any(_is_read(name.strip()) for name in named.lower().split(b",")):
            raise Turned(400, "a header that must be passed on is said to concern this connection alone")
        host = request.header(b"host")
        if host is None or host.lower() not in self._hosts:
            raise Turned(421, "this host is not served here")
        origin = request.header(b"origin")
        if origin is not None and origin.lower() not in self._origins:
            raise Turned(403, "this origin is not allowed")


def _is_read(name: bytes) -> bool:
    return name in SINGLE or name.startswith(b"mcp-")


def is_json(request: Request) -> bool:
    """Whether the body is declared to be JSON in UTF-8, and not encoded on top."""
    said = request.fields.get(b"content-type", b"")
    if said == b"application/json":  # as most say it
        return b"content-encoding" not in request.fields
    kind, *parameters = said.lower().split(b";")
    charsets = [
        value.strip(b' "')
        for part in parameters
        for name, _, value in (part.partition(b"="),)
        if name.strip() == b"charset"
    ]
    is_utf8 = all(charset in (b"utf-8", b"utf8") for charset in charsets)
    return kind.strip() == b"application/json" and is_utf8 and b"content-encoding" not in request.fields


def is_modern(request: Request) -> bool:
    """Whether a request belongs to the revisions without handshake and session."""
    modern = request.findings.modern
    if modern is None:
        version = request.header(VERSION)
        modern = request.findings.modern = version is not None and version not in HANDSHAKE_REVISIONS
    return modern


def check_headers(request: Request, message: Message, *, complete: bool = False) -> None:
    """Raise Refused where a header says another thing than the body, which alone is judged.

    Where they must be *complete*, a request without the headers of its revision is refused as well: that is for who
    stands in for a server that would see them.
    """
    meta = message.params.get("_meta")
    key = NAMED_BY.get(message.method, "")
    told = (
        (VERSION, meta.get(PROTOCOL_KEY) if isinstance(meta, dict) else None),
        (METHOD, message.method),
        (NAME, message.params.get(key)),
    )
    for name, value in told:
        header = request.header(name)
        if header is not None and value is not None and decoded(header) != value:
            words = f"Header mismatch: {name.decode()} header value does not match the body"
            raise Refused(HEADER_MISMATCH, words, message.id)
        if complete and header is None and value is not None and message.kind == "request":
            words = f"Header mismatch: the {name.decode()} header is missing"
            raise Refused(HEADER_MISMATCH, words, message.id)


def decoded(value: bytes) -> str | None:
    """The text of a header, which may be wrapped in base64; `None` for a wrapping that no encoder makes."""
    wrapped = _ENCODED.fullmatch(value)
    try:
        if wrapped is None:
            return value.decode("ascii")
        text = base64.b64decode(wrapped[1], validate=True)
        return text.decode("utf-8") if base64.b64encode(text) == wrapped[1] else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def encoded(text: str) -> bytes:
    """The text as a header: as it is where it may stand there, else wrapped in base64."""
    raw = text.encode()
    if _PLAIN.fullmatch(raw) and raw == raw.strip() and not _ENCODED.fullmatch(raw):
        return raw
    return b"=?base64?%s?=" % base64.b64encode(raw)


def sentence(words: str) -> bytes:
    """One sentence as a JSON-RPC error that belongs to no request, for those turned away at the door."""
    error = {"code": -32600, "message": words}
    return json.dumps({"jsonrpc": "2.0", "id": None, "error": error}, separators=(",", ":")).encode()
