"""Where each page of the site lives, as a path below the site's root and as a whole address."""

from functools import lru_cache
from urllib.parse import urlsplit

from catalogue.website.slugs import slug
from crawler.servers import ServerName

#: Schemes that a link may have; anything else is shown as text.
_SCHEMES = frozenset({"http", "https"})


def server_path(name: ServerName) -> str:
    """Folder of a server's page, such as `s/pypi/mcp-sora/`."""
    if name.ecosystem == "pypi":
        return f"s/pypi/{slug(name.name)}/"
    first, slash, rest = name.name.partition("/")
    return (
        f"s/{name.ecosystem}/{slug(first)}/{slug(rest)}/" if slash else f"s/{name.ecosystem}/{slug(first)}/"
    )


@lru_cache(maxsize=1000)
def safe_link(url: str | None) -> str | None:
    """The address if a browser may be sent there, else `None`: only http and https with a host, nothing invisible."""
    if (
        not url
        or len(url) > 2000
        or not url.isascii()
        or not url.isprintable()
        or any(c in url for c in " \\\"'<>`")
    ):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # a port that is no number raises here and nowhere earlier
    except ValueError:
        return None
    return url if parts.scheme in _SCHEMES and parts.hostname and not parts.username else None


class Addresses:
    """Links of one site: *base_url* is where it will be published, such as `https://example.org/tollhouse`.

    Paths are made of slugs and of words that we wrote, so nothing in them needs quoting.
    """

    def __init__(self, base_url: str) -> None:
        self.base = base_url.rstrip("/") + "/"
        #: The path of the site's root on its host, with a slash at both ends.
        self.root = urlsplit(self.base).path or "/"

    def link(self, path: str = "") -> str:
        """A link for use inside the site; works wherever the page stands."""
        return self.root + path

    def whole(self, path: str = "") -> str:
        """The same as an absolute address, for feeds and other sites."""
        return self.base + path
