"""Prints what machines read to follow the site: Atom feeds, the sitemap, robots.txt."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from catalogue.entries import Change
from catalogue.website import legend, lists, reference
from catalogue.website.lists import ListedChange
from catalogue.website.overview import NEWEST
from catalogue.website.pages import ServerPage
from catalogue.website.press import File, Press
from catalogue.website.register import Register
from catalogue.website.slugs import slug

#: Entries of one feed.
MOST = 60
#: Addresses in one file of the sitemap; the format allows 50,000.
ADDRESSES = 20_000
#: When a feed without an entry was last changed: a feed must say, and the day of the build would differ each time.
_NEVER = "1970-01-01T00:00:00Z"

#: Paths of the feeds over the whole catalogue: every change, and new tools that destroy or pay.
FEEDS = ("feeds/changes.atom", "feeds/destructive.atom")

_DANGEROUS = """
JOIN tool ON tool.server = change.server AND tool.name = change.tool
WHERE change.kind IN ('tool_added', 'verdict_moved') AND tool.category IN ('destructive', 'financial')
"""


#: A server that enters the catalogue brings its tools with it, and is told once for all of them.
_WITH_SUCH = "WHERE change.kind = 'server_added' AND server.gravest IN ('destructive', 'financial')"
_ENTERED = {
    **legend.CHANGES,
    "server_added": "The server entered the catalogue, with tools that destroy or pay",
}


class FeedEntry(Struct, frozen=True, kw_only=True):
    """One entry of a feed."""

    id: str
    title: str
    updated: str
    #: Path of the page that it speaks of.
    path: str
    says: str


def files(press: Press, register: Register) -> Iterator[File]:
    """The feeds over the whole catalogue, the sitemap, robots.txt."""
    everything = lists.changes(register, f"{NEWEST} LIMIT {MOST}")
    yield _feed(press, FEEDS[0], "Changes of MCP servers", "changes/", _entries(press, everything))
    title = "New tools that destroy or pay"
    yield _feed(
        press, FEEDS[1], title, "categories/destructive/", _entries(press, _dangerous(register), _ENTERED)
    )
    yield from _sitemap(press, register)
    yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {press.addresses.whole('sitemap.xml')}\n".encode()


def _dangerous(register: Register) -> list[ListedChange]:
    found = [
        change
        for question in (_DANGEROUS, _WITH_SUCH)
        for change in lists.changes(register, f"{question} {NEWEST} LIMIT {MOST}")
    ]
    return sorted(found, key=lambda change: change.seen_at, reverse=True)[:MOST]


def server_feed(press: Press, page: ServerPage) -> File:
    """The feed of one server."""
    changes = [_listed(page, change) for change in page.changes[:MOST]]
    return _feed(
        press, page.path + "feed.atom", f"Changes of {page.listing.name}", page.path, _entries(press, changes)
    )


def _feed(press: Press, path: str, title: str, about: str, entries: list[FeedEntry]) -> File:
    updated = entries[0].updated if entries else _NEVER
    return path, press.render(
        "feed.atom", path=path, title=title, about=about, entries=entries, updated=updated
    )


def _entries(
    press: Press, changes: list[ListedChange], told: Mapping[str, str] = legend.CHANGES
) -> list[FeedEntry]:
    """Entries with an id of their own, even where a server changed twice in one second, in the words for each kind."""
    made: dict[str, FeedEntry] = {}
    host = urlsplit(press.addresses.base).hostname or "localhost"
    for change in changes:
        about = f"{slug(change.tool or '')}/{slug(change.release or '')}"
        what = f"{change.path}{change.kind}/{change.seen_at}/{about}"
        key = press.addresses.link(what)
        words = told[change.kind]
        title = f"{change.server}: {words}" + (f": {change.tool}" if change.tool else "")
        entry = FeedEntry(
            id=f"tag:{host},2026:{key}",
            title=title,
            updated=change.seen_at,
            path=change.path,
            says=_says(change),
        )
        made.setdefault(key, entry)
    return list(made.values())


def _says(change: ListedChange) -> str:
    parts = [
        f"Release {change.release[:80]}." if change.release else "",
        f"Before: {change.before[:300]}" if change.before else "",
        f"After: {change.after[:300]}" if change.after else "",
    ]
    return " ".join(part for part in parts if part) or legend.CHANGES[change.kind] + "."


def _listed(page: ServerPage, change: Change) -> ListedChange:
    return ListedChange(
        server=page.listing.name,
        path=page.path,
        seen_at=change.seen_at,
        kind=change.kind,
        tool=change.tool,
        release=change.release,
        before=change.before,
        after=change.after,
    )


def _sitemap(press: Press, register: Register) -> Iterator[File]:
    """An index of the sitemap's files, and the files; every page that is not only a part of a list."""
    # Looked up here: a join takes several times as long.
    days = {name: _day(seen) for name, seen in register.rows("SELECT name, last_seen FROM server")}
    rows = register.rows("SELECT path, name FROM server UNION ALL SELECT path, server FROM tool ORDER BY 1")
    # Paths are slugs: nothing in them means anything to XML.
    begin = f"<url><loc>{press.addresses.base}"
    explained = (page.path for page in reference.searchable())
    lines = [f"{begin}{path}</loc></url>\n" for path in (*_PAGES, *explained)]
    names: list[str] = []
    for path, server in rows:
        lines.append(f"{begin}{path}</loc>{days[server]}</url>\n")
        if len(lines) == ADDRESSES:
            names.append(f"sitemap-{len(names) + 1}.xml")
            yield names[-1], _urlset(lines)
            lines = []
    names.append(f"sitemap-{len(names) + 1}.xml")
    yield names[-1], _urlset(lines)
    maps = "".join(f"<sitemap><loc>{press.addresses.whole(name)}</loc></sitemap>\n" for name in names)
    yield "sitemap.xml", f"{_XML}<sitemapindex {_SPACE}>\n{maps}</sitemapindex>\n".encode()


_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_PAGES = (
    "", "servers/", "categories/", "severities/", "signals/", "suspicions/", "attacks/", "statistics/", "changes/", "methodology/",
    "model/", "policy/", "glossary/", "data/", "about/",
)  # fmt: skip


def _day(seen: str) -> str:
    day = seen[:10]
    return f"<lastmod>{day}</lastmod>" if day.replace("-", "").isdigit() else ""


def _urlset(lines: list[str]) -> bytes:
    return f"{_XML}<urlset {_SPACE}>\n{''.join(lines)}</urlset>\n".encode()
