"""The page about clients names every client that we know of, and what it tells people to write can be read and run."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.machine.clients.places import CLIENTS
from enforce.cli.commands import parser

PAGE = (Path(__file__).parents[2] / "docs" / "clients.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(json|toml)\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("client", [client.name for client in CLIENTS])
def test_every_client_has_its_section(client: str) -> None:
    assert f"\n## {client}\n" in PAGE


def servers() -> Iterator[tuple[str, dict[str, Any]]]:
    for language, text in BLOCKS:
        ((_, named),) = (json.loads(text) if language == "json" else tomllib.loads(text)).items()
        yield from named.items()


@pytest.mark.parametrize(("name", "server"), list(servers()))
def test_what_is_to_be_written_starts_the_gate(name: str, server: dict[str, Any]) -> None:
    """Either the gate's own command line, before the server's; or an address of the gate."""
    address = server.get("url") or server.get("httpUrl")
    if address:
        assert address == f"http://127.0.0.1:8700/{name}/mcp"
        return
    assert re.search(r"(^|/)tollhouse-proxy(\.exe)?$", server["command"])
    own, _, command = " ".join(server["args"]).partition(" -- ")
    assert parser().parse_args(own.split(" ")).run == "enforce.cli.relay:stdio"
    assert command == "uvx mcp-server-git"
