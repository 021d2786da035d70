"""Requests through the gate to an HTTP upstream, and its answers back, whole or as streams of events."""

import asyncio
from collections.abc import Callable
from functools import partial
from time import monotonic

from crawler.mcp.jsonrpc import Message, Refused
from enforce.audit.log import AuditFailed
from enforce.counters import StoreFailed
from enforce.gate import Gate
from enforce.passage import Passage
from enforce.transports.http.address import UpstreamFailed
from enforce.transports.http.asking import Response, Then, Upstream
from enforce.transports.http.booth import Booth
from enforce.transports.http.credentials import Credentials
from enforce.transports.http.doorway import (
    HEADER_MISMATCH,
    METHOD,
    NAME,
    RESUMED,
    SESSION,
    check_headers,
    is_modern,
)
from enforce.transports.http.exchange import Exchange
from enforce.transports.http.gates import gate_for
from enforce.transports.http.incoming import LARGEST_BODY
from enforce.transports.http.messages import Headers, Request, passed_on
from enforce.transports.http.peer import Tell
from enforce.transports.http.serving import Reply, Rest
from enforce.transports.http.streams import EVENTS, JSON, event
from enforce.transports.http.vigil import Vigil
from enforce.transports.http.waiting import Waiting
from enforce.transports.parameters import PARAMETER, check_parameters

#: Seconds that an upstream has to take an answer of the gate's own, for which the rest of what it says has to wait.
PATIENCE = 10.0


class _Asked:
    """A message of a client and what the gate says of it."""

    def __init__(self, booth: Booth, gate: Gate, request: Request, reply: Reply, modern: bool) -> None:
        self.booth = booth
        self.gate = gate
        self.request = request
        self.reply = reply
        self.modern = modern
        self.passage = Passage()

    def judge(self) -> None:
        check = partial(_check, self.gate, self.request) if self.modern else None
        self.gate.from_client(self.request.body, self.passage, check)


class HttpRelay:
    """Relays for one server. What the upstream asks for as credentials is added here and comes from nowhere else."""

    def __init__(self, upstream: Upstream, credentials: Credentials, tell: Tell) -> None:
        self._upstream = upstream
        self._credentials = credentials
        self._waiting = Waiting()
        #: Requests that came in at once and are to be judged together.
        self._turn: list[_Asked] = []
        self._exchanges: set[Exchange] = set()
        self._vigil: Vigil | None = None
        self.tell = tell

    def serve(self, booth: Booth, request: Request, reply: Reply) -> Rest:
        """Answer one request that the doorway let in."""
        if request.method == "POST":
            return self._post(booth, request, reply)
        if request.method in ("GET", "DELETE"):
            return self._session_request(booth, request, reply)
        reply.send(405, [(b"allow", b"GET, POST, DELETE")])
        return None

    def tick(self) -> None:
        """Give up what the upstream has not answered for too long."""
        now = monotonic()
        for exchange in list(self._exchanges):
            exchange.end_if_late(now)

    async def stop(self) -> None:
        """Close what is idle."""
        self._upstream.close()

    # Messages of the client.

    def _post(self, booth: Booth, request: Request, reply: Reply) -> Rest:
        modern = is_modern(request)
        gate = gate_for(booth, request, modern)
        if gate is None:
            reply.send(404, JSON, _NO_SESSION)
            return None
        asked = _Asked(booth, gate, request, reply, modern)
        if self._upstream.in_flight:
            # There is nothing to lose by waiting for others that came at the same time.
            if not self._turn:
                asyncio.get_running_loop().call_soon(self._take_turn)
            self._turn.append(asked)
            reply.later()
            return None
        self.heard()
        asked.judge()
        return self._proceed(asked)

    def _take_turn(self) -> None:
        """Judge all requests that came in at once, at the price of one."""
        turn, self._turn = self._turn, []
        try:
            with turn[0].gate.together():
                for asked in turn:
                    asked.judge()
        except (StoreFailed, AuditFailed) as fault:
            for asked in turn:
                asked.gate.deny_all(asked.passage, fault)
        turn.reverse()
        self._proceed_with(turn)

    def _proceed_with(self, turn: "list[_Asked]") -> None:
        """Take the last first; a request that fails keeps none of the others waiting."""
        try:
            while turn:
                asked = turn.pop()
                asked.reply.proceed(partial(self._proceed, asked))
        finally:
            if turn:
                asyncio.get_running_loop().call_soon(self._proceed_with, turn)

    def _proceed(self, asked: "_Asked") -> Rest:
        """Pass on what was let through, or say what was not."""
        gate, request, reply, passage = asked.gate, asked.request, asked.reply, asked.passage
        if passage.resumed is not None:
            reply.send(202)
            self._waiting.resume(gate, passage)
            self.finish(gate, passage)
        elif passage.held is not None:
            return self._hold(asked.booth, gate, request, reply, passage)
        elif not passage.to_server:
            status = (400 if passage.malformed else 200) if passage.to_client else 202
            reply.send(status, JSON if passage.to_client else [], b"".join(passage.to_client))
            self.finish(gate, passage)
        else:
            exchange = self._exchange(asked.booth, gate, request, reply, passage, asked.modern)
            self._exchanges.add(exchange)
            return exchange.begin()
        return None

    def _exchange(
        self, booth: Booth, gate: Gate, request: Request, reply: Reply, sent: Passage, ends_with_client: bool
    ) -> Exchange:
        modern, now = is_modern(request), monotonic()
        return Exchange(self, booth, gate, request, reply, sent, ends_with_client, modern, now, reply.started)

    async def _hold(self, booth: Booth, gate: Gate, request: Request, reply: Reply, passage: Passage) -> None:
        """Show the client a question on the way back of its call, which goes on once it is answered."""
        reply.start(200, EVENTS)
        reply.put(event(passage.to_client[-1]))
        self.finish(gate, passage)
        if request.header(SESSION) is None and passage.question is not None:
            booth.asks(passage.question, gate)
        resumed = await self._waiting.until_answered(gate, passage.held)
        if resumed.to_server:
            exchange = self._exchange(booth, gate, request, reply, resumed, False)
            self._exchanges.add(exchange)
            await exchange.run()
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
        event = request.header(RESUMED)
        if event is not None and event not in gate.ledger.events:
            reply.send(400, JSON, _NO_EVENT)
            return
        ends = request.method == "DELETE"
        exchange = self._exchange(booth, gate, request, reply, Passage(), not ends)
        if ends:
            self._exchanges.add(exchange)
        await exchange.run()
        if ends and session is not None:
            booth.close(session)

    def ask_now(self, request: Request, body: bytes, then: Then) -> Callable[[], None] | None:
        """Send a message, as far as that needs no waiting, and call *then* once the response begins; see `Upstream.ask_now`."""
        credentials = self._credentials.at_hand()
        if credentials is None:
            return None
        onward = request.findings.onward
        if onward is None or onward[0] != credentials:
            upto = self._upstream.head_upto(request.method, _joined(request, body, credentials))
            onward = request.findings.onward = credentials, upto
        return self._upstream.ask_now(onward[1], body, then)

    async def ask(self, request: Request, body: bytes, begun: Response | None = None) -> Response:
        """Send a message to the upstream with the headers of *request* that concern it, unless the response has *begun*."""
        response = begun or await self._ask(request, body)
        if response.status == 401 and await self._credentials.renew():
            response.close()
            return await self._ask(request, body)
        return response

    async def _ask(self, request: Request, body: bytes) -> Response:
        credentials = await self._credentials.headers()
        return await self._upstream.ask(request.method, _joined(request, body, credentials), body)

    async def answer_server(self, request: Request, bodies: list[bytes]) -> None:
        """Tell the upstream what the gate has to say to its questions."""
        headers = [(key, value) for key, value in request.headers if key != b"accept"]
        headers.append((b"accept", b"application/json, text/event-stream"))
        post = Request(method="POST", path=request.path, headers=headers, fields=dict(headers), body=b"")
        for body in bodies:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._tell_server(post, body)
            except TimeoutError:
                self.tell("the upstream does not take what the gate answers it")
            except UpstreamFailed as failure:
                self.tell(str(failure))

    async def _tell_server(self, post: Request, body: bytes) -> None:
        response = await self.ask(post, body)
        try:
            await response.body(LARGEST_BODY)
        finally:
            response.close()

    def heard(self) -> None:
        if self._vigil is None:
            self._vigil = Vigil()
        self._vigil.heard()

    def linger(self) -> None:
        """While nothing else is under way, which would have to wait."""
        if self._vigil is not None and self._upstream.in_flight <= 1:
            self._vigil.keep()

    def over(self, exchange: Exchange) -> None:
        self._exchanges.discard(exchange)

    def finish(self, gate: Gate, passage: Passage) -> None:
        if gate.is_behind():
            gate.write_down(passage)
        for note in passage.notes:
            self.tell(note)


def _joined(request: Request, body: bytes, credentials: Headers) -> Headers:
    """What of the client's headers is passed on, and the credentials, which take the place of any of the same name."""
    kept_back = {key for key, _ in credentials}
    # The new revision has no sessions, and one that is named could be somebody else's. The older ones have no headers
    # that repeat the body, and nobody has compared them with it.
    modern = is_modern(request)
    kept_back |= {SESSION} if modern else {METHOD, NAME}
    headers = [
        (key, value)
        for key, value in passed_on(request.headers)
        if key not in kept_back and (modern or not key.startswith(PARAMETER))
    ]
    if body:
        headers += JSON
    elif request.method == "GET" and (event := request.header(RESUMED)) is not None:
        headers.append((RESUMED, event))
    return headers + credentials


def _check(gate: Gate, request: Request, message: Message) -> None:
    """Headers that are there must agree with the body; whether they must be there is the server's to say."""
    check_headers(request, message)
    if message.method == "tools/call" and any(key.startswith(PARAMETER) for key in request.fields):
        schema = gate.judge.input_schema(message.params["name"])
        if schema is None:  # whoever knows that the tool wants such headers has seen its definition
            raise Refused(HEADER_MISMATCH, _NOT_LISTED, message.id)
        check_parameters(request, message, schema)


_NOT_LISTED = "Header mismatch: the tool was not listed here, so its mcp-param headers cannot be compared with the body; list the tools, then call again"
_NO_EVENT = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"This event is not known here, or no more"}}'
_NO_SESSION = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Session not found"}}'
