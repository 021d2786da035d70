"""What a package.json says, on the npm registry or in a repository; wrong types read as absent."""

import re
from typing import Any

from msgspec import Struct

from crawler.servers import Repository
from crawler.sources.metadata import PROTOCOL_KEYWORDS, plain, repository_at, web_address

#: A package that depends on one of these speaks the protocol, from whichever side.
_PROTOCOL = re.compile(r"@modelcontextprotocol/.+|fastmcp|mcp-framework|@mastra/mcp|mcp-handler|xmcp|mcp-use")
#: Spellings of a repository that are no URL: `github:owner/name` and the bare `owner/name`.
_SHORT = re.compile(r"(?:(?P<forge>github|gitlab|bitbucket):)?(?P<path>[\w.-]+/[\w.-]+)")
_HOSTS = {"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}


class PackageJson(Struct, frozen=True, kw_only=True):
    """The part of a package.json that a listing wants."""

    name: str | None = None
    version: str | None = None
    description: str | None = None
    license: str | None = None
    author: str | None = None
    homepage: str | None = None
    repository: Repository | None = None
    keywords: tuple[str, ...] = ()
    mcp_name: str | None = None
    #: Whether it depends on the protocol's packages when installed, not only when developed.
    depends: bool = False
    #: Whether it installs a program.
    program: bool = False
    #: Whether its folders are packages of their own.
    workspaces: bool = False

    @property
    def speaks_mcp(self) -> bool:
        """Whether the package itself says so; a keyword counts only where there is a program to start."""
        named = any(word.lower().replace(" ", "-") in PROTOCOL_KEYWORDS for word in self.keywords)
        return self.depends or self.mcp_name is not None or (named and self.program)


def read_package_json(data: dict[str, Any]) -> PackageJson:
    """Read a decoded package.json, or the entry of one version in a packument."""
    dependencies = data.get("dependencies")
    keywords = data.get("keywords")
    words = keywords if isinstance(keywords, list) else str(keywords or "").split(",")
    return PackageJson(
        name=_text(data.get("name")),
        version=_text(data.get("version")),
        description=_text(data.get("description")),
        license=_license(data.get("license")),
        author=_person(data.get("author")),
        homepage=web_address(_text(data.get("homepage"))),
        repository=read_repository(data.get("repository")),
        keywords=tuple(filter(None, (_text(word) for word in words[:50]))),
        mcp_name=_text(data.get("mcpName")),
        depends=isinstance(dependencies, dict) and any(map(_PROTOCOL.fullmatch, dependencies)),
        program=bool(data.get("bin")),
        workspaces=bool(data.get("workspaces")),
    )


def read_repository(value: Any) -> Repository | None:
    """A repository in any of npm's spellings."""
    given = value if isinstance(value, dict) else {"url": value}
    url, folder = _text(given.get("url")), _text(given.get("directory"))
    if url is None:
        return None
    if (short := _SHORT.fullmatch(url)) is not None:
        url = f"https://{_HOSTS[short['forge'] or 'github']}/{short['path']}"
    url = re.sub(r"^git\+(?=https?://)", "", url)
    url = re.sub(r"^(?:git\+)?(?:ssh://)?git@([\w.-]+)[:/]", r"https://\1/", url)
    url = re.sub(r"^git://", "https://", url)
    address = web_address(url.removesuffix(".git"))
    found = repository_at(address) if address else None
    return Repository(url=found.url, source=found.source, subfolder=folder) if found else None


def _text(value: Any) -> str | None:
    return plain(value[:2000]) if isinstance(value, str) else None


def _license(value: Any) -> str | None:
    return _text(value.get("type")) if isinstance(value, dict) else _text(value)


def _person(value: Any) -> str | None:
    """The name of a person given as an object or as `Name <mail> (url)`; addresses are not published again."""
    text = _text(value.get("name")) if isinstance(value, dict) else _text(value)
    return plain(re.split(r"[<(]", text)[0]) if text else None
