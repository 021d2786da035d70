"""Whether a hosted server may be contacted, and the one address at which it then is."""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from crawler.errors import CrawlerError

Resolve = Callable[[str, int], Sequence[str]]


class Unreachable(CrawlerError):
    """A URL that is not contacted."""

    def __init__(self, url: str, fault: str) -> None:
        super().__init__(url, fault)
        self.url = url
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.url}: {self.fault}"


@dataclass(frozen=True, kw_only=True)
class Address:
    """A URL whose host was looked up once and found to be no machine of an inner network."""

    scheme: str
    host: str
    port: int
    #: Path and query.
    target: str
    #: What the name stood for when it was checked; no second look-up can change it.
    ip: str

    @property
    def host_header(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def pinned(self, target: str) -> str:
        """The URL of a path and query at the checked address."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{host}:{self.port}{target}"

    def same_origin(self, reference: str) -> str | None:
        """Path and query of a reference, if it leads to this origin."""
        try:
            whole = urlsplit(urljoin(f"{self.scheme}://{self.host_header}{self.target}", reference))
            port = whole.port or _PORTS.get(whole.scheme)
        except ValueError:
            return None
        if (whole.scheme, whole.hostname, port) != (self.scheme, self.host, self.port) or whole.username:
            return None
        return (whole.path or "/") + (f"?{whole.query}" if whole.query else "")


_PORTS = {"http": 80, "https": 443}


def look_up(host: str, port: int) -> Sequence[str]:
    """The addresses that a name stands for."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check_address(url: str, resolve: Resolve = look_up) -> Address:
    """Look a URL's host up; raises Unreachable.

    Loopback may be contacted where the URL says loopback, in the clear too: a person's own server. A name that
    turns out to mean this machine or its network is refused.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Unreachable(url, f"it is no address: {error}") from error
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or not host:
        raise Unreachable(url, "only http and https are spoken")
    if parts.username or parts.password:
        raise Unreachable(url, "it carries a password")
    own = _is_loopback(host)
    if parts.scheme == "http" and not own:
        raise Unreachable(url, "a server elsewhere must speak https")
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise Unreachable(url, f"its host is not known: {error}") from error
    for ip in found:
        address = ipaddress.ip_address(ip.partition("%")[0])
        if not (address.is_loopback if own else is_public(address)):
            raise Unreachable(url, "its host is a machine of an inner network")
    if not found:
        raise Unreachable(url, "its host has no address")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Address(scheme=parts.scheme, host=host, port=port, target=target, ip=found[0])


#: Addresses of the newer kind that belong to single machines, and those that stand for one of the older kind.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the public network; one that stands for another is what that one is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    inner = address.sixtofour
    if address in _TRANSLATED:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(inner)
    return address in _UNICAST and address.is_global


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
