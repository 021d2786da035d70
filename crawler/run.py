"""The crawl: sources list servers, servers are introspected, the ledger keeps how each of them ended."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress

from msgspec import Struct

from crawler.fetch import FetchError
from crawler.servers import ServerName
from crawler.sources.leads import Lead, Source
from crawler.task import NOWHERE, Deps, Ended, Introspect, Result, Step, Task, crawl_one, due, keep, skipped

__all__ = [
    "NOWHERE",
    "Deps",
    "Ended",
    "Event",
    "Found",
    "Introspect",
    "Result",
    "SourceFailed",
    "crawl",
    "crawl_one",
    "due",
    "skipped",
]

#: What is kept in one transaction at most: steps, and tools in them. A transaction costs as much as two servers in it.
MOST_STEPS, MOST_TOOLS = 32, 1_000
#: Seconds that a step waits for others to be kept with.
LINGER = 0.1


class Found(Struct, frozen=True, kw_only=True):
    """A lead that will be worked on."""

    lead: Lead


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
        #: Sources of which anything could be read; and of the others why the last thing could not be.
        self._answered: set[str] = set()
        self._silence: dict[str, str] = {}
        self._leads: asyncio.Queue[Lead | None] = asyncio.Queue(maxsize=jobs * 2)
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue(maxsize=MOST_STEPS)
        self.events: asyncio.Queue[Event | None] = asyncio.Queue(maxsize=jobs * 4)

    async def all(self, discover: Sequence[str], named: Sequence[Lead]) -> None:
        """List, work, and then let every source that listed to its end move its marks."""
        fault: Exception | None = None
        try:
            async with asyncio.TaskGroup() as keeping:
                keeping.create_task(self._keep())
                whole = await self._work_through(discover, named)
                await self._steps.put(None)
            for source in whole:
                source.finish(self._deps.ledger)
            for name, why in self._silence.items():
                if name not in self._answered:
                    await self.events.put(SourceFailed(source=name, fault=f"nothing could be read: {why}"))
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
                task = Task(chain.pop(), self._deps)
                await task.run(self._steps.put)
                further = [lead for lead in task.further if lead.name.ecosystem in self._deps.sources]
                chain += [lead for lead in further if await self._is_new(lead)]

    async def _keep(self) -> None:
        """Keep what the workers are through with, a few steps at a time, and tell which leads ended."""
        while steps := await self._next_steps():
            keep(steps, self._deps.ledger)
            for step in steps:
                if step.is_last:
                    await self._end(step.task.ended)

    async def _end(self, ended: Ended) -> None:
        """Tell that the lead ended."""
        ecosystem = ended.lead.name.ecosystem
        if ended.unread is None:
            self._answered.add(ecosystem)
        else:
            self._silence[ecosystem] = ended.unread
        await self.events.put(ended)

    async def _next_steps(self) -> list[Step]:
        """Empty once the workers are done."""
        if (step := await self._steps.get()) is None:
            return []
        steps, tools = [step], step.tools
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while len(steps) < MOST_STEPS and tools < MOST_TOOLS:
                    if (step := await self._steps.get()) is None:
                        self._steps.put_nowait(None)
                        break
                    steps.append(step)
                    tools += step.tools
        return steps

    async def _list(self, name: str) -> Source | None:
        """Hand out the source's leads; gives the source back if they were all of them."""
        count, source = 0, self._deps.sources.get(name)
        if source is None:
            await self.events.put(SourceFailed(source=name, fault=NOWHERE))
            return None
        # Whether it can be read, its list tells.
        self._answered.add(source.name)
        try:
            async for lead in due(source, self._deps):
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
