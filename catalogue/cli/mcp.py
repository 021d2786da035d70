"""The command that serves the catalogue to agents, as an MCP server."""

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.opening import record
from catalogue.cli.telling import tell

if TYPE_CHECKING:
    from catalogue.mcp.server import RegistryServer

#: Names of this machine for itself, as a person writes them.
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def register(app: typer.Typer) -> None:
    """Add this family of commands to *app*."""
    app.command()(mcp)


def mcp(
    http: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Serve over HTTP on this loopback address; 0 is a free port."),
    ] = None,
) -> None:
    """Serve the catalogue as an MCP server over stdin and stdout, or over HTTP; read-only, for agents that choose servers."""
    from catalogue.database import driver_faults
    from catalogue.mcp.server import RegistryServer

    address = None if http is None else _address(http)
    with record() as store:
        server = RegistryServer(store, version=version("tollhouse"), faults=driver_faults())
        if address is None:
            _by_lines(server)
        else:
            _by_http(server, address)


def _by_lines(server: "RegistryServer") -> None:
    for reply in server.answers(sys.stdin.buffer):
        sys.stdout.buffer.write(reply + b"\n")
        sys.stdout.buffer.flush()


def _by_http(server: "RegistryServer", address: tuple[str, int]) -> None:
    from catalogue.mcp.http import RegistryService
    from enforce.transports.http.running import listen

    listen(*address, RegistryService(server, tell))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if not port.isdecimal() or int(port) > 65535 or not host:
        raise typer.BadParameter(f"{text!r} is no address such as 127.0.0.1:8710")
    if host not in _LOOPBACK:
        raise typer.BadParameter(
            f"{host} can be reached from elsewhere; serve on 127.0.0.1, and let others in by "
            "`tollhouse-proxy http --config`, which asks them for a token"
        )
    return host, int(port)
