"""The gate between a client and a server, message by message, without either of them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS, Bounds
from enforce.approvals import Approvals
from enforce.audit.log import AuditFailed
from enforce.counters import Counters, StoreFailed
from enforce.counters.memory import MemoryCounters
from enforce.gate import PATIENCE, Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.passage import Passage
from enforce.pins import Pins
from enforce.policyfile import read_policy
from enforce.records import encoded
from enforce.repeats import Repeats

ALLOW = {"version": "1", "default": "allow"}
STRICT = {
    "version": "1",
    "default": "deny",
    "hide": ["hidden"],
    "tools": {
        "echo": {},
        "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}], "on_deny": "Too much."}]},
        "note": {"limits": [{"counter": "n", "window": "minute", "max": 1}]},
        "drop": {"require_approval": True},
        "secret": {"redact": {"result": ["result.structuredContent.token", "result.content.*.text"]}},
        "strict": {"validate": "schema"},
    },
}  # fmt: skip


class Trail:
    """An audit log in a list."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.fails = False

    def write(self, *records: Any) -> int:
        if self.fails:
            raise AuditFailed(Path("audit.jsonl"), "the disk is full")
        self.records += [json.loads(encoded(record)) for record in records]
        return len(self.records)

    @contextmanager
    def together(self) -> Iterator[None]:
        count = len(self.records)
        try:
            yield
        except Exception:
            del self.records[count:]
            raise


class Wire:
    """A gate with both ends in the hand of the test."""

    def __init__(
        self,
        policy: dict[str, Any],
        counters: Counters | None = None,
        *,
        state: sqlite3.Connection | None = None,
        dry_run: bool = False,
        bounds: Bounds = DEFAULT_BOUNDS,
    ) -> None:
        self.trail = Trail()
        self.notes: list[str] = []
        law = Law(read_policy(json.dumps(policy), "policy.json"))
        party = Party(server="notes", grant="local", session="s", identity="local")
        state = state or sqlite3.connect(":memory:", isolation_level=None)
        self.pins, self.approvals = Pins(state), Approvals(state, b"key")
        judge = Judge(law, counters or MemoryCounters(), self.pins, self.approvals, party, dry_run=dry_run)
        self.now = 1000.0
        self.gate = Gate(judge, self.trail, clock=lambda: self.now, bounds=bounds)

    def client(self, message: Any) -> tuple[list[Any], list[Any]]:
        """What reaches the server, and what comes back to the client."""
        return self._pass(self.gate.from_client, message)

    def server(self, message: Any) -> tuple[list[Any], list[Any]]:
        return self._pass(self.gate.from_server, message)

    def _pass(self, judge: Any, message: Any) -> tuple[list[Any], list[Any]]:
        passage = Passage()
        judge(message if isinstance(message, bytes) else json.dumps(message).encode(), passage)
        self.gate.write_down(passage)
        self.notes += passage.notes
        return [json.loads(line) for line in passage.to_server], [
            json.loads(line) for line in passage.to_client
        ]

    @property
    def events(self) -> list[tuple[str, str]]:
        """Each record's event with its outcome, status or reason."""
        return [
            (record["event"], record.get("outcome") or record.get("status") or record["reason"])
            for record in self.trail.records
        ]


def request(id: Any, method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, "params": params}


def call(id: Any, name: str, **arguments: Any) -> dict[str, Any]:
    return request(id, "tools/call", name=name, arguments=arguments)


def result(id: Any, **members: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": members}


def error(id: Any, code: int, message: str, **data: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message, **data}}


def denial(id: Any, words: str, rule: str, reason: str, **facts: Any) -> dict[str, Any]:
    text = f"{words} (rule: {rule})"
    outcome = facts.pop("outcome", "deny")
    meta = {"tollhouse/decision": {"outcome": outcome, "rule": rule, "reason": reason, **facts}}
    return result(
        id, resultType="complete", content=[{"type": "text", "text": text}], isError=True, _meta=meta
    )


AGAIN = "The same call will be blocked again, so do not retry it."


def test_an_allowed_call_passes_and_both_ends_are_recorded() -> None:
    """The decision is written before the call is forwarded, the outcome after; values are in neither."""
    wire = Wire(STRICT)
    asked = call(1, "echo", text="a secret")
    assert wire.client(asked) == ([asked], [])
    answered = result(1, content=[], isError=False, unknown={"kept": 1.0})
    assert wire.server(answered) == ([], [answered])
    party = {"server": "notes", "grant": "local", "session": "s", "identity": "local"}
    assert wire.trail.records == [
        {
            "time": "1970-01-01T00:16:40.000000Z", "event": "decision", **party, "mcp.method.name": "tools/call",
            "jsonrpc.request.id": 1, "gen_ai.tool.name": "echo", "keys": ["text"], "outcome": "allow",
            "rule": "/tools/echo",
        },
        {"time": "1970-01-01T00:16:40.000000Z", "event": "outcome", "of": 1, "status": "ok", "seconds": 0.0},
    ]  # fmt: skip
    assert wire.notes == []


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (call("x", "hidden"), error("x", -32602, "Unknown tool: hidden")),
        (
            call(1, "other"),
            denial(1, f"Blocked by policy: other is not allowed by policy. It was not executed. {AGAIN}", "(default deny)", "other is not allowed by policy."),
        ),
        (
            call(1, "Echo"),
            denial(1, f"Blocked by policy: Echo is not allowed by policy. It was not executed. {AGAIN}", "(default deny)", "Echo is not allowed by policy."),
        ),
        (
            call(1, "pay", amount=101),
            denial(1, f"Blocked by policy: Too much. It was not executed. {AGAIN}", "/tools/pay/deny_if/0", "Too much."),
        ),
        (
            request(1, "resources/read", uri="file:///etc/passwd"),
            error(1, 1403, f"Blocked by policy: The method resources/read is not allowed by policy. {AGAIN} (rule: (default deny))", data={"outcome": "deny", "rule": "(default deny)", "reason": "The method resources/read is not allowed by policy."}),
        ),
    ],
)  # fmt: skip
def test_what_is_denied_never_reaches_the_server(asked: dict[str, Any], answer: dict[str, Any]) -> None:
    """Each kind of denial, as the client sees it."""
    wire = Wire(STRICT)
    assert wire.client(asked) == ([], [answer])
    assert [record["event"] for record in wire.trail.records] == ["decision"]


@pytest.mark.parametrize(
    "key", ["Amount", "AMOUNT", "amount\u200b".replace("\u200b", ""), "\uff41mount", "amo\u1d58nt"]
)
def test_an_argument_that_looks_like_a_judged_one_is_denied(key: str) -> None:
    """A server that reads names without regard to case must not find a value that no condition was asked of."""
    wire = Wire(STRICT)
    asked = call(1, "pay", **{"amount": 5, key: 5}, other={"Amount": 7}, OTHER=1)
    assert bool(wire.client(asked)[0]) is (key == "amount")
    if key != "amount":
        assert wire.trail.records[-1]["rule"] == "(look-alike argument)"


def test_look_alikes_are_found_on_the_whole_way_to_a_judged_argument() -> None:
    """At each step, and only beside what the policy looks at."""
    rule = {"conditions": [{"path": "args.card.limit", "op": "gt", "value": 100}]}
    wire = Wire({**STRICT, "tools": {"pay": {"deny_if": [rule]}}})
    for id, (arguments, passes) in enumerate(
        [
            ({"card": {"limit": 5}}, True),
            ({"card": {"limit": 5, "LIMIT": 500}}, False),
            ({"card": {"limit": 5}, "Card": {"limit": 500}}, False),
            ({"card": {"limit": 5, "x": {"LIMIT": 1}}, "LIMIT": 2}, True),
            ({"card": [{"Limit": 1}]}, False),  # nobody can say what lies in a list
        ]
    ):
        assert bool(wire.client(call(id, "pay", **arguments))[0]) is passes


def test_a_call_without_an_answer_gets_one_in_the_end() -> None:
    """The server's own, should it come later, is one that nobody asked for; who listens is left alone."""
    wire = Wire(ALLOW)
    wire.client(request(1, "subscriptions/listen"))
    wire.client(call(2, "echo"))
    wire.now += PATIENCE
    wire.client(call(3, "echo"))
    passage = Passage()
    wire.gate.expire(passage)
    (line,) = map(json.loads, passage.to_client)
    assert (line["id"], line["error"]["message"]) == (2, "The server gave no answer within 3600 seconds.")
    assert wire.server(result(2)) == ([], [])
    assert wire.server(result(3))[1] == [result(3)]
    assert [each for each in wire.events if each[0] == "outcome"] == [("outcome", "lost"), ("outcome", "ok")]


def test_a_limit_says_when_to_come_back() -> None:
    """Limits count what was forwarded, and the denial names the wait."""
    wire = Wire(STRICT)
    assert wire.client(call(1, "note"))[0] == [call(1, "note")]
    reason = "Limit reached: at most 1 calls per minute."
    words = f"Blocked by policy: {reason} It was not executed. It may be tried again in 60 seconds."
    assert wire.client(call(2, "note")) == (
        [],
        [denial(2, words, "/tools/note/limits/0", reason, retry_after=60)],
    )


MALFORMED = [
    (b"[]", -32600),
    (b"not json", -32700),
    (json.dumps([call(1, "echo")]).encode(), -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hidden","name":"echo"}}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hidden","NAME":"echo"}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":"{}"}}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"},"result":{}}', -32600),
    (b'{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"echo"}}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"ping"}\r{"jsonrpc":"2.0","id":2,"method":"ping"}', -32700),
]


@pytest.mark.parametrize(("line", "code"), MALFORMED)
def test_what_cannot_be_parsed_is_answered_and_goes_nowhere(line: bytes, code: int) -> None:
    """Even where everything is allowed."""
    wire = Wire(ALLOW)
    to_server, to_client = wire.client(line)
    assert (to_server, [each["error"]["code"] for each in to_client]) == ([], [code])
    assert [record["event"] for record in wire.trail.records] == ["refused"]


def test_what_is_judged_is_what_is_forwarded() -> None:
    """The bytes are encoded anew: carriage returns, escapes and spelling of the sender are gone, values are not."""
    wire = Wire(ALLOW)
    passage = Passage()
    line = b'{"jsonrpc":"2.0",\r"id":1,"method":"tools\\/call","params":{"name":"e\\u0063ho","arguments":{"n":1.10}}}'
    wire.gate.from_client(line, passage)
    assert passage.to_server == [
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"n":1.1}}}'
    ]


def test_a_tool_call_without_id_is_dropped() -> None:
    """A notification is no way around the policy."""
    wire = Wire(ALLOW)
    message = {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "echo"}}
    assert wire.client(message) == ([], [])
    assert wire.events == [("refused", "a tool call must be a request")]


def test_ids_are_typed_and_used_once() -> None:
    """1 and "1" are two requests; a second 1 is refused while the first is open."""
    wire = Wire(ALLOW)
    assert wire.client(call(1, "echo"))[0]
    assert wire.client(call("1", "echo"))[0]
    assert wire.client(call(1, "echo")) == ([], [error(1, -32600, "This id is already in use.")])
    assert wire.server(result("1"))[1] == [result("1")]
    assert wire.server(result("1")) == ([], [])
    assert wire.server(result(1))[1] == [result(1)]
    assert wire.client(call(1, "echo"))[0]


@pytest.mark.parametrize(
    "line",
    [
        result(7),
        error(7, 1, "x"),
        {"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "x"}},
        b"Server listening on port 80",
        b'{"jsonrpc":"2.0","method":"notifications/message","result":{"tools":[]}}',
        [result(1)],
    ],
)
def test_answers_that_nobody_asked_for_are_dropped(line: Any) -> None:
    """Spoofed ids, noise and smuggled results reach nobody, and are told."""
    wire = Wire(ALLOW)
    wire.client(call(1, "echo"))
    assert wire.server(line) == ([], [])
    assert (wire.trail.records[-1]["event"], wire.trail.records[-1]["from"]) == ("refused", "server")
    assert len(wire.notes) == 1


def test_a_refused_answer_is_replaced_by_an_error() -> None:
    """The client is not left waiting for an answer that could not be passed on."""
    wire = Wire(ALLOW, bounds=Bounds(bytes=200))
    wire.client(call(1, "echo"))
    wire.client(call(2, "echo"))
    twice = b'{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}'
    words = "The server's answer was refused: an object names the same key twice."
    assert wire.server(twice) == ([], [error(1, -32603, words)])
    words = "The server's answer was refused: the message is larger than 200 bytes."
    assert wire.server(result(2, text="x" * 200)) == ([], [error(2, -32603, words)])
    assert wire.events[-1] == ("outcome", "refused")


def test_hidden_tools_are_taken_out_in_place() -> None:
    """Everything else in a page of a list stays, in order; what depends on the reader is marked private."""
    wire = Wire(STRICT)
    wire.client(request("l", "tools/list"))
    page = {
        "nextCursor": "",
        "resultType": "complete",
        "ttlMs": 300_000,
        "cacheScope": "public",
        "_meta": {"x": 1},
    }
    tools: list[Any] = [
        {"name": "hidden"},
        {"name": "echo", "future": [1]},
        "no tool",
        {"name": 3},
        {"name": "other"},
    ]
    expected = {**page, "ttlMs": 60_000, "cacheScope": "private", "tools": [tools[1], tools[4]]}
    assert wire.server(result("l", **page, tools=tools))[1] == [result("l", **expected)]
    assert wire.notes == ["taken out of the list of tools: hidden, (no tool), (no tool)"]


def test_an_open_policy_changes_no_byte_of_a_list() -> None:
    """Through a gate that allows all, a list is what the server said."""
    wire = Wire(ALLOW)
    wire.client(request(1, "tools/list"))
    listed = result(
        1, tools=[{"name": "a", "inputSchema": {"$defs": {"x": {}}}}], nextCursor="n", ttlMs=5, z=None
    )
    assert wire.server(listed)[1] == [listed]


def test_servers_ask_only_where_the_revision_lets_them_and_clients_answer_only_that() -> None:
    """Questions of the server pass after the handshake; their answers pass once, under the same typed id."""
    wire = Wire(ALLOW)
    question = request(5, "roots/list")
    assert wire.server(question) == (
        [error(5, -32600, "Refused: servers ask no questions in this revision.")],
        [],
    )
    assert wire.client(result(5)) == ([], [])
    wire.client(request(0, "initialize", protocolVersion="2025-11-25"))
    assert wire.server(question) == ([], [question])
    assert wire.server(question) == ([error(5, -32600, "Refused: its id is in use.")], [])
    assert wire.client(result("5")) == ([], [])
    assert wire.client(result(5)) == ([result(5)], [])
    assert wire.client(result(5)) == ([], [])


def test_a_refused_handshake_opens_nothing() -> None:
    """A server that declined the older revision cannot ask by it."""
    wire = Wire(ALLOW)
    wire.client(request(0, "initialize"))
    wire.server(error(0, -32022, "modern only"))
    assert wire.server(request(5, "ping"))[1] == []


def test_questions_of_the_server_have_their_switch() -> None:
    """Under default deny a server may not use the client's model unless the policy names the method."""
    wire = Wire(STRICT)
    wire.client(request(0, "initialize"))
    assert wire.server(request(1, "sampling/createMessage")) == (
        [error(1, 1403, "Not allowed by policy.")],
        [],
    )
    assert wire.server(request(2, "ping")) == ([], [request(2, "ping")])
    wire = Wire({**STRICT, "methods": {"sampling/createMessage": {}}})
    wire.client(request(0, "initialize"))
    assert wire.server(request(1, "sampling/createMessage"))[1] == [request(1, "sampling/createMessage")]


def test_questions_inside_of_a_result_have_the_same_switch() -> None:
    """In the new revision a server asks by its result; what it may not ask turns the call into a denial."""
    asking = {
        "resultType": "input_required",
        "inputRequests": {
            "a": {"method": "roots/list"},
            "b": {"method": "sampling/createMessage", "params": {"messages": []}},
        },
    }
    wire = Wire(STRICT)
    wire.client(call(1, "echo"))
    (answer,) = wire.server(result(1, **asking))[1]
    assert "sampling/createMessage is not allowed by policy" in text(answer)
    assert wire.events[1:] == [
        (
            "refused",
            "it asks what it may not ask: The method sampling/createMessage is not allowed by policy.",
        ),
        ("outcome", "refused"),
    ]
    wire.client(request(2, "tools/list"))
    assert (
        wire.server(result(2, resultType="input_required", inputRequests=[1]))[1][0]["error"]["code"] == 1403
    )
    wire = Wire({**STRICT, "methods": {"sampling/createMessage": {}}})
    wire.client(call(1, "echo"))
    assert wire.server(result(1, **asking))[1] == [result(1, **asking)]


def test_notifications_are_judged() -> None:
    """Those of the protocol pass both ways; unknown ones follow the default."""
    progress = {
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": 1, "progress": 1},
    }
    strange = {"jsonrpc": "2.0", "method": "notifications/strange"}
    for policy, passed in ((ALLOW, [strange]), (STRICT, [])):
        wire = Wire(policy)
        assert wire.client(progress) == ([progress], [])
        assert wire.server(progress) == ([], [progress])
        assert wire.client(strange)[0] == passed
        assert wire.server(strange)[1] == passed


def test_cancelling_reaches_only_what_is_open() -> None:
    """A cancel of something denied or unknown is swallowed; a late answer still closes the request."""
    wire = Wire(STRICT)
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert wire.client(cancel) == ([], [])
    wire.client(call(1, "echo"))
    assert wire.client(cancel) == ([cancel], [])
    assert wire.server(result(1))[1] == [result(1)]
    assert wire.events == [("decision", "allow"), ("outcome", "cancelled")]
    assert wire.client(cancel) == ([], [])


def test_results_are_redacted_also_when_they_come_by_a_task() -> None:
    """The fields that the policy names are blanked before the client sees them."""
    wire = Wire({**STRICT, "methods": {"tasks/get": {}}})
    full = {
        "content": [{"type": "text", "text": "t0p"}, {"type": "image"}],
        "structuredContent": {"token": "t0p", "id": 7},
    }
    blanked = {
        "content": [{"type": "text", "text": "[redacted]"}, {"type": "image"}],
        "structuredContent": {"token": "[redacted]", "id": 7},
    }  # fmt: skip
    wire.client(call(1, "secret"))
    assert wire.server(result(1, **full))[1] == [result(1, **blanked)]
    wire.client(call(2, "secret"))
    wire.server(result(2, resultType="task", taskId="t-1", status="working"))
    wire.client(request(3, "tasks/get", taskId="t-1"))
    assert wire.server(result(3, status="completed", result=full))[1] == [
        result(3, status="completed", result=blanked)
    ]


def test_arguments_are_checked_against_the_listed_schema() -> None:
    """Before the list was seen, and where they do not fit, the call is denied; the denial quotes no value."""
    wire = Wire(STRICT)

    def reason(**arguments: Any) -> str | None:
        to_server, to_client = wire.client(call(len(wire.trail.records) + 1, "strict", **arguments))
        return None if to_server else to_client[0]["result"]["_meta"]["tollhouse/decision"]["reason"]

    assert reason(n=1) == "The tool's input schema has not been seen yet."
    schema = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 5}}, "required": ["n"]}
    wire.client(request("l", "tools/list"))
    wire.server(result("l", tools=[{"name": "strict", "inputSchema": schema}]))
    assert reason(n=5) is None
    assert (
        reason(n=6)
        == "The arguments do not fit the tool's input schema: n: ... is greater than the maximum of 5"
    )
    remote = {"$ref": "https://schemas.example/x"}
    wire.client(request("l", "tools/list"))
    wire.server(result("l", tools=[{"name": "strict", "inputSchema": remote}]))
    assert "cannot be used" in (reason(n=5) or "")


def test_nothing_passes_that_cannot_be_written_down() -> None:
    """With a failing log every request is denied, and the person is told."""
    wire = Wire(ALLOW)
    wire.client(call(1, "echo"))
    wire.trail.fails = True
    to_server, to_client = wire.client(call(2, "echo"))
    assert (to_server, to_client[0]["result"]["_meta"]["tollhouse/decision"]["rule"]) == (
        [],
        "(audit unavailable)",
    )
    assert wire.client(request(3, "ping"))[0] == []
    assert wire.server(result(1)) == ([], [result(1)])
    assert wire.notes[0] == "the audit log audit.jsonl cannot be written: the disk is full"


def test_several_messages_are_denied_together_where_one_transaction_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was let through in a block goes nowhere if the block cannot be made durable."""
    wire = Wire(ALLOW)

    @contextmanager
    def full_disk() -> Iterator[None]:
        yield
        raise AuditFailed(Path("audit.jsonl"), "the disk is full")

    monkeypatch.setattr(wire.trail, "together", full_disk)
    passage = Passage()
    lines = [json.dumps(call(1, "echo")).encode(), b"[]", json.dumps(call("2", "echo")).encode()]
    wire.gate.from_client_all(lines, passage)
    codes = [(json.loads(line)["id"], json.loads(line)["error"]["code"]) for line in passage.to_client]
    assert (passage.to_server, codes) == ([], [(None, -32600), (1, 1403), ("2", 1403)])
    assert wire.gate.ledger.calls == {}
    monkeypatch.undo()
    passage = Passage()
    wire.gate.from_client_all(lines, passage)
    assert [json.loads(line)["id"] for line in passage.to_server] == [1, "2"]


def text(answer: dict[str, Any]) -> str:
    return str(answer["result"]["content"][0]["text"])


def test_a_held_call_goes_through_once_when_a_person_approves_exactly_it() -> None:
    """One question a call, one use an answer; other arguments are another call."""
    wire = Wire(STRICT)
    drop = {"what": "x", "ratio": 0.1}
    held = text(wire.client(call(1, "drop", **drop))[1][0])
    (question,) = wire.approvals.waiting(1000.0)
    assert held == (
        f"Held by policy: A person has to approve this call first. Question {question.id} was put to a person; call "
        "again with the same arguments once it is approved. It was not executed. (rule: /tools/drop/require_approval/0)"
    )
    assert (question.tool, question.identity, json.loads(question.arguments)) == ("drop", "local", drop)
    assert question.id in text(wire.client(call(2, "drop", ratio=0.1, what="x"))[1][0])
    assert len(wire.approvals.waiting(1000.0)) == 1
    assert wire.approvals.answer(question.id, "approved", "ann", 1001.0)
    assert wire.client(call(3, "drop", what="y", ratio=0.1))[0] == []
    assert wire.client(call(4, "drop", **drop))[0] == [call(4, "drop", **drop)]
    assert wire.trail.records[-1]["rule"] == f"/tools/drop/require_approval/0 (approved: {question.id})"
    assert wire.client(call(5, "drop", **drop))[0] == []
    assert [each.state for each in wire.approvals.listing()] == ["used", "waiting", "waiting"]


def test_an_approval_expires_and_a_refusal_stands() -> None:
    """Both last as long as the question's time-out, counted from the answer."""
    wire = Wire(STRICT)
    wire.client(call(1, "drop"))
    (question,) = wire.approvals.waiting(wire.now)
    assert not wire.approvals.answer("nothing", "approved", "ann", wire.now)
    assert not wire.approvals.answer(question.id, "approved", "ann", wire.now + 600)
    assert wire.approvals.answer(question.id, "denied", "ann", wire.now)
    assert not wire.approvals.answer(question.id, "approved", "ann", wire.now)
    assert "A person denied this call." in text(wire.client(call(2, "drop"))[1][0])
    wire.now += 600
    assert "Held by policy" in text(wire.client(call(3, "drop"))[1][0])
    (question,) = wire.approvals.waiting(wire.now)
    assert wire.approvals.answer(question.id, "approved", "ann", wire.now)
    wire.now += 601
    assert wire.client(call(4, "drop"))[0] == []


def test_another_policy_needs_another_approval() -> None:
    """An answer given under one law says nothing under the next."""
    wire = Wire(STRICT)
    wire.client(call(1, "drop"))
    (question,) = wire.approvals.waiting(wire.now)
    wire.approvals.answer(question.id, "approved", "ann", wire.now)
    wire.gate.judge.adopt(Law(read_policy(json.dumps({**STRICT, "default": "allow"}), "p.json")))
    assert wire.client(call(2, "drop"))[0] == []


def test_an_agent_cannot_flood_a_person() -> None:
    """After twenty open questions no more are put; the calls stay held."""
    wire = Wire(STRICT)
    for n in range(25):
        assert "Held by policy" in text(wire.client(call(n, "drop", n=n))[1][0])
    assert len(wire.approvals.waiting(wire.now)) == 20
    assert "this one was not asked about" in text(wire.client(call("x", "drop", n="x"))[1][0])


def test_a_question_shows_no_redacted_argument() -> None:
    """What the policy keeps from people is kept from them here too."""
    wire = Wire({**STRICT, "tools": {"drop": {"require_approval": True, "redact": {"args": ["args.token"]}}}})
    wire.client(call(1, "drop", token="t0p", n=1))
    assert json.loads(wire.approvals.waiting(wire.now)[0].arguments) == {"token": "[redacted]", "n": 1}


def listed(wire: Wire, *tools: dict[str, Any], **page: Any) -> list[str]:
    """The names that are left of a list that the server gives."""
    wire.now += 1
    wire.client(request("l", "tools/list"))
    (answer,) = wire.server(result("l", tools=list(tools), **page))[1]
    return [tool["name"] for tool in answer["result"]["tools"]]


def drifting(**drift: str) -> dict[str, Any]:
    return {"version": "1", "default": "allow", "drift": drift}


CHANGED = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}


def test_a_new_law_that_shows_other_tools_is_announced_where_clients_listen() -> None:
    """By a plain notification after a handshake that promised it, and on each open subscription of the new revision."""
    hiding = Law(read_policy(json.dumps({**ALLOW, "hide": ["t"]}), "p.json"))

    def announced(wire: Wire, law: Law) -> list[Any]:
        passage = Passage()
        wire.gate.adopt(law, passage)
        return [json.loads(line) for line in passage.to_client]

    legacy = Wire(ALLOW)
    legacy.client(request(0, "initialize"))
    legacy.server(result(0, capabilities={"tools": {"listChanged": True}}))
    assert announced(legacy, hiding) == []
    legacy = Wire(ALLOW)
    legacy.client(request(0, "initialize"))
    legacy.server(result(0, capabilities={"tools": {"listChanged": True}}))
    listed(legacy, OLD)
    assert announced(legacy, hiding) == [CHANGED]
    assert announced(legacy, hiding) == []
    assert listed(legacy, OLD) == []

    silent = Wire(ALLOW)
    silent.client(request(0, "initialize"))
    silent.server(result(0, capabilities={"tools": {}}))
    listed(silent, OLD)
    assert announced(silent, hiding) == []

    modern = Wire(ALLOW)
    modern.client(request("sub", "subscriptions/listen", notifications={"toolsListChanged": True}))
    modern.client(request("other", "subscriptions/listen", notifications={"promptsListChanged": True}))
    listed(modern, OLD)
    meta = {"io.modelcontextprotocol/subscriptionId": "sub"}
    assert announced(modern, hiding) == [{**CHANGED, "params": {"_meta": meta}}]


OLD, NEW = {"name": "t", "description": "old"}, {"name": "t", "description": "new"}


@pytest.mark.parametrize(
    ("reaction", "visible", "passes", "said"),
    [
        ("report", ["t"], True, None),
        ("hold", ["t"], False, "Held by policy: The tool's definition is not the one that was accepted."),
        ("deny", ["t"], False, "Blocked by policy: The tool's definition is not the one that was accepted."),
        ("hide", [], False, "Unknown tool: t"),
    ],
)
def test_a_changed_tool_meets_the_reaction_of_the_policy(reaction: str, visible: list[str], passes: bool, said: str | None) -> None:  # fmt: skip
    """The first sight of a server is accepted; a definition that differs later is told, held, denied or hidden."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    wire = Wire(drifting(changed=reaction), state=state)
    assert listed(wire, OLD) == ["t"]
    wire = Wire(drifting(changed=reaction), state=state)
    assert (listed(wire, OLD), wire.notes) == (["t"], [])
    assert listed(wire, NEW) == visible
    assert "drift: changed tool: t" in wire.notes
    assert ("drift", "changed tool: t") in wire.events
    to_server, to_client = wire.client(call(1, "t"))
    assert bool(to_server) is passes
    if said:
        assert said in json.dumps(to_client)
        assert len(wire.pins.accept("notes", "t")) == 1
        assert wire.client(call(2, "t"))[0]
        assert listed(wire, NEW) == ["t"]


def test_new_and_shadowing_tools_are_told_apart() -> None:
    """A tool that came later, and one whose name another server has already."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    Pins(state).note("other", "theirs", "d", {}, 1.0, accept=True)
    wire = Wire(drifting(new="hide", shadowing="deny"), state=state)
    assert listed(wire, OLD, nextCursor="2") == ["t"]
    assert listed(wire, {"name": "second page"}) == ["second page"]
    assert listed(wire, OLD, {"name": "late"}, {"name": "theirs"}) == ["t", "theirs"]
    assert wire.notes[:2] == ["drift: new tool: late", "drift: shadowing tool: theirs"]
    assert "Another server has a tool of this name." in text(wire.client(call(1, "theirs"))[1][0])


def test_a_tool_that_was_not_listed_is_not_used_where_drift_matters() -> None:
    """A definition that nobody has looked at on this connection may be any."""
    wire = Wire(drifting(changed="deny"))
    assert "List the tools" in text(wire.client(call(1, "t"))[1][0])
    listed(wire, OLD)
    assert wire.client(call(2, "t"))[0]


def test_changed_instructions_are_told_and_can_be_kept_back() -> None:
    """The text that a server gives the model is pinned like a tool."""
    state = sqlite3.connect(":memory:", isolation_level=None)

    def opened(words: str, reaction: str) -> tuple[dict[str, Any], list[str]]:
        wire = Wire(drifting(instructions=reaction), state=state)
        wire.client(request(1, "initialize"))
        (answer,) = wire.server(result(1, instructions=words, capabilities={}))[1]
        return answer["result"], wire.notes

    assert opened("Be kind.", "hide") == ({"instructions": "Be kind.", "capabilities": {}}, [])
    told = ["drift: changed instructions of the server"]
    assert opened("Send me mail.", "report") == ({"instructions": "Send me mail.", "capabilities": {}}, told)
    assert opened("Send me mail.", "hide") == ({"capabilities": {}}, told)


class Broken(MemoryCounters):
    """Counters that fail."""

    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def reserve(self, *_: Any) -> Any:
        raise self.fault

    look = reserve


@pytest.mark.parametrize(
    "fault", [StoreFailed("gone"), RuntimeError("a bug"), RecursionError(), MemoryError()]
)
def test_a_fault_denies(fault: Exception) -> None:
    """Whatever breaks inside, nothing is forwarded and the client is answered."""
    wire = Wire(STRICT, Broken(fault))
    to_server, to_client = wire.client(call(1, "note"))
    assert (to_server, [answer["id"] for answer in to_client]) == ([], [1])
    assert wire.client(call(2, "echo"))[0] == [call(2, "echo")]


def test_a_fault_over_an_answer_is_an_error_to_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same on the way back."""
    wire = Wire(ALLOW)
    wire.client(request(1, "tools/list"))
    monkeypatch.setattr(wire.gate.judge, "note_tools", lambda *_, **__: 1 / 0)
    assert wire.server(result(1, tools=[{"name": "a"}])) == ([], [error(1, -32603, "The server's answer could not be checked.")])  # fmt: skip
    assert "ZeroDivisionError" in wire.notes[0]


def test_a_fault_of_the_reader_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what nobody thought that reading could do leaves the connection alive, and the client with an answer."""
    wire = Wire(ALLOW)
    wire.client(call(1, "echo"))
    with monkeypatch.context() as patch:
        patch.setattr("enforce.gate.parse", lambda *_: 1 / 0)
        refused = error(2, -32603, "Denied: the gate failed.")
        assert wire.client(json.dumps(call(2, "echo"), separators=(",", ":")).encode()) == ([], [refused])
        assert wire.client(b"nonsense") == ([], [error(None, -32603, "Denied: the gate failed.")])
        lost = error(1, -32603, "The server's answer could not be checked.")
        assert wire.server(json.dumps(result(1), separators=(",", ":")).encode()) == ([], [lost])
    assert wire.client(call(3, "echo"))[0] == [call(3, "echo")]


def test_an_exited_server_leaves_nobody_waiting() -> None:
    """Everything open is answered and recorded as lost."""
    wire = Wire(ALLOW)
    for id in (1, "1"):
        wire.client(call(id, "echo"))
    passage = Passage()
    wire.gate.server_gone(passage)
    wire.gate.write_down(passage)
    assert [json.loads(line) for line in passage.to_client] == [
        error(1, -32603, "The server has exited."),
        error("1", -32603, "The server has exited."),
    ]
    assert wire.events[2:] == [("outcome", "lost"), ("outcome", "lost")]


def test_a_dry_run_lets_everything_through_and_tells() -> None:
    """What would have been denied is in the record; what cannot be parsed is refused all the same."""
    wire = Wire(STRICT, dry_run=True)
    assert wire.client(call(1, "hidden"))[0] == [call(1, "hidden")]
    assert wire.trail.records[0]["would"] == [
        {"outcome": "deny", "rule": "/hide/0", "reason": "Unknown tool: hidden"}
    ]
    wire.client(request(2, "tools/list"))
    assert wire.server(result(2, tools=[{"name": "hidden"}]))[1] == [result(2, tools=[{"name": "hidden"}])]
    assert wire.client(b"[]")[0] == []


def test_a_flood_of_noise_is_told_in_one_line() -> None:
    """Neither the log nor the terminal fills up; how many there were is told when the minute is over."""
    wire = Wire(ALLOW)
    wire.now = 960.0
    for _ in range(500):
        wire.server(b"noise")
    assert (len(wire.notes), len(wire.trail.records)) == (100, 100)
    wire.now += 60
    wire.server(b"noise")
    counted = [record for record in wire.trail.records[100:] if record["event"] == "repeated"]
    assert [(each["from"], each["outcome"], each["count"]) for each in counted] == [
        ("server", "refused", 400)
    ]
    assert len(wire.trail.records) == 102


def test_a_flood_of_denials_is_counted_and_an_allowed_call_always_told() -> None:
    """By the tool and the rule, for as many tools as there are no more than twenty names of; the rest by the rule alone."""
    wire = Wire(STRICT)
    wire.now = 960.0
    for id in range(300):
        assert wire.client(call(id, "unlisted"))[1][0]["result"]["isError"]
    for id in range(50):
        wire.client(call(id, f"made up {id}"))
    assert len(wire.trail.records) == 100
    wire.client(call(1, "echo", text="x"))
    assert len(wire.trail.records) == 101
    wire.now += 60
    wire.client(call(2, "unlisted"))
    counts = {
        record.get("gen_ai.tool.name"): record["count"]
        for record in wire.trail.records
        if record["event"] == "repeated"
    }
    assert counts == {"unlisted": 200, **{f"made up {id}": 1 for id in range(19)}, None: 31}
    total = sum(counts.values()) + sum(record.get("outcome") == "deny" for record in wire.trail.records)
    assert total - len(counts) == 351


def test_another_session_does_not_make_a_flood_anew_nor_hide_a_question() -> None:
    """All sessions of an identity share what is told in a minute; each call that a person is asked about is told."""
    wires, repeats = [Wire(STRICT) for _ in range(3)], Repeats()
    for wire in wires:
        wire.gate = Gate(wire.gate.judge, wires[0].trail, clock=lambda: 960.0, repeats=repeats)
        for id in range(100):
            wire.client(call(id, "unlisted"))
    trail = wires[0].trail.records
    assert len(trail) == 100
    for id in range(5):
        wires[0].client(call(id, "drop", n=1))
    assert [record["outcome"] for record in trail[100:]] == ["hold"]


def test_what_agents_and_servers_choose_is_cut_in_the_record() -> None:
    """Long names and many keys do not fill the log."""
    wire = Wire(ALLOW)
    wire.client(call("i" * 1000, "n" * 5000, **{f"{n:05}" + "k" * 5000: n for n in range(500)}))
    record = wire.trail.records[0]
    assert len(json.dumps(record)) < 20_000
    assert (record["gen_ai.tool.name"], len(record["keys"])) == ("n" * 200 + "...", 64)
