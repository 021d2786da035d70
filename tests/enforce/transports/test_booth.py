"""A booth: whose law changes while a handshake is under way, and whose clients have no sessions."""

import json
from typing import Any

import pytest

from enforce.elicitation import Elicitation
from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.policyfile import read_policy
from enforce.transports.http.booth import Booth
from tests.enforce.wire import ALLOW, STRICT, Wire, call, request


def booth_of(wire: Wire, policy: dict[str, Any]) -> Booth:
    """One whose gates share what the wire's has, and may ask their clients."""

    def judge(law: Law, party: Party) -> Judge:
        return Judge(law, wire.gate.judge.counters, wire.pins, wire.approvals, party, tasks=wire.tasks)

    def gate(judge: Judge) -> Gate:
        return Gate(judge, wire.trail, clock=lambda: 1000.0, elicitation=Elicitation())

    return Booth(law(policy), "notes", "here", "ann", judge, gate)


def law(policy: dict[str, Any]) -> Law:
    return Law(read_policy(json.dumps(policy), "policy.json"))


@pytest.mark.parametrize("session", [b"s", None])
def test_a_handshake_that_takes_its_time_opens_no_session_under_the_old_law(session: bytes | None) -> None:
    """A server that is slow, or in league with the agent, would else keep what was allowed before for as long as it likes."""
    wire = Wire(ALLOW)
    booth = booth_of(wire, ALLOW)
    wire.gate = opening = booth.opening()
    assert wire.client(request(0, "initialize"))[0] != []
    booth.adopt(law(STRICT))
    booth.open(session, opening)
    wire.gate = opening
    assert wire.client(call(1, "other"))[0] == []
    found = booth.session(session) if session is not None else booth.gate_without_session()
    assert found is not None
    wire.gate = found
    assert wire.client(call(2, "other"))[0] == []
    assert wire.client(call(3, "echo"))[0] == [call(3, "echo")]


def test_an_answer_that_comes_late_takes_nothing_back_of_a_later_handshake() -> None:
    """Without sessions the latest handshake says whether questions are shown, and no request that was under way meanwhile."""
    wire = Wire(ALLOW)
    booth = booth_of(wire, STRICT)
    for capabilities in ({}, {"elicitation": {}}):
        under_way = booth.gate_without_session()
        wire.gate = opening = booth.opening()
        wire.client(request(0, "initialize", capabilities=capabilities))
        booth.open(None, opening)
    booth.open(None, under_way)
    for number in range(2):  # and nothing is shown twice
        wire.gate = booth.gate_without_session()
        said = wire.client(call(1, "drop"))[1][0]
        assert said.get("method", "held") == ("held" if number else "elicitation/create")
