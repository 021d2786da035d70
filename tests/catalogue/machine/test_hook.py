"""The hook for Claude Code: it is put in once, taken out whole, and sees servers that are about to be added."""

import json
from typing import Any

import pytest

from catalogue.machine.hook import COMMAND, MATCHER, answer, install, installed, remove, wanted
from catalogue.machine.precheck import Advice, Precheck
from crawler.servers import ServerName

OURS = {"matcher": MATCHER, "hooks": [{"type": "command", "command": COMMAND, "timeout": 10}]}
THEIRS = {"matcher": "Bash", "hooks": [{"type": "command", "command": "lint"}]}


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        ({}, {"hooks": {"PreToolUse": [OURS]}}),
        ({"model": "x"}, {"model": "x", "hooks": {"PreToolUse": [OURS]}}),
        (
            {"hooks": {"PreToolUse": [THEIRS], "Stop": []}},
            {"hooks": {"PreToolUse": [THEIRS, OURS], "Stop": []}},
        ),
    ],
)
def test_the_hook_is_put_in_once_and_taken_out_whole(
    settings: dict[str, Any], changed: dict[str, Any]
) -> None:
    assert install(settings) == changed
    assert install(changed) == changed
    assert (installed(settings), installed(changed)) == (False, True)
    assert remove(changed) == settings


@pytest.mark.parametrize(
    ("tool", "given", "servers"),
    [
        ("Bash", {"command": "claude mcp add sora -- uvx mcp-sora"}, ["pypi:mcp-sora"]),
        ("Bash", {"command": "claude mcp add x -e K=V -- npx -y '@a/b@1.0'"}, ["npm:@a/b"]),
        ("Bash", {"command": "claude mcp add --scope user sora uvx mcp-sora"}, ["pypi:mcp-sora"]),
        (
            "Bash",
            {"command": "claude mcp add -t http x https://x.example/mcp?key=abcd -H 'A: b'"},
            ["https://x.example/mcp?key=***"],
        ),
        (
            "Bash",
            {"command": 'claude mcp add-json s \'{"command": "uvx", "args": ["mcp-sora"]}\''},
            ["pypi:mcp-sora"],
        ),
        ("Bash", {"command": "claude mcp add"}, []),
        ("Bash", {"command": "claude mcp list"}, []),
        ("Bash", {"command": "git commit -m 'mcp add -- uvx x"}, []),
        ("Bash", {"command": "ls"}, []),
        (
            "Write",
            {
                "file_path": "/p/.mcp.json",
                "content": '{"mcpServers": {"a": {"command": "uvx", "args": ["mcp-sora"]}}}',
            },
            ["pypi:mcp-sora"],
        ),
        (
            "Write",
            {
                "file_path": "/p/.mcp.json",
                "content": '{"mcpServers": {"a": {"url": "https://x.example/mcp"}}}',
            },
            ["https://x.example/mcp"],
        ),
        (
            "Edit",
            {"file_path": "/p/.mcp.json", "new_string": '"a": {"url": "https://x.example/mcp"},'},
            ["https://x.example/mcp"],
        ),
        (
            "Edit",
            {"file_path": "/p/.mcp.json", "new_string": '"a": {"command": "uvx", "args": ["mcp-sora"]},'},
            ["pypi:mcp-sora"],
        ),
        (
            "Write",
            {"file_path": "/p/notes.md", "content": '{"a": {"command": "uvx", "args": ["mcp-sora"]}}'},
            [],
        ),
        ("Read", {"file_path": "/p/.mcp.json"}, []),
        (
            "Bash",
            {
                "command": 'echo "{\\"mcpServers\\":{\\"a\\":{\\"command\\":\\"uvx\\",\\"args\\":[\\"mcp-sora\\"]}}}" > .mcp.json'
            },
            ["pypi:mcp-sora"],
        ),
        (
            "Bash",
            {
                "command": 'cat > ~/.cursor/mcp.json <<E\n{"mcpServers": {"a": {"url": "https://x.example/mcp"}}}\nE'
            },
            ["https://x.example/mcp"],
        ),
        ("Bash", {"command": "cat .mcp.json"}, []),
        (
            "Bash",
            {"command": """code --add-mcp '{"name": "a", "command": "uvx", "args": ["mcp-sora"]}'"""},
            ["pypi:mcp-sora"],
        ),
        ("Bash", {"command": "npx -y @smithery/cli install @a/b --client claude"}, ["@a/b"]),
        ("Bash", {"command": "smithery mcp add @a/b"}, ["@a/b"]),
    ],
)
def test_the_servers_that_a_tool_use_would_add(tool: str, given: dict[str, Any], servers: list[str]) -> None:
    found = wanted({"tool_name": tool, "tool_input": given})

    assert found == servers


@pytest.mark.parametrize(
    "event", [None, [], {}, {"tool_input": "x"}, {"tool_name": "Bash", "tool_input": {}}]
)
def test_an_event_of_another_shape_wants_nothing(event: Any) -> None:
    assert wanted(event) == []


def _check(advice: Advice) -> Precheck:
    return Precheck(name="x", server=ServerName.parse("pypi:x"), advice=advice, reasons=("Because.",))


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([], None),
        ([_check(Advice.PROCEED)], {"systemMessage": "Tollhouse: pypi:x: proceed. Because."}),
        (
            [_check(Advice.PROCEED), _check(Advice.ASK_FIRST)],
            {
                "hookSpecificOutput": {
                    "hookEventName": "PreToolUse",
                    "permissionDecision": "ask",
                    "permissionDecisionReason": "Tollhouse: pypi:x: proceed. Because. pypi:x: ask-first. Because.",
                }
            },
        ),
    ],
)
def test_the_answer_asks_a_person_and_never_blocks(checks: list[Precheck], said: object) -> None:
    text = answer(checks)

    assert (json.loads(text) if text else None) == said
