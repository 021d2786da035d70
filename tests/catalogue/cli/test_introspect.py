"""The command that asks one server, run as a person runs it, against a server of one file."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.introspect.sandboxes.landlock import Landlock

pytestmark = pytest.mark.sandbox

SERVER = r"""
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    if "id" in request:
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
        tools = [{"name": "echo", "description": "Say it again.\nAnd \u001b[31mred\u001b[0m."}]
        result = hello if request["method"] == "initialize" else {"tools": tools}
        print(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}), flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that the sandbox's user may read, with a server in it."""
    tmp_path.chmod(0o755)
    (tmp_path / "server.py").write_text(SERVER)
    return tmp_path


def tollhouse(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from catalogue.cli import main; sys.argv[0] = 'tollhouse'; main()"
    command = [sys.executable, "-c", program, "introspect", *words]
    return subprocess.run(
        command, cwd=folder, env=os.environ | variables, capture_output=True, text=True, check=False
    )


def test_a_listing_is_one_json_object(folder: Path) -> None:
    """With the definitions as the server gave them."""
    done = tollhouse(folder, "--json", "--", sys.executable, "server.py")

    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert (found["server"], found["method"], found["profile"]["command"]) == (
        "registry:local/" + Path(sys.executable).name,
        "live",
        [sys.executable, "server.py"],
    )
    assert found["tools"] == [{"name": "echo", "description": "Say it again.\nAnd \x1b[31mred\x1b[0m."}]


def test_a_person_sees_a_line_a_tool(folder: Path) -> None:
    """The first of its description, and nothing that would steer the terminal."""
    done = tollhouse(folder, "--", sys.executable, "server.py")

    assert done.stdout.splitlines()[-1] == "- echo: Say it again."
    assert "\x1b" not in done.stdout


@pytest.mark.skipif(Landlock.find() is None, reason="this machine has no Landlock")
def test_what_the_sandbox_lacks_is_told(folder: Path) -> None:
    """Beside the list, and only where something was run in it."""
    done = tollhouse(folder, "--json", "--", sys.executable, "server.py", PATH="/nonexistent")
    read = tollhouse(folder, "--method", "static", ".", PATH="/nonexistent")

    assert json.loads(done.stdout)["profile"]["sandbox"] == "landlock"
    assert done.stderr.startswith("tollhouse: sandbox landlock: it has no namespaces: ")
    assert read.stderr == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--json", "--", "/usr/bin/true", "x"), 3, '"reason": "exited"'),
        (("--", "/usr/bin/true", "x"), 3, "no tools, because exited"),
        (
            ("no-such-thing",),
            2,
            "no-such-thing: neither a file, a folder, an address nor a program; a package is pypi:no-such-thing or npm:no-such-thing",
        ),
        (("pypi:",), 2, "pypi:"),
        ((), 2, ""),
    ],
)
def test_a_failure_has_its_exit_code(words: tuple[str, ...], code: int, said: str, folder: Path) -> None:
    """2 for words that name nothing, 3 for a server that lists nothing."""
    done = tollhouse(folder, *words)

    assert done.returncode == code
    assert said in done.stdout + done.stderr


def test_what_only_the_readme_names_is_told_as_such(folder: Path) -> None:
    """To a person in a line of its own, to programs by the method and by where each name stands."""
    (folder / "package.json").write_text('{"name": "demo", "version": "1.0.0"}')
    (folder / "README.md").write_text("## Tools\n\n- `get_note`: Reads.\n- `set_note`: Writes.\n")

    said = tollhouse(folder, "--method", "static", ".").stdout
    found = json.loads(tollhouse(folder, "--method", "static", "--json", ".").stdout)

    assert "2 tools, readme" in said
    assert "from its README alone" in said
    assert (found["method"], {tool["origin"]["file"] for tool in found["tools"]}) == ("readme", {"README"})


def test_what_it_keeps_lies_below_the_one_folder(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As what a crawl keeps does."""
    home = tmp_path_factory.mktemp("home")
    tollhouse(folder, "--", sys.executable, "server.py", TOLLHOUSE_HOME=str(home))

    assert (home / "cache" / "introspect").is_dir()
