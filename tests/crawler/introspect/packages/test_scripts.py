"""Which file of a project is its server, and how it is started."""

import json
from pathlib import Path

import pytest

from crawler.introspect.packages.scripts import called, file_of, started, starting

SERVER = b"from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n"
STARTS = SERVER + b"if __name__ == '__main__':\n    mcp.run()\n"
TREE = {
    "README.md": b"",
    "server.py": STARTS,
    "app/server.py": STARTS,
    "app/main.py": b"",
    "only.py": SERVER,
    "src/kit/serve.py": STARTS,
    "src/kit/cli/__main__.py": b"",
    "tests/main.py": STARTS,
}


def shown(command: str, *arguments: str) -> str:
    """A README that shows this command."""
    return f"```json\n{json.dumps({'mcpServers': {'x': {'command': command, 'args': arguments}}})}\n```"


@pytest.mark.parametrize(
    ("readme", "words", "file"),
    [
        (shown("python", "/path/to/x/server.py", "--stdio"), ("server.py",), "server.py"),
        (shown("uv", "--directory", "/x/app", "run", "main.py"), ("app/main.py",), "app/main.py"),
        (shown("C:\\x\\python.exe", "C:\\x\\app\\server.py"), ("app/server.py",), "app/server.py"),
        (shown("uv", "run", "--with", "mcp", "mcp", "run", "only.py:mcp"), ("mcp", "run", "only.py"), "only.py"),
        (shown("uv", "run", "fastmcp", "run", "/x/server.py"), ("server.py",), "server.py"),
        (shown("python", "-m", "kit.serve"), ("-m", "kit.serve"), "src/kit/serve.py"),
        (shown("python3 -m kit.cli"), ("-m", "kit.cli"), "src/kit/cli/__main__.py"),
        (shown("uvx", "kit") + shown("python", "server.py"), ("server.py",), "server.py"),
        (shown("python", "elsewhere.py"), (), ""),
        (shown("uvx", "kit"), (), ""),
        (shown("python", "-m"), (), ""),
    ],
)  # fmt: skip
def test_a_readme_tells_what_its_authors_start(readme: str, words: tuple[str, ...], file: str) -> None:
    """Wherever people are told to put the tree."""
    assert started(TREE, readme) == words
    assert not words or file_of(words, TREE) == file


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"manifest.json": b'{"server": {"entry_point": "app/server.py"}}'}, ("app/server.py",)),
        ({"manifest.json": b'{"server": "app/server.py"}', "Dockerfile": b'FROM x\nCMD ["python", "-u", "app/server.py"]\n'}, ("app/server.py",)),
        ({"manifest.json": b"{", "Dockerfile": b'ENTRYPOINT ["uv", "run", "-m", "kit.serve"]'}, ("-m", "kit.serve")),
        ({"Dockerfile": b"CMD python server.py\nCMD [1, 2]\nCMD [x]"}, ()),
        ({}, ()),
    ],
)  # fmt: skip
def test_other_files_tell_it_too(files: dict[str, bytes], expected: tuple[str, ...]) -> None:
    """A bundle's manifest before a container."""
    assert started({**TREE, **files}, "") == expected


def test_the_only_server_that_starts_itself_needs_no_telling() -> None:
    """Tests and examples aside."""
    alone = {path: TREE[path] for path in ("server.py", "only.py", "app/main.py", "tests/main.py")}

    assert started(alone, "") == ("server.py",)
    assert started({"only.py": SERVER}, "") == ()


def test_it_is_started_where_the_tree_lies() -> None:
    """Modules in the folder in which they are found."""
    source, programs = Path("/s"), Path("/e/bin")

    assert starting(("server.py",), TREE, source, programs) == (("/e/bin/python", "/s/server.py"), source)
    assert starting(("mcp", "run", "only.py"), TREE, source, programs) == (
        ("/e/bin/mcp", "run", "/s/only.py"),
        source,
    )
    assert starting(("-m", "kit.serve"), TREE, source, programs) == (
        ("/e/bin/python", "-m", "kit.serve"),
        source / "src",
    )
    assert [called(words) for words in (("app/server.py",), ("-m", "kit.serve"))] == [
        "server.py",
        "kit.serve",
    ]
