"""Everything that a person may name, each in its simplest form."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.targets import BadTarget, Wish, introspect, project_name
from crawler.introspect.workshop import Workshop
from crawler.servers import BadServerName
from crawler.snapshots import LOCKED, Method, Skipped, SkipReason, Snapshot

pytestmark = pytest.mark.sandbox

PROJECT = b'[project]\nname = "Demo.MCP"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
TOOL = b"from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef add(a: int) -> int:\n    'Add.'\n"


@pytest.fixture
def wish(workshop: Workshop, tmp_path: Path) -> Wish:
    return Wish(workshop=workshop, folder=tmp_path, widest=False)


def told(outcomes: Any) -> Any:
    """Name, method or reason, and tools of the only outcome."""
    (outcome,) = outcomes
    if isinstance(outcome, Skipped):
        return str(outcome.server), outcome.reason
    return str(outcome.server), outcome.release, outcome.method, [tool.name for tool in outcome.tools]


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_a_name_may_say_its_release(index: Any, wish: Wish) -> None:
    """That release and no other."""
    index.offer_server("demo-mcp", version="1.0")
    index.offer_server("demo-mcp", version="2.0")

    assert told(introspect(["pypi:demo_mcp==1.0"], wish)) == ("pypi:demo-mcp", "1.0", Method.LIVE, ["echo"])


def test_a_wheel_is_installed_as_it_lies_there(index: Any, wish: Wish, tmp_path: Path) -> None:
    """Nothing of it is asked of the index."""
    index.offer_server("demo-mcp")
    name, content = index.files.pop("demo-mcp").popitem()
    write(tmp_path, {name: content})
    # As on a disk of another system, where all files may be executed.
    (tmp_path / name).chmod(0o755)

    assert told(introspect([str(tmp_path / name)], wish)) == ("pypi:demo-mcp", "1.0", Method.LIVE, ["echo"])


def test_a_folder_is_built_or_else_read(wish: Wish, tmp_path: Path) -> None:
    """A build that fails is no reason not to read the source."""
    folder = write(tmp_path / "p", {"pyproject.toml": PROJECT, "backend.py": b"", "demo.py": TOOL})

    assert told(introspect([str(folder)], wish)) == ("pypi:demo-mcp", None, Method.STATIC, ["add"])
    assert told(introspect([str(folder)], replace(wish, method="live"))) == (
        "pypi:demo-mcp",
        SkipReason.NO_WHEEL,
    )


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": b"needed\n"},
        {"pyproject.toml": b"[project]\nname = 'demo'\nversion = '1'\ndependencies = ['needed']\n[tool.uv]\npackage = false\n[build-system]\nrequires = []\nbuild-backend = 'none'"},
    ],
    ids=["listed", "no package"],
)  # fmt: skip
def test_a_server_that_is_no_package_is_started_as_its_authors_do(
    files: dict[str, bytes], index: Any, wish: Wish, tmp_path: Path
) -> None:
    """A file of the tree, in its folder, with what the project needs, the arguments and the variables of its README."""
    index.offer_server("needed")
    before = """
        import needed, helper
        if sys.argv[1:] != ["--stdio"] or not os.environ.get("DEMO_TOKEN") or not os.path.exists("app/server.py"):
            sys.exit("DEMO_TOKEN is missing")
    """
    entry = {
        "command": "uv",
        "args": ["run", "/where/it/is/app/server.py", "--stdio"],
        "env": {"DEMO_TOKEN": "..."},
    }
    readme = f"```json\n{json.dumps({'mcpServers': {'demo': entry}})}\n```"
    tree = {
        **files,
        "README.md": readme.encode(),
        "app/helper.py": b"",
        "app/server.py": index.server_source(before=before).encode()
        + b"if __name__ == '__main__':\n    main()\n",
    }

    (outcome,) = introspect([str(write(tmp_path / "demo", tree))], wish)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.method, outcome.profile.step, outcome.profile.command) == (
        Method.LIVE,
        "readme_env",
        ("server.py", "--stdio"),
    )


def test_a_repository_is_fetched_and_read(index: Any, make_workshop: Any, wish: Wish) -> None:
    """At a commit, in a folder; its links are passed by."""
    index.offer_repository(
        "owner/name", "v1", {"servers/one/pyproject.toml": PROJECT, "servers/one/x.py": TOOL}
    )
    wish = replace(
        wish, workshop=make_workshop(archives=index.url.replace("/simple/", "/archives")), method="static"
    )

    assert told(introspect(["github:owner/name@v1#servers/one"], wish))[2:] == (Method.STATIC, ["add"])
    assert told(introspect(["github:owner/name@v2"], wish)) == ("github:owner/name", SkipReason.NOT_FOUND)
    assert told(introspect(["github:owner/name@v1#none"], wish)) == (
        "github:owner/name#none",
        SkipReason.NOT_FOUND,
    )


#: A build backend that writes the wheel by hand.
BACKEND = b"""
import base64, hashlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    info = "demo_mcp-1.0.dist-info/"
    files = {
        "demo_mcp.py": SERVER.encode(),
        info + "METADATA": b"Metadata-Version: 2.1\\nName: demo-mcp\\nVersion: 1.0\\n",
        info + "WHEEL": b"Wheel-Version: 1.0\\nGenerator: hand\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        info + "entry_points.txt": b"[console_scripts]\\ndemo-mcp = demo_mcp:main\\n",
    }
    digest = lambda content: base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    lines = [f"{path},sha256={digest(files[path])},{len(files[path])}" for path in files] + [info + "RECORD,,", ""]
    with zipfile.ZipFile(folder + "/demo_mcp-1.0-py3-none-any.whl", "w") as archive:
        for path, content in {**files, info + "RECORD": "\\n".join(lines).encode()}.items():
            archive.writestr(path, content)
    return "demo_mcp-1.0-py3-none-any.whl"
"""

WORKSPACE = {
    "package.json": b'{"workspaces": ["packages/*"]}',
    "packages/one/package.json": b'{"name": "one", "dependencies": {"@modelcontextprotocol/sdk": "1", "@x/kit": "workspace:*"}}',
    "packages/one/src/index.ts": b"import { serveAll } from '@x/kit';\nserveAll({ add: { description: 'Add.' } });\n",
    "packages/kit/package.json": b'{"name": "@x/kit", "main": "dist/index.js"}',
    "packages/kit/src/index.ts": b"import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\n"
    b"export function serveAll(all) {\n  const server = new McpServer({ name: 'x' });\n"
    b"  for (const [name, one] of Object.entries(all)) server.registerTool(name, one, () => {});\n}\n",
}


def test_a_package_is_read_with_what_lies_beside_it(
    index: Any, make_workshop: Any, wish: Wish, tmp_path: Path
) -> None:
    """In a folder and in a repository, and from the root where only one package is a server."""
    folder = write(tmp_path / "w", WORKSPACE)
    index.offer_repository("owner/name", "v1", WORKSPACE)
    archives = index.url.replace("/simple/", "/archives")
    wish = replace(wish, method="static", workshop=make_workshop(archives=archives))

    for target in (
        str(folder),
        str(folder / "packages" / "one"),
        "github:owner/name@v1",
        "github:owner/name@v1#packages/one",
    ):
        assert told(introspect([target], wish))[2:] == (Method.STATIC, ["add"])


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_repository_in_a_file_is_read_as_a_folder_is(
    kind: str, index: Any, wish: Wish, tmp_path: Path
) -> None:
    """As one downloads it: in a folder of its own, with packages beside each other."""
    packed = (index.zipped if kind == "zip" else index.tarred)(
        {f"name-1f2e3d/{path}": content for path, content in WORKSPACE.items()}
    )
    write(tmp_path, {f"name.{kind}": packed})

    (outcome,) = introspect([str(tmp_path / f"name.{kind}")], replace(wish, method="static"))

    assert told([outcome]) == ("npm:one", None, Method.STATIC, ["add"])


def test_a_repository_in_a_file_is_built(index: Any, wish: Wish, tmp_path: Path) -> None:
    """In the sandbox, and what is built is started."""
    backend = BACKEND.replace(b"SERVER", repr(index.server_source()).encode())
    project = PROJECT.replace(b"[build-system]", b'version = "1.0"\n[build-system]')
    files = {"pyproject.toml": project, "backend.py": backend}
    for kind, pack in (("zip", index.zipped), ("tar.gz", index.tarred)):
        write(tmp_path, {f"demo.{kind}": pack({f"demo-main/{path}": files[path] for path in files})})

        assert told(introspect([str(tmp_path / f"demo.{kind}")], wish)) == (
            "pypi:demo-mcp",
            "1.0",
            Method.LIVE,
            ["echo"],
        )


def test_a_server_whose_package_lacks_a_file_is_started_in_its_source(
    index: Any, wish: Wish, tmp_path: Path
) -> None:
    """With the modules that lie there, whatever else it then wants."""
    before = """
        place = os.path.join(os.path.dirname(__file__), "..", "config", "tools.json")
        if not os.path.exists(place): sys.exit(f"the file {place} was not found")
        if not os.path.exists("config"): sys.exit("it is started elsewhere")
        if not os.environ.get("DEMO_TOKEN"): sys.exit("DEMO_TOKEN is not set")
    """
    server = index.server_source(before=before)
    files = {
        "pyproject.toml": PROJECT.replace(b"[build-system]", b'version = "1.0"\n[build-system]'),
        "backend.py": BACKEND.replace(b"SERVER", repr(server).encode()),
        "src/demo_mcp.py": server.encode(),
        "config/tools.json": b"{}",
    }

    (outcome,) = introspect([str(write(tmp_path / "p", files))], wish)

    assert isinstance(outcome, Snapshot), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "source", "stderr_env"]


def test_a_server_that_none_of_its_programs_is_called_like_is_started_as_its_readme_does(
    index: Any, wish: Wish, tmp_path: Path
) -> None:
    """The module that clients are told to start, of the source."""
    backend = BACKEND.replace(b"SERVER", b"'raise SystemExit(1)'")
    backend = backend.replace(
        b"demo-mcp = demo_mcp:main", b"one-mcp = demo_mcp:main\\ntwo-mcp = demo_mcp:main"
    )
    entry = {"command": "python", "args": ["-m", "inner.serve"]}
    server = index.server_source().encode() + b"if __name__ == '__main__':\n    main()\n"
    files = {
        "pyproject.toml": PROJECT.replace(b"[build-system]", b'version = "1.0"\n[build-system]'),
        "backend.py": backend,
        "README.md": json.dumps({"mcpServers": {"demo": entry}}).encode(),
        "inner/serve.py": server,
    }

    (outcome,) = introspect([str(write(tmp_path / "p", files))], wish)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.profile.step, outcome.profile.command) == ("bare", ("inner.serve",))


def test_a_source_that_drifted_is_given_what_its_lock_names(index: Any, wish: Wish, tmp_path: Path) -> None:
    """The versions with which its authors tried it."""
    for version, source in (("1.5", b"old = 1"), ("2.0", b"new = 1")):
        index.offer_server("needed", version=version, extra={"needed_parts.py": source})
    server = index.server_source(before="from needed_parts import old")
    backend = BACKEND.replace(b"SERVER", repr(server).encode())
    backend = backend.replace(b"Version: 1.0\\n", b"Version: 1.0\\nRequires-Dist: needed\\n")
    project = PROJECT.replace(b"[build-system]", b'version = "1.0"\n[build-system]')
    lock = """
[[package]]
name = "demo-mcp"
source = { editable = "." }
dependencies = [{ name = "needed" }]
[[package]]
name = "needed"
version = "1.5"
source = { registry = "https://index.example/simple" }
"""
    files = {"pyproject.toml": project, "backend.py": backend, "uv.lock": lock.encode()}

    (outcome,) = introspect([str(write(tmp_path / "p", files))], wish)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.method, outcome.profile.repairs) == (Method.LIVE, (LOCKED,))


def test_a_workspace_of_several_servers_says_which(
    index: Any, make_workshop: Any, wish: Wish, tmp_path: Path
) -> None:
    """So that one of them can be named."""
    two = {**WORKSPACE, "packages/two/package.json": b'{"name": "two", "dependencies": {"fastmcp": "1"}}'}
    index.offer_repository("owner/name", "v1", two)
    wish = replace(wish, workshop=make_workshop(archives=index.url.replace("/simple/", "/archives")))

    with pytest.raises(BadTarget, match="name one of packages/one, packages/two"):
        introspect([str(write(tmp_path / "w", two))], wish)
    with pytest.raises(BadTarget, match="unpack it and name one of its folders: packages/one, packages/two"):
        introspect([str(write(tmp_path, {"w.zip": index.zipped(two)}) / "w.zip")], wish)
    (outcome,) = introspect(["github:owner/name@v1"], wish)
    assert isinstance(outcome, Skipped)
    assert outcome.detail.endswith("name one as #FOLDER: packages/one, packages/two")


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        (
            {"name": "b", "version": "2", "tools": [{"name": "x", "description": "X."}]},
            ("registry:local/b", "2", Method.MANIFEST, ["x"]),
        ),
        (
            {
                "name": "b",
                "tools": [{"name": "x"}],
                "_meta": {
                    "vendor": {"static_responses": {"tools/list": {"tools": [{"name": "y"}, {"name": "z"}]}}}
                },
            },
            ("registry:local/b", None, Method.MANIFEST, ["y", "z"]),
        ),
        ({"name": "b"}, ("registry:local/b", SkipReason.NO_TOOLS)),
        ({"name": "b", "tools": [{"title": "x"}]}, ("registry:local/b", SkipReason.ARCHIVE_REFUSED)),
        ([], ("registry:local/b", SkipReason.ARCHIVE_REFUSED)),
    ],
)
def test_a_bundle_is_read_and_never_run(
    manifest: Any, expected: Any, index: Any, wish: Wish, tmp_path: Path
) -> None:
    """An embedded answer to `tools/list` says more than the manifest's short list."""
    write(tmp_path, {"b.mcpb": index.zipped({"manifest.json": json.dumps(manifest).encode()})})

    assert told(introspect([str(tmp_path / "b.mcpb")], wish)) == expected


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ({"name": "b"}, (Method.STATIC, ["add", "sub"])),
        ({"name": "b", "tools": [{"name": "add"}]}, (Method.MANIFEST, ["add"])),
        ({"name": "b", "tools": [{"name": "add"}], "tools_generated": True}, (Method.STATIC, ["add", "sub"])),
        ({"name": "b", "tools": [{"name": n} for n in "abc"], "tools_generated": True}, (Method.MANIFEST, ["a", "b", "c"])),
    ],
)  # fmt: skip
def test_a_bundle_that_does_not_list_all_is_read_from_its_source(
    manifest: Any, expected: Any, index: Any, wish: Wish, tmp_path: Path
) -> None:
    """Its own server; what it brings of other people's packages is no part of it."""
    source = TOOL + b"@mcp.tool()\ndef sub(a: int) -> int:\n    'Subtract.'\n"
    files = {
        "manifest.json": json.dumps(manifest).encode(),
        "server/main.py": source,
        "server/lib/other/x.py": b"",
    }
    write(tmp_path, {"b.mcpb": index.zipped(files)})

    assert told(introspect([str(tmp_path / "b.mcpb")], wish))[2:] == expected


def test_a_command_is_started_in_its_folder(index: Any, wish: Wish, tmp_path: Path) -> None:
    """With the arguments that were given, confined like everything else."""
    tmp_path.chmod(0o755)
    write(tmp_path, {"server.py": (index.server_source() + "\nmain()").encode()})

    outcomes = introspect([sys.executable, "server.py", "--flag"], replace(wish, folder=tmp_path))

    assert isinstance(outcomes[0], Snapshot), outcomes
    assert outcomes[0].profile.command == (sys.executable, "server.py", "--flag")
    assert [tool.name for tool in outcomes[0].tools] == ["echo"]


@pytest.mark.parametrize("named", ["./bin/own-server", "bin/own-server", "{}/bin/own-server"])
def test_a_program_may_be_named_by_its_path(named: str, index: Any, wish: Wish, tmp_path: Path) -> None:
    """From the folder in which it is started, like a person who stands there."""
    tmp_path.chmod(0o755)
    python = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    source = f"#!{python}\n{index.server_source()}\nmain()"
    write(tmp_path, {"bin/own-server": source.encode()})
    (tmp_path / "bin").chmod(0o755)
    (tmp_path / "bin/own-server").chmod(0o755)
    words = [named.format(tmp_path), "--flag"]

    (outcome,) = introspect(words, replace(wish, folder=tmp_path))

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.command == tuple(words)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["no-such-program-anywhere", "x"], SkipReason.NOT_FOUND),
        (["./no-such-program", "x"], SkipReason.NOT_FOUND),
        (["uvx", "mcp-server-time"], SkipReason.NOT_FOUND),
        (["/usr/bin/true", "x"], SkipReason.EXITED),
        (["http://192.0.2.1/mcp"], SkipReason.NOT_FOUND),
    ],
)
def test_what_cannot_be_asked_says_why(words: list[str], reason: SkipReason, wish: Wish) -> None:
    """As a value, like every other server."""
    assert told(introspect(words, wish))[1] is reason


@pytest.mark.parametrize("target", ["no-such-thing", "pypi:", "github:x", "registry:a/b", "npm:UPPER CASE"])
def test_words_that_name_nothing_are_an_error(target: str, wish: Wish) -> None:
    """The person is told what can be written instead."""
    with pytest.raises((BadTarget, BadServerName)):
        introspect([target], wish)


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"pyproject.toml": PROJECT}, "pypi:demo-mcp"),
        ({"package.json": b'{"name": "@s/n"}'}, "npm:@s/n"),
        ({"pyproject.toml": b"[tool.x]"}, "registry:local/my-folder"),
        ({"package.json": b"[]"}, "registry:local/my-folder"),
        ({}, "registry:local/my-folder"),
    ],
)
def test_a_project_is_called_as_it_calls_itself(files: dict[str, bytes], name: str) -> None:
    """Else after its folder."""
    assert str(project_name(files, "my folder")) == name
