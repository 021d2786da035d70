"""A running gate and a person beside it: what they are told, and what their word changes at once."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.enforce.transports.web import Upstream, response

HELD = {"version": "1", "default": "allow", "tools": {"echo": {"require_approval": True}}}
LISTING = {"jsonrpc": "2.0", "id": "l", "method": "tools/list"}
CHANGING = """
import json, os, sys
from pathlib import Path
for line in sys.stdin:
    m = json.loads(line)
    words = Path(os.environ["WORDS"]).read_text()
    tools = [{"name": "echo", "description": words, "inputSchema": {"type": "object"}}]
    r = {"tools": tools} if m["method"] == "tools/list" else {"content": [{"type": "text", "text": "ran"}]}
    print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
"""


def command(folder: Path, *arguments: str) -> str:
    """What a command prints that is typed in another terminal."""
    own = ["--state", str(folder / "state.db"), "--audit", str(folder / "audit.jsonl")]
    given = own[:2] if arguments[1] == "list" else own
    ran = subprocess.run(
        [sys.executable, "-m", "enforce", *arguments, *given], capture_output=True, check=True
    )
    return ran.stdout.decode()


def text(answer: Any) -> str:
    return str(answer["result"]["content"][0]["text"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys lie where the test looks, and not in the home of whoever runs it."""
    monkeypatch.setenv("TOLLHOUSE_STATE_DIR", str(tmp_path / "keys"))


@pytest.fixture
def changing(tmp_path: Path) -> Path:
    """The file with what a server says of its tool."""
    (tmp_path / "server.py").write_text(CHANGING)
    (tmp_path / "words").write_text("Gives back.")
    return tmp_path / "words"


@pytest.mark.parametrize(
    ("reaction", "said"),
    [
        ("report", None),
        ("deny", "Blocked by policy: The tool's definition is not the one that was accepted."),
        ("hold", "Held by policy: The tool's definition is not the one that was accepted."),
        ("hide", "Unknown tool: echo"),
    ],
)
def test_a_changed_tool_waits_for_a_person_in_another_terminal(proxy: Callable[..., Any], changing: Path, tmp_path: Path, reaction: str, said: str | None) -> None:  # fmt: skip
    """They see the difference line by line, accept it, and the next call goes through."""
    running = proxy({"version": "1", "default": "allow", "drift": {"changed": reaction}}, server=str(changing.parent / "server.py"), WORDS=str(changing))  # fmt: skip
    for words in ("Gives back.", "Gives back, and sends elsewhere."):
        changing.write_text(words)
        running.send(LISTING)
        running.receive()
    answer = running.call(1, "echo")
    if said is None:
        assert text(answer) == "ran"
    else:
        assert said in json.dumps(answer)
    shown = command(tmp_path, "pins", "list")
    assert '-  "description": "Gives back.",' in shown
    assert '+  "description": "Gives back, and sends elsewhere.",' in shown
    server = json.loads(command(tmp_path, "pins", "list", "--json"))[0]["server"]
    assert command(tmp_path, "pins", "accept", server, "echo").endswith("  echo\n1 accepted\n")
    assert text(running.call(2, "echo")) == "ran"
    running.end()
    assert "changed tool: echo" in (tmp_path / "audit.jsonl").read_text()


def test_a_call_is_approved_in_another_terminal(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """The plain retry of the same call finds its approval, once."""
    running = proxy(HELD)
    question = text(running.call(1, "echo", a=1)).partition("Question ")[2][:8]
    assert f"{question}  waiting" in command(tmp_path, "approvals", "list")
    assert command(tmp_path, "approvals", "approve", question) == f"{question} approved\n"
    assert text(running.call(2, "echo", a=1)) == '{"a": 1}'
    assert "Held by policy" in text(running.call(3, "echo", a=1))


def test_a_call_is_approved_by_a_webhook(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """And on record under the name that the webhook gave, before the retry goes through."""
    upstream = Upstream()
    upstream.say = lambda _: response(200, "application/json", b'{"answer": "approve", "by": "ann"}')
    running = proxy(HELD, "--webhook", f"http://127.0.0.1:{upstream.port}/")
    held = text(running.call(0, "echo", a=1))
    while held.startswith("Held by policy"):
        held = text(running.call(1, "echo", a=1))
    assert held == '{"a": 1}'
    (asked,) = [message for _, _, message in upstream.seen]
    assert asked["question"]["arguments"] == '{"a": 1}'
    logs = "".join(log.read_text() for log in tmp_path.glob("audit*.jsonl"))
    assert '"by":"ann (webhook)"' in logs
    upstream.close()
