"""How a crawl is counted, and what of a registry is not started."""

from collections import Counter
from typing import Any

import pytest

from catalogue.crawling import MOST_ROWS, Tally, ending, tools_of, unreachable
from crawler.run import Ended, Found, Result, SourceFailed
from crawler.servers import Package, Remote, Server, ServerName
from crawler.snapshots import Method, Skipped, SkipReason, Snapshot
from crawler.sources.leads import Lead
from crawler.tools import Tool

TIME = "2026-11-23T12:00:00Z"
NOTES = ServerName("pypi", "mcp-notes")
LEAD = Lead(name=NOTES)
LISTED = Snapshot(server=NOTES, method=Method.STATIC, tools=(Tool.read({"name": "add_note"}),), taken_at=TIME)
SILENT = Skipped(server=NOTES, reason=SkipReason.TIMEOUT, taken_at=TIME)


@pytest.mark.parametrize(
    ("result", "word", "tools"),
    [
        (Result(server=NOTES, outcomes=(LISTED,)), "static", 1),
        (Result(server=NOTES, outcomes=(SILENT,)), "timeout", None),
        (Result(server=NOTES, state="known"), "unchanged", None),
        (Result(server=NOTES, state="listed"), "listed", None),
    ],
)
def test_a_result_is_told_in_one_word(result: Result, word: str, tools: int | None) -> None:
    """The method, the reason, or that there was nothing to do."""
    assert (ending(result), tools_of(result)) == (word, tools)


def test_every_event_is_counted() -> None:
    """Servers by how they ended; candidates that are none, and that could not be read, beside them."""
    tally = Tally()
    failed = SourceFailed(source="npm", fault="away")
    results = (Result(server=NOTES, outcomes=(LISTED,)), Result(server=NOTES, outcomes=(SILENT,)))
    for event in (
        Found(lead=LEAD),
        Ended(lead=LEAD, results=results),
        Ended(lead=LEAD),
        Ended(lead=LEAD, fault="away"),
        failed,
    ):
        tally.add(event)

    assert tally == Tally(
        results=list(results), outcomes=Counter(static=1, timeout=1), others=1, owed=1, failed=[failed]
    )


def test_the_summary_does_not_grow_with_the_crawl() -> None:
    """Of many servers only the first are kept one by one."""
    tally = Tally()
    for _ in range(MOST_ROWS * 2):
        tally.add(Ended(lead=LEAD, results=(Result(server=NOTES, outcomes=(LISTED,)),)))

    assert (len(tally.results), tally.outcomes) == (MOST_ROWS, Counter(static=MOST_ROWS * 2))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": NOTES}, None),
        ({"packages": (Package(registry_type="pypi", identifier="mcp-notes"),)}, None),
        (
            {"packages": (Package(registry_type="oci", identifier="a"), Package(registry_type="mcpb", identifier="b"))},
            (SkipReason.NO_WHEEL, "published as mcpb and oci, which is not started here"),
        ),
        (
            {"remotes": (Remote(type="sse", url="https://mcp.example.com"),)},
            (SkipReason.NEEDS_CONFIG, "hosted; it is asked only when a person wants that"),
        ),
    ],
)  # fmt: skip
def test_an_entry_without_a_package_of_an_index_is_not_started(
    fields: dict[str, Any], reason: tuple[SkipReason, str] | None
) -> None:
    """And says why."""
    server = Server(**{"name": ServerName("registry", "com.example/x"), **fields})

    assert unreachable(server) == reason
