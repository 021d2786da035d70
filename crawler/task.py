"""One lead on its way from its source into the ledger: the body of every crawl task, in this process or on a queue."""

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from msgspec import Struct

from crawler.fetch import FetchError
from crawler.ledger import Ledger, Settled, Validators
from crawler.servers import Server, ServerName
from crawler.snapshots import PASSING, Outcome, Skipped, SkipReason, Snapshot
from crawler.sources.leads import GONE, Lead, Source, Unreadable, owe, waits

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

    def today(self) -> date:
        """The day in UTC."""
        return self.clock().astimezone(UTC).date()


class Result(Struct, frozen=True, kw_only=True):
    """How one server of a lead ended."""

    server: ServerName
    release: str | None = None
    #: `new`: introspected or found missing now; `known`: this release was done before; `listed`: only kept.
    state: Literal["new", "known", "listed"] = "new"
    #: Empty where nothing had to be introspected.
    outcomes: tuple[Outcome, ...] = ()


class Ended(Struct, frozen=True, kw_only=True):
    """A lead ended: with results, without because it is no server, or with a fault and is owed."""

    lead: Lead
    results: tuple[Result, ...] = ()
    #: Why the listing of a candidate could not be read this time.
    fault: str | None = None
    #: The same also where it ended as a value, since somebody asked for it or knows it.
    unread: str | None = None
    #: What to work on as well.
    further: tuple[Lead, ...] = ()


async def due(source: Source, deps: Deps) -> AsyncIterator[Lead]:
    """What a source lists, but for what failed so often that it waits; raises FetchError."""
    async for lead in source.leads(deps.ledger):
        if deps.again or not waits(lead, deps.today()):
            yield lead


async def crawl_one(lead: Lead, deps: Deps) -> Ended:
    """Read, introspect and save one lead."""
    task = Task(lead, deps)

    async def at_once(step: Step) -> None:
        keep([step], deps.ledger)

    await task.run(at_once)
    return task.ended


def keep(steps: Sequence["Step"], ledger: Ledger) -> None:
    """Keep these steps in one transaction, or, where that fails, each by itself.

    Of a listing that cannot be kept its name and the trace are; if they cannot be either, the ledger's error is raised.
    """
    with _caught() as traces:
        ledger.keep([step.settled for step in steps])
    if not traces:
        return
    if len(steps) == 1:
        steps[0].spoil(traces[0])
        ledger.keep([steps[0].settled])
    else:
        for step in steps:
            keep([step], ledger)


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


class Task:
    """One lead on its way to its end, server by server."""

    def __init__(self, lead: Lead, deps: Deps) -> None:
        self._lead = lead
        self._ledger = deps.ledger
        self._deps = deps
        self._source: Source | None = deps.sources.get(lead.name.ecosystem)
        self._results: list[Result] = []
        self._fault: str | None = None
        self._unread: str | None = None
        #: Whether the listing could not be read for a reason that may pass.
        self._is_owed = False
        self._seen: tuple[tuple[str, Validators], ...] = ()
        #: What to work on as well.
        self.further: tuple[Lead, ...] = ()
        #: What is known of the server that is being worked on, for the case that something breaks.
        self._server = Server(name=lead.name)

    async def run(self, keep: Callable[["Step"], Awaitable[None]]) -> None:
        """Read the lead and settle every server in it; hands each step to *keep* as soon as it is done."""
        self._keep = keep
        if self._source is None:
            self._fault = NOWHERE
        else:
            with _caught() as traces:
                await self._settle(self._source)
            for trace in traces:
                await self._skip(SkipReason.INTERNAL_ERROR, trace)
        await keep(Step(self))

    @property
    def ended(self) -> Ended:
        """How the lead ended."""
        results = tuple(self._results)
        return Ended(
            lead=self._lead, results=results, fault=self._fault, unread=self._unread, further=self.further
        )

    @property
    def settled(self) -> Settled:
        """What the lead leaves behind when all its servers are kept."""
        passing = any(map(_passing, self._results))
        settled = Settled(seen=() if passing else self._seen)
        if self._lead.mark is None or self._source is None:
            return settled
        mark = self._lead.mark
        if (passing or self._is_owed or self._fault is not None) and mark != GONE:
            mark = owe(self._lead.previous, mark, self._deps.today())
        return Settled(seen=settled.seen, mark=(self._source.name, self._lead.name.name, mark))

    def spoil(self, position: int, trace: str) -> Skipped:
        """A result could not be kept: this is how its server ends instead."""
        result = self._results[position]
        outcome = skipped(
            Server(name=result.server),
            SkipReason.INTERNAL_ERROR,
            trace,
            self._deps.now(),
            release=result.release,
        )
        self._results[position] = Result(server=result.server, release=result.release, outcomes=(outcome,))
        return outcome

    async def _settle(self, source: Source) -> None:
        try:
            reading = self._lead.reading or await source.read(self._lead, self._memory())
        except (FetchError, Unreadable) as error:
            await self._miss(error)
            return
        self.further = reading.further
        for server in reading.listings:
            await self._end(server, "listed")
        for server in reading.servers:
            await self._introspect(server)
        if reading.whole:
            await self._lose("no longer in the repository", but={server.name for server in reading.servers})
        if reading.unchanged and self._ledger.knows(self._lead.name):
            self._results = [Result(server=self._lead.name, release=reading.release, state="known")]
        self._seen = reading.seen

    async def _miss(self, error: FetchError | Unreadable) -> None:
        """The listing could not be read: a value if anybody knows the server, else only a fault."""
        known = self._ledger.knows(self._lead.name)
        reason, self.further = _why(error, known=known)
        self._unread = str(error) if reason is SkipReason.TIMEOUT else None
        if isinstance(error, Unreadable) and error.repository is not None:
            self._server = Server(name=self._lead.name, repository=error.repository)
        if reason in {SkipReason.GONE, SkipReason.NOT_FOUND}:
            await self._lose(str(error), but={self._lead.name})
        # Whatever an answer was that made no sense, tomorrow's may: a proxy's page, a list that was cut off.
        self._is_owed = reason in PASSING or reason is SkipReason.PROTOCOL_ERROR
        if self._lead.asked or known:
            await self._skip(reason, str(error))
        elif self._is_owed:
            self._fault = str(error)

    def _memory(self) -> Ledger | None:
        """The ledger, unless it remembers nothing, or everything is to be asked anew.

        A page that was no server's is read again for somebody who asks for it by name.
        """
        new = self._lead.mark is not None and self._lead.previous is None
        anew = self._deps.again or (self._lead.asked and not self._ledger.knows(self._lead.name))
        return None if new or anew else self._ledger

    async def _introspect(self, server: Server) -> None:
        if server.yanked is not None:
            gone = skipped(server, SkipReason.GONE, f"withdrawn: {server.yanked}", self._deps.now())
            await self._end(server, "new", (gone,))
        elif not self._deps.again and self._ledger.done(server.name, server.version):
            await self._end(server, "known")
        else:
            self._server = server
            await self._end(server, "new", tuple(await self._deps.introspect(server)))

    async def _lose(self, why: str, *, but: Collection[ServerName]) -> None:
        """The servers in the repository and its folders, *but* those, are gone."""
        for name in self._ledger.parts(self._lead.name):
            if name not in but:
                part = Server(name=name)
                await self._end(part, "new", (skipped(part, SkipReason.GONE, why, self._deps.now()),))

    async def _skip(self, reason: SkipReason, detail: str) -> None:
        outcome = skipped(self._server, reason, detail, self._deps.now(), release=self._lead.release)
        await self._end(self._server, "new", (outcome,))

    async def _end(
        self, server: Server, state: Literal["new", "known", "listed"], outcomes: tuple[Outcome, ...] = ()
    ) -> None:
        self._results.append(
            Result(server=server.name, release=server.version, state=state, outcomes=outcomes)
        )
        settled = Settled(server=server, outcomes=outcomes)
        await self._keep(Step(self, settled, position=len(self._results) - 1))


class Step:
    """A server of a task that is settled, or, without one, the task's end."""

    def __init__(self, task: Task, server: Settled | None = None, *, position: int = 0) -> None:
        self.task = task
        self._server = server
        self._position = position

    @property
    def is_last(self) -> bool:
        """Whether the task ends with it."""
        return self._server is None

    @property
    def tools(self) -> int:
        """How many tools there are to keep."""
        outcomes = self._server.outcomes if self._server else ()
        return sum(len(outcome.tools) for outcome in outcomes if isinstance(outcome, Snapshot))

    @property
    def settled(self) -> Settled:
        """What is to be kept."""
        return self._server or self.task.settled

    def spoil(self, trace: str) -> None:
        """It could not be kept: then the server's name is, with the trace."""
        if self._server is not None and self._server.server is not None:
            outcome = self.task.spoil(self._position, trace)
            self._server = Settled(server=Server(name=outcome.server), outcomes=(outcome,))


@contextmanager
def _caught() -> Iterator[list[str]]:
    """The trace of what breaks inside, if anything does."""
    traces: list[str] = []
    try:
        yield traces
    except Exception:  # noqa: BLE001 - one broken server must not stop the crawl; the trace is kept with it
        traces.append(traceback.format_exc(limit=-8))


def _why(error: FetchError | Unreadable, *, known: bool) -> tuple[SkipReason, tuple[Lead, ...]]:
    if isinstance(error, Unreadable):
        return error.reason, error.further
    if error.missing:
        return (SkipReason.GONE if known else SkipReason.NOT_FOUND), ()
    return (SkipReason.TIMEOUT if error.passing else SkipReason.PROTOCOL_ERROR), ()


def _passing(result: Result) -> bool:
    return any(isinstance(outcome, Skipped) and outcome.reason in PASSING for outcome in result.outcomes)
