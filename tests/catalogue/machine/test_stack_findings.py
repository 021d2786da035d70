"""What a pull request is told about the servers that it configures."""

import json
from pathlib import Path

import pytest

from catalogue.entries import Grade
from catalogue.machine.clients.configured import Configured, Unreadable
from catalogue.machine.clients.launchers import Launch, resolve
from catalogue.machine.known import Reach
from catalogue.machine.stack import Stack, Standing, Toxic
from catalogue.machine.stack_findings import CODES, StackFinding, as_markdown, as_sarif, findings
from classifier.categories import Category

MAIL = '{\n  "mcpServers": {\n    "mail": {"command": "uvx", "args": ["mail-box"]},\n    "odd|`name": {"command": "x"}\n  }\n}\n'
CODEX = '# mine\n[mcp_servers."clock"]  # ticks\ncommand = "uvx"\nargs = ["clock==1.0"]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".mcp.json").write_text(MAIL)
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex/config.toml").write_text(CODEX)
    return tmp_path


def _standing(
    project: Path,
    file: str,
    keys: tuple[str, ...],
    *command: str,
    letter: str | None,
    tools: tuple[Reach, ...] = (),
) -> Standing:
    item = Configured(
        client="Claude Code" if file == ".mcp.json" else "Codex", file=project / file, scope="project", keys=keys,
        name=keys[-1], command=command, project=str(project),
    )  # fmt: skip
    launch = resolve(command)
    grade = None if letter is None else Grade(letter=letter, points=1, parts=())  # type: ignore[arg-type]  # one of six
    return Standing(
        configured=item, launch=launch, server=launch.server, grade=grade, tools=len(tools), worst=tools
    )


@pytest.fixture
def stack(project: Path) -> Stack:
    delete = Reach(server="mail", tool="delete_mail", category=Category.DESTRUCTIVE)
    read = Reach(server="mail", tool="read_mail", category=Category.READ)
    return Stack(
        servers=(
            _standing(project, ".mcp.json", ("mcpServers", "mail"), "uvx", "mail-box", letter="D", tools=(delete, read)),
            _standing(project, ".mcp.json", ("mcpServers", "odd|`name"), letter=None),
            _standing(project, ".codex/config.toml", ("mcp_servers", "clock"), "uvx", "clock==1.0", letter="A"),
        ),
        unreadable=(Unreadable(client="Cursor", file=project / ".cursor/mcp.json", reason="line 1: no"),),
        toxic=(Toxic(client="Claude Code", project=str(project), ingredients={"private data": (read,), "a way out": (delete,)}),),
    )  # fmt: skip


def test_everything_worth_a_look_is_found(stack: Stack) -> None:
    assert [(item.level, item.code, item.message) for item in findings(stack)] == [
        ("error", "unreadable", "not read: line 1: no"),
        ("warning", "unpinned", "pypi:mail-box is not pinned to a version."),
        ("warning", "dangerous-tools", "pypi:mail-box offers delete_mail."),
        ("warning", "poor-grade", "pypi:mail-box has grade D."),
        ("warning", "unknown-server", "The catalogue does not know the tools of odd|`name."),
        ("error", "leak", "One agent holds all that a leak needs. private data: mail/read_mail; a way out: mail/delete_mail."),
    ]  # fmt: skip
    assert {item.code for item in findings(stack)} == set(CODES)


def test_the_proxy_answers_for_dangerous_tools(project: Path) -> None:
    delete = Reach(server="mail", tool="delete_mail", category=Category.DESTRUCTIVE)
    command = ("tollhouse-proxy", "stdio", "--policy", "p", "--", "uvx", "mail-box==1")
    guarded = _standing(project, ".mcp.json", ("mcpServers", "mail"), *command, letter="B", tools=(delete,))

    assert guarded.launch == Launch(server=guarded.server, version="1", proxied=True)
    assert findings(Stack(servers=(guarded,))) == ()


def test_sarif_points_at_the_line_of_each_server(stack: Stack, project: Path) -> None:
    log = json.loads(as_sarif(findings(stack), project, "1.0"))

    (run,) = log["runs"]
    places = [
        (result["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"], place["region"]["startColumn"])
        for result in run["results"]
        for place in [result["locations"][0]["physicalLocation"]]
    ]  # fmt: skip
    assert places == [
        ("unreadable", ".cursor/mcp.json", 1, 1),
        ("unpinned", ".mcp.json", 3, 13),
        ("dangerous-tools", ".mcp.json", 3, 13),
        ("poor-grade", ".mcp.json", 3, 13),
        ("unknown-server", ".mcp.json", 4, 18),
        ("leak", ".mcp.json", 1, 1),
    ]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(CODES)


def test_a_server_of_codex_is_found_by_its_table(project: Path) -> None:
    finding = StackFinding(
        level="note",
        code="unpinned",
        file=project / ".codex/config.toml",
        message="x",
        keys=("mcp_servers", "clock"),
    )

    log = json.loads(as_sarif([finding], project, "1.0"))

    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2,
        "startColumn": 1,
    }


def test_a_comment_quotes_names_and_renders_none(stack: Stack, project: Path) -> None:
    text = as_markdown(stack, findings(stack), project)

    assert "| `pypi:mail-box` | Claude Code | D | 2 | no |" in text
    assert "| `odd··name` | Claude Code | unknown | 0 | no |" in text
    assert "- **unpinned** `.mcp.json`: pypi:mail-box is not pinned to a version." in text


def test_nothing_to_say_is_said_without_a_promise(project: Path) -> None:
    assert as_markdown(Stack(servers=()), (), project).endswith("that does not mean that it is safe.")
