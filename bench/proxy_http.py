"""What the proxy costs over HTTP, side by side with doing without it: `python bench/proxy_http.py`."""

import json
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from proxy import HERE, JUDGED, LIMITED, ROUNDS, SLOW, THRIFT, message, own, table

CALLS = 800


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
        body = message(self.next, text)
        self.socket.sendall(self.head + b"%d\r\n\r\n" % len(body) + body)

    def receive(self) -> None:
        """Its answer."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._read()
        head, _, answer = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(answer) < length:
            answer += self._read()
        if json.loads(answer)["id"] != self.next or b'"text"' not in answer:
            raise SystemExit(f"got {answer[:200]!r}")

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
        self, name: str, port: int, path: str, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.name, self.port, self.path, self.process = name, port, path, process
        self.wire = Wire(port, path)
        self.thrift = THRIFT if name == SLOW else 1
        self.times: list[float] = []

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
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def other(name: str, program: str, upstream: int, folder: Path) -> Way:
    """Another proxy before the upstream."""
    with (folder / "words").open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "proxies" / program), str(upstream)],
            stdout=subprocess.PIPE,
            stderr=words,
        )
    assert process.stdout
    return Way(name, int(process.stdout.readline()), "/mcp", process)


def proxied(folder: Path, name: str, policy: object, upstream: int) -> Way:
    """Our proxy with a policy before the upstream."""
    command = [
        sys.executable,
        "-m",
        "enforce",
        "http",
        "--upstream",
        f"http://127.0.0.1:{upstream}/mcp",
        "--listen",
        "127.0.0.1:0",
        *own(folder, name, policy),
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert process.stderr
    line = process.stderr.readline().decode()
    threading.Thread(target=process.stderr.read, daemon=True).start()
    return Way(name, int(line.rpartition(":")[2].partition("/")[0]), "/mcp", process)


def measure(text: str, calls: int, ways: list[Way]) -> None:
    """Alternate between the ways and print their medians."""
    for way in ways:
        way.times.clear()
    for _ in range(ROUNDS):
        for way in ways:
            for _ in range(max(1, calls // way.thrift)):
                started = time.perf_counter()
                way.wire.call(text)
                way.times.append(time.perf_counter() - started)
    table([(way.name, way.times) for way in ways])


def main() -> None:
    """Print the tables."""
    upstream = subprocess.Popen(
        [sys.executable, str(HERE / "proxies" / "instant_http.py")], stdout=subprocess.PIPE
    )
    assert upstream.stdout
    port = int(upstream.stdout.readline())
    with tempfile.TemporaryDirectory() as folder:
        ways = [Way("direct", port, "/mcp")]
        try:
            ways.append(other("bare relay", "relay_http.py", port, Path(folder)))
            ways.append(proxied(Path(folder), "conditions and audit", JUDGED, port))
            ways.append(proxied(Path(folder), "and a durable limit", LIMITED, port))
            ways.append(other(SLOW, "sdk_http.py", port, Path(folder)))
            print("64-byte call, sequential: the median, and the quickest tenth")
            measure("x" * 64, CALLS, ways)
            print("50 kB text, sequential")
            measure("x" * 50_000, CALLS // 10, ways)
            print("64 clients at once")
            for way in ways:
                print(f"  {way.name:22} {way.rate(64, CALLS // 8 // way.thrift):9.0f} calls/s")
            print("resident memory")
            for way in ways[1:]:
                print(f"  {way.name:22} {way.memory():9.1f} MB")
        finally:
            for way in ways[1:]:
                assert way.process
                way.process.terminate()
                way.process.wait()
            upstream.kill()
            upstream.wait()


if __name__ == "__main__":
    main()
