"""Stack and precheck as commands: what they print, and that nothing is written that was not shown."""

import io
import json
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.cli import machine, precheck
from catalogue.store import Store
from classifier.verdicts import VERSION, classify_all
from crawler.servers import Package, Remote, Server, ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

Run = Callable[..., tuple[int, str, str]]
MAIL = ServerName.parse("pypi:mail-box")
CONFIGURATION = """{
  "mcpServers": {
    "mail": {
      "command": "uvx",
      "args": [
        "mail-box"
      ],
      "env": {"MAIL_TOKEN": "hunter22"}
    },
    "web": {"url": "https://mail.example/mcp?key=hunter22"},
    "image": {"command": "docker", "args": ["run", "-i", "-e", "KEY=hunter22", "mail/box:1"]},
    "new": {"command": "uvx", "args": ["unheard-of==1.0"]}
  }
}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with one client, beside a record that knows one of its servers."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    (tmp_path / ".cursor").mkdir()
    (tmp_path / ".cursor/mcp.json").write_text(CONFIGURATION)
    tools = tuple(
        Tool.read({"name": name, "description": text, "inputSchema": {"type": "object"}})
        for name, text in (("read_mail", "Read a mail."), ("delete_mail", "Delete a mail for good."))
    )
    server = Server(
        name=MAIL,
        version="1.0",
        packages=(Package(registry_type="oci", identifier="docker.io/mail/box:0.9"),),
        remotes=(Remote(type="streamable-http", url="https://mail.example/mcp"),),
    )
    snapshot = Snapshot(
        server=MAIL, release="1.0", method=Method.LIVE, tools=tools, taken_at="2026-11-01T00:00:00Z"
    )
    store = Store.open(f"sqlite:///{tmp_path / 'home/tollhouse.db'}")
    store.save(server, (snapshot,))
    store.judge(classify_all, VERSION)
    store.close()
    return tmp_path


@pytest.mark.usefixtures("home")
def test_a_server_is_known_by_its_package_its_address_and_its_image(tollhouse: Run) -> None:
    code, out, _ = tollhouse("stack", "--json")

    assert code == 0
    assert "hunter22" not in out
    assert {one["configured"]["name"]: one["server"] for one in json.loads(out)["servers"]} == {
        "mail": "pypi:mail-box",
        "web": "pypi:mail-box",
        "image": "pypi:mail-box",
        "new": "pypi:unheard-of",
    }


@pytest.mark.usefixtures("home")
def test_the_text_names_the_worst_and_what_to_do(tollhouse: Run) -> None:
    _, out, _ = tollhouse("stack")

    assert "worst: delete_mail (destructive)" in out
    assert (
        "pypi:unheard-of is not in the catalogue; `tollhouse precheck pypi:unheard-of --introspect` looks at it"
        in out
    )
    assert "hunter22" not in out


def test_the_second_look_tells_what_is_new(tollhouse: Run, home: Path) -> None:
    tollhouse("stack")
    (home / ".cursor/mcp.json").write_text(
        CONFIGURATION.replace("unheard-of==1.0", "other").replace('"web"', '"net"')
    )

    _, out, _ = tollhouse("stack")

    assert out.count("new since the last look") == 1
    assert out.count("it is started in another way than at the last look") == 1
    assert f"gone since the last look: web in {home / '.cursor/mcp.json'}" in out


def test_a_look_that_cannot_be_remembered_is_told_all_the_same(tollhouse: Run, home: Path) -> None:
    (home / "home" / "state").write_text("in the way of the folder")

    code, out, err = tollhouse("stack", "--json")

    assert (code, len(json.loads(out)["servers"]) > 0) == (0, True)
    assert "so the next look cannot tell what is new" in err


def test_a_record_that_fails_is_told_in_a_sentence(tollhouse: Run, home: Path) -> None:
    with sqlite3.connect(home / "home" / "tollhouse.db") as record:
        record.execute("ALTER TABLE servers RENAME TO away")

    code, _, err = tollhouse("stack")

    assert (code, "tollhouse.db failed: no such table: servers" in err) == (3, True)


def test_only_a_project_is_looked_at(tollhouse: Run, home: Path) -> None:
    (home / "p").mkdir()
    (home / "p/.mcp.json").write_text('{"mcpServers": {"clock": {"command": "uvx", "args": ["clock"]}}}')

    _, out, _ = tollhouse("stack", "--project", "p", "--only-project", "--format", "markdown")
    code, log, _ = tollhouse("stack", "--project", "p", "--only-project", "--format", "sarif")

    assert "| `pypi:clock` | Claude Code | unknown | 0 | no |" in out
    assert "mail" not in out
    assert (code, {result["ruleId"] for result in json.loads(log)["runs"][0]["results"]}) == (
        0,
        {"unpinned", "unknown-server"},
    )


def test_nothing_is_written_unless_somebody_agrees(tollhouse: Run, home: Path) -> None:
    _, _, shown = tollhouse("stack", "--fix")

    assert '+      "command": "' in shown
    assert '+  "default": "deny",' in shown
    assert "hunter22" not in shown
    assert "Nothing was written; --yes writes without asking." in shown
    assert (home / ".cursor/mcp.json").read_text() == CONFIGURATION
    assert not (home / "home/policies").exists()


def test_what_was_fixed_is_undone_to_the_letter(tollhouse: Run, home: Path) -> None:
    file = home / ".cursor/mcp.json"

    _, _, shown = tollhouse("stack", "--fix", "--yes")
    fixed = json.loads(file.read_text())["mcpServers"]
    _, _, undone = tollhouse("stack", "--undo", "--yes")

    assert fixed["mail"]["args"][3:] == ["--", "uvx", "mail-box"]
    assert fixed["image"]["args"][3:] == ["--", "docker", "run", "-i", "-e", "KEY=hunter22", "mail/box:1"]
    assert "left alone: web (Cursor): it is a remote server" in shown
    assert file.read_text() == CONFIGURATION
    assert "note:" not in undone
    assert [path.name for path in (home / "home/policies").iterdir()] == ["pypi-mail-box.json"]


def test_an_edit_since_the_fix_stays_and_is_told(tollhouse: Run, home: Path) -> None:
    file = home / ".cursor/mcp.json"
    tollhouse("stack", "--fix", "--yes")
    file.write_text(file.read_text().replace("hunter22", "hunter23"))

    _, _, told = tollhouse("stack", "--undo", "--yes")

    assert (
        "its command was edited after the proxy came in" in told
    )  # of the image, whose key is in its command
    assert json.loads(file.read_text()) == json.loads(CONFIGURATION.replace("hunter22", "hunter23"))
    assert '"args": [\n        "mail-box"\n      ]' in file.read_text()


def test_a_policy_that_a_person_has_written_is_not_overwritten(tollhouse: Run, home: Path) -> None:
    policy = home / "home/policies/pypi-mail-box.json"
    policy.parent.mkdir(parents=True)
    policy.write_text("mine")

    tollhouse("stack", "--fix", "--yes")

    assert policy.read_text() == "mine"


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("level", "code"), [("never", 0), ("error", 0), ("warning", 1)])
def test_findings_fail_where_that_is_asked_for(tollhouse: Run, level: str, code: int) -> None:
    assert tollhouse("stack", "--fail-on", level)[0] == code


@pytest.mark.usefixtures("home")
def test_a_server_is_checked_before_it_is_added(tollhouse: Run) -> None:
    code, out, _ = tollhouse("precheck", "mail-box", "mail-bax", "--json")

    known, near = json.loads(out)
    assert (code, known["advice"], [rule["tool"] for rule in known["rules"]]) == (
        1,
        "connect-with-rule",
        ["delete_mail"],
    )
    assert (
        json.loads(tollhouse("precheck", "https://mail.example/mcp", "--json")[1])[0]["server"]
        == "pypi:mail-box"
    )
    assert (near["advice"], near["server"]) == ("ask-first", None)
    assert near["reasons"] == ["'mail-bax' is not in the catalogue; near it is pypi:mail-box."]


@pytest.mark.usefixtures("home")
def test_an_unknown_server_is_looked_at_where_it_is_asked_for(
    tollhouse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    for module in (machine, precheck):
        monkeypatch.setattr(module, "look_at", lambda servers: looked.extend(map(str, servers)))

    tollhouse("precheck", "mail-box", "npm:@a/b", "--introspect")
    tollhouse("stack", "--introspect")

    assert looked == ["pypi:mail-box", "npm:@a/b", "pypi:mail-box", "pypi:unheard-of"]


@pytest.mark.usefixtures("home")
def test_only_what_the_record_does_not_know_is_crawled(
    tollhouse: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawled: list[str] = []

    def crawl(*_: object, named: list[object], **__: object) -> None:
        crawled.extend(str(lead.name) for lead in named)  # type: ignore[attr-defined]  # leads, all of them

    monkeypatch.setattr("catalogue.cli.crawl.run_crawl", crawl)

    tollhouse("stack", "--introspect")

    assert crawled == ["pypi:unheard-of"]


def test_the_hook_is_shown_installed_once_and_removed(tollhouse: Run, home: Path) -> None:
    settings = home / ".claude/settings.json"

    _, _, shown = tollhouse("precheck", "install-hook")
    assert "tollhouse precheck --hook" in shown
    assert not settings.exists()

    tollhouse("precheck", "install-hook", "--yes")
    _, _, again = tollhouse("precheck", "install-hook", "--yes")
    assert (
        json.loads(settings.read_text())["hooks"]["PreToolUse"][0]["hooks"][0]["command"]
        == "tollhouse precheck --hook"
    )
    assert "There is nothing to change." in again

    tollhouse("precheck", "remove-hook", "--yes")
    assert json.loads(settings.read_text()) == {}


def test_settings_that_cannot_be_read_are_left_alone(tollhouse: Run, home: Path) -> None:
    settings = home / ".claude/settings.json"
    settings.parent.mkdir()
    settings.write_text("{,}")

    code, _, err = tollhouse("precheck", "install-hook", "--yes")

    assert (code, settings.read_text()) == (3, "{,}")
    assert f"{settings} was left alone" in err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            {"tool_name": "Bash", "tool_input": {"command": "claude mcp add mail -- uvx mail-box"}},
            '"permissionDecision": "ask"',
        ),
        ({"tool_name": "Bash", "tool_input": {"command": "ls"}}, ""),
    ],
)
def test_the_hook_asks_the_person(
    tollhouse: Run, monkeypatch: pytest.MonkeyPatch, event: object, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(event).encode())))

    code, out, _ = tollhouse("precheck", "--hook")

    assert code == 0
    assert said in out if said else out == ""


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stack", "--fix", "--undo"], "exclude each other"),
        (["stack", "--fix", "--preset", "lax"], "there is no preset 'lax'"),
        (["stack", "--project", "nowhere"], "there is no folder nowhere"),
        (["precheck"], "name at least one server"),
        (["mcp", "--http", "8700"], "is no address such as 127.0.0.1:8710"),
        (["mcp", "--http", "0.0.0.0:8700"], "can be reached from elsewhere"),
    ],
)
def test_a_command_that_is_written_wrongly_says_so(tollhouse: Run, arguments: list[str], said: str) -> None:
    code, _, err = tollhouse(*arguments)

    assert code == 2
    assert said in " ".join(err.replace("│", " ").split())


def test_the_record_is_asked_again_only_once_it_has_changed(
    tollhouse: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    really = machine._open

    def opening() -> Store:
        opened.append("opened")
        return really()

    monkeypatch.setattr(machine, "_open", opening)
    first = tollhouse("stack", "--json")[1]
    second = tollhouse("stack", "--json")[1]
    assert (first, len(opened)) == (second, 1)

    store = Store.open(f"sqlite:///{home / 'home/tollhouse.db'}")
    new = ServerName.parse("pypi:unheard-of")
    store.save(
        Server(name=new),
        (Snapshot(server=new, method=Method.LIVE, tools=(), taken_at="2026-11-02T00:00:00Z"),),
    )
    store.close()

    assert "pypi:unheard-of is not in the catalogue" not in tollhouse("stack")[1]
    assert len(opened) == 2
