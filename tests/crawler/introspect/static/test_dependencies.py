"""Which dependencies hold the real server."""

import json

import pytest

from crawler.introspect.static.dependencies import LARGEST_WRAPPER, likely_servers

METADATA = b"Name: x\nRequires-Dist: mcp>=1\nRequires-Dist: real-mcp\nRequires-Dist: other\nRequires-Dist: dev-mcp; extra == 'dev'\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"from real_mcp.server import main", ("real-mcp",)),
        (b"import mcp, other", ()),
        (b"import dev_mcp", ()),
        (b"# real_mcp", ()),
    ],
)
def test_a_wheel_names_the_server_that_it_imports(source: bytes, expected: tuple[str, ...]) -> None:
    """The SDK is no server, nor is what only developers install."""
    files = {"x/main.py": source, "x-1.dist-info/METADATA": METADATA}

    assert likely_servers(files, ["x/main.py"]) == expected


MANIFEST = json.dumps(
    {"dependencies": {"core": "1", "real-mcp": "1", "@modelcontextprotocol/sdk": "1", "unused": "1"}}
).encode()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"const { tools } = require('core/lib/all'); tools.start();", ("core",)),
        (b"import 'core'; import 'real-mcp'; import '@modelcontextprotocol/sdk/server';", ("real-mcp", "core")),
        (b"import 'core'; import { start } from 'core/mcp';" + b" " * LARGEST_WRAPPER, ("core",)),
        (b"import 'core';" + b" " * LARGEST_WRAPPER, ()),
        (b"start();", ()),
    ],
)  # fmt: skip
def test_an_npm_package_names_what_it_hands_over_to(source: bytes, expected: tuple[str, ...]) -> None:
    """A package that is hardly more than an import may wrap anything; a larger one only what speaks of MCP."""
    files = {"cli.js": source, "package.json": MANIFEST}

    assert likely_servers(files, ["cli.js"]) == expected


def test_the_words_of_a_distribution_may_stand_in_another_order() -> None:
    """As where the package was renamed and its modules were not."""
    files = {"x/main.py": b"from notes_mcp_server.cli import main", "x.dist-info/METADATA": b"Requires-Dist: mcp-server-notes>=4\nRequires-Dist: mcp-notes\n"}  # fmt: skip
    assert likely_servers(files, ["x/main.py"]) == ("mcp-server-notes",)
