"""An official client that shows questions lets its person answer held calls; both eras, over lines and over HTTP."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp_types import ElicitResult

from tests.enforce.transports.running import NOTES, Running, call
from tests.enforce.transports.test_http import notes as notes
from tests.enforce.transports.test_http import served

HELD = {"version": "1", "default": "allow", "tools": {"add_note": {"require_approval": True}}}


def through(folder: Path) -> StdioServerParameters:
    """The notes server behind a gate that may ask its client."""
    (folder / "policy.json").write_text(json.dumps(HELD))
    state = ["--audit", str(folder / "audit.jsonl"), "--state", str(folder / "state.db")]
    own = ["-m", "enforce", "stdio", "--policy", str(folder / "policy.json"), *state, "--ask-client"]
    return StdioServerParameters(command=sys.executable, args=[*own, "--", *NOTES], cwd=Path.cwd())


async def talk(server: Any, mode: str) -> list[Any]:
    """A call that the person approves, the same once more, and one that they deny."""
    shown: list[str] = []

    async def person(_: Any, params: Any) -> Any:
        shown.append(params.message)
        decision = "deny" if "secret" in params.message else "approve"
        return ElicitResult(action="accept", content={"decision": decision})

    async with Client(server, mode=mode, elicitation_callback=person) as client:
        said: list[Any] = []
        for words in ("a", "a", "secret"):
            result: Any = await client.call_tool("add_note", {"text": words})
            said.append(result.content[0].text.partition(" It was")[0] if result.is_error else None)
        return [shown, said]


EXPECTED = [
    [f'May the agent call "add_note"?\nArguments: {{"text": "{text}"}}' for text in ("a", "a", "secret")],
    [None, None, "Blocked by policy: A person denied this call."],
]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_person_at_a_client_of_lines_answers(tmp_path: Path, mode: str) -> None:
    assert asyncio.run(talk(through(tmp_path), mode)) == EXPECTED


@pytest.mark.parametrize("mode", ["legacy", "auto"])
@pytest.mark.parametrize("kind", ["program", "server over HTTP"])
def test_the_person_at_a_client_over_http_answers(
    gate: Callable[..., Running], notes: str, kind: str, mode: str
) -> None:
    """The question comes on the way back of the call, or instead of its answer, by the revision."""
    running = gate(NOTES if kind == "program" else notes, HELD, "--ask-client")
    assert asyncio.run(talk(running.url, mode)) == EXPECTED


def test_the_person_at_a_client_without_a_session_answers(gate: Callable[..., Running]) -> None:
    """The answer comes by a request of its own, to a server that keeps nothing between two."""
    with served("stateless") as address:
        running = gate(address, HELD, "--ask-client")
        assert asyncio.run(talk(running.url, "legacy")) == EXPECTED


def test_clients_without_sessions_answer_once_each_and_nothing_else(gate: Callable[..., Running]) -> None:
    """Two calls under one id wait at once; the same call is not asked about twice; an answer to nothing is none."""
    with served("stateless") as address:
        running = gate(address, HELD, "--ask-client")
        both = {"accept": "application/json, text/event-stream"}
        one, other, third = running.browser(), running.browser(), running.browser()
        assert "mcp-session-id" not in third.post(HELLO, **both).headers
        shown = []
        for browser, text in ((one, "a"), (other, "b")):
            browser.send(call(1, "add_note", text=text), **both)
            assert browser.head()[0] == 200
            shown.append(json.loads(browser.piece().partition(b"data: ")[2])["id"])
        assert b"Held by policy" in third.post(call(1, "add_note", text="b"), **both).body
        yes = {"action": "accept", "content": {"decision": "approve"}}
        for id in (shown[1], "tollhouse-approval-00000000", shown[1]):
            assert third.post({"jsonrpc": "2.0", "id": id, "result": yes}, **both).status == 202
        assert b'"isError":false' in other.piece().replace(b" ", b"")
        third.post({"jsonrpc": "2.0", "id": shown[0], "result": {"action": "decline"}}, **both)
        assert b"A person denied this call" in one.piece()


HELLO = {
    "jsonrpc": "2.0", "id": 0, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {"elicitation": {}}, "clientInfo": {"name": "x", "version": "1"}},
}  # fmt: skip


@pytest.mark.parametrize("kind", ["program", "server over HTTP"])
def test_a_call_that_is_given_up_ends_its_stream(gate: Callable[..., Running], notes: str, kind: str) -> None:
    """Who cancels a call while its question is shown hears that the question is withdrawn."""
    running = gate(NOTES if kind == "program" else notes, HELD, "--ask-client")
    asking, other = running.browser(), running.browser()
    both = {"accept": "application/json, text/event-stream"}
    session = asking.post(HELLO, **both).headers["mcp-session-id"]
    asking.send(call(1, "add_note", text="a"), mcp_session_id=session, **both)
    assert asking.head()[0] == 200
    shown = json.loads(asking.piece().partition(b"data: ")[2])
    assert shown["method"] == "elicitation/create"
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert other.post(cancel, mcp_session_id=session, **both).status == 202
    withdrawn = json.loads(asking.piece().partition(b"data: ")[2])
    assert withdrawn["params"] == {"requestId": shown["id"]}
    assert asking.piece() == b""
    late = {
        "jsonrpc": "2.0",
        "id": shown["id"],
        "result": {"action": "accept", "content": {"decision": "approve"}},
    }
    assert other.post(late, mcp_session_id=session, **both).status == 202
    assert b'"isError":false' in other.post(
        call(2, "add_note", text="a"), mcp_session_id=session, **both
    ).body.replace(b" ", b"")
