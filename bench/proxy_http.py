"""What the proxy costs over HTTP, side by side with doing without it: `python bench/proxy_http.py`."""

import json
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from itertools import chain, cycle, islice
from pathlib import Path

from proxies import rivals
from proxies.processes import forget_peak, peak, resident
from proxy import (
    COMPILED,
    HELLO,
    HERE,
    JUDGED,
    LARGE,
    LIMITED,
    ROUNDS,
    SLOW,
    STARTS,
    THRIFT,
    large,
    message,
    own,
    table,
)

CALLS = 200
SESSIONS = 1000


class Wire:
    """One kept connection of one client."""

    def __init__(self, port: int, path: str, first: int = 0) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            "accept: application/json, text/event-stream\r\nmcp-protocol-version: 2025-11-25\r\ncontent-length: "
        ).encode()
        self.next = first

    def send(self, text: str) -> None:
        """One call."""
        self.next += 1
        self.post(message(self.next, text))

    def post(self, body: bytes) -> None:
        """One message."""
        self.socket.sendall(self.head + b"%d\r\n\r\n" % len(body) + body)

    def receive(self) -> None:
        """The answer to the last call."""
        answer = self.answer()
        if json.loads(answer)["id"] != self.next or b'"text"' not in answer:
            raise SystemExit(f"got {answer[:200]!r}")

    def answer(self) -> bytes:
        """The next answer's body."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._read()
        head, _, answer = data.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if not length:  # it comes in pieces
            while not answer.endswith(b"0\r\n\r\n"):
                answer += self._read()
            return b"".join(answer.split(b"\r\n")[1::2])
        while len(answer) < int(length):
            answer += self._read()
        return answer

    def _read(self) -> bytes:
        data = self.socket.recv(65_536)
        if not data:
            raise SystemExit("the connection was closed")
        return data

    def call(self, text: str) -> None:
        """One call and its answer."""
        self.send(text)
        self.receive()


class Way:
    """One way to the upstream."""

    def __init__(
        self, name: str, port: int, path: str, process: subprocess.Popen[bytes], started: float
    ) -> None:
        self.name, self.port, self.path, self.process = name, port, path, process
        self.wire = Wire(port, path)
        self.wire.call("x")
        self.first = time.perf_counter() - started
        self.thrift = THRIFT if name == SLOW else 1
        self.is_ours = name in OURS
        self.times: list[float] = []

    def connect_anew(self) -> None:
        """Connect once more, since servers close connections that stand idle, and make a call that is not measured."""
        self.wire.socket.close()
        self.wire = Wire(self.port, self.path)
        self.wire.call("x")

    def rate(self, clients: int, calls: int) -> float:
        """Calls a second of so many clients at once, all served by one thread, which takes the least from the rest."""
        wires = [Wire(self.port, self.path, first=number * calls) for number in range(1, clients + 1)]
        with selectors.DefaultSelector() as ready:
            for wire in wires:
                ready.register(wire.socket, selectors.EVENT_READ, wire)
                wire.call("x")
            started = time.perf_counter()
            for wire in wires:
                wire.send("x" * 64)
            left = clients * calls
            while left:
                for key, _ in ready.select():
                    key.data.receive()
                    left -= 1
                    if left >= clients:
                        key.data.send("x" * 64)
            return clients * calls / (time.perf_counter() - started)

    def memory(self) -> float:
        """Resident megabytes."""
        return resident(self.process.pid)

    def with_sessions(self) -> float:
        """Resident megabytes while many clients have a session and a connection, and say nothing."""
        wires = [Wire(self.port, self.path) for _ in range(SESSIONS)]
        for wire in wires:
            wire.post(HELLO)
            wire.answer()
        taken = resident(self.process.pid)
        for wire in wires:
            wire.socket.close()
        return taken

    def growth(self, call: bytes) -> float:
        """Megabytes that one call takes while it is passed on, or refused."""
        before = resident(self.process.pid)
        forget_peak(self.process.pid)
        self.wire.post(call)
        self.wire.answer()
        return peak(self.process.pid) - before

    def close(self) -> None:
        """End the way."""
        self.wire.socket.close()
        self.process.terminate()
        self.process.wait()


def printing(name: str, program: str, *arguments: str) -> Way:
    """A program of the bench, which prints its port."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "proxies" / program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout
    return Way(name, int(process.stdout.readline()), "/mcp", process, started)


def proxied(folder: Path, name: str, policy: object, upstream: int) -> Way:
    """Our proxy with a policy before the upstream, the compiled one where its name says so."""
    python = str(COMPILED) if "compiled" in name else sys.executable
    place = ["--upstream", f"http://127.0.0.1:{upstream}/mcp", "--listen", "127.0.0.1:0"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [python, "-P", "-m", "enforce", "http", *place, *own(folder, name, policy)], stderr=subprocess.PIPE
    )
    assert process.stderr
    line = process.stderr.readline().decode()
    threading.Thread(target=process.stderr.read, daemon=True).start()
    return Way(name, int(line.rpartition(":")[2].partition("/")[0]), "/mcp", process, started)


def rival(folder: Path, name: str, upstream: int) -> Way:
    """The Go proxy, which is told its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    place = [
        "--transport",
        "http",
        "--upstream",
        f"http://127.0.0.1:{upstream}/mcp",
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    started = time.perf_counter()
    process = subprocess.Popen([*rivals.options(folder, name), *place], stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.001)
        else:
            return Way(name, port, rivals.PATH, process, started)


OURS = {"conditions and audit": JUDGED, "and a durable limit": LIMITED}
if COMPILED.exists():
    OURS |= {"conditions, compiled": JUDGED, "and a limit, compiled": LIMITED}


def makers(folder: Path, upstream: int) -> dict[str, Callable[[], Way]]:
    """Everything that is compared with going directly."""
    return {
        "bare relay": lambda: printing("bare relay", "relay_http.py", str(upstream)),
        **{
            name: lambda name=name, policy=policy: proxied(folder, name, policy, upstream)
            for name, policy in OURS.items()
        },
        SLOW: lambda: printing(SLOW, "sdk_http.py", str(upstream)),
        **{name: lambda name=name: rival(folder, name, upstream) for name in rivals.RULES if rivals.PROGRAM},
    }


def measure(text: str, calls: int, starts: list[list[Way]]) -> None:
    """Alternate between the ways, and between their starts, and print the medians."""
    for way in chain(*starts):
        way.times.clear()
    for ways in islice(cycle(starts), ROUNDS):
        for way in ways:
            way.connect_anew()
            for _ in range(max(1, calls // way.thrift)):
                started = time.perf_counter()
                way.wire.call(text)
                way.times.append(time.perf_counter() - started)
    table([(same[0].name, [*chain(*(way.times for way in same))]) for same in zip(*starts, strict=True)])


def start(folder: Path, opened: list[Way]) -> list[list[Way]]:
    """Start the ways several times, in turns, each time in a folder of their own and before an upstream of their own.

    Prints how long it took to the first answer. Whatever was started is added to *opened*, which is to be closed.
    """
    starts = []
    for turn in range(STARTS):
        own = folder / str(turn)
        own.mkdir()
        opened.append(printing("direct", "instant_http.py"))
        first = len(opened) - 1
        for make in makers(own, opened[first].port).values():
            opened.append(make())
        starts.append(opened[first:])
    print("start to first answer, beside an upstream that is up: the median, and the quickest")
    for same in [*zip(*starts, strict=True)][1:]:
        took = [way.first * 1000 for way in same]
        print(f"  {same[0].name:22} {statistics.median(took):7.0f} ms {min(took):7.0f} ms")
    return starts


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        opened: list[Way] = []
        try:
            starts = start(Path(folder), opened)
            print("64-byte call, sequential: the median, and the quickest tenth")
            measure("x" * 64, CALLS, starts)
            print("50 kB text, sequential")
            measure("x" * 50_000, CALLS // 10, starts)
            ways = starts[-1]
            for way in ways:
                way.connect_anew()
            print("64 clients at once, the best of three")
            for way in ways:
                best = max(way.rate(64, 100 // way.thrift) for _ in range(3))
                print(f"  {way.name:22} {best:9.0f} calls/s")
            print(f"resident memory, and what is added by {LARGE}")
            for way in ways[1:]:
                cells = [way.memory(), *(way.growth(call) for call in large() if way.is_ours)]
                print(f"  {way.name:22}" + "".join(f" {cell:+9.1f} MB" for cell in cells))
            print(f"resident memory with {SESSIONS} idle sessions, of a proxy that has done nothing else")
            for name in OURS:
                way = makers(Path(folder), ways[0].port)[name]()
                opened.append(way)
                print(f"  {way.name:22} {way.with_sessions():9.1f} MB")
        finally:
            for way in reversed(opened):
                way.close()


if __name__ == "__main__":
    main()
