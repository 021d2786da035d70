"""Ways to servers as a person named them: a program or an address, with what each needs to let us in."""

from collections.abc import Callable
from pathlib import Path

from enforce.cli.places import server_environment
from enforce.cli.words import tell
from enforce.clocks import Clock, steady_clock
from enforce.credentials import read_environment
from enforce.gatewayfile import Behind
from enforce.transports.http.address import Address
from enforce.transports.http.asking import Upstream
from enforce.transports.http.child import Child
from enforce.transports.http.credentials import Credentials, HeaderFile, NoCredentials, OAuthToken
from enforce.transports.http.gateway import Relay
from enforce.transports.http.oldserver import OldServer
from enforce.transports.http.peer import Connect, Peer
from enforce.transports.http.program import ProgramRelay
from enforce.transports.http.relay import HttpRelay


def relay(server: Behind, clock: Clock) -> Relay:
    """The way to one server of a gateway; raises BadCredentials or UpstreamFailed."""
    if server.command:
        return ProgramRelay(_program(server), tell, clock)
    upstream = Upstream(Address.read(server.upstream))
    known = credentials(server.headers_file, server.oauth_file)
    if server.sse:
        return ProgramRelay(old_server(upstream, known), tell, clock)
    return HttpRelay(upstream, known, tell)


def credentials(headers: Path | str | None, oauth: Path | str | None) -> Credentials:
    """What an upstream needs, from the one file that is named or from none; raises BadCredentials."""
    if oauth:
        return OAuthToken(Path(oauth), steady_clock())
    return HeaderFile(Path(headers)) if headers else NoCredentials()


def old_server(upstream: Upstream, known: Credentials) -> Connect:
    """Connects to a server with the two endpoints of revision 2024-11-05."""

    def connect(on_line: Callable[[bytes], None], on_end: Callable[[], None]) -> Peer:
        return OldServer(upstream, known, tell, on_line, on_end)

    return connect


def _program(server: Behind) -> Connect:
    own = read_environment(server.env_file) if server.env_file else {}
    environment = {**server_environment(), **own}

    def connect(on_line: Callable[[bytes], None], on_end: Callable[[], None]) -> Peer:
        return Child(server.command, environment, on_line, on_end)

    return connect
