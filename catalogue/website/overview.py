"""Prints the pages that look over the whole catalogue: home, all servers, all changes."""

from collections.abc import Iterator

from catalogue.website import legend, lists
from catalogue.website.moments import lines
from catalogue.website.paging import numbered, paged, weight
from catalogue.website.press import File, Press
from catalogue.website.register import Register

#: Servers and changes on one page.
SERVERS, CHANGES = 100, 60
#: The list of changes ends after so many; each server's own page has all of its changes.
MOST_CHANGES = 1200
#: Lines of changes on the first page, and changes of which they are made.
AT_HOME, READ_AT_HOME = 6, 60

#: Of a group of tools the gravest, the surest, the first; where `max` is asked for, SQLite takes the row that has it.
_GRAVEST = "max(gravity + confidence / 2 - position * 1e-9)"
NEWEST = "ORDER BY change.seen_at DESC, change.server, change.number"


def files(press: Press, register: Register) -> Iterator[File]:
    """The pages and their JSON twins."""
    yield from _home(press, register)
    yield from _servers(press, register)
    yield from _changes(press, register)


def _home(press: Press, register: Register) -> Iterator[File]:
    counts = lists.counts(register)
    numbers = {
        "servers": register.one("SELECT count(*) FROM server"),
        "silent": register.one("SELECT count(*) FROM server WHERE tools = 0"),
        "tools": sum(counts.values()),
        "dangerous": register.one(
            "SELECT count(*) FROM server WHERE gravest IN ('destructive', 'financial')"
        ),
    }
    gravest = f"WHERE NOT poisoned AND gravity > 0 GROUP BY server ORDER BY {_GRAVEST} DESC, server LIMIT 9"
    suspected = f"WHERE poisoned GROUP BY server ORDER BY {_GRAVEST} DESC, server LIMIT 5"
    worst = lists.tools(register, gravest)
    # Servers that entered stand beside them, as the newest.
    changes = lists.changes(register, f"WHERE change.kind <> 'server_added' {NEWEST} LIMIT {READ_AT_HOME}")
    found = {
        "gravest": worst,
        "suspected": lists.tools(register, suspected),
        "newest": lists.servers(register, "WHERE tools > 0 ORDER BY first_seen DESC, name LIMIT 6"),
        "changes": changes,
    }
    yield from press.sheet(
        "home.html",
        "",
        {"counts": counts, "numbers": numbers, **found},
        title="What MCP tools can do",
        summary="An open catalogue of MCP servers: what every tool can do, why that is risky, and the policy for it.",
        lines=lines(changes)[:AT_HOME],
        shown=worst[0] if worst else None,
        verdict=legend.CATEGORIES[worst[0].category].verdict if worst else "",
    )


def _servers(press: Press, register: Register) -> Iterator[File]:
    total = register.one("SELECT count(*) FROM server")
    weights = (weight(*texts) for texts in register.rows("SELECT name, path, says FROM server ORDER BY name"))
    for pages, rows in paged("servers/", weights, SERVERS):
        found = lists.servers(register, f"ORDER BY name LIMIT {rows.stop - rows.start} OFFSET {rows.start}")
        yield from press.sheet(
            "servers.html",
            numbered("servers/", pages.number),
            {"servers": found, "count": total},
            pages=pages,
            title="Servers",
            summary="Every MCP server in the catalogue, with its grade and its gravest tool.",
        )


def _changes(press: Press, register: Register) -> Iterator[File]:
    newest = lists.changes(register, f"{NEWEST} LIMIT {MOST_CHANGES}")
    for pages, rows in paged("changes/", map(_weight, newest), CHANGES):
        yield from press.sheet(
            "changes.html",
            numbered("changes/", pages.number),
            {"changes": newest[rows]},
            pages=pages,
            lines=lines(newest[rows]),
            title="Changes",
            summary="What has changed on MCP servers: new and withdrawn servers, releases, tools and their definitions.",
        )


def _weight(change: lists.ListedChange) -> int:
    texts = (change.tool, change.release, change.before, change.after)
    return weight(change.server, change.path, *(text[:80] for text in texts if text))
