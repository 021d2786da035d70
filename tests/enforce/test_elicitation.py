"""Held calls are put before the person at the client, who answers there; nobody else can."""

import json
from typing import Any, Literal

import pytest

from enforce.approvals import KEEP
from enforce.elicitation import NAME, PATIENCE, Elicitation
from enforce.gate import Gate
from enforce.law import Law
from enforce.passage import Passage
from enforce.policyfile import read_policy
from tests.enforce.wire import STRICT, Wire, call, request, result, text

CAPABLE: dict[str, Any] = {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}}
ACCEPTED = {"action": "accept", "content": {"decision": "approve"}}


def asking(**capabilities: Any) -> Wire:
    """A gate that asks by way of the client, whose handshake is done."""
    wire = Wire(STRICT)
    wire.gate = Gate(wire.gate.judge, wire.trail, clock=lambda: wire.now, elicitation=Elicitation())
    wire.client(request(0, "initialize", capabilities=capabilities))
    wire.server(result(0, capabilities={}))
    return wire


def answer(id: str, **said: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "result": said}


def modern(id: Any, **params: Any) -> dict[str, Any]:
    whole = {"name": "drop", "arguments": {"n": 1}, "_meta": CAPABLE, **params}
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": whole}


def test_a_call_waits_until_the_client_has_asked_and_goes_on_once() -> None:
    """The question shows the call; the answer is on record; the same call needs another one."""
    wire = asking(elicitation={})
    _, (asked,) = wire.client(call(1, "drop", n=1))
    assert asked["method"] == "elicitation/create"
    assert asked["params"]["message"] == 'May the agent call "drop"?\nArguments: {"n": 1}'
    assert wire.client(answer(asked["id"], **ACCEPTED)) == ([call(1, "drop", n=1)], [])
    assert wire.events[-3:] == [("decision", "hold"), ("approval", "approved"), ("decision", "allow")]
    assert wire.server(result(1, content=[])) == ([], [result(1, content=[])])
    assert wire.client(call(2, "drop", n=1))[1][0]["method"] == "elicitation/create"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"action": "decline"}, "A person denied this call."),
        ({"action": "accept", "content": {"decision": "deny"}}, "A person denied this call."),
        ({"action": "accept", "content": {"decision": "approved"}}, "A person denied this call."),
        ({"action": "accept"}, "A person denied this call."),
        ({"action": "cancel"}, "call again with the same arguments once it is approved"),
        ({"action": ["accept"]}, "call again with the same arguments once it is approved"),
    ],
)
def test_only_a_clear_yes_lets_a_call_through(said: dict[str, Any], words: str) -> None:
    wire = asking(elicitation={"form": {}})
    _, (asked,) = wire.client(call(1, "drop"))
    forwarded, (told,) = wire.client(answer(asked["id"], **said))
    assert (forwarded, told["id"], words in text(told)) == ([], 1, True)


@pytest.mark.parametrize(
    "capabilities", [{}, {"elicitation": {"url": {}}}, {"elicitation": None}, {"elicitation": []}]
)
def test_a_client_that_shows_no_forms_is_not_asked(capabilities: dict[str, Any]) -> None:
    wire = asking(**capabilities)
    assert "Held by policy" in text(wire.client(call(1, "drop"))[1][0])


def test_a_call_is_answered_as_held_before_its_client_gives_up_and_a_late_answer_counts() -> None:
    """The wait ends in time; the person's answer then serves the plain retry."""
    wire = asking(elicitation={})
    _, (asked,) = wire.client(call(1, "drop"))
    wire.now += PATIENCE
    late = Passage()
    wire.gate.expire(late)
    (told,) = map(json.loads, late.to_client)
    assert (told["id"], "Held by policy" in text(told)) == (1, True)
    assert "Held by policy" in text(wire.client(call(3, "drop"))[1][0])
    assert wire.client(answer(asked["id"], **ACCEPTED)) == ([], [])
    assert wire.client(call(4, "drop"))[0] == [call(4, "drop")]


@pytest.mark.parametrize("said", ["denied", "approved", None])
def test_a_client_s_word_after_a_person_s_is_neither_taken_nor_on_record(said: Literal["denied", "approved"] | None) -> None:  # fmt: skip
    """Who was first counts: whoever reads the log must not think that the client overruled a person, or the time."""
    wire = asking(elicitation={})
    _, (asked,) = wire.client(call(1, "drop"))
    (question,) = wire.approvals.waiting(wire.now)
    if said is None:
        wire.now = question.expires
    else:
        wire.approvals.answer(question.id, said, "ann", wire.now)
    told = wire.client(answer(asked["id"], action="accept", content={"decision": "deny" if said == "approved" else "approve"}))  # fmt: skip
    assert bool(told[0]) is (said == "approved")
    assert "approval" not in [event for event, _ in wire.events]
    assert wire.approvals.listing()[0].answered_by == (said and "ann")


def test_an_answer_counts_once_and_for_its_own_question() -> None:
    """Not twice, and not under the id of another, of no question or of another type."""
    wire = asking(elicitation={})
    _, (one,) = wire.client(call(1, "drop", n=1))
    _, (two,) = wire.client(call(2, "drop", n=2))
    for id in (f"{NAME}-00000000", one["id"].upper(), one["id"] + " ", 1, "1"):
        assert wire.client(answer(id, **ACCEPTED)) == ([], [])
    assert wire.client(answer(two["id"], **ACCEPTED))[0] == [call(2, "drop", n=2)]
    assert wire.client(answer(two["id"], **ACCEPTED)) == ([], [])
    assert [each.state for each in wire.approvals.listing()] == ["waiting", "used"]
    assert [event for event, _ in wire.events].count("approval") == 1


def test_a_cancelled_call_takes_its_question_along() -> None:
    """Who gave up the call is not asked any more, and the id is free."""
    wire = asking(elicitation={})
    _, (asked,) = wire.client(call(1, "drop"))
    assert wire.client(call(1, "echo"))[1][0]["error"]["message"] == "This id is already in use."
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    (told,) = wire.client(cancel)[1]
    assert (told["method"], told["params"]) == ("notifications/cancelled", {"requestId": asked["id"]})
    assert wire.client(call(1, "echo"))[0] == [call(1, "echo")]


def test_a_server_can_neither_use_nor_answer_our_question() -> None:
    """Its own question under our id is refused, and an exited server leaves nobody waiting."""
    wire = asking(elicitation={})
    _, (asked,) = wire.client(call(1, "drop"))
    ((refused,), shown) = wire.server(request(asked["id"], "roots/list"))
    assert (refused["error"]["code"], shown) == (-32600, [])
    assert wire.server(answer(asked["id"], **ACCEPTED)) == ([], [])
    passage = Passage()
    wire.gate.server_gone(passage)
    assert [json.loads(line)["id"] for line in passage.to_client] == [1]


def test_an_answer_that_cannot_be_recorded_is_none() -> None:
    wire = asking(elicitation={})
    _, (asked,) = wire.client(call(1, "drop"))
    wire.trail.fails = True
    assert wire.client(answer(asked["id"], **ACCEPTED))[0] == []
    assert wire.approvals.listing()[0].state == "waiting"


def test_in_the_new_revision_the_call_comes_back_with_its_answer() -> None:
    """What was ours is taken out before the server sees the call."""
    wire = asking()
    _, (asked,) = wire.client(modern(1))
    state = asked["result"]["requestState"]
    assert asked["result"]["resultType"] == "input_required"
    assert list(asked["result"]["inputRequests"]) == [NAME]
    again = modern(2, inputResponses={NAME: ACCEPTED}, requestState=state)
    assert wire.client(again) == ([modern(2)], [])


HELD, MADE_UP = "Held by policy", "Blocked by policy: It answers a question that the server may not ask"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requestState": f"{NAME}-00000000"}, HELD),
        ({"inputResponses": {NAME: {"action": "cancel"}}}, HELD),
        ({"inputResponses": {"other": ACCEPTED}}, MADE_UP),
        ({"inputResponses": [NAME]}, MADE_UP),
        ({"requestState": 1}, MADE_UP),
        ({"arguments": {"n": 2}}, HELD),
    ],
)
def test_another_answer_approves_nothing(change: dict[str, Any], words: str) -> None:
    """An answer to another question, for other arguments, or of another shape."""
    wire = asking()
    state = wire.client(modern(1))[1][0]["result"]["requestState"]
    again = modern(2, **{"inputResponses": {NAME: ACCEPTED}, "requestState": state, **change})
    forwarded, (told,) = wire.client(again)
    assert (forwarded, words in text(told)) == ([], True)


def test_an_answer_to_the_server_s_question_is_never_taken_for_ours() -> None:
    """A call that continues one of the server's own is held without a question, whose answer would replace the server's."""
    wire = asking()
    _, (told,) = wire.client(modern(1, requestState="the server's"))
    assert "Held by policy" in text(told)
    wire = asking(elicitation={})
    wire.gate.adopt(
        Law(read_policy(json.dumps({**STRICT, "methods": {"elicitation/create": {}}}), "p.json")), Passage()
    )
    older = call(1, "drop")
    _, (told,) = wire.client({**older, "params": {**older["params"], "inputResponses": {"k": ACCEPTED}}})
    assert "Held by policy" in text(told)


def test_without_the_operator_s_word_no_client_answers_for_a_person() -> None:
    wire = Wire(STRICT)
    state = f"{NAME}-x"
    wire.client(modern(1))
    (question,) = wire.approvals.waiting(wire.now)
    again = modern(2, inputResponses={NAME: ACCEPTED}, requestState=state.replace("x", question.id))
    forwarded, (told,) = wire.client(again)
    assert (forwarded, MADE_UP in text(told)) == ([], True)


def test_a_hundred_questions_an_hour_are_enough() -> None:
    """Whatever becomes of them: answers do not make room for a flood."""
    wire = Wire(STRICT)
    for n in range(110):
        wire.client(call(n, "drop", n=n))
        for question in wire.approvals.waiting(wire.now):
            wire.approvals.answer(question.id, "denied", "ann", wire.now)
    assert len(wire.approvals.listing()) == 100
    wire.now += 3601
    wire.client(call("x", "drop", n="x"))
    assert len(wire.approvals.listing()) == 101


def test_what_was_answered_is_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a week, or once too many newer ones are over; never while it counts, waits, or may still be used."""
    wire = Wire(STRICT)
    for n in range(6):
        wire.now += 1
        wire.client(call(n, "drop", n=n))
    used, denied, approved, *_ = (each.id for each in wire.approvals.waiting(wire.now))
    wire.approvals.answer(used, "approved", "ann", wire.now)
    assert wire.client(call("u", "drop", n=0))[0] != []
    wire.approvals.answer(denied, "denied", "ann", wire.now)
    wire.now += 599
    wire.approvals.answer(approved, "approved", "ann", wire.now)
    wire.now += KEEP - 1000
    assert wire.approvals.tidy(wire.now) == 0
    monkeypatch.setattr("enforce.approvals.MOST_KEPT", 2)
    assert wire.approvals.tidy(wire.now) == 4
    assert [each.state for each in wire.approvals.listing()] == ["waiting", "waiting"]
    wire.client(call("new", "drop", n="new"))
    wire.now += 2000
    assert wire.approvals.tidy(wire.now) == 2
    wire.now += 1700
    assert [each.state for each in wire.approvals.listing()] == ["waiting"]
    wire.client(call("newer", "drop", n="newer"))
    monkeypatch.setattr("enforce.approvals.MOST_KEPT", 1)
    assert [wire.approvals.tidy(wire.now), len(wire.approvals.listing())] == [0, 2]
    wire.now += KEEP + 600
    assert [wire.approvals.tidy(wire.now), wire.approvals.listing()] == [2, []]
    assert f"(approved: {used})" in str(wire.trail.records)
