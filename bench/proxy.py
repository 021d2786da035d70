"""What the proxy costs, side by side with doing without it: `python bench/proxy.py [WAY]...`.

Latency is the median of sequential calls, in rounds that alternate between the ways so that all of them meet the
same machine, and between several starts of each: where the system happens to load two interpreters at addresses with
the same last 24 bits, as it does one time in eight, some processors take two thirds longer to go from one to the other,
for as long as both run. The Go proxy of the peer is measured too where TOLLHOUSE_BENCH_GO names its program.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import chain, cycle, islice
from pathlib import Path

from proxies import rivals
from proxies.processes import forget_peak, peak, resident

HERE = Path(__file__).parent
#: The same gate compiled, in an environment that `make bench` sets up; it is left out where that is not there.
COMPILED = HERE.parent / ".compiled" / "bin" / "python"
INSTANT = [sys.executable, str(HERE / "proxies" / "instant.py")]
STARTS = 7
ROUNDS, CALLS = 3 * STARTS, 400
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


def proxy(folder: Path, name: str, policy: object, python: str = sys.executable) -> list[str]:
    """Our proxy with a policy."""
    return [python, "-P", "-m", "enforce", "stdio", *own(folder, name, policy), "--", *INSTANT]


def ways(folder: Path) -> dict[str, Callable[[], Way]]:
    """Everything that is compared."""
    commands = {
        "direct": INSTANT,
        "bare relay": [sys.executable, str(HERE / "proxies" / "relay.py"), *INSTANT],
        "conditions and audit": proxy(folder, "judged", JUDGED),
        "and a durable limit": proxy(folder, "limited", LIMITED),
        SLOW: [sys.executable, str(HERE / "proxies" / "sdk.py"), *INSTANT],
    }
    if COMPILED.exists():
        python = str(COMPILED)
        commands["conditions, compiled"] = proxy(folder, "judged-compiled", JUDGED, python)
        commands["and a limit, compiled"] = proxy(folder, "limited-compiled", LIMITED, python)
    if rivals.PROGRAM:
        commands |= {name: [*rivals.options(folder, name), "--", *INSTANT] for name in rivals.RULES}
    return {name: lambda name=name, command=command: Way(name, command) for name, command in commands.items()}


def measure(text: str, calls: int, starts: list[list[Way]]) -> None:
    """Alternate between the ways, and between their starts, and print the medians."""
    for way in chain(*starts):
        way.times.clear()
    for opened in islice(cycle(starts), ROUNDS):
        for way in opened:
            for _ in range(max(1, calls // way.thrift)):
                way.call(text)
    table([(same[0].name, [*chain(*(way.times for way in same))]) for same in zip(*starts, strict=True)])


def table(measured: list[tuple[str, list[float]]]) -> None:
    """Medians, and beside them the quickest tenth, which other work on the machine disturbs less; as ratios to the first."""
    first = [point(measured[0][1], share) for share in (0.5, 0.1)]
    for name, times in measured:
        cells = [(point(times, share), base) for share, base in zip((0.5, 0.1), first, strict=True)]
        print(f"  {name:22}" + "".join(f" {value:9.0f} us {value / base:7.2f}x" for value, base in cells))


def point(times: list[float], share: float) -> float:
    """Microseconds that this share of the calls stayed under."""
    return sorted(times)[int(len(times) * share)] * 1e6


def start(folder: Path, only: list[str]) -> list[list[Way]]:
    """Start the ways several times, in turns, each time in a folder of their own; print how long it took to the first answer."""
    starts = []
    for turn in range(STARTS):
        own = folder / str(turn)
        own.mkdir()
        starts.append([make() for name, make in ways(own).items() if not only or name in (*only, "direct")])
    print("start to first answer: the median, and the quickest, each beside what it takes directly")
    found = [[way.first * 1000 for way in same] for same in zip(*starts, strict=True)]
    for way, took in zip(starts[0], found, strict=True):
        cells = [(of(took), of(took) - of(found[0])) for of in (statistics.median, min)]
        print(f"  {way.name:22}" + "".join(f" {value:7.0f} ms {more:+6.0f} ms" for value, more in cells))
    return starts


def memory(opened: list[Way]) -> None:
    """Print what is resident, and how much a large message adds while it is passed on."""
    print(f"resident memory, and what is added by {LARGE}")
    for way in opened:
        cells = [way.memory(), *(way.growth(call) for call in large() if way.takes_much)]
        print(f"  {way.name:22}" + "".join(f" {cell:+9.1f} MB" for cell in cells))


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        starts = start(Path(folder), sys.argv[1:])
        print("64-byte call, sequential: the median, and the quickest tenth")
        measure("x" * 64, CALLS, starts)
        print("50 kB text, sequential")
        measure("x" * 50_000, CALLS // 10, starts)
        print("64 in flight, the best of three")
        for way in starts[-1]:
            best = max(way.rate("x" * 64, 10_000 // way.thrift, 64) for _ in range(3))
            print(f"  {way.name:22} {best:9.0f} calls/s")
        memory(starts[-1])
        for way in chain(*starts):
            way.close()


if __name__ == "__main__":
    main()
