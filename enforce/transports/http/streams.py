"""Messages on their way to a client that waits for them, as one answer or as a stream of events."""

import asyncio
from collections import deque

from enforce.transports.http.events import Event
from enforce.transports.http.messages import Headers, Request
from enforce.transports.http.serving import Reply

JSON: Headers = [(b"content-type", b"application/json")]

_EVENTS: Headers = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]

#: Messages that wait for a client that does not take them; the oldest go first.
MOST_WAITING = 1_000


class Stream:
    """What is said about one request, its answer last; or what a server says by itself, without an end."""

    def __init__(self) -> None:
        self._messages: deque[tuple[bytes, bool]] = deque(maxlen=MOST_WAITING)
        self._news = asyncio.Event()

    def put(self, message: bytes, *, last: bool = False) -> None:
        """Add a message."""
        self._messages.append((message, last))
        self._news.set()

    async def send(self, request: Request, reply: Reply, headers: Headers) -> None:
        """Pass on everything, as plain JSON where the answer comes first."""
        message, last = await self._take()
        if b"text/event-stream" not in request.fields.get(b"accept", b""):
            while not last:
                message, last = await self._take()
        if last:
            reply.send(200, [*headers, *JSON], message)
            return
        reply.start(200, [*headers, *_EVENTS])
        await reply.write(_event(message))
        while not last and not reply.gone:
            message, last = await self._take()
            await reply.write(_event(message))
        reply.finish()

    async def send_all(self, reply: Reply) -> None:
        """Pass on what comes, until the client leaves."""
        reply.start(200, _EVENTS)
        while not reply.gone:
            message, _ = await self._take()
            await reply.write(_event(message))

    async def _take(self) -> tuple[bytes, bool]:
        while not self._messages:
            self._news.clear()
            await self._news.wait()
        return self._messages.popleft()


def _event(message: bytes) -> bytes:
    return Event(event=b"message", data=message).encode()
