"""What a Python distribution's core metadata says: read from the file itself, a wheel or a source archive."""

import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct
from packaging.metadata import parse_email
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from crawler.errors import CrawlerError
from crawler.servers import Repository

#: Metadata beyond this is refused; bytes.
MOST_METADATA = 4 * 2**20
#: A longer README is cut; characters.
MOST_README = 200_000
#: Members of a source archive that are looked at before giving up.
MOST_MEMBERS = 2_000

#: A release that depends on one of these speaks the protocol.
PROTOCOL_PACKAGES = frozenset({"mcp", "fastmcp", "mcp-types"})
PROTOCOL_KEYWORDS = frozenset({"mcp", "mcp-server", "model-context-protocol", "modelcontextprotocol"})

_MCP_NAME = re.compile(r"mcp-name:\s*([A-Za-z0-9.-]{1,120}/[A-Za-z0-9._-]{1,120})")
_FORGES = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "bitbucket.org": "bitbucket",
    "codeberg.org": "codeberg",
}
_SOURCE_LABELS = ("repository", "source", "sourcecode", "code", "github", "repo", "homepage")


class BadMetadata(CrawlerError):
    """An archive without readable metadata."""

    def __init__(self, fault: str, *, bomb: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.bomb = bomb

    def __str__(self) -> str:
        return self.fault


class Metadata(Struct, frozen=True, kw_only=True):
    """The part of a release's core metadata that a listing wants."""

    summary: str | None = None
    readme: str | None = None
    license: str | None = None
    author: str | None = None
    homepage: str | None = None
    repository: Repository | None = None
    keywords: tuple[str, ...] = ()
    #: Normalised names of what an installation without extras brings.
    requires: frozenset[str] = frozenset()
    mcp_name: str | None = None

    @property
    def speaks_mcp(self) -> bool:
        """Whether the release itself says so: by a dependency, a keyword or a claimed name; never its name alone."""
        keywords = {keyword.lower().replace(" ", "-").replace("_", "-") for keyword in self.keywords}
        return bool(self.requires & PROTOCOL_PACKAGES or keywords & PROTOCOL_KEYWORDS or self.mcp_name)


def parse_metadata(content: bytes) -> Metadata:
    """Read a METADATA or PKG-INFO file; fields that are wrong read as absent."""
    raw, _ = parse_email(content)
    urls = {_label(label): url for label, url in raw.get("project_urls", {}).items()}
    homepage = raw.get("home_page") or urls.get("homepage")
    readme = plain(raw.get("description"))
    return Metadata(
        summary=plain(raw.get("summary")),
        readme=readme[:MOST_README] if readme else None,
        license=_license(raw.get("license_expression") or raw.get("license"), raw.get("classifiers", [])),
        author=plain(raw.get("author") or _person(raw.get("author_email"))),
        homepage=web_address(homepage),
        repository=_repository({**({"homepage": homepage} if homepage else {}), **urls}),
        keywords=tuple(filter(None, (plain(word) for word in raw.get("keywords", [])))),
        requires=frozenset(filter(None, map(required_name, raw.get("requires_dist", [])))),
        mcp_name=claimed_name(readme),
    )


def wheel_metadata(content: bytes) -> bytes:
    """METADATA out of a wheel's bytes; raises BadMetadata."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as wheel:
            names = [name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
            if len(names) != 1:
                raise BadMetadata(f"the wheel has {len(names)} METADATA files")
            with wheel.open(names[0]) as file:
                return _bounded(file.read(MOST_METADATA + 1))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadMetadata(f"the wheel cannot be read: {error}") from error


def source_metadata(content: bytes) -> bytes:
    """PKG-INFO out of a gzipped source archive's bytes, without unpacking it; raises BadMetadata."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r|gz") as archive:
            for count, member in enumerate(archive):
                if member.offset > MOST_METADATA * 16 or count > MOST_MEMBERS:
                    raise BadMetadata("no PKG-INFO near the start of the source archive", bomb=True)
                if member.isfile() and re.fullmatch(r"[^/]+/PKG-INFO", member.name):
                    file = archive.extractfile(member)
                    return _bounded(file.read(MOST_METADATA + 1) if file else b"")
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise BadMetadata(f"the source archive cannot be read: {error}") from error
    raise BadMetadata("the source archive has no PKG-INFO")


def claimed_name(readme: str | None) -> str | None:
    """The registry name that a README claims with an `mcp-name:` marker."""
    match = _MCP_NAME.search(readme or "")
    return match[1] if match else None


def plain(text: str | None) -> str | None:
    """The text as any database takes it: without NUL and lone surrogates; `None` if nothing is left."""
    if not text or text == "UNKNOWN":
        return None
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip() or None


def web_address(url: str | None) -> str | None:
    """The URL if a page may link it: http or https with a host, of a sane length."""
    address = plain(url)
    if address is None or len(address) > 500:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None


def _bounded(content: bytes) -> bytes:
    if len(content) > MOST_METADATA:
        raise BadMetadata("the metadata is larger than any real one", bomb=True)
    return content


def _label(label: str) -> str:
    """A label as the core metadata specification compares it: without punctuation and case."""
    return re.sub(r"[^a-z0-9]", "", label.lower())


def repository_at(address: str) -> Repository:
    """The repository at a web address, with its forge where we know the host and the path names one."""
    parts = urlsplit(address)
    forge = _FORGES.get((parts.hostname or "").removeprefix("www."))
    path = [part for part in parts.path.split("/") if part]
    return Repository(url=address, source=forge if len(path) >= 2 else None)


def _repository(urls: Mapping[str, str]) -> Repository | None:
    """The first URL on a known forge, by the labels that name a source; then whatever is called a repository."""
    ordered = [urls[label] for label in _SOURCE_LABELS if label in urls] + list(urls.values())
    found = [repository_at(address) for url in ordered if (address := web_address(url))]
    called = web_address(urls.get("repository") or urls.get("source"))
    on_forge = next((repository for repository in found if repository.source), None)
    return on_forge or (Repository(url=called) if called else None)


def _license(stated: str | None, classifiers: list[str]) -> str | None:
    """A short licence name; a whole licence text pasted into the field says no more than its classifier."""
    line = plain(stated)
    if line and len(line) <= 100 and "\n" not in line:
        return line
    named = [name.rpartition(" :: ")[2] for name in classifiers if name.startswith("License :: ")]
    return plain(named[0]) if named else None


def _person(mail: str | None) -> str | None:
    """The name before the address; an address alone is not published again."""
    return mail.partition("<")[0].strip(' "') if mail and "<" in mail else None


@lru_cache(maxsize=4096)  # half of all servers require the same few packages in the same words
def required_name(line: str) -> str | None:
    """The normalised name in a requirement, `None` if it is none, or only wanted by an extra."""
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return None
    optional = requirement.marker is not None and "extra" in str(requirement.marker)
    return None if optional else canonicalize_name(requirement.name)
