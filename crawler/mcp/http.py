"""Messages over HTTP to one hosted server: streamable HTTP of both eras, and the older pair of an event stream and a post box."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from crawler.mcp.addresses import Address
from crawler.mcp.session import Closed, ConversationFailed, Declined, Garbled, Silent, TooMuch

_ACCEPT = "application/json, text/event-stream"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long and how much a hosted server may speak."""

    #: Seconds from the first request until the list must be complete.
    total: float = 60.0
    #: Bytes of all answers together, after decompression.
    bytes: int = 32_000_000


class _Web:
    """One origin, pinned to the address that was checked; no redirects, no credentials, no proxy."""

    def __init__(self, address: Address, bounds: Bounds, now: Callable[[], float]) -> None:
        self.address = address
        self._left = bounds.bytes
        self._now = now
        self._deadline = now() + bounds.total
        self._client = httpx.Client(
            trust_env=False, follow_redirects=False, timeout=10.0, headers={"User-Agent": "tollhouse"}
        )

    def ask(
        self, method: str, target: str, headers: dict[str, str], content: bytes | None = None
    ) -> httpx.Response:
        """Send a request to a path of the origin; the answer's body is still to be read."""
        seconds = self._seconds()
        try:
            request = self._client.build_request(
                method,
                self.address.pinned(target),
                headers={"Host": self.address.host_header, **headers},
                content=content,
                extensions={"sni_hostname": self.address.host},
                timeout=httpx.Timeout(seconds, connect=min(10.0, seconds)),
            )
            response = self._client.send(request, stream=True)
        except httpx.InvalidURL as error:
            raise Garbled(f"it leads to no address: {error}") from error
        except httpx.TimeoutException as error:
            raise Silent("no answer in time") from error
        except httpx.HTTPError as error:
            raise Closed(f"no connection: {error}") from error
        if response.is_redirect:
            response.close()
            raise Closed("it answers with a redirect, which is not followed")
        return response

    def chunks(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it arrives, bounded."""
        try:
            for chunk in response.iter_bytes():
                self._left -= len(chunk)
                self._seconds()
                if self._left < 0:
                    raise TooMuch("more bytes than anyone has use for")
                yield chunk
        except httpx.TimeoutException as error:
            raise Silent("no answer in time") from error
        except httpx.HTTPError as error:
            raise Closed(f"the connection broke: {error}") from error

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _seconds(self) -> float:
        left = self._deadline - self._now()
        if left <= 0:
            raise Silent("no answer in time")
        return left


class StreamableChannel:
    """The transport of the revisions from 2025-03-26 on: each message is a POST, answers come as JSON or as events."""

    def __init__(
        self, address: Address, bounds: Bounds = Bounds(), now: Callable[[], float] = time.monotonic
    ) -> None:
        self._web = _Web(address, bounds, now)
        self._headers = {"Accept": _ACCEPT, "Content-Type": "application/json"}
        self._waiting: deque[bytes] = deque()
        self._events: Iterator[tuple[str, bytes]] | None = None
        self._modern = False

    def settle(self, version: str) -> None:
        """Name the revision with every request from now on."""
        self._headers["MCP-Protocol-Version"] = version
        self._modern = version >= "2026"

    def send(self, body: bytes) -> None:
        """Post one message; what is answered waits to be received."""
        headers = dict(self._headers)
        message = json.loads(body)
        if self._modern and "method" in message:
            headers["Mcp-Method"] = message["method"]
        response = self._web.ask("POST", self._web.address.target, headers, body)
        session = response.headers.get("mcp-session-id")
        if session and not session.isascii():
            response.close()
            raise Garbled("its session has a name that no header can repeat")
        if session:
            self._headers["Mcp-Session-Id"] = session
        if "id" in message and "method" in message:
            self._take(response)
        else:
            response.close()

    def receive(self) -> bytes:
        """The next message of the last answer; raises Closed after its end."""
        if self._waiting:
            return self._waiting.popleft()
        for event, data in self._events or ():
            if event == "message" and data:
                return data
        raise Closed("the answer ended")

    def close(self) -> None:
        """End the session, if there is one."""
        try:
            if "Mcp-Session-Id" in self._headers:
                self._web.ask("DELETE", self._web.address.target, self._headers).close()
        except (Closed, Silent):
            pass
        self._web.close()

    def _take(self, response: httpx.Response) -> None:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.is_success and kind == "text/event-stream":
            self._events = events(self._web.chunks(response))
            return
        body = b"".join(self._web.chunks(response))
        response.close()
        if not response.is_success and not (kind == "application/json" and b'"jsonrpc"' in body):
            raise Declined(
                response.status_code, f"it answered {response.status_code} {response.reason_phrase}".strip()
            )
        self._waiting.append(body)


class EventChannel:
    """The transport of revision 2024-11-05: one stream of events brings everything, the first names where to post."""

    def __init__(
        self, address: Address, bounds: Bounds = Bounds(), now: Callable[[], float] = time.monotonic
    ) -> None:
        self._web = _Web(address, bounds, now)
        try:
            self._events = self._stream()
            self._box = self._post_box()
        except ConversationFailed:
            self._web.close()
            raise

    def settle(self, version: str) -> None:
        """Nothing changes on this wire."""

    def send(self, body: bytes) -> None:
        """Post one message into the box."""
        response = self._web.ask("POST", self._box, {"Content-Type": "application/json"}, body)
        response.close()
        if not response.is_success:
            raise Declined(response.status_code, f"it answered {response.status_code}")

    def receive(self) -> bytes:
        """The next message of the stream."""
        for event, data in self._events:
            if event == "message" and data:
                return data
        raise Closed("the stream ended")

    def close(self) -> None:
        """Close the stream."""
        self._web.close()

    def _stream(self) -> Iterator[tuple[str, bytes]]:
        response = self._web.ask("GET", self._web.address.target, {"Accept": "text/event-stream"})
        if not response.is_success or "text/event-stream" not in response.headers.get("content-type", ""):
            response.close()
            raise Closed(f"no event stream: it answered {response.status_code}")
        return events(self._web.chunks(response))

    def _post_box(self) -> str:
        for event, data in self._events:
            if event == "endpoint":
                target = self._web.address.same_origin(data.decode("utf-8", "replace"))
                if target is None:
                    raise Garbled("the stream names a post box of another origin")
                return target
        raise Closed("the stream ended")


def events(chunks: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """Names and data of server-sent events; comments and other fields are passed by."""
    name, data = "message", list[bytes]()
    for line in _lines(chunks):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not line:
            if data:
                yield name, b"\n".join(data)
            name, data = "message", []
        elif field == b"event":
            name = value.decode("utf-8", "replace")
        elif field == b"data":
            data.append(value)


def _lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines that end in any of the three ways that the format allows."""
    rest = b""
    for chunk in chunks:
        # A carriage return at the end may be half of a line's end.
        text = (rest + chunk).replace(b"\r\n", b"\n")
        held = b"\r" if text.endswith(b"\r") else b""
        *whole, rest = text[: len(text) - len(held)].replace(b"\r", b"\n").split(b"\n")
        rest += held
        yield from whole
    if rest:
        yield rest.rstrip(b"\r")
