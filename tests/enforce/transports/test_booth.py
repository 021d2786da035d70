"""A booth whose law changes while a handshake is under way."""

import json
from typing import Any

import pytest

from enforce.gate import Gate
from enforce.judge import Judge, Party
from enforce.law import Law
from enforce.policyfile import read_policy
from enforce.transports.http.booth import Booth
from tests.enforce.wire import ALLOW, STRICT, Wire, call, request


def law(policy: dict[str, Any]) -> Law:
    return Law(read_policy(json.dumps(policy), "policy.json"))


@pytest.mark.parametrize("session", [b"s", None])
def test_a_handshake_that_takes_its_time_opens_no_session_under_the_old_law(session: bytes | None) -> None:
    """A server that is slow, or in league with the agent, would else keep what was allowed before for as long as it likes."""
    wire = Wire(ALLOW)

    def judge(law: Law, party: Party) -> Judge:
        return Judge(law, wire.gate.judge.counters, wire.pins, wire.approvals, party, tasks=wire.tasks)

    def gate(judge: Judge) -> Gate:
        return Gate(judge, wire.trail, clock=lambda: 1000.0)

    booth = Booth(law(ALLOW), "notes", "here", "ann", judge, gate)
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
