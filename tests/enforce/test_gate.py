"""The gate between a client and a server, message by message, without either of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crawler.mcp.jsonrpc import Bounds
from enforce.audit.log import AuditFailed
from enforce.gate import PATIENCE
from enforce.passage import Passage
from tests.enforce.wire import AGAIN, ALLOW, STRICT, Wire, call, denial, error, request, result, text


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


@pytest.mark.parametrize(
    "answer",
    [
        b'{"jsonrpc":"2.0","id":1,"result":{"x":NaN}}',
        b'{"result": {"x": NaN}, "jsonrpc": "2.0", "id": 1}',
        b'{"jsonrpc":"2.0","id":1,"result":{"x":1e999}}',
        b'{"id": 1, "jsonrpc": "2.0", "result": {"method": "GET", "x": NaN}}',
        b'{"result": {"method": "GET", "x": NaN}, "jsonrpc": "2.0", "id": 1}',
        b'{"jsonrpc":"2.0","id":1,"result":{"x":"\xff"}}',
        b'{"jsonrpc":"2.0","id":1,"result":{"x":"\\ud83d"}}',  # half of a letter, as JavaScript cuts texts
        b'{"jsonrpc":"2.0","id":1,"result":' + b"[" * 20_000,
    ],
)
def test_an_answer_that_is_no_json_leaves_nobody_waiting(answer: bytes) -> None:
    """What servers in Python and JavaScript do say; where it may be a question, that has an id of its own."""
    wire = Wire(ALLOW)
    wire.client(call(1, "echo"))
    assert wire.server(answer.replace(b'"result"', b'"method":"roots/list","params"')) == ([], [])
    _, (told,) = wire.server(answer)
    assert (told["id"], "The server's answer was refused" in told["error"]["message"]) == (1, True)


def test_a_client_s_wrong_answer_is_not_answered_under_the_id_of_a_call() -> None:
    """Questions of the server have ids of their own, and a call of the same id may be open."""
    wire = Wire(ALLOW)
    wire.client(request(0, "initialize"))
    wire.server(result(0))
    wire.server(request(1, "roots/list"))
    wire.client(call(1, "echo"))
    assert wire.client(b'{"jsonrpc":"2.0","id":1,"result":{"x":NaN}}')[1][0]["id"] is None
    assert wire.client(b'{"jsonrpc":"2.0","id":2,"method":"ping","params":{"x":NaN}}')[1][0]["id"] == 2
    assert wire.server(result(1, content=[]))[1][0]["id"] == 1


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


def test_another_handshake_ends_no_question_of_a_server_without_sessions() -> None:
    """All clients of an identity share what such a server asks, and one that opens anew must not take it from the others."""
    first, second = Wire(ALLOW), Wire(ALLOW)
    shared = Wire(ALLOW)
    for wire in (first, second):
        wire.client(request(0, "initialize"))
        shared.gate.note_handshake(wire.gate)
        question = request(f"of {wire is first}", "roots/list")
        assert wire.server(question)[1] == [question]
    refused = Wire(ALLOW)
    shared.gate.note_handshake(refused.gate)
    for id in ("of True", "of False"):
        assert shared.client(result(id)) == ([result(id)], [])
    assert shared.server(request(5, "ping"))[1] == [request(5, "ping")]


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


NOT_THERE = {"deny_if": [{"conditions": [{"path": "params.url", "op": "contains", "value": "example.com"}]}]}
GO_THERE = {"mode": "url", "elicitationId": "e", "url": "https://example.com/", "message": "Sign in."}


@pytest.mark.parametrize(
    ("methods", "error", "passes"),
    [
        ({}, {"code": -32042, "data": {"elicitations": [GO_THERE]}}, False),
        ({"elicitation/create": {}}, {"code": -32042, "data": {"elicitations": [GO_THERE]}}, True),
        ({"elicitation/create": {}}, {"code": -32042, "data": {"elicitations": [GO_THERE, 1]}}, False),
        ({"elicitation/create": {}}, {"code": -32042, "data": {"Elicitations": [GO_THERE]}}, False),
        ({"elicitation/create": {}}, {"code": -32042, "data": {"elicitations": [], "Elicitations": [GO_THERE]}}, False),
        ({}, {"code": -32042}, True),
        ({}, {"code": -32042, "data": {"elicitations": []}}, True),
        ({"elicitation/create": {}}, {"code": -32042, "data": {"elicitations": {"a": GO_THERE}}}, False),
        ({"elicitation/create": NOT_THERE}, {"code": -32042, "data": {"elicitations": [GO_THERE]}}, False),
        ({}, {"code": -32000, "data": {"elicitations": [GO_THERE]}}, False),
        ({}, {"code": -32000, "data": {"why": "elicitations"}}, True),
        ({}, {"code": -32000, "data": [1]}, True),
    ],
)  # fmt: skip
def test_questions_inside_of_an_error_have_the_same_switch(methods: Any, error: Any, passes: bool) -> None:
    """Revision 2025-11-25 sends a person to an address by an error; also by one that names no request."""
    wire = Wire({**STRICT, "methods": methods})
    wire.client(call(1, "echo"))
    told = {"jsonrpc": "2.0", "id": 1, "error": {"message": "First go there.", **error}}
    (answer,) = wire.server(told)[1]
    assert (answer == told) is passes
    assert passes or "asked what it may not ask" in text(answer)
    wire.client(call(2, "echo"))
    failing = Passage()
    wire.gate.from_server_failing(json.dumps({**told, "id": None}).encode(), [2], failing)
    assert bool(failing.to_client) is passes
    assert (2 in wire.gate.ledger.calls) is not passes


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


PERSON = {"name": "Ann", "email": "a@b.example", "age": 1.5}
BLANKED = '{"name":"Ann","email":"[redacted]","age":1.5}'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (json.dumps(PERSON), BLANKED),
        (json.dumps(PERSON, indent=2), BLANKED),
        (json.dumps({**PERSON, "more": 1}), "[redacted]"),
        (json.dumps([PERSON]), "[redacted]"),
        ("Ann is to be had under a@b.example.", "[redacted]"),
        ("[" * 100_000, "[redacted]"),
    ],
)
def test_what_is_taken_out_of_structured_content_is_taken_out_of_its_text(text: str, left: str) -> None:
    """The protocol wants servers to say it once more as text, which is what most models read."""
    wire = Wire({**ALLOW, "tools": {"who": {"redact": {"result": ["result.structuredContent.email"]}}}})
    wire.client(call(1, "who"))
    blocks = [{"type": "text", "text": text}, {"type": "resource", "resource": {"uri": "a:b", "text": text}}]
    ((said,),) = wire.server(result(1, content=[*blocks, {"type": "image"}, 7], structuredContent=PERSON))[1:]
    blanked = [{"type": "text", "text": left}, {"type": "resource", "resource": {"uri": "a:b", "text": left}}]
    assert said["result"]["content"] == [*blanked, {"type": "image"}, 7]
    assert said["result"]["structuredContent"] == {**PERSON, "email": "[redacted]"}
    wire.client(call(2, "who"))  # where there was nothing to take out, nothing is
    untouched = result(2, content=blocks, structuredContent={"name": "Ann"})
    assert wire.server(untouched)[1] == [untouched]


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
