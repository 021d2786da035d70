"""Wires a crawl: the sources, the workshop, the record; and keeps count of how it went."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from msgspec import structs

from catalogue.settings import Settings
from catalogue.store import Store
from crawler.fetch import Client, Manners
from crawler.introspect.ladder import Way, climb
from crawler.introspect.workshop import Workshop
from crawler.manners import NOBODY
from crawler.run import Deps, Ended, Event, Introspect, Result, SourceFailed, skipped
from crawler.servers import Server
from crawler.snapshots import Outcome, Skipped, SkipReason
from crawler.sources.github import GitHub
from crawler.sources.github_api import GitHubApi
from crawler.sources.leads import Source
from crawler.sources.npm import Npm
from crawler.sources.pypi import PyPI
from crawler.sources.registry import Registry
from crawler.sources.serverjson import package_names

#: So many servers are told one by one at the end; of more only the counts.
MOST_ROWS = 60


@asynccontextmanager
async def crawl_deps(
    settings: Settings, store: Store, *, method: Way = "auto", jobs: int = 4
) -> AsyncIterator[Deps]:
    """What a crawl of the real world works with. A *method* that a person chose is tried also on what is done."""
    workshop = Workshop.open(settings.cache_folder / "introspect")
    index, npm = workshop.index, workshop.npm_registry
    manners = Manners(
        contact=settings.contact or NOBODY,
        configured=tuple(filter(None, (index.url, npm))),
        certificates=index.certificates,
    )
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="introspect")
    try:
        async with Client(manners) as client:
            yield Deps(
                sources={source.name: source for source in _sources(client, settings, workshop)},
                introspect=_in_threads(pool, workshop, method),
                ledger=store,
                clock=workshop.clock,
                again=method != "auto",
            )
    finally:
        # Who interrupts a crawl does not want to wait for servers that take their time to start.
        pool.shutdown(wait=False, cancel_futures=True)


def _sources(client: Client, settings: Settings, workshop: Workshop) -> Iterator[Source]:
    """Every source that this machine knows the address of; only npm itself knows where its registry is."""
    yield PyPI(client, workshop.index.url)
    yield GitHub(GitHubApi(client, settings.github_token), workshop.clock)
    yield Registry(client)
    if workshop.npm_registry:
        yield Npm(client, workshop.npm_registry)


def _in_threads(pool: ThreadPoolExecutor, workshop: Workshop, method: Way) -> Introspect:
    """Introspection waits for other processes; in a thread of its own it keeps nobody waiting."""

    async def introspect(server: Server) -> Sequence[Outcome]:
        if (reason := unreachable(server)) is not None:
            return (skipped(server, *reason, workshop.now()),)
        if server.name.ecosystem == "github":
            # A manifest can name anybody's package; what the repository's server is, its own source says.
            server = structs.replace(server, packages=())
        call = partial(climb, server, workshop=workshop, method=method, patient=True)
        return await asyncio.get_running_loop().run_in_executor(pool, call)

    return introspect


def unreachable(server: Server) -> tuple[SkipReason, str] | None:
    """Why a registry's entry is not introspected: only what a package index has is fetched and started here."""
    if server.name.ecosystem != "registry" or any(package_names(server)):
        return None
    if server.packages:
        kinds = " and ".join(sorted({package.registry_type for package in server.packages}))
        return SkipReason.NO_WHEEL, f"published as {kinds}, which is not started here"
    return SkipReason.NEEDS_CONFIG, "hosted; it is asked only when a person wants that"


@dataclass
class Tally:
    """How a crawl went, in numbers; the first servers also one by one."""

    results: list[Result] = field(default_factory=list)
    #: By method, by reason of a skip, `unchanged`, or `listed` where only the listing was kept.
    outcomes: Counter[str] = field(default_factory=Counter)
    #: Candidates that turned out to be no server.
    others: int = 0
    #: Candidates whose listing could not be read this time.
    owed: int = 0
    failed: list[SourceFailed] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Count what happened."""
        if isinstance(event, SourceFailed):
            self.failed.append(event)
        elif isinstance(event, Ended):
            self.owed += event.fault is not None
            self.others += event.fault is None and not event.results
            for result in event.results:
                self.outcomes[ending(result)] += 1
                if len(self.results) < MOST_ROWS:
                    self.results.append(result)


def ending(result: Result) -> str:
    """How a server ended, in one word: the method, the reason of a skip, `unchanged`, or `listed`."""
    if result.state == "listed":
        return "listed"
    if not result.outcomes:
        return "unchanged"
    outcome = result.outcomes[0]
    return outcome.reason.value if isinstance(outcome, Skipped) else outcome.method.value


def tools_of(result: Result) -> int | None:
    """Number of tools that this attempt found, `None` if it found none to count."""
    outcome = result.outcomes[0] if result.outcomes else None
    return None if outcome is None or isinstance(outcome, Skipped) else len(outcome.tools)
