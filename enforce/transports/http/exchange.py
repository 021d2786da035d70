"""One request to an HTTP upstream and what comes of it, whole or as a stream of events."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from crawler.mcp.jsonrpc import Id, Refused, parse
from enforce.gate import Gate
from enforce.ledger import Open
from enforce.passage import Passage
from enforce.transports.http.address import UpstreamFailed
from enforce.transports.http.asking import Response, Then
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import RESUMED, SESSION
from enforce.transports.http.events import Event, Events, TooLong
from enforce.transports.http.heading import Heading, heading
from enforce.transports.http.incoming import LARGEST_BODY
from enforce.transports.http.messages import (
    Headers,
    Request,
)
from enforce.transports.http.peer import TURN, Tell
from enforce.transports.http.serving import Reply, Rest
from enforce.transports.http.streams import JSON
from enforce.transports.http.streams import event as event_of

#: Statuses that have no body, and so no room for an answer.
_BODILESS = (204, 205, 304)


class Way(Protocol):
    """The way to the upstream."""

    tell: Tell

    def ask_now(self, request: Request, body: bytes, then: Then) -> Callable[[], None] | None:
        """Send a message where that needs no waiting; what ends the request early, or `None` where it was not sent."""

    async def ask(self, request: Request, body: bytes, begun: Response | None = None) -> Response:
        """Send a message with the headers of *request* that concern the upstream, unless the response has *begun*."""

    async def answer_server(self, request: Request, bodies: list[bytes]) -> None:
        """Tell the upstream what the gate has to say to its questions."""

    def finish(self, gate: Gate, passage: Passage) -> None:
        """Record and tell what does not go to the client."""

    def heard(self) -> None:
        """Somebody has said something."""

    def linger(self) -> None:
        """Stay awake for a moment after something was passed on, where that is worth it."""

    def over(self, exchange: "Exchange") -> None:
        """It needs no more watching."""


class Exchange:
    """One request to the upstream and what comes of it."""

    #: Whether the client may take up the stream again after the last event that it has seen.
    _resumable = False
    #: What stops waiting for an answer, while no task does; else the task.
    _forget: Callable[[], None] | None = None
    _task: asyncio.Task[None] | None = None
    _is_late = False

    def __init__(
        self,
        relay: Way,
        booth: Booth,
        gate: Gate,
        request: Request,
        reply: Reply,
        sent: Passage,
        ends_with_client: bool,
        modern: bool,
        began: float,
        is_held: bool,
    ) -> None:
        """*sent* was let through, and it *began* by the clock that only runs forward.

        *ends_with_client* tells whether the client's leaving ends it, which in older revisions says nothing about a
        call; *is_held* that the client was shown a question first, so that its reply is a stream already.
        """
        self._relay = relay
        self._booth = booth
        self._gate = gate
        self._request = request
        self._reply = reply
        self._sent = sent
        self._ends_with_client = ends_with_client
        self._modern = modern
        self._began = began
        self._is_held = is_held
        self._asked: dict[Id, Open] = {}

    def begin(self) -> Rest:
        """Send what was let through. Most answers come in one piece, and are brought back without a task of their own."""
        lines = self._sent.to_server
        body = lines[0] if len(lines) == 1 else b"".join(lines)
        self._forget = self._relay.ask_now(self._request, body, self._then)
        if self._forget is None:
            return self.run()
        self._reply.later()
        if self._ends_with_client:
            self._reply.end_with(self._leave)
        self._relay.linger()
        return None

    def _then(self, response: Response | UpstreamFailed) -> None:
        """The response begins, or there is none."""
        if self._ends_with_client:
            self._reply.end_with(_nothing)
        self._forget = None
        self._relay.heard()
        if isinstance(response, UpstreamFailed):
            self._fail(response)
            self._reply.done()
        elif (
            response.head.status == 200 and response.is_whole() and not (known := heading(response)).is_stream
        ):
            self._bring_back_now(response, known)
        else:
            self._reply.go_on(self.run(response))

    def _leave(self) -> None:
        """The client has left before that."""
        if self._forget is not None:
            self._forget()
        self._forget = None
        self._give_up("The client has left.")
        self._reply.done()

    async def run(self, begun: Response | None = None) -> None:
        """Send what was let through, unless the response has *begun*, and bring back the answer."""
        self._task = task = asyncio.current_task()
        if self._ends_with_client and task is not None:
            self._reply.end_with(task.cancel)
        try:
            response = await self._relay.ask(self._request, b"".join(self._sent.to_server), begun)
            await self._bring_back(response)
        except (UpstreamFailed, TooLong) as failure:
            self._fail(failure)
        except asyncio.CancelledError:
            self._give_up(self._late_words() if self._is_late else "The client has left.")
            if not (self._reply.gone or self._is_late):
                raise
        finally:
            self._relay.over(self)

    def end_if_late(self, now: float) -> None:
        """Give up a server that has said nothing for too long; *now* is monotonic."""
        if now - self._began <= self._gate.patience or self._is_endless():
            return
        self._is_late = True
        if self._task is not None:
            self._task.cancel()
        elif self._forget is not None:
            self._forget()
            self._give_up(self._late_words())
            self._reply.done()

    def _late_words(self) -> str:
        return f"The server gave no answer within {self._gate.patience:g} seconds."

    def _fail(self, failure: UpstreamFailed | TooLong) -> None:
        self._relay.tell(str(failure) or "an event of the upstream is too long")
        self._give_up("The server cannot be reached.")

    def _bring_back_now(self, response: Response, known: Heading) -> None:
        """Bring back an answer that is here as a whole."""
        try:
            self._take(response, known)
        except UpstreamFailed as failure:
            self._fail(failure)
            self._reply.done()
            return
        passage = self._pass_on(known, 200, response.at_hand())
        self._relay.finish(self._gate, passage)
        if passage.to_server:
            self._reply.go_on(self._relay.answer_server(self._request, passage.to_server))
        else:
            self._reply.done()
            self._relay.linger()

    def _take(self, response: Response, known: Heading) -> None:
        """Note what the head of a response says to us; raises UpstreamFailed for one that cannot be passed on."""
        if known.fault is not None:
            response.close()
            raise UpstreamFailed(known.fault)
        if not self._ends_with_client:
            self._note_session(known.session)

    async def _bring_back(self, response: Response) -> None:
        known = heading(response)
        self._take(response, known)
        if known.is_stream and response.status == 200:
            self._asked = {
                id: self._gate.ledger.calls[id] for id in self._sent.opened if not self._ends_with_client
            }
            await self._stream(response, known.headers[self._modern])
        else:
            try:
                body = await response.body(LARGEST_BODY)
            except asyncio.CancelledError:
                response.close()
                raise
            await self._aside(self._pass_on(known, response.status, body))

    def _pass_on(self, known: Heading, status: int, body: bytes) -> Passage:
        """A body in one piece, whatever it calls itself: it is read as a message, or not passed on."""
        passage = Passage()
        if body and not body.isspace():
            if status >= 300:
                self._gate.from_server_failing(body, self._sent.opened, passage)
            else:
                self._gate.from_server(body, passage)
        self._settle(passage)
        back = passage.to_client[-1] if passage.to_client else b""  # where it was no answer, ours follows it
        is_lost = status in _BODILESS if back else self._sent.opened and status < 300
        if self._is_held:
            self._reply.put(event_of(back))
            self._reply.finish()
        elif back and not is_lost:
            self._reply.send_under(known.upto[self._modern], back)
        else:
            headers = known.headers[self._modern]
            self._reply.send(502 if is_lost else status, headers + JSON if back else headers, back)
        self._relay.over(self)
        return passage

    async def _stream(self, response: Response, headers: Headers) -> None:
        """A stream of events, each of them judged before it is passed on."""
        events, held = Events(), 0
        if not self._reply.started:
            self._reply.start(200, [*headers, (b"content-type", b"text/event-stream")])
        if (
            self._ends_with_client
        ):  # so it is no answer of the older revisions, where notices have a stream of their own
            self._booth.listens(self._gate, self._say)
        if self._is_endless():
            self._reply.listens()
        try:
            while piece := await response.piece():
                for count, event in enumerate(events.feed(piece), 1):
                    await self._event(event)
                    if count % TURN == 0:
                        await asyncio.sleep(0)
                more, held = events.held - held, events.held
                response.gather(more)
                if self._resumable and self._reply.gone:
                    break  # what is still to come, the upstream keeps for the stream that takes up this one
        finally:
            self._booth.leaves(self._say)
            response.gather(-held)
            response.close()
        if self._ends_with_client or not self._resumable:  # else the answer may still come in another stream
            lost = Passage()
            self._settle(lost)
            for line in lost.to_client:
                self._reply.put(event_of(line))
            await self._aside(lost)
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
        # By any other name an event would be none that clients take for a message, as the gate has just done.
        kind = event.event if event.event == b"message" else None
        for line in passage.to_client:
            data = line if event.data else event.data
            if event.id:
                self._gate.ledger.note_event(event.id)
            await self._reply.write(Event(data=data, id=event.id, event=kind, retry=event.retry).encode())
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

    def _note_session(self, session: bytes | None) -> None:
        """A handshake may have opened a session, whose name the client will repeat."""
        if self._request.method == "POST" and self._request.header(SESSION) is None:
            self._booth.open(session, self._gate)

    def _settle(self, passage: Passage) -> None:
        """A request whose answer was not among what came back is not answered any more."""
        for id in self._sent.opened:
            if id in self._gate.ledger.calls:
                self._gate.give_up(id, "The server's answer could not be passed on.", passage)

    def _give_up(self, words: str) -> None:
        passage = Passage()
        for id in self._sent.opened:
            self._gate.give_up(id, words, passage)
        if (self._is_held or (self._is_late and self._reply.started)) and passage.to_client:
            self._reply.put(event_of(passage.to_client[0]))
            self._reply.finish()
        elif self._reply.started:
            self._reply.abort()
        else:
            self._reply.send(502, JSON if passage.to_client else [], b"".join(passage.to_client[:1]))
        self._relay.finish(self._gate, passage)
        self._relay.over(self)


def _nothing() -> None:
    """Whoever leaves now ends nothing."""
