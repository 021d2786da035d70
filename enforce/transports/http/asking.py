"""Requests to an upstream over connections that are kept, and responses as they come."""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import cast

import httptools

from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.heads import Heads
from enforce.transports.http.messages import LARGEST_HEAD, Headers, ResponseHead, head, upto_length

#: Seconds for which an idle connection is used again; servers commonly close theirs after five.
KEEP = 4.0

#: Seconds to wait for a connection.
PATIENCE = 10.0

#: Pieces of a body: so many chunks of a few bytes would cost many times what they carry.
MOST_PIECES = 100_000

#: Bytes that may wait unread before the upstream has to wait too.
MOST_UNREAD = 262_144

#: Bytes of all answers of one upstream that have come in part.
MOST_GATHERED = 256_000_000


class Response:
    """A response whose body may still be coming."""

    def __init__(self, connection: "_Connection", head: ResponseHead) -> None:
        self._connection = connection
        self.head = head

    @property
    def status(self) -> int:
        """The status, 200 or above."""
        return self.head.status

    @property
    def headers(self) -> Headers:
        """The headers, with names in lower case."""
        return self.head.headers

    def is_whole(self) -> bool:
        """Whether nothing of it is still to come."""
        return self._connection.is_whole

    def at_hand(self) -> bytes:
        """The body of a response that is whole, which is then done with."""
        return self._connection.take_all()

    async def piece(self) -> bytes:
        """The next piece of the body, empty at its end; raises UpstreamFailed where the body is cut off."""
        return await self._connection.piece()

    async def body(self, limit: int) -> bytes:
        """The whole body; raises UpstreamFailed above *limit* bytes."""
        pieces, size = [], 0
        try:
            while piece := await self.piece():
                size += len(piece)
                pieces.append(piece)
                self.gather(len(piece))
                if size > limit or len(pieces) > MOST_PIECES:
                    self.close()
                    raise UpstreamFailed(
                        f"the upstream's answer is larger than {limit} bytes, or in too many pieces"
                    )
        finally:
            self.gather(-size)
        return b"".join(pieces)

    def gather(self, bytes: int) -> None:
        """So many bytes more are kept of it before it is whole, or fewer, where the number is negative; raises UpstreamFailed where all answers together take too many."""
        owner = self._connection.owner
        owner.gathered += bytes
        if bytes > 0 and owner.gathered > MOST_GATHERED:
            self.close()
            raise UpstreamFailed("the upstream keeps too many large answers unfinished at once")

    def close(self) -> None:
        """Read no further. A body that was not read to its end costs the connection."""
        self._connection.release()


#: Takes a response with what has come of its body, or hears why there is none.
Then = Callable[[Response | UpstreamFailed], None]


class Upstream:
    """Connections to one address."""

    def __init__(self, address: Address, context: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.context = (context or ssl.create_default_context()) if address.tls else None
        self._idle: list[_Connection] = []
        self._host = (b"host", address.host_header)
        #: Requests by `ask_now` whose response has not begun.
        self.in_flight = 0
        #: Bytes of answers that have come in part.
        self.gathered = 0

    async def ask(self, method: str, headers: Headers, body: bytes) -> Response:
        """Send a request and wait for the head of the response; raises UpstreamFailed. Nothing is sent twice."""
        connection = self._reuse() or await self._connect()
        connection.send(self._request(method, headers, body))
        try:
            found = await connection.headed()
        except asyncio.CancelledError:
            connection.abort()
            raise
        return Response(connection, found)

    def ask_now(self, upto: bytes, body: bytes, then: Then) -> Callable[[], None] | None:
        """Send a request over a connection that is open already, and call *then* once its response begins.

        The head is as `head_upto` made it. Gives what ends the request early, or `None` where no connection is open,
        and so nothing was sent.
        """
        connection = self._reuse()
        if connection is None:
            return None
        self.in_flight += 1
        connection.send(b"%b%d\r\n\r\n%b" % (upto, len(body), body), then)
        return connection.forget

    def head_upto(self, method: str, headers: Headers) -> bytes:
        """The head of a request with a body, up to the body's length."""
        return upto_length(self._first(method), [self._host, *headers])

    def _request(self, method: str, headers: Headers, body: bytes) -> bytes:
        length = [(b"content-length", b"%d" % len(body))] if body or method == "POST" else []
        return head(self._first(method), [self._host, *headers, *length]) + body

    def _first(self, method: str) -> bytes:
        return f"{method} {self.address.path} HTTP/1.1".encode()

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().abort()

    def keep(self, connection: "_Connection") -> None:
        """Take back a connection that can be used again."""
        connection.since = monotonic()
        self._idle.append(connection)

    def _reuse(self) -> "_Connection | None":
        oldest = monotonic() - KEEP
        while self._idle:
            connection = self._idle.pop()  # the one used last is the likeliest to live
            if connection.since > oldest and connection.is_open():
                return connection
            connection.abort()
        return None

    async def _connect(self) -> "_Connection":
        address = self.address
        try:
            async with asyncio.timeout(PATIENCE):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: _Connection(self), address.host, address.port, ssl=self.context
                )
        except (OSError, TimeoutError) as error:
            raise UpstreamFailed(
                f"the upstream cannot be reached: {error or 'it does not answer'}"
            ) from error
        return connection


class _Connection(asyncio.Protocol):
    """One connection to the upstream, with at most one request on it."""

    def __init__(self, owner: Upstream) -> None:
        self.owner = owner
        #: Since when it is idle.
        self.since = 0.0
        #: Kept as long as the connection, which is used again only where a response was read to its end.
        self._parser = httptools.HttpResponseParser(self)
        #: Servers repeat what stands before their bodies.
        self._known: Heads[ResponseHead] = Heads()
        self._transport: asyncio.Transport | None = None
        self._pieces: deque[bytes] = deque()
        self._begin()

    def _begin(self) -> None:
        #: The head of the response, once it has come; and the headers until then.
        self.head: ResponseHead | None = None
        self._headers: Headers = []
        #: Bytes of headers, bytes that came in before the head was whole, and bytes of the body that wait.
        self._size = self._unheaded = self._unread = 0
        self._pieces.clear()
        self._asked = self._paused = self.is_whole = self._keep_alive = False
        self._broken: str | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._then: Then | None = None

    def is_open(self) -> bool:
        """Whether another request can be sent."""
        transport = self._transport
        return self._broken is None and transport is not None and not transport.is_closing()

    def send(self, data: bytes, then: Then | None = None) -> None:
        """Start a request. Whoever passes no *then* waits for the head."""
        self._begin()
        self._asked, self._then = True, then
        if self._transport is not None:
            self._transport.write(data)

    async def headed(self) -> ResponseHead:
        """The head, once it has come."""
        while self.head is None:
            await self._more()
        return self.head

    async def piece(self) -> bytes:
        """The next piece of the body."""
        while not self._pieces:
            if self.is_whole:
                self.release()
                return b""
            await self._more()
        piece = self._pieces.popleft()
        self._unread -= len(piece)
        if self._paused and self._unread < MOST_UNREAD and self._transport is not None:
            self._paused = False
            self._transport.resume_reading()
        return piece

    def take_all(self) -> bytes:
        """The body of a whole response."""
        body = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self.release()
        return body

    async def _more(self) -> None:
        """Wait for something to happen; raises UpstreamFailed where nothing more will."""
        if self._broken is not None:
            raise UpstreamFailed(self._broken)
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    def release(self) -> None:
        """The response is done with; to say so twice is fine, since the connection may serve another by then."""
        if not self._asked:
            return
        if self.is_whole and self._keep_alive and self.is_open():
            self._asked = False
            self.owner.keep(self)
        else:
            self.abort()

    def forget(self) -> None:
        """Nobody waits for the response any more."""
        self._take_then()
        self.abort()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own

    def data_received(self, data: bytes) -> None:
        if not self._asked:  # an answer to nothing, which must not become that to the next request
            self._broken = "the upstream answers what nobody asked"
            self.abort()
            return
        is_fresh = self.head is None and not self._unheaded
        found = self._known.find(data) if is_fresh else None
        if found is not None:
            self.head, body = found
            self._pieces.append(body)
            self._unread = len(body)
            self.is_whole = self._keep_alive = True
        else:
            self._read(data)
            if is_fresh and self.is_whole and self._keep_alive:
                self._note(data)
        self._wake()

    def _read(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._broken = f"the upstream does not speak HTTP: {error}"
            self.abort()
        if self.head is None:
            self._unheaded += len(data)
            if self._unheaded > LARGEST_HEAD:  # the parser keeps a header until it has all of it
                self._broken = self._broken or "the upstream's headers are too long"
                self.abort()

    def _note(self, data: bytes) -> None:
        """Remember the head of a response that *data* was the whole of, where it can be repeated as it is."""
        fields = dict(self._headers)
        length = fields.get(b"content-length")
        is_plain = len(fields) == len(self._headers) and b"transfer-encoding" not in fields
        if self.head is not None and length is not None and is_plain and self._broken is None:
            headers = [pair for pair in self._headers if pair[0] != b"content-length"]
            known = ResponseHead(status=self.head.status, headers=headers)
            self._known.note(data, known, length, b"".join(self._pieces))

    def connection_lost(self, error: Exception | None) -> None:
        if self.is_whole or not self._asked:
            return
        # A body without a length ends with the connection; nothing that is signed or counted depends on its end.
        if self._ends_with_connection():
            self.is_whole = True
        self._broken = self._broken or f"the upstream closed the connection{f': {error}' if error else ''}"
        self._wake()

    def on_message_begin(self) -> None:
        if self.is_whole:
            raise httptools.HttpParserError("it answers twice")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size += len(name) + len(value)
        if self._size > LARGEST_HEAD:
            raise httptools.HttpParserError("its headers are too long")
        if self.head is None:
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # an interim response
            self._headers.clear()
        elif self.head is None:
            self.head = ResponseHead(status=status, headers=self._headers)

    def on_body(self, data: bytes) -> None:
        self._pieces.append(data)
        self._unread += len(data)
        if self._unread > MOST_UNREAD and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() >= 200:
            self.is_whole = True
            self._keep_alive = self._parser.should_keep_alive()  # the parser knows it only now

    def _ends_with_connection(self) -> bool:
        if self.head is None:
            return False
        return not any(key in (b"content-length", b"transfer-encoding") for key, _ in self.head.headers)

    def _wake(self) -> None:
        """Tell whoever waits that something has happened."""
        then = self._then
        if then is not None:
            if self.head is not None:
                self._then = None
                self.owner.in_flight -= 1
                then(Response(self, self.head))
            elif self._broken is not None:
                self._take_then()(UpstreamFailed(self._broken))
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _take_then(self) -> Then:
        """Whoever is to be called, and is not called twice."""
        then, self._then = self._then, None
        if then is None:
            return lambda _: None
        self.owner.in_flight -= 1
        return then
