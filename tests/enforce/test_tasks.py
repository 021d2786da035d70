"""Tasks: nobody hears of somebody else's, and nothing is asked by way of one that may not be asked."""

import json
import sqlite3
from typing import Any

import pytest

from enforce.counters.memory import MemoryCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.policyfile import read_policy
from enforce.tasks import Tasks
from tests.enforce.wire import ALLOW, Wire, call, request, result


@pytest.fixture(params=[False, True], ids=["", "dry run"])
def two(request: Any) -> tuple[Wire, Wire]:
    """Two identities at one server that knows no difference between them; the first has begun a task. Also in a dry run, of which only the policy is a part."""
    tasks, wires = Tasks(), []
    for who in ("ann", "bob"):
        wire = Wire(ALLOW, state=sqlite3.connect(":memory:", isolation_level=None))
        law = Law(read_policy(json.dumps(ALLOW), "policy.json"))
        party = Party(server="notes", place="here", grant=who, session=who, identity=who)
        judge = Judge(
            law, MemoryCounters(), wire.pins, wire.approvals, party, tasks=tasks, dry_run=request.param
        )
        wire.gate = Gate(judge, wire.trail, clock=lambda: 1000.0)
        wires.append(wire)
    wires[0].client(call(1, "x"))
    wires[0].server(result(1, resultType="task", taskId="t", status="working"))
    return wires[0], wires[1]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        *[(f"tasks/{word}", {"taskId": "t"}) for word in ("get", "result", "cancel", "update", "delete")],
        ("tasks/get", {"task_id": "t"}),
        ("tasks/get", {"taskIds": ["t"]}),
        ("subscriptions/listen", {"notifications": {"taskIds": ["mine", "t"]}}),
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


def test_tasks_that_nobody_has_begun_here_are_listened_to(two: tuple[Wire, Wire]) -> None:
    for id, wanted in enumerate([{"taskIds": ["other"]}, {"toolsListChanged": True}, {"taskIds": [1, None, {}]}, "t"]):  # fmt: skip
        assert two[1].client(request(id, "subscriptions/listen", notifications=wanted))[0]


@pytest.mark.parametrize("method", ["notifications/tasks", "notifications/tasks/status"])
@pytest.mark.parametrize("nested", [False, True])
def test_nobody_hears_of_somebody_else_s_task(two: tuple[Wire, Wire], method: str, nested: bool) -> None:
    """Whatever the server sends to whom."""
    told = {"taskId": "t", "status": "completed", "result": {"content": []}}
    news = {"jsonrpc": "2.0", "method": method, "params": {"task": told} if nested else told}
    ann, bob = two
    assert (ann.server(news)[1], bob.server(news)[1]) == ([news], [])
    assert "somebody else's" in bob.notes[-1]


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
