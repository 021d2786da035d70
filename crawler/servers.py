"""The listing of a server, in the words of the official registry's server.json."""

import re
from typing import Literal

from msgspec import Struct

from crawler.errors import CrawlerError

Ecosystem = Literal["pypi", "npm", "github", "registry"]

_NAMES: dict[str, re.Pattern[str]] = {
    "pypi": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,212}[A-Za-z0-9])?"),
    "npm": re.compile(r"(?:@[a-z0-9~-][a-z0-9._~-]{0,212}/)?[A-Za-z0-9~_-][A-Za-z0-9._~-]{0,212}"),
    "github": re.compile(
        r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}(?:#[^\s#\x00-\x1f]{1,200})?"
    ),
    "registry": re.compile(r"[A-Za-z0-9.-]{1,120}/[A-Za-z0-9._-]{1,120}"),
}


class BadServerName(CrawlerError):
    """A name that is not one of the four spellings of a server."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f"{self.name!r} is not a server name; write pypi:NAME, npm:NAME, "
            "github:OWNER/NAME[#FOLDER] or registry:NAMESPACE/NAME"
        )


class ServerName(Struct, frozen=True, order=True):
    """A server's name in the catalogue, such as `pypi:mcp-sora`; unique, and printed as `ecosystem:name`.

    PyPI names are normalised as PEP 503 says, so that two spellings of one project are one server.
    """

    ecosystem: Ecosystem
    name: str

    @classmethod
    def parse(cls, text: str) -> "ServerName":
        """Read `ecosystem:name`; raises BadServerName."""
        ecosystem, colon, name = text.partition(":")
        pattern = _NAMES.get(ecosystem)
        if not colon or pattern is None or not pattern.fullmatch(name):
            raise BadServerName(text)
        if ecosystem == "pypi":
            name = re.sub(r"[-_.]+", "-", name).lower()
        return cls(ecosystem, name)  # type: ignore[arg-type]  # the table above holds just the four

    @classmethod
    def maybe(cls, text: str) -> "ServerName | None":
        """The same, for a text that may well be no name: then `None`."""
        try:
            return cls.parse(text)
        except BadServerName:
            return None

    def __str__(self) -> str:
        return f"{self.ecosystem}:{self.name}"


class Repository(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the source lives."""

    url: str
    source: str | None = None
    #: Folder of this server inside a repository of several; `None` means the root.
    subfolder: str | None = None


class Variable(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An environment variable or header that a package or remote says it needs."""

    name: str
    description: str | None = None
    required: bool = False
    secret: bool = False
    default: str | None = None


class Package(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One installable form of a server."""

    #: `pypi`, `npm`, `oci`, `nuget`, `mcpb` or `cargo`, as server.json spells it.
    registry_type: str
    identifier: str
    version: str | None = None
    #: `stdio`, `streamable-http` or `sse`.
    transport: str = "stdio"
    #: The program by which the listing would start it, such as `uvx`; kept, and not gone by.
    runtime_hint: str | None = None
    arguments: tuple[str, ...] = ()
    environment: tuple[Variable, ...] = ()
    #: Of the file that is downloaded, in hexadecimal, where the listing tells it.
    sha256: str | None = None


class Remote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hosted form of a server. Never contacted unless a person asks."""

    #: `streamable-http` or `sse`.
    type: str
    url: str
    headers: tuple[Variable, ...] = ()


class Server(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One listing of a server, as its source gives it."""

    name: ServerName
    title: str | None = None
    description: str | None = None
    #: The newest release that is neither yanked nor a pre-release (unless there are only those).
    version: str | None = None
    repository: Repository | None = None
    homepage: str | None = None
    license: str | None = None
    author: str | None = None
    packages: tuple[Package, ...] = ()
    remotes: tuple[Remote, ...] = ()
    #: The `mcp-name` that the README or package claims, such as `io.github.user/server`.
    mcp_name: str | None = None
    keywords: tuple[str, ...] = ()
    #: The long description, Markdown as published; never rendered as HTML.
    readme: str | None = None
    #: RFC 3339 time at which `version` was published.
    released_at: str | None = None
    #: Why the source calls the release withdrawn; `None` means it stands.
    yanked: str | None = None
