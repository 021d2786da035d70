"""Hands a crawl to the queue, and works on what others have handed over."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.telling import tell
from catalogue.errors import CatalogueError

if TYPE_CHECKING:
    from types import ModuleType

    from catalogue.crawling import Tally
    from catalogue.settings import Settings
    from catalogue.store import Store
    from crawler.introspect.ladder import Way
    from crawler.run import Ended
    from crawler.sources.leads import Lead

#: What the extra brings that a plain installation lacks; croniter comes with procrastinate.
_EXTRA = {"procrastinate", "croniter"}

Queue = Annotated[
    bool, typer.Option("--queue", help="Hand the tasks to `tollhouse worker` on this and other machines.")
]


class NoQueue(CatalogueError):
    """The extra that brings procrastinate is not installed."""

    def __str__(self) -> str:
        return "the queue is an extra: pip install 'tollhouse[queue]'"


def run_queued(
    own: "Settings",
    store: "Store",
    *,
    discover: Sequence[str] = (),
    named: Sequence["Lead"] = (),
    limit: int | None = None,
    wait: bool = False,
) -> "Tally":
    """Queue what there is to crawl; with *wait* until the workers have done it. Raises NoQueue and NeedsPostgreSQL."""
    from catalogue.crawling import Tally, crawl_deps
    from crawler.identity import merge
    from crawler.run import Result

    queue = _queue()
    tally = Tally()

    async def run() -> None:
        async with crawl_deps(own, store) as deps, queue.opened(store.engine) as app:
            if wait:
                count, failed = await queue.crawl_together(app, deps, discover, named)
            else:
                count, _, failed = await queue.defer_all(app, deps, discover, named, limit)
        tally.outcomes["queued"] = count
        tally.failed.extend(failed)

    import asyncio  # commands that await nothing need not wait for it

    if wait:
        tell("handing over tasks, then waiting until `tollhouse worker` has done them")
    asyncio.run(run())
    if wait:
        store.regroup(merge(store.listings()))
        # How the others ended the workers know; the record knows it of those that were asked for by name.
        tally.results = [Result(server=lead.name, release=lead.release, state="known") for lead in named]
    return tally


def run_worker(
    own: "Settings",
    store: "Store",
    *,
    method: "Way",
    jobs: int,
    nightly: tuple[str, Callable[[], None]] | None = None,
) -> None:
    """Take tasks until a signal comes; *nightly* is when the nightly run is due, as cron says it, and the run."""
    from catalogue.cli.progress import told
    from catalogue.crawling import crawl_deps

    def tell_end(ended: "Ended") -> None:
        for line in told(ended):
            tell(line)

    queue = _queue()
    night = None if nightly is None else queue.Night(*nightly)

    async def run() -> None:
        async with (
            crawl_deps(own, store, method=method, jobs=jobs) as deps,
            queue.opened(store.engine, night) as app,
        ):
            tell(f"taking tasks, {jobs} at a time, until interrupted")
            await queue.work(app, deps, jobs=jobs, tell=tell_end)

    import asyncio

    try:
        asyncio.run(run())
    except queue.BadCron as error:
        raise typer.BadParameter(str(error), param_hint="--nightly") from error


def _queue() -> "ModuleType":
    try:
        from catalogue import queue
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise NoQueue from error
    return queue
