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
from crawler.sources.leads import GONE, Lead, Reading, Source, Unreadable, owe

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
    source = deps.sources[lead.name.ecosystem]
    try:
        reading = lead.reading or await source.read(lead, _memory(lead, deps))
        ended = await _settle(lead, reading, deps)
    except (FetchError, Unreadable) as error:
        ended = _missed(lead, error, deps)
    except Exception:  # noqa: BLE001 - one broken server must not stop the crawl; the trace is kept with it
        ended = _skip(lead, SkipReason.INTERNAL_ERROR, traceback.format_exc(limit=-8), deps)
    _mark(source.name, lead, ended, deps.ledger)
    return ended


def _memory(lead: Lead, deps: Deps) -> Ledger | None:
    """The ledger, unless it remembers nothing, or everything is to be asked anew.

    A page that was no server's is read again for somebody who asks for it by name.
    """
    new = lead.mark is not None and lead.previous is None
    anew = deps.again or (lead.asked and not deps.ledger.knows(lead.name))
    return None if new or anew else deps.ledger


async def _settle(lead: Lead, reading: Reading, deps: Deps) -> Ended:
    results = [_list(server, deps) for server in reading.listings]
    results += [await _introspect(server, deps) for server in reading.servers]
    if reading.unchanged and deps.ledger.knows(lead.name):
        results = [Result(server=lead.name, release=reading.release, state="known")]
    if not any(map(_passing, results)):
        for url, validators in reading.seen:
            deps.ledger.remember(url, validators)
    return Ended(lead=lead, results=tuple(results), further=reading.further)


def _list(server: Server, deps: Deps) -> Result:
    deps.ledger.save(server, ())
    return Result(server=server.name, release=server.version, state="listed")


async def _introspect(server: Server, deps: Deps) -> Result:
    if server.yanked is not None:
        withdrawn = skipped(server, SkipReason.GONE, f"withdrawn: {server.yanked}", deps.now())
        outcomes: tuple[Outcome, ...] = (withdrawn,)
    elif not deps.again and deps.ledger.done(server.name, server.version):
        deps.ledger.save(server, ())
        return Result(server=server.name, release=server.version, state="known")
    else:
        outcomes = tuple(await deps.introspect(server))
    deps.ledger.save(server, outcomes)
    return Result(server=server.name, release=server.version, outcomes=outcomes)


def _missed(lead: Lead, error: FetchError | Unreadable, deps: Deps) -> Ended:
    """A lead whose listing could not be read: a value if anybody knows the server, else only a fault."""
    known = deps.ledger.knows(lead.name)
    further: tuple[Lead, ...] = ()
    if isinstance(error, Unreadable):
        reason, further = error.reason, error.further
    elif error.missing:
        reason = SkipReason.GONE if known else SkipReason.NOT_FOUND
    else:
        reason = SkipReason.TIMEOUT if error.passing else SkipReason.PROTOCOL_ERROR
    if lead.asked or known:
        return _skip(lead, reason, str(error), deps, further)
    fault = str(error) if reason is SkipReason.TIMEOUT else None
    return Ended(lead=lead, fault=fault, further=further)


def _skip(lead: Lead, reason: SkipReason, detail: str, deps: Deps, further: tuple[Lead, ...] = ()) -> Ended:
    server = Server(name=lead.name)
    outcome = skipped(server, reason, detail, deps.now(), release=lead.release)
    deps.ledger.save(server, (outcome,))
    result = Result(server=lead.name, release=lead.release, outcomes=(outcome,))
    return Ended(lead=lead, results=(result,), further=further)


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


def _mark(source: str, lead: Lead, ended: Ended, ledger: Ledger) -> None:
    if lead.mark is None:
        return
    mark = lead.mark
    if lead.mark != GONE and (ended.fault is not None or any(map(_passing, ended.results))):
        mark = owe(lead.previous, lead.mark)
    ledger.mark(source, lead.name.name, mark)


def _passing(result: Result) -> bool:
    return any(isinstance(outcome, Skipped) and outcome.reason in PASSING for outcome in result.outcomes)


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
            fault = group.exceptions[0]
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
                chain += [further for further in ended.further if await self._is_new(further)]

    async def _list(self, name: str) -> Source | None:
        """Hand out the source's leads; gives the source back if they were all of them."""
        count, source = 0, self._deps.sources.get(name)
        if source is None:
            await self.events.put(SourceFailed(source=name, fault="this machine does not know where it is"))
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
        if lead.name in self._seen or lead.name.ecosystem not in self._deps.sources:
            return False
        self._seen.add(lead.name)
        await self.events.put(Found(lead=lead))
        return True
