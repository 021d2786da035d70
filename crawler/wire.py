"""Carries httpx's requests over connections that are kept, at a fifth of what its own transport costs.

A crawl of a whole index is tens of thousands of small requests; with httpx's transport they took more processor time
than everything else that a crawl does. Proxies are left to that transport (see `crawler.fetch`).
"""

import asyncio
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from typing import cast

import httptools
import httpx

#: Seconds for which an idle connection is used again; servers commonly close theirs after five.
KEEP = 4.0
#: Idle connections that are kept for each origin.
MOST_IDLE = 16
#: Bytes of an answer that are no body: its head, and so much again for each byte of a body in chunks.
MOST_HEAD, MOST_FRAMING = 64 * 2**10, 8
#: Bytes of a body that may wait unread before the other side has to wait too.
MOST_UNREAD = 2**20
#: A body is handed on in pieces of so many bytes, so that one piece of a compressed body cannot become gigabytes.
PIECE = 16 * 2**10

Origin = tuple[str, str, int]


class Wire(httpx.AsyncBaseTransport):
    """HTTP/1.1 to any number of origins. How many requests run at a time is for the caller to bound."""

    def __init__(self, authorities: ssl.SSLContext) -> None:
        self._authorities = authorities
        self._idle: dict[Origin, deque[_Line]] = defaultdict(deque)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and wait for the head of its answer; raises httpx.TransportError."""
        url = request.url
        origin = (
            url.scheme,
            url.raw_host.decode("ascii"),
            url.port or (443 if url.scheme == "https" else 80),
        )
        patience: dict[str, float | None] = request.extensions["timeout"]
        message = _head(request) + await request.aread()
        line = self._kept(origin)
        if line is not None:
            try:
                return await self._ask(line, message, patience["read"])
            except _Stale:
                # The other side closed it before it saw the request.
                pass
        return await self._ask(await self._connect(origin, patience["connect"]), message, patience["read"])

    async def aclose(self) -> None:
        """Close what is idle."""
        for lines in self._idle.values():
            while lines:
                lines.pop().abort()
        # Sockets are closed in the loop's next round.
        await asyncio.sleep(0)

    def keep(self, line: "_Line") -> None:
        """Take back a connection that can be used again."""
        lines = self._idle[line.origin]
        lines.append(line)
        if len(lines) > MOST_IDLE:
            lines.popleft().abort()

    async def _ask(self, line: "_Line", message: bytes, patience: float | None) -> httpx.Response:
        try:
            status, reason, headers = await line.ask(message, patience)
        except BaseException:
            line.abort()
            raise
        return httpx.Response(
            status, headers=headers, stream=_Body(line), extensions={"reason_phrase": reason}
        )

    def _kept(self, origin: Origin) -> "_Line | None":
        lines, oldest = self._idle[origin], asyncio.get_running_loop().time() - KEEP
        while lines:
            # The one used last is the likeliest to live.
            line = lines.pop()
            if line.heard > oldest and line.is_open:
                return line
            line.abort()
        return None

    async def _connect(self, origin: Origin, patience: float | None) -> "_Line":
        scheme, host, port = origin
        try:
            async with asyncio.timeout(patience):
                _, line = await asyncio.get_running_loop().create_connection(
                    lambda: _Line(self, origin),
                    host,
                    port,
                    ssl=self._authorities if scheme == "https" else None,
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"{host} does not answer") from error
        except (OSError, ssl.SSLError, UnicodeError) as error:
            raise httpx.ConnectError(str(error) or type(error).__name__) from error
        return line


class _Stale(httpx.ReadError):
    """The connection ended before any byte of the answer came."""


class _Body(httpx.AsyncByteStream):
    """An answer's body as it comes."""

    def __init__(self, line: "_Line") -> None:
        self._line = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while piece := await self._line.piece():
            for start in range(0, len(piece), PIECE):
                yield piece[start : start + PIECE]

    async def aclose(self) -> None:
        """Read no further; a body that was not read to its end costs the connection."""
        self._line.release()


class _Line(asyncio.Protocol):
    """One connection, with at most one request on it."""

    def __init__(self, owner: Wire, origin: Origin) -> None:
        self.origin = origin
        #: When the last bytes came, by the loop's clock; seconds.
        self.heard = 0.0
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._reason = b""
        self._headers: list[tuple[bytes, bytes]] = []
        #: Bytes that came, and what of them was body.
        self._came = self._body = 0
        self._pieces: deque[bytes] = deque()
        self._unread = 0
        self._headed = self._complete = self._keep_alive = False
        self._broken: httpx.TransportError | None = None

    @property
    def is_open(self) -> bool:
        """Whether another request can be sent."""
        return self._transport is not None and not self._transport.is_closing() and self._broken is None

    async def ask(
        self, message: bytes, patience: float | None
    ) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        """Send a request; status, reason and headers of its answer. *patience* is seconds of silence."""
        self._begin()
        self._patience = patience
        if self._transport is not None:
            self._transport.write(message)
        while not self._headed:
            await self._news()
        return self._parser.get_status_code(), self._reason, self._headers

    async def piece(self) -> bytes:
        """The next piece of the body, empty at its end."""
        while not self._pieces and not self._complete:
            await self._news()
        if not self._pieces:
            return b""
        piece = self._pieces.popleft()
        self._unread -= len(piece)
        if self._unread < MOST_UNREAD and self._transport is not None:
            self._transport.resume_reading()
        return piece

    def release(self) -> None:
        """The answer is done with."""
        if self._complete and self._keep_alive and self.is_open and not self._pieces:
            self._owner.keep(self)
        else:
            self.abort()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    async def _news(self) -> None:
        """Wait for bytes or for the end; raises what went wrong."""
        if self._broken is not None:
            raise self._broken
        self._waiter = self._loop.create_future()
        timer = None if self._patience is None else self._loop.call_later(self._patience, self._silent)
        try:
            await self._waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()
        if self._broken is not None and not self._pieces:
            raise self._broken

    def _silent(self) -> None:
        self._fail(httpx.ReadTimeout("it fell silent"))

    def _fail(self, fault: httpx.TransportError) -> None:
        self._broken = self._broken or fault
        self._wake()

    def _refuse(self, why: str) -> None:
        self._fail(httpx.RemoteProtocolError(why))
        self.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # What the loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own

    def data_received(self, data: bytes) -> None:
        self.heard = self._loop.time()
        self._came += len(data)
        if self._complete:
            # Nobody asked for more.
            self.abort()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._refuse(f"no HTTP: {error}")
        if self._came - self._body > MOST_HEAD + MOST_FRAMING * self._body:
            self._refuse("its headers do not end")

    def connection_lost(self, error: Exception | None) -> None:
        if self._complete:
            return
        lengths = (b"content-length", b"transfer-encoding")
        if self._headed and error is None and not any(name in lengths for name, _ in self._headers):
            # A body without a length ends with the connection.
            self._complete = True
            self._wake()
        elif self._came:
            self._fail(httpx.RemoteProtocolError("the connection ended before the answer did"))
        else:
            self._fail(_Stale("the connection ended without an answer"))

    # What the parser tells.

    def on_status(self, reason: bytes) -> None:
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._parser.get_status_code() < 200:
            # An interim answer; the real one is still to come.
            self._headers, self._reason = [], b""
            return
        self._headed = True
        self._wake()

    def on_body(self, data: bytes) -> None:
        self._pieces.append(data)
        self._body += len(data)
        self._unread += len(data)
        if self._unread > MOST_UNREAD and self._transport is not None:
            self._transport.pause_reading()
        self._wake()

    def on_message_complete(self) -> None:
        if self._headed:
            self._complete = True
            # The parser knows it only now.
            self._keep_alive = self._parser.should_keep_alive()
            self._wake()


def _head(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), request.url.raw_path)]
    lines += [b"%s: %s" % header for header in request.headers.raw]
    return b"\r\n".join(lines) + b"\r\n\r\n"
