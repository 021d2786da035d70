"""Requests from a socket, one after the other, and what is sent back."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from time import monotonic
from typing import Any, cast

from enforce.transports.http.incoming import Admits, Incoming, Load
from enforce.transports.http.messages import Headers, Request, head, status_line

#: Bytes that wait for clients who take nothing; above that those who hold most of them are cut off.
MOST_STALLED = 128_000_000

#: Seconds for which a connection may stand without a request.
IDLE = 120.0

#: What is still to be waited for before a request is answered; `None` where that is nothing, or `Reply.later` was called.
Rest = Coroutine[Any, Any, None] | None
Handler = Callable[[Request, "Reply"], Rest]

#: What most answers have beside their own headers; never changed.
_NONE: Headers = []


class Reply:
    """The way back to one client for one request."""

    def __init__(self, connection: "Connection", keep_alive: bool, headless: bool) -> None:
        """*headless*: the client asked for the head alone, and would take a body for the next answer."""
        self._connection = connection
        self.keep_alive = keep_alive
        self._headless = headless
        self.started = self.is_later = False
        #: Headers that the answer has beside its own, whatever it is.
        self.also: Headers = _NONE

    @property
    def gone(self) -> bool:
        """Whether the client has left."""
        return self._connection.closed

    @property
    def peer(self) -> str:
        """The address of the client, or of who stands between us."""
        return self._connection.peer

    def hold(self, open: Counter[str], who: str, weight: int, most: int) -> bool:
        """Count this reply with its weight among those that are *open* for somebody, until it is whole; false where they would be too many."""
        if open[who] + weight > most:
            return False
        open[who] += weight
        self._connection.held = open, who, weight
        return True

    def later(self) -> None:
        """Whoever handles the request has gone, and will call `done` or `go_on`."""
        self.is_later = True

    def proceed(self, handle: Callable[[], Rest]) -> None:
        """Handle the request now, after `later`."""
        self._connection.proceed(self, handle)

    def done(self) -> None:
        """All has been said after all."""
        self._connection.end(self)

    def go_on(self, rest: Coroutine[Any, Any, None]) -> None:
        """There is more to be waited for."""
        self._connection.wait_for(rest, self)

    def end_with(self, client: Callable[[], object]) -> None:
        """Call back should the client leave before the reply is whole."""
        self._connection.on_close = client

    def listens(self) -> None:
        """The reply has no end of its own, so nobody waits for it when we are asked to end."""
        self._connection.listens = True

    def send(self, status: int, headers: Headers = [], body: bytes = b"") -> None:  # noqa: B006 - never changed
        """A whole reply."""
        self.started = True
        whole = headers + self._closing()
        if status not in (204, 304):
            whole.append((b"content-length", b"%d" % len(body)))
        data = head(status_line(status), whole)
        self._connection.write(data if self._headless else data + body)

    def send_under(self, upto: bytes, body: bytes) -> None:
        """A whole reply to a request that is no HEAD, under a head that is made already, *upto* the length of the body."""
        self.started = True
        end = head(b"", self._closing()) if self.also or not self.keep_alive else b"\r\n\r\n"
        self._connection.write(b"%b%d%b%b" % (upto, len(body), end, body))

    def start(self, status: int, headers: Headers) -> None:
        """The head of a reply that comes in pieces."""
        self.started = True
        whole = [*headers, (b"transfer-encoding", b"chunked"), *self._closing()]
        self._connection.write(head(status_line(status), whole))

    def put(self, piece: bytes) -> None:
        """One piece, whether or not the client is slow."""
        if piece:
            self._connection.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    async def write(self, piece: bytes) -> None:
        """One piece; waits while the client is slow."""
        self.put(piece)
        await self._connection.drained.wait()

    def finish(self) -> None:
        """The end of a reply that came in pieces."""
        self._connection.write(b"0\r\n\r\n")

    def abort(self) -> None:
        """End in the middle, so that the client sees that something is missing."""
        self._connection.abort()

    def _closing(self) -> Headers:
        return self.also if self.keep_alive else [*self.also, (b"connection", b"close")]


class Connection(Incoming):
    """One client's connection."""

    def __init__(self, handler: Handler, connections: "set[Connection]", admits: Admits, load: Load) -> None:
        super().__init__(admits, load)
        self._handler = handler
        self._connections = connections
        self._transport: asyncio.Transport | None = None
        #: The reply that is under way, and what it replies to.
        self._reply: Reply | None = None
        self.request: Request | None = None
        self._task: asyncio.Task[None] | None = None
        self._paused = self._starting = False
        self._idle_since = 0.0
        self._unsent = 0
        self.drained = asyncio.Event()
        self.drained.set()
        self.closed = False
        self.listens = False
        #: Where the reply that is under way is counted, for whom, and as how many.
        self.held: tuple[Counter[str], str, int] | None = None
        self.on_close: Callable[[], object] | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        self._connections.add(self)
        self._idle_since = monotonic()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        found = None if self._begun else self._known.find(data)
        if found is None:
            self._read(data)
        else:
            known, body = found
            request = _with_body(known, body)
            if self._reply is None and not (self._waiting or self._starting or self._paused):
                self._answer(request, keep_alive=True)  # as most come: nothing before it, and nothing after
                return
            self._waiting.append((request, True))
        self._next()

    def connection_lost(self, _: Exception | None) -> None:
        self.closed = True
        self._connections.discard(self)
        self._forget_body()
        self.drained.set()
        self._stop_timer()
        if self.on_close is not None:
            self.on_close()

    def pause_writing(self) -> None:
        self.drained.clear()

    def resume_writing(self) -> None:
        self.drained.set()

    @property
    def peer(self) -> str:
        """The address of the other side."""
        found = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(found[0]) if found else "nowhere"

    def write(self, data: bytes) -> None:
        """Send bytes, unless nobody is there."""
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    def abort(self) -> None:
        """Close without saying more."""
        if self._transport is not None:
            self._transport.abort()

    def close_if_unused(self, now: float) -> None:
        """Close a connection that has stood without a request for long; *now* is monotonic."""
        unused = self._reply is None and self._timer is None and now - self._idle_since > IDLE
        if unused and self._transport is not None:
            self._transport.close()

    def stalled(self) -> int:
        """Bytes that wait for the client, where it has taken none since the last time that this was asked; else 0."""
        before, self._unsent = self._unsent, 0
        if self._transport is not None and not self.closed:
            self._unsent = self._transport.get_write_buffer_size()
        return self._unsent if self._unsent >= before > 0 else 0

    def close_when_idle(self) -> None:
        """Close now, or after the reply that is under way, where that has an end."""
        self._refused = True
        if (self._reply is None or self.listens) and self._transport is not None:
            self._transport.close()

    def wait_for(self, rest: Coroutine[Any, Any, None], reply: Reply) -> None:
        """The reply is whole once *rest* has run."""
        self._task = asyncio.get_running_loop().create_task(self._run(rest, reply))

    def end(self, reply: Reply) -> None:
        """The reply is whole, as far as it will ever be."""
        self._reply = self._task = self.on_close = self.request = None
        if self.held is not None:
            open, who, weight = self.held
            open[who] -= weight
            self.held = None
        self._idle_since = monotonic()
        self.listens = False
        if not reply.started:
            reply.send(500)
        if not reply.keep_alive and self._transport is not None:
            self._transport.close()
        elif self._waiting or self._refused or self._paused:
            self._next()

    def _next(self) -> None:
        """Handle requests one at a time; a client that sends ahead has to wait."""
        if self._transport is None or self._starting:
            return
        self._starting = True
        try:
            while self._waiting and self._reply is None and not self.closed:
                self._answer(*self._waiting.pop(0))
        finally:
            self._starting = False
        if self._reply is None and self._refused:
            self._transport.close()
        elif self._paused is not bool(self._waiting):
            self._paused = not self._paused
            (self._transport.pause_reading if self._paused else self._transport.resume_reading)()

    def _answer(self, request: Request, keep_alive: bool) -> None:
        reply = self._reply = Reply(self, keep_alive, request.method == "HEAD")
        self.request = request
        rest = None
        try:
            rest = self._handler(request, reply)
        finally:
            self._go_on(reply, rest)

    def proceed(self, reply: Reply, handle: Callable[[], Rest]) -> None:
        """Let a request be handled, as far as that needs no waiting."""
        reply.is_later = False
        rest = None
        try:
            rest = handle()
        finally:
            self._go_on(reply, rest)

    def _go_on(self, reply: Reply, rest: Rest) -> None:
        if rest is not None:
            self.wait_for(rest, reply)
        elif not reply.is_later:
            self.end(reply)

    async def _run(self, rest: Coroutine[Any, Any, None], reply: Reply) -> None:
        try:
            await rest
        finally:
            self.end(reply)

    def _let_go_on(self) -> None:
        if self._reply is None:  # in the midst of an answer it would be a part of that
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, status: int) -> None:
        if not self._refused:
            self._refused = True
            self._stop_timer()
            self._forget_body()
            self._waiting.clear()
            if self._reply is None:
                self.write(head(status_line(status), [(b"content-length", b"0"), (b"connection", b"close")]))
            if self._transport is not None:
                self._transport.close()


def cut_off(connections: Iterable[Connection]) -> None:
    """End the connections of clients who take nothing of what waits for them, where that is too much; to be called once in a while."""
    waiting = sorted(((each.stalled(), each) for each in connections), key=lambda pair: -pair[0])
    total = sum(size for size, _ in waiting)
    for size, connection in waiting:
        if total <= MOST_STALLED:
            return
        connection.abort()
        total -= size


def _with_body(request: Request, body: bytes) -> Request:
    return Request(
        method=request.method,
        path=request.path,
        headers=request.headers,
        fields=request.fields,
        body=body,
        findings=request.findings,
    )
