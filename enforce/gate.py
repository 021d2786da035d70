"""The proxy's brain, without any I/O of its own: a message in, and what goes on to either side out."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS, Bounds, Id, Json, Message, Refused, encode, parse
from enforce import answers, listings, records
from enforce.audit.log import AuditFailed
from enforce.clocks import Clock, stamp
from enforce.counters import Counters, StoreFailed
from enforce.decide import Decision
from enforce.judge import Judge
from enforce.law import Law
from enforce.ledger import Ledger, Open
from enforce.policy import Redact
from enforce.redaction import blank

#: Methods that open a connection of the older revisions, in which servers ask questions of their own.
HANDSHAKE = "initialize"

_NOTHING = Redact()

#: Records of outcomes that are kept while the log cannot be written.
MOST_ENDED = 10_000


#: Looks at what surrounds a message, such as headers; raises Refused.
Check = Callable[[Message], None]


class Audit(Protocol):
    """Where decisions are written down before anything is forwarded."""

    def write(self, *records: dict[str, Any]) -> int:
        """Append records and give the last one's number; raises AuditFailed."""

    def together(self) -> AbstractContextManager[None]:
        """Write all records of a block at its end, or none; raises AuditFailed there."""


@runtime_checkable
class Grouping(Protocol):
    """Counters that can reserve for several calls in one transaction."""

    def together(self) -> AbstractContextManager[None]:
        """Take all reservations of a block at its end; raises StoreFailed there."""


class Passage(Struct):
    """What a gate let through, said itself, and has to tell the person who runs it, in order."""

    to_server: list[bytes] = []
    to_client: list[bytes] = []
    notes: list[str] = []
    #: Requests of the client that go on to the server.
    opened: list[Id] = []
    #: Whether the client sent what is no message of the protocol.
    malformed: bool = False

    def mark(self) -> tuple[int, int, int]:
        """A point to go back to."""
        return len(self.to_server), len(self.to_client), len(self.opened)

    def undo(self, mark: tuple[int, int, int]) -> None:
        """Take back everything that was let through since *mark*."""
        del self.to_server[mark[0] :]
        del self.to_client[mark[1] :]
        del self.opened[mark[2] :]


class Gate:
    """Judges both directions of one connection. Whoever shares one among threads takes turns."""

    def __init__(self, judge: Judge, audit: Audit, *, clock: Clock, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self.judge = judge
        self.ledger = Ledger()
        self._audit = audit
        self._clock = clock
        self._stamp = stamp()
        self._bounds = bounds
        party = judge.party
        self._who = {key: value for key in party.__struct_fields__ if (value := getattr(party, key))}
        self._handshake = False
        self._check: Check | None = None
        #: Records of how calls have ended, which nothing waits for.
        self._ended: list[dict[str, Any]] = []
        #: The server said in a handshake that it tells when its tools change.
        self._promised = False

    @property
    def is_opening(self) -> bool:
        """Whether a handshake of the older revisions was let through, and not refused."""
        return self._handshake

    # What the client says.

    def from_client(self, line: bytes, passage: Passage, check: Check | None = None) -> None:
        """Judge one message of the client: forward it as it was judged, answer it, or drop it.

        *check* may refuse a message, by raising Refused, for what surrounds it.
        """
        self._check = check
        self._guarded(self._read_client, line, passage)

    def from_client_all(self, lines: Sequence[bytes], passage: Passage) -> None:
        """Judge several messages at the price of one: they are counted in one transaction and recorded in one write."""
        try:
            with self._audit.together(), _together(self.judge.counters):
                for line in lines:
                    self.from_client(line, passage)
        except (StoreFailed, AuditFailed) as fault:
            passage.notes.append(str(fault))
            self._deny_all(passage)

    def _deny_all(self, passage: Passage) -> None:
        """Nothing that was let through may go on after all."""
        passage.to_server.clear()
        for id in passage.opened:
            del self.ledger.calls[id]
            self._answer(passage.to_client, id, answers.DENIED, "Denied: it cannot be counted or recorded.")

    def _read_client(self, line: bytes, passage: Passage) -> None:
        try:
            message = parse(line, self._bounds)
            if self._check is not None:
                self._check(message)
        except Refused as refused:
            passage.malformed = True
            self._refuse("client", refused.reason, passage)
            passage.to_client.append(encode(answers.error(refused.id, refused.code, refused.reason)))
            return
        if message.id is not None and message.kind == "request":
            self._client_request(message.id, message, passage)
        elif message.kind == "notification":
            self._client_notification(message, passage)
        else:
            self._client_response(message, passage)

    def _client_request(self, id: Id, message: Message, passage: Passage) -> None:
        if id in self.ledger.calls:
            self._refuse("client", "its id is in use", passage)
            self._answer(passage.to_client, id, answers.INVALID_REQUEST, "This id is already in use.")
            return
        if self.ledger.is_full():
            self._refuse("client", "too many requests are open", passage)
            self._answer(passage.to_client, id, answers.DENIED, "Too many requests are open.")
            return
        now = self._clock()
        decision = self.judge.decide(message, now)
        try:
            seq = self._record(self._decision_record(message, decision, now))
        except AuditFailed as fault:
            passage.notes.append(str(fault))
            decision, seq = _NOT_RECORDED, 0
        if decision.outcome == "allow":
            if message.method == HANDSHAKE:
                self._handshake = True
            self.ledger.calls[id] = Open(
                method=message.method, params=message.params, seq=seq, since=now, redact=decision.redact
            )
            passage.to_server.append(message.encoded)
            passage.opened.append(id)
        elif message.method == "tools/call":
            denial = answers.denied_call(id, message.params["name"], decision)
            passage.to_client.append(encode(denial))
        else:
            passage.to_client.append(encode(answers.denied_request(id, decision)))

    def _client_notification(self, message: Message, passage: Passage) -> None:
        if message.method == "notifications/cancelled":
            id = _own_id(message.params.get("requestId"))
            call = self.ledger.calls.get(id) if id is not None else None
            if call is None:
                return  # it was denied or is answered already; the server knows nothing of it
            call.cancelled = True
        if self._passes(message, "client", passage):
            passage.to_server.append(message.encoded)

    def _client_response(self, message: Message, passage: Passage) -> None:
        if message.id is None or self.ledger.asked.pop(message.id, None) is None:
            self._refuse("client", "the server asked no question with this id", passage)
            return
        passage.to_server.append(message.encoded)

    # What the server says.

    def from_server(self, line: bytes, passage: Passage) -> None:
        """Judge one message of the server, in the same way."""
        self._guarded(self._read_server, line, passage)

    def _read_server(self, line: bytes, passage: Passage) -> None:
        try:
            message = parse(line, self._bounds)
        except Refused as refused:
            self._refuse("server", refused.reason, passage)
            self._fail(refused.id, f"The server's answer was refused: {refused.reason}.", passage)
            return
        if message.kind == "response":
            self._server_response(message, passage)
        elif message.kind == "notification":
            if self._passes(message, "server", passage):
                passage.to_client.append(message.encoded)
        elif message.id is not None:
            self._server_request(message.id, message, passage)

    def _server_response(self, message: Message, passage: Passage) -> None:
        id = message.id
        call = self.ledger.calls.get(id) if id is not None else None
        if id is None or call is None:
            self._refuse("server", "nobody asked for this answer", passage)
            return
        result = message.body.get("result")
        changed = result is not None and self._edit(call, result, passage)
        passage.to_client.append(encode(message.body) if changed else message.encoded)
        del self.ledger.calls[id]
        if result is not None:
            self._close(call, "tool_error" if result.get("isError") is True else "ok")
        else:
            self._handshake = self._handshake and call.method != HANDSHAKE
            self._close(call, "error", message.body["error"]["code"])

    def _server_request(self, id: Id, message: Message, passage: Passage) -> None:
        if not self._handshake or id in self.ledger.asked:
            reason = "its id is in use" if self._handshake else "servers ask no questions in this revision"
            self._refuse("server", reason, passage)
            self._answer(passage.to_server, id, answers.INVALID_REQUEST, f"Refused: {reason}.")
        elif self._passes(message, "server", passage):
            self.ledger.asked[id] = message.method
            passage.to_client.append(message.encoded)
        else:
            self._answer(passage.to_server, id, answers.DENIED, "Not allowed by policy.")

    def from_server_failing(self, line: bytes, asked: Sequence[Id], passage: Passage) -> None:
        """Judge the body of a response whose status says that it failed: only an error passes, also one without an id."""
        try:
            message = parse(line, self._bounds)
        except Refused:
            return
        if message.kind != "response" or "error" not in message.body:
            return
        if message.id is not None and message.id in asked:
            self.from_server(line, passage)
        elif message.id is None:
            passage.to_client.append(message.encoded)
            for id in asked:
                self._end(id, "error", message.body["error"]["code"])

    def give_up(self, id: Id, words: str, passage: Passage) -> None:
        """Answer a request that is still open, since the server will not."""
        if self._end(id, "lost"):
            self._answer(passage.to_client, id, answers.INTERNAL_ERROR, words)

    def server_gone(self, passage: Passage, words: str = "The server has exited.") -> None:
        """Answer everything that is still open, since nobody else will."""
        for id in list(self.ledger.calls):
            self.give_up(id, words, passage)
        self.ledger = Ledger()

    def adopt(self, law: Law, passage: Passage) -> None:
        """Judge by another law from now on, and tell the client where that changes what it may see."""
        before = self.judge.visible_tools()
        self.judge.adopt(law)
        if self.judge.visible_tools() == before:
            return
        if self._promised:
            passage.to_client.append(encode(listings.list_changed()))
        for id, call in self.ledger.calls.items():
            if call.method == "subscriptions/listen" and listings.wants_tools(call.params):
                passage.to_client.append(encode(listings.list_changed(id)))

    def write_down(self, passage: Passage) -> None:
        """Record how calls have ended. Until then it is kept for the next decision, in whose write it goes along.

        To be called from time to time, and at the end.
        """
        if self._ended:
            self._try_record(passage)

    # What both have in common.

    def _guarded(self, read: Callable[[bytes, Passage], None], line: bytes, passage: Passage) -> None:
        mark = passage.mark()
        try:
            read(line, passage)
        except Exception:  # noqa: BLE001 - whatever goes wrong, nothing passes
            for opened in passage.opened[mark[2] :]:
                self.ledger.calls.pop(opened, None)
            passage.undo(mark)
            passage.notes.append(f"denied by an internal fault:\n{_trace()}")
            id = _id_of(line)
            if read == self._read_client:
                self._answer(passage.to_client, id, answers.INTERNAL_ERROR, "Denied: the gate failed.")
            else:
                self._fail(id, "The server's answer could not be checked.", passage)

    def _passes(self, message: Message, side: str, passage: Passage) -> bool:
        """Whether a notification, or a question of the server, is let through; only denials are written down."""
        if message.method == "tools/call":
            self._refuse(side, "a tool call must be a request", passage)
            return False
        now = self._clock()
        decision = self.judge.decide(message, now)
        if decision.outcome == "allow":
            return True
        passage.notes.append(f"{message.method!r} of the {side} was not let through: {decision.reason}")
        self._try_record(passage, self._decision_record(message, decision, now))
        return False

    def _record(self, record: dict[str, Any]) -> int:
        """Write a record down, and before it how earlier calls have ended; raises AuditFailed."""
        if not self._ended:
            return self._audit.write(record)
        seq = self._audit.write(*self._ended, record)
        self._ended.clear()
        return seq

    def _decision_record(self, message: Message, decision: Decision, now: float) -> dict[str, Any]:
        return records.decision_record(
            self._stamp(now), message.method, message.id, message.params, decision, self._who
        )

    def _end(self, id: Id, status: str, code: int | None = None) -> bool:
        """Close a request that is open; says whether it was."""
        call = self.ledger.calls.pop(id, None)
        if call is not None:
            self._close(call, status, code)
        return call is not None

    def _close(self, call: Open, status: str, code: int | None = None) -> None:
        now = self._clock()
        if call.cancelled:
            status = "cancelled"
        record = records.outcome_record(self._stamp(now), call.seq, status, now - call.since, code)
        self._ended.append(record)

    def _refuse(self, side: str, reason: str, passage: Passage) -> None:
        passage.notes.append(f"a message of the {side} was refused: {reason}")
        self._try_record(passage, records.refusal_record(self._stamp(self._clock()), side, reason, self._who))

    def _try_record(self, passage: Passage, *records: dict[str, Any]) -> None:
        """Write down what is not let through, or has happened already: a failing log changes nothing about it."""
        try:
            self._audit.write(*self._ended, *records)
            self._ended.clear()
        except AuditFailed as fault:
            del self._ended[:-MOST_ENDED]
            passage.notes.append(str(fault))

    def _edit(self, call: Open, result: dict[str, Json], passage: Passage) -> bool:
        """Take out of a result what the agent may not see; says whether it changed."""
        redact = call.redact
        if call.method == "tools/list":
            return self._edit_list(result, passage)
        if call.method in (HANDSHAKE, "server/discover"):
            self._promised = call.method == HANDSHAKE and listings.promises_tools(result)
            return self._edit_instructions(result, passage)
        if call.method in ("tasks/get", "tasks/result"):
            redact = self.ledger.tasks.get(str(call.params.get("taskId")), _NOTHING)
        if not redact.result:
            return False
        self.ledger.remember_task(result.get("taskId") or _task_of(result), redact)
        nested = blank(result.get("result"), redact.result)  # that of a task, fetched with its status
        return blank(result, redact.result) or nested

    def _edit_list(self, result: dict[str, Json], passage: Passage) -> bool:
        tools = result.get("tools")
        last = not isinstance(result.get("nextCursor"), str)
        words = self.judge.note_tools(tools if isinstance(tools, list) else [], last, self._clock())
        self._report(words, passage)
        dropped = listings.filter_tools(result, self.judge.is_visible)
        if dropped:
            passage.notes.append(f"taken out of the list of tools: {', '.join(map(records.cut, dropped))}")
        return listings.shorten_ttl(result) or bool(dropped)

    def _edit_instructions(self, result: dict[str, Json], passage: Passage) -> bool:
        words, hide = self.judge.note_instructions(result.get("instructions"), self._clock())
        self._report(words, passage)
        if hide:
            del result["instructions"]
        return hide

    def _report(self, words: list[str], passage: Passage) -> None:
        """Tell and record definitions that are not the accepted ones."""
        for each in words:
            passage.notes.append(f"drift: {each}")
            self._ended.append(records.drift_record(self._stamp(self._clock()), each, self._who))

    def _fail(self, id: Id | None, words: str, passage: Passage) -> None:
        """Answer the client in place of a server whose answer cannot be passed on."""
        if id is not None and self._end(id, "refused"):
            self._answer(passage.to_client, id, answers.INTERNAL_ERROR, words)

    def _answer(self, side: list[bytes], id: Id | None, code: int, words: str) -> None:
        side.append(encode(answers.error(id, code, words)))


_NOT_RECORDED = Decision(
    outcome="deny",
    rule="(audit unavailable)",
    reason="The decision cannot be written down, so the call is not allowed.",
)


def _together(counters: Counters) -> AbstractContextManager[None]:
    """The counters' own way of reserving for several calls at once, where they have one."""
    return counters.together() if isinstance(counters, Grouping) else nullcontext()


def _trace() -> str:
    import traceback  # only a fault pays for loading it

    return traceback.format_exc()


def _id_of(line: bytes) -> Id | None:
    try:
        return parse(line).id
    except Refused as refused:
        return refused.id


def _own_id(value: Json) -> Id | None:
    return value if type(value) is str or type(value) is int else None


def _task_of(result: dict[str, Json]) -> Json:
    task = result.get("task")  # revision 2025-11-25 nests it
    return task.get("taskId") if isinstance(task, dict) else None
