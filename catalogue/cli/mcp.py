"""The command that serves the catalogue to agents, as an MCP server."""

import sys
from importlib.metadata import version

import typer

from catalogue.cli.opening import record


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(mcp)


def mcp() -> None:
    """Serve the catalogue as an MCP server over stdin and stdout; read-only, for agents that choose servers."""
    from catalogue.registry_server import RegistryServer

    with record() as store:
        server = RegistryServer(store, version=version("tollhouse"))
        for reply in server.answers(sys.stdin.buffer):
            sys.stdout.buffer.write(reply + b"\n")
            sys.stdout.buffer.flush()
