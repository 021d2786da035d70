"""Measures a crawl of a generated index: servers a second, memory, and crawls in which little or nothing changed.

    python bench/crawl.py [--servers 30000] [--tools 250000] [--database URL] [--in-process]

The index is a process of its own on loopback, and each crawl runs in another one, so that its memory is its own.
Ready-made snapshots stand in for introspection, so what is measured is everything else: requests, parsing, the record.
With --in-process the index answers inside the crawl instead of over sockets. `of ours` are the crawling process' own
seconds of processor time, `a core` is servers a second of it, and `quicker` compares it with the first crawl: on a machine
that has other things to do, that says more than the wall clock.
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection

from indexes.fake import Index, Inside, World

MOMENT = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADS = ("servers", "seconds", "of ours", "servers/s", "a core", "requests", "peak MB", "quicker")


@dataclass(frozen=True)
class Run:
    """One crawl's figures."""

    name: str
    servers: int
    seconds: float
    #: Seconds of processor time of the crawling process.
    processor: float
    requests: int
    #: Peak of the crawling process, in MB.
    memory: float


def crawl(index: str, database: str, tools: int, world: World | None, pipe: Connection) -> None:
    """The crawl's process: one crawl, then servers, seconds, processor time, requests and peak memory."""
    import httpx

    from catalogue.store import Store
    from crawler import loop
    from crawler.fetch import Client, Manners
    from crawler.identity import merge
    from crawler.run import Deps, Ended
    from crawler.run import crawl as crawling
    from crawler.servers import Server
    from crawler.snapshots import Method, Outcome, Snapshot
    from crawler.sources.pypi import PyPI
    from crawler.tools import Tool

    inside = Inside(world) if world else None

    async def introspect(server: Server) -> Sequence[Outcome]:
        # A third of the servers has twice as many tools as the others.
        third = int(server.name.name.rpartition("-")[2]) % 3 == 0
        count = round(tools * (1.5 if third else 0.75))
        entries = (made_up(server.name.name, server.version or "", number) for number in range(count))
        snapshot = Snapshot(
            server=server.name,
            release=server.version,
            method=Method.LIVE,
            tools=tuple(Tool.read(entry) for entry in entries),
            taken_at="2026-11-23T12:00:00Z",
        )
        return (snapshot,)

    async def run() -> int:
        store, count = Store.open(database, lambda: MOMENT), 0
        transport = httpx.MockTransport(inside) if inside else None
        async with Client(Manners(configured=(index,), pace=None), transport=transport) as client:
            sources = {"pypi": PyPI(client, index)}
            deps = Deps(sources=sources, introspect=introspect, ledger=store, clock=lambda: MOMENT)
            async for event in crawling(deps, discover=["pypi"], jobs=8):
                count += len(event.results) if isinstance(event, Ended) else 0
        store.regroup(merge(store.listings()))
        return count

    began, spent = time.perf_counter(), time.process_time()
    count = loop.run(run())
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send((count, seconds, processor, inside.requests if inside else 0, peak))


def made_up(server: str, version: str, number: int) -> dict[str, object]:
    """A definition of about a kilobyte that no other server has; a new release changes the first one."""
    told = version if number == 0 else ""
    described = f"What this field of {server} holds, in plain words."
    properties = {f"field_{field}": {"type": "string", "description": described} for field in range(6)}
    return {
        "name": f"get_thing_{number}",
        "description": f"Gets thing {number} of {server} {told}. "
        + "Use it when a person asks for that. " * 4,
        "inputSchema": {"type": "object", "properties": properties, "required": ["field_0"]},
        "annotations": {"readOnlyHint": True},
    }


def measure(name: str, index: Index, database: str, tools: int, world: World | None) -> Run:
    """One crawl in a fresh process."""
    before = index.ask("count")
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=crawl, args=(index.url, database, tools, world, theirs))
    process.start()
    theirs.close()
    servers, seconds, processor, requests, memory = ours.recv()
    process.join()
    return Run(name, servers, seconds, processor, requests + index.ask("count") - before, memory)


def main() -> None:
    """Crawl three times and print the table; `quicker` is against the first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--servers", type=int, default=30_000)
    parser.add_argument("--tools", type=int, default=250_000, help="of all servers together, about")
    parser.add_argument(
        "--database", help="a SQLAlchemy URL; without it an SQLite file that is removed again"
    )
    parser.add_argument("--in-process", action="store_true", help="answer inside the crawl, without sockets")
    options = parser.parse_args()
    multiprocessing.set_start_method("spawn")
    index = Index(options.servers)
    each = max(1, round(options.tools / options.servers))
    print(f"{'crawl':<16}" + "".join(f"{head:>10}" for head in HEADS))
    with tempfile.TemporaryDirectory() as folder:
        database, first = options.database or f"sqlite:///{folder}/record.db", 0.0
        for name in ("first", "nothing changed", "1 % changed"):
            changed = name == "1 % changed"
            if changed:
                index.ask("change")
            world = World(options.servers, changed=changed) if options.in_process else None
            run = measure(name, index, database, each, world)
            first = first or run.processor
            show(run, first)
    index.stop()


def show(run: Run, first: float) -> None:
    """A line of the table."""
    rates = f"{run.servers / run.seconds:>10.0f}{run.servers / run.processor:>10.0f}"
    quicker = f"{first / run.processor:>9.0f}x"
    print(
        f"{run.name:<16}{run.servers:>10}{run.seconds:>10.1f}{run.processor:>10.1f}{rates}{run.requests:>10}{run.memory:>10.0f}{quicker}"
    )


if __name__ == "__main__":
    main()
