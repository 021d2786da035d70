"""A site is built out of a record, on SQLite and on PostgreSQL, whose connection workers leave alone."""

from collections.abc import Iterator
from pathlib import Path

from catalogue.store import Store
from catalogue.website.render import BuildReport, build
from classifier.verdicts import Verdict
from crawler.servers import Server
from tests.catalogue.sample_entries import ordinary

SERVERS = 16


def filled(store: Store) -> None:
    """The record with ordinary servers, as a crawl and the classifier leave it."""
    verdicts: dict[str, Verdict] = {}
    for number in range(SERVERS):
        entry = ordinary(number, tools=3)
        assert entry.snapshot
        verdicts |= entry.verdicts
        store.save(entry.server, [entry.snapshot])
    store.judge(lambda tools: [verdicts[tool.digest] for tool in tools], "rules-1")


def made(store: Store, out: Path, processes: int) -> BuildReport:
    return build(
        store.entries, out, base_url="https://example.org/", processes=processes, pick=store.entry, stamps=store.stamps
    )  # fmt: skip


def contents(out: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(out.rglob("*")):
        if file.is_file():
            yield file.relative_to(out).as_posix(), file.read_bytes()


def test_a_build_out_of_a_record_reads_what_changed_and_ends_where_a_full_one_does(
    store: Store, tmp_path: Path
) -> None:
    filled(store)
    first = made(store, tmp_path / "grown", 2)
    again = made(store, tmp_path / "grown", 2)
    server = ordinary(3, tools=3).server
    store.save(Server(name=server.name, description="Says something else."), [])
    changed = made(store, tmp_path / "grown", 2)
    made(store, tmp_path / "fresh", 1)

    assert (first.printed, again.printed, again.written, changed.printed) == (SERVERS, 0, 0, 1)
    assert dict(contents(tmp_path / "grown")) == dict(contents(tmp_path / "fresh"))
