"""Tasks: nobody hears of somebody else's, and nothing is asked by way of one that may not be asked."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from enforce.counters.memory import MemoryCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.policyfile import read_policy
from enforce.state import open_state
from enforce.tasks import KEEP, MOST, SqliteTasks
from tests.enforce.wire import ALLOW, Wire, call, request, result


def wire_of(who: str, state: sqlite3.Connection, dry_run: bool = False) -> Wire:
    """A connection of an identity to a server that knows no difference between identities."""
    wire = Wire(ALLOW, state=state)
    law = Law(read_policy(json.dumps(ALLOW), "policy.json"))
    party = Party(server="notes", place="here", grant=who, session=who, identity=who)
    judge = Judge(law, MemoryCounters(), wire.pins, wire.approvals, party, tasks=wire.tasks, dry_run=dry_run)
    wire.gate = Gate(judge, wire.trail, clock=lambda: 1000.0)
    return wire


@pytest.fixture(params=[False, True], ids=["", "dry run"])
def two(request: Any) -> tuple[Wire, Wire]:
    """Two identities, of which the first has begun a task. Also in a dry run, of which only the policy is a part."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    ann, bob = (wire_of(who, state, request.param) for who in ("ann", "bob"))
    ann.client(call(1, "x"))
    ann.server(result(1, resultType="task", taskId="t", status="working"))
    return ann, bob


@pytest.mark.parametrize(
    ("method", "params"),
    [
        *[(f"tasks/{word}", {"taskId": "t"}) for word in ("get", "result", "cancel", "update", "delete")],
        ("tasks/get", {"task_id": "t"}),
        ("tasks/get", {"taskIds": ["t"]}),
        ("subscriptions/listen", {"notifications": {"ids": ["t"]}}),
        ("subscriptions/listen", {"notifications": {"taskIds": ["t", "t"]}}),
        ("subscriptions/listen", {"notifications": {"TaskIDs": ["t"]}}),
        ("subscriptions/listen", {"notifications": {"taskIds": "t"}}),
    ],
)
def test_nobody_asks_for_somebody_else_s_task(two: tuple[Wire, Wire], method: str, params: Any) -> None:
    """Not for its news either, which bring its result; who has begun it may."""
    ann, bob = two
    assert bob.client(request(2, method, **params))[0] == []
    assert "(another's task)" in json.dumps(bob.trail.records)
    assert len(ann.client(request(2, method, **params))[0]) == 1


@pytest.mark.parametrize(
    "named",
    [{"taskId": "other"}, {"taskId": 7}, {"taskId": None}, {"taskIds": ["t", "other"]}, {"taskId": "T"}],
)
def test_a_task_that_nobody_is_known_to_have_begun_is_nobody_s(
    two: tuple[Wire, Wire], named: dict[str, Any]
) -> None:
    """Before a new start of the gate it may have been anybody's; only where there are no identities it can be but one's."""
    local = Wire(ALLOW)
    for method, params in (("tasks/get", named), ("subscriptions/listen", {"notifications": named})):
        for wire, passes in ((two[0], False), (two[1], False), (local, True)):
            assert bool(wire.client(request(method, method, **params))[0]) is passes
    news = {"jsonrpc": "2.0", "method": "notifications/tasks", "params": {**named, "status": "completed"}}
    assert [bool(wire.server(news)[1]) for wire in (*two, local)] == [False, False, True]


@pytest.mark.parametrize(
    "wanted", [{"toolsListChanged": True}, {"resourceSubscriptions": ["file:///x"]}, "t", None]
)
def test_what_is_no_task_is_listened_to(two: tuple[Wire, Wire], wanted: Any) -> None:
    assert two[1].client(request(1, "subscriptions/listen", notifications=wanted))[0]


def test_who_has_begun_a_task_is_known_after_a_new_start(tmp_path: Path) -> None:
    """To every gate that shares the file; for a month, and of the latest tasks."""
    for start in range(2):
        with closing(open_state(tmp_path / "state.db")) as state:
            ann, bob, cy = (wire_of(who, state) for who in ("ann", "bob", "local"))
            if not start:
                ann.client(call(1, "x"))
                ann.server(result(1, task={"taskId": "t", "status": "working"}))
            asked = request(2, "tasks/result", taskId="t")
            assert [bool(wire.client(asked)[0]) for wire in (ann, bob, cy)] == [True, False, False]
    with closing(open_state(tmp_path / "state.db")) as state:
        tasks = SqliteTasks(state)
        for number in range(MOST):
            tasks.note("here", "ann", str(number), 2000.0 + number)
        assert [tasks.are_another_s("here", "ann", [each]) for each in ("t", "0")] == [True, False]
        assert tasks.tidy(2001.0 + KEEP) == 1


def test_where_it_cannot_be_told_whose_a_task_is_it_is_nobody_s(two: tuple[Wire, Wire]) -> None:
    """Neither asked for, nor listed, nor told of, and the operator hears why; a call that begins one is answered all the same."""
    ann, _ = two
    for id, method in ((2, "tasks/list"), (3, "tools/call")):
        assert ann.client(request(id, method, name="x"))[0]
    ann.tasks._state.close()
    assert ann.client(request(4, "tasks/get", taskId="t"))[0] == []
    news = {"jsonrpc": "2.0", "method": "notifications/tasks", "params": {"taskId": "t"}}
    assert ann.server(news)[1] == []
    assert "error" in ann.server(result(2, tasks=[{"taskId": "t"}]))[1][0]
    assert ann.server(result(3, taskId="new"))[1] == [result(3, taskId="new")]
    assert [words for words in ann.notes if "closed database" not in words] == []
    assert len(ann.notes) == 4


def test_a_server_asks_of_the_tasks_that_its_client_runs_for_it(two: tuple[Wire, Wire]) -> None:
    """Revision 2025-11-25 has those too, whose ids the client has given."""
    for wire in two:
        wire.client(request(5, "initialize"))
        asked = request("q", "tasks/result", taskId="client's")
        assert wire.server(asked)[1] == [asked]


@pytest.mark.parametrize("method", ["notifications/tasks", "notifications/tasks/status"])
@pytest.mark.parametrize("nested", [False, True])
def test_nobody_hears_of_somebody_else_s_task(two: tuple[Wire, Wire], method: str, nested: bool) -> None:
    """Whatever the server sends to whom."""
    told = {"taskId": "t", "status": "completed", "result": {"content": []}}
    news = {"jsonrpc": "2.0", "method": method, "params": {"task": told} if nested else told}
    ann, bob = two
    assert (ann.server(news)[1], bob.server(news)[1]) == ([news], [])
    assert "not known as this client's" in bob.notes[-1]


ASKED = {"k": {"method": "elicitation/create", "params": {"mode": "form", "message": "Your password?", "requestedSchema": {}}}}  # fmt: skip
WAITS = {"taskId": "t", "status": "input_required", "inputRequests": ASKED}


@pytest.mark.parametrize(
    "told",
    [
        WAITS,
        {"taskId": "t", "task": WAITS},
        {"taskId": "t", "result": {"resultType": "input_required", "inputRequests": ASKED}},
        {"taskId": "t", "task": {"InputRequests": ASKED}},
        {
            "taskId": "t",
            "status": "failed",
            "error": {"code": -32042, "message": "No.", "data": {"elicitations": [{}]}},
        },
    ],
)
def test_a_task_asks_only_what_the_policy_lets_its_server_ask(told: dict[str, Any]) -> None:
    """In its news as in its state, and as deep as a client may look."""
    for elicitation in ("deny", "allow"):
        methods = {"tasks/get": "allow", "elicitation/create": elicitation}
        wire = Wire({"version": "1", "default": "deny", "tools": {"x": {}}, "methods": methods})
        passes = elicitation == "allow" and "InputRequests" not in json.dumps(told)
        for method in ("notifications/tasks", "notifications/tasks/status"):
            assert bool(wire.server({"jsonrpc": "2.0", "method": method, "params": told})[1]) is passes
        wire.client(request(1, "tasks/get", taskId="t"))
        assert ("result" in wire.server(result(1, **told))[1][0]) is passes
