"""A crawl that is killed again and again ends where an undisturbed one does, and repeats nothing."""

import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalogue.exchange import line_of
from catalogue.store import Store

PROGRAM = Path(__file__).with_name("crawl_and_die.py")
SERVERS = 30


@pytest.fixture
def full_index(index: Any) -> Any:
    """Servers, and things that are only called like servers."""
    for number in range(SERVERS):
        index.release(f"mcp-notes-{number}", "1.0", f"Summary: Notes {number}", "Requires-Dist: mcp")
    for number in range(5):
        index.release(f"mcp-minecraft-{number}", "1.0")
    return index


Crawl = Callable[..., int]


@pytest.fixture(scope="module")
def crawl() -> Iterator[Crawl]:
    """Runs one crawl of an index into a database until its death, and gives its exit code."""
    program = subprocess.Popen(
        [sys.executable, str(PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdin is not None
    assert program.stdout is not None

    def run(index: Any, database: str, when: str = "-1") -> int:
        print(index.url, database, when, file=program.stdin, flush=True)
        return int(program.stdout.readline())  # type: ignore[union-attr]

    with program:
        yield run
        program.stdin.close()


def export(database: str) -> str:
    store = Store.open(database, lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))
    lines = "\n".join(line_of(entry) for entry in store.entries())
    store.close()
    return lines


def test_ten_deaths_leave_no_trace(crawl: Crawl, full_index: Any, tmp_path: Path) -> None:
    """Whether it died before or after a transaction or within one: the finished records are equal byte by byte."""
    chance = random.Random(20261123)
    undisturbed, killed = f"sqlite:///{tmp_path}/undisturbed.db", f"sqlite:///{tmp_path}/killed.db"
    assert crawl(full_index, undisturbed) == 0
    deaths = [str(chance.randrange(30)) for _ in range(6)] + [f"{chance.uniform(0, 100)}ms" for _ in range(4)]

    codes = [crawl(full_index, killed, when) for when in deaths]
    assert codes[:6] == [-signal.SIGKILL] * 6
    assert set(codes[6:]) <= {-signal.SIGKILL, 0}
    assert crawl(full_index, killed) == 0

    assert export(killed) == export(undisturbed)
    assert export(killed).count("\n") == SERVERS - 1


def test_what_was_finished_is_not_asked_for_again(crawl: Crawl, full_index: Any, tmp_path: Path) -> None:
    """After a death in the middle only the rest is read; after the end nothing but the list is asked for."""
    database = f"sqlite:///{tmp_path}/record.db"
    assert crawl(full_index, database, "44") == -signal.SIGKILL
    told = {f"/simple/{name}/" for name in (tmp_path / "told").read_text().split()}
    before = read(full_index)
    assert crawl(full_index, database) == 0
    after = read(full_index)
    assert crawl(full_index, database) == 0

    assert len(told) > 5
    assert told <= before
    # What was told is kept. Beside it only what three workers and a transaction of three were at is read twice.
    assert not told & after
    assert len(before & after) <= 3 + 2 * 3
    assert len(before | after) == SERVERS + 5
    assert full_index.site.paths == ["/simple/"]


def read(index: Any) -> set[str]:
    """The pages of projects that were asked for since the last look."""
    pages = {path for path in index.site.paths if path.startswith("/simple/") and path != "/simple/"}
    index.site.asked.clear()
    return pages


def test_one_changed_server_costs_two_requests(crawl: Crawl, full_index: Any, tmp_path: Path) -> None:
    """Its page and its metadata, beside the list."""
    database = f"sqlite:///{tmp_path}/record.db"
    assert crawl(full_index, database) == 0
    full_index.release("mcp-notes-7", "2.0", "Requires-Dist: mcp")
    full_index.site.asked.clear()
    assert crawl(full_index, database) == 0

    assert full_index.site.paths == [
        "/simple/",
        "/simple/mcp-notes-7/",
        "/files/mcp_notes_7-2.0-py3-none-any.whl.metadata",
    ]
    assert '"name":"put_mcp-notes-7"' in export(database).replace(" ", "")
