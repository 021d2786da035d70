"""Other programs that lie beside the one that a Python package installs or starts."""

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from crawler.introspect.static.reading import StaticReading

SCRIPT = '[project]\nname = "notes"\n[project.scripts]\nnotes = "notes.main:run"\n'


def _server(tool: str, more: str = "") -> str:
    return dedent(f"""
        from mcp.server.fastmcp import FastMCP
        mcp = FastMCP("{tool}")
        @mcp.tool()
        def {tool}(): ...
        if __name__ == "__main__":
            mcp.run()
        """) + dedent(more)  # fmt: skip


@pytest.mark.parametrize(
    ("files", "listed", "optional"),
    [
        # A script names the program; what it does not come to is another.
        (
            {"pyproject.toml": SCRIPT, "notes/main.py": _server("find"), "try_it.py": _server("other")},
            ["find"],
            ["other"],
        ),
        ({"pyproject.toml": SCRIPT, "notes/main.py": "from notes import tools\ndef run(): ...", "notes/tools.py": _server("find"),
          "more/one.py": _server("other")}, ["find"], ["other"]),
        # Of several that are installed, the one that is called like the package counts, if it is a server.
        (
            {"pyproject.toml": SCRIPT + 'notes-guard = "notes.guard:run"\n', "notes/main.py": _server("find"),
             "notes/guard.py": _server("watch")},
            ["find"],
            ["watch"],
        ),
        (
            {"pyproject.toml": SCRIPT + 'notes-mcp = "notes.server:run"\n', "notes/main.py": "def run(): ...",
             "notes/server.py": _server("find"), "notes/guard.py": _server("watch")},
            ["find"],
            ["watch"],
        ),
        # It does not come to any: nothing is known.
        (
            {
                "pyproject.toml": SCRIPT,
                "notes/main.py": "def run(): ...",
                "a/one.py": _server("one"),
                "b/two.py": _server("two"),
            },
            ["one", "two"],
            [],
        ),
        # What is imported, or named by its path, belongs to it.
        (
            {
                "pyproject.toml": SCRIPT,
                "notes/main.py": _server("find", "from notes import (\n    more,\n)"),
                "notes/more.py": _server("more"),
            },
            ["find", "more"],
            [],
        ),
        (
            {
                "pyproject.toml": SCRIPT,
                "notes/main.py": _server("find", "start('notes/more.py')"),
                "notes/more.py": _server("more"),
            },
            ["find", "more"],
            [],
        ),
        # Without a manifest what lies at the root is the program, unless there is nothing.
        ({"server.py": _server("find"), "kept/old/server.py": _server("other")}, ["find"], ["other"]),
        ({"one/server.py": _server("one"), "two/server.py": _server("two")}, ["one", "two"], []),
        ({"server.py": _server("one"), "web.py": _server("two")}, ["one", "two"], []),
    ],
)  # fmt: skip
def test_other_programs_are_set_apart(
    reading: Callable[[Mapping[str, str]], StaticReading],
    files: Mapping[str, str],
    listed: list[str],
    optional: list[str],
) -> None:
    """They count as what only a setting brings."""
    found = reading(files)
    assert sorted(tool.name for tool in found.tools) == listed
    assert sorted(tool.name for tool in found.optional) == optional


@pytest.mark.parametrize(
    "path",
    ["archived/notes/server.py", "deprecated/server.py", "scripts/smoke-test.py", "integration_test.py"],
)
def test_what_was_put_away_or_tests_is_not_read(
    reading: Callable[[Mapping[str, str]], StaticReading], path: str
) -> None:
    """Neither is listed nor set apart."""
    found = reading({"one/server.py": _server("find"), path: _server("other")})
    assert [tool.name for tool in (*found.tools, *found.optional)] == ["find"]
