"""Crowds before a gateway: who is not let in, does not end or takes nothing costs little, and leaves room for others."""

import json
import resource
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from enforce.counters import Reservation
from enforce.counters.sqlite import SqliteCounters
from enforce.state import open_state
from enforce.transports.http.gateway import HEAVY
from tests.enforce.transports.running import LOOPS, MODERN, RAW, Running, call, identity
from tests.enforce.transports.test_faults import resident
from tests.enforce.transports.web import Browser, Upstream, ok


def begin(running: Running, token: str, size: int, path: str = "/mcp") -> Browser:
    """A client that says how long its body is, and sends the better part of it."""
    browser = running.browser()
    lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{running.port}", "content-type: application/json"]
    head = [*lines, f"authorization: Bearer {token}", f"content-length: {size}", "", ""]
    with suppress(ConnectionError):
        browser.socket.sendall("\r\n".join(head).encode() + b" " * (size - 1))
    return browser


@pytest.mark.parametrize("loop", LOOPS)
def test_a_gate_without_files_for_a_crowd_goes_on_once_it_has_left(
    gate: Callable[..., Running], loop: str
) -> None:
    """A loop says of each whom it cannot take why not, and nobody needs to read that."""
    running = gate(RAW, loop=loop)
    assert "result" in running.browser().post(call(1, "echo"), **MODERN).json()
    free = resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE)
    taken = len(list(Path(f"/proc/{running.process.pid}/fd").iterdir()))
    resource.prlimit(running.process.pid, resource.RLIMIT_NOFILE, (taken + 30, free[1]))
    crowd = [socket.create_connection(("127.0.0.1", running.port)) for _ in range(40)]
    time.sleep(2.5)  # for two rounds of what the loop has to say
    for each in crowd:
        each.close()
    answer = None
    while answer is None:  # one of the loops turns a few away until it has seen all of them go
        with suppress(ConnectionError, EOFError):
            answer = running.browser().post(call(2, "echo"), **MODERN)
    assert "result" in answer.json()
    running.end()


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


def test_bodies_that_do_not_end_take_a_bounded_memory(gate: Callable[..., Running]) -> None:
    """Over all connections; whoever comes then is refused until there is room again."""
    running = gate(RAW, loop="narrow")
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
def test_who_takes_no_answer_is_cut_off_where_that_is_too_much(gate: Callable[..., Running]) -> None:
    """An agent asks for large answers on many connections and reads none; whoever reads gets theirs whole."""
    running = gate(RAW, loop="narrow")
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


def test_a_gateway_forgets_what_is_over_while_it_runs(gate: Callable[..., Running]) -> None:
    """An agent can open sessions without end, and each has counters of its own."""
    running = gate(RAW, loop="tidy")
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


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
def test_answers_that_do_not_end_take_a_bounded_memory(gateway: Callable[..., Running], upstream: Upstream, kind: str) -> None:  # fmt: skip
    """A server that begins large answers and goes on with none has so many of them and no more; one that is given up makes room."""
    begun = b"HTTP/1.1 200 x\r\ncontent-type: " + kind.encode() + b"\r\ncontent-length: 9000000\r\n\r\ndata: " + b" " * 1_000_000  # fmt: skip
    plain = {"jsonrpc": "2.0", "id": 9, "result": {"content": []}}
    upstream.say = lambda message: ok(plain) if message["id"] == 9 else begun
    server = {"path": "/mcp", "upstream": f"http://127.0.0.1:{upstream.port}/mcp", "policy": "policy.json"}
    running = gateway({"servers": {"s": server}}, loop="narrow")
    for number in range(5):
        running.browser().send(call(number, "x"), **MODERN)
    for _ in range(3):
        running.said("too many large answers unfinished")
    assert running.browser().post(call(9, "x"), **MODERN).json() == plain


@pytest.mark.parametrize(("waiting_at_once", "text"), [(3, ""), (1, "x" * 2 * HEAVY)])
def test_one_identity_leaves_room_for_others(gateway: Callable[..., Running], tmp_path: Path, waiting_at_once: int, text: str) -> None:  # fmt: skip
    """It can have so many requests under way and no more, of which a large one counts as several; those that it gives up make room."""
    policy = str(tmp_path / "policy.json")
    config = {"servers": {"s": {"path": "/mcp", "command": RAW}}, "identities": {"ann": identity("a", s=policy), "bob": identity("b", s=policy)}}  # fmt: skip
    running = gateway(config, loop="narrow")
    waiting = [running.browser() for _ in range(waiting_at_once)]
    for each in waiting:
        each.send(call(1, "silent", text=text), authorization="Bearer a", **MODERN)
    browser = running.browser()
    while browser.post(call(2, "echo"), authorization="Bearer a", **MODERN).status != 503:
        pass  # until all of them are under way
    assert browser.post(call(3, "echo"), authorization="Bearer b", **MODERN).status == 200
    waiting.pop().socket.shutdown(socket.SHUT_RDWR)
    while (answer := browser.post(call(4, "echo"), authorization="Bearer a", **MODERN)).status == 503:
        pass
    assert "result" in answer.json()
