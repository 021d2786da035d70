"""Why a gateway's configuration must not be served, and what a person should hear of one that may."""

from pathlib import Path

from enforce.cli.careless import readable_by_all, writable_by_all
from enforce.cli.grants import named
from enforce.credentials import shown
from enforce.gatewayfile import Behind, GatewayConfig
from enforce.transports.http.address import Address
from enforce.watched import Watched

#: On these a gate asks for no token, since only programs of this machine can reach them.
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def unsafe(config: GatewayConfig) -> str | None:
    """Why a configuration must not be served."""
    if config.host not in LOOPBACK and not config.identities:
        return f"{config.host} can be reached from elsewhere: that needs identities"
    if any((server.policy is None) != bool(config.identities) for server in config.servers):
        return "a server has a policy of its own where there are no identities, and only there"
    return None


def careless(config: GatewayConfig, file: Watched | None) -> list[str]:
    """What a gateway does as it was told, though it had better not."""
    words = writable_by_all(
        [
            file.path if file else None,
            *named(config),
            *(config.authority.keys if config.authority else None, config.certificate, config.key),
            *(secret for server in config.servers for secret in _secrets(server)),
        ]
    )
    secrets = [secret for server in config.servers for secret in _secrets(server)]
    words += readable_by_all([*secrets, *([config.key] if config.key else [])])
    if config.host not in LOOPBACK and config.certificate is None:
        words.append(
            f"{config.host} can be reached from elsewhere, and tokens come in as they are: "
            "name tls, unless something in front of the gate encrypts"
        )
    words += [
        f"{shown(server.upstream)} is told its credentials as they are, for everybody on the way to read: use https"
        for server in config.servers
        if server.upstream.startswith("http://") and _secrets(server) and not _is_here(server.upstream)
    ]
    return words


def _secrets(server: Behind) -> list[Path]:
    return [file for file in (server.env_file, server.headers_file, server.oauth_file) if file is not None]


def _is_here(upstream: str) -> bool:
    return Address.read(upstream).host in LOOPBACK
