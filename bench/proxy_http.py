"""What the proxy costs over HTTP, side by side with doing without it: `python bench/proxy_http.py`."""

import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from proxy import HERE, JUDGED, LIMITED, ROUNDS, message

CALLS = 800


class Wire:
    """One kept connection of one client."""

    def __init__(self, port: int, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            "accept: application/json, text/event-stream\r\nmcp-protocol-version: 2025-11-25\r\ncontent-length: "
        ).encode()
        self.next = 0

    def call(self, text: str) -> None:
        """One call and its answer."""
        self.next += 1
        body = message(self.next, text)
        self.socket.sendall(self.head + b"%d\r\n\r\n" % len(body) + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65_536)
        head, _, answer = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(answer) < length:
            answer += self.socket.recv(65_536)
        if json.loads(answer)["id"] != self.next or b'"text"' not in answer:
            raise SystemExit(f"got {answer[:200]!r}")


class Way:
    """One way to the upstream."""

    def __init__(
        self, name: str, port: int, path: str, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self.name, self.port, self.path, self.process = name, port, path, process
        self.wire = Wire(port, path)
        self.times: list[float] = []

    def rate(self, clients: int, calls: int) -> float:
        """Calls a second of so many clients at once."""
        wires = [Wire(self.port, self.path) for _ in range(clients)]
        threads = [
            threading.Thread(target=lambda wire=wire: [wire.call("x" * 64) for _ in range(calls)])
            for wire in wires
        ]
        started = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return clients * calls / (time.perf_counter() - started)


def proxied(folder: Path, name: str, policy: object, upstream: int) -> Way:
    """Our proxy with a policy before the upstream."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(policy))
    own = [
        "--policy",
        str(path),
        "--audit",
        str(folder / f"{name}.jsonl"),
        "--state",
        str(folder / f"{name}.db"),
    ]
    command = [
        sys.executable,
        "-m",
        "enforce",
        "http",
        "--upstream",
        f"http://127.0.0.1:{upstream}/mcp",
        "--listen",
        "127.0.0.1:0",
        *own,
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
            for _ in range(calls):
                started = time.perf_counter()
                way.wire.call(text)
                way.times.append(time.perf_counter() - started)
    direct = statistics.median(ways[0].times)
    for way in ways:
        median = statistics.median(way.times)
        print(f"  {way.name:22} {median * 1e6:9.0f} us {median / direct:7.2f}x")


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
            ways.append(proxied(Path(folder), "conditions and audit", JUDGED, port))
            ways.append(proxied(Path(folder), "and a durable limit", LIMITED, port))
            print("64-byte call, sequential")
            measure("x" * 64, CALLS, ways)
            print("50 kB text, sequential")
            measure("x" * 50_000, CALLS // 10, ways)
            print("64 clients at once")
            for way in ways:
                print(f"  {way.name:22} {way.rate(64, 60):9.0f} calls/s")
        finally:
            for way in ways[1:]:
                assert way.process
                way.process.terminate()
                way.process.wait()
            upstream.kill()
            upstream.wait()


if __name__ == "__main__":
    main()
