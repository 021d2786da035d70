"""Where an upstream listens."""

from typing import Self
from urllib.parse import urlsplit

from msgspec import Struct

from enforce.credentials import shown
from enforce.errors import EnforceError


class UpstreamFailed(EnforceError):
    """The upstream cannot be reached, or does not speak HTTP."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault

    def __str__(self) -> str:
        return self.fault


class Address(Struct, frozen=True, kw_only=True):
    """Where an upstream listens."""

    host: str
    port: int
    path: str
    tls: bool

    @classmethod
    def read(cls, url: str) -> Self:
        """Read `http://host:port/path`; raises UpstreamFailed."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UpstreamFailed(f"{shown(url)!r} is no address: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.fragment:
            raise UpstreamFailed(f"{shown(url)!r} is no address of the form http://host:port/path")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        tls = parts.scheme == "https"
        return cls(host=parts.hostname, port=port or (443 if tls else 80), path=path, tls=tls)

    @property
    def url(self) -> str:
        """As it was read."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.path}"

    @property
    def host_header(self) -> bytes:
        """What the upstream expects to be called."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}").encode(
            "idna" if not host.isascii() else "ascii"
        )
