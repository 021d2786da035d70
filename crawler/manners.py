"""How the crawl behaves towards those whom it asks."""

from dataclasses import dataclass
from importlib.metadata import version

#: What stands for a contact where nobody set one.
NOBODY = "whoever runs this set no contact"


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How the client behaves towards everyone."""

    #: How to reach whoever runs this crawl: a URL or mail address.
    contact: str = NOBODY
    #: URLs whose origins may be fetched though they are not https, or lie on this machine or network.
    configured: tuple[str, ...] = ()
    #: Requests and the seconds in which so many may be sent to one host; `None` sets no pace.
    pace: tuple[float, float] | None = (10, 1.0)
    attempts: int = 5
    #: A longer wish to be left alone counts as a failure; seconds.
    patience: float = 120.0
    #: PEM file of the authorities to trust instead of those of the platform or SSL_CERT_FILE.
    certificates: str | None = None


def user_agent(contact: str) -> str:
    """Who we are and how to complain."""
    return f"tollhouse/{version('tollhouse')} (catalogue of MCP servers; {contact})"
