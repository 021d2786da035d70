"""A source of made-up servers and an introspection that only waits; run as a program, a worker that takes them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from catalogue.store import Store
from crawler.ledger import Ledger
from crawler.run import Deps
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Outcome, Snapshot
from crawler.sources.leads import Lead, Reading
from crawler.tools import Tool


class Shelf:
    """A source of *count* servers, all of them new."""

    name = "pypi"

    def __init__(self, count: int) -> None:
        self.count = count
        self.finished = False

    async def leads(self, _ledger: Ledger) -> AsyncIterator[Lead]:
        for number in range(self.count):
            yield Lead(name=ServerName("pypi", f"server-{number}"), mark=f"{number}")

    async def read(self, lead: Lead, _ledger: Ledger | None) -> Reading:
        return Reading(servers=(Server(name=lead.name, title="NUL \x00", version="1.0"),))

    def finish(self, _ledger: Ledger) -> None:
        self.finished = True


def deps(store: Store, seconds: float = 0, begun: Path | None = None, count: int = 0) -> Deps:
    """What workers of the shelf work with; each task says in the folder *begun* that it was taken."""

    async def introspect(server: Server) -> Sequence[Outcome]:
        if begun is not None:
            with (begun / f"{server.name.name} {os.getpid()}").open("w"):
                pass
        await asyncio.sleep(seconds)
        tools = (Tool.read({"name": "list", "description": server.name.name}),)
        return [
            Snapshot(
                server=server.name,
                release="1.0",
                method=Method.LIVE,
                tools=tools,
                taken_at="2026-01-02T03:04:05Z",
            )
        ]

    clock = lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)  # noqa: E731
    return Deps(sources={"pypi": Shelf(count)}, introspect=introspect, ledger=store, clock=clock)


async def main(url: str, seconds: float, begun: Path, jobs: int) -> None:
    from catalogue import queue

    store = Store.open(url)
    async with queue.opened(store.engine) as app:
        await queue.work(app, deps(store, seconds, begun), jobs=jobs, heartbeat=0.2, wait=False)
    store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
