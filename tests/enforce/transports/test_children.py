"""Programs behind HTTP: who has which, and what becomes of who asks when they end, say much or read nothing."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mcp import StdioServerParameters

from enforce.audit.verify import verify
from enforce.transports.http.child import Child
from enforce.transports.http.peer import TURN
from enforce.transports.http.sessions import MOST_PROGRAMS
from tests.enforce.transports.running import (
    ALLOW,
    LOOPS,
    MODERN,
    NOTES,
    RAW,
    Running,
    call,
)
from tests.enforce.transports.sdk import transcript
from tests.enforce.transports.web import enveloped


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_program_behind_http_is_what_it_is_over_stdio(gate: Callable[..., Running], mode: str) -> None:
    """In both eras the official client sees over HTTP exactly what it sees when it starts the program itself."""
    direct = asyncio.run(transcript(StdioServerParameters(command=NOTES[0], args=NOTES[1:]), mode))
    running = gate(NOTES)
    if (
        mode == "auto"
    ):  # a program that takes ten seconds to start would be taken for one of the older revisions
        discover = {
            "jsonrpc": "2.0",
            "id": 0,
            "method": "server/discover",
            "params": {
                "_meta": {
                    "io.modelcontextprotocol/clientCapabilities": {},
                    "io.modelcontextprotocol/clientInfo": {"name": "x", "version": "1"},
                }
            },
        }
        assert "result" in running.browser().post(discover, **MODERN).json()
    assert asyncio.run(transcript(running.url, mode)) == direct
    running.end()
    assert verify(running.audit).damages == ()


def test_clients_of_the_new_revision_share_a_program_and_not_their_answers(
    gate: Callable[..., Running],
) -> None:
    """Two clients that use one id at once each get their own answer."""
    running = gate(RAW)
    one, other = running.browser(), running.browser()
    for round in range(20):
        one.send(call(1, "echo", me="one", round=round), **MODERN)
        other.send(call(1, "echo", me="other", round=round), **MODERN)
        for browser, me in ((other, "other"), (one, "one")):
            message = browser.answer().json()
            assert message["id"] == 1
            assert json.loads(message["result"]["content"][0]["text"]) == {"me": me, "round": round}


def test_any_id_is_answered_under_itself(gate: Callable[..., Running]) -> None:
    """Also one that is empty, or zero, or a number as a text."""
    browser = gate(RAW).browser()
    for id in ("", 0, "0", -1, "x" * 1000):
        assert browser.post(call(id, "echo"), **MODERN).json()["id"] == id


def test_an_answer_that_is_no_json_leaves_nobody_waiting(gate: Callable[..., Running]) -> None:
    """NaN, as Python writes it: in both eras the call is answered under its own id."""
    browser = gate(RAW).browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    session = {"mcp_session_id": browser.post(hello).headers["mcp-session-id"]}
    for headers in (MODERN, session):
        said = browser.post(call(7, "nan"), **headers).json()
        assert (said["id"], "not strict JSON" in said["error"]["message"]) == (7, True)


def test_a_program_that_dies_is_started_anew(gate: Callable[..., Running]) -> None:
    """Who waited is told; the next request finds a new one."""
    browser = gate(RAW).browser()
    assert browser.post(call(1, "die"), **MODERN).json()["error"]["message"] == "The server has exited."
    assert "result" in browser.post(call(2, "echo"), **MODERN).json()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_program_that_leaves_another_behind_leaves_nobody_waiting(gate: Callable[..., Running], loop: str) -> None:  # fmt: skip
    """What it has started holds its output open: who waited is told all the same, in both eras."""
    running = gate(RAW, loop=loop)
    one, other = running.browser(), running.browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    session = {"mcp_session_id": one.post(hello).headers["mcp-session-id"]}
    for headers in (MODERN, session):
        one.send(call(1, "silent"), **headers)
        assert "result" in other.post(call(2, "leave"), **headers).json()
        assert one.answer().json()["error"]["message"] == "The server has exited."
    assert "result" in other.post(call(3, "echo"), **MODERN).json()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_program_that_only_starts_the_server_may_go(gate: Callable[..., Running], loop: str) -> None:
    """It ends well before anything was said, and what it has started goes on as the server."""
    launcher = str(Path(RAW[-1]).with_name("launcher.py"))
    browser = gate([*RAW[:-1], launcher], loop=loop).browser()
    assert ["result" in browser.post(call(id, "echo"), **MODERN).json() for id in range(3)] == [True] * 3


def test_each_session_has_a_program_of_its_own(gate: Callable[..., Running]) -> None:
    """A session starts with a handshake, ends with DELETE or the program, and is nobody else's."""
    browser = gate(RAW).browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    assert browser.post(call(1, "echo")).status == 400
    one, other = (browser.post(hello).headers["mcp-session-id"] for _ in range(2))
    assert (
        browser.post(call(1, "die"), mcp_session_id=one).json()["error"]["message"]
        == "The server has exited."
    )
    assert browser.post(call(2, "echo"), mcp_session_id=one).status == 404
    assert browser.post(call(2, "echo"), mcp_session_id=other).status == 200
    browser.send(b"", method="DELETE", content_type="", mcp_session_id=other)
    assert browser.answer().status == 200
    assert browser.post(call(3, "echo"), mcp_session_id=other).status == 404


def test_a_program_that_cannot_start_is_an_error(gate: Callable[..., Running]) -> None:
    """In both eras."""
    browser = gate(["/no/such/program"]).browser()
    assert browser.post(call(1, "echo"), **MODERN).status == 502
    assert browser.post({"jsonrpc": "2.0", "id": 0, "method": "initialize"}).status == 502


def test_a_program_gets_only_its_own_secrets(gateway: Callable[..., Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """The gate's environment does not reach it; its own file of credentials does."""
    monkeypatch.setenv("SECRET_OF_THE_GATE", "t0p")
    (tmp_path / "env").write_text("# for raw\nexport SEEN='" + str(tmp_path / "seen") + "'\n")
    (tmp_path / "show.py").write_text(
        "import os, sys, json\nfor line in sys.stdin:\n m = json.loads(line)\n"
        " print(json.dumps({'jsonrpc': '2.0', 'id': m['id'], 'result': {'env': sorted(os.environ)}}), flush=True)\n"
    )
    servers = {
        "raw": {
            "command": [sys.executable, str(tmp_path / "show.py")],
            "env_file": "env",
            "policy": "policy.json",
        }
    }
    environment = (
        gateway({"servers": servers})
        .browser()
        .post(call(1, "x"), "/raw/mcp", **MODERN)
        .json()["result"]["env"]
    )
    assert "SEEN" in environment
    assert "SECRET_OF_THE_GATE" not in environment


def test_a_program_that_says_much_leaves_others_their_turns() -> None:
    """However much of it comes at once, somebody else is served after every few lines."""
    turns, heard, ended = 0, list[int](), asyncio.Event()

    async def others() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            await asyncio.sleep(0)

    async def run() -> None:
        command = [sys.executable, "-c", "print('x\\n' * 2000)"]
        child = Child(command, dict(os.environ), lambda _: heard.append(turns), ended.set)
        await child.start()
        await others()
        await child.stop()

    asyncio.run(run())
    assert len(heard) == 2000
    assert max(heard.count(turn) for turn in set(heard)) <= TURN


@pytest.mark.parametrize("modern", [True, False])
def test_a_program_that_does_not_read_keeps_no_answer_from_coming(gate: Callable[..., Running], modern: bool) -> None:  # fmt: skip
    """What waits for it to read would otherwise never hear that it has waited long enough."""
    opening = "" if modern else 'read line; echo \'{"jsonrpc":"2.0","id":0,"result":{}}\'; '
    program = opening + "exec sleep 100 2> /dev/null"
    browser = gate(["sh", "-c", program], ALLOW, "--timeout", "1").browser()
    given = MODERN
    if not modern:
        hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
        given = {"mcp_session_id": browser.post(hello).headers["mcp-session-id"]}
    answer = browser.post(call(1, "echo", text="x" * 1_000_000), **given).json()
    assert answer["error"]["message"] == "The server gave no answer within 1 seconds."


def test_one_identity_has_only_so_many_programs(gate: Callable[..., Running]) -> None:
    """A client that opens sessions without an end must not fill the machine; one that nobody waits at makes room."""
    program = 'read line; echo \'{"jsonrpc":"2.0","id":0,"result":{}}\'; exec cat > /dev/null'
    browser = gate(["sh", "-c", program]).browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    first, second, *_ = (browser.post(hello).headers["mcp-session-id"] for _ in range(MOST_PROGRAMS + 1))
    told = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert [browser.post(told, mcp_session_id=session).status for session in (first, second)] == [404, 202]
    browser.send(b"", method="PUT", content_type="", mcp_session_id=second)
    assert (browser.answer().status, browser.post(told, mcp_session_id=second).status) == (405, 202)


def test_a_program_s_gate_looks_at_what_the_program_cannot_see(gate: Callable[..., Running]) -> None:
    """Headers that are missing, or say another thing than the body, and a body without its revision."""
    running = gate(RAW)
    whole = {"mcp_protocol_version": "2026-07-28", "mcp_method": "tools/call", "mcp_name": "echo"}
    plain = json.dumps(call(1, "echo")).encode()
    body = json.dumps(enveloped(call(1, "echo"))).encode()
    for given, sent, status, code in (
        (whole, body, 200, None),
        (whole, plain, 400, -32602),
        ({**whole, "mcp_method": ""}, body, 400, -32020),
        ({**whole, "mcp_name": ""}, body, 400, -32020),
        ({**whole, "mcp_name": "pay"}, body, 400, -32020),
        ({**whole, "mcp_name": "=?base64?ZWNobw==?="}, body, 200, None),
    ):
        answer = running.browser().post(sent, **given)
        assert (answer.status, answer.json().get("error", {}).get("code")) == (status, code)


def test_a_progress_token_that_is_none_ends_no_session(gate: Callable[..., Running]) -> None:
    """News under a token that nobody can have chosen go to who waits, and the answer after them as well."""
    browser = gate(RAW).browser()
    opening = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    session = browser.post(opening, "/mcp").headers["mcp-session-id"]
    for id in (1, 2):
        answer = browser.post(call(id, "token"), "/mcp", mcp_session_id=session).json()
        assert (answer["id"], "result" in answer) == (id, True)
