"""Replaying calls: what is known for certain, and what depends on values that nobody kept."""

import json
from typing import Any

import pytest

from enforce.law import Law
from enforce.policyfile import read_policy
from enforce.recordings import from_audit, from_session
from enforce.replay import Replayed, replay

POLICY = """\
version: "1"
default: deny
hide: [secret]
tools:
  free: {limits: [{counter: c, window: minute, max: 2}]}
  pay:
    require: [{conditions: [{path: args.to, op: exists}]}]
    deny_if: [{conditions: [{path: args.amount, op: gt, value: 100}]}]
  spend: {limits: [{counter: s, window: day, max: 10, cost: args.amount}]}
  ask: {require_approval: {conditions: [{path: args.big, op: eq, value: true}]}}
"""


def record(seq: int, tool: str, keys: list[str], outcome: str = "allow", second: int = 0) -> dict[str, Any]:
    time = f"2026-01-01T00:00:{second:02}.000Z"
    return {
        "seq": seq,
        "time": time,
        "event": "decision",
        "gen_ai.tool.name": tool,
        "keys": keys,
        "outcome": outcome,
    }


@pytest.mark.parametrize(
    ("tool", "keys", "becomes", "rule"),
    [
        ("other", [], "deny", "(default deny)"),
        ("secret", ["x"], "deny", "/hide/0"),
        ("free", ["x"], "allow", "/tools/free"),
        ("pay", [], "deny", "/tools/pay/require/0"),
        ("pay", ["to"], "allow", "/tools/pay"),
        ("pay", ["to", "amount"], "unknown", "/tools/pay/deny_if/0"),
        ("spend", ["amount"], "unknown", "/tools/spend/limits/0"),
        ("ask", ["big"], "unknown", "/tools/ask/require_approval/0"),
        ("ask", ["x"], "allow", "/tools/ask"),
    ],
)
def test_a_log_without_values_tells_what_it_can(tool: str, keys: list[str], becomes: str, rule: str) -> None:
    """A rule that needs a value makes the answer unknown; one that does not need it decides."""
    law = Law(read_policy(POLICY, "p.yaml"))
    replayed = list(replay(law, from_audit([record(1, tool, keys)])))

    assert [(one.becomes, one.rule) for one in replayed] == [(becomes, rule)]


def test_limits_count_by_the_times_of_the_log() -> None:
    """The third call within a minute is the one that would be denied."""
    law = Law(read_policy(POLICY, "p.yaml"))
    records = [record(seq, "free", [], second=seq) for seq in (1, 2, 3)]
    records += [{"seq": 4, "event": "outcome"}, {**record(5, "free", []), "time": "2026-01-01T00:01:02Z"}]
    replayed = list(replay(law, from_audit(records)))

    assert [(one.seq, one.becomes, one.differs) for one in replayed] == [
        (1, "allow", False),
        (2, "allow", False),
        (3, "deny", True),
        (5, "allow", False),
    ]


def test_a_session_is_judged_with_its_values() -> None:
    """Every tool call among the client's messages; without times there are no limits."""
    law = Law(read_policy(POLICY, "p.yaml"))
    messages: list[Any] = [
        {"method": "tools/list"},
        {"method": "tools/call", "params": {"name": "pay", "arguments": {"to": "a", "amount": 101}}},
        {"method": "tools/call", "params": {"name": "pay", "arguments": {"to": "a", "amount": 100}}},
        *[{"method": "tools/call", "params": {"name": "free"}}] * 3,
        {"method": "tools/call", "params": {"name": 5}},
        {"method": "resources/read", "params": {"uri": "file:///a"}},
    ]
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": id, **message}).encode() for id, message in enumerate(messages, 1)
    ]
    lines += [b"nonsense", b"", b'{"jsonrpc": "2.0", "id": 5, "result": {}}']
    replayed = list(replay(law, from_session(lines)))

    assert replayed[:3] == [
        Replayed(seq=1, name="tools/list", was=None, becomes="allow", rule="(protocol)"),
        Replayed(seq=2, name="pay", was=None, becomes="deny", rule="/tools/pay/deny_if/0"),
        Replayed(seq=3, name="pay", was=None, becomes="allow", rule="/tools/pay"),
    ]
    assert [one.becomes for one in replayed[3:6]] == ["allow"] * 3
    assert replayed[6:] == [
        Replayed(seq=7, name="(unreadable)", was=None, becomes="deny", rule="(protocol)"),
        Replayed(seq=8, name="resources/read", was=None, becomes="deny", rule="(default deny)"),
        Replayed(seq=9, name="(unreadable)", was=None, becomes="deny", rule="(protocol)"),
    ]


@pytest.mark.parametrize(
    ("method", "keys", "becomes"),
    [
        ("resources/read", ["uri"], "unknown"),
        ("resources/read", [], "deny"),
        ("prompts/get", ["name"], "deny"),
        ("ping", [], "allow"),
    ],
)
def test_a_log_of_other_methods_is_judged_by_their_rules(method: str, keys: list[str], becomes: str) -> None:
    """Rules for methods need values as well."""
    text = 'version: "1"\ndefault: deny\nmethods: {resources/read: {require: [{conditions: [{path: params.uri, op: regex, value: a}]}]}}'
    law = Law(read_policy(text, "p.yaml"))
    log = [{"seq": 1, "event": "decision", "mcp.method.name": method, "keys": keys, "outcome": "allow"}]

    assert [one.becomes for one in replay(law, from_audit(log))] == [becomes]


def test_a_person_s_answer_counts_again() -> None:
    """A call that a person has let through is let through, and takes of limits; one that they denied is denied."""
    held = {
        **record(1, "ask", ["big"]),
        "rule": "/tools/ask/require_approval/0 (approved: 3f9c21aa)",
    }
    denied = {**record(2, "ask", [], "deny"), "rule": "/tools/ask/require_approval/0"}
    law = Law(
        read_policy(POLICY.replace("{conditions: [{path: args.big, op: eq, value: true}]}", "true"), "p")
    )

    assert [one.becomes for one in replay(law, from_audit([held, denied, record(3, "ask", [])]))] == [
        "allow",
        "deny",
        "hold",
    ]


def test_what_may_have_been_taken_of_a_limit_makes_it_unknown() -> None:
    """Where nobody knows whether a call passed, nobody knows whether there was room for a later one."""
    text = 'version: "1"\ndefault: allow\nall_tools: {limits: [{counter: c, window: minute, max: 2}]}\ntools: {pay: {deny_if: [{conditions: [{path: args.amount, op: gt, value: 100}]}]}}'
    law = Law(read_policy(text, "p.yaml"))
    tools = [("pay", ["amount"]), ("x", []), ("x", []), ("x", [])]
    log = [record(seq, tool, keys, second=seq) for seq, (tool, keys) in enumerate(tools, 1)]

    assert [one.becomes for one in replay(law, from_audit(log))] == ["unknown", "allow", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("rules", "rule"),
    [
        ({"pin": "a" * 64}, "/tools/free/pin"),
        ({"validate": "schema"}, "/tools/free/validate"),
        ({"inner": {"tool": "args.x"}}, "/tools/free/inner"),
    ],
)
def test_what_depends_on_definitions_or_calls_inside_is_unknown(rules: dict[str, Any], rule: str) -> None:
    document = {"version": "1", "default": "deny", "tools": {"free": rules}}
    law = Law(read_policy(json.dumps(document), "p.json"))

    assert [(one.becomes, one.rule) for one in replay(law, from_audit([record(1, "free", ["x"])]))] == [
        ("unknown", rule)
    ]


def test_what_was_null_or_an_answer_is_known() -> None:
    """A key with null is as good as none, and answers to questions are denied by their kind."""
    law = Law(read_policy(POLICY, "p.yaml"))
    null = {**record(1, "pay", ["to"]), "nulls": ["to"]}
    answer = {**record(2, "free", []), "answered": ["elicitation/create"]}

    assert [(one.becomes, one.rule) for one in replay(law, from_audit([null, answer]))] == [
        ("deny", "/tools/pay/require/0"),
        ("deny", "(default deny)"),
    ]


def test_hours_are_unknown_where_nobody_noted_the_time() -> None:
    text = 'version: "1"\ndefault: allow\ntools: {x: {hours: [{from: "09:00", to: "17:00"}]}}'
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x"}}).encode()

    assert [one.becomes for one in replay(Law(read_policy(text, "p.yaml")), from_session([line]))] == [
        "unknown"
    ]
