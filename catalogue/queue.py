"""Crawl tasks in PostgreSQL, for as many machines as one likes; procrastinate does the queueing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from zlib import crc32

import psycopg
from croniter import croniter  # type: ignore[import-untyped]  # it comes with procrastinate, without types
from msgspec import Struct
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from catalogue.codec import dump, load
from catalogue.errors import CatalogueError
from crawler.fetch import FetchError
from crawler.run import NOWHERE, Deps, Ended, SourceFailed, crawl_one, due
from crawler.sources.leads import Lead, Source

#: Tasks that all machines together work on at a time, by where their listings come from.
#: A task holds the lock of one of these places, so that no number of workers overruns a host.
PLACES = {"pypi": 32, "npm": 16, "github": 4, "registry": 4}

#: The tables live in a schema of their own, out of the way of the record's migrations.
_SCHEMA = "procrastinate"
_QUEUE = "crawl"
_NIGHT = "nightly"
#: Any number that no other program on the same PostgreSQL uses for its lock.
_PREPARING = 7_239_412_088
#: A failing record is back after a while. What cannot be read, such as a task of another release, stays as it is, and
#: whoever waits for the queue would wait for it.
_AGAIN = RetryStrategy(
    max_attempts=8, exponential_wait=4, retry_exceptions=(DBAPIError, psycopg.Error, ConnectorException)
)
#: Seconds between two looks at whether the queue is empty.
_LOOK = 1.0


class Night(Struct, frozen=True):
    """When the nightly run is due, in the five fields of cron in UTC, and what it does; it blocks."""

    cron: str
    run: Callable[[], None]

    def task(self) -> Callable[[int], Awaitable[None]]:
        """The run as a periodic task: in a thread, so that the worker goes on."""

        async def nightly(timestamp: int) -> None:
            del timestamp
            await asyncio.to_thread(self.run)

        return nightly


class NeedsPostgreSQL(CatalogueError):
    """A queue was asked for, and the record is in SQLite."""

    def __str__(self) -> str:
        return "a queue needs PostgreSQL; set TOLLHOUSE_DATABASE_URL to one"


class BadCron(CatalogueError):
    """A time of the nightly run that is none."""

    def __init__(self, cron: str) -> None:
        super().__init__(cron)
        self.cron = cron

    def __str__(self) -> str:
        return f"{self.cron!r} is no time as cron writes it, such as '30 2 * * *'"


@asynccontextmanager
async def opened(engine: Engine, night: "Night | None" = None) -> AsyncIterator[App]:
    """The queue that lives beside the record of this *engine*, made if it is missing; raises NeedsPostgreSQL and BadCron.

    With *night* its workers also see to the nightly run, whichever of them is free.
    """
    if engine.dialect.name != "postgresql":
        raise NeedsPostgreSQL
    # The library would find out once a worker takes tasks, and leave it waiting.
    if night is not None and not croniter.is_valid(night.cron):
        raise BadCron(night.cron)
    _prepare(engine)
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connector = PsycopgConnector(conninfo=address, kwargs={"options": f"-c search_path={_SCHEMA}"})
    app = App(connector=connector)
    app.task(name="crawl", queue=_QUEUE, pass_context=True, retry=_AGAIN)(crawl)
    upkeep = app.task(name="recover", queue="upkeep", queueing_lock="recover", pass_context=True)
    app.periodic(cron="* * * * *")(upkeep(recover_every_minute))
    if night is not None:
        nightly = app.task(name="nightly", queue=_NIGHT, lock=_NIGHT, queueing_lock=_NIGHT)
        app.periodic(cron=night.cron)(nightly(night.task()))
    async with app.open_async():
        yield app


async def crawl(context: JobContext, lead: str) -> None:
    """Crawl one lead. What can go wrong with a server is kept with it; only a failing record is tried again."""
    ended = await crawl_one(load(lead, Lead), context.additional_context["deps"])
    context.additional_context["tell"](ended)
    for further in ended.further:
        await defer(context.app, further)


async def recover_every_minute(context: JobContext, timestamp: int) -> None:
    """Give back what the workers that are no more had begun."""
    del timestamp
    await recover(context.app)


async def recover(app: App, *, silence: float = 30) -> int:
    """Give the tasks of every worker that has not been heard of for *silence* seconds to others; returns how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence))
    for job in stalled:
        await app.job_manager.retry_job(job)
    return len(stalled)


async def defer(app: App, lead: Lead) -> bool:
    """Put a lead into the queue; false where it is waiting there already."""
    task = app.configure_task(
        "crawl", lock=_place(lead), queueing_lock=f"{lead.name} {lead.release or ''}".rstrip()
    )
    try:
        # As text inside the JSON: PostgreSQL's own JSON takes no NUL, and a listing may hold one.
        await task.defer_async(lead=dump(lead))
    except AlreadyEnqueued:
        return False
    return True


async def work(
    app: App,
    deps: Deps,
    *,
    jobs: int,
    wait: bool = True,
    heartbeat: float = 10,
    tell: Callable[[Ended], None] = lambda _: None,
) -> None:
    """Take tasks until a signal comes, and *tell* how each lead ended; without *wait* only until none is left."""
    # A worker that knows no nightly run must not take that task from those that do.
    known = [task.queue for task in app.tasks.values() if not task.name.startswith("builtin")]
    await recover(app, silence=3 * heartbeat)
    await app.run_worker_async(
        queues=sorted({*known, "builtin"}),
        concurrency=jobs,
        wait=wait,
        additional_context={"deps": deps, "tell": tell},
        delete_jobs="successful",
        update_heartbeat_interval=heartbeat,
        stalled_worker_timeout=3 * heartbeat,
        install_signal_handlers=wait,
    )


async def crawl_together(
    app: App, deps: Deps, discover: Sequence[str], named: Iterable[Lead]
) -> tuple[int, list[SourceFailed]]:
    """Queue what there is, wait until the workers have done it, and move the sources' marks.

    A source whose tasks were given up lists them again the next time. Returns how many leads there were, and what
    could not be listed.
    """
    given_up = await drained(app)
    count, whole, failed = await defer_all(app, deps, discover, named)
    if await drained(app) == given_up:
        for source in whole:
            source.finish(deps.ledger)
    return count, failed


async def defer_all(
    app: App, deps: Deps, discover: Sequence[str], named: Iterable[Lead], limit: int | None = None
) -> tuple[int, list[Source], list[SourceFailed]]:
    """Queue what the sources list; returns how many leads, the sources that listed to their end, and the others."""
    count, whole, failed = 0, [], []
    for lead in named:
        count += await defer(app, lead)
    for name in discover:
        if (source := deps.sources.get(name)) is None:
            failed.append(SourceFailed(source=name, fault=NOWHERE))
            continue
        try:
            found, ended = await _defer_source(app, deps, source, limit)
        except FetchError as error:
            failed.append(SourceFailed(source=source.name, fault=str(error)))
            continue
        count += found
        whole += [source] if ended else []
    return count, whole, failed


async def drained(app: App) -> int:
    """Wait until no crawl task is left to do; returns how many were ever given up."""
    # The tasks end on other machines, so there is no event to wait for.
    while await waiting(app):  # noqa: ASYNC110
        await asyncio.sleep(_LOOK)
    return int((await _state(app)).get("failed", 0))


async def waiting(app: App) -> int:
    """Crawl tasks that are queued or being worked on."""
    state = await _state(app)
    return int(state.get("todo", 0)) + int(state.get("doing", 0))


async def _defer_source(app: App, deps: Deps, source: Source, limit: int | None) -> tuple[int, bool]:
    count = 0
    async for lead in due(source, deps):
        if count == limit:
            return count, False
        count += await defer(app, lead)
    return count, True


async def _state(app: App) -> Mapping[str, int]:
    queues = list(await app.job_manager.list_queues_async(queue=_QUEUE))
    return queues[0] if queues else {}


def _place(lead: Lead) -> str:
    ecosystem = lead.name.ecosystem
    return f"{ecosystem} {crc32(lead.name.name.encode()) % PLACES[ecosystem]}"


def _prepare(engine: Engine) -> None:
    """Make procrastinate's tables once; several machines may start at the same time."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PREPARING})
        there = connection.execute(
            text("SELECT to_regclass(:table)"), {"table": f"{_SCHEMA}.procrastinate_jobs"}
        )
        if there.scalar() is None:
            connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
            connection.exec_driver_sql(f"SET LOCAL search_path TO {_SCHEMA}")
            connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
