"""Which of several languages a repository's program is written in."""

from collections.abc import Callable, Mapping

import pytest

from crawler.introspect.static.home import home
from crawler.introspect.static.reading import StaticReading

PYTHON, GO, NODE = b"[project]\nname='x'\n", b"module x\n", b'{"bin": "x.js"}'
SERVED = b'{"main": "x.js", "dependencies": {"@modelcontextprotocol/sdk": "^1"}}'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ""),
        ({"pyproject.toml": PYTHON}, ".py"),
        ({"pyproject.toml": b"[tool.ruff]\n"}, ""),
        ({"setup.py": b"from setuptools import setup\nsetup(name='x')\n"}, ".py"),
        ({"inner/pyproject.toml": PYTHON}, ""),
        ({"package.json": NODE}, ".js"),
        ({"package.json": b'{"private": true}', "go.mod": GO}, ".go"),
        ({"pyproject.toml": PYTHON, "package.json": NODE}, ""),
        ({"pyproject.toml": PYTHON, "package.json": SERVED}, ".js"),
        ({"pyproject.toml": PYTHON, "package.json": SERVED, "requirements.txt": b"mcp>=1\n"}, ".py"),
        ({"pyproject.toml": PYTHON + b"dependencies = ['fastmcp']\n", "package.json": SERVED}, ".py"),
        ({"Cargo.toml": b"[package]\nname='x'\n"}, ".rs"),
        ({"Cargo.toml": b"[workspace]\n"}, ""),
        ({"x-1.0.dist-info/METADATA": b"", "package.json": NODE}, ".py"),
        ({"PKG-INFO": b"Name: x\n"}, ".py"),
        ({"pom.xml": b"<project/>"}, ".java"),
        ({"build.gradle.kts": b'plugins { kotlin("jvm") }'}, ".kt"),
        ({"build.gradle": b"plugins { id 'java' }", "package.json": NODE}, ""),
        ({"x.gemspec": b"Gem::Specification.new do |spec|"}, ".rb"),
    ],
)
def test_manifests_at_the_root_tell_the_language(files: Mapping[str, bytes], expected: str) -> None:
    """Only one that stands for a program, and only where no other one does."""
    assert home(files) == expected


def test_what_lies_beside_it_in_another_language_is_left_aside(
    reading: Callable[[Mapping[str, str]], StaticReading],
) -> None:
    """An older server that was written in another language stays in the repository for a while."""
    files = {
        "pyproject.toml": PYTHON.decode(),
        "server.py": "from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef new(): ...\n",
        "legacy/index.js": 'import {McpServer} from "@modelcontextprotocol/sdk/server/mcp.js";\n'
        'const server = new McpServer({name: "x"});\nserver.registerTool("old", {}, f);\n',
    }

    assert [tool.name for tool in reading(files).tools] == ["new"]
    assert [tool.name for tool in reading({**files, "pyproject.toml": ""}).tools] == ["old", "new"]
