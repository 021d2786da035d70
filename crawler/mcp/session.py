"""One conversation with a server that was never met before: shake hands, list the tools, nothing else."""

import json
from dataclasses import dataclass
from typing import Protocol

from crawler.errors import CrawlerError
from crawler.mcp.jsonrpc import Bounds, Message, Refused, encode, parse
from crawler.tools import Json

LEGACY_VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
MODERN_VERSION = "2026-07-28"
CLIENT = {"name": "tollhouse", "version": "1"}

#: A list is larger than any message that a gate lets through, and comes once.
LIST_BOUNDS = Bounds(bytes=16_000_000, keys=400_000)
MOST_PAGES = 100
MOST_TOOLS = 2_000
#: Lines that are no message: banners, logs, junk. Many old servers print some.
MOST_JUNK = 1_000

METHOD_NOT_FOUND = -32601


class ConversationFailed(CrawlerError):
    """The server did not list its tools. The subclass says how; `detail` may quote the server."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail

    def __str__(self) -> str:
        return self.detail or "the server did not list its tools"


class Silent(ConversationFailed):
    """No answer in time."""


class Closed(ConversationFailed):
    """The server ended the conversation."""


class TooMuch(ConversationFailed):
    """The server said more than anyone has use for."""


class Garbled(ConversationFailed):
    """What the server said is not the protocol."""


class Declined(ConversationFailed):
    """The server answered a request with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class HandshakeDeclined(Declined):
    """The server knows no handshake, as one of the newer era does not."""


class Channel(Protocol):
    """Carries whole messages to one server and back."""

    def send(self, body: bytes) -> None:
        """Send one message; raises ConversationFailed."""

    def receive(self) -> bytes:
        """The next message's bytes, unparsed; raises Silent, Closed or TooMuch."""

    def settle(self, version: str) -> None:
        """Learn which revision of the protocol was agreed on."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What a server said of itself: the entries of its tools list verbatim, in its order."""

    tools: tuple[Json, ...]
    protocol_version: str
    server_info: dict[str, Json]
    instructions: str | None


class Session:
    """Speaks over one channel, in one of the two eras; an era cannot be changed on a channel."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._last_id = 0
        self._junk = 0
        self._meta: dict[str, Json] = {}

    def initialize(self) -> dict[str, Json]:
        """The handshake of the revisions up to 2025-11-25; its result."""
        offer = {"protocolVersion": LEGACY_VERSIONS[0], "capabilities": {}, "clientInfo": CLIENT}
        try:
            result = self._request("initialize", offer)
        except Declined as refusal:
            raise HandshakeDeclined(refusal.code, refusal.detail) from refusal
        version = result.get("protocolVersion")
        if version not in LEGACY_VERSIONS:
            raise Garbled(f"the server speaks the protocol revision {str(version)[:40]!r}")
        self._channel.settle(version)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return result

    def discover(self) -> dict[str, Json]:
        """The opening of revision 2026-07-28; its result."""
        self._meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
            "io.modelcontextprotocol/clientInfo": CLIENT,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        self._channel.settle(MODERN_VERSION)
        return self._request("server/discover", {})

    def list_tools(self) -> tuple[Json, ...]:
        """Every page of `tools/list`; a server without tools gives none."""
        tools: list[Json] = []
        cursors: set[str] = set()
        cursor = None
        for _ in range(MOST_PAGES):
            page = self._page(cursor)
            tools += _entries(page)
            if len(tools) > MOST_TOOLS:
                raise TooMuch(f"the server lists more than {MOST_TOOLS} tools")
            cursor = page.get("nextCursor")
            # The empty string is a cursor like any other; only its absence ends the list.
            if cursor is None:
                return tuple(tools)
            if not isinstance(cursor, str) or cursor in cursors:
                raise Garbled("the pages of the tools list go round in a circle")
            cursors.add(cursor)
        raise TooMuch(f"the tools list has more than {MOST_PAGES} pages")

    def _page(self, cursor: str | None) -> dict[str, Json]:
        try:
            return self._request("tools/list", {} if cursor is None else {"cursor": cursor})
        except Declined as refusal:
            if refusal.code == METHOD_NOT_FOUND:
                return {"tools": []}
            raise

    def _request(self, method: str, params: dict[str, Json]) -> dict[str, Json]:
        self._last_id += 1
        if self._meta:
            params = {**params, "_meta": self._meta}
        self._send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        while True:
            message = self._next()
            if message.kind == "request":
                self._refuse(message)
            elif message.kind == "response" and message.id in (self._last_id, None):
                return _result(message)

    def _refuse(self, message: Message) -> None:
        if message.method == "ping":
            self._send({"jsonrpc": "2.0", "id": message.id, "result": {}})
            return
        error = {"code": METHOD_NOT_FOUND, "message": "this client only lists tools"}
        self._send({"jsonrpc": "2.0", "id": message.id, "error": error})

    def _next(self) -> Message:
        while True:
            body = self._channel.receive()
            if body.lstrip()[:1] == b"{":
                try:
                    return parse(body, LIST_BOUNDS)
                except Refused as refusal:
                    # Loggers print JSON too; what names the protocol was meant as a message.
                    if b'"jsonrpc"' in body:
                        raise Garbled(refusal.reason) from refusal
            self._junk += 1
            if self._junk > MOST_JUNK:
                raise TooMuch(f"more than {MOST_JUNK} lines that are no message")

    def _send(self, body: dict[str, Json]) -> None:
        self._channel.send(encode(body))


def converse(channel: Channel, *, modern: bool = False) -> Listing:
    """Shake hands in the older or the newer way, then list the tools; raises ConversationFailed."""
    session = Session(channel)
    hello = session.discover() if modern else session.initialize()
    version = MODERN_VERSION if modern else hello["protocolVersion"]
    tools = session.list_tools()
    instructions = hello.get("instructions")
    return Listing(
        tools=tools,
        protocol_version=version,
        server_info=_server_info(hello),
        instructions=instructions if isinstance(instructions, str) else None,
    )


def _server_info(hello: dict[str, Json]) -> dict[str, Json]:
    meta = hello.get("_meta")
    info = hello.get("serverInfo") or (
        meta.get("io.modelcontextprotocol/serverInfo") if isinstance(meta, dict) else None
    )
    return info if isinstance(info, dict) else {}


def _result(message: Message) -> dict[str, Json]:
    error = message.body.get("error")
    if error is not None:
        raise Declined(error["code"], error["message"][:1000])
    # Numbers that a double cannot carry are decimals to the parser; here they are read as everyone reads them.
    result: dict[str, Json] = json.loads(message.encoded)["result"]
    return result


def _entries(page: dict[str, Json]) -> list[Json]:
    tools = page.get("tools", [])
    if not isinstance(tools, list):
        raise Garbled("the tools list is not a list")
    return tools
