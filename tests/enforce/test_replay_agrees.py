"""A log that is judged anew by the policy that was in force says what was said then, or that it cannot tell."""

import json
import sqlite3
from random import Random
from typing import Any

import pytest

from enforce.approvals import Approvals
from enforce.counters.memory import MemoryCounters
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.passage import Passage
from enforce.pins import Pins
from enforce.policyfile import PolicyErrors, read_policy
from enforce.recordings import from_audit
from enforce.replay import replay
from enforce.tasks import SqliteTasks
from tests.enforce.documents import Source
from tests.enforce.wire import Trail, request, result

#: Steps of the clock, some of them so close to a window that a record cannot tell on which side.
STEPS = [0, 0.3, 1, 1.0000001, 30, 60, 59.9999999, 3600]
VALUES: list[Any] = [1, 0.25, 0.5, "a", "b", None, True, [{"b": 1}], {"0": {"b": "a"}}, [1], "t", "u1", "v"]
NAMES = ["t", "u1", "u2", "v", "w", "T", "a", "b1", "x" * 300]
METHODS = ["resources/read", "prompts/get", "ping", "foo/bar", "tasks/get", "Resources/Read"]
LISTED = [{"name": name, "inputSchema": {"type": "object"}} for name in ("t", "u1", "v", "w", "T", "a")]
ANSWERS: list[Any] = [{"q": {"action": "accept"}}, {"q": {}}, {}, []]


class Numbered(Trail):
    """A log in a list whose records have numbers, as a real one's have."""

    def write(self, *records: Any) -> int:
        last = super().write(*records)
        for number, record in enumerate(self.records, 1):
            record["seq"] = number
        return last


def lived(law: Law, draw: Random) -> list[dict[str, Any]]:
    """The records of a session that is made up, with a person who answers at times."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    approvals, trail, now = Approvals(state, b"key"), Numbered(), 1.7e9
    party = Party(server="s", place="p", grant="g", session="x", identity="i")
    judge = Judge(law, MemoryCounters(), Pins(state), approvals, party, tasks=SqliteTasks(state))
    gate = Gate(judge, trail, clock=lambda: now)
    for id in range(60):
        now += draw.choice(STEPS)
        if draw.random() < 0.15:
            for question in approvals.waiting(now):
                approvals.answer(question.id, draw.choice(["approved", "denied"]), "ann", now)
        message, passage = made_up(id, draw), Passage()
        gate.from_client(json.dumps(message).encode(), passage)
        if passage.opened and message["method"] == "tools/list":
            gate.from_server(json.dumps(result(id, tools=LISTED)).encode(), passage)
    return trail.records


def made_up(id: int, draw: Random) -> dict[str, Any]:
    names = ("n", "a", "a.b", "N", "name", "arguments", "extra")
    given = {name: draw.choice(VALUES) for name in names if draw.random() < 0.35}
    answers = {"inputResponses": draw.choice(ANSWERS)} if draw.random() < 0.1 else {}
    if draw.random() < 0.1:
        return request(id, "tools/list")
    if draw.random() < 0.2:
        return request(id, draw.choice(METHODS), **given, **answers)
    return request(id, "tools/call", name=draw.choice(NAMES), arguments=given, **answers)


@pytest.mark.parametrize("start", range(0, 160, 20))
def test_a_log_is_judged_as_the_gate_judged_it(start: int) -> None:
    """What lists, values and persons decided is unknown, or known by its record; nothing comes out as something else."""
    for seed in range(start, start + 20):
        source = Source(seed)
        try:
            law = Law(read_policy(json.dumps(source.policy()), "policy.json"))
        except PolicyErrors:
            continue
        replayed = list(replay(law, from_audit(lived(law, source.random))))

        assert [one for one in replayed if one.differs] == []
        assert replayed
