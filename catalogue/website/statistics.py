"""Prints the state of the servers in numbers: splits, distributions, and what they mean for a stack of servers."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from math import comb
from typing import Any

from catalogue.website import charts, legend, lists
from catalogue.website.press import File, Press
from catalogue.website.register import Register
from classifier.categories import Category
from crawler.snapshots import Method, SkipReason

_SIZES = ((1, 1), (2, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 10**9))
_STACKS = (1, 3, 5, 10, 20)


def files(press: Press, register: Register) -> Iterator[File]:
    """The page and its JSON twin."""
    numbers = _numbers(register)
    yield from press.sheet(
        "statistics.html",
        "statistics/",
        numbers,
        charts=_charts(numbers),
        sizes=charts.columns(numbers["tools_a_server"]),
        sure=charts.columns(numbers["confidence"]),
        drawing=(charts.WIDTH, charts.HEIGHT),
        title="The state of MCP servers",
        summary="What the tools in this catalogue can do, in numbers.",
    )


def _numbers(register: Register) -> dict[str, Any]:
    sizes = [tools for (tools,) in register.rows("SELECT tools FROM server WHERE tools > 0 ORDER BY tools")]
    gravest = dict(register.rows("SELECT gravest, count(*) FROM server WHERE gravest <> '' GROUP BY gravest"))
    return {
        "servers": register.one("SELECT count(*) FROM server"),
        "servers_with_tools": len(sizes),
        "tools": sum(sizes),
        "suspected": register.one("SELECT count(*) FROM tool WHERE poisoned"),
        "median_tools": sizes[len(sizes) // 2] if sizes else 0,
        "most_tools": sizes[-1] if sizes else 0,
        "categories": [(name, count) for name, count in reversed(lists.counts(register).items())],
        "gravest": [(category.value, gravest.get(category.value, 0)) for category in reversed(Category)],
        "signals": _grouped(register, "SELECT code, count(*) FROM signal GROUP BY code ORDER BY 2 DESC, code"),
        "grades": _grouped(register, "SELECT grade, count(*) FROM server WHERE grade <> '' GROUP BY grade ORDER BY grade"),
        "methods": _grouped(register, "SELECT method, count(*) FROM server WHERE method <> '' GROUP BY method ORDER BY 2 DESC, method"),
        "silent": _grouped(register, "SELECT skipped, count(*) FROM server WHERE skipped <> '' GROUP BY skipped ORDER BY 2 DESC, skipped"),
        "verbs": _grouped(register, _VERBS),
        "tools_a_server": [(_span(low, high), sum(low <= size <= high for size in sizes)) for low, high in _SIZES],
        "confidence": _sure(register),
        "stacks": _stacks(len(sizes), gravest),
    }  # fmt: skip


#: The first words of tools' names, most frequent first.
_VERBS = """
SELECT CASE instr(key, ' ') WHEN 0 THEN key ELSE substr(key, 1, instr(key, ' ') - 1) END AS verb, count(*)
FROM tool WHERE key <> '' GROUP BY verb ORDER BY 2 DESC, verb LIMIT 20
"""


def _charts(numbers: dict[str, Any]) -> dict[str, list[charts.Bar]]:
    categories = {category.value: category.value for category in Category}
    paths = {category: f"categories/{category}/" for category in categories}
    labels = legend.labels()
    signals = [(labels.get(code, code), count) for code, count in numbers["signals"]]
    to_signals = {
        labels.get(code, code): f"signals/{code}/"
        for code, _ in numbers["signals"]
        if code in legend.meanings()
    }
    return {
        "categories": charts.bars(numbers["categories"], categories, paths),
        "gravest": charts.bars(numbers["gravest"], categories, paths),
        "signals": charts.bars(signals, paths=to_signals, of=numbers["tools"]),
        "grades": charts.bars(numbers["grades"]),
        "methods": charts.bars([(legend.METHODS[Method(name)], count) for name, count in numbers["methods"]]),
        "silent": charts.bars(
            [(legend.SILENCES[SkipReason(name)][0], count) for name, count in numbers["silent"]]
        ),
        "verbs": charts.bars(numbers["verbs"], of=numbers["tools"]),
    }


def _stacks(servers: int, gravest: dict[str, int]) -> list[dict[str, Any]]:
    """The chance that so many servers, drawn at random, hold at least one that can destroy or pay."""
    harmless = servers - gravest.get("destructive", 0) - gravest.get("financial", 0)
    return [
        {"servers": size, "chance": round(1 - comb(harmless, size) / comb(servers, size), 4)}
        for size in _STACKS
        if size <= servers
    ]


def _sure(register: Register) -> list[tuple[str, int]]:
    """How many verdicts are as sure as each step of five in a hundred says, but not as the next one."""
    steps = range(8, 20)
    bounds = [step / 20 for step in steps]
    counts = Counter(bisect_right(bounds, sure) for (sure,) in register.rows("SELECT confidence FROM tool"))
    return [(str(5 * step), counts[number]) for number, step in enumerate(steps, 1)]


def _grouped(register: Register, question: str) -> list[tuple[str, int]]:
    return [(name, count) for name, count in register.rows(question)]


def _span(low: int, high: int) -> str:
    if low == high:
        return str(low)
    return f"{low}\u2013{high}" if high < 10**6 else f"{low}+"
