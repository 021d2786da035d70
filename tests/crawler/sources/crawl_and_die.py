"""A program that crawls an index into a database, and kills itself when the test says.

Each line of its input is one crawl: index, database, death. It answers with the crawl's exit code, negative for a
signal. At the n-th call to the record the crawl dies by SIGKILL: just before it for an even *death* (n is half of it),
just after it for an odd one; -1 lets it live. With `ms` behind it, it dies so many milliseconds after its first call.
The names of the leads that it told to have ended are added to the file `told` beside the database.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import alembic.command
import alembic.script

import crawler.run
from catalogue.store import Store
from crawler.fetch import Client, Manners
from crawler.run import Deps, Ended, crawl
from crawler.servers import Server
from crawler.snapshots import Method, Outcome, Snapshot
from crawler.sources.pypi import PyPI
from crawler.tools import Tool

assert alembic.command
assert alembic.script

# Three leads in a transaction, so that there are many moments to die at.
crawler.run.MOST_STEPS = 6

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal:
    """The record, with a death at one of its calls."""

    def __init__(self, store: Store, when: str) -> None:
        self._store = store
        self._when = when
        self._calls = -1

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*arguments: Any) -> Any:
            self._calls += 1
            if self._when.endswith("ms") and self._calls == 0:
                threading.Timer(float(self._when[:-2]) / 1000, die).start()
            if self._when == str(self._calls * 2):
                die()
            result = method(*arguments)
            if self._when == str(self._calls * 2 + 1):
                die()
            return result

        return call


async def introspect(server: Server) -> Sequence[Outcome]:
    """Two tools, named for the server and its release."""
    entries = [
        {"name": f"{verb}_{server.name.name}", "description": server.version} for verb in ("get", "put")
    ]
    tools = tuple(Tool.read(entry) for entry in entries)
    return (
        Snapshot(
            server=server.name,
            release=server.version,
            method=Method.LIVE,
            tools=tools,
            taken_at="2026-11-23T12:00:00Z",
        ),
    )


async def run(index: str, database: str, when: str) -> None:
    store = Store.open(database, lambda: MOMENT)
    async with Client(Manners(configured=(index,), pace=None)) as client:
        deps = Deps(
            sources={"pypi": PyPI(client, index)},
            introspect=introspect,
            ledger=Mortal(store, when),
            clock=lambda: MOMENT,
        )
        with (Path(database.removeprefix("sqlite:///")).parent / "told").open("a", buffering=1) as told:
            async for event in crawl(deps, discover=["pypi"], jobs=3):
                if isinstance(event, Ended):
                    print(event.lead.name.name, file=told)


# Everything is imported once; each crawl is a fork of this process, and so starts at once.
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        asyncio.run(run(*line.split()))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
