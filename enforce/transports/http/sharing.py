"""HTTP clients of the new revision before a server that speaks by lines: the requests of one identity share a child."""

import asyncio
from itertools import count
from typing import Any

from msgspec import Struct

from crawler.mcp.jsonrpc import INVALID_PARAMS, Id, Message, Refused, encode, parse
from enforce.gate import Gate
from enforce.passage import Passage
from enforce.transports.http.address import UpstreamFailed
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import PROTOCOL_KEY, check_headers
from enforce.transports.http.messages import Request
from enforce.transports.http.peer import Connect, Outbox, Tell
from enforce.transports.http.serving import Reply
from enforce.transports.http.streams import JSON, Stream
from enforce.transports.parameters import check_parameters

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


class _Waiting(Struct, frozen=True, kw_only=True):
    """A request at the child: as which the client knows it, and the gate that judges what comes back."""

    id: Id
    token: Any
    gate: Gate
    stream: Stream


class SharedChild:
    """One child for many requests. Each gets an id of ours while it is there, since clients choose theirs alike."""

    def __init__(self, connect: Connect, tell: Tell) -> None:
        self.ended = False
        self._tell = tell
        self._peer = connect(self._from_child, self._child_ended)
        self._outbox = Outbox(self._peer)
        self._waiting: dict[Id, _Waiting] = {}
        self._ids = count(1)
        self._starting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the child, once for all who ask; raises UpstreamFailed."""
        if self._starting is None:
            self._starting = asyncio.create_task(self._peer.start())
        await asyncio.shield(self._starting)

    async def ask(self, booth: Booth, gate: Gate, line: bytes, request: Request, reply: Reply) -> None:
        """Pass on one request that the gate let through, and answer when the child has."""
        message = parse(line)
        ours = next(self._ids)
        id: Id = 0 if message.id is None else message.id
        waiting = _Waiting(id=id, token=_token(message), gate=gate, stream=Stream())
        self._waiting[ours] = waiting
        task = asyncio.current_task()
        reply.end_with(task.cancel if task else lambda: None)
        if message.method == "subscriptions/listen":
            booth.listens(gate, waiting.stream.put)
            reply.listens()
        try:
            self._outbox.put([_renamed(message, ours)])
            await waiting.stream.send(request, reply, [])
        except asyncio.CancelledError:
            if not reply.gone:
                raise
            self._outbox.put([_cancel(ours)])
        finally:
            booth.leaves(waiting.stream.put)
            self._waiting.pop(ours, None)
            passage = Passage()
            gate.give_up(waiting.id, "The client has left.", passage)
            gate.write_down(passage)

    def expire(self) -> None:
        """Answer what the child has not answered for too long."""
        for waiting in list(self._waiting.values()):
            passage = Passage()
            waiting.gate.expire(passage)
            for said in passage.to_client:
                waiting.stream.put(said, last=True)
            waiting.gate.write_down(passage)

    async def stop(self) -> None:
        """End the child."""
        self.ended = True
        await self._peer.stop()

    def _from_child(self, line: bytes) -> None:
        try:
            message = parse(line)
        except Refused as refused:
            self._tell(f"a message of the server was refused: {refused}")
            if (
                left := self._waiting.get(refused.id or 0)
            ) is not None:  # in this revision servers only answer
                self._give_up(left, f"The server's answer was refused: {refused}.")
            return
        waiting = self._waiting.get(_about(message) or 0) or self._only_one(message)
        if waiting is None:
            self._tell("a message of the server belongs to no request")
            return
        passage = Passage()
        waiting.gate.from_server(_restored(message, waiting), passage)
        for said in passage.to_client:
            waiting.stream.put(said, last=message.kind == "response")
        waiting.gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)

    def _give_up(self, waiting: _Waiting, words: str) -> None:
        passage = Passage()
        waiting.gate.give_up(waiting.id, words, passage)
        for said in passage.to_client:
            waiting.stream.put(said, last=True)
        waiting.gate.write_down(passage)

    def _only_one(self, message: Message) -> _Waiting | None:
        """A notification that names no request can only be passed on where there is one."""
        alone = message.kind == "notification" and len(self._waiting) == 1 and _about(message) is None
        return next(iter(self._waiting.values())) if alone else None

    def _child_ended(self) -> None:
        self.ended = True
        for waiting in self._waiting.values():
            passage = Passage()
            waiting.gate.server_gone(passage)
            for said in passage.to_client:
                waiting.stream.put(said, last=True)
            waiting.gate.write_down(passage)


class SharingRelay:
    """A shared child for each identity."""

    def __init__(self, connect: Connect, tell: Tell) -> None:
        self._connect = connect
        self._tell = tell
        self._children: dict[Booth, SharedChild] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def serve(self, booth: Booth, request: Request, reply: Reply) -> None:
        """Answer one request of the new revision; raises UpstreamFailed where the program does not start."""
        if request.method != "POST":
            reply.send(405, [(b"allow", b"POST")])
            return
        gate, passage = booth.gate(), Passage()
        gate.from_client(request.body, passage, lambda message: _check(gate, request, message))
        if not passage.opened:
            status = (400 if passage.malformed else 200) if passage.to_client else 202
            reply.send(status, JSON if passage.to_client else [], b"".join(passage.to_client))
        gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)
        if passage.opened:
            await self._ask(booth, gate, passage, request, reply)

    def tick(self) -> None:
        """Give up what has not been answered for too long, and end the children of who may not come any more."""
        for booth, child in list(self._children.items()):
            child.expire()
            if booth.closed:
                del self._children[booth]
                task = asyncio.create_task(child.stop())
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)

    async def stop(self) -> None:
        """End every child."""
        await asyncio.gather(*(child.stop() for child in self._children.values()), *self._ending)

    async def _ask(self, booth: Booth, gate: Gate, passage: Passage, request: Request, reply: Reply) -> None:
        try:
            child = self._children.get(booth)
            if child is None or child.ended:
                child = self._children[booth] = SharedChild(self._connect, self._tell)
            await child.start()
        except UpstreamFailed:
            self._children.pop(booth, None)
            lost = Passage()
            gate.give_up(passage.opened[0], "The server cannot be started.", lost)
            gate.write_down(lost)
            raise
        await child.ask(booth, gate, passage.to_server[0], request, reply)


def _check(gate: Gate, request: Request, message: Message) -> None:
    """The program sees no headers, so we look at them in its place.

    A request without its revision would be one of the older revisions to the program, and the first of those settles
    how it speaks with everybody.
    """
    check_headers(request, message, complete=True)
    if message.kind == "request" and not isinstance(_meta(message).get(PROTOCOL_KEY), str):
        raise Refused(INVALID_PARAMS, f"Missing _meta key: {PROTOCOL_KEY}", message.id)
    if message.method == "tools/call":
        check_parameters(request, message, gate.judge.input_schema(message.params["name"]))


def _meta(message: Message) -> dict[str, Any]:
    source = message.params if message.kind != "response" else {}
    meta = source.get("_meta")
    return meta if isinstance(meta, dict) else {}


def _token(message: Message) -> Any:
    return _meta(message).get("progressToken")


def _renamed(message: Message, ours: int) -> bytes:
    message.body["id"] = ours
    if "progressToken" in _meta(message):
        _meta(message)["progressToken"] = ours
    return encode(message.body)


def _about(message: Message) -> Id | None:
    """Which of our requests a message of the child speaks of."""
    if message.kind == "response":
        return message.id
    named = message.params.get("progressToken", _meta(message).get(SUBSCRIPTION))
    return named if isinstance(named, str | int) else None


def _restored(message: Message, waiting: _Waiting) -> bytes:
    """The message in the client's own words."""
    if message.kind == "response":
        message.body["id"] = waiting.id
        result = message.body.get("result")
        meta = result.get("_meta") if isinstance(result, dict) else None
    else:
        if "progressToken" in message.params:
            message.params["progressToken"] = waiting.token
        meta = _meta(message)
    if isinstance(meta, dict) and SUBSCRIPTION in meta:
        meta[SUBSCRIPTION] = waiting.id
    return encode(message.body)


def _cancel(ours: int) -> bytes:
    return encode({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": ours}})
