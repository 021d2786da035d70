"""What goes wrong around a running proxy: the disk fills, clients do not read or leave early, a server stays silent."""

import asyncio
import resource
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enforce.audit.verify import verify
from enforce.counters import Reservation, StoreFailed
from enforce.counters.sqlite import SqliteCounters
from enforce.state import open_state
from enforce.transports.http import relay
from enforce.transports.http.address import Address
from enforce.transports.http.asking import Upstream
from enforce.transports.http.credentials import NoCredentials
from enforce.transports.http.messages import Request
from enforce.transports.http.running import listen
from enforce.transports.http.serving import Reply, Rest
from tests.enforce.transports.running import call

LIMITED = {
    "version": "1",
    "default": "allow",
    "all_tools": {"limits": [{"counter": "n", "window": "day", "max": 1000}]},
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the files of a running process")
@pytest.mark.parametrize("policy", [{"version": "1", "default": "allow"}, LIMITED])
def test_a_full_disk_denies_until_there_is_room(
    proxy: Callable[..., Any], tmp_path: Path, policy: Any
) -> None:
    """No file may grow: every call is denied and none reaches the server. Then there is room, and the log is whole."""
    seen = tmp_path / "seen"
    gate = proxy(policy, SEEN=str(seen))
    assert "isError" not in gate.call(0, "echo")["result"]
    free = resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE, (gate.audit.stat().st_size + 50, free[1]))
    gate.send(*(call(id, "echo") for id in range(1, 21)))
    answers = [gate.receive() for _ in range(20)]
    assert sorted(answer["id"] for answer in answers) == list(range(1, 21))
    assert all("error" in answer or answer["result"]["isError"] for answer in answers)
    resource.prlimit(gate.process.pid, resource.RLIMIT_FSIZE, free)
    assert "isError" not in gate.call(21, "echo")["result"]
    assert gate.end()[0] == 0
    assert seen.read_text().split() == ["0", "echo", "21", "echo"]
    report = verify(gate.audit)
    assert (report.damages, report.torn) == ((), ())
    allowed = [record["jsonrpc.request.id"] for record in gate.records() if record.get("outcome") == "allow"]
    assert allowed == [0, 21]


def test_a_flood_of_denied_calls_fills_neither_the_log_nor_the_terminal(proxy: Callable[..., Any]) -> None:
    """Ten thousand as fast as they go: each is answered, the first are told, and the rest are counted, to the last one."""
    gate = proxy({"version": "1", "default": "deny"})
    writer = threading.Thread(target=lambda: gate.send(*(call(id, "drop", n=id) for id in range(10_000))))
    writer.start()
    assert all(gate.receive()["result"]["isError"] for _ in range(10_000))
    writer.join()
    code, words = gate.end()
    assert (code, words) == (0, "")
    told = [record for record in gate.records() if record["event"] == "decision"]
    counted = [record for record in gate.records() if record["event"] == "repeated"]
    assert len(told) + sum(record["count"] for record in counted) == 10_000
    assert len(gate.records()) < 500
    assert verify(gate.audit).damages == ()


def test_a_log_at_its_bound_denies_and_says_so(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """What cannot be recorded goes nowhere; older files that are put away make room, without a new start."""
    seen = tmp_path / "seen"
    earlier = tmp_path / "audit.jsonl.1"
    earlier.write_bytes(b"x" * 99_900)
    gate = proxy(LIMITED, "--audit-limit", "100KB", SEEN=str(seen))
    assert gate.call(0, "echo")["result"]["isError"]
    earlier.unlink()
    assert "isError" not in gate.call(1, "echo")["result"]
    code, words = gate.end()
    assert (code, seen.read_text().split()) == (0, ["1", "echo"])
    assert "its bound of 100,000 bytes (--audit-limit) is reached" in words


def test_a_state_that_may_only_be_read_counts_nothing(tmp_path: Path) -> None:
    """Looking works, reserving fails, and what cannot be reserved is denied."""
    one = Reservation(key="k", window=60, max=5)
    state = open_state(tmp_path / "state.db")
    assert SqliteCounters(state).reserve([one], 1000.0) is None
    state.close()
    state = sqlite3.connect(f"file:{tmp_path / 'state.db'}?mode=ro", uri=True, isolation_level=None)
    counters = SqliteCounters(state)
    assert counters.look([one], 1000.0) is None
    with pytest.raises(StoreFailed, match="readonly"):
        counters.reserve([one], 1000.0)
    with pytest.raises(StoreFailed), counters.together():
        counters.reserve([one], 1000.0)
    state.close()


def resident(pid: int) -> float:
    """Megabytes."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmRSS:")[2].split()[0]) / 1024


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_client_that_does_not_read_costs_no_memory(proxy: Callable[..., Any]) -> None:
    """Its calls wait in its own pipe, and all are answered once it reads."""
    gate = proxy()
    calls = [call(id, "echo", text="x" * 100_000) for id in range(400)]
    writer = threading.Thread(target=lambda: gate.send(*calls))
    writer.start()
    first = gate.receive()  # so that the rest is under way
    assert resident(gate.process.pid) < 80
    ids = [first["id"], *(gate.receive()["id"] for _ in range(399))]
    writer.join()
    assert ids == list(range(400))
    assert resident(gate.process.pid) < 80


def test_a_client_that_has_said_all_still_hears_the_answers(proxy: Callable[..., Any]) -> None:
    """It closes its side right after its calls."""
    gate = proxy()
    gate.send(*(call(id, "echo") for id in range(50)))
    out, _ = gate.process.communicate(timeout=60)
    assert out.count(b'"result"') == 50
    assert gate.process.returncode == 0


def test_a_silent_server_holds_up_nothing_but_its_own_call(proxy: Callable[..., Any]) -> None:
    """The call without an answer stays open, others pass, and at the end it is on record as lost."""
    gate = proxy()
    gate.send(call("never", "silent"))
    assert [gate.call(id, "echo")["id"] for id in range(5)] == list(range(5))
    assert gate.end()[0] == 0
    ended = [record["status"] for record in gate.records() if record["event"] == "outcome"]
    assert sorted(ended) == ["lost", "ok", "ok", "ok", "ok", "ok"]


def test_an_upstream_that_takes_no_answer_of_the_gate_s_holds_up_nothing(monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Its own answers, and so its client, would else wait for it as long as it likes."""
    monkeypatch.setattr(relay, "PATIENCE", 0.1)
    told: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        upstream = Upstream(Address.read(f"http://127.0.0.1:{silent.getsockname()[1]}/"))
        way = relay.HttpRelay(upstream, NoCredentials(), told.append)
        request = Request(method="POST", path="/", headers=[], fields={}, body=b"")
        asyncio.run(way.answer_server(request, [b"{}", b"{}"]))
    assert told == ["the upstream does not take what the gate answers it"] * 2


def test_a_gate_that_cannot_look_around_ends() -> None:
    """It would go on letting in who was taken out."""

    class Blind:
        def handle(self, request: Request, reply: Reply) -> Rest: ...
        def ready(self, port: int) -> None: ...
        def admits(self, request: Request) -> bool:  # noqa: ARG002
            return True

        def tick(self) -> None:
            raise EOFError

        async def stop(self) -> None: ...

    with pytest.raises(EOFError):
        listen("127.0.0.1", 0, Blind())
