"""What a person may write behind `tollhouse crawl`, and the summary that comes of it."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from catalogue.cli import application
from catalogue.cli.progress import print_summary, told, watch
from catalogue.crawling import Tally
from catalogue.store import Store
from crawler.run import Ended, Event, Found, Result, SourceFailed
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Skipped, SkipReason, Snapshot
from crawler.sources.leads import Lead
from crawler.sources.starter import read_list
from crawler.tools import Tool

TIME = "2026-11-23T12:00:00Z"
NOTES, LOST, OLD = (ServerName("pypi", name) for name in ("mcp-notes", "mcp-lost", "mcp-old"))


def listed(name: ServerName) -> Result:
    tools = (Tool.read({"name": "add_note"}), Tool.read({"name": "list_notes"}))
    snapshot = Snapshot(server=name, release="1.0", method=Method.LIVE, tools=tools, taken_at=TIME)
    return Result(server=name, release="1.0", outcomes=(snapshot,))


def lost(detail: str) -> Result:
    outcome = Skipped(server=LOST, reason=SkipReason.NOT_FOUND, detail=detail, taken_at=TIME)
    return Result(server=LOST, outcomes=(outcome,))


@pytest.fixture
def tally() -> Tally:
    """One server new, one missing, one as it was, and a source that failed."""
    return Tally(
        results=[listed(NOTES), lost("no such\x1b[31m project"), Result(server=OLD, release="1.0", state="known")],
        outcomes=Counter(live=1, not_found=1, unchanged=1),
        others=2,
        owed=1,
        failed=[SourceFailed(source="npm", fault="away")],
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, tally: Tally) -> Store:
    store = Store.open(f"sqlite:///{tmp_path}/record.db")
    for result in (*tally.results[:2], listed(OLD)):
        store.save(Server(name=result.server, version=result.release, description="x"), result.outcomes)
    return store


def test_the_summary_tells_every_server_and_counts_them(
    store: Store, tally: Tally, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name, with what the record knows of what did not change; hostile characters are made visible."""
    print_summary(tally, store)
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]

    assert lines == [
        "server version method tools worst category",
        "pypi:mcp-lost - not_found - no such[U+001B][31m project",
        "pypi:mcp-notes 1.0 live 2 -",
        "pypi:mcp-old 1.0 live 2 -",
        "3 servers: 1 live, 1 not_found, 1 unchanged, 2 candidates are no servers, "
        "1 not read, owed to the next crawl, source npm failed",
    ]


def test_the_summary_as_json(store: Store, tally: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    """The same, for a script."""
    print_summary(tally, store, as_json=True)
    summary = json.loads(capsys.readouterr().out)

    assert summary["servers"][1] == {
        "server": "pypi:mcp-notes",
        "version": "1.0",
        "how": "live",
        "unchanged": False,
        "tools": 2,
        "worst": None,
        "detail": "",
    }
    assert {key: value for key, value in summary.items() if key != "servers"} == {
        "outcomes": {"live": 1, "not_found": 1, "unchanged": 1},
        "no_servers": 2,
        "owed": 1,
        "failed": [{"source": "npm", "fault": "away"}],
    }


LEAD = Lead(name=NOTES)


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (Ended(lead=LEAD, results=(listed(NOTES),)), ["pypi:mcp-notes 1.0: live, 2 tools"]),
        (Ended(lead=LEAD, results=(lost("a\nb"),)), ["pypi:mcp-lost: skipped, not_found: a"]),
        (
            Ended(lead=LEAD, results=(lost("Traceback (most recent call last):\n  x\nValueError: y\n"),)),
            ["pypi:mcp-lost: skipped, not_found: ValueError: y"],
        ),
        (Ended(lead=LEAD), []),
        (Ended(lead=LEAD, fault="away"), ["pypi:mcp-notes: not read, owed to the next crawl: away"]),
        (SourceFailed(source="npm", fault="away"), ["npm: could not be listed: away"]),
    ],
)
def test_an_event_is_told_in_plain_lines(event: Any, lines: list[str]) -> None:
    """One a server."""
    assert told(event) == lines


def test_a_crawl_is_watched_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines on stderr where there is no terminal."""

    async def events() -> AsyncGenerator[Event, None]:
        yield Found(lead=LEAD)
        yield Ended(lead=LEAD, results=(listed(NOTES),))

    assert asyncio.run(watch(events())).results == [listed(NOTES)]
    assert capsys.readouterr().err == "pypi:mcp-notes 1.0: live, 2 tools\n"


@pytest.mark.parametrize(
    "arguments",
    [["--package", "no spaces please"], ["--package", "nuget:x"], ["--repo", "owner"], ["--limit", "0"], ["--source", "x"]],
)  # fmt: skip
def test_what_is_written_wrongly_is_refused(arguments: list[str], tmp_path: Path) -> None:
    """With exit code 2, before anything is opened."""
    environment = {"TOLLHOUSE_HOME": str(tmp_path / "home")}
    result = CliRunner().invoke(application(), ["crawl", *arguments], env=environment)

    assert (result.exit_code, (tmp_path / "home").exists()) == (2, False)


def test_the_starter_list_is_ten_servers() -> None:
    """Those of the first crawl, each asked for by name."""
    leads = read_list()

    assert len(leads) == 10
    assert all(lead.asked for lead in leads)
    assert {"pypi:mcp-sora", "pypi:mcp-server-time"} <= {str(lead.name) for lead in leads}


def test_a_list_of_ones_own_may_have_comments(tmp_path: Path) -> None:
    """And every ecosystem's names."""
    file = tmp_path / "list.txt"
    file.write_text("# mine\n\n  npm:@ann/notes  \ngithub:ann/notes#src\n", encoding="utf-8")

    assert [str(lead.name) for lead in read_list(file)] == ["npm:@ann/notes", "github:ann/notes#src"]
