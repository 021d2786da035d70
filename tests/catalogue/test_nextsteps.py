"""After a crawl a person is told two commands that work as they stand."""

import shlex
from pathlib import Path

import pytest

from catalogue.entries import Entry
from catalogue.nextsteps import browse, guard
from crawler.servers import Server, ServerName
from crawler.snapshots import COPIED, LOCKED, Method, Profile, Snapshot
from crawler.tools import Tool

BIN = Path("/opt/x/bin/tollhouse")


def entry(name: str, profile: Profile, method: Method = Method.LIVE) -> Entry:
    server = ServerName.parse(name)
    tools = (Tool.read({"name": "a"}),)
    said = Snapshot(server=server, release="1.0", method=method, profile=profile, tools=tools, taken_at="")
    return Entry(server=Server(name=server), outcome=said, snapshot=said, first_seen="", last_seen="")


TIME = entry("pypi:mcp-server-time", Profile(command=("mcp-server-time",)))
TOKEN = entry("pypi:a", Profile(command=("a",), environment={"TOKEN": "it's a dummy"}))
REPAIRED = entry("pypi:b", Profile(command=("b", "--stdio"), repairs=("mcp<2",)))
DATED = entry(
    "pypi:f",
    Profile(command=("f",), repairs=("before 2026-02-02", "x 1.0 built from source", COPIED, LOCKED)),
)
STATIC = entry("pypi:c", Profile(), Method.STATIC)
NODE = entry("npm:d", Profile(command=("d",)))
HOSTILE = entry("pypi:e", Profile(command=("e; rm -rf ~ \u202e",)))

GATE = "/opt/x/bin/tollhouse-proxy stdio --policy"
COMMANDS = [
    (
        (TOKEN, REPAIRED, TIME, STATIC),
        "/opt/x/bin/tollhouse policy suggest pypi:mcp-server-time -o mcp-server-time.policy.json && "
        f"{GATE} mcp-server-time.policy.json -- /opt/x/bin/uvx --from mcp-server-time==1.0 mcp-server-time",
    ),
    (
        (REPAIRED, TOKEN),
        "/opt/x/bin/tollhouse policy suggest pypi:b -o b.policy.json && "
        f"{GATE} b.policy.json -- /opt/x/bin/uvx --from b==1.0 --with 'mcp<2' b --stdio",
    ),
    (
        (DATED,),
        "/opt/x/bin/tollhouse policy suggest pypi:f -o f.policy.json && "
        f"{GATE} f.policy.json -- /opt/x/bin/uvx --from f==1.0 --exclude-newer 2026-02-02 f",
    ),
    (
        (TOKEN,),
        "/opt/x/bin/tollhouse policy suggest pypi:a -o a.policy.json && "
        f"TOKEN='it'\"'\"'s a dummy' {GATE} a.policy.json -- /opt/x/bin/uvx --from a==1.0 a",
    ),
    (
        (HOSTILE,),
        "/opt/x/bin/tollhouse policy suggest pypi:e -o e.policy.json && "
        f"{GATE} e.policy.json -- /opt/x/bin/uvx --from e==1.0 'e; rm -rf ~ [U+202E]'",
    ),
    ((STATIC, NODE), None),
    ((), None),
]


@pytest.mark.parametrize(("entries", "command"), COMMANDS)
def test_the_gate_is_put_before_the_server_that_needs_least(
    entries: tuple[Entry, ...], command: str | None
) -> None:
    """Nothing that a package says runs in the person's shell."""
    assert guard(BIN, entries) == command


def test_programs_are_named_as_this_one_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Relative to where the person stands, or by name alone where the shell would find just this one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "tollhouse").touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin")
    near = browse(folder / "tollhouse", Path("my site"))
    monkeypatch.setenv("PATH", str(folder))
    found = browse(folder / "tollhouse", Path("public"))

    assert shlex.split(near) == ["bin/tollhouse", "serve", "--out", "my site"]
    assert found == "tollhouse serve --out public"
