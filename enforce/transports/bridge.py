"""One client on our standard input and output, one server over HTTP: lines become requests, and answers lines."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import msgspec

from crawler.mcp.jsonrpc import Id, Message, encode, parse
from enforce.gate import Gate
from enforce.passage import Passage
from enforce.reload import PolicyFile
from enforce.transports.ending import PATIENCE
from enforce.transports.http.address import UpstreamFailed
from enforce.transports.http.asking import Response, Upstream
from enforce.transports.http.credentials import Credentials
from enforce.transports.http.doorway import (
    METHOD,
    NAME,
    NAMED_BY,
    PROTOCOL_KEY,
    RESUMED,
    SESSION,
    VERSION,
    encoded,
)
from enforce.transports.http.events import Events, TooLong
from enforce.transports.http.incoming import LARGEST_BODY
from enforce.transports.http.messages import Headers, single
from enforce.transports.http.peer import Tell
from enforce.transports.parameters import parameter_headers
from enforce.transports.standard import Ending, Underway, read_lines, write_lines
from enforce.transports.upkeep import TICK, look_around

#: Seconds before a broken stream is taken up again, unless the server named its own time; and the longest such time.
RETRY, LONGEST_RETRY = 1.0, 60.0

_ACCEPT: Headers = [
    (b"accept", b"application/json, text/event-stream"),
    (b"content-type", b"application/json"),
]
_INITIALIZED = b'{"jsonrpc":"2.0","method":"notifications/initialized"}'
_LISTEN: Headers = [(b"accept", b"text/event-stream")]


class Bridge:
    """Relays until the client is gone or a signal comes. Everything runs in one loop, so the gate needs no turns."""

    def __init__(
        self, gate: Gate, upstream: Upstream, credentials: Credentials, tell: Tell, policy: PolicyFile
    ) -> None:
        self._gate = gate
        self._upstream = upstream
        self._credentials = credentials
        self._tell = tell
        self._policy = policy
        self._tasks: set[asyncio.Task[None]] = set()
        self._calls: dict[Id, asyncio.Task[None]] = {}
        #: Until the server begins to answer; what it asks before it has answered may need the client.
        self._underway = Underway()
        #: Whether a handshake of the older revisions was made, and the headers that every request repeats since.
        self._handshake = False
        self._session: Headers = []
        #: The handshake itself, to be made again with a server that has been started anew; and one turn to do so.
        self._opening: Message | None = None
        self._turn = asyncio.Lock()
        self._ending = Ending()

    async def run(self) -> int:
        """Relay; the exit code to end with."""
        self._ending.watch()
        ticking = asyncio.create_task(self._tick())
        try:
            await read_lines(self._from_client, self._underway)
            await asyncio.gather(*self._calls.values(), return_exceptions=True)
        except asyncio.CancelledError:
            return self._ending.code
        finally:
            for task in (ticking, *self._tasks):
                task.cancel()
            await self._end_session()
            self._upstream.close()
        return 0

    def _from_client(self, line: bytes) -> None:
        passage = Passage()
        self._gate.from_client(line, passage)
        let_through, passage.to_server = passage.to_server, []
        self._finish(passage)
        for said in let_through:
            message = parse(said)
            task = self._start(self._exchange(message, said))
            if message.kind == "request" and message.id is not None:
                self._calls[message.id] = task
                task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._calls = {id: other for id, other in self._calls.items() if other is not task}

    async def _exchange(self, message: Message, body: bytes) -> None:
        """One message to the server and everything that is answered to it."""
        if message.method == "notifications/cancelled" and not self._handshake:
            call = self._calls.get(message.params.get("requestId", ""))
            if call is not None:
                call.cancel()  # in the new revision, to leave is to cancel
            return
        try:
            session = self._session
            response = await self._ask("POST", [*_ACCEPT, *self._headers(message)], body)
            if response.status == 404 and session and await self._opened_again(session):
                response.close()  # the server knew nothing of the session, so it has done nothing either
                response = await self._ask("POST", [*_ACCEPT, *self._headers(message)], body)
            await self._bring_back(response, message)
        except (UpstreamFailed, TooLong) as failure:
            self._tell(str(failure) or "an event of the server is too long")
            self._give_up(message.id, "The server cannot be reached.")
        except asyncio.CancelledError:
            self._give_up(message.id, "The call was cancelled.", silent=True)
            raise
        if message.method == "notifications/initialized" and self._session:
            self._start(self._listen())

    async def _opened_again(self, lost: Headers) -> bool:
        """Make the handshake anew where the server has forgotten our session; whether there is another session now."""
        async with self._turn:
            if self._session is not lost:
                return True  # another call was faster
            opening = self._opening
            if opening is None:
                return False
            response = await self._ask("POST", _ACCEPT, encode({**opening.body, "id": "tollhouse-opening"}))
            await response.body(LARGEST_BODY)
            session = single(response.headers, SESSION)
            if response.status != 200 or session is None:
                return False
            version = [(key, value) for key, value in lost if key == VERSION]
            self._session = [(SESSION, session), *version]
            self._tell("the server has forgotten our session, and another was opened")
            told = await self._ask("POST", [*_ACCEPT, *self._session], _INITIALIZED)
            await told.body(LARGEST_BODY)
            self._start(self._listen())
            return True

    def _headers(self, message: Message) -> Headers:
        """What the revision of a message wants to be repeated outside of it."""
        if self._handshake:
            return self._session
        meta = message.params.get("_meta")
        version = meta.get(PROTOCOL_KEY) if isinstance(meta, dict) else None
        if not isinstance(version, str):
            return []
        headers = [(VERSION, encoded(version)), (METHOD, encoded(message.method))]
        name = message.params.get(NAMED_BY.get(message.method, ""))
        if isinstance(name, str):
            headers.append((NAME, encoded(name)))
        if message.method == "tools/call" and isinstance(name, str):
            headers += parameter_headers(
                self._gate.judge.input_schema(name), message.params.get("arguments", {})
            )
        return headers

    async def _ask(self, method: str, headers: Headers, body: bytes = b"") -> Response:
        self._underway.add(len(body))
        try:
            return await self._asked(method, headers, body)
        finally:
            self._underway.add(-len(body))

    async def _asked(self, method: str, headers: Headers, body: bytes) -> Response:
        response = await self._upstream.ask(method, [*headers, *await self._credentials.headers()], body)
        if response.status == 401 and await self._credentials.renew():
            response.close()
            response = await self._upstream.ask(method, [*headers, *await self._credentials.headers()], body)
        if 300 <= response.status < 400:
            response.close()
            raise UpstreamFailed("the server answers with a redirect, which would lead around the gate")
        return response

    async def _bring_back(self, response: Response, message: Message) -> None:
        opening = message.method == "initialize"
        if opening:
            self._opening = message
            self._open_session(response)
        kind = (single(response.headers, b"content-type") or b"").partition(b";")[0].strip().lower()
        if kind == b"text/event-stream" and response.status == 200:
            last, wait = await self._stream(response, opening=opening)
            while last is not None and message.id in self._gate.ledger.calls and self._handshake:
                await asyncio.sleep(wait)
                again = await self._ask("GET", [*_LISTEN, *self._session, (RESUMED, last)])
                last, wait = await self._stream(again)
        else:
            passage = Passage()
            body = await response.body(LARGEST_BODY)
            if response.status >= 300 and message.id is not None:
                self._gate.from_server_failing(body, [message.id], passage)
                passage.to_client = [_under(line, message.id) for line in passage.to_client]
            elif body.strip():
                self._gate.from_server(body, passage)
            self._finish(passage, opening=opening)
        self._give_up(message.id, "The server gave no answer that could be passed on.")

    async def _stream(self, response: Response, *, opening: bool = False) -> tuple[bytes | None, float]:
        """Pass on a stream; the id of its last event, and how long to wait before taking it up again."""
        events, last, wait = Events(), None, RETRY
        try:
            while piece := await response.piece():
                for event in events.feed(piece):
                    last = event.id or last
                    if event.retry is not None:
                        wait = min(int(event.retry) / 1000, LONGEST_RETRY)
                    if event.data:
                        passage = Passage()
                        self._gate.from_server(event.data, passage)
                        self._finish(passage, opening=opening)
        except UpstreamFailed as failure:
            if last is None:
                raise
            self._tell(str(failure))  # the stream can be taken up after its last event
        finally:
            response.close()
        return last, wait

    async def _listen(self) -> None:
        """What the server says by itself, where its revision has that."""
        last, wait, session = None, RETRY, self._session
        while session is self._session:
            resumed: Headers = [(RESUMED, last)] if last else []
            try:
                response = await self._ask("GET", [*_LISTEN, *session, *resumed])
                if response.status != 200:
                    response.close()
                    return
                last, wait = await self._stream(response)
            except (UpstreamFailed, TooLong) as failure:
                self._tell(str(failure) or "an event of the server is too long")
            await asyncio.sleep(wait)

    def _open_session(self, response: Response) -> None:
        session = single(response.headers, SESSION)
        self._handshake = True
        self._session = [(SESSION, session)] if session else []

    async def _end_session(self) -> None:
        if any(key == SESSION for key, _ in self._session):
            try:
                async with asyncio.timeout(PATIENCE):
                    response = await self._ask("DELETE", self._session)
                    await response.body(LARGEST_BODY)
            except TimeoutError:
                return  # nobody is left to tell who could do anything about it
            except UpstreamFailed as failure:
                self._tell(str(failure))

    def _give_up(self, id: Id | None, words: str, *, silent: bool = False) -> None:
        if id is not None:
            passage = Passage()
            self._gate.give_up(id, words, passage)
            if silent:
                passage.to_client.clear()
            self._finish(passage)

    def _finish(self, passage: Passage, *, opening: bool = False) -> None:
        if opening:
            self._note_version(passage.to_client)
        if passage.to_client and not write_lines(passage.to_client):
            self._ending.now()
        for line in passage.to_server:
            self._start(self._tell_server(line))
        self._gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)

    async def _tell_server(self, line: bytes) -> None:
        """An answer of the gate itself to a question of the server."""
        try:
            response = await self._ask("POST", [*_ACCEPT, *self._session], line)
            await response.body(LARGEST_BODY)
        except UpstreamFailed as failure:
            self._tell(str(failure))

    def _note_version(self, lines: list[bytes]) -> None:
        """Once a handshake has settled the revision, every further request names it."""
        for line in lines:
            result = msgspec.json.decode(line).get("result")
            version = result.get("protocolVersion") if isinstance(result, dict) else None
            if isinstance(version, str):
                self._session = [*self._session, (VERSION, encoded(version))]

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._finish(look_around(self._policy, self._gate))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _under(line: bytes, id: Id) -> bytes:
    """An error without an id, as the answer to the one request to which it came."""
    message = msgspec.json.decode(line)
    return msgspec.json.encode({**message, "id": id}) if message.get("id") is None else line
