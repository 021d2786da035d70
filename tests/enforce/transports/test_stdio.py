"""The proxy between real programs: a client on one side, a server on the other, and what happens to either."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError, StdioServerParameters
from mcp.client import Client

from enforce.audit.verify import verify
from tests.enforce.transports.running import call
from tests.enforce.transports.sdk import STRICT, transcript

SERVERS = Path(__file__).parents[1] / "servers"
NOTES = [sys.executable, str(SERVERS / "notes.py")]
LIMITED = {
    "version": "1",
    "default": "allow",
    "all_tools": {"limits": [{"counter": "all", "window": "hour", "max": 50}]},
}


def through(folder: Path, policy: dict[str, Any]) -> StdioServerParameters:
    """The notes server behind a proxy."""
    (folder / "policy.json").write_text(json.dumps(policy))
    options = ["--policy", str(folder / "policy.json"), "--audit", str(folder / "audit.jsonl")]
    state = ["--state", str(folder / "state.db")]
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "enforce", "stdio", *options, *state, "--", *NOTES],
        cwd=Path.cwd(),
    )


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_open_gate_is_not_there_for_an_sdk_client(tmp_path: Path, mode: str) -> None:
    """In both eras the official client sees through an allow-all policy exactly what it sees directly."""
    direct = asyncio.run(transcript(StdioServerParameters(command=NOTES[0], args=NOTES[1:]), mode))
    assert asyncio.run(transcript(through(tmp_path, {"version": "1", "default": "allow"}), mode)) == direct
    assert len(direct) == 17


def test_an_sdk_server_s_text_repeats_nothing_that_was_redacted(tmp_path: Path) -> None:
    """The official SDK says structured content as text too."""
    policy = {"version": "1", "default": "allow", "tools": {"echo": {"redact": {"result": ["result.structuredContent.result"]}}}}  # fmt: skip

    async def said() -> str:
        async with Client(through(tmp_path, policy)) as client:
            result = await client.call_tool("echo", {"text": "s3cret"})
            assert result.structured_content == {"result": "[redacted]"}
            return result.model_dump_json()

    assert "s3cret" not in asyncio.run(said())


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_policy_holds_for_an_sdk_client(tmp_path: Path, mode: str) -> None:
    """Hidden, denied and limited calls, as the official client of either era shows them to its model."""

    async def steps() -> list[Any]:
        async with Client(through(tmp_path, STRICT), mode=mode) as client:
            said = [[tool.name for tool in (await client.list_tools()).tools]]
            for name, arguments in (
                ("echo", {"text": "hi"}), ("pay", {"amount": 100}), ("pay", {"amount": 100.01}),
                ("add_note", {"text": "a"}), ("add_note", {"text": "b"}), ("ask", {}),
            ):  # fmt: skip
                result = await client.call_tool(name, arguments)
                said.append([result.is_error, result.content[0].text.partition(" It was")[0]])
            with pytest.raises(MCPError, match="Unknown tool: delete_notes"):
                await client.call_tool("delete_notes", {})
            with pytest.raises(MCPError, match="resources/read is not allowed"):
                await client.read_resource("note://first")
            return said

    assert asyncio.run(steps()) == [
        ["echo", "add_note", "pay", "broken", "ask"],
        [False, "hi"],
        [False, "paid 100.0"],
        [True, "Blocked by policy: Too much."],
        [False, "1"],
        [True, "Blocked by policy: Limit reached: at most 1 calls per minute."],
        [True, "Blocked by policy: ask is not allowed by policy."],
    ]
    assert verify(tmp_path / "audit.jsonl").damages == ()


def test_noise_of_a_server_is_dropped_and_told(proxy: Callable[..., Any]) -> None:
    """Banners, batches and spoofed answers on the server's standard output reach nobody."""
    gate = proxy()
    for id, name in enumerate(("noise", "spoof", "echo")):
        assert gate.call(id, name)["id"] == id
    code, words = gate.end()
    assert code == 0
    assert words.count("a message of the server was refused") == 3
    assert "nobody asked for this answer" in words


def test_a_dying_server_leaves_nobody_waiting(proxy: Callable[..., Any]) -> None:
    """Open requests are answered with an error, and the proxy ends with the server's exit code."""
    gate = proxy()
    gate.send({"jsonrpc": "2.0", "id": "s", "method": "tools/call", "params": {"name": "silent"}})
    assert gate.call(2, "die")["error"] == {"code": -32603, "message": "The server has exited."}
    assert gate.receive()["id"] == 2
    assert gate.process.wait(30) == 7
    assert [record.get("status") for record in gate.records()][2:] == [None, "lost", "lost"]


def test_a_server_that_leaves_a_program_behind_leaves_nobody_waiting(proxy: Callable[..., Any]) -> None:
    """What it has started holds its output open; what it has said last arrives, and the rest is answered."""
    gate = proxy()
    gate.send(call("s", "silent"))
    assert "result" in gate.call(2, "leave")
    assert gate.receive() == {"jsonrpc": "2.0", "id": "s", "error": {"code": -32603, "message": "The server has exited."}}  # fmt: skip
    assert gate.process.wait(30) == 7


def test_a_program_that_only_starts_the_server_may_go(proxy: Callable[..., Any]) -> None:
    """It ends well before anything was said, and what it has started goes on as the server."""
    gate = proxy(server="launcher.py")
    assert [gate.call(id, "echo")["id"] for id in range(3)] == [0, 1, 2]
    assert gate.end()[0] == 0


def test_a_server_that_closes_its_output_is_ended(proxy: Callable[..., Any]) -> None:
    """Half a server is none."""
    gate = proxy()
    assert gate.call(1, "close")["error"]["message"] == "The server has exited."
    assert gate.process.wait(30) == 0


def test_a_signal_ends_both(proxy: Callable[..., Any]) -> None:
    """SIGTERM reaches the server too, and shows in the exit code."""
    gate = proxy()
    gate.call(1, "echo")
    gate.process.send_signal(signal.SIGTERM)
    assert gate.process.wait(30) == 128 + signal.SIGTERM


def test_a_stubborn_server_is_killed(proxy: Callable[..., Any]) -> None:
    """One that neither ends with its input nor at a request is ended by force."""
    gate = proxy(STAY="1", hasty=True)
    gate.call(1, "stubborn")
    assert gate.end()[0] == 0


def test_a_line_too_long_is_refused_and_the_connection_lives(proxy: Callable[..., Any]) -> None:
    """The error names the request, and the next call passes."""
    gate = proxy()
    answer = gate.call(5, "echo", text="x" * 10_000_000)
    assert answer == {"jsonrpc": "2.0", "id": 5, "error": {"code": -32600, "message": "the message is larger than 10000000 bytes"}}  # fmt: skip
    assert "result" in gate.call(6, "echo", text="x" * 9_000_000)
    assert "result" in gate.call(7, "echo")


def test_the_last_line_counts_without_its_newline(proxy: Callable[..., Any]) -> None:
    """A client that ends right after a request still has it judged and forwarded."""
    gate = proxy()
    out, _ = gate.process.communicate(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', timeout=30)
    assert json.loads(out) == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--policy", "missing.json", "--", "true"], 1, "missing.json: No such file"),
        (["--policy", "bad.json", "--", "true"], 1, "bad.json: line 3"),
        (["--policy", "good.json"], 2, "name the server's command after --"),
        (["--policy", "good.json", "--", "no-such-program-here"], 3, "cannot start 'no-such-program-here'"),
        (["--policy", "good.json", "--state", "/dev/null/x", "--", "true"], 3, "the state file /dev/null/x cannot be used"),
        (["--policy", "good.json", "--audit", "/dev/null/x", "--", "true"], 3, "the audit log /dev/null/x cannot be written"),
    ],
)  # fmt: skip
def test_a_proxy_that_cannot_hold_its_promise_does_not_start(tmp_path: Path, options: list[str], code: int, words: str) -> None:  # fmt: skip
    """A broken policy, no server, no state, no log: one sentence and an exit code."""
    (tmp_path / "good.json").write_text('{"version": "1", "default": "deny"}')
    (tmp_path / "bad.json").write_text('{"version": "1",\n "default": "deny",\n "tolls": {}}')
    ran = subprocess.run(
        [sys.executable, "-m", "enforce", "stdio", *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "TOLLHOUSE_STATE_DIR": str(tmp_path / "home")},
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert (ran.returncode, ran.stdout) == (code, b"")
    assert words in ran.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
def test_a_proxy_that_does_not_start_waits_for_nobody(tmp_path: Path) -> None:
    """Its server was started already, and has left a program behind that holds its output open."""
    (tmp_path / "good.json").write_text('{"version": "1", "default": "deny"}')
    leaves = "sleep 600 2> /dev/null & echo $! > pid; echo > ready; exec cat"
    os.mkfifo(tmp_path / "ready")
    # The key is read from where the server says that it has left it behind.
    (tmp_path / "audit.key").symlink_to(tmp_path / "ready")
    command = ["--policy", "good.json", "--", "sh", "-c", leaves]
    ran = subprocess.run(
        [sys.executable, "-m", "enforce", "stdio", *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path.cwd()), "TOLLHOUSE_STATE_DIR": str(tmp_path)},
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    left = int((tmp_path / "pid").read_text())
    os.kill(left, 0)  # it is there still
    os.kill(left, signal.SIGKILL)
    assert (ran.returncode, "audit.key holds no key" in ran.stderr.decode()) == (3, True)


def test_two_proxies_share_one_limit(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """Two processes on one state file let through exactly what the limit says, and write two chains."""
    seen = tmp_path / "seen"
    gates = [proxy(LIMITED, SEEN=str(seen)) for _ in range(2)]
    calls = [
        {"jsonrpc": "2.0", "id": n, "method": "tools/call", "params": {"name": "echo"}} for n in range(60)
    ]
    for gate in gates:
        gate.send(*calls)
    answers = [gate.receive() for gate in gates for _ in calls]
    passed = sum("isError" not in answer["result"] for answer in answers)
    assert (passed, len(seen.read_text().splitlines())) == (50, 50)
    for gate in gates:
        gate.end()
    assert sorted(file.name for file in tmp_path.glob("audit*.jsonl")) == ["audit.jsonl", "audit@2.jsonl"]
    report = verify(tmp_path / "audit.jsonl")
    assert (report.damages, report.records) == ((), 120 + 50)


def test_killed_proxies_forget_nothing(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """kill -9 under load, again and again: the limit holds over all of them, and each call the server saw is recorded."""
    seen = tmp_path / "seen"
    chance = random.Random(7)
    for round in range(8):
        gate = proxy(LIMITED, SEEN=str(seen))
        calls = [
            {"jsonrpc": "2.0", "id": f"{round}-{n}", "method": "tools/call", "params": {"name": "echo"}}
            for n in range(10)
        ]
        gate.send(*calls)
        for _ in range(chance.randrange(10)):
            gate.receive()
        gate.process.send_signal(signal.SIGKILL)
        gate.process.wait()
    reached = [json.loads(line.split()[0]) for line in seen.read_text().splitlines()]
    assert len(reached) <= 50
    allowed = {
        record["jsonrpc.request.id"]
        for file in tmp_path.glob("audit*.jsonl")
        for line in file.read_text().splitlines()
        if (record := json.loads(line)).get("outcome") == "allow"
    }
    assert set(reached) <= allowed
    assert len(allowed) == 50
    assert verify(tmp_path / "audit.jsonl").damages == ()


def rewrite(path: Path, text: str) -> None:
    """Replace a file in one step, as editors do."""
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").rename(path)


def test_a_changed_policy_is_taken_over_and_a_broken_one_is_not(proxy: Callable[..., Any]) -> None:
    """The file is read again while calls go on; with a mistake in it the old law stays and the mistake is told."""
    gate = proxy()
    assert "isError" not in gate.call(0, "echo")["result"]
    rewrite(gate.policy, '{"version": "1", "default": "deny"}')
    answers = (gate.call(n, "echo") for n in range(1, 100_000))
    assert any("isError" in answer["result"] for answer in answers)
    rewrite(gate.policy, '{"version": "1", "default": "allowed"}')
    assert gate.process.stderr
    said = [next(gate.process.stderr).decode() for _ in range(3)]
    assert "the policy has changed" in said[0]
    assert "the old one stays in force" in said[1]
    assert "must be deny or allow" in said[2]
    assert gate.call("last", "echo")["result"]["isError"]


def test_starting_imports_nothing_heavy(tmp_path: Path) -> None:
    """The proxy stands in a client's configuration: it must start fast."""
    (tmp_path / "policy.json").write_text('{"version": "1", "default": "deny"}')
    arguments = ["stdio", "--policy", str(tmp_path / "policy.json"), "--", "true"]
    program = (
        "import sys, atexit; from enforce.cli import main\n"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr))\n"
        f"main({arguments!r})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TOLLHOUSE_STATE_DIR": str(tmp_path)},
    )
    heavy = {"sqlalchemy", "sklearn", "jinja2", "bs4", "pydantic", "httpx", "typer", "rich", "yaml", "asyncio", "jsonschema_rs", "re2", "redis"}  # fmt: skip
    loaded = set(ran.stderr.decode().split())
    assert {"enforce.gate", "msgspec"} <= loaded
    assert sorted(heavy & loaded) == []
