"""HTTP clients of the older revisions before a server that speaks by lines: one child a session."""

import asyncio
import re
import secrets
from collections.abc import Callable

import msgspec

from crawler.mcp.jsonrpc import Id
from enforce.gate import Gate
from enforce.passage import Passage
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import RESUMED, SESSION
from enforce.transports.http.messages import Request
from enforce.transports.http.peer import Connect, Outbox, Tell
from enforce.transports.http.serving import Reply
from enforce.transports.http.streams import JSON, Stream

#: Streams of a session that can be taken up again.
MOST_STREAMS = 100

#: Sessions, and so programs, that one identity may have at one server.
MOST_PROGRAMS = 100

#: Seconds after which a session that nobody uses is ended; its client may open another.
IDLE = 3600.0

_EVENT = re.compile(rb"([0-9]{1,9})-([0-9]{1,9})")


class Session:
    """One client's child, its gate, and who waits for what the child says."""

    def __init__(self, gate: Gate, connect: Connect, tell: Tell, clock: Callable[[], float]) -> None:
        self.gate = gate
        self.name = secrets.token_hex(16).encode()
        self.ended = False
        self._tell = tell
        self._clock = clock
        #: When its client last asked for something.
        self.used = clock()
        self._peer = connect(self._from_child, self._child_ended)
        self._outbox = Outbox(self._peer)
        #: Streams of open requests, those of their progress tokens, and all that can be taken up again, by number.
        self._streams: dict[Id, Stream] = {}
        self._by_token: dict[Id, Stream] = {}
        self._numbered: dict[int, Stream] = {0: Stream(0)}
        self._opened = 0
        self._listening = False

    @property
    def is_idle(self) -> bool:
        """Whether nobody has used the session for long."""
        return not self.is_busy and self._clock() - self.used > IDLE

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for what it says."""
        return self._listening or any(not call.cancelled for call in self.gate.ledger.calls.values())

    async def start(self) -> None:
        """Start the child; raises UpstreamFailed."""
        await self._peer.start()

    async def post(self, request: Request, reply: Reply, passage: Passage) -> None:
        """Pass on what the gate let through, and answer when the child has."""
        self.used = self._clock()
        stream = self._expect(passage.opened[0]) if passage.opened else None
        self._end_cancelled()
        if stream is None:
            await self._peer.write(
                passage.to_server
            )  # whoever says nothing more before this was taken keeps its order
            reply.send(202)
        else:
            self._outbox.put(passage.to_server)
            await stream.send(request, reply, [(SESSION, self.name)])

    async def hold(self, id: Id, request: Request, reply: Reply, passage: Passage) -> None:
        """Show the client a question on the way back of its call, which goes on once it is answered."""
        stream = self._expect(id)
        stream.put(passage.to_client[-1])
        await stream.send(request, reply, [(SESSION, self.name)])

    async def resume(self, passage: Passage) -> None:
        """A call that waited goes on, or is answered."""
        if passage.opened:
            self._know_token(passage.opened[0])
            self._outbox.put(passage.to_server)
        elif passage.resumed is not None and (stream := self._streams.pop(passage.resumed, None)) is not None:
            for line in passage.to_client:
                stream.put(line, last=True)
            passage.to_client.clear()
        self._deliver(passage)

    def expire(self) -> None:
        """Answer calls that have waited for too long, for a person or for the child."""
        passage = Passage()
        self.gate.expire(passage)
        self._deliver(passage)

    async def listen(self, request: Request, reply: Reply) -> None:
        """What the child says by itself, one listener at a time; or the rest of a stream that broke."""
        self.used = self._clock()
        event = request.header(RESUMED)
        found = _EVENT.fullmatch(event or b"0-0")
        stream = self._numbered.get(int(found[1])) if found else None
        if stream is None or found is None:
            reply.send(400, JSON, error("This event is not known here, or no more"))
        elif stream is not self._numbered[0]:
            await stream.listen(reply, int(found[2]))
        elif self._listening and event is None:
            reply.send(409)
        else:
            await self._listen(reply, int(found[2]) if event is not None else None)

    async def _listen(self, reply: Reply, after: int | None) -> None:
        self._listening = True
        task = asyncio.current_task()
        reply.end_with(task.cancel if task else lambda: None)
        reply.listens()
        try:
            await self._numbered[0].listen(reply, after)
        except asyncio.CancelledError:
            if not reply.gone:
                raise
        finally:
            self._listening = False

    def say(self, line: bytes) -> None:
        """Something of the gate's own, for who listens or will."""
        self._numbered[0].put(line)

    async def stop(self) -> None:
        """End the child."""
        self.ended = True
        await self._peer.stop()

    def _end_cancelled(self) -> None:
        """Nobody waits for the answer of a call that was given up, and most servers give none."""
        calls = self.gate.ledger.calls
        for id in [id for id in self._streams if id in calls and calls[id].cancelled]:
            self._streams.pop(id).end()

    def _expect(self, id: Id) -> Stream:
        self._opened += 1
        stream = self._streams[id] = self._numbered[self._opened] = Stream(self._opened)
        self._numbered.pop(self._opened - MOST_STREAMS, None) if self._opened > MOST_STREAMS else None
        self._know_token(id)
        return stream

    def _know_token(self, id: Id) -> None:
        """Progress is told under a token, and belongs into the stream of its request."""
        call = self.gate.ledger.calls.get(id)
        meta = call.params.get("_meta") if call is not None else None
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        if isinstance(token, str | int) and id in self._streams:
            self._by_token[token] = self._streams[id]

    def _from_child(self, line: bytes) -> None:
        passage = Passage()
        self.gate.from_server(line, passage)
        self._deliver(passage)
        self._outbox.put(passage.to_server)

    def _child_ended(self) -> None:
        self.ended = True
        passage = Passage()
        self.gate.server_gone(passage)
        self._deliver(passage)

    def _deliver(self, passage: Passage) -> None:
        for line in passage.to_client:
            message = msgspec.json.decode(line)
            if "method" in message:
                self._stream_for(message).put(line)
            elif (stream := self._streams.pop(message["id"], None)) is not None:
                self._by_token = {
                    token: other for token, other in self._by_token.items() if other is not stream
                }
                stream.put(line, last=True)
        self.gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)

    def _stream_for(self, message: dict[str, object]) -> Stream:
        """Progress belongs to its request; anything else to the newest request that is open, or to the listener."""
        params = message.get("params")
        token = params.get("progressToken") if isinstance(params, dict) else None
        if isinstance(token, str | int) and token in self._by_token:  # a list would end the session
            return self._by_token[token]
        return next(reversed(self._streams.values())) if self._streams else self._numbered[0]


class SessionRelay:
    """All sessions before one program."""

    def __init__(self, connect: Connect, tell: Tell, clock: Callable[[], float]) -> None:
        self._connect = connect
        self._tell = tell
        self._clock = clock
        self._ending: set[asyncio.Task[None]] = set()
        self._sessions: dict[bytes, Session] = {}
        self._booths: dict[bytes, Booth] = {}

    async def serve(self, booth: Booth, request: Request, reply: Reply) -> None:
        """Answer one request of the older revisions; raises UpstreamFailed where the program does not start."""
        name = request.header(SESSION)
        session = self._sessions.get(name) if name is not None and booth.session(name) is not None else None
        if name is not None and (session is None or session.ended):
            self._forget(booth, name)
            reply.send(404, JSON, error("Session not found"))
        elif request.method == "POST":
            await self._post(booth, session, request, reply)
        elif session is None:
            reply.send(400, JSON, error("A session is needed"))
        elif request.method == "GET":
            await session.listen(request, reply)
        elif request.method != "DELETE":
            reply.send(405, [(b"allow", b"GET, POST, DELETE")])
        else:
            self._forget(booth, session.name)
            await session.stop()
            reply.send(200)

    def tick(self) -> None:
        """Give up what has not been answered for too long, and end the sessions of who may not come any more."""
        for name, session in list(self._sessions.items()):
            session.expire()
            if (booth := self._booths.get(name)) is not None and booth.closed:
                self._end(session)

    async def stop(self) -> None:
        """End every child."""
        await asyncio.gather(*(session.stop() for session in self._sessions.values()))

    async def _post(self, booth: Booth, session: Session | None, request: Request, reply: Reply) -> None:
        passage = Passage()
        gate = session.gate if session else booth.opening()
        gate.from_client(request.body, passage)
        if session is not None and passage.resumed is not None:
            reply.send(202)
            await session.resume(passage)
        elif session is not None and passage.held is not None:
            await session.hold(passage.held, request, reply, passage)
        elif not passage.to_server:
            status = (400 if passage.malformed else 200) if passage.to_client else 202
            reply.send(status, JSON if passage.to_client else [], b"".join(passage.to_client))
        elif session is not None:
            await session.post(request, reply, passage)
        elif gate.is_opening:
            await self._open(booth, gate, request, reply, passage)
        else:
            for id in passage.opened:
                gate.give_up(id, "A session is needed.", passage)
            reply.send(400, JSON, error("A session is needed"))
        gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)

    async def _open(self, booth: Booth, gate: Gate, request: Request, reply: Reply, passage: Passage) -> None:
        self._end_unused()
        if not self._has_room(booth):
            gate.give_up(passage.opened[0], "Too many sessions are open.", passage)
            reply.send(503, JSON, b"".join(passage.to_client))
            return
        session = Session(gate, self._connect, self._tell, self._clock)
        await session.start()
        self._sessions[session.name] = session
        booth.open(session.name, gate)
        booth.listens(gate, session.say)
        self._booths[session.name] = booth
        await session.post(request, reply, passage)

    def _forget(self, booth: Booth, name: bytes) -> None:
        if booth.session(name) is not None:
            session = self._sessions.pop(name, None)
            self._leave(name, session)

    def _leave(self, name: bytes, session: Session | None) -> None:
        """Nobody may ask for the session any more, nor hears of it."""
        booth = self._booths.pop(name, None)
        if booth is not None:
            booth.close(name)
            if session is not None:
                booth.leaves(session.say)

    def _end_unused(self) -> None:
        """Clients that go without a word leave their children behind."""
        for session in list(self._sessions.values()):
            if session.is_idle or session.ended:
                self._end(session)

    def _has_room(self, booth: Booth) -> bool:
        """Whether an identity may have another child, if need be in place of one that nobody waits for."""
        own = [session for name, session in self._sessions.items() if self._booths.get(name) is booth]
        if len(own) < MOST_PROGRAMS:
            return True
        free = min((each for each in own if not each.is_busy), key=lambda each: each.used, default=None)
        if free is not None:
            self._end(free)
        return free is not None

    def _end(self, session: Session) -> None:
        del self._sessions[session.name]
        self._leave(session.name, session)
        task = asyncio.create_task(session.stop())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def error(words: str) -> bytes:
    """One sentence as an error that belongs to no request."""
    return b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"%s"}}' % words.encode()
