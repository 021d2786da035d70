"""Shows a crawl while it runs, and sums it up when it has."""

import json
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from catalogue.crawling import MOST_ROWS, Tally, ending, tools_of
from catalogue.plural import plural
from catalogue.store import Store
from catalogue.website.visible import plain
from classifier.categories import Category
from crawler.run import Ended, Event, Found, Result, SourceFailed
from crawler.snapshots import Skipped

#: Columns of the summary where nobody's terminal says how many there are.
WIDTH = 120

_COLOURS = {
    Category.READ: "green",
    Category.WRITE: "cyan",
    Category.EXECUTE: "yellow",
    Category.DESTRUCTIVE: "red",
    Category.FINANCIAL: "magenta",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One server of the summary."""

    server: str
    version: str | None
    #: live, static, ... or the reason of a skip.
    how: str
    #: Nothing was new this time.
    unchanged: bool
    tools: int | None
    worst: Category | None
    #: Why it was skipped, for a person.
    detail: str = ""


async def watch(events: AsyncGenerator[Event, None]) -> Tally:
    """Count a crawl to its end: with a bar on a terminal, with a line a server elsewhere, on stderr."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tally = Tally()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Crawling", total=0)
        async with aclosing(events) as stream:
            async for event in stream:
                tally.add(event)
                if isinstance(event, Found):
                    progress.update(bar, total=(progress.tasks[bar].total or 0) + 1)
                    continue
                progress.advance(bar, isinstance(event, Ended))
                if not console.is_terminal or isinstance(event, SourceFailed):
                    for line in told(event):
                        console.print(Text(line), soft_wrap=True)
    return tally


def told(event: Ended | SourceFailed) -> list[str]:
    """What happened, in plain lines."""
    if isinstance(event, SourceFailed):
        return [plain(f"{event.source}: could not be listed: {event.fault}")]
    if event.fault is not None:
        return [plain(f"{event.lead.name}: not read, owed to the next crawl: {event.fault}")]
    return [plain(_told(result)) for result in event.results]


def _told(result: Result) -> str:
    name = f"{result.server} {result.release or ''}".rstrip()
    if not result.outcomes:
        return f"{name}: {ending(result)}"
    outcome = result.outcomes[0]
    if isinstance(outcome, Skipped):
        return f"{name}: skipped, {outcome.reason}: {_first_line(outcome.detail)}"
    return f"{name}: {outcome.method}, {plural(len(outcome.tools), 'tool')}"


def lines(tally: Tally, store: Store) -> list[Line]:
    """One line a server, as the record has it now, by name."""
    found = [_line(result, store) for result in tally.results]
    return sorted(found, key=lambda line: line.server)


def _line(result: Result, store: Store) -> Line:
    entry = store.entry(result.server)
    outcome = result.outcomes[0] if result.outcomes else (entry.outcome if entry else None)
    skipped = isinstance(outcome, Skipped)
    snapshot = None if skipped else outcome
    return Line(
        server=str(result.server),
        version=result.release or (outcome.release if outcome else None),
        how=ending(Result(server=result.server, outcomes=(outcome,) if outcome else ())),
        unchanged=not result.outcomes,
        tools=tools_of(Result(server=result.server, outcomes=(snapshot,) if snapshot else ())),
        worst=None if skipped else store.worst(result.server),
        detail=_first_line(outcome.detail) if isinstance(outcome, Skipped) else "",
    )


def print_summary(tally: Tally, store: Store, *, as_json: bool = False) -> None:
    """The table of servers and the counts by outcome, on stdout."""
    rows = lines(tally, store)
    if as_json:
        json.dump(_as_json(tally, rows), sys.stdout, indent=2)
        print()
        return
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    if rows:
        console.print(_table(rows))
    if (total := sum(tally.outcomes.values())) > MOST_ROWS:
        console.print(f"... and {total - MOST_ROWS} more servers")
    console.print(Text(_counts(tally)), soft_wrap=True)


def _as_json(tally: Tally, rows: Sequence[Line]) -> dict[str, object]:
    servers = [
        {
            "server": row.server,
            "version": row.version,
            "how": row.how,
            "unchanged": row.unchanged,
            "tools": row.tools,
            "worst": row.worst,
            "detail": row.detail,
        }
        for row in rows
    ]
    return {
        "servers": servers,
        "outcomes": dict(sorted(tally.outcomes.items())),
        "no_servers": tally.others,
        "owed": tally.owed,
        "failed": [{"source": event.source, "fault": event.fault} for event in tally.failed],
    }


def _table(rows: Sequence[Line]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("server", "version", "method"):
        table.add_column(heading, no_wrap=True)
    table.add_column("tools", justify="right")
    table.add_column("worst category")
    for row in rows:
        worst = Text(row.worst, style=_COLOURS[row.worst]) if row.worst else Text("-")
        cells = (row.server, row.version or "-", row.how, "-" if row.tools is None else str(row.tools))
        table.add_row(
            *(Text(plain(cell)) for cell in cells), Text(plain(row.detail)) if row.detail else worst
        )
    return table


def _counts(tally: Tally) -> str:
    total = sum(tally.outcomes.values())
    parts = [f"{count} {word}" for word, count in tally.outcomes.most_common()]
    if tally.others:
        parts.append(f"{tally.others} candidates are no servers")
    if tally.owed:
        parts.append(f"{tally.owed} not read, owed to the next crawl")
    parts += [plain(f"source {event.source} failed") for event in tally.failed]
    return f"{total} {'server' if total == 1 else 'servers'}: " + (", ".join(parts) or "nothing new")


def _first_line(text: str) -> str:
    """Of a trace the last line, which names the error; of anything else the first."""
    told = [line for line in text.splitlines() if line.strip()]
    if not told:
        return ""
    return (told[-1] if told[0].startswith("Traceback") else told[0])[:200]
