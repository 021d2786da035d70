"""What is configured on a machine, beside what the catalogue knows of it."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from catalogue.entries import Entry
from catalogue.machine.clients.configured import Configured, Unreadable, read_place
from catalogue.machine.clients.places import places
from catalogue.machine.fix import plan_fix, plan_undo
from catalogue.machine.known import Known, known
from catalogue.machine.precheck import Advice, precheck
from catalogue.machine.stack import Stack, survey
from catalogue.machine.words import precheck_text, stack_text
from classifier.categories import Category
from classifier.evidence import Evidence, Finding, Signal
from classifier.verdicts import Verdict
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import Method, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

SECRET = "sk-never-shown-123"


class Shelf:
    """A catalogue of a few entries."""

    def __init__(self, *entries: Entry) -> None:
        self._entries = {entry.server.name: entry for entry in entries}

    def find(self, text: str) -> list[ServerName]:
        return [name for name in self._entries if text in (str(name), name.name)]

    def entry(self, name: ServerName) -> Entry | None:
        return self._entries.get(name)

    def known(self, name: ServerName) -> Known | None:
        entry = self.entry(name)
        return known(entry) if entry else None

    def offering(self, address: str) -> list[ServerName]:
        return [ServerName.parse("pypi:mail-box")] if address == "https://mail.example/mcp" else []


def _entry(
    name: str,
    tools: dict[str, tuple[Category, tuple[str, ...]]],
    *,
    method: Method = Method.LIVE,
    yanked: str | None = None,
    findings: tuple[Finding, ...] = (),
) -> Entry:
    server = Server(name=ServerName.parse(name), version="1.0", yanked=yanked)
    listed = tuple(Tool.read({"name": tool, "inputSchema": {"type": "object"}}) for tool in tools)
    snapshot = Snapshot(
        server=server.name, release="1.0", method=method, tools=listed, taken_at="2026-11-01T00:00:00Z"
    )
    shown = Evidence(field="name", quote="x", start=0, end=1)
    verdicts = {
        tool.digest: Verdict(
            category=category,
            confidence=0.9,
            signals=tuple(Signal(code=code, evidence=shown) for code in codes),
            findings=findings,
            version="1",
        )
        for tool, (category, codes) in zip(listed, tools.values(), strict=True)
    }
    return Entry(
        server=server, outcome=snapshot, snapshot=snapshot, verdicts=verdicts,
        first_seen="2026-11-01T00:00:00Z", last_seen="2026-11-01T00:00:00Z",
    )  # fmt: skip


MAIL = _entry(
    "pypi:mail-box",
    {
        "read_mail": (Category.READ, ("personal-data", "untrusted-content")),
        "send_mail": (Category.WRITE, ("sends-message",)),
        "delete_mail": (Category.DESTRUCTIVE, ("deletes-data",)),
    },
)
CLOCK = _entry("npm:@a/clock", {"now": (Category.READ, ())})
SHELF = Shelf(MAIL, CLOCK)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with eight clients, one of them broken and one of them linked."""
    mail = {"command": "uvx", "args": ["mail-box"], "env": {"MAIL_TOKEN": SECRET}}
    clock = {"command": "npx", "args": ["-y", "@a/clock@1.0"]}
    files = {
        ".config/Claude/claude_desktop_config.json": {"mcpServers": {"mail": mail, "clock": clock}},
        ".claude.json": {"mcpServers": {"clock": clock}, "projects": {"/p": {"mcpServers": {"mail": mail}}}},
        ".cursor/mcp.json": {
            "mcpServers": {"web": {"url": "https://x.example/mcp", "headers": {"X-Key": SECRET}}}
        },
        ".codeium/windsurf/mcp_config.json": {"mcpServers": {"web": {"serverUrl": "https://x.example/sse"}}},
        ".gemini/settings.json": {
            "theme": "dark",
            "mcpServers": {"own": {"command": "node", "args": ["a.js"]}},
        },
        ".config/zed/settings.json": {
            "context_servers": {"mail": {"command": {"path": "uvx", "args": ["mail-box"]}}}
        },
    }
    for name, document in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(document, indent=2))
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex/config.toml").write_text(
        '# mine\n[mcp_servers.mail]\ncommand = "uvx"\nargs = ["mail-box"]\n'
    )
    (tmp_path / ".kiro/settings").mkdir(parents=True)
    (tmp_path / ".kiro/settings/mcp.json").write_text('{"mcpServers": {')
    return tmp_path


def _found(home: Path) -> list[Configured | Unreadable]:
    asked = places(system="linux", home=home, project=home / "project")
    return [item for place in asked if place.scope != "managed" for item in read_place(place)]


def _survey(home: Path) -> Stack:
    return survey(_found(home), SHELF)


def test_every_client_is_found_and_every_launcher_seen_through(home: Path) -> None:
    seen = {
        (item.configured.client, item.configured.name): str(item.launch.server) if item.grade else None
        for item in _survey(home).servers
    }

    assert seen == {
        ("Claude Desktop", "mail"): "pypi:mail-box",
        ("Claude Desktop", "clock"): "npm:@a/clock",
        ("Claude Code", "clock"): "npm:@a/clock",
        ("Claude Code", "mail"): "pypi:mail-box",
        ("Cursor", "web"): None,
        ("Windsurf", "web"): None,
        ("Codex", "mail"): "pypi:mail-box",
        ("Gemini CLI", "own"): None,
        ("Zed", "mail"): "pypi:mail-box",
    }


def test_what_cannot_be_read_is_reported_and_left_alone(home: Path) -> None:
    (unreadable,) = _survey(home).unreadable

    assert (unreadable.client, unreadable.reason) == (
        "Kiro",
        "line 1, column 17: a string should stand here, closed on its line",
    )


def test_no_secret_is_ever_shown(home: Path) -> None:
    stack = _survey(home)

    assert SECRET not in repr(stack)
    assert SECRET not in stack_text(stack)
    assert "variables: MAIL_TOKEN (values not shown)" in stack_text(stack)
    assert "headers: X-Key (values not shown)" in stack_text(stack)


def test_a_leak_that_one_agent_could_be_talked_into_is_named(home: Path) -> None:
    (desktop, *_) = _survey(home).toxic

    assert desktop.client == "Claude Desktop"
    assert {name: [tool.tool for tool in tools] for name, tools in desktop.ingredients.items()} == {
        "private data": ["read_mail"],
        "untrusted content": ["read_mail"],
        "a way out": ["send_mail"],
    }


def test_fixing_and_undoing_gives_the_files_back(home: Path, tmp_path: Path) -> None:
    before = {item.file: item.file.read_text() for item in _found(home)}
    plan = plan_fix(
        _found(home), SHELF, proxy="tollhouse-proxy", folder=tmp_path / "policies", write=lambda _: "{}\n"
    )
    for edit in plan.edits:
        edit.file.write_text(edit.after)

    wrapped = {
        (item.configured.client, item.configured.name)
        for item in _survey(home).servers
        if item.launch.proxied
    }
    for edit in plan_undo(_found(home)).edits:
        edit.file.write_text(edit.after)

    assert wrapped == {
        ("Claude Desktop", "mail"), ("Claude Desktop", "clock"), ("Claude Code", "clock"), ("Claude Code", "mail"),
        ("Codex", "mail"), ("Zed", "mail"),
    }  # fmt: skip
    assert sorted(path.name for path in plan.policies) == ["npm-@a~02f~clock.json", "pypi-mail-box.json"]
    assert len(plan.left) == 4
    for file, text in before.items():
        if file.name != "mcp.json" or "kiro" not in str(file):
            assert _same(file.read_text(), text)


def _same(one: str, other: str) -> bool:
    """Whether both say the same; arrays that went through the proxy come back on one line."""
    return "".join(one.split()) == "".join(other.split())


_HIDDEN = Finding(
    code="hidden-characters",
    strength="hard",
    message="It may hide text.",
    evidence=Evidence(field="name", quote="x", start=0, end=1),
)


@pytest.mark.parametrize(
    ("entry", "advice", "reason"),
    [
        (CLOCK, Advice.PROCEED, "No tool of it executes, destroys or moves money"),
        (MAIL, Advice.WITH_RULE, "1 of its tools can destroy what cannot be brought back: delete_mail."),
        (
            _entry("pypi:a", {"x": (Category.READ, ())}, yanked="malware"),
            Advice.ASK_FIRST,
            "withdrawn: malware",
        ),
        (
            _entry("pypi:a", {"x": (Category.READ, ())}, method=Method.STATIC),
            Advice.ASK_FIRST,
            "from its source",
        ),
        (
            _entry("pypi:a", {"x": (Category.READ, ())}, findings=(_HIDDEN,)),
            Advice.ASK_FIRST,
            "steer a model",
        ),
    ],
)
def test_the_advice_is_the_gravest_that_any_reason_asks_for(
    entry: Entry, advice: Advice, reason: str
) -> None:
    check = precheck(str(entry.server.name), entry)

    assert check.advice is advice
    assert reason in " ".join(check.reasons)
    assert "safe" not in precheck_text(check)


def test_a_tool_that_nobody_has_judged_yet_is_judged_on_the_spot(home: Path) -> None:
    tool = Tool.read({"name": "delete_mail", "description": "Delete a mail for good.", "inputSchema": {}})
    snapshot = Snapshot(
        server=MAIL.server.name,
        release="1.0",
        method=Method.LIVE,
        tools=(tool,),
        taken_at="2026-11-01T00:00:00Z",
    )
    entry = replace(MAIL, snapshot=snapshot, outcome=snapshot, verdicts={})

    (first, *_) = survey(_found(home), Shelf(entry)).servers

    assert precheck("mail-box", entry).advice is Advice.WITH_RULE
    assert [tool.category for tool in first.worst] == [Category.DESTRUCTIVE]
    assert first.grade is not None


def test_a_precheck_tells_whose_a_server_is_said_to_be() -> None:
    server = Server(
        name=MAIL.server.name, author="Kim\nLee", repository=Repository(url="https://x.example/mail")
    )
    also = Server(name=ServerName.parse("registry:io.example/mail"))

    assert precheck("mail-box", replace(MAIL, server=server, listings=(server, also))).identity == (
        "It says that it is by Kim Lee, and has its source at https://x.example/mail.",
        "It is listed as registry:io.example/mail as well, and the listings agree.",
        "The catalogue has known it since 2026-11-01.",
    )
    assert precheck("mail-box", MAIL).identity[:2] == (
        "It names no author, and names no source.",
        "It is listed in one place only, which nothing confirms.",
    )


def test_a_server_whose_tools_nobody_saw_is_asked_about_first() -> None:
    name = ServerName.parse("pypi:shy")
    skipped = Skipped(server=name, reason=SkipReason.NEEDS_CONFIG, taken_at="2026-11-01T00:00:00Z")
    entry = Entry(
        server=Server(name=name), outcome=skipped, first_seen=skipped.taken_at, last_seen=skipped.taken_at
    )

    assert precheck("shy", entry).reasons == (
        "Its tools could not be listed, so nobody can say what it does.",
    )
