"""Prints the pages that explain: categories, severities, signals, suspicions, attack patterns."""

import itertools
from collections import defaultdict
from collections.abc import Iterator

from catalogue.website import legend, lists, search
from catalogue.website.attacks import KINDS, Attack, attacks
from catalogue.website.paging import numbered, paged
from catalogue.website.press import File, Press
from catalogue.website.register import Register
from catalogue.website.templates import uncoded
from classifier.categories import Category, Severity
from classifier.poisoning import PROBES as TRICKS
from classifier.poisoning.probe import PoisoningProbe
from classifier.probe import Probe
from classifier.signals import PROBES

#: Tools on one page of a list, and in one list; the search has the rest.
TOOLS, MOST = 80, 800
#: Tools that the page of an attack pattern names.
VICTIMS = 12
#: Tools of each category that the page of severities shows, each of another server.
EXAMPLES = 3

#: What a page says of a signal or a suspicion, beside its tools.
_SAID = ("code", "label", "question", "meaning", "matters", "advice")

#: By code of a signal the tools that its list shows.
Shown = dict[str, list[lists.Listed]]


def files(press: Press, register: Register) -> Iterator[File]:
    """The pages and their JSON twins."""
    yield from _categories(press, register)
    found = dict(register.rows("SELECT code, count(*) FROM signal GROUP BY code"))
    shown = _shown(register)
    yield from _signals(press, {probe.code: found.get(probe.code, 0) for probe in PROBES}, shown)
    yield from _suspicions(press, register)
    yield from _attacks(press, shown, register)


def searchable() -> Iterator[search.Page]:
    """The pages that the search finds beside servers and tools."""
    for category in reversed(Category):
        can = f"One call can {legend.CATEGORIES[category].can}."
        yield search.Page(
            title=f"{category} tools", path=f"categories/{category}/", kind="category", says=can
        )
    for probe in PROBES:
        yield search.Page(
            title=probe.label, path=f"signals/{probe.code}/", kind="signal", says=uncoded(probe.meaning)
        )
    for attack in attacks():
        yield search.Page(
            title=attack.title, path=f"attacks/{attack.slug}/", kind="attack", says=attack.summary
        )
    for trick in TRICKS:
        yield search.Page(
            title=trick.label, path=f"suspicions/{trick.code}/", kind="suspicion", says=uncoded(trick.meaning)
        )


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
    yield from _severities(press, register, counts)
    for category in Category:
        yield from _category(press, register, category, counts[category.value])


def _severities(press: Press, register: Register, counts: dict[str, int]) -> Iterator[File]:
    order = (
        "WHERE category = ? AND NOT poisoned GROUP BY server ORDER BY max(confidence) DESC, server LIMIT ?"
    )
    yield from press.sheet(
        "severities.html",
        "severities/",
        {"counts": counts, "examples": {one: lists.tools(register, order, one, EXAMPLES) for one in counts}},
        severities=[
            (one, [c for c in reversed(Category) if c.severity is one]) for one in reversed(Severity)
        ],
        meanings=legend.SEVERITIES,
        words=legend.CATEGORIES,
        title="Severities",
        summary="How bad the worst call is: it follows from whether it can be put right.",
    )


def _category(press: Press, register: Register, category: Category, count: int) -> Iterator[File]:
    folder = f"categories/{category}/"
    words = legend.CATEGORIES[category]
    order = "WHERE category = ? ORDER BY poisoned DESC, confidence DESC, server, position LIMIT ?"
    found = lists.tools(register, order, category.value, MOST)
    for pages, rows in paged(folder, map(lists.weighed, found), TOOLS):
        yield from press.sheet(
            "category.html",
            numbered(folder, pages.number),
            {"category": category, "count": count, "tools": found[rows]},
            pages=pages,
            most=MOST,
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
        using = [attack for attack in attacks() if probe.code in attack.signals]
        yield from _probe(press, "signal", probe, counts[probe.code], shown[probe.code], using)


def _shown(register: Register) -> Shown:
    order = "JOIN signal USING (server, position) WHERE code = ? ORDER BY gravity DESC, confidence DESC, server, position LIMIT ?"
    return {probe.code: lists.tools(register, order, probe.code, MOST) for probe in PROBES}


def _probe(
    press: Press,
    kind: str,
    probe: Probe | PoisoningProbe,
    count: int,
    found: list[lists.Listed],
    using: list[Attack],
) -> Iterator[File]:
    """The pages of a signal or a suspicion: what it means, the attack patterns that use it, the tools that show it."""
    folder = f"{kind}s/{probe.code}/"
    said = {name: getattr(probe, name) for name in _SAID}
    for pages, rows in paged(folder, map(lists.weighed, found), TOOLS):
        yield from press.sheet(
            f"{kind}.html",
            numbered(folder, pages.number),
            {**said, "count": count, "tools": found[rows]},
            pages=pages,
            most=MOST,
            probe=probe,
            attacks=using,
            title=probe.label,
            summary=uncoded(probe.meaning),
        )


def _suspicions(press: Press, register: Register) -> Iterator[File]:
    found = dict(register.rows("SELECT code, count(*) FROM finding GROUP BY code"))
    counts = {trick.code: found.get(trick.code, 0) for trick in TRICKS}
    yield from press.sheet(
        "suspicions.html",
        "suspicions/",
        {"suspicions": counts},
        rows=[(trick, counts[trick.code]) for trick in TRICKS],
        title="Suspicions",
        summary="Signs that a definition speaks to the model behind the reader's back, or is not what it seems.",
    )
    order = "JOIN finding USING (server, position) WHERE code = ? ORDER BY poisoned DESC, gravity DESC, server, position LIMIT ?"
    for trick in TRICKS:
        using = [attack for attack in attacks() if trick.code in attack.findings]
        shown = lists.tools(register, order, trick.code, MOST)
        yield from _probe(press, "suspicion", trick, counts[trick.code], shown, using)


def _attacks(press: Press, shown: Shown, register: Register) -> Iterator[File]:
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
            {"attack": attack, "tools": _victims(attack, shown, register)},
            kind=KINDS[attack.kind],
            title=attack.title,
            summary=attack.summary,
        )


def _victims(attack: Attack, shown: Shown, register: Register) -> list[lists.Listed]:
    """A few of the gravest tools that show a signal of the attack, a few of each, or raise a suspicion of it."""
    fitting = {
        tool.path: tool
        for code in attack.signals
        for tool in shown[code]
        if not attack.categories or tool.category in attack.categories
    }
    order = (
        "JOIN finding USING (server, position) WHERE code = ? ORDER BY gravity DESC, server, position LIMIT ?"
    )
    for code in attack.findings:
        fitting |= {tool.path: tool for tool in lists.tools(register, order, code, VICTIMS)}
    ranked = sorted(fitting.values(), key=lambda tool: (-tool.category.gravity, tool.path))
    # One of each server comes before the second of any.
    turns: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
    return sorted(ranked, key=lambda tool: next(turns[tool.server]))[:VICTIMS]
