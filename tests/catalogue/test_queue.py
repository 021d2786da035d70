"""Tasks on a real PostgreSQL: taken once, given back when their worker dies, kept within the places of a host."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from procrastinate import App

from catalogue import queue
from catalogue.store import Store
from crawler.servers import ServerName
from crawler.sources.leads import Lead
from tests.catalogue.queue_parts import Shelf, deps

ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(new_postgresql: Callable[[], str]) -> Iterator[Store]:
    store = Store.open(new_postgresql())
    yield store
    store.close()


def on_queue(store: Store, body: Callable[[App], Awaitable[None]]) -> None:
    async def run() -> None:
        async with queue.opened(store.engine) as app:
            await body(app)

    asyncio.run(run())


def worker(store: Store, begun: Path, *, seconds: float, jobs: int) -> "subprocess.Popen[bytes]":
    url = store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.catalogue.queue_parts", url, str(seconds), str(begun), str(jobs)]
    return subprocess.Popen(command, cwd=ROOT)


def names(store: Store) -> list[str]:
    return [entry.server.name.name for entry in store.entries() if entry.snapshot is not None]


def test_sqlite_has_no_queue(tmp_path: Path) -> None:
    """The sentence says what to set."""
    store = Store.open(f"sqlite:///{tmp_path / 'record.db'}")

    with pytest.raises(queue.NeedsPostgreSQL, match="TOLLHOUSE_DATABASE_URL"):
        on_queue(store, queue.drained)  # type: ignore[arg-type]
    store.close()


def test_what_is_queued_is_crawled_by_the_same_body_as_in_process(store: Store) -> None:
    """A lead that waits already is not queued again; the worker saves what crawl_one saves, hostile text included."""
    lead = Lead(name=ServerName("pypi", "server-0"), asked=True)
    ended: list[ServerName] = []

    async def body(app: App) -> None:
        assert [await queue.defer(app, lead), await queue.defer(app, lead)] == [True, False]
        await queue.work(app, deps(store), jobs=2, wait=False, tell=lambda end: ended.append(end.lead.name))
        assert await queue.defer(app, lead)

    on_queue(store, body)

    entry = store.entry(lead.name)
    assert entry is not None
    assert entry.server.title == "NUL \x00"
    assert ended == [lead.name]
    assert names(store) == ["server-0"]


def test_a_source_moves_its_marks_once_its_tasks_are_done(store: Store) -> None:
    """The one who lists waits until the workers have finished."""
    works = deps(store, count=5)
    shelf = works.sources["pypi"]
    assert isinstance(shelf, Shelf)

    async def body(app: App) -> None:
        listing = asyncio.create_task(queue.crawl_together(app, works, ["pypi"], ()))
        while await queue.waiting(app) < 5:  # noqa: ASYNC110  # the database tells nobody
            await asyncio.sleep(0)
        assert not shelf.finished
        await queue.work(app, works, jobs=2, wait=False)
        assert await listing == (5, [])

    on_queue(store, body)

    assert shelf.finished
    assert store.marks("pypi") == {f"server-{number}": f"{number}" for number in range(5)}


def test_a_time_that_cron_does_not_know_is_told(store: Store) -> None:
    """Before any task is taken."""

    async def body() -> None:
        async with queue.opened(store.engine, queue.Night("half past two", lambda: None)):
            raise AssertionError

    with pytest.raises(queue.BadCron, match="'half past two' is no time as cron writes it"):
        asyncio.run(body())


def test_a_task_that_cannot_be_read_keeps_nobody_waiting(store: Store) -> None:
    """One of another release, say: it is given up at once, and the others are done."""

    async def body(app: App) -> None:
        for lead in ("nonsense", "{}", '{"name":5}'):
            await app.configure_task("crawl").defer_async(lead=lead)
        await queue.defer(app, Lead(name=ServerName("pypi", "server-0")))
        await queue.work(app, deps(store), jobs=2, wait=False)
        assert await queue.drained(app) == 3

    on_queue(store, body)

    assert names(store) == ["server-0"]


def test_a_worker_that_is_killed_loses_nothing(store: Store, tmp_path: Path) -> None:
    """What it had begun goes to another worker, and every task is done in the end."""
    on_queue(store, lambda app: queue.defer_all(app, deps(store, count=8), ["pypi"], ()))  # type: ignore[arg-type,return-value]
    doomed = worker(store, tmp_path, seconds=600, jobs=3)
    while len(list(tmp_path.iterdir())) < 3:
        os.sched_yield()
    doomed.kill()
    doomed.wait()

    async def body(app: App) -> None:
        recovered = 0
        while recovered < 3:
            recovered += await queue.recover(app, silence=0.5)
        await queue.work(app, deps(store), jobs=4, wait=False)

    assert names(store) == []
    on_queue(store, body)

    assert names(store) == sorted(f"server-{number}" for number in range(8))


def test_no_more_tasks_run_at_a_time_than_a_host_has_places(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many workers there are, the lock of its place lets a task wait for another."""
    monkeypatch.setitem(queue.PLACES, "pypi", 2)
    running, most = 0, 0
    works = deps(store, count=10)
    introspect = works.introspect

    async def counted(server):  # type: ignore[no-untyped-def]
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        outcomes = await introspect(server)
        running -= 1
        return outcomes

    from dataclasses import replace

    async def body(app: App) -> None:
        await queue.defer_all(app, works, ["pypi"], ())
        # A worker that does not wait goes home also when every task that is left waits for a place.
        while await queue.waiting(app):
            await queue.work(app, replace(works, introspect=counted), jobs=8, wait=False)

    on_queue(store, body)

    assert 1 <= most <= 2
    assert len(names(store)) == 10


def test_a_worker_that_was_told_to_sees_to_the_night(store: Store) -> None:
    """The others leave it alone, and none does it twice for one moment."""
    nights: list[str] = []
    asked = queue.Night("0 0 1 1 *", lambda: nights.append("run"))

    async def run() -> None:
        async with queue.opened(store.engine, asked) as app:
            await app.tasks["nightly"].defer_async(timestamp=0)
        async with queue.opened(store.engine) as app:
            await queue.work(app, deps(store), jobs=2, wait=False)
        assert nights == []
        for _ in range(2):
            async with queue.opened(store.engine, asked) as app:
                await queue.work(app, deps(store), jobs=2, wait=False)

    asyncio.run(run())

    assert nights == ["run"]
