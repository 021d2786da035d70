"""Prints the pages that speak of the catalogue as a whole, from the facts in the register."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from catalogue import legend, search
from catalogue.paging import numbered, paged
from catalogue.press import File, Press, encoded
from catalogue.register import Register
from classifier.categories import Category, Severity
from classifier.signals import PROBES

#: Servers and tools on one page of a list.
SERVERS, TOOLS = 150, 80
#: A list of tools ends after so many pages; the search has the rest.
MOST_PAGES = 10

#: Pages that are only words: title and one sentence, by folder; the template has the folder's name.
_TEXTS = {
    "methodology/": ("How tools are judged", "Where the tools come from, how a verdict is made, and how a grade is computed."),
    "about/": ("About", "A catalogue that says what tools can do, and a gate that enforces what they may do."),
}  # fmt: skip

_TOOL = "tool.server, tool.name, tool.path, tool.category, tool.says, tool.poisoned"
_SERVER = "name, path, says, grade, gravest, tools, skipped"


class Listed(Struct, frozen=True, kw_only=True):
    """A tool in a list over the whole catalogue."""

    server: str
    name: str
    path: str
    category: Category
    says: str
    poisoned: bool


class ListedServer(Struct, frozen=True, kw_only=True):
    """A server in a list over the whole catalogue."""

    name: str
    path: str
    says: str
    grade: str
    gravest: str
    tools: int
    skipped: str


class Overview:
    """Prints the pages of the whole from one register."""

    def __init__(self, press: Press, register: Register) -> None:
        self._press = press
        self._register = register

    def files(self) -> Iterator[File]:
        """Every page that belongs to no single server."""
        yield from self._home()
        yield from self._servers()
        yield from self._categories()
        yield from self._signals()
        yield from self._texts()
        yield from self._search()

    def _home(self) -> Iterator[File]:
        counts = self._counts()
        numbers = {
            "servers": self._register.one("SELECT count(*) FROM server"),
            "silent": self._register.one("SELECT count(*) FROM server WHERE tools = 0"),
            "tools": sum(counts.values()),
            "dangerous": self._register.one(
                "SELECT count(*) FROM server WHERE gravest IN ('destructive', 'financial')"
            ),
        }
        yield from self._page(
            "home.html", "", {"counts": counts, "numbers": numbers}, title="What MCP tools can do",
            summary="An open catalogue of MCP servers: what every tool can do, why that is risky, and the policy for it.",
            gravest=self._tools("WHERE NOT poisoned ORDER BY gravity DESC, confidence DESC, server, position LIMIT 8"),
            suspected=self._tools("WHERE poisoned ORDER BY gravity DESC, confidence DESC, server, position LIMIT 5"),
            newest=self._listed("ORDER BY first_seen DESC, name LIMIT 8"),
        )  # fmt: skip

    def _servers(self) -> Iterator[File]:
        total = self._register.one("SELECT count(*) FROM server")
        for pages, offset in paged("servers/", total, SERVERS):
            servers = self._listed(f"ORDER BY name LIMIT {SERVERS} OFFSET {offset}")
            yield from self._page(
                "servers.html", numbered("servers/", pages.number), {"servers": servers, "count": total}, pages=pages,
                title="Servers", summary="Every MCP server in the catalogue, with its grade and its gravest tool.",
            )  # fmt: skip

    def _categories(self) -> Iterator[File]:
        counts = self._counts()
        rows = [
            (category, legend.CATEGORIES[category], counts[category.value]) for category in reversed(Category)
        ]
        yield from self._page(
            "categories.html", "categories/", {"counts": counts}, rows=rows, title="Categories",
            summary="The five things that a call can do to the world, gravest first.",
        )  # fmt: skip
        severities = [(one, [c for c in Category if c.severity is one]) for one in reversed(Severity)]
        yield from self._page(
            "severities.html", "severities/", {"counts": counts}, severities=severities, words=legend.CATEGORIES,
            title="Severities", summary="How bad the worst call is: it follows from whether it can be put right.",
        )  # fmt: skip
        for category in Category:
            yield from self._category(category, counts[category.value])

    def _category(self, category: Category, count: int) -> Iterator[File]:
        folder = f"categories/{category}/"
        words = legend.CATEGORIES[category]
        for pages, offset in paged(folder, count, TOOLS, MOST_PAGES):
            where = f"WHERE category = '{category}' ORDER BY poisoned DESC, confidence DESC, server, position"
            tools = self._tools(f"{where} LIMIT {TOOLS} OFFSET {offset}")
            yield from self._page(
                "category.html", numbered(folder, pages.number), {"category": category, "count": count, "tools": tools},
                pages=pages, words=words, title=f"{category.capitalize()} tools",
                summary=f"{count} tools that can {words.can}.",
            )  # fmt: skip

    def _signals(self) -> Iterator[File]:
        counts = dict(self._register.rows("SELECT code, count(*) FROM signal GROUP BY code"))
        rows = [(probe, counts.get(probe.code, 0)) for probe in PROBES]
        data = {"signals": {probe.code: counts.get(probe.code, 0) for probe in PROBES}}
        yield from self._page(
            "signals.html", "signals/", data, rows=rows, title="Risk signals",
            summary="What a definition can show that is worth knowing before an agent calls the tool.",
        )  # fmt: skip
        for probe, count in rows:
            yield from self._signal(probe, count)

    def _signal(self, probe: Any, count: int) -> Iterator[File]:
        folder = f"signals/{probe.code}/"
        for pages, offset in paged(folder, count, TOOLS, MOST_PAGES):
            tools = self._tools(
                "JOIN signal USING (server, position) WHERE code = ? ORDER BY gravity DESC, confidence DESC, server, position "
                f"LIMIT {TOOLS} OFFSET {offset}",
                probe.code,
            )
            data = {"code": probe.code, "count": count, "question": probe.question, "meaning": probe.meaning,
                    "matters": probe.matters, "advice": probe.advice, "tools": tools}  # fmt: skip
            yield from self._page(
                "signal.html", numbered(folder, pages.number), data, probe=probe, pages=pages, title=probe.label, summary=probe.meaning
            )  # fmt: skip

    def _texts(self) -> Iterator[File]:
        for folder, (title, summary) in _TEXTS.items():
            words = {"path": folder, "twin": "", "title": title, "summary": summary}
            yield folder + "index.html", self._press.render(f"{folder.strip('/')}.html", **words)
        missing = {
            "path": "404.html",
            "twin": "",
            "title": "There is no such page",
            "summary": "Nothing lives at this address.",
        }
        yield "404.html", self._press.render("missing.html", **missing)

    def _search(self) -> Iterator[File]:
        words = {
            "kinds": search.KINDS,
            "categories": list(Category),
            "probes": PROBES,
            "ecosystems": legend.ECOSYSTEMS,
        }
        html = self._press.render(
            "search.html", path="search/", twin="", title="Search", summary="Search the catalogue.", **words
        )
        yield "search/index.html", html
        yield from search.index_files(self._register, list(self._reference()))

    def _reference(self) -> Iterator[search.Page]:
        for category in Category:
            words = legend.CATEGORIES[category]
            yield search.Page(
                title=f"{category} tools",
                path=f"categories/{category}/",
                kind="category",
                says=f"One call can {words.can}.",
            )
        for probe in PROBES:
            yield search.Page(
                title=probe.label, path=f"signals/{probe.code}/", kind="signal", says=probe.meaning
            )

    def _counts(self) -> dict[str, int]:
        found = dict(self._register.rows("SELECT category, count(*) FROM tool GROUP BY category"))
        return {category.value: found.get(category.value, 0) for category in Category}

    def _tools(self, rest: str, *values: Any) -> list[Listed]:
        rows = self._register.rows(f"SELECT {_TOOL} FROM tool {rest}", *values)  # noqa: S608  # *rest* is written above
        return [
            Listed(server=s, name=n, path=p, category=Category(c), says=t, poisoned=bool(b))
            for s, n, p, c, t, b in rows
        ]

    def _listed(self, rest: str) -> list[ListedServer]:
        rows = self._register.rows(f"SELECT {_SERVER} FROM server {rest}")  # noqa: S608  # as above
        return [
            ListedServer(name=n, path=p, says=s, grade=g, gravest=w, tools=t, skipped=k)
            for n, p, s, g, w, t, k in rows
        ]

    def _page(self, template: str, folder: str, data: dict[str, Any], **words: Any) -> Iterator[File]:
        html = self._press.render(
            template, path=folder, twin=folder + "index.json", labels=legend.labels(), **data, **words
        )
        yield folder + "index.html", html
        yield folder + "index.json", encoded(data)
