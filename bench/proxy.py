"""What the proxy costs, side by side with doing without it: `python bench/proxy.py [WAY]...`.

Latency is the median of sequential calls, in rounds that alternate between the ways so that all of them meet the
same machine. The Go proxy of the peer is measured too where TOLLHOUSE_BENCH_GO names its program.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from proxies import rivals
from proxies.processes import forget_peak, peak, resident

HERE = Path(__file__).parent
INSTANT = [sys.executable, str(HERE / "proxies" / "instant.py")]
ROUNDS, CALLS = 20, 400
STARTS = 7
#: What takes a hundred times as long is measured by fewer calls.
SLOW, THRIFT = "built on the SDK", 10

CONDITION = {"conditions": [{"path": "args.text", "op": "regex", "value": "^rm -rf"}], "on_deny": "No."}
JUDGED = {"version": "1", "default": "deny", "tools": {"echo": {"deny_if": [CONDITION]}}}
LIMIT = {"counter": "n", "window": "hour", "max": 1_000_000_000}
LIMITED = {"version": "1", "default": "deny", "tools": {"echo": {"deny_if": [CONDITION], "limits": [LIMIT]}}}


def message(id: int, text: str, **more: object) -> bytes:
    """A call of the tool echo."""
    params = {"name": "echo", "arguments": {"text": text, **more}}
    return json.dumps({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).encode() + b"\n"


LARGE = "8 MB with more values than may be, 7 MB with as many as may be, 99,000 keys, 10 MB of text"


def large() -> list[bytes]:
    """Calls that take much memory, the smaller takers first, since what was taken may be used again."""
    refused = message(-1, "x", last=["xx"] * 1_400_000)
    values = message(-2, "x", last=[12345] * 990_000)
    keys = message(-3, "x", **{f"k{number}": 1 for number in range(99_000)})
    return [refused, values, keys, message(-4, "x" * 9_900_000)]


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
        #: Whether it takes messages of 10 MB.
        self.takes_much = name not in (SLOW, *rivals.RULES)
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

    def growth(self, call: bytes) -> float:
        """Megabytes that one call takes while it is passed on, or refused."""
        before = resident(self.process.pid)
        forget_peak(self.process.pid)
        self._write(call)
        self._read(1)
        return peak(self.process.pid) - before

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
        return resident(self.process.pid)

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
    if rivals.PROGRAM:
        commands |= {name: [*rivals.options(folder, name), "--", *INSTANT] for name in rivals.RULES}
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


def start(makers: dict[str, Callable[[], Way]], times: int) -> list[Way]:
    """Start every way so many times, in turns; print how long it took to the first answer, and keep the last of each."""
    found: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(times):
        opened = []
        for name, make in makers.items():
            way = make()
            found[name].append(way.first * 1000)
            if turn < times - 1:
                way.close()
            opened.append(way)
    print("start to first answer: the median, and the quickest, each beside what it takes directly")
    first = next(iter(found.values()))
    for name, took in found.items():
        cells = [(of(took), of(took) - of(first)) for of in (statistics.median, min)]
        print(f"  {name:22}" + "".join(f" {value:7.0f} ms {more:+6.0f} ms" for value, more in cells))
    return opened


def memory(opened: list[Way]) -> None:
    """Print what is resident, and how much a large message adds while it is passed on."""
    print(f"resident memory, and what is added by {LARGE}")
    for way in opened:
        cells = [way.memory(), *(way.growth(call) for call in large() if way.takes_much)]
        print(f"  {way.name:22}" + "".join(f" {cell:+9.1f} MB" for cell in cells))


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        makers = ways(Path(folder))
        only = sys.argv[1:]
        opened = start(
            {name: make for name, make in makers.items() if not only or name in only or name == "direct"},
            STARTS,
        )
        print("64-byte call, sequential: the median, and the quickest tenth")
        measure("x" * 64, CALLS, opened)
        print("50 kB text, sequential")
        measure("x" * 50_000, CALLS // 10, opened)
        print("64 in flight, the best of three")
        for way in opened:
            best = max(way.rate("x" * 64, 10_000 // way.thrift, 64) for _ in range(3))
            print(f"  {way.name:22} {best:9.0f} calls/s")
        memory(opened)
        for way in opened:
            way.close()


if __name__ == "__main__":
    main()
