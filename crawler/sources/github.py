"""Servers in repositories on GitHub: found by search, told by their own manifests."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import msgspec
from msgspec import Struct

from crawler.fetch import FetchError, known
from crawler.ledger import Ledger, Validators
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.github_api import GitHubApi
from crawler.sources.github_graph import repository_facts
from crawler.sources.github_search import BEGINNING, Repo, Window, search
from crawler.sources.leads import GONE, Lead, Owed, Reading, Unreadable
from crawler.sources.manifests import FILES, Manifest, read_manifest
from crawler.sources.metadata import plain, web_address
from crawler.sources.serverjson import package_names

#: The union is searched: authors agree on no topic.
QUERIES = (
    "topic:mcp-server",
    "topic:mcp-servers",
    "topic:model-context-protocol",
    "topic:modelcontextprotocol",
    "topic:mcp",
    '"mcp server" in:name,description',
    '"model context protocol" in:name,description',
)
#: Repositories whose files are asked for in one query.
BATCH = 25
#: Clocks differ, and the index of the search lags behind the pushes.
OVERLAP = timedelta(minutes=30)
#: Servers of one repository that are looked for, and how deep.
MOST_FOLDERS, MOST_DEPTH = 60, 4

_MANIFESTS = frozenset({"pyproject.toml", "package.json", "server.json"})
_ELSEWHERE = frozenset(
    {"node_modules", "vendor", "test", "tests", "examples", "example", "docs", "templates", "fixtures"}
)


class Facts(Struct, frozen=True, kw_only=True):
    """What GitHub says of a repository, and the files at its root."""

    repo: Repo
    #: The commit that the files are of, `None` where only the newest is known by the name HEAD.
    commit: str | None = None
    files: dict[str, str] = {}


class TreeEntry(msgspec.Struct, frozen=True):
    """A path of a repository."""

    path: str
    type: str = "blob"


class Tree(msgspec.Struct, frozen=True):
    """All paths of a repository, as far as GitHub gives them."""

    tree: list[TreeEntry]
    #: Whether there are more.
    truncated: bool = False


class GitHub:
    """The repositories of GitHub."""

    name = "github"

    def __init__(
        self, api: GitHubApi, clock: Callable[[], datetime], queries: Sequence[str] = QUERIES
    ) -> None:
        self._api = api
        self._clock = clock
        self._queries = queries
        self._began: datetime | None = None
        #: What a search told of repositories that nobody has read yet.
        self._told: dict[str, Repo] = {}

    async def leads(self, ledger: Ledger) -> AsyncIterator[Lead]:
        """Repositories that were pushed to since the last crawl, and those that are owed."""
        marks = ledger.marks(self.name)
        self._began = self._clock()
        cursor = ledger.cursor(self.name)
        batch: list[Repo] = []
        names = {mark.rpartition(" ")[2]: name for name, mark in marks.items() if mark != GONE}
        async for repo in self._found(cursor):
            before = names.get(str(repo.id), repo.full_name) if repo.id else repo.full_name
            if before != repo.full_name:
                # What it was called leads to a look that finds it renamed.
                yield Lead(name=ServerName("github", before), mark=GONE, previous=marks[before])
            if marks.get(repo.full_name) != _mark(repo):
                batch.append(repo)
            if len(batch) == BATCH:
                for lead in await self._leads(batch, marks):
                    yield lead
                batch = []
        for lead in await self._leads(batch, marks):
            yield lead
        for name, mark in marks.items():
            if (owed := Owed.parse(mark)) is not None:
                yield Lead(name=ServerName("github", name), mark=owed.mark, previous=mark)

    def finish(self, ledger: Ledger) -> None:
        """From now on only what was pushed since this crawl began is searched for."""
        if self._began is not None:
            since = self._began.astimezone(UTC) - OVERLAP
            ledger.advance(self.name, since.strftime("%Y-%m-%dT%H:%M:%SZ"))

    async def read(self, lead: Lead, ledger: Ledger | None) -> Reading:
        """The servers of one repository, if its description changed; raises FetchError and Unreadable."""
        path, _, folder = lead.name.name.partition("#")
        repo = self._told.pop(path, None)
        seen: tuple[tuple[str, Validators], ...] = ()
        if repo is None:
            address = f"/repos/{path}"
            answer = await self._api.rest(address, known(ledger, self._api.url(address)))
            if answer.unchanged:
                return Reading(unchanged=True)
            repo, seen = answer.read(Repo), answer.seen
        if repo.full_name.lower() != path.lower():
            moved = Lead(name=ServerName("github", repo.full_name), asked=lead.asked)
            repository = Repository(url=repo.html_url, source="github")
            raise Unreadable(SkipReason.GONE, f"renamed to {repo.full_name}", (moved,), repository)
        facts = Facts(
            repo=repo, commit=await self._commit(repo), files=await self._files(repo.full_name, "HEAD", "")
        )
        reading = msgspec.structs.replace(await self._reading(facts, asked=lead.asked), seen=seen)
        if not folder:
            return reading
        wanted = lead.name.name.lower()
        own = tuple(server for server in reading.servers if server.name.name.lower() == wanted)
        return msgspec.structs.replace(reading, servers=own, whole=False)

    async def _found(self, cursor: str | None) -> AsyncIterator[Repo]:
        """Every repository once, without forks and templates, which are copies of servers that have their own page."""
        seen: set[str] = set()
        window = Window(BEGINNING, self._clock())
        for query in self._queries:
            async for repo in search(self._api, f"{query} pushed:>={cursor}" if cursor else query, window):
                if repo.full_name in seen or repo.fork or repo.is_template or repo.private or repo.disabled:
                    continue
                seen.add(repo.full_name)
                yield repo

    async def _leads(self, repos: Sequence[Repo], marks: Mapping[str, str]) -> list[Lead]:
        """Leads that need no reading where one query tells of many repositories, else bare ones."""
        facts = await self._batch(repos) if repos and self._api.has_token else {}
        leads = []
        for repo in repos:
            name = ServerName.maybe(f"github:{repo.full_name}")
            if name is None:
                continue
            reading = await self._read_early(facts.get(repo.full_name))
            if reading is None:
                self._told[repo.full_name] = repo
            leads.append(
                Lead(name=name, mark=_mark(repo), previous=marks.get(repo.full_name), reading=reading)
            )
        return leads

    async def _read_early(self, facts: Facts | None) -> Reading | None:
        """What can be said already; a repository that fails is left to be read by itself, and does not stop the list."""
        try:
            return await self._reading(facts) if facts else None
        except FetchError:
            return None

    async def _batch(self, repos: Sequence[Repo]) -> dict[str, Facts]:
        """Facts by name, none of what is left to be read by itself; queries that take GitHub too long are halved."""
        try:
            told = await repository_facts(self._api, [repo.full_name for repo in repos], FILES)
        except FetchError as error:
            if not error.passing:
                raise
            if error.status not in {502, 504} or len(repos) == 1:
                return {}
            half = len(repos) // 2
            return await self._batch(repos[:half]) | await self._batch(repos[half:])
        return {
            repo.full_name: Facts(repo=repo, commit=fact.commit, files=fact.files)
            for repo in repos
            if (fact := told.get(repo.full_name)) is not None
        }

    async def _reading(self, facts: Facts, *, asked: bool = False) -> Reading:
        """The root's server, and those of its folders where the root is none or says that it has some."""
        root = read_manifest(facts.files)
        servers = [_server(facts, "", root)] if root.speaks_mcp else []
        whole = True
        if not root.speaks_mcp or root.workspaces:
            below, whole = await self._folders(facts)
            servers += below
        if not servers and asked:
            servers = [_server(facts, "", root)]
        further = {name: Lead(name=name) for server in servers for name in package_names(server)}
        return Reading(servers=tuple(servers), further=tuple(further.values()), whole=whole)

    async def _folders(self, facts: Facts) -> tuple[list[Server], bool]:
        """Servers below the root of a repository of several, and whether these are all."""
        ref = facts.commit or "HEAD"
        answer = await self._api.rest(f"/repos/{facts.repo.full_name}/git/trees/{ref}?recursive=1")
        tree, paths = answer.read(Tree), dict[str, list[str]]()
        for entry in tree.tree:
            folder, _, file = entry.path.rpartition("/")
            if entry.type == "blob" and folder and file in FILES:
                paths.setdefault(folder, []).append(file)
        likely = [folder for folder, files in paths.items() if _MANIFESTS & set(files) and _is_place(folder)]
        servers = []
        for folder in likely[:MOST_FOLDERS]:
            files = await self._files(facts.repo.full_name, ref, folder, paths[folder], listed=True)
            manifest = read_manifest(files)
            if manifest.speaks_mcp:
                servers.append(_server(facts, folder, manifest))
        return servers, len(likely) <= MOST_FOLDERS and not tree.truncated

    async def _files(
        self, name: str, ref: str, folder: str, files: Sequence[str] = FILES, *, listed: bool = False
    ) -> dict[str, str]:
        texts = {
            file: await self._api.file(name, ref, f"{folder}/{file}".lstrip("/"), listed=listed)
            for file in files
        }
        return {file: text for file, text in texts.items() if text is not None}

    async def _commit(self, repo: Repo) -> str | None:
        """The newest commit; without a token that request is worth more than its answer."""
        if not self._api.has_token:
            return None
        answer = await self._api.rest(f"/repos/{repo.full_name}/commits?per_page=1")
        commits = answer.read(list[dict[str, Any]])
        return str(commits[0].get("sha")) if commits else None


def _mark(repo: Repo) -> str:
    """What changes with each push, and the number by which a repository is known under a new name."""
    return f"{repo.pushed_at or 'never'} {repo.id}"


def _is_place(folder: str) -> bool:
    if ServerName.maybe(f"github:owner/name#{folder}") is None:
        return False
    parts = PurePosixPath(folder).parts
    return len(parts) <= MOST_DEPTH and not any(part.startswith(".") or part in _ELSEWHERE for part in parts)


def _server(facts: Facts, folder: str, manifest: Manifest) -> Server:
    repo = facts.repo
    owner, _, called = repo.full_name.partition("/")
    return Server(
        name=ServerName("github", f"{repo.full_name}#{folder}" if folder else repo.full_name),
        title=manifest.name or plain(called),
        description=manifest.description or plain(repo.description),
        version=facts.commit or repo.pushed_at,
        repository=Repository(url=repo.html_url, source="github", subfolder=folder or None),
        homepage=web_address(repo.homepage),
        license=(repo.license.spdx_id if repo.license else None) or manifest.license,
        author=owner,
        packages=manifest.packages,
        mcp_name=manifest.mcp_name,
        keywords=manifest.keywords,
        readme=manifest.readme,
        released_at=repo.pushed_at,
    )
