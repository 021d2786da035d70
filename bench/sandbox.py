"""What the sandbox costs: starting a program, and listing a server's tools, inside as against outside."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from crawler.introspect.command import command_installation
from crawler.introspect.install import Installation
from crawler.introspect.live import Launch, listen
from crawler.introspect.sandbox import Confinement, Sandbox, find_sandbox
from crawler.introspect.unconfined import Unconfined
from crawler.introspect.watch import SETTLE, Watch
from crawler.mcp.stdio import Patience

ROUNDS = 15
SERVERS = Path(__file__).parents[1] / ".servers"
#: Seconds that a start may cost.
TARGET = 0.030

SERVER = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if "id" in request:
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
        result = hello if request["method"] == "initialize" else {"tools": [{"name": "a"}]}
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
"""


def seconds(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The best time of an action; whatever else the machine does only adds to it."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


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
    outside, inside = seconds(lambda: start(bare)), seconds(lambda: start(sandbox))
    print(
        f"{sandbox.name}: a start costs {1000 * (inside - outside):.1f} ms more; at most {1000 * TARGET:.0f} ms wanted"
    )
    with TemporaryDirectory() as folder:
        for server in (small_server(Path(folder)), *real_servers()):
            compare(server, bare, sandbox)


def compare(server: Installation, bare: Sandbox, sandbox: Sandbox) -> None:
    """One line: how much longer a list takes inside."""
    rounds = 5
    by_hand = seconds(lambda: list_tools(bare, server), rounds)
    listed = seconds(lambda: list_tools(sandbox, server), rounds)
    line = f"{server.name}: its list takes {listed / by_hand:.2f} times as long inside"
    if sandbox.watches:
        watched = seconds(lambda: list_tools(sandbox, server, watched=True), rounds) - SETTLE
        line += f", watched {watched / by_hand:.2f} times and {SETTLE} s of waiting"
    print(f"{line}; {1000 * by_hand:.0f} ms outside")


if __name__ == "__main__":
    main()
