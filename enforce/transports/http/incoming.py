"""Requests out of the bytes that come in on a connection, each of them within bounds."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable

import httptools

from enforce.transports.http.heads import Heads
from enforce.transports.http.messages import LARGEST_HEAD, Headers, Request

#: Bytes of a body; JSON that is larger would be refused all the same.
LARGEST_BODY = 10_000_000

#: Pieces of a body: so many chunks of a few bytes would cost many times what they carry.
MOST_PIECES = 100_000

#: Bytes that surround a body, such as sizes of chunks, beyond one for each of its own.
MOST_AROUND = 524_288

#: Bytes of bodies that are still coming in, over all connections.
MOST_COMING = 256_000_000

#: Seconds in which a request must have come in whole.
PATIENCE = 60.0

#: Whether who asks is let in, by what stands before the body.
Admits = Callable[[Request], bool]


class Load:
    """What all connections of a port hold together."""

    def __init__(self) -> None:
        #: Bytes of bodies that are still coming in.
        self.coming = 0


class Incoming(asyncio.Protocol):
    """What one client sends; whoever answers it says what becomes of a request that cannot be read."""

    #: The first value of each header of the request that is coming in.
    _fields: dict[bytes, bytes]
    #: What has come of its body, and how many bytes that is.
    _body: list[bytes]
    _coming = 0
    #: Whether its sender is let in, so that the rest of its body is waited for.
    _is_let_in = False

    def __init__(self, admits: Admits, load: Load) -> None:
        self._admits = admits
        self._load = load
        self._parser = httptools.HttpRequestParser(self)
        #: Requests without their bodies; clients repeat what stands before them.
        self._known: Heads[Request] = Heads()
        #: Requests that wait for those before them to be answered, and whether another may follow each of them.
        self._waiting: list[tuple[Request, bool]] = []
        self._timer: asyncio.TimerHandle | None = None
        #: Whether nothing more is read.
        self._refused = False
        self._reset()

    @abstractmethod
    def _refuse(self, status: int) -> None:
        """A request that cannot be read ends the connection."""

    @abstractmethod
    def _let_go_on(self) -> None:
        """The client waits to be told that it may send the body."""

    def _read(self, data: bytes) -> None:
        """Have the parser read what begins with no head that is known, and bound what it keeps."""
        is_fresh, before = not self._begun, len(self._waiting)
        self._wire += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(400)
        if self._wire - 2 * self._size > MOST_AROUND:  # the parser keeps a header until it has all of it
            self._refuse(431)
        if self._headed and not self._refused:
            self._turn_away()
        if self._begun and self._timer is None and not self._refused:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._refuse, 408)
        if is_fresh and not self._begun and len(self._waiting) == before + 1:
            self._note(data, *self._waiting[-1])

    def _turn_away(self) -> None:
        """Wait for the rest of a body only where who sends it is let in; anybody else hears why not at once."""
        if not self._is_let_in:
            request = self._request(b"")
            self._is_let_in = self._admits(request)
            if not self._is_let_in:
                self._refused = True
                self._stop_timer()
                self._forget_body()
                self._waiting.append((request, False))

    def _note(self, data: bytes, request: Request, keep_alive: bool) -> None:
        """Remember the head of a request that *data* was the whole of, where it can be repeated as it is."""
        fields, length = request.fields, request.fields.get(b"content-length")
        if (
            keep_alive
            and length is not None
            and len(fields) == len(request.headers)  # no header occurs twice
            and request.method == "POST"
            and b"transfer-encoding" not in fields
            and b"expect" not in fields
        ):
            known = Request(
                method=request.method,
                path=request.path,
                headers=[pair for pair in request.headers if pair[0] != b"content-length"],
                fields={name: value for name, value in fields.items() if name != b"content-length"},
                body=b"",
                findings=request.findings,
            )
            self._known.note(data, known, length, request.body)

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._begun = True

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._headed or self._refused:  # trailers are of no use to anybody
            return
        self._size += len(name) + len(value) + 4
        if self._size > LARGEST_HEAD:
            self._refuse(431)
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._headed = True
        self._fields = dict(reversed(self._headers))  # of those that occur twice, the first
        if self._size + len(self._url) > LARGEST_HEAD:
            self._refuse(431)
        elif self._fields.get(b"transfer-encoding", b"chunked").lower() != b"chunked":
            self._refuse(400)  # the parser takes any list that ends with chunked, and undoes no other coding
        elif b"transfer-encoding" in self._fields and self._parser.get_http_version() == "1.0":
            self._refuse(
                400
            )  # readers of that version know no codings, and would find another request in the body
        elif self._fields.get(b"expect", b"").lower() == b"100-continue":
            self._let_go_on()

    def on_body(self, data: bytes) -> None:
        if self._refused:
            return
        self._size += len(data)
        if self._size > LARGEST_BODY + LARGEST_HEAD or len(self._body) >= MOST_PIECES:
            self._refuse(413)
        elif self._load.coming > MOST_COMING:
            self._refuse(503)
        else:
            self._body.append(data)
            self._load.coming += len(data)
            self._coming += len(data)

    def on_message_complete(self) -> None:
        if self._parser.should_upgrade():
            self._refuse(400)
        if self._refused:
            return
        self._stop_timer()
        request = self._request(b"".join(self._body))
        keep_alive = self._parser.should_keep_alive()
        if not keep_alive:
            self._known.forget()  # nothing may follow, which the parser sees to
        self._waiting.append((request, keep_alive))
        self._reset()

    # What both need.

    def _request(self, body: bytes) -> Request:
        return Request(
            method=self._parser.get_method().decode("ascii"),
            path=self._url.partition(b"?")[0].decode("ascii", "replace"),
            headers=self._headers,
            fields=self._fields,
            body=body,
        )

    def _forget_body(self) -> None:
        self._load.coming -= self._coming
        self._coming = 0
        self._body = []

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _reset(self) -> None:
        self._url = b""
        self._headers: Headers = []
        self._fields = {}
        self._forget_body()
        #: Bytes that came in, and those of them that are headers or body.
        self._wire = self._size = 0
        self._begun = self._headed = self._is_let_in = False
