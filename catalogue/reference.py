"""Prints the pages that explain: categories, severities, signals, attack patterns, glossary, and the pages of words."""

import tomllib
from collections.abc import Iterator

from catalogue import assets, legend, lists, search
from catalogue.attacks import KINDS, Attack, attacks
from catalogue.model_card import model_card
from catalogue.paging import numbered, paged
from catalogue.press import File, Press
from catalogue.register import Register
from classifier.categories import Category, Severity
from classifier.probe import Probe
from classifier.signals import PROBES

#: Tools on one page of a list, and pages of one list; the search has the rest.
TOOLS, MOST_PAGES = 80, 10
#: Tools that the page of an attack pattern names.
VICTIMS = 12

#: By code of a signal the tools that its list shows.
Shown = dict[str, list[lists.Listed]]

#: Pages that are only words: title and one sentence, by folder; the template has the folder's name.
TEXTS = {
    "methodology/": ("How tools are judged", "Where the tools come from, how a verdict is made, and how a grade is computed."),
    "policy/": ("The policy language", "Everything that a policy file can say, with an example of each."),
    "about/": ("About", "A catalogue that says what tools can do, and a gate that enforces what they may do."),
}  # fmt: skip
_MISSING = {"title": "There is no such page", "summary": "Nothing lives at this address."}
_SEARCH = {"title": "Search", "summary": "Search every page, server and tool of the catalogue."}


def files(press: Press, register: Register) -> Iterator[File]:
    """The pages and their JSON twins."""
    yield from _categories(press, register)
    found = dict(register.rows("SELECT code, count(*) FROM signal GROUP BY code"))
    shown = _shown(register)
    yield from _signals(press, {probe.code: found.get(probe.code, 0) for probe in PROBES}, shown)
    yield from _attacks(press, shown)
    yield from words_files(press)


def searchable() -> Iterator[search.Page]:
    """The pages that the search finds beside servers and tools."""
    for category in Category:
        can = f"One call can {legend.CATEGORIES[category].can}."
        yield search.Page(
            title=f"{category} tools", path=f"categories/{category}/", kind="category", says=can
        )
    for probe in PROBES:
        yield search.Page(title=probe.label, path=f"signals/{probe.code}/", kind="signal", says=probe.meaning)
    for attack in attacks():
        yield search.Page(
            title=attack.title, path=f"attacks/{attack.slug}/", kind="attack", says=attack.summary
        )
    for folder, (title, summary) in TEXTS.items():
        yield search.Page(title=title, path=folder, kind="page", says=summary)


def _categories(press: Press, register: Register) -> Iterator[File]:
    counts = lists.counts(register)
    rows = [
        (category, legend.CATEGORIES[category], counts[category.value]) for category in reversed(Category)
    ]
    yield from press.sheet(
        "categories.html",
        "categories/",
        {"counts": counts},
        rows=rows,
        title="Categories",
        summary="The five things that a call can do to the world, gravest first.",
    )
    severities = [(one, [c for c in Category if c.severity is one]) for one in reversed(Severity)]
    yield from press.sheet(
        "severities.html",
        "severities/",
        {"counts": counts},
        severities=severities,
        words=legend.CATEGORIES,
        title="Severities",
        summary="How bad the worst call is: it follows from whether it can be put right.",
    )
    for category in Category:
        yield from _category(press, register, category, counts[category.value])


def _category(press: Press, register: Register, category: Category, count: int) -> Iterator[File]:
    folder = f"categories/{category}/"
    words = legend.CATEGORIES[category]
    order = "WHERE category = ? ORDER BY poisoned DESC, confidence DESC, server, position LIMIT ?"
    found = lists.tools(register, order, category.value, TOOLS * MOST_PAGES)
    for pages, offset in paged(folder, count, TOOLS, MOST_PAGES):
        yield from press.sheet(
            "category.html",
            numbered(folder, pages.number),
            {"category": category, "count": count, "tools": found[offset : offset + TOOLS]},
            pages=pages,
            words=words,
            attacks=[attack for attack in attacks() if category in attack.categories],
            title=f"{category.capitalize()} tools",
            summary=f"{count} tools that can {words.can}.",
        )


def _signals(press: Press, counts: dict[str, int], shown: Shown) -> Iterator[File]:
    yield from press.sheet(
        "signals.html",
        "signals/",
        {"signals": counts},
        rows=[(probe, counts[probe.code]) for probe in PROBES],
        title="Risk signals",
        summary="What a definition can show that is worth knowing before an agent calls the tool.",
    )
    for probe in PROBES:
        yield from _signal(press, probe, counts[probe.code], shown[probe.code])


def _shown(register: Register) -> Shown:
    order = "JOIN signal USING (server, position) WHERE code = ? ORDER BY gravity DESC, confidence DESC, server, position LIMIT ?"
    return {probe.code: lists.tools(register, order, probe.code, TOOLS * MOST_PAGES) for probe in PROBES}


def _signal(press: Press, probe: Probe, count: int, found: list[lists.Listed]) -> Iterator[File]:
    folder = f"signals/{probe.code}/"
    said = {
        name: getattr(probe, name) for name in ("code", "label", "question", "meaning", "matters", "advice")
    }
    for pages, offset in paged(folder, count, TOOLS, MOST_PAGES):
        yield from press.sheet(
            "signal.html",
            numbered(folder, pages.number),
            {**said, "count": count, "tools": found[offset : offset + TOOLS]},
            pages=pages,
            probe=probe,
            attacks=[attack for attack in attacks() if probe.code in attack.signals],
            title=probe.label,
            summary=probe.meaning,
        )


def _attacks(press: Press, shown: Shown) -> Iterator[File]:
    groups = [
        (words, [attack for attack in attacks() if attack.kind == kind]) for kind, words in KINDS.items()
    ]
    yield from press.sheet(
        "attacks.html",
        "attacks/",
        {"attacks": attacks()},
        groups=groups,
        title="Attack patterns",
        summary="How tools have been and can be abused, what each way needs, and the policy that stops it.",
    )
    for attack in attacks():
        yield from press.sheet(
            "attack.html",
            f"attacks/{attack.slug}/",
            {"attack": attack, "tools": _victims(attack, shown)},
            kind=KINDS[attack.kind],
            title=attack.title,
            summary=attack.summary,
        )


def _victims(attack: Attack, shown: Shown) -> list[lists.Listed]:
    """A few of the gravest tools that show a signal of the attack, a few of each signal."""
    fitting = {
        tool.path: tool
        for code in attack.signals
        for tool in shown[code]
        if not attack.categories or tool.category in attack.categories
    }
    return sorted(fitting.values(), key=lambda tool: (-tool.category.gravity, tool.path))[:VICTIMS]


def words_files(press: Press) -> Iterator[File]:
    """The pages that are the same whatever the catalogue holds."""
    terms = tomllib.loads((assets.folder() / "glossary.toml").read_text("utf-8"))["term"]
    yield from press.sheet(
        "glossary.html",
        "glossary/",
        {"terms": terms},
        title="Glossary",
        summary="The words of this site, each in a sentence or two.",
    )
    for folder, (title, summary) in TEXTS.items():
        words = {"title": title, "summary": summary, "card": model_card()}
        html = press.render(f"{folder.strip('/')}.html", path=folder, twin="", **words)
        yield folder + "index.html", html
    yield "404.html", press.render("missing.html", path="404.html", twin="", **_MISSING)
    found = {
        "kinds": search.KINDS,
        "categories": list(Category),
        "probes": PROBES,
        "ecosystems": legend.ECOSYSTEMS,
    }
    yield "search/index.html", press.render("search.html", path="search/", twin="", **_SEARCH, **found)
