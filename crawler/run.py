"""The crawl: sources list servers, servers are introspected, the ledger keeps how each of them ended."""

import asyncio
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct

from crawler.fetch import FetchError
from crawler.ledger import Ledger
from crawler.servers import Server, ServerName
from crawler.snapshots import PASSING, Outcome, Skipped, SkipReason
from crawler.sources.leads import GONE, Lead, Source, Unreadable, owe

#: Where a source has no address, such as npm's registry where there is no npm.
NOWHERE = "this machine does not know where it is"

#: Asks one listed server for its tools; expected failures come back as Skipped.
Introspect = Callable[[Server], Awaitable[Sequence[Outcome]]]


@dataclass(frozen=True, kw_only=True)
class Deps:
    """What a crawl works with."""

    #: By the name of the source, which is the ecosystem of its servers.
    sources: Mapping[str, Source]
    introspect: Introspect
    ledger: Ledger
    clock: Callable[[], datetime]
    #: Introspect also what is done, and ask unconditionally.
    again: bool = False

    def now(self) -> str:
        """RFC 3339, UTC, whole seconds."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Result(Struct, frozen=True, kw_only=True):
    """How one server of a lead ended."""

    server: ServerName
    release: str | None = None
    #: `new`: introspected or found missing now; `known`: this release was done before; `listed`: only kept.
    state: Literal["new", "known", "listed"] = "new"
    #: Empty where nothing had to be introspected.
    outcomes: tuple[Outcome, ...] = ()


class Found(Struct, frozen=True, kw_only=True):
    """A lead that will be worked on."""

    lead: Lead


class Ended(Struct, frozen=True, kw_only=True):
    """A lead ended: with results, without because it is no server, or with a fault and is owed."""

    lead: Lead
    results: tuple[Result, ...] = ()
    #: Why the listing of a candidate could not be read this time.
    fault: str | None = None
    #: What to work on as well.
    further: tuple[Lead, ...] = ()


class SourceFailed(Struct, frozen=True, kw_only=True):
    """A source could not list what it has; the others go on."""

    source: str
    fault: str


Event = Found | Ended | SourceFailed


async def crawl(
    deps: Deps,
    *,
    discover: Sequence[str] = (),
    named: Sequence[Lead] = (),
    limit: int | None = None,
    jobs: int = 4,
) -> AsyncGenerator[Event, None]:
    """Crawl what the sources *discover* and what is *named*; yields events as they happen.

    At most *limit* leads of each source are taken, *jobs* are worked on at a time. Killed at any moment and
    started again, it repeats nothing that was saved. Only a failing ledger ends it early, with its own error.
    """
    run = _Run(deps, jobs, limit)
    task = asyncio.create_task(run.all(discover, named))
    try:
        while (event := await run.events.get()) is not None:
            yield event
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def crawl_one(lead: Lead, deps: Deps) -> Ended:
    """Read, introspect and save one lead: the body of every crawl task, in this process or on a queue."""
    source = deps.sources.get(lead.name.ecosystem)
    if source is None:
        return Ended(lead=lead, fault=NOWHERE)
    task = _Task(lead, deps)
    try:
        ended = await task.run(source)
    except (FetchError, Unreadable) as error:
        ended = task.missed(error)
    except Exception:  # noqa: BLE001 - one broken server must not stop the crawl; the trace is kept with it
        ended = task.broken(traceback.format_exc(limit=-8))
    if lead.mark is not None:
        deps.ledger.mark(source.name, lead.name.name, _next_mark(lead, ended))
    return ended


def skipped(
    server: Server, reason: SkipReason, detail: str, taken_at: str, *, release: str | None = None
) -> Skipped:
    """How a server ended of which nothing was started; *taken_at* is RFC 3339."""
    return Skipped(
        server=server.name,
        release=release or server.version,
        reason=reason,
        detail=detail,
        taken_at=taken_at,
    )


class _Task:
    """One lead on its way to its end."""

    def __init__(self, lead: Lead, deps: Deps) -> None:
        self._lead = lead
        self._ledger = deps.ledger
        self._deps = deps
        #: What is known of the server that is being worked on, for the case that something breaks.
        self._server = Server(name=lead.name)

    async def run(self, source: Source) -> Ended:
        """Read the lead and settle every server in it; raises FetchError and Unreadable."""
        reading = self._lead.reading or await source.read(self._lead, self._memory())
        results = [self._list(server) for server in reading.listings]
        results += [await self._introspect(server) for server in reading.servers]
        if reading.unchanged and self._ledger.knows(self._lead.name):
            results = [Result(server=self._lead.name, release=reading.release, state="known")]
        if not any(map(_passing, results)):
            for url, validators in reading.seen:
                self._ledger.remember(url, validators)
        return Ended(lead=self._lead, results=tuple(results), further=reading.further)

    def missed(self, error: FetchError | Unreadable) -> Ended:
        """The listing could not be read: a value if anybody knows the server, else only a fault."""
        known = self._ledger.knows(self._lead.name)
        reason, further = _why(error, known=known)
        if self._lead.asked or known:
            return self._skip(reason, str(error), further)
        fault = str(error) if reason is SkipReason.TIMEOUT else None
        return Ended(lead=self._lead, fault=fault, further=further)

    def broken(self, trace: str) -> Ended:
        """Something of ours broke."""
        return self._skip(SkipReason.INTERNAL_ERROR, trace)

    def _memory(self) -> Ledger | None:
        """The ledger, unless it remembers nothing, or everything is to be asked anew.

        A page that was no server's is read again for somebody who asks for it by name.
        """
        new = self._lead.mark is not None and self._lead.previous is None
        anew = self._deps.again or (self._lead.asked and not self._ledger.knows(self._lead.name))
        return None if new or anew else self._ledger

    def _list(self, server: Server) -> Result:
        self._ledger.save(server, ())
        return Result(server=server.name, release=server.version, state="listed")

    async def _introspect(self, server: Server) -> Result:
        if server.yanked is not None:
            gone = skipped(server, SkipReason.GONE, f"withdrawn: {server.yanked}", self._deps.now())
            return self._keep(server, (gone,))
        if not self._deps.again and self._ledger.done(server.name, server.version):
            self._ledger.save(server, ())
            return Result(server=server.name, release=server.version, state="known")
        self._server = server
        outcomes = tuple(await self._deps.introspect(server))
        # A listing that cannot be saved would break the saving of its own failure too.
        self._server = Server(name=server.name)
        return self._keep(server, outcomes)

    def _keep(self, server: Server, outcomes: tuple[Outcome, ...]) -> Result:
        self._ledger.save(server, outcomes)
        return Result(server=server.name, release=server.version, outcomes=outcomes)

    def _skip(self, reason: SkipReason, detail: str, further: tuple[Lead, ...] = ()) -> Ended:
        outcome = skipped(self._server, reason, detail, self._deps.now(), release=self._lead.release)
        result = self._keep(self._server, (outcome,))
        return Ended(lead=self._lead, results=(result,), further=further)


def _why(error: FetchError | Unreadable, *, known: bool) -> tuple[SkipReason, tuple[Lead, ...]]:
    if isinstance(error, Unreadable):
        return error.reason, error.further
    if error.missing:
        return (SkipReason.GONE if known else SkipReason.NOT_FOUND), ()
    return (SkipReason.TIMEOUT if error.passing else SkipReason.PROTOCOL_ERROR), ()


def _next_mark(lead: Lead, ended: Ended) -> str:
    """The lead's own mark, or that it is owed."""
    mark = lead.mark or ""
    failed = ended.fault is not None or any(map(_passing, ended.results))
    return owe(lead.previous, mark) if failed and mark != GONE else mark


def _passing(result: Result) -> bool:
    return any(isinstance(outcome, Skipped) and outcome.reason in PASSING for outcome in result.outcomes)


def _first(group: ExceptionGroup) -> Exception:
    """What broke first; sources list in a group within that of the workers."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, ExceptionGroup) else first


class _Run:
    """The workers of one crawl, and the queues between them; both bounded, so memory does not grow."""

    def __init__(self, deps: Deps, jobs: int, limit: int | None) -> None:
        self._deps = deps
        self._jobs = jobs
        self._limit = limit
        self._seen: set[ServerName] = set()
        self._leads: asyncio.Queue[Lead | None] = asyncio.Queue(maxsize=jobs * 2)
        self.events: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=jobs * 4)

    async def all(self, discover: Sequence[str], named: Sequence[Lead]) -> None:
        """List, work, and then let every source that listed to its end move its marks."""
        fault: Exception | None = None
        try:
            for source in await self._work_through(discover, named):
                source.finish(self._deps.ledger)
        except ExceptionGroup as group:
            fault = _first(group)
        await self.events.put(None)
        if fault is not None:
            raise fault

    async def _work_through(self, discover: Sequence[str], named: Sequence[Lead]) -> list[Source]:
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._jobs):
                workers.create_task(self._work())
            async with asyncio.TaskGroup() as listing:
                tasks = [listing.create_task(self._list(name)) for name in discover]
                for lead in named:
                    await self._offer(lead)
            for _ in range(self._jobs):
                await self._leads.put(None)
        return [source for task in tasks if (source := task.result()) is not None]

    async def _work(self) -> None:
        while (lead := await self._leads.get()) is not None:
            # What a lead leads to is worked on here: put into the queue, it could wait for its own worker.
            chain = [lead]
            while chain:
                ended = await crawl_one(chain.pop(), self._deps)
                await self.events.put(ended)
                further = [lead for lead in ended.further if lead.name.ecosystem in self._deps.sources]
                chain += [lead for lead in further if await self._is_new(lead)]

    async def _list(self, name: str) -> Source | None:
        """Hand out the source's leads; gives the source back if they were all of them."""
        count, source = 0, self._deps.sources.get(name)
        if source is None:
            await self.events.put(SourceFailed(source=name, fault=NOWHERE))
            return None
        try:
            async for lead in source.leads(self._deps.ledger):
                if count == self._limit:
                    return None
                count += 1
                await self._offer(lead)
        except FetchError as error:
            await self.events.put(SourceFailed(source=source.name, fault=str(error)))
            return None
        return source

    async def _offer(self, lead: Lead) -> None:
        if await self._is_new(lead):
            await self._leads.put(lead)

    async def _is_new(self, lead: Lead) -> bool:
        """Whether nobody has it yet; from now on somebody has."""
        if lead.name in self._seen:
            return False
        self._seen.add(lead.name)
        await self.events.put(Found(lead=lead))
        return True
