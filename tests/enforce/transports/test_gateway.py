"""Many servers and identities behind one port, programs among them: each sees and does what its own policy allows."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from enforce.audit.verify import verify
from enforce.counters import Reservation
from enforce.counters.sqlite import SqliteCounters
from enforce.identities import token_digest
from enforce.state import open_state
from enforce.transports.http.child import Child
from enforce.transports.http.peer import TURN
from enforce.transports.http.sessions import MOST_PROGRAMS
from tests.enforce.transports.sdk import STRICT, transcript
from tests.enforce.transports.test_faults import resident
from tests.enforce.transports.web import Browser, Upstream, enveloped, ok

SERVERS = Path(__file__).parents[1] / "servers"
NOTES = [sys.executable, str(SERVERS / "notes.py")]
RAW = [sys.executable, str(SERVERS / "raw.py")]
ALLOW = {"version": "1", "default": "allow"}


#: The gate on the loop that it uses where there is one in C, and on that of the standard library, as on Windows.
_PLAIN = "from enforce.transports.http import running; running._fast_run = lambda: None; from enforce.cli import main; main()"
LOOPS = {"fast": ["-m", "enforce"], "plain": ["-c", _PLAIN]}
#: The gate with little room for bodies that are still coming in.
_NARROW = "from enforce.transports.http import gateway, serving; serving.MOST_COMING = 10_000_000; serving.MOST_STALLED = 20_000_000; gateway.MOST_OPEN = 3; from enforce.cli import main; main()"
#: The gate that forgets what is over at each tick.
_TIDY = "from enforce.cli import gateway, main; gateway.TIDY = 0.0; main()"
GATES = {**LOOPS, "narrow": ["-c", _NARROW], "tidy": ["-c", _TIDY]}


class Running:
    """A running gateway."""

    def __init__(self, folder: Path, *options: str, loop: str = "fast") -> None:
        self.folder = folder
        self.audit = folder / "audit.jsonl"
        state = ["--audit", str(self.audit), "--state", str(folder / "state.db")]
        self.process = subprocess.Popen(
            [sys.executable, *GATES[loop], "http", *state, *options], stderr=subprocess.PIPE
        )
        assert self.process.stderr
        line = self.process.stderr.readline().decode()
        if "listening" not in line:
            pytest.fail(line + self.process.communicate()[1].decode())
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2].partition("/")[0])
        self._browsers: list[Browser] = []

    def browser(self) -> Browser:
        self._browsers.append(Browser(self.port))
        return self._browsers[-1]

    def said(self, words: str) -> None:
        """Wait until the gateway has said something."""
        assert self.process.stderr
        while words not in self.process.stderr.readline().decode():
            assert self.process.poll() is None

    def end(self) -> str:
        for browser in self._browsers:
            browser.close()
        self.process.terminate()
        return self.process.communicate(timeout=30)[1].decode()


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts gateways: by a file's content, or by a policy and a command."""
    started: list[Running] = []

    def start(
        config: dict[str, Any] | None = None,
        *command: str,
        policy: Any = ALLOW,
        options: tuple[str, ...] = (),
        loop: str = "fast",
    ) -> Running:
        (tmp_path / "policy.json").write_text(json.dumps(policy))
        if config is not None:
            (tmp_path / "gateway.json").write_text(json.dumps({"listen": "127.0.0.1:0", **config}))
            started.append(Running(tmp_path, "--config", str(tmp_path / "gateway.json"), *options, loop=loop))
        else:
            own = ["--policy", str(tmp_path / "policy.json"), "--listen", "127.0.0.1:0", *options]
            started.append(Running(tmp_path, *own, "--", *command, loop=loop))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end()


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_program_behind_http_is_what_it_is_over_stdio(gateway: Callable[..., Running], mode: str) -> None:
    """In both eras the official client sees over HTTP exactly what it sees when it starts the program itself."""
    direct = asyncio.run(transcript(StdioServerParameters(command=NOTES[0], args=NOTES[1:]), mode))
    running = gateway(None, *NOTES)
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


def call(id: Any, name: str, **arguments: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": id,
        "method": "tools/call",
        "params": {"name": name, "arguments": arguments},
    }


MODERN = {"mcp_protocol_version": "2026-07-28"}


def test_clients_of_the_new_revision_share_a_program_and_not_their_answers(
    gateway: Callable[..., Running],
) -> None:
    """Two clients that use one id at once each get their own answer."""
    running = gateway(None, *RAW)
    one, other = running.browser(), running.browser()
    for round in range(20):
        one.send(call(1, "echo", me="one", round=round), **MODERN)
        other.send(call(1, "echo", me="other", round=round), **MODERN)
        for browser, me in ((other, "other"), (one, "one")):
            message = browser.answer().json()
            assert message["id"] == 1
            assert json.loads(message["result"]["content"][0]["text"]) == {"me": me, "round": round}


def test_any_id_is_answered_under_itself(gateway: Callable[..., Running]) -> None:
    """Also one that is empty, or zero, or a number as a text."""
    browser = gateway(None, *RAW).browser()
    for id in ("", 0, "0", -1, "x" * 1000):
        assert browser.post(call(id, "echo"), **MODERN).json()["id"] == id


def test_a_program_that_dies_is_started_anew(gateway: Callable[..., Running]) -> None:
    """Who waited is told; the next request finds a new one."""
    browser = gateway(None, *RAW).browser()
    assert browser.post(call(1, "die"), **MODERN).json()["error"]["message"] == "The server has exited."
    assert "result" in browser.post(call(2, "echo"), **MODERN).json()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_program_that_leaves_another_behind_leaves_nobody_waiting(gateway: Callable[..., Running], loop: str) -> None:  # fmt: skip
    """What it has started holds its output open: who waited is told all the same, in both eras."""
    running = gateway(None, *RAW, loop=loop)
    one, other = running.browser(), running.browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    session = {"mcp_session_id": one.post(hello).headers["mcp-session-id"]}
    for headers in (MODERN, session):
        one.send(call(1, "silent"), **headers)
        assert "result" in other.post(call(2, "leave"), **headers).json()
        assert one.answer().json()["error"]["message"] == "The server has exited."
    assert "result" in other.post(call(3, "echo"), **MODERN).json()


@pytest.mark.parametrize("loop", LOOPS)
def test_a_program_that_only_starts_the_server_may_go(gateway: Callable[..., Running], loop: str) -> None:
    """It ends well before anything was said, and what it has started goes on as the server."""
    launcher = str(Path(RAW[-1]).with_name("launcher.py"))
    browser = gateway(None, *RAW[:-1], launcher, loop=loop).browser()
    assert ["result" in browser.post(call(id, "echo"), **MODERN).json() for id in range(3)] == [True] * 3


def test_each_session_has_a_program_of_its_own(gateway: Callable[..., Running]) -> None:
    """A session starts with a handshake, ends with DELETE or the program, and is nobody else's."""
    browser = gateway(None, *RAW).browser()
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


def test_a_program_that_cannot_start_is_an_error(gateway: Callable[..., Running]) -> None:
    """In both eras."""
    browser = gateway(None, "/no/such/program").browser()
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


def configuration(upstream: int, **identities: Any) -> dict[str, Any]:
    servers = {
        "raw": {"path": "/raw", "command": RAW},
        "web": {
            "path": "/web/mcp",
            "upstream": f"http://127.0.0.1:{upstream}/",
            "headers_file": "web.headers",
        },
    }
    return {"servers": servers, "identities": identities}


def identity(token: str, expires: str = "2099-01-01", **grants: str) -> dict[str, Any]:
    return {"token_sha256": token_digest(token), "expires": expires, "grants": grants}


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """An upstream that a test tells what to say."""
    made = Upstream()
    yield made
    made.close()


def test_each_identity_reaches_its_own_servers_by_its_own_policy(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """No token, a wrong one, an expired one, one for another server; and the upstream gets its own credentials only."""
    (tmp_path / "web.headers").write_text("Authorization: Bearer upstream-token\nX-Key: k\n")
    (tmp_path / "deny.json").write_text('{"version": "1", "default": "deny"}')
    running = gateway(
        configuration(
            upstream.port,
            ann=identity("a-token", raw="policy.json", web="deny.json"),
            bob=identity("b-token", web="policy.json"),
            old=identity("o-token", "2020-01-01", raw="policy.json"),
        )
    )
    browser = running.browser()

    def status(path: str, token: str | None) -> int:
        given = {"authorization": token} if token else {}
        return browser.post(call(1, "echo"), path, **MODERN, **given).status

    assert [
        status("/raw", token) for token in (None, "Bearer x", "Basic a-token", "Bearer ", "Bearer o-token")
    ] == [401] * 5
    assert status("/nowhere", None) == 401
    assert status("/raw", "Bearer a-token") == 200
    assert status("/raw", "Bearer b-token") == 404
    assert status("/nowhere", "Bearer a-token") == 404
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": {}})
    denied = browser.post(call(1, "echo"), "/web/mcp", authorization="Bearer a-token", **MODERN).json()
    assert denied["result"]["isError"]
    assert upstream.seen == []
    assert (
        browser.post(call(1, "echo"), "/web/mcp", authorization="bearer b-token", **MODERN).json()["result"]
        == {}
    )
    (_, headers, _) = upstream.seen[0]
    assert (headers["authorization"], headers["x-key"]) == ("Bearer upstream-token", "k")
    running.end()
    log = running.audit.read_text()
    assert {
        record["identity"] for line in log.splitlines() if "identity" in (record := json.loads(line))
    } == {"ann", "bob"}
    assert "-token" not in log


def test_a_session_of_one_identity_is_no_other_s(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """Knowing a session's name is not enough."""
    (tmp_path / "web.headers").write_text("")
    who = {name: identity(f"{name}-token", raw="policy.json") for name in ("ann", "bob")}
    browser = gateway(configuration(upstream.port, **who)).browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    session = browser.post(hello, "/raw", authorization="Bearer ann-token").headers["mcp-session-id"]
    assert (
        browser.post(call(1, "echo"), "/raw", authorization="Bearer bob-token", mcp_session_id=session).status
        == 404
    )
    assert (
        browser.post(call(1, "echo"), "/raw", authorization="Bearer ann-token", mcp_session_id=session).status
        == 200
    )


def test_an_identity_learns_nothing_of_servers_that_it_may_not_reach(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """Not by the numbers, not by a list that is kept for others; and no secret of an address is in the log."""
    (tmp_path / "web.headers").write_text("")
    config = configuration(
        upstream.port,
        ann=identity("a-token", raw="policy.json"),
        bob=identity("b-token", raw="policy.json", web="policy.json"),
    )
    config["servers"]["web"]["upstream"] += "?key=s3cret"
    running = gateway(config)
    browser, listed = (
        running.browser(),
        {"resultType": "complete", "tools": [], "ttlMs": 0, "cacheScope": "public"},
    )
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": listed})
    ann, bob = {"authorization": "Bearer a-token"}, {"authorization": "Bearer b-token"}
    asking = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answer = browser.post(asking, "/web/mcp", **bob, **MODERN).json()
    assert answer["result"]["cacheScope"] == "private"
    for given, told in ((ann, False), (bob, True)):
        browser.send(b"", "/metrics", method="GET", content_type="", **given)
        assert (f"127.0.0.1:{upstream.port}" in browser.answer().body.decode()) is told
    assert "s3cret" not in running.end() + running.audit.read_text()


def test_a_token_can_be_taken_back_while_the_gateway_runs(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """Identities are read again when the file changes; a broken file changes nothing."""
    (tmp_path / "web.headers").write_text("")
    running = gateway(configuration(upstream.port, ann=identity("a-token", raw="policy.json")))
    browser, file = running.browser(), tmp_path / "gateway.json"
    given = {"authorization": "Bearer a-token", **MODERN}
    assert browser.post(call(1, "echo"), "/raw", **given).status == 200
    config = json.loads(file.read_text())

    def rewrite(text: str) -> None:
        (tmp_path / "new").write_text(text)
        (tmp_path / "new").rename(file)

    rewrite("{")
    running.said("the old one stays in force")
    assert browser.post(call(2, "echo"), "/raw", **given).status == 200
    rewrite(json.dumps({**config, "identities": {"bob": identity("b-token", raw="policy.json")}}))
    running.said("the identities have changed")
    assert browser.post(call(3, "echo"), "/raw", **given).status == 401
    given["authorization"] = "Bearer b-token"
    assert browser.post(call(4, "echo"), "/raw", **given).status == 200
    rewrite(json.dumps({**config, "identities": {}}))
    running.said("the identities have changed")
    assert browser.post(call(5, "echo"), "/raw", **given).status == 401


@pytest.mark.parametrize(("modern", "server"), [(True, "/web/mcp"), (False, "/web/mcp"), (False, "/raw")])
@pytest.mark.parametrize("change", ["revoked", "ended", "no grant"])
def test_a_stream_ends_with_its_token(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path, modern: bool, server: str, change: str) -> None:  # fmt: skip
    """Who has opened one would otherwise hear all that is said there for as long as they like."""
    (tmp_path / "web.headers").write_text("")
    ann = identity("a-token", raw="policy.json", web="policy.json")
    running = gateway(configuration(upstream.port, ann=ann))
    browser, file = running.browser(), tmp_path / "gateway.json"
    head = b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    upstream.say = lambda message: (
        ok({"jsonrpc": "2.0", "id": 0, "result": {}}, mcp_session_id="s")
        if message.get("method") == "initialize"
        else head
    )
    given = {"authorization": "Bearer a-token"}
    if modern:
        listen = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "subscriptions/listen",
            "params": {"notifications": {}},
        }
        browser.send(listen, server, **given, **MODERN)
    else:
        session = browser.post(hello, server, **given).headers["mcp-session-id"]
        browser.send(b"", server, "GET", content_type="", accept="text/event-stream", mcp_session_id=session, **given)  # fmt: skip
    assert browser.head()[0] == 200
    config = json.loads(file.read_text())
    changes = {
        "revoked": {"token_sha256": "revoked"},
        "ended": {"expires": "2020-01-01"},
        "no grant": {"grants": {}},
    }
    config["identities"] = {"ann": {**ann, **changes[change]}}
    (tmp_path / "new").write_text(json.dumps(config))
    (tmp_path / "new").rename(file)
    with suppress(ConnectionResetError):
        assert browser.file.read() == b""


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


def test_a_task_is_its_caller_s_alone(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """The server knows everybody by the gate's own credentials, so it gives anybody's tasks to anybody."""

    def say(message: dict[str, Any]) -> bytes:
        handle = {"taskId": f"of {message['params'].get('name')}", "status": "working"}
        tasks = [{"taskId": f"of {name}"} for name in ("ann", "bob", "nobody")]
        said = {
            "tools/call": {"resultType": "task", **handle},
            "tasks/list": {"tasks": tasks},
        }.get(message["method"], {"status": "completed", "result": {"content": []}})
        return ok({"jsonrpc": "2.0", "id": message["id"], "result": said})

    upstream.say = say
    policy = str(tmp_path / "policy.json")
    server = {"path": "/mcp", "upstream": f"http://127.0.0.1:{upstream.port}/mcp"}
    running = gateway({"servers": {"s": server}, "identities": {name: identity(name, s=policy) for name in ("ann", "bob")}})  # fmt: skip
    browser = running.browser()

    def ask(who: str, method: str, **params: str) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return browser.post(message, authorization=f"Bearer {who}", mcp_protocol_version="2026-07-28").json()

    for name in ("ann", "bob"):
        assert ask(name, "tools/call", name=name)["result"]["taskId"] == f"of {name}"
    for method in ("tasks/get", "tasks/result", "tasks/cancel", "tasks/update"):
        assert "result" in ask("ann", method, taskId="of ann")
        assert "result" in ask("ann", method, taskId="of nobody")
        assert "(another's task)" in ask("ann", method, taskId="of bob")["error"]["message"]
        assert "(another's task)" in ask("ann", method, taskId="of ann", task_id="of bob")["error"]["message"]
    assert [each["taskId"] for each in ask("bob", "tasks/list")["result"]["tasks"]] == ["of bob", "of nobody"]
    assert [message["params"]["taskId"] for _, _, message in upstream.seen if "taskId" in message.get("params", {})] == ["of ann", "of nobody"] * 4  # fmt: skip


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
def test_the_programs_of_who_may_not_come_any_more_are_ended(gateway: Callable[..., Running], tmp_path: Path) -> None:  # fmt: skip
    """Those of sessions and the one of the new revision alike; whoever else came keeps theirs."""
    file, policy = tmp_path / "gateway.json", str(tmp_path / "policy.json")
    config = {"servers": {"s": {"path": "/mcp", "command": RAW}}, "identities": {"ann": identity("a", s=policy), "bob": identity("b", s=policy)}}  # fmt: skip
    running = gateway(config)
    browser, hello = running.browser(), {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    for token in "ab":
        assert browser.post(call(1, "echo"), authorization=f"Bearer {token}", **MODERN).status == 200
        assert "mcp-session-id" in browser.post(hello, authorization=f"Bearer {token}").headers
    assert len(children(running.process.pid)) == 4
    changed = json.loads(file.read_text())
    changed["identities"]["ann"]["grants"] = {}
    (tmp_path / "new").write_text(json.dumps(changed))
    (tmp_path / "new").rename(file)
    while len(children(running.process.pid)) > 2:
        assert running.process.poll() is None
    assert browser.post(call(1, "echo"), authorization="Bearer a", **MODERN).status == 404
    assert browser.post(call(1, "echo"), authorization="Bearer b", **MODERN).status == 200


def begin(running: Running, token: str, size: int, path: str = "/mcp") -> Browser:
    """A client that says how long its body is, and sends the better part of it."""
    browser = running.browser()
    lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{running.port}", "content-type: application/json"]
    head = [*lines, f"authorization: Bearer {token}", f"content-length: {size}", "", ""]
    with suppress(ConnectionError):
        browser.socket.sendall("\r\n".join(head).encode() + b" " * (size - 1))
    return browser


@pytest.mark.parametrize("path", ["/mcp", "/nothing"])
def test_nobody_without_a_token_is_waited_for(gateway: Callable[..., Running], tmp_path: Path, path: str) -> None:  # fmt: skip
    """Who is not let in hears so before the body has come, and nothing of it is kept."""
    server = {"s": {"path": "/mcp", "command": RAW}}
    config = {"servers": server, "identities": {"ann": identity("a", s=str(tmp_path / "policy.json"))}}
    running = gateway(config)
    clients = [begin(running, "wrong", 5_000_000, path) for _ in range(40)]
    assert running.browser().post(call(1, "echo"), authorization="Bearer a", **MODERN).status == 200
    assert resident(running.process.pid) < 80
    answers = []
    for client in clients:
        with suppress(ConnectionError, EOFError):
            answers.append(client.answer().status)
    assert set(answers) <= {401}
    small = begin(running, "wrong", 100, path)
    assert small.answer().status == 401


def test_bodies_that_do_not_end_take_a_bounded_memory(gateway: Callable[..., Running]) -> None:
    """Over all connections; whoever comes then is refused until there is room again."""
    running = gateway(None, *RAW, loop="narrow")
    held = begin(running, "", 9_000_000)
    late = begin(running, "", 9_000_000)
    with suppress(ConnectionError, EOFError):
        assert late.answer().status == 503
    held.socket.sendall(b" ")
    assert held.answer().status == 400
    again = begin(running, "", 9_000_000)
    again.socket.sendall(b" ")
    assert again.answer().status == 400
    assert "result" in running.browser().post(call(1, "echo"), **MODERN).json()


@pytest.mark.skipif(sys.platform != "linux", reason="connections are counted in /proc")
def test_who_takes_no_answer_is_cut_off_where_that_is_too_much(gateway: Callable[..., Running]) -> None:
    """An agent asks for large answers on many connections and reads none; whoever reads gets theirs whole."""
    running = gateway(None, *RAW, loop="narrow")
    files = Path(f"/proc/{running.process.pid}/fd")
    clients = [running.browser() for _ in range(12)]
    for client in clients:
        client.send(call(1, "echo", text="x" * 8_000_000), **MODERN)
        client.head()
    reader = running.browser()
    assert len(reader.post(call(2, "echo", text="x" * 900_000), **MODERN).body) > 900_000
    before = len(list(files.iterdir()))
    while len(list(files.iterdir())) >= before:
        assert running.process.poll() is None
    sizes = []
    for client in clients:
        with suppress(ConnectionError):
            sizes.append(len(client.file.read(8_000_000)))
    assert 0 < sum(size == 8_000_000 for size in sizes) < len(clients)


def test_a_gateway_forgets_what_is_over_while_it_runs(gateway: Callable[..., Running]) -> None:
    """An agent can open sessions without end, and each has counters of its own."""
    running = gateway(None, *RAW, loop="tidy")
    counters = SqliteCounters(open_state(running.folder / "state.db"))
    now = time.time()
    for number in range(50):
        assert counters.reserve([Reservation(key=f"s{number}", window=60, max=1)], 1000.0) is None
    assert counters.reserve([Reservation(key="now", window=60, max=1)], now) is None
    while len(counters.counts(now)) > 1:
        assert running.process.poll() is None
    assert [count.key for count in counters.counts(now)] == ["now"]


def test_whoever_is_turned_away_is_on_record(gateway: Callable[..., Running], tmp_path: Path) -> None:
    """A wrong token, a wrong host and a foreign page, each with where it came from and never with the token; who shows none is asked for one."""
    config = {"servers": {"s": {"path": "/mcp", "command": RAW}}, "identities": {"ann": identity("a", s=str(tmp_path / "policy.json"))}}  # fmt: skip
    running = gateway(config)
    browser = running.browser()
    shown = [
        {},
        {"authorization": "Bearer s3cret"},
        {"authorization": "Bearer a", "host": "evil.example"},
        {"authorization": "Bearer a", "origin": "https://evil.example"},
    ]
    statuses = [browser.post(call(1, "echo"), **headers, **MODERN).status for headers in shown]
    assert statuses == [401, 401, 421, 403]
    for _ in range(200):
        browser.post(call(1, "echo"), authorization="Bearer s3cret", **MODERN)
    assert "s3cret" not in running.end()
    records = [json.loads(line) for line in running.audit.read_text().splitlines()]
    assert [(record["event"], record["from"], record["reason"]) for record in records[:3]] == [
        ("refused", "client", "401, a valid bearer token is needed, at /mcp from 127.0.0.1"),
        ("refused", "client", "421, this host is not served here, at /mcp from 127.0.0.1"),
        ("refused", "client", "403, this origin is not allowed, at /mcp from 127.0.0.1"),
    ]
    counted = sum(record.get("count", 1) for record in records)
    assert (counted, len(records) < 210, "s3cret" in running.audit.read_text()) == (203, True, False)


def test_one_identity_leaves_room_for_others(gateway: Callable[..., Running], tmp_path: Path) -> None:
    """It can have so many requests under way and no more; those that it gives up make room."""
    policy = str(tmp_path / "policy.json")
    config = {"servers": {"s": {"path": "/mcp", "command": RAW}}, "identities": {"ann": identity("a", s=policy), "bob": identity("b", s=policy)}}  # fmt: skip
    running = gateway(config, loop="narrow")
    waiting = [running.browser() for _ in range(3)]
    for each in waiting:
        each.send(call(1, "silent"), authorization="Bearer a", **MODERN)
    browser = running.browser()
    while browser.post(call(2, "echo"), authorization="Bearer a", **MODERN).status != 503:
        pass  # until all three are under way
    assert browser.post(call(3, "echo"), authorization="Bearer b", **MODERN).status == 200
    waiting.pop().socket.shutdown(socket.SHUT_RDWR)
    while (answer := browser.post(call(4, "echo"), authorization="Bearer a", **MODERN)).status == 503:
        pass
    assert "result" in answer.json()


@pytest.mark.parametrize("modern", [True, False])
def test_a_program_that_does_not_read_keeps_no_answer_from_coming(gateway: Callable[..., Running], modern: bool) -> None:  # fmt: skip
    """What waits for it to read would otherwise never hear that it has waited long enough."""
    opening = "" if modern else 'read line; echo \'{"jsonrpc":"2.0","id":0,"result":{}}\'; '
    program = opening + "exec sleep 100 2> /dev/null"
    browser = gateway(None, "sh", "-c", program, options=("--timeout", "1")).browser()
    given = MODERN
    if not modern:
        hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
        given = {"mcp_session_id": browser.post(hello).headers["mcp-session-id"]}
    answer = browser.post(call(1, "echo", text="x" * 1_000_000), **given).json()
    assert answer["error"]["message"] == "The server gave no answer within 1 seconds."


def test_one_identity_has_only_so_many_programs(gateway: Callable[..., Running]) -> None:
    """A client that opens sessions without an end must not fill the machine; one that nobody waits at makes room."""
    program = 'read line; echo \'{"jsonrpc":"2.0","id":0,"result":{}}\'; exec cat > /dev/null'
    browser = gateway(None, "sh", "-c", program).browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    first, second, *_ = (browser.post(hello).headers["mcp-session-id"] for _ in range(MOST_PROGRAMS + 1))
    told = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert [browser.post(told, mcp_session_id=session).status for session in (first, second)] == [404, 202]
    browser.send(b"", method="PUT", content_type="", mcp_session_id=second)
    assert (browser.answer().status, browser.post(told, mcp_session_id=second).status) == (405, 202)


def test_an_sdk_client_passes_with_its_token(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """The official client, a token, a strict policy, a program."""
    (tmp_path / "web.headers").write_text("")
    (tmp_path / "strict.json").write_text(json.dumps(STRICT))
    config = configuration(upstream.port, ann=identity("a-token", notes="strict.json"))
    config["servers"]["notes"] = {"command": NOTES}
    running = gateway(config)

    @asynccontextmanager
    async def transport() -> Any:
        url = f"http://127.0.0.1:{running.port}/notes/mcp"
        async with (
            httpx2.AsyncClient(headers={"authorization": "Bearer a-token"}, timeout=30) as client,
            streamable_http_client(url, http_client=client) as streams,
        ):
            yield streams

    async def steps() -> list[Any]:
        async with Client(transport(), mode="auto") as client:
            listed = [tool.name for tool in (await client.list_tools()).tools]
            return [listed, (await client.call_tool("pay", {"amount": 101})).is_error]

    assert asyncio.run(steps()) == [["echo", "add_note", "pay", "broken", "ask"], True]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"servers": {"a": {"command": ["x"]}}}, "a server has a policy of its own where there are no identities"),
        ({"servers": {"a": {"command": ["x"], "upstream": "y", "policy": "p"}}}, "name either a command or an upstream"),
        ({"servers": {"a": {"command": ["x"], "policy": "missing.json"}}}, "missing.json"),
        ({"servers": {"a": {"command": ["x"], "polizy": "p"}}}, "'polizy' is not known here; did you mean 'policy'?"),
        ({"listen": "0.0.0.0:0", "servers": {}}, "can be reached from elsewhere: that needs identities"),
        ({"listen": "nowhere", "servers": {}}, "must be an address such as"),
        ({"servers": {}, "identities": {"a": {"token_sha256": "x"}}}, "token_sha256 must be 64 hexadecimal digits"),
        ({"servers": {}, "identities": {"a": identity("t", b="p.json")}}, "there is no server 'b' here"),
        ({"servers": {}, "identities": {"a": identity("t"), "b": identity("t")}}, "two identities have the token"),
        ({"servers": {}, "identities": {"a": identity("t", "soon")}}, "must be a date such as"),
        ({"servers": {}, "identities": {"local": identity("t")}}, "local is who comes where there are no identities"),
        ({"servers": {}, "identities": {"a\nb": identity("t")}}, "no signs that do not show"),
        ({"servers": {}, "identities": {"": identity("t")}}, "no signs that do not show"),
        ({"servers": {}, "origins": ["null"]}, "* and null would let in pages of anybody"),
        ({"servers": {}, "origins": ["*"]}, "* and null would let in pages of anybody"),
        ({"servers": {}, "origins": ["https://app.example/"]}, "must be an origin such as https://app.example"),
        ({"servers": {}, "hosts": ["https://gate.example"]}, "must be a name such as gate.example:8700"),
        ({"servers": {"a": {"path": "x", "command": ["x"]}}}, "must be a path such as"),
        ({"servers": {"a": {"path": "/a/../b", "command": ["x"]}}}, "must be a path such as"),
        ({"servers": {"a": {"path": "/metrics", "command": ["x"]}}}, "the gateway itself answers there"),
        ({}, "servers is required"),
    ],
)  # fmt: skip
def test_a_gateway_with_a_mistake_does_not_start(tmp_path: Path, config: dict[str, Any], words: str) -> None:
    """Every mistake is named, with its line."""
    (tmp_path / "gateway.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "enforce", "http", "--config", str(tmp_path / "gateway.json")]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert (ran.returncode in (1, 2), words in ran.stderr.decode()) == (True, True), ran.stderr.decode()


def test_a_program_s_gate_looks_at_what_the_program_cannot_see(gateway: Callable[..., Running]) -> None:
    """Headers that are missing, or say another thing than the body, and a body without its revision."""
    running = gateway(None, *RAW)
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
