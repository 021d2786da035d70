"""Measures what a person waits for on their own machine: a look at ten configurations, and the check of a long policy.

    python bench/machine.py [--rules 500] [--runs 7]

Everything is made up in a temporary folder: ten configurations of ten clients, a record that knows their servers, and a policy.
The best of all runs is told, as wall time and as processor time, since other work on the machine slows the first only.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PLACES = (
    ".config/Claude/claude_desktop_config.json", ".claude.json", ".cursor/mcp.json", ".codeium/windsurf/mcp_config.json",
    ".gemini/settings.json", ".gemini/antigravity/mcp_config.json", ".kiro/settings/mcp.json", ".aws/amazonq/mcp.json",
    ".copilot/mcp-config.json", ".lmstudio/mcp.json",
)  # fmt: skip
#: Tools of each server in the record.
TOOLS = 30
Times = tuple[float, float]


def main() -> None:
    """Print one line a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=500)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _configure(home)
        _record(home)
        policy = _policy(home, options.rules)
        for words, measured in (
            ("stack, as a command, record not read yet", lambda: _command(home, "tollhouse", "stack", forget=True)),
            ("stack, as a command, record unchanged", lambda: _command(home, "tollhouse", "stack")),
            ("stack, in a running process", lambda: _stack(home)),
            (f"check of {options.rules} rules, as a command", lambda: _command(home, "tollhouse-proxy", "check", str(policy))),
            (f"check of {options.rules} rules, in a running process", lambda: _check(policy)),
        ):  # fmt: skip
            wall, cpu = _best(measured, options.runs)
            print(f"{words:45} {wall * 1000:7.0f} ms wall  {cpu * 1000:7.0f} ms processor")


def _configure(home: Path) -> None:
    for number, place in enumerate(PLACES):
        file = home / place
        file.parent.mkdir(parents=True, exist_ok=True)
        servers = {f"s{number}": {"command": "uvx", "args": [f"server-{number}==1.0"]}}
        file.write_text(json.dumps({"mcpServers": servers}, indent=2))


def _record(home: Path) -> None:
    from catalogue.store import Store
    from classifier.verdicts import VERSION, classify_all
    from crawler.servers import Server, ServerName
    from crawler.snapshots import Method, Snapshot
    from crawler.tools import Tool

    store = Store.open(f"sqlite:///{home / 'tollhouse.db'}")
    for number in range(len(PLACES)):
        name = ServerName.parse(f"pypi:server-{number}")
        tools = tuple(
            Tool.read({"name": f"{verb}_{number}_{at}", "description": f"{verb.title()} a note.", "inputSchema": {"type": "object"}})
            for at in range(TOOLS // 3)
            for verb in ("get", "create", "delete")
        )  # fmt: skip
        taken = Snapshot(
            server=name, release="1.0", method=Method.LIVE, tools=tools, taken_at="2026-11-01T00:00:00Z"
        )
        store.save(Server(name=name, version="1.0"), (taken,))
    store.judge(classify_all, VERSION)
    store.close()


def _policy(home: Path, rules: int) -> Path:
    condition = {"path": "args.path", "op": "regex", "value": r"(^|/)\.\.(/|$)"}
    limit = {"window": "minute", "max": 30}
    tools = {
        f"tool_{number}": {
            "deny_if": [{"conditions": [condition]}],
            "limits": [{"counter": f"c{number}", **limit}],
        }
        for number in range(rules // 2)
    }
    file = home / "long.policy.json"
    file.write_text(json.dumps({"version": "1", "default": "deny", "tools": tools}, indent=2))
    return file


def _command(home: Path, program: str, *arguments: str, forget: bool = False) -> Times:
    if forget:
        (home / "state" / "stack-seen.json").unlink(missing_ok=True)
    environment = {**os.environ, "HOME": str(home), "TOLLHOUSE_HOME": str(home)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        env=environment,
        cwd=home,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _stack(home: Path) -> Times:
    from catalogue.machine.clients.configured import read_place
    from catalogue.machine.clients.places import places
    from catalogue.machine.known import Answers, Recorded
    from catalogue.machine.stack import survey
    from catalogue.store import Store

    knowledge = Recorded(lambda: Store.open(f"sqlite:///{home / 'tollhouse.db'}"), Answers())
    wall, cpu = time.perf_counter(), time.process_time()
    looked = places(system="linux", home=home, project=home / "project")
    survey([item for place in looked for item in read_place(place)], knowledge)
    knowledge.close()
    return time.perf_counter() - wall, time.process_time() - cpu


def _check(policy: Path) -> Times:
    from enforce.policyfile import load_policy

    wall, cpu = time.perf_counter(), time.process_time()
    load_policy(policy)
    return time.perf_counter() - wall, time.process_time() - cpu


def _best(measured: Callable[[], Times], runs: int) -> Times:
    times = [measured() for _ in range(runs)]
    return min(wall for wall, _ in times), min(cpu for _, cpu in times)


if __name__ == "__main__":
    main()
