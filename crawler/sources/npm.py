"""Servers on an npm registry, through its search and its packuments."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from crawler.fetch import Client, known
from crawler.ledger import Ledger
from crawler.servers import Package, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.leads import GONE, Lead, Owed, Reading, Unreadable
from crawler.sources.metadata import MOST_README, claimed_name, plain
from crawler.sources.packagejson import PackageJson, read_package_json

#: What is searched for; the union is what counts, since each search alone is cut off.
QUERIES = (
    "keywords:mcp-server",
    "keywords:mcp",
    "keywords:modelcontextprotocol",
    "keywords:model-context-protocol",
    "mcp-server",
)
PAGE = 250
#: The search repeats itself or ends beyond about so many results, whatever total it tells.
MOST_RESULTS = 5_000
#: A packument holds every version that was ever published; bytes.
MOST_PACKUMENT = 64 * 2**20


class Hit(msgspec.Struct, frozen=True):
    """One result of a search."""

    name: str
    version: str = ""


class Result(msgspec.Struct, frozen=True):
    """A result with the scores around it, which we do not want."""

    package: Hit


class Results(msgspec.Struct, frozen=True):
    """One page of a search."""

    objects: list[Result]
    total: int = 0


class Packument(msgspec.Struct, frozen=True):
    """A package; its versions stay undecoded until one of them is wanted."""

    name: str
    tags: dict[str, str] = msgspec.field(name="dist-tags", default_factory=dict)
    versions: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict)
    #: Version to the time of its publication; what was unpublished has an object here.
    time: dict[str, Any] = msgspec.field(default_factory=dict)
    readme: Any = None


class Npm:
    """The packages of one registry."""

    name = "npm"

    def __init__(self, client: Client, registry: str) -> None:
        self._client = client
        self._registry = registry

    async def leads(self, ledger: Ledger) -> AsyncIterator[Lead]:
        """Packages that a search finds at a new version; then those that it did not find, to be looked at each."""
        marks, found = ledger.marks(self.name), set[str]()
        for query in QUERIES:
            async for hit in self._search(query):
                name = None if hit.name in found else ServerName.maybe(f"npm:{hit.name}")
                if name is None:
                    continue
                found.add(hit.name)
                if marks.get(hit.name) != hit.version:
                    yield Lead(name=name, mark=hit.version, previous=marks.get(hit.name))
        for item, mark in marks.items():
            package = ServerName("npm", item)
            if item not in found and mark != GONE and ledger.knows(package):
                owed = Owed.parse(mark)
                yield Lead(name=package, mark=owed.mark if owed else mark, previous=mark)

    def finish(self, ledger: Ledger) -> None:
        """The search has no mark of its own."""

    async def read(self, lead: Lead, ledger: Ledger | None) -> Reading:
        """The listing of one package, if its packument changed."""
        url = f"{self._registry}{quote(lead.name.name, safe='@')}"
        answer = await self._client.get(url, since=known(ledger, url), most=MOST_PACKUMENT)
        if answer.unchanged:
            return Reading(unchanged=True)
        packument = answer.read(Packument)
        version = lead.release or packument.tags.get("latest")
        if version is None or version not in packument.versions:
            raise Unreadable(SkipReason.GONE, _why_gone(packument, version))
        if version.endswith("-security"):
            raise Unreadable(SkipReason.GONE, "the registry replaced the package by a security placeholder")
        facts = read_package_json(answer.read_part(packument.versions[version], dict[str, Any]))
        server = _listing(lead.name, packument, version, facts)
        if not lead.asked and not facts.speaks_mcp and server.mcp_name is None:
            return Reading(seen=answer.seen)
        return Reading(servers=(server,), seen=answer.seen)

    async def _search(self, query: str) -> AsyncIterator[Hit]:
        """Results as far as the search gives any; an empty page ends it even before its total."""
        for start in range(0, MOST_RESULTS, PAGE):
            asked = urlencode({"text": query, "size": PAGE, "from": start})
            answer = await self._client.get(f"{self._registry}-/v1/search?{asked}", shape=Results)
            page = answer.read(Results)
            for result in page.objects:
                yield result.package
            if not page.objects or start + PAGE >= page.total:
                return


def _listing(name: ServerName, packument: Packument, version: str, facts: PackageJson) -> Server:
    readme = plain(packument.readme[:MOST_README]) if isinstance(packument.readme, str) else None
    published = packument.time.get(version)
    return Server(
        name=name,
        title=plain(packument.name),
        description=facts.description,
        version=version,
        repository=facts.repository,
        homepage=facts.homepage,
        license=facts.license,
        author=facts.author,
        packages=(Package(registry_type="npm", identifier=name.name, version=version),),
        mcp_name=facts.mcp_name or claimed_name(readme),
        keywords=facts.keywords,
        readme=readme,
        released_at=published[:19] + "Z" if isinstance(published, str) else None,
    )


def _why_gone(packument: Packument, version: str | None) -> str:
    if "unpublished" in packument.time:
        return "every version was unpublished"
    return f"there is no version {version}" if version else "there is no released version"
