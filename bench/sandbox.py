"""What the sandbox costs: starting a program, and listing a server's tools, inside as against outside."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from crawler.introspect.command import command_installation
from crawler.introspect.live import COPYING, Launch, listen
from crawler.introspect.packages.install import Installation
from crawler.introspect.sandboxes.sandbox import ORIGINALS, Confinement, Sandbox, find_sandbox
from crawler.introspect.sandboxes.unconfined import Unconfined
from crawler.introspect.sandboxes.watch import SETTLE, Watch
from crawler.mcp.stdio import Patience

#: Starts that are timed, and lists.
ROUNDS, LISTS = 31, 7
SERVERS = Path(__file__).parents[1] / ".servers"
#: Milliseconds that a start may cost.
TARGET = 30

SERVER = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if "id" in request:
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
        result = hello if request["method"] == "initialize" else {"tools": [{"name": "a"}]}
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
"""


@dataclass(frozen=True)
class Times:
    """How long an action took, each time; seconds. Whatever else the machine does only adds to the best one."""

    best: float
    median: float


def measured(*actions: Callable[[], object], rounds: int = ROUNDS) -> list[Times]:
    """The times of each action; they take turns, so that what else the machine does hits all of them."""
    taken: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, times in zip(actions, taken, strict=True):
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
    return [Times(min(times), median(times)) for times in taken]


def processor(action: Callable[[], object]) -> float:
    """Seconds of processor time that an action takes, its programs included; other programs do not add to it."""
    before = os.times()
    for _ in range(ROUNDS):
        action()
    return sum(after - start for after, start in zip(os.times()[:4], before[:4], strict=True)) / ROUNDS


def start(sandbox: Sandbox) -> None:
    """Run a program that does nothing, to its end."""
    with sandbox.start(["/usr/bin/true"], Confinement()) as child:
        child.communicate()


def list_tools(sandbox: Sandbox, installation: Installation, *, watched: bool = False) -> None:
    """Launch a small server and hear its tools."""
    launch = Launch(command=(installation.scripts[0],))
    with Watch() as watch:
        heard = listen(
            launch, installation, sandbox=sandbox, patience=Patience(), watch=watch if watched else None
        )
    assert heard.tools, heard


def small_server(folder: Path) -> Installation:
    """A server of one file."""
    folder.chmod(0o755)
    program = folder / "server"
    program.write_text(f"#!{Path(sys.executable).resolve()} -IS\n{SERVER}", encoding="utf-8")
    program.chmod(0o755)
    return Installation(
        name="server",
        version="1",
        folder=folder,
        programs=folder,
        code=folder,
        scripts=("server",),
        readable=(folder, Path(sys.base_prefix)),
    )


def packages() -> Iterator[Path]:
    """Folders of packages as servers bring them, a small and a large one, where the real servers are set up."""
    for name in ("mcp", "cryptography"):
        yield from sorted(SERVERS.glob(f"*/lib/python*/site-packages/{name}"))[:1]


def copied(sandbox: Sandbox, folder: Path) -> None:
    """Run a program that does nothing, with a copy of a folder to write to."""
    python = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
    command = [python, "-I", "-S", str(COPYING), ORIGINALS, "1", str(folder), "/usr/bin/true"]
    confinement = Confinement(readable=(COPYING, Path(sys.base_prefix), folder), copied=(folder,))
    with sandbox.start(command, confinement) as child:
        assert child.communicate() == (b"", b"")


def real_servers() -> Iterator[Installation]:
    """The real servers that the tests use, where they are set up."""
    for script in ("mcp-server-time", "mcp-server-git", "mcp-server-fetch"):
        for program in sorted(SERVERS.glob(f"*/bin/{script}")):
            yield command_installation([str(program)], Path("/usr"))


def main() -> None:
    """Print the table."""
    sandbox = find_sandbox()
    if sandbox is None:
        print("no sandbox on this machine")
        return
    bare = Unconfined()
    outside, inside = measured(lambda: start(bare), lambda: start(sandbox))
    best, usual = 1000 * (inside.best - outside.best), 1000 * (inside.median - outside.median)
    own = 1000 * (processor(lambda: start(sandbox)) - processor(lambda: start(bare)))
    print(
        f"{sandbox.name}: a start costs {best:.1f} ms more at best, {usual:.1f} ms in the median, of which {own:.1f} ms "
        f"are processor time; {TARGET} ms wanted"
    )
    for package in packages() if sandbox.copies else ():
        without, within = measured(lambda: start(sandbox), lambda: copied(sandbox, package), rounds=LISTS)  # noqa: B023 - called at once
        size = sum(path.stat().st_size for path in package.rglob("*")) / 1e6
        print(
            f"a copy of {package.name} ({size:.1f} MB) costs {1000 * (within.best - without.best):.0f} ms at best, "
            f"{1000 * (within.median - without.median):.0f} ms in the median"
        )
    with TemporaryDirectory() as folder:
        servers = (small_server(Path(folder)), *real_servers())
        ratios = [compare(server, bare, sandbox) for server in servers]
    print(f"the median of {len(ratios)} servers: {median(ratios):.2f} times as long inside")


def compare(server: Installation, bare: Sandbox, sandbox: Sandbox) -> float:
    """One line: how much longer a list takes inside; the median against the median."""
    outside, inside, *watched = measured(
        lambda: list_tools(bare, server),
        lambda: list_tools(sandbox, server),
        *([lambda: list_tools(sandbox, server, watched=True)] if sandbox.watches else []),
        rounds=LISTS,
    )
    ratio = inside.median / outside.median
    line = f"{server.name}: its list takes {ratio:.2f} times as long inside, at best {inside.best / outside.best:.2f}"
    if watched:
        line += (
            f", watched {(watched[0].median - SETTLE) / outside.median:.2f} times and {SETTLE} s of waiting"
        )
    print(f"{line}; {1000 * outside.median:.0f} ms outside", flush=True)
    return ratio


if __name__ == "__main__":
    main()
