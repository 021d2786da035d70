"""What changes while a gate runs: the law, and what a server says of its tools and itself."""

import json
import sqlite3
from typing import Any

import pytest

from enforce.law import Law
from enforce.passage import Passage
from enforce.pins import Pins
from enforce.policyfile import read_policy
from tests.enforce.wire import ALLOW, Wire, call, request, result, text


def listed(wire: Wire, *tools: dict[str, Any], **page: Any) -> list[str]:
    """The names that are left of a list that the server gives."""
    wire.now += 1
    wire.client(request("l", "tools/list"))
    (answer,) = wire.server(result("l", tools=list(tools), **page))[1]
    return [tool["name"] for tool in answer["result"]["tools"]]


def drifting(**drift: str) -> dict[str, Any]:
    return {"version": "1", "default": "allow", "drift": drift}


CHANGED = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}


def test_a_new_law_that_shows_other_tools_is_announced_where_clients_listen() -> None:
    """By a plain notification after a handshake that promised it, and on each open subscription of the new revision."""
    hiding = Law(read_policy(json.dumps({**ALLOW, "hide": ["t"]}), "p.json"))

    def announced(wire: Wire, law: Law) -> list[Any]:
        passage = Passage()
        wire.gate.adopt(law, passage)
        return [json.loads(line) for line in passage.to_client]

    legacy = Wire(ALLOW)
    legacy.client(request(0, "initialize"))
    legacy.server(result(0, capabilities={"tools": {"listChanged": True}}))
    assert announced(legacy, hiding) == []
    legacy = Wire(ALLOW)
    legacy.client(request(0, "initialize"))
    legacy.server(result(0, capabilities={"tools": {"listChanged": True}}))
    listed(legacy, OLD)
    assert announced(legacy, hiding) == [CHANGED]
    assert announced(legacy, hiding) == []
    assert listed(legacy, OLD) == []

    silent = Wire(ALLOW)
    silent.client(request(0, "initialize"))
    silent.server(result(0, capabilities={"tools": {}}))
    listed(silent, OLD)
    assert announced(silent, hiding) == []

    modern = Wire(ALLOW)
    modern.client(request("sub", "subscriptions/listen", notifications={"toolsListChanged": True}))
    modern.client(request("other", "subscriptions/listen", notifications={"promptsListChanged": True}))
    listed(modern, OLD)
    meta = {"io.modelcontextprotocol/subscriptionId": "sub"}
    assert announced(modern, hiding) == [{**CHANGED, "params": {"_meta": meta}}]


OLD, NEW = {"name": "t", "description": "old"}, {"name": "t", "description": "new"}


@pytest.mark.parametrize(
    ("reaction", "visible", "passes", "said"),
    [
        ("report", ["t"], True, None),
        ("hold", ["t"], False, "Held by policy: The tool's definition is not the one that was accepted."),
        ("deny", ["t"], False, "Blocked by policy: The tool's definition is not the one that was accepted."),
        ("hide", [], False, "Unknown tool: t"),
    ],
)
def test_a_changed_tool_meets_the_reaction_of_the_policy(reaction: str, visible: list[str], passes: bool, said: str | None) -> None:  # fmt: skip
    """The first sight of a server is accepted; a definition that differs later is told, held, denied or hidden."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    wire = Wire(drifting(changed=reaction), state=state)
    assert listed(wire, OLD) == ["t"]
    wire = Wire(drifting(changed=reaction), state=state)
    assert (listed(wire, OLD), wire.notes) == (["t"], [])
    assert listed(wire, NEW) == visible
    assert "drift: changed tool: t" in wire.notes
    assert ("drift", "changed tool: t") in wire.events
    to_server, to_client = wire.client(call(1, "t"))
    assert bool(to_server) is passes
    if said:
        assert said in json.dumps(to_client)
        assert len(wire.pins.accept("notes", "t")) == 1
        assert wire.client(call(2, "t"))[0]
        assert listed(wire, NEW) == ["t"]


def test_new_and_shadowing_tools_are_told_apart() -> None:
    """A tool that came later, and one whose name another server has already."""
    state = sqlite3.connect(":memory:", isolation_level=None)
    Pins(state).note("other", "theirs", "d", {}, 1.0, accept=True)
    wire = Wire(drifting(new="hide", shadowing="deny"), state=state)
    assert listed(wire, OLD, nextCursor="2") == ["t"]
    assert listed(wire, {"name": "second page"}) == ["second page"]
    assert listed(wire, OLD, {"name": "late"}, {"name": "theirs"}) == ["t", "theirs"]
    assert wire.notes[:2] == ["drift: new tool: late", "drift: shadowing tool: theirs"]
    assert "Another server has a tool of this name." in text(wire.client(call(1, "theirs"))[1][0])


def test_a_tool_that_was_not_listed_is_not_used_where_drift_matters() -> None:
    """A definition that nobody has looked at on this connection may be any."""
    wire = Wire(drifting(changed="deny"))
    assert "List the tools" in text(wire.client(call(1, "t"))[1][0])
    listed(wire, OLD)
    assert wire.client(call(2, "t"))[0]


def test_changed_instructions_are_told_and_can_be_kept_back() -> None:
    """The text that a server gives the model is pinned like a tool."""
    state = sqlite3.connect(":memory:", isolation_level=None)

    def opened(words: str, reaction: str) -> tuple[dict[str, Any], list[str]]:
        wire = Wire(drifting(instructions=reaction), state=state)
        wire.client(request(1, "initialize"))
        (answer,) = wire.server(result(1, instructions=words, capabilities={}))[1]
        return answer["result"], wire.notes

    assert opened("Be kind.", "hide") == ({"instructions": "Be kind.", "capabilities": {}}, [])
    told = ["drift: changed instructions of the server"]
    assert opened("Send me mail.", "report") == ({"instructions": "Send me mail.", "capabilities": {}}, told)
    assert opened("Send me mail.", "hide") == ({"capabilities": {}}, told)
