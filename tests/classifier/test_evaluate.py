"""The figures of an evaluation, worked out by hand."""

import pytest

from classifier.categories import Category
from classifier.corpus import Labelled
from classifier.evaluate import Bin, Share, SignalScore, compare, cost, score, share
from classifier.evidence import Evidence, Signal
from classifier.report import table
from classifier.verdicts import Verdict
from crawler.tools import Tool

READ, WRITE, EXECUTE, DESTRUCTIVE, FINANCIAL = Category


def row(category: Category, name: str = "x", **more: object) -> Labelled:
    """A labelled tool of the server that its category names."""
    definition = {"name": name, "description": more.pop("description", "Does it.")}
    return Labelled(
        server=f"server-{category}",
        family=name,
        tool=Tool.read(definition),
        category=category,
        **more,  # type: ignore[arg-type]
    )


def said(category: Category, confidence: float = 0.95, *signals: str) -> Verdict:
    """A verdict."""
    nowhere = Evidence(field="name", quote="x", start=0, end=1)
    found = tuple(Signal(code=code, evidence=nowhere) for code in signals)
    return Verdict(category=category, confidence=confidence, signals=found, version="1")


TRUTH = [READ, READ, READ, READ, WRITE, WRITE, EXECUTE, DESTRUCTIVE, DESTRUCTIVE, FINANCIAL]
TOLD = [READ, READ, READ, WRITE, WRITE, READ, READ, DESTRUCTIVE, WRITE, FINANCIAL]


def test_the_confusion_and_what_follows_from_it() -> None:
    """Six of ten are right; one of four dangerous ones is called read."""
    scores = score([row(truth) for truth in TRUTH], TOLD)

    assert scores.confusion["read"] == {
        "read": 3,
        "write": 1,
        "execute": 0,
        "destructive": 0,
        "financial": 0,
        "other": 0,
    }
    assert scores.confusion["destructive"]["write"] == 1
    assert (scores.tools, scores.accuracy.value) == (10, 0.6)
    read = scores.categories["read"]
    assert (read.precision.value, read.recall.value, read.f1) == (0.6, 0.75, 0.6667)
    assert scores.categories["execute"].f1 == 0.0
    # F1: read 2*3/(5+4), write 2*1/(3+2), execute 0, destructive 2*1/(1+2), financial 1
    assert scores.macro_f1 == round((6 / 9 + 2 / 5 + 0 + 2 / 3 + 1) / 5, 4)
    assert scores.dangerous_called_read.value == 0.25
    # one read called write, one write called read, execute called read, destructive called write
    assert scores.cost == (1 + 2 + 6 + 5) / 10


def test_no_category_is_never_right() -> None:
    """It costs a look."""
    scores = score([row(READ), row(READ)], [None, READ])

    assert (scores.accuracy.value, scores.confusion["read"]["other"], scores.cost) == (0.5, 1, 1.0)


@pytest.mark.parametrize(
    ("truth", "told", "price"),
    [
        (DESTRUCTIVE, READ, 10),
        (READ, DESTRUCTIVE, 1),
        (FINANCIAL, FINANCIAL, 0),
        (EXECUTE, READ, 6),
        (WRITE, None, 2),
    ],
)
def test_calling_danger_harmless_costs_most(truth: Category, told: Category | None, price: int) -> None:
    """The reverse costs least."""
    assert cost(truth, told) == price


def test_a_share_has_its_wilson_interval() -> None:
    """Known values; of nothing, all is possible."""
    assert share(8, 10) == Share(0.8, 0.4902, 0.9433, 10)
    assert share(0, 0) == Share(0.0, 0.0, 1.0, 0)


def test_calibration_is_the_distance_between_sureness_and_truth() -> None:
    """Two bins: of four at 0.95 three are right, of two at 0.55 one is."""
    rows = [row(READ)] * 6
    told = [said(READ), said(READ), said(READ), said(WRITE), said(READ, 0.55), said(WRITE, 0.55)]

    result = compare(rows, told)

    assert result.calibration == [Bin(0.55, 0.5, 2), Bin(0.95, 0.75, 4)]
    assert result.calibration_error == pytest.approx((2 * 0.05 + 4 * 0.2) / 6, abs=1e-4)


def test_signals_are_counted_where_readers_gave_them() -> None:
    """Two hits, one false alarm, one miss; the row without signals has no part."""
    rows = [
        row(READ, signals=frozenset({"fetches-url", "untrusted-content"})),
        row(READ, signals=frozenset({"fetches-url"})),
        row(READ, signals=None),
    ]
    told = [
        said(READ, 0.9, "fetches-url"),
        said(READ, 0.9, "fetches-url", "runs-code"),
        said(READ, 0.9, "runs-shell"),
    ]

    result = compare(rows, told)

    assert result.signals_micro_f1 == round(2 * 2 / (3 + 3), 4)
    assert result.signals["fetches-url"] == SignalScore(1.0, 1.0, 1.0, 2)
    assert result.signals["untrusted-content"] == SignalScore(0.0, 0.0, 0.0, 1)
    assert "runs-shell" not in result.signals


def test_it_is_told_by_server_language_and_completeness() -> None:
    """Each group with its share, and all of it in the table."""
    rows = [row(READ), row(WRITE, description="获取用户的信息和列表"), row(WRITE, description="")]
    result = compare(rows, [said(READ), said(WRITE), said(READ)])

    assert {name: one.value for name, one in result.by_server.items()} == {
        "server-read": 1.0,
        "server-write": 0.5,
    }
    assert {name: one.value for name, one in result.by_language.items()} == {
        "en": 1.0,
        "none": 0.0,
        "zh": 1.0,
    }
    assert {name: one.value for name, one in result.by_completeness.items()} == {
        "description, no schema": 1.0,
        "no description, no schema": 0.0,
    }
    printed = table(result)
    for told in (
        "keywords",
        "annotations",
        "calibration error",
        "server-write",
        "no description, no schema",
        "zh",
    ):
        assert told in printed
