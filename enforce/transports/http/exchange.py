"""One request to an HTTP upstream and what comes of it, whole or as a stream of events."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from crawler.mcp.jsonrpc import Id, Refused, parse
from enforce.gate import Gate
from enforce.ledger import Open
from enforce.passage import Passage
from enforce.transports.http.asking import Response, Then, UpstreamFailed
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import RESUMED, SESSION, is_modern
from enforce.transports.http.events import Event, Events, TooLong
from enforce.transports.http.messages import Headers, Request, passed_on, single
from enforce.transports.http.peer import Tell
from enforce.transports.http.serving import LARGEST_BODY, Reply, Rest
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

    def over(self, exchange: "Exchange") -> None:
        """It needs no more watching."""


class Exchange:
    """One request to the upstream and what comes of it."""

    def __init__(
        self,
        relay: Way,
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
        self._began = asyncio.get_running_loop().time()
        #: What was let through; and what stops waiting for its answer, while no task does.
        self._sent = Passage()
        self._forget: Callable[[], None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_late = False
        #: The client was shown a question first, so that its reply is a stream already.
        self._is_held = reply.started

    def begin(self, sent: Passage) -> Rest:
        """Send what was let through. Most answers come in one piece, and are brought back without a task of their own."""

        def then(response: Response | UpstreamFailed) -> None:
            self._reply.end_with(_nothing)
            self._forget = None
            if isinstance(response, UpstreamFailed):
                self._fail(response, sent)
                self._reply.done()
            elif response.status == 200 and response.is_whole and not _is_stream(response):
                self._bring_back_now(response, sent)
            else:
                self._reply.go_on(self.run(sent, response))

        self._sent = sent
        forget = self._forget = self._relay.ask_now(self._request, b"".join(sent.to_server), then)
        if forget is None:
            return self.run(sent)
        self._reply.later()
        if self._ends_with_client:

            def leave() -> None:
                forget()
                self._forget = None
                self._give_up(sent, "The client has left.")
                self._reply.done()

            self._reply.end_with(leave)
        return None

    async def run(self, sent: Passage, begun: Response | None = None) -> None:
        """Send what was let through, unless the response has *begun*, and bring back the answer."""
        self._task = task = asyncio.current_task()
        if self._ends_with_client and task is not None:
            self._reply.end_with(task.cancel)
        try:
            response = await self._relay.ask(self._request, b"".join(sent.to_server), begun)
            await self._bring_back(response, sent)
        except (UpstreamFailed, TooLong) as failure:
            self._fail(failure, sent)
        except asyncio.CancelledError:
            self._give_up(sent, self._late_words() if self._is_late else "The client has left.")
            if not (self._reply.gone or self._is_late):
                raise
        finally:
            self._relay.over(self)

    def end_if_late(self, now: float) -> None:
        """Give up a server that has said nothing for too long; *now* is the loop's time."""
        if now - self._began <= self._gate.patience or self._is_endless():
            return
        self._is_late = True
        if self._task is not None:
            self._task.cancel()
        elif self._forget is not None:
            self._forget()
            self._give_up(self._sent, self._late_words())
            self._reply.done()

    def _late_words(self) -> str:
        return f"The server gave no answer within {self._gate.patience:g} seconds."

    def _fail(self, failure: UpstreamFailed | TooLong, sent: Passage) -> None:
        self._relay.tell(str(failure) or "an event of the upstream is too long")
        self._give_up(sent, "The server cannot be reached.")

    def _bring_back_now(self, response: Response, sent: Passage) -> None:
        """Bring back an answer that is here as a whole."""
        try:
            headers = self._headers(response)
        except UpstreamFailed as failure:
            self._fail(failure, sent)
            self._reply.done()
            return
        passage = self._pass_on(response.status, headers, response.at_hand(), sent)
        self._relay.finish(self._gate, passage)
        if passage.to_server:
            self._reply.go_on(self._relay.answer_server(self._request, passage.to_server))
        else:
            self._reply.done()

    def _headers(self, response: Response) -> Headers:
        """The headers that are passed on; raises UpstreamFailed for a response that cannot be."""
        headers = passed_on(response.headers)
        if is_modern(self._request):
            headers = [pair for pair in headers if pair[0] != SESSION]
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
        return headers

    async def _bring_back(self, response: Response, sent: Passage) -> None:
        headers = self._headers(response)
        if _is_stream(response) and response.status == 200:
            self._asked = {
                id: self._gate.ledger.calls[id] for id in sent.opened if not self._ends_with_client
            }
            await self._stream(response, headers, sent)
        else:
            try:
                body = await response.body(LARGEST_BODY)
            except asyncio.CancelledError:
                response.close()
                raise
            await self._aside(self._pass_on(response.status, headers, body, sent))

    def _pass_on(self, status: int, headers: Headers, body: bytes, sent: Passage) -> Passage:
        """A body in one piece, whatever it calls itself: it is read as a message, or not passed on."""
        passage = Passage()
        if body and not body.isspace():
            if status >= 300:
                self._gate.from_server_failing(body, sent.opened, passage)
            else:
                self._gate.from_server(body, passage)
        self._settle(sent, passage)
        back = b"".join(passage.to_client[:1])
        if (not back and sent.opened and status < 300) or (back and status in _BODILESS):
            status = 502
        if self._is_held:
            self._reply.put(event_of(back))
            self._reply.finish()
        else:
            self._reply.send(status, headers + JSON if back else headers, back)
        self._relay.over(self)
        return passage

    async def _stream(self, response: Response, headers: Headers, sent: Passage) -> None:
        """A stream of events, each of them judged before it is passed on."""
        events = Events()
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
                for event in events.feed(piece):
                    await self._event(event)
                if self._resumable and self._reply.gone:
                    break  # what is still to come, the upstream keeps for the stream that takes up this one
        finally:
            self._booth.leaves(self._say)
            response.close()
        if self._ends_with_client or not self._resumable:  # else the answer may still come in another stream
            lost = Passage()
            self._settle(sent, lost)
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

    def _note_session(self, response: Response) -> None:
        """A handshake may have opened a session, whose name the client will repeat."""
        if self._ends_with_client:
            return
        if self._request.method == "POST" and self._request.header(SESSION) is None:
            self._booth.open(single(response.headers, SESSION), self._gate)

    def _settle(self, sent: Passage, passage: Passage) -> None:
        """A request whose answer was not among what came back is not answered any more."""
        for id in sent.opened:
            self._gate.give_up(id, "The server's answer could not be passed on.", passage)

    def _give_up(self, sent: Passage, words: str) -> None:
        passage = Passage()
        for id in sent.opened:
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


def _is_stream(response: Response) -> bool:
    kind = single(response.headers, b"content-type") or b""
    return kind.partition(b";")[0].strip().lower() == b"text/event-stream"


def _nothing() -> None:
    """Whoever leaves now ends nothing."""
