"""Packages of an npm registry on loopback, installed and launched for real."""

import base64
import hashlib
import json
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Profile, Skipped, SkipReason, Snapshot

pytestmark = [pytest.mark.sandbox, pytest.mark.node]

NAME = ServerName("npm", "@scope/demo-mcp")
SERVER = """#!/usr/bin/env node
const lines = require('readline').createInterface({input: process.stdin})
const tools = [{name: 'echo', inputSchema: {type: 'object'}}]
lines.on('line', (line) => {
  const request = JSON.parse(line)
  if (request.id === undefined) return
  const hello = {protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {name: 'demo', version: '1'}}
  const result = request.method === 'initialize' ? hello : {tools}
  console.log(JSON.stringify({jsonrpc: '2.0', id: request.id, result}))
})
"""


@pytest.fixture
def registry(index: Any, workshop: Workshop) -> Any:
    """The index, answering as an npm registry too."""
    vars(workshop)["npm_registry"] = index.url.replace("/simple/", "/npm/")
    return index


def offer(registry: Any, *, integrity: str = "", **manifest: Any) -> None:
    package = {
        "name": NAME.name,
        "version": "1.2.3",
        "bin": {"demo-mcp": "server.js", "setup": "setup.js"},
        **manifest,
    }
    files = {"package.json": json.dumps(package), "server.js": SERVER, "setup.js": "process.exit(9)"}
    tarball = registry.tarred({f"package/{path}": text.encode() for path, text in files.items()})
    digest = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    origin = registry.url.replace("/simple/", "")
    dist = {"tarball": f"{origin}/archives/demo.tgz", "integrity": integrity or f"sha512-{digest}"}
    registry.archives["demo.tgz"] = tarball
    registry.pages["/npm/@scope%2Fdemo-mcp/latest"] = json.dumps({**package, "dist": dist}).encode()


def test_a_package_is_installed_and_lists_its_tools(registry: Any, workshop: Workshop) -> None:
    """The newest release, by the program that is called like it."""
    offer(registry)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.release, outcome.method, [tool.name for tool in outcome.tools]) == (
        "1.2.3",
        Method.LIVE,
        ["echo"],
    )
    assert outcome.profile == Profile(command=("demo-mcp",), sandbox=workshop.sandbox.name)  # type: ignore[union-attr]


def test_scripts_of_a_package_do_not_run(registry: Any, workshop: Workshop) -> None:
    """An install script that would break the installation is not even started."""
    offer(registry, scripts={"preinstall": "exit 7", "install": "exit 7", "postinstall": "exit 7"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"integrity": "sha512-AAAA"}, SkipReason.HASH_MISMATCH),
        ({"name": "somebody-else"}, SkipReason.HASH_MISMATCH),
        ({"dependencies": {"not-there": "^1"}}, SkipReason.NOT_FOUND),
        ({"dependencies": {"elsewhere": "http://192.0.2.1/x.tgz"}}, SkipReason.NOT_FOUND),
        ({"bin": {"setup": "setup.js", "remove": "setup.js"}}, SkipReason.NO_TOOLS),
    ],
)
def test_what_cannot_be_installed_says_why(
    options: dict[str, Any], reason: SkipReason, registry: Any, workshop: Workshop
) -> None:
    """Wrong digests, other packages, dependencies that are nowhere or elsewhere, no program that is a server."""
    offer(registry, **options)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert outcome.reason is reason, outcome
