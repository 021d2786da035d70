"""Messages on their way to a client that waits for them, as one answer or as a stream of events."""

import asyncio
from collections import deque
from typing import NamedTuple

import msgspec

from enforce.transports.http.events import Event
from enforce.transports.http.messages import Headers, Request
from enforce.transports.http.serving import Reply

JSON: Headers = [(b"content-type", b"application/json")]

EVENTS: Headers = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]

#: Messages, and bytes of them, that wait for a client that does not take them; the oldest go first.
MOST_WAITING, MOST_BYTES = 1_000, 20_000_000

#: Messages, and bytes of them, that are kept for a client that takes up a broken stream.
MOST_KEPT, MOST_KEPT_BYTES = 100, 1_000_000


#: The new revision says by the status as well what kind of error an answer is. Not so for an unknown tool (-32602):
#: the gate answers a hidden one with 200, and the two must look alike.
_STATUS = {-32601: 404, -32020: 400, -32021: 400, -32022: 400}


class _Said(NamedTuple):
    number: int
    message: bytes
    last: bool


class _Taken(Exception):
    """Another connection has taken up the stream."""


class Stream:
    """What is said about one request, its answer last; or what a server says by itself, without an end.

    With a *name*, which the older revisions know as the beginning of an event's id, a client can take it up again.
    """

    def __init__(self, name: int | None = None) -> None:
        self._name = name
        self._waiting: deque[_Said] = deque()
        self._sent: deque[_Said] = deque()
        self._said = self._size = self._turn = 0
        self._news = asyncio.Event()

    def put(self, message: bytes, *, last: bool = False) -> None:
        """Add a message."""
        self._said += 1
        self._waiting.append(_Said(self._said, message, last))
        self._size += len(message)
        while len(self._waiting) > MOST_WAITING or (self._size > MOST_BYTES and len(self._waiting) > 1):
            self._size -= len(self._waiting.popleft().message)
        self._news.set()

    async def send(self, request: Request, reply: Reply, headers: Headers) -> None:
        """Pass on everything, as plain JSON where the answer comes first."""
        turn = self._begin()
        try:
            said = await self._take(turn)
            while not said.last and b"text/event-stream" not in request.fields.get(b"accept", b""):
                said = await self._take(turn)
            if said.last and not said.message:
                reply.send(202, headers)
                return
            if said.last:
                reply.send(
                    _status(said.message) if self._name is None else 200, [*headers, *JSON], said.message
                )
                return
            reply.start(200, [*headers, *EVENTS])
            await self._write(said, reply)
            await self._pass_on(turn, reply, ended=said.last)
        except _Taken:
            reply.abort()

    async def listen(self, reply: Reply, after: int | None = None) -> None:
        """Pass on what comes, until the answer or until the client leaves; first what came *after* a message that it saw."""
        turn = self._begin()
        if after is not None:
            again = [said for said in self._sent if said.number > after]
            self._waiting.extendleft(reversed(again))
            self._size += sum(len(said.message) for said in again)
            for _ in again:
                self._sent.pop()
        reply.start(200, EVENTS)
        try:
            await self._pass_on(turn, reply, ended=False)
        except _Taken:
            reply.abort()

    async def _pass_on(self, turn: int, reply: Reply, *, ended: bool) -> None:
        while not ended and not reply.gone:
            said = await self._take(turn)
            await self._write(said, reply)
            ended = said.last
        reply.finish()

    def _begin(self) -> int:
        self._turn += 1
        self._news.set()  # whoever waits sees that it is not their turn any more
        return self._turn

    async def _take(self, turn: int) -> _Said:
        while turn == self._turn and not self._waiting:
            self._news.clear()
            await self._news.wait()
        if turn != self._turn:
            raise _Taken
        said = self._waiting.popleft()
        self._size -= len(said.message)
        return said

    def end(self) -> None:
        """Nothing more comes, not even an answer: the client has given it up."""
        self.put(b"", last=True)

    async def _write(self, said: _Said, reply: Reply) -> None:
        if not said.message:
            return
        id = None if self._name is None else b"%d-%d" % (self._name, said.number)
        if id is not None:
            self._sent.append(said)
            while (
                len(self._sent) > MOST_KEPT or sum(len(each.message) for each in self._sent) > MOST_KEPT_BYTES
            ):
                self._sent.popleft()
        await reply.write(Event(event=b"message", id=id, data=said.message).encode())


def event(message: bytes) -> bytes:
    """One message as an event that cannot be asked for again."""
    return Event(event=b"message", data=message).encode()


def _status(message: bytes) -> int:
    error = msgspec.json.decode(message).get("error") if b'"error"' in message else None
    return _STATUS.get(error["code"], 200) if isinstance(error, dict) else 200
