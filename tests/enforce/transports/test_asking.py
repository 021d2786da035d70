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

from tests.enforce.transports.test_gateway import NOTES, Running
from tests.enforce.transports.test_gateway import gateway as gateway

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
            said.append([result.is_error, result.content[0].text.partition(" It was")[0]])
        return [shown, said]


EXPECTED = [
    [f'May the agent call "add_note"?\nArguments: {{"text": "{text}"}}' for text in ("a", "a", "secret")],
    [[False, "1"], [False, "2"], [True, "Blocked by policy: A person denied this call."]],
]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_person_at_a_client_of_lines_answers(tmp_path: Path, mode: str) -> None:
    assert asyncio.run(talk(through(tmp_path), mode)) == EXPECTED


def test_the_person_at_a_client_over_http_answers(gateway: Callable[..., Running]) -> None:
    """In the new revision, whose calls come back with the answer."""
    running = gateway(None, *NOTES, policy=HELD, options=("--ask-client",))
    assert asyncio.run(talk(running.url, "auto")) == EXPECTED
