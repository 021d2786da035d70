"""What holds for a gate whatever is sent to it from either side: generated sessions, with messages bent and broken."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.mcp.jsonrpc import parse
from enforce.approvals import Approvals
from enforce.counters.memory import MemoryCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.passage import Passage
from enforce.pins import Pins
from enforce.policyfile import read_policy
from enforce.records import encoded
from enforce.tasks import SqliteTasks

POLICY = {
    "version": "1",
    "default": "deny",
    "hide": ["hidden"],
    "tools": {
        "echo": {},
        "pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}]},
        "note": {"limits": [{"counter": "n", "window": "hour", "max": 3}]},
        "drop": {"require_approval": True},
    },
}
LAW = Law(read_policy(json.dumps(POLICY), "policy.json"))

IDS = st.sampled_from([1, 2, "1", "a", None, True, 1.5, [], -7])
NAMES = st.sampled_from(["echo", "pay", "note", "drop", "hidden", "other", "Echo", "", 3, None])
ARGUMENTS = st.sampled_from(
    [{}, {"amount": 5}, {"amount": 1e9}, {"amount": "200"}, {"amount": None}, [], "x", None]
)
CALLS = st.builds(lambda id, name, arguments: {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name, "arguments": arguments}}, IDS, NAMES, ARGUMENTS)  # fmt: skip
METHODS = st.sampled_from(["initialize", "tools/list", "ping", "resources/read", "sampling/createMessage", "tasks/get", "notifications/cancelled", "notifications/progress", "notifications/x", "x"])  # fmt: skip
PARAMS = st.sampled_from(
    [{}, {"requestId": 1}, {"progressToken": 1}, {"taskId": "t"}, {"uri": "x"}, [], None]
)
OTHERS = st.builds(lambda id, method, params: {"jsonrpc": "2.0", "id": id, "method": method, "params": params}, IDS, METHODS, PARAMS)  # fmt: skip
NOTICES = OTHERS.map(lambda message: {key: value for key, value in message.items() if key != "id"})
TOOLS = [{"name": "echo"}, {"name": "hidden"}, {"name": 3}, "x"]
RESULTS = st.sampled_from([{}, {"tools": TOOLS}, {"tools": {}}, {"isError": True}, {"resultType": "input_required", "inputRequests": {"a": {"method": "sampling/createMessage"}}}, {"taskId": "t"}, [], None])  # fmt: skip
ANSWERS = st.builds(lambda id, result: {"jsonrpc": "2.0", "id": id, "result": result}, IDS, RESULTS) | st.builds(lambda id: {"jsonrpc": "2.0", "id": id, "error": {"code": 1, "message": "x"}}, IDS)  # fmt: skip

#: Snippets that bend JSON: duplicate and look-alike keys, smuggled members, numbers of two readings, line ends.
SNIPPETS = [b'"name":"hidden",', b'"NAME":"hidden",', b'"method":"ping",', b'"result":{},', b"\r", b"\n", b"NaN", b"\\u003a", b"\xff", b"[", b"}", b'"id":9,', b"\xef\xbb\xbf"]  # fmt: skip


@st.composite
def lines(draw: st.DrawFn, messages: st.SearchStrategy[Any]) -> bytes:
    """A message, perhaps bent, or a batch of it."""
    message = draw(messages)
    line = json.dumps([message] if draw(st.integers(0, 9)) == 0 else message).encode()
    if draw(st.booleans()):
        return line
    at = draw(st.integers(0, len(line)))
    return line[:at] + draw(st.sampled_from(SNIPPETS)) + line[at + draw(st.integers(0, 2)) :]


STEPS = st.lists(
    st.tuples(st.just("client"), lines(CALLS | OTHERS | NOTICES | ANSWERS))
    | st.tuples(st.just("server"), lines(ANSWERS | OTHERS | NOTICES)),
    max_size=25,
)


class Trail:
    """An audit log in a list."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def write(self, *records: Any) -> int:
        self.records += [json.loads(encoded(record)) for record in records]
        return len(self.records)

    @contextmanager
    def together(self) -> Iterator[None]:
        yield


def check_forwarded(line: bytes, trail: Trail) -> str:
    """A line to the server is strict, allowed, and on record; the tool that it calls."""
    message = parse(line)
    assert message.encoded == line
    if message.kind == "request":
        allowed = [record for record in trail.records if record.get("outcome") == "allow"]
        assert allowed[-1]["jsonrpc.request.id"] == message.id
        assert allowed[-1]["mcp.method.name"] == message.method
    if message.method != "tools/call":
        assert message.method not in ("resources/read", "tasks/get", "x", "notifications/x")
        return ""
    name, arguments = message.params["name"], message.params.get("arguments", {})
    assert name in ("echo", "pay", "note")
    amount = arguments.get("amount", 0)
    assert name != "pay" or (type(amount) in (int, float, Decimal) and amount <= 100)
    return str(name)


def check_session(steps: list[tuple[str, bytes]]) -> None:
    """Nothing denied, malformed, uncounted or unrecorded is forwarded; nobody is answered twice, nor by a stranger."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    judge = Judge(
        LAW,
        MemoryCounters(),
        Pins(state),
        Approvals(state, b"key"),
        Party(server="s"),
        tasks=SqliteTasks(state),
    )
    trail = Trail()
    gate = Gate(judge, trail, clock=lambda: 1000.0)
    called: list[str] = []
    waiting: set[tuple[type, Any]] = set()
    for side, line in steps:
        passage = Passage()
        lists = {(type(id), id) for id, call in gate.ledger.calls.items() if call.method == "tools/list"}
        (gate.from_client if side == "client" else gate.from_server)(line, passage)
        assert not any("internal fault" in note for note in passage.notes), passage.notes
        if side == "client":
            called += [check_forwarded(each, trail) for each in passage.to_server]
            new = {(type(id), id) for id in passage.opened}
            assert not new & waiting
            waiting |= new
        for each in passage.to_client:
            message = parse(each)
            assert message.encoded == each
            if side == "server" and message.kind == "response":
                waiting.remove((type(message.id), message.id))
                shown = (
                    message.body.get("result", {}).get("tools")
                    if (type(message.id), message.id) in lists
                    else []
                )
                assert not isinstance(shown, list) or {"name": "hidden"} not in shown
        assert {(type(id), id) for id in gate.ledger.calls} == waiting
    assert called.count("note") <= 3
    state.close()


@settings(max_examples=300, deadline=None)
@given(STEPS)
def test_no_session_gets_past_the_policy(steps: list[tuple[str, bytes]]) -> None:
    """Generated sessions, with messages bent and broken."""
    check_session(steps)
