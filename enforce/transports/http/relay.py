"""Requests through the gate to an HTTP upstream, and its answers back, whole or as streams of events."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from crawler.mcp.jsonrpc import Id, Message, Refused, parse
from enforce.gate import Gate
from enforce.ledger import Open
from enforce.passage import Passage
from enforce.transports.http.asking import Response, Upstream, UpstreamFailed
from enforce.transports.http.booth import Booth
from enforce.transports.http.credentials import Credentials
from enforce.transports.http.doorway import RESUMED, SESSION, check_headers, is_modern
from enforce.transports.http.events import Event, Events, TooLong
from enforce.transports.http.messages import Headers, Request, passed_on, single
from enforce.transports.http.serving import LARGEST_BODY, Reply
from enforce.transports.http.streams import EVENTS, JSON, event
from enforce.transports.http.waiting import Waiting
from enforce.transports.parameters import check_parameters

#: Headers of an upstream's answer that its body, which is encoded anew, makes wrong.
_REMADE = frozenset({b"content-encoding", b"content-type", b"etag", b"content-md5", b"digest"})

Tell = Callable[[str], None]


class HttpRelay:
    """Relays for one server. What the upstream asks for as credentials is added here and comes from nowhere else."""

    def __init__(self, upstream: Upstream, credentials: Credentials, tell: Tell) -> None:
        self._upstream = upstream
        self._credentials = credentials
        self._waiting = Waiting()
        self.tell = tell

    async def serve(self, booth: Booth, request: Request, reply: Reply) -> None:
        """Answer one request that the doorway let in."""
        if request.method == "POST":
            await self._post(booth, request, reply)
        elif request.method in ("GET", "DELETE"):
            await self._session_request(booth, request, reply)
        else:
            reply.send(405, [(b"allow", b"GET, POST, DELETE")])

    async def stop(self) -> None:
        """Close what is idle."""
        self._upstream.close()

    # Messages of the client.

    async def _post(self, booth: Booth, request: Request, reply: Reply) -> None:
        modern = is_modern(request)
        gate = _gate_for(booth, request, modern)
        if gate is None:
            reply.send(404, JSON, _NO_SESSION)
            return
        passage = Passage()
        check = (lambda message: _check(gate, request, message)) if modern else None
        gate.from_client(request.body, passage, check)
        if passage.resumed is not None:
            reply.send(202)
            self._waiting.resume(gate, passage)
            self.finish(gate, passage)
        elif passage.held is not None:
            await self._hold(booth, gate, request, reply, passage)
        elif not passage.to_server:
            status = (400 if passage.malformed else 200) if passage.to_client else 202
            reply.send(status, JSON if passage.to_client else [], b"".join(passage.to_client))
            self.finish(gate, passage)
        else:
            exchange = _Exchange(self, booth, gate, request, reply, ends_with_client=modern)
            await exchange.run(passage)

    async def _hold(
        self, booth: Booth, gate: Gate, request: Request, reply: Reply, passage: Passage
    ) -> None:
        """Show the client a question on the way back of its call, which goes on once it is answered."""
        reply.start(200, EVENTS)
        reply.put(event(passage.to_client[-1]))
        self.finish(gate, passage)
        resumed = await self._waiting.until_answered(gate, passage.held)
        if resumed.to_server:
            exchange = _Exchange(self, booth, gate, request, reply, ends_with_client=False)
            await exchange.run(resumed)
        else:
            for line in resumed.to_client:
                reply.put(event(line))
            reply.finish()

    async def _session_request(self, booth: Booth, request: Request, reply: Reply) -> None:
        """The stream of what a server says by itself, and the end of a session; only older revisions have them."""
        session = request.header(SESSION)
        gate = booth.session(session) if session is not None else booth.gate_without_session()
        if gate is None:
            reply.send(404, JSON, _NO_SESSION)
            return
        exchange = _Exchange(self, booth, gate, request, reply, ends_with_client=request.method == "GET")
        await exchange.run(Passage())
        if request.method == "DELETE" and session is not None:
            booth.close(session)

    async def ask(self, request: Request, body: bytes) -> Response:
        """Send a message to the upstream with the headers of *request* that concern it."""
        response = await self._ask(request, body)
        if response.status == 401 and await self._credentials.renew():
            response.close()
            return await self._ask(request, body)
        return response

    async def _ask(self, request: Request, body: bytes) -> Response:
        credentials = await self._credentials.headers()
        taken = {key for key, _ in credentials}
        headers = [(key, value) for key, value in passed_on(request.headers) if key not in taken]
        return await self._upstream.ask(request.method, [*headers, *credentials], body)

    async def answer_server(self, request: Request, bodies: list[bytes]) -> None:
        """Tell the upstream what the gate has to say to its questions."""
        headers = [
            (key, value)
            for key, value in request.headers
            if key not in (b"accept", b"content-type", b"last-event-id")
        ]
        headers += [(b"accept", b"application/json, text/event-stream"), *JSON]
        post = Request(method="POST", path=request.path, headers=headers, fields=dict(headers), body=b"")
        for body in bodies:
            try:
                response = await self.ask(post, body)
                await response.body(LARGEST_BODY)
            except UpstreamFailed as failure:
                self.tell(str(failure))

    def finish(self, gate: Gate, passage: Passage) -> None:
        gate.write_down(passage)
        for note in passage.notes:
            self.tell(note)


class _Exchange:
    """One request to the upstream and what comes of it."""

    def __init__(
        self,
        relay: HttpRelay,
        booth: Booth,
        gate: Gate,
        request: Request,
        reply: Reply,
        *,
        ends_with_client: bool,
    ) -> None:
        self._relay = relay
        self._booth = booth
        self._gate = gate
        self._request = request
        self._reply = reply
        #: Whether the client's leaving ends the exchange; in older revisions it says nothing about a call.
        self._ends_with_client = ends_with_client
        #: The client may take up the stream again after the last event that it has seen.
        self._resumable = False
        self._asked: dict[Id, Open] = {}
        #: The client was shown a question first, so that its reply is a stream already.
        self._is_held = reply.started

    async def run(self, sent: Passage) -> None:
        """Send what was let through, and bring back the answer."""
        task = asyncio.current_task()
        if self._ends_with_client and task is not None:
            self._reply.end_with(task.cancel)
        try:
            response = await self._relay.ask(self._request, b"".join(sent.to_server))
            await self._bring_back(response, sent)
        except (UpstreamFailed, TooLong) as failure:
            self._relay.tell(str(failure) or "an event of the upstream is too long")
            self._give_up(sent, "The server cannot be reached.")
        except asyncio.CancelledError:
            self._give_up(sent, "The client has left.")
            if not self._reply.gone:
                raise

    async def _bring_back(self, response: Response, sent: Passage) -> None:
        headers = [(key, value) for key, value in passed_on(response.headers) if key not in _REMADE]
        self._note_session(response)
        if 300 <= response.status < 400:
            response.close()
            raise UpstreamFailed("the upstream answers with a redirect, which would lead around the gate")
        if response.status == 401:  # it is we who were refused; the client's own token was never shown
            response.close()
            raise UpstreamFailed("the upstream refuses the gate's credentials")
        if any(key == b"content-encoding" and value != b"identity" for key, value in response.headers):
            response.close()
            raise UpstreamFailed("the upstream compresses its answer, though it was asked not to")
        kind = (single(response.headers, b"content-type") or b"").partition(b";")[0].strip().lower()
        if kind == b"text/event-stream" and response.status == 200:
            self._asked = {
                id: self._gate.ledger.calls[id] for id in sent.opened if not self._ends_with_client
            }
            await self._stream(response, headers)
            if self._ends_with_client:
                lost = Passage()
                self._settle(sent, lost)
                await self._aside(lost)
        else:
            await self._whole(response, headers, sent)

    async def _whole(self, response: Response, headers: Headers, sent: Passage) -> None:
        """A body in one piece, whatever it calls itself: it is read as a message, or not passed on."""
        body = await response.body(LARGEST_BODY)
        passage = Passage()
        if body.strip():
            if response.status >= 300:
                self._gate.from_server_failing(body, sent.opened, passage)
            else:
                self._gate.from_server(body, passage)
        self._settle(sent, passage)
        back = b"".join(passage.to_client[:1])
        status = response.status if back or not sent.opened or response.status >= 300 else 502
        if self._is_held:
            self._reply.put(event(back))
            self._reply.finish()
        else:
            self._reply.send(status, [*headers, *(JSON if back else [])], back)
        await self._aside(passage)

    async def _stream(self, response: Response, headers: Headers) -> None:
        """A stream of events, each of them judged before it is passed on."""
        events = Events()
        if not self._reply.started:
            self._reply.start(200, [*headers, (b"content-type", b"text/event-stream")])
        if (
            self._ends_with_client
        ):  # in the older revisions, only a stream that no request opened is for notices
            self._booth.listens(self._gate, self._say)
        if self._is_endless():
            self._reply.listens()
        try:
            while piece := await response.piece():
                for event in events.feed(piece):
                    await self._event(event)
                if self._resumable and self._reply.gone:
                    break  # what is still to come, the upstream keeps for the stream that takes up this one
            for event in events.end():
                await self._event(event)
        finally:
            self._booth.leaves(self._say)
            response.close()
        self._reply.finish()

    def _is_endless(self) -> bool:
        """Whether the stream is one on which a client hears what nobody asked for."""
        calls = self._gate.ledger.calls.values()
        modern = self._ends_with_client and any(call.method == "subscriptions/listen" for call in calls)
        return modern or (self._request.method == "GET" and self._request.header(RESUMED) is None)

    def _say(self, line: bytes) -> None:
        """Something of the gate's own, between two events of the upstream."""
        if line:
            self._reply.put(Event(event=b"message", data=line).encode())

    async def _event(self, event: Event) -> None:
        passage = Passage()
        if event.id and not self._resumable:
            self._keep()
        if event.data:
            self._expect_again(event.data)
            self._gate.from_server(event.data, passage)
        else:
            passage.to_client.append(b"")
        for line in passage.to_client:
            data = line if event.data else event.data
            await self._reply.write(
                Event(data=data, id=event.id, event=event.event, retry=event.retry).encode()
            )
        await self._aside(passage)

    def _keep(self) -> None:
        """The stream can be taken up again, so what it answers may have to be answered twice."""
        self._resumable = True
        for id, call in self._asked.items():
            self._gate.ledger.keep(id, call)

    def _expect_again(self, data: bytes) -> None:
        """A stream that is taken up may bring an answer that was passed on, and lost on its way."""
        if self._request.header(RESUMED) is None:
            return
        with suppress(Refused):
            message = parse(data)
            if message.kind == "response" and message.id is not None:
                self._gate.ledger.reopen(message.id)

    async def _aside(self, passage: Passage) -> None:
        """What does not go to the client."""
        self._relay.finish(self._gate, passage)
        if passage.to_server:
            await self._relay.answer_server(self._request, passage.to_server)

    def _note_session(self, response: Response) -> None:
        """A handshake may have opened a session, whose name the client will repeat."""
        session = single(response.headers, SESSION)
        if (
            self._request.method == "POST"
            and self._request.header(SESSION) is None
            and not self._ends_with_client
        ):
            self._booth.open(session, self._gate)

    def _settle(self, sent: Passage, passage: Passage) -> None:
        """A request whose answer was not among what came back is not answered any more."""
        for id in sent.opened:
            self._gate.give_up(id, "The server's answer could not be passed on.", passage)

    def _give_up(self, sent: Passage, words: str) -> None:
        passage = Passage()
        for id in sent.opened:
            self._gate.give_up(id, words, passage)
        if self._is_held and passage.to_client:
            self._reply.put(event(passage.to_client[0]))
            self._reply.finish()
        elif self._reply.started:
            self._reply.abort()
        else:
            self._reply.send(502, JSON if passage.to_client else [], b"".join(passage.to_client[:1]))
        self._relay.finish(self._gate, passage)


def _check(gate: Gate, request: Request, message: Message) -> None:
    """Headers that are there must agree with the body; whether they must be there is the server's to say."""
    check_headers(request, message)
    if message.method == "tools/call" and any(key.startswith(b"mcp-param-") for key in request.fields):
        name = message.params.get("name")
        check_parameters(request, message, gate.judge.input_schema(name) if isinstance(name, str) else None)


def _gate_for(booth: Booth, request: Request, modern: bool) -> Gate | None:
    """The gate that knows what is open where this request belongs."""
    if modern:
        return booth.gate()
    session = request.header(SESSION)
    if session is not None:
        return booth.session(session)
    return booth.opening() if b'"initialize"' in request.body else booth.gate_without_session()


_NO_SESSION = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Session not found"}}'
