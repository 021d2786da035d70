"""What a gate does when something breaks, somebody makes noise, or nothing may be stopped."""

import json
from typing import Any

import pytest

from enforce.counters import StoreFailed
from enforce.counters.memory import MemoryCounters
from enforce.gate import Gate
from enforce.passage import Passage
from enforce.repeats import Repeats
from tests.enforce.wire import ALLOW, STRICT, Wire, call, error, request, result


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
    monkeypatch.setattr(wire.pins, "together", lambda: 1 / 0)
    assert wire.server(result(1, tools=[{"name": "a"}])) == ([], [error(1, -32603, "The server's answer could not be checked.")])  # fmt: skip
    assert "ZeroDivisionError" in wire.notes[0]


def test_a_fault_of_the_reader_denies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what nobody thought that reading could do leaves the connection alive, and the client with an answer."""
    wire = Wire(ALLOW)
    wire.client(call(1, "echo"))
    with monkeypatch.context() as patch:
        patch.setattr("crawler.mcp.jsonrpc._usual_decode", lambda _: 1 / 0)
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


def test_a_dry_run_redacts_what_it_only_lets_through() -> None:
    """Whether the call would have been allowed, denied, held or over its limit, and whether it lay inside of another."""
    redact = {"redact": {"result": ["result.structuredContent.token"]}}
    tools = {
        "denied": {"deny_if": [{"conditions": []}]},
        "held": {"require_approval": True},
        "limited": {"limits": [{"counter": "c", "window": "hour", "max": 1}]},
        "hidden": {},
    }
    outer = {"outer": {"inner": {"tool": "args.tool"}}}
    policy = {**ALLOW, "hide": ["hidden"], "tools": {**{name: {**rules, **redact} for name, rules in tools.items()}, **outer}}  # fmt: skip
    wire = Wire(policy, dry_run=True)
    calls = [*[call(name, name) for name in tools], call(1, "limited"), *[call(f"in {name}", "outer", tool=name) for name in tools]]  # fmt: skip
    for each in calls:
        assert wire.client(each)[0] == [each]
        (told,) = wire.server(result(each["id"], structuredContent={"token": "t0p"}))[1]
        assert told["result"]["structuredContent"] == {"token": "[redacted]"}, each


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
