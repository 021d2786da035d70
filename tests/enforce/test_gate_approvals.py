"""Calls that wait for a person."""

import json
from typing import Any

from enforce.law import Law
from enforce.policyfile import read_policy
from tests.enforce.wire import STRICT, Wire, call, text


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


def test_an_approval_says_nothing_of_answers_that_nobody_has_seen() -> None:
    """What a call brings to the questions of its server decides what it does, so the person sees that, and it is a call of its own."""
    wire = Wire({**STRICT, "methods": {"elicitation/create": "allow"}})
    wire.client(call(1, "drop", n=1))
    (plain,) = wire.approvals.waiting(wire.now)
    wire.approvals.answer(plain.id, "approved", "ann", wire.now)
    production, test = (
        {"k": {"action": "accept", "content": {"where": where}}} for where in ("production", "test")
    )

    def brings(id: int, answers: Any) -> dict[str, Any]:
        asked = call(id, "drop", n=1)
        return {**asked, "params": {**asked["params"], "inputResponses": answers, "requestState": "s"}}

    assert "Held by policy" in text(wire.client(brings(2, production))[1][0])
    (question,) = wire.approvals.waiting(wire.now)
    assert question.arguments.startswith('{"n": 1} WITH ANSWERS TO THE SERVER {"k": ')
    assert '"where": "production"' in question.arguments
    wire.approvals.answer(question.id, "approved", "ann", wire.now)
    assert wire.client(brings(3, test))[0] == []
    assert wire.client(brings(4, production))[0] == [brings(4, production)]
    resumed = call(6, "drop", n=1)
    resumed["params"]["requestState"] = "made up"
    assert wire.client(resumed)[0] == []
    assert wire.approvals.waiting(wire.now)[-1].arguments == '{"n": 1} GOING ON FROM A STATE THAT ONLY THE SERVER CAN READ'  # fmt: skip
    assert wire.client(call(5, "drop", n=1))[0] == [call(5, "drop", n=1)]


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
