"""Which projects of a source tree are servers."""

import json

import pytest

from crawler.introspect.packages.projects import is_node, servers
from tests.crawler.introspect.packages.workspace_tree import TREE, manifest


def test_the_servers_of_a_workspace_are_those_that_need_an_sdk() -> None:
    """A root with a name is a package itself."""
    assert servers(TREE) == ("packages/server",)
    assert servers({**TREE, "package.json": manifest("root")}) == ()
    assert servers({**TREE, "package.json": b"["}) == ("packages/server",)
    assert servers({}) == ()


def test_one_of_several_servers_of_a_workspace_counts() -> None:
    """Which names a program, and is published; though the root has a name, and the tools of those who write servers."""
    root = {"name": "root", "workspaces": ["*"], "devDependencies": {"@modelcontextprotocol/inspector": "1"}}
    needs = {"dependencies": {"fastmcp": "1"}}
    kit = json.dumps({"name": "kit", **needs}).encode()
    example = json.dumps({"name": "example", "bin": "x.js", "private": True, **needs}).encode()
    server = json.dumps({"name": "server", "bin": "x.js", **needs}).encode()
    tree = {"package.json": json.dumps(root).encode(), "kit/package.json": kit}

    assert servers(tree) == ("kit",)
    assert servers({**tree, "example/package.json": example}) == ("example",)
    assert servers({**tree, "example/package.json": example, "one/package.json": server}) == ("one",)
    tree["package.json"] = json.dumps({**root, "bin": "x.js"}).encode()
    assert servers(tree) == ()


def test_a_server_that_another_is_made_of_does_not_count() -> None:
    """Unless each is made of the other; what only speaks to servers is none."""
    root = {"name": "root", "workspaces": ["*"], "devDependencies": {"@modelcontextprotocol/client": "2"}}

    def package(name: str, *needs: str) -> bytes:
        wanted = dict.fromkeys(["@modelcontextprotocol/sdk", *needs], "1")
        return json.dumps({"name": name, "bin": "x.js", "dependencies": wanted}).encode()

    tree = {"package.json": json.dumps(root).encode(), "kit/package.json": package("kit")}
    speaks = json.dumps(
        {"name": "speaks", "bin": "x.js", "dependencies": {"@modelcontextprotocol/client": "2"}}
    )

    assert servers({**tree, "app/package.json": package("app", "kit")}) == ("app",)
    assert servers({**tree, "app/package.json": package("app")}) == ("app", "kit")
    assert servers({**tree, "speaks/package.json": speaks.encode()}) == ("kit",)
    tree["kit/package.json"] = package("kit", "app")
    assert servers({**tree, "app/package.json": package("app", "kit")}) == ("app", "kit")


KIT = (
    b'[project]\nname = "kit"\ndependencies = ["mcp-kit>=1", "httpx"]\n[project.scripts]\nkit = "kit:main"\n'
)
SERVER = (
    b'[project]\nname = "server"\ndependencies = ["mcp[cli]>=1"]\n[project.scripts]\nserver = "server:main"\n'
)
OLDER = b'[tool.poetry]\nname = "older"\n[tool.poetry.dependencies]\nfastmcp = "^2"\n'
ROOT = b"[tool.uv.workspace]\nmembers = ['*']\n"
NODE = json.dumps({"name": "node", "bin": "x.js", "dependencies": {"fastmcp": "1"}}).encode()


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"kit/pyproject.toml": KIT, "deep/server/pyproject.toml": SERVER}, ("deep/server",)),
        ({"older/pyproject.toml": OLDER}, ("older",)),
        ({"older/pyproject.toml": OLDER, "node/package.json": NODE}, ("node",)),
        ({"server/pyproject.toml": SERVER, "node/package.json": NODE}, ()),
        ({"server/pyproject.toml": SERVER, "go.mod": b""}, ()),
        ({"server/pyproject.toml": SERVER, "pyproject.toml": KIT}, ()),
        ({"server/pyproject.toml": SERVER, "pyproject.toml": ROOT}, ("server",)),
        ({"server/pyproject.toml": SERVER, "a/pyproject.toml": SERVER, "pyproject.toml": ROOT}, ("a", "server")),
        ({"server/pyproject.toml": SERVER, "pyproject.toml": ROOT + SERVER}, ()),
        ({"server/pyproject.toml": SERVER, "pyproject.toml": ROOT + SERVER.split(b"[project.scripts]")[0]}, ("server",)),
        ({"server/pyproject.toml": b"[", "a/pyproject.toml": b"\xff"}, ()),
    ],
)  # fmt: skip
def test_a_server_is_found_below_a_root_that_is_no_project(
    tree: dict[str, bytes], expected: tuple[str, ...]
) -> None:
    """Of whatever language, if it is the only one, or the root says that they belong together."""
    assert servers(tree) == expected


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"package.json": b'{"bin": "x.js"}'}, True),
        ({"package.json": b'{"bin": "x.js"}', "setup.py": b""}, False),
        ({"package.json": NODE, "setup.py": b""}, True),
        ({"package.json": NODE, "pyproject.toml": b""}, False),
        ({"setup.py": b""}, False),
    ],
)
def test_a_project_of_python_may_have_a_manifest_of_npm(tree: dict[str, bytes], expected: bool) -> None:
    """By which it is started; only one that needs an SDK itself is a server of Node.js."""
    assert is_node(tree) is expected
