"""HTTP clients of the older revisions before a server that speaks by lines: one child a session."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence

import msgspec

from crawler.mcp.jsonrpc import Id
from enforce.gate import Gate
from enforce.passage import Passage
from enforce.transports.http.booth import Booth
from enforce.transports.http.child import Child
from enforce.transports.http.doorway import SESSION
from enforce.transports.http.messages import Request
from enforce.transports.http.relay import Tell
from enforce.transports.http.serving import Reply
from enforce.transports.http.streams import JSON, Stream


class Session:
    """One client's child, its gate, and who waits for what the child says."""

    def __init__(self, gate: Gate, tell: Tell) -> None:
        self.gate = gate
        self.name = secrets.token_hex(16).encode()
        self.ended = False
        self._tell = tell
        self._child = Child(self._from_child, self._child_ended)
        self._streams: dict[Id, Stream] = {}
        self._by_token: dict[Id, Stream] = {}
        self._unasked = Stream()
        self._listening = False
        self._writing: set[asyncio.Task[None]] = set()

    async def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start the child; raises UpstreamFailed."""
        await self._child.start(command, environment)

    async def post(self, request: Request, reply: Reply, passage: Passage) -> None:
        """Pass on what the gate let through, and answer when the child has."""
        stream = self._expect(passage.opened[0]) if passage.opened else None
        await self._child.write(passage.to_server)
        if stream is None:
            reply.send(202)
        else:
            await stream.send(request, reply, [(SESSION, self.name)])

    async def listen(self, reply: Reply) -> None:
        """What the child says by itself; one listener at a time."""
        if self._listening:
            reply.send(409)
            return
        self._listening = True
        task = asyncio.current_task()
        reply.end_with(task.cancel if task else lambda: None)
        try:
            await self._unasked.send_all(reply)
        except asyncio.CancelledError:
            if not reply.gone:
                raise
        finally:
            self._listening = False

    async def stop(self) -> None:
        """End the child."""
        self.ended = True
        await self._child.stop()

    def _expect(self, id: Id) -> Stream:
        stream = self._streams[id] = Stream()
        meta = self.gate.ledger.calls[id].params.get("_meta")
        token = meta.get("progressToken") if isinstance(meta, dict) else None
        if isinstance(token, str | int):
            self._by_token[token] = stream
        return stream

    def _from_child(self, line: bytes) -> None:
        passage = Passage()
        self.gate.from_server(line, passage)
        self._deliver(passage)
        if passage.to_server:
            task = asyncio.create_task(self._child.write(passage.to_server))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

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
        if token is not None and token in self._by_token:
            return self._by_token[token]
        return next(reversed(self._streams.values())) if self._streams else self._unasked


class SessionRelay:
    """All sessions before one program."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], tell: Tell) -> None:
        self._command = command
        self._environment = environment
        self._tell = tell
        self._sessions: dict[bytes, Session] = {}

    async def serve(self, booth: Booth, request: Request, reply: Reply) -> None:
        """Answer one request of the older revisions; raises UpstreamFailed where the program does not start."""
        name = request.header(SESSION)
        session = self._sessions.get(name) if name is not None and booth.session(name) is not None else None
        if name is not None and (session is None or session.ended):
            self._forget(booth, name)
            reply.send(404, JSON, _error("Session not found"))
        elif request.method == "POST":
            await self._post(booth, session, request, reply)
        elif session is None:
            reply.send(400, JSON, _error("A session is needed"))
        elif request.method == "GET":
            await session.listen(reply)
        else:
            self._forget(booth, session.name)
            await session.stop()
            reply.send(200)

    async def stop(self) -> None:
        """End every child."""
        await asyncio.gather(*(session.stop() for session in self._sessions.values()))

    async def _post(self, booth: Booth, session: Session | None, request: Request, reply: Reply) -> None:
        passage = Passage()
        gate = session.gate if session else booth.opening()
        gate.from_client(request.body, passage)
        if not passage.to_server:
            status = (400 if passage.malformed else 200) if passage.to_client else 202
            reply.send(status, JSON if passage.to_client else [], b"".join(passage.to_client))
        elif session is not None:
            await session.post(request, reply, passage)
        elif gate.is_opening:
            await self._open(booth, gate, request, reply, passage)
        else:
            for id in passage.opened:
                gate.give_up(id, "A session is needed.", passage)
            reply.send(400, JSON, _error("A session is needed"))
        gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)

    async def _open(self, booth: Booth, gate: Gate, request: Request, reply: Reply, passage: Passage) -> None:
        session = Session(gate, self._tell)
        await session.start(self._command, self._environment)
        self._sessions[session.name] = session
        booth.open(session.name, gate)
        await session.post(request, reply, passage)

    def _forget(self, booth: Booth, name: bytes) -> None:
        if booth.session(name) is not None:
            booth.close(name)
            self._sessions.pop(name, None)


def _error(words: str) -> bytes:
    return b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"%s"}}' % words.encode()
