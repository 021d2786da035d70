"""What the proxy costs, side by side with doing without it: `python bench/proxy.py`.

Latency is the median of sequential calls, in rounds that alternate between the ways so that all of them meet the
same machine. A Go proxy is measured too where TOLLHOUSE_BENCH_GO names its program.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
INSTANT = [sys.executable, str(HERE / "proxies" / "instant.py")]
ROUNDS, CALLS = 5, 1500
#: What takes a hundred times as long is measured by fewer calls.
SLOW, THRIFT = "built on the SDK", 10

CONDITION = {"conditions": [{"path": "args.text", "op": "regex", "value": "^rm -rf"}], "on_deny": "No."}
JUDGED = {"version": "1", "default": "deny", "tools": {"echo": {"deny_if": [CONDITION]}}}
LIMIT = {"counter": "n", "window": "hour", "max": 1_000_000_000}
LIMITED = {"version": "1", "default": "deny", "tools": {"echo": {"deny_if": [CONDITION], "limits": [LIMIT]}}}


def message(id: int, text: str) -> bytes:
    """A call of the tool echo."""
    params = {"name": "echo", "arguments": {"text": text}}
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).encode() + b"\n"


CLIENT = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}
HELLO = json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": CLIENT}).encode() + b"\n"
READY = b'{"jsonrpc":"2.0","method":"notifications/initialized"}\n'


class Way:
    """One way to the upstream, kept open."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        started = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self.next = 0
        self.thrift = THRIFT if name == SLOW else 1
        self.times: list[float] = []
        self._write(HELLO)
        self._read(1)
        self._write(READY)
        self.call("x")
        self.first = time.perf_counter() - started
        self.times.clear()

    def call(self, text: str) -> None:
        """One call and its answer, from arguments to result."""
        self.next += 1
        started = time.perf_counter()
        self._write(message(self.next, text))
        answer = self._read(1)
        if json.loads(answer)["id"] != self.next or b'"text"' not in answer:
            raise SystemExit(f"{self.name} gave {answer[:200]!r}")
        self.times.append(time.perf_counter() - started)

    def rate(self, text: str, count: int, in_flight: int) -> float:
        """Calls a second with so many in flight."""
        started = time.perf_counter()
        sent = got = 0
        while got < count:
            room = min(in_flight - (sent - got), count - sent)
            if room > 0:
                self._write(b"".join(message(self.next + n, text) for n in range(1, room + 1)))
                self.next += room
                sent += room
            got += self._read(1).count(b"\n")
        return count / (time.perf_counter() - started)

    def memory(self) -> float:
        """Resident megabytes of the first process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def close(self) -> None:
        """End the way."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()

    def _write(self, data: bytes) -> None:
        assert self.process.stdin
        while data:
            data = data[os.write(self.process.stdin.fileno(), data) :]

    def _read(self, lines: int) -> bytes:
        assert self.process.stdout
        got = b""
        while got.count(b"\n") < lines:
            data = os.read(self.process.stdout.fileno(), 65_536)
            if not data:
                raise SystemExit(f"{self.name} ended")
            got += data
        return got


def own(folder: Path, name: str, policy: object) -> list[str]:
    """The options of our proxy: a policy, its state and its log in a folder."""
    path = folder / f"{name}.json"
    path.write_text(json.dumps(policy))
    audit, state = str(folder / f"{name}.jsonl"), str(folder / f"{name}.db")
    return ["--policy", str(path), "--audit", audit, "--state", state]


def proxy(folder: Path, name: str, policy: object) -> list[str]:
    """Our proxy with a policy."""
    return [sys.executable, "-m", "enforce", "stdio", *own(folder, name, policy), "--", *INSTANT]


def ways(folder: Path) -> dict[str, Callable[[], Way]]:
    """Everything that is compared."""
    commands = {
        "direct": INSTANT,
        "bare relay": [sys.executable, str(HERE / "proxies" / "relay.py"), *INSTANT],
        "conditions and audit": proxy(folder, "judged", JUDGED),
        "and a durable limit": proxy(folder, "limited", LIMITED),
        SLOW: [sys.executable, str(HERE / "proxies" / "sdk.py"), *INSTANT],
    }
    if go := os.environ.get("TOLLHOUSE_BENCH_GO"):
        commands["Go proxy"] = [*go.split(), *INSTANT]
    return {name: lambda name=name, command=command: Way(name, command) for name, command in commands.items()}


def measure(text: str, calls: int, opened: list[Way]) -> None:
    """Alternate between the ways and print their medians."""
    for way in opened:
        way.times.clear()
    for _ in range(ROUNDS):
        for way in opened:
            for _ in range(max(1, calls // way.thrift)):
                way.call(text)
    table([(way.name, way.times) for way in opened])


def table(measured: list[tuple[str, list[float]]]) -> None:
    """Medians, and beside them the quickest tenth, which other work on the machine disturbs less; as ratios to the first."""
    first = [point(measured[0][1], share) for share in (0.5, 0.1)]
    for name, times in measured:
        cells = [(point(times, share), base) for share, base in zip((0.5, 0.1), first, strict=True)]
        print(f"  {name:22}" + "".join(f" {value:9.0f} us {value / base:7.2f}x" for value, base in cells))


def point(times: list[float], share: float) -> float:
    """Microseconds that this share of the calls stayed under."""
    return sorted(times)[int(len(times) * share)] * 1e6


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        makers = ways(Path(folder))
        only = sys.argv[1:]
        opened = [make() for name, make in makers.items() if not only or name in only or name == "direct"]
        print("start to first answer")
        for way in opened:
            print(
                f"  {way.name:22} {way.first * 1000:9.0f} ms {(way.first - opened[0].first) * 1000:+7.0f} ms"
            )
        print("64-byte call, sequential: the median, and the quickest tenth")
        measure("x" * 64, CALLS, opened)
        print("50 kB text, sequential")
        measure("x" * 50_000, CALLS // 10, opened)
        print("64 in flight")
        for way in opened:
            print(f"  {way.name:22} {way.rate('x' * 64, 20_000 // way.thrift, 64):9.0f} calls/s")
        print("resident memory")
        for way in opened:
            print(f"  {way.name:22} {way.memory():9.1f} MB")
        for way in opened:
            way.close()


if __name__ == "__main__":
    main()
