"""What starts a package of npm, going by its manifest."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.packages.programs import bins, file_of, module, started, starting, write_starter

SDK = {"dependencies": {"@modelcontextprotocol/sdk": "1"}}


@pytest.mark.parametrize(
    ("manifest", "expected"),
    [
        ({"name": "@s/n", "bin": "./a.js"}, {"n": "a.js"}),
        ({"name": "n", "bin": {"@s/x": "dist/../x.js", "y": 3}}, {"x": "x.js"}),
        ({"name": "n", "bin": {"x": "../../../etc/passwd"}}, {"x": "etc/passwd"}),
        ({"bin": "a.js"}, {}),
        ({"bin": ["a.js"]}, {}),
        ([], {}),
        (None, {}),
    ],
)
def test_programs_are_those_that_are_named(manifest: Any, expected: dict[str, str]) -> None:
    """By the names under which they are linked; no path leads out of the package."""
    assert bins(manifest) == expected


@pytest.mark.parametrize(
    ("manifest", "words", "file"),
    [
        ({"scripts": {"start": "node build/index.js"}}, ("build/index.js",), "build/index.js"),
        (
            {"scripts": {"start": "A=b npm run build && NODE_ENV=production node --no-warnings ./src/a.ts --x"}},
            ("--no-warnings", "./src/a.ts", "--x"),
            "src/a.ts",
        ),
        ({"scripts": {"start": "next start"}}, (), ""),
        ({"scripts": {"start": "node $FILE"}}, (), ""),
        ({"scripts": {"start": "node 'a"}}, (), ""),
        ({"scripts": {"start": "node ../../x.js"}}, ("../../x.js",), "x.js"),
        ({"scripts": {"start": "next start"}, "main": "./dist/index.js", **SDK}, ("dist/index.js",), "dist/index.js"),
        ({"main": "dist/index.js"}, (), ""),
        ({"main": "", **SDK}, (), ""),
        ({"name": "n", "bin": "a.js", "scripts": {"start": "node b.js"}}, (), ""),
        ({"scripts": []}, (), ""),
        ([], (), ""),
    ],
)  # fmt: skip
def test_without_any_it_is_the_file_that_its_authors_start(
    manifest: Any, words: tuple[str, ...], file: str
) -> None:
    """No shell reads the script; what only one would understand is none."""
    assert started(manifest) == words
    assert file_of(words) == file


@pytest.mark.node
def test_a_starter_starts_the_file_where_it_lies(tmp_path: Path) -> None:
    """Whatever its name, and with the words that follow."""
    package = tmp_path / "it's a package"
    package.mkdir()
    (package / "a b.js").write_text("console.log(process.argv.slice(2), process.execArgv)")

    command = starting(("--no-warnings", "./a b.js", "--x"), package)

    name = write_starter("src/a b.js", command, tmp_path / "programs")

    said = subprocess.run([tmp_path / "programs" / name, "$HOME"], capture_output=True, text=True, check=True)
    assert said.stdout == "[ '--x', '$HOME' ] [ '--no-warnings' ]\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["demo_mcp/__main__.py", "tests/__main__.py"], "demo_mcp"),
        (["server/__main__.py", "server/__init__.py"], "server"),
        (["one/__main__.py", "two/__main__.py"], None),
        (["demo_mcp/inner/__main__.py", "a b/__main__.py", "__main__.py"], None),
    ],
)
def test_a_module_is_started_like_a_program(files: list[str], expected: str | None) -> None:
    """That of the package's name, or the only one."""
    assert module("Demo.MCP", files) == expected
