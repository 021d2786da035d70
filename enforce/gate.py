"""The proxy's brain, without any I/O of its own: a message in, and what goes on to either side out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from crawler.mcp.jsonrpc import (
    DEFAULT_BOUNDS,
    Bounds,
    Id,
    Json,
    Message,
    Refused,
    encode,
    may_ask,
    parse,
    salvaged_id,
)
from enforce import answers, listings
from enforce.audit.log import AuditFailed
from enforce.clocks import Clock
from enforce.counters import Counters, Grouping, StoreFailed
from enforce.decide import LATER, Decision
from enforce.elicitation import Elicitation
from enforce.judge import Judge
from enforce.law import Law
from enforce.ledger import MOST_OPEN, Ledger, Open
from enforce.methods import TASK_NEWS, TASK_STATES
from enforce.passage import Passage
from enforce.pins import PinsFailed
from enforce.questions import Questions
from enforce.recorder import Audit, Recorder, Values
from enforce.repeats import Repeats
from enforce.results import HANDSHAKE, JUDGED_KEYS, RESULT_KEYS, Results
from enforce.tasks import TasksFailed

#: Looks at what surrounds a message, such as headers; raises Refused.
Check = Callable[[Message], None]


#: Seconds that a server has for an answer, unless the operator says otherwise.
PATIENCE = 3600.0

#: Rules by which nothing is judged, but something is broken that the person who runs the gate has to hear of.
UNAVAILABLE = ("(counters unavailable)", "(approvals unavailable)", "(tasks unavailable)")

#: Bytes of a request up to which its parameters are kept as they are while it is open.
LARGE = 10_000

#: What stays open for as long as its client listens.
LISTENS = "subscriptions/listen"


class Gate:
    """Judges both directions of one connection. Whoever shares one among threads takes turns."""

    _handshake = False
    _check: Check | None = None
    #: The id of the message that is being judged, once it was read.
    _read_id: Id | None = None

    def __init__(
        self,
        judge: Judge,
        audit: Audit,
        *,
        clock: Clock,
        bounds: Bounds = DEFAULT_BOUNDS,
        elicitation: Elicitation | None = None,
        values: Values | None = None,
        recorder: Recorder | None = None,
        repeats: Repeats | None = None,
        patience: float = PATIENCE,
    ) -> None:
        #: Seconds after which a call without an answer gets one of ours.
        self.patience = patience
        self.judge = judge
        self.ledger = Ledger()
        self._audit = audit
        self._recorder = recorder or Recorder(audit, judge.party, values, repeats)
        self._results = Results(judge, self.ledger, self._recorder, clock)
        self._clock = clock
        self._bounds = bounds
        #: Whether people are asked by way of the client, and how.
        self._asks = elicitation is not None
        self._questions = Questions(elicitation, judge, self._recorder, clock)

    @property
    def is_opening(self) -> bool:
        """Whether a handshake of the older revisions was let through, and not refused."""
        return self._handshake

    def beside(self) -> "Gate":
        """A gate at the same place for a request that stands alone: nothing is open there, and both write into one record."""
        return Gate(
            self.judge,
            self._audit,
            clock=self._clock,
            bounds=self._bounds,
            elicitation=Elicitation() if self._asks else None,
            recorder=self._recorder,
            patience=self.patience,
        )

    def follow(self, earlier: "Gate") -> None:
        """Stand after the same handshake as *earlier*, without what is open there: for a server that keeps no sessions."""
        self._handshake = earlier._handshake
        self._questions.follow(earlier._questions)
        self.ledger.asked = earlier.ledger.asked
        self.ledger.events = earlier.ledger.events

    def note_handshake(self, gate: "Gate") -> None:
        """*gate* has made a handshake with a server that keeps no sessions: what is open here stays so, and is open there too."""
        self._handshake = self._handshake or gate._handshake
        if gate.judge is not self.judge:  # else it only stands after an earlier handshake
            self._questions.follow(gate._questions)
        gate.ledger.asked, gate.ledger.events = self.ledger.asked, self.ledger.events

    # What the client says.

    def from_client(self, line: bytes, passage: Passage, check: Check | None = None) -> None:
        """Judge one message of the client: forward it as it was judged, answer it, or drop it.

        *check* may refuse a message, by raising Refused, for what surrounds it.
        """
        self._check = check
        self._guarded(self._read_client, line, passage)

    def from_client_all(self, lines: Sequence[bytes], passage: Passage) -> None:
        """Judge several messages at the price of one: they are counted in one transaction and recorded in one write."""
        if len(lines) == 1:
            self._check = None
            self._guarded(self._read_client, lines[0], passage)
            return
        try:
            with self.together():
                for line in lines:
                    self.from_client(line, passage)
        except (StoreFailed, AuditFailed) as fault:
            self.deny_all(passage, fault)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Count all messages of a block in one transaction and record them in one write, also those of gates beside this one.

        Nothing that was let through in it may go on before its end, where StoreFailed and AuditFailed are raised.
        """
        with self._recorder.together(), _together(self.judge.counters):
            yield

    def deny_all(self, passage: Passage, fault: Exception) -> None:
        """Nothing that was let through may go on after all, for want of what *fault* names."""
        passage.notes.append(str(fault))
        passage.to_server.clear()
        for id in passage.opened:
            del self.ledger.calls[id]
            passage.tell_client(id, answers.DENIED, "Denied: it cannot be counted or recorded.")

    def _read_client(self, line: bytes, passage: Passage) -> None:
        try:
            message = parse(line, self._bounds)
            self._read_id = message.id
            if self._check is not None:
                self._check(message)
        except Refused as refused:
            passage.malformed = True
            self._refuse("client", refused.reason, passage)
            # The server's questions have ids of their own: who answers one in a wrong way hears of no call by its id.
            id = refused.id if may_ask(line) else None
            passage.to_client.append(encode(answers.error(id, refused.code, refused.reason)))
            return
        kind = message.kind
        if kind == "request":
            self._client_request(message, passage)
        elif kind == "notification":
            self._client_notification(message, passage)
        else:
            self._client_response(message, passage)

    def _client_request(self, message: Message, passage: Passage) -> None:
        calls, id = self.ledger.calls, message.id
        if id is None:
            return  # the parser gives no request without one
        if id in calls or (self._asks and self._questions.holds(id)):
            self._refuse("client", "its id is in use", passage)
            passage.tell_client(id, answers.INVALID_REQUEST, "This id is already in use.")
            return
        if len(calls) >= MOST_OPEN and self.ledger.is_full():
            self._refuse("client", "too many requests are open", passage)
            passage.tell_client(id, answers.DENIED, "Too many requests are open.")
            return
        now = self._clock()
        if self._asks:
            message, decision = self._questions.decide(message, now, passage)
        else:
            decision = self.judge.decide(message, now)
        try:
            seq = self._recorder.decision(message, decision, now)
        except AuditFailed as fault:
            passage.notes.append(str(fault))
            decision, seq = _NOT_RECORDED, 0
        method = message.method
        if decision.outcome == "allow":
            if method == HANDSHAKE:
                self._handshake = True
                self._questions.note_handshake(message)
            params = message.body.get("params", _NONE)
            calls[id] = Open(
                method=method,
                params=_kept(params) if len(message.encoded) <= LARGE else _needed(params),
                seq=seq,
                since=now,
                redact=decision.redact,
            )
            passage.to_server.append(message.encoded)
            passage.opened.append(id)
            return
        if decision.rule in UNAVAILABLE:
            passage.notes.append(str(decision.why))
        if method == "tools/call":
            if not self._questions.put(id, message, decision, passage):
                denial = answers.denied_call(id, message.params["name"], decision)
                passage.to_client.append(encode(denial))
        else:
            passage.to_client.append(encode(answers.denied_request(id, decision)))

    def _client_notification(self, message: Message, passage: Passage) -> None:
        if message.method == "notifications/cancelled":
            id = _own_id(message.params.get("requestId"))
            call = self.ledger.calls.get(id) if id is not None else None
            if call is None:
                self._questions.cancel(id, passage)
                return  # it was denied or is answered already; the server knows nothing of it
            call.cancelled = True
        if self._passes(message, "client", passage):
            passage.to_server.append(message.encoded)

    def _client_response(self, message: Message, passage: Passage) -> None:
        if self._questions.is_ours(message.id):
            held = self._questions.answered(message, passage)
            if held is not None:
                self._client_request(held, passage)
            return
        if message.id is None or message.id not in self.ledger.asked:
            self._refuse("client", "the server asked no question with this id", passage)
            return
        del self.ledger.asked[message.id]
        passage.to_server.append(message.encoded)

    # What the server says.

    def from_server(self, line: bytes, passage: Passage) -> None:
        """Judge one message of the server, in the same way."""
        self._guarded(self._read_server, line, passage)

    def from_server_all(self, lines: Sequence[bytes], passage: Passage) -> None:
        """Judge several messages of the server."""
        for line in lines:
            self._guarded(self._read_server, line, passage)

    def _read_server(self, line: bytes, passage: Passage) -> None:
        try:
            message = parse(line, self._bounds)
            self._read_id = message.id
        except Refused as refused:
            self._refuse("server", refused.reason, passage)
            if not may_ask(line):
                self._fail(refused.id, f"The server's answer was refused: {refused.reason}.", passage)
            return
        if message.kind == "response":
            self._server_response(message, passage)
        elif message.kind == "notification":
            if self._passes(message, "server", passage):
                changed = message.method in TASK_NEWS and self._results.edit_status(message.params)
                passage.to_client.append(encode(message.body) if changed else message.encoded)
        elif message.id is not None:
            self._server_request(message.id, message, passage)

    def _server_response(self, message: Message, passage: Passage) -> None:
        id = message.id
        call = self.ledger.calls.get(id) if id is not None else None
        if id is None or call is None:
            self._refuse("server", "nobody asked for this answer", passage)
            return
        result = message.body.get("result")
        if result is None:
            self._server_error(id, call, message, passage)
            return
        if not RESULT_KEYS.issuperset(result):
            if strange := listings.twins(result, JUDGED_KEYS):
                self._refuse(
                    "server", f"the key {strange[0][:100]!r} of its answer looks like another", passage
                )
                self._fail(id, "The server's answer can be read in two ways.", passage)
                return
            if call.method == "tools/call":
                self._note_task(result, passage)
        if ("resultType" in result or "inputRequests" in result) and (
            denied := self._results.denied_question(result)
        ) is not None:
            self._turn_down(id, call, denied, passage)
            return
        if call.method in TASK_STATES and (denied := self._results.denied_inside(result)) is not None:
            self._turn_down(id, call, denied, passage)
            return
        if call.method == "tools/list" and type(result.get("tools")) is not list:
            self._refuse("server", "its list of tools is none", passage)
            self._fail(id, "The server's list of tools cannot be read.", passage)
            return
        is_plain = call.method == "tools/call" and not call.redact.result
        try:
            changed = not is_plain and self._results.edit(call, result, passage)
        except (PinsFailed, TasksFailed) as fault:
            passage.notes.append(str(fault))
            self._fail(id, "It cannot be compared right now with what was accepted; try again.", passage)
            return
        passage.to_client.append(encode(message.body) if changed else message.encoded)
        del self.ledger.calls[id]
        self._close(call, "tool_error" if result.get("isError") is True else "ok")

    def _note_task(self, result: dict[str, Json], passage: Passage) -> None:
        """Remember whose a task is; where that fails, it is nobody's, and its caller has to begin another."""
        try:
            self.judge.note_task(result, self._clock())
        except TasksFailed as fault:
            passage.notes.append(str(fault))

    def _server_error(self, id: Id, call: Open, message: Message, passage: Passage) -> None:
        if (denied := self._results.denied_error(message.body["error"])) is not None:
            self._turn_down(id, call, denied, passage)
            return
        passage.to_client.append(message.encoded)
        del self.ledger.calls[id]
        self._handshake = self._handshake and call.method != HANDSHAKE
        self._close(call, "error", message.body["error"]["code"])

    def _turn_down(self, id: Id, call: Open, decision: Decision, passage: Passage) -> None:
        """Answer a request whose server asked what it may not ask."""
        self._refuse("server", f"it asks what it may not ask: {decision.reason}", passage)
        self._end(id, "refused")
        answer = answers.unfinished_call if call.method == "tools/call" else answers.denied_request
        passage.to_client.append(encode(answer(id, decision)))

    def _server_request(self, id: Id, message: Message, passage: Passage) -> None:
        reason = self._fault_of_question(id)
        if reason is not None:
            self._refuse("server", reason, passage)
            passage.tell_server(id, answers.INVALID_REQUEST, f"Refused: {reason}.")
        elif self._passes(message, "server", passage):
            self.ledger.asked[id] = None
            passage.to_client.append(message.encoded)
        else:
            passage.tell_server(id, answers.DENIED, "Not allowed by policy.")

    def _fault_of_question(self, id: Id) -> str | None:
        if not self._handshake:
            return "servers ask no questions in this revision"
        if id in self.ledger.asked or self._questions.is_ours(id):
            return "its id is in use"
        return "too many questions are open" if len(self.ledger.asked) >= MOST_OPEN else None

    def from_server_failing(self, line: bytes, asked: Sequence[Id], passage: Passage) -> None:
        """Judge the body of a response whose status says that it failed: only an error passes, also one without an id."""
        try:
            message = parse(line, self._bounds)
        except Refused:
            return
        if message.kind != "response" or "error" not in message.body:
            return
        if message.id is not None:
            if message.id in asked:
                self.from_server(line, passage)
        elif self._results.denied_error(message.body["error"]) is not None:
            self._refuse("server", "it asks in an error, and of no request", passage)
        else:
            passage.to_client.append(message.encoded)
            for id in asked:
                self._end(id, "error", message.body["error"]["code"])

    def give_up(self, id: Id, words: str, passage: Passage) -> None:
        """Answer a request that is still open, since the server will not."""
        if self._end(id, "lost"):
            passage.tell_client(id, answers.INTERNAL_ERROR, words)

    def server_gone(self, passage: Passage, words: str = "The server has exited.") -> None:
        """Answer everything that is still open, since nobody else will."""
        for id in list(self.ledger.calls):
            self.give_up(id, words, passage)
        self._questions.gone(words, passage)
        self.ledger.clear()

    def adopt(self, law: Law, passage: Passage) -> None:
        """Judge by another law from now on, and tell the client where that changes what it may see."""
        before = self.judge.visible_tools()
        self.judge.adopt(law)
        if self.judge.visible_tools() != before:
            self.announce(passage)

    def announce(self, passage: Passage) -> None:
        """Tell the client, where it listens for that, that the tools are others now."""
        if self._results.promised:
            passage.to_client.append(encode(listings.list_changed()))
        for id, call in self.ledger.calls.items():
            if call.method == LISTENS and listings.wants_tools(call.params):
                passage.to_client.append(encode(listings.list_changed(id)))

    def expire(self, passage: Passage) -> None:
        """Answer calls that have waited long enough, for the person at the client or for the server; to be called from time to time."""
        self.expire_questions(passage)
        oldest = self._clock() - self.patience
        for id, call in list(self.ledger.calls.items()):
            if call.since > oldest:
                break  # calls stand in the order in which they came
            if call.method != LISTENS:
                self.give_up(id, f"The server gave no answer within {self.patience:g} seconds.", passage)

    def expire_questions(self, passage: Passage) -> None:
        """Answer only those that have waited for the person at the client."""
        self._questions.expire(passage)

    def is_behind(self) -> bool:
        """Whether it is time to write down how calls have ended."""
        return self._recorder.is_behind()

    def write_down(self, passage: Passage) -> None:
        """Record how calls have ended; to be called where the gate is behind, from time to time, and at the end."""
        self._recorder.flush(self._clock(), passage.notes)

    # What both have in common.

    def _guarded(self, read: Callable[[bytes, Passage], None], line: bytes, passage: Passage) -> None:
        mark = len(passage.to_server), len(passage.to_client), len(passage.opened)
        self._read_id = None
        try:
            read(line, passage)
        except Exception:  # noqa: BLE001 - whatever goes wrong, nothing passes
            for opened in passage.undo(mark):
                self.ledger.calls.pop(opened, None)
            passage.notes.append(f"denied by an internal fault:\n{_trace()}")
            id = self._id_of(line)
            if read == self._read_client:
                passage.tell_client(id, answers.INTERNAL_ERROR, "Denied: the gate failed.")
            else:
                self._fail(id, "The server's answer could not be checked.", passage)

    def _id_of(self, line: bytes) -> Id | None:
        """The id under which to answer a message over which something broke."""
        return salvaged_id(line) if self._read_id is None else self._read_id

    def _passes(self, message: Message, side: str, passage: Passage) -> bool:
        """Whether a notification, or a question of the server, is let through; only denials are written down."""
        if message.method == "tools/call":
            self._refuse(side, "a tool call must be a request", passage)
            return False
        if side == "server" and "tools" in message.params and message.method.startswith("notifications/"):
            self._refuse(side, "a list of tools comes as an answer", passage)
            return False
        now = self._clock()
        decision = self.judge.decide(message, now, of_server=side == "server")
        if side == "server" and decision.outcome == "allow" and message.method in TASK_NEWS:
            decision = self._results.denied_news(message.params) or decision
        if decision.outcome == "allow":
            return True
        if side == "server":
            self._refuse(side, f"{message.method[:100]}: {decision.reason}", passage)
        else:
            self._recorder.denial(message, decision, now, passage.notes)
        return False

    def _end(self, id: Id, status: str, code: int | None = None) -> bool:
        """Close a request that is open; says whether it was."""
        call = self.ledger.calls.pop(id, None)
        if call is not None:
            self._close(call, status, code)
        return call is not None

    def _close(self, call: Open, status: str, code: int | None = None) -> None:
        if call.answered:
            return  # its outcome is on record; the client only hears it once more
        self._recorder.end(call, status, self._clock(), code)

    def _refuse(self, side: str, reason: str, passage: Passage) -> None:
        self._recorder.refusal(side, reason, self._clock(), passage.notes)

    def _fail(self, id: Id | None, words: str, passage: Passage) -> None:
        """Answer the client in place of a server whose answer cannot be passed on."""
        if id is not None and self._end(id, "refused"):
            passage.tell_client(id, answers.INTERNAL_ERROR, words)


_NOT_RECORDED = Decision(
    outcome="deny",
    rule="(audit unavailable)",
    reason="The decision cannot be written down, so the call is not allowed.",
    advice=LATER,
)


#: The parameters of a request that has none; never changed.
_NONE: dict[str, Json] = {}


def _kept(params: dict[str, Json]) -> dict[str, Json]:
    """The parameters without a call's arguments, which may be large and are of no more use; they were judged already."""
    if "arguments" in params:
        params = params.copy()
        del params["arguments"]
    return params


def _needed(params: dict[str, Json]) -> dict[str, Json]:
    """Of large parameters what is looked at again, since a client may have thousands of requests open."""
    kept: dict[str, Json] = {key: params[key] for key in ("cursor", "taskId") if _is_short(params.get(key))}
    meta = params.get("_meta")
    if isinstance(meta, dict) and _is_short(meta.get("progressToken")):
        kept["_meta"] = {"progressToken": meta["progressToken"]}
    if listings.wants_tools(params):
        kept["notifications"] = {"toolsListChanged": True}
    return kept


def _is_short(value: Json) -> bool:
    return type(value) is int or (type(value) is str and len(value) <= LARGE)


def _together(counters: Counters) -> AbstractContextManager[None]:
    """The counters' own way of reserving for several calls at once, where they have one."""
    return counters.together() if isinstance(counters, Grouping) else nullcontext()


def _trace() -> str:
    import traceback  # only a fault pays for loading it

    return traceback.format_exc()


def _own_id(value: Json) -> Id | None:
    return value if type(value) is str or type(value) is int else None
