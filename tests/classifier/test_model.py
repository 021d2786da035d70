"""Weights as text: written, read back, summed and decided on."""

import pytest

from classifier import model
from classifier.categories import Category

WEIGHTS = {"n:delete": {3: 4000, 0: -1500}, "n:list": {0: 3000}, "s:deletes-data": {7: 2500}}


def small() -> model.Model:
    """A model of three features."""
    text = model.write("tiny", 1.0, [0.5] * 22, [(0.5, 0.4), (1.0, 0.9)], {0: 100, 3: -200}, WEIGHTS)
    return model.read(text)


def test_weights_come_back_as_they_were_written() -> None:
    """One feature a line, sorted, so that a change of weights reads as a change of lines."""
    text = model.write("tiny", 1.0, [0.5] * 22, [(0.5, 0.4), (1.0, 0.9)], {0: 100, 3: -200}, WEIGHTS)

    assert text.splitlines()[6:] == ["n:delete\t0:-1500 3:4000", "n:list\t0:3000", "s:deletes-data\t7:2500"]
    assert small().row("n:delete").weights[:5] == (-1500, 0, 0, 4000, 0)
    assert small().row("s:deletes-data").weights[7] == 2500


def test_a_row_without_its_categories_counts_for_signals_alone() -> None:
    mixed, graded = model.Row.signals_of("p:url", "0:700 19:400"), model.Row.signals_of("p:id", "0:700")

    assert [(output, one) for output, one in enumerate(mixed.weights) if one] == [(19, 400)]
    assert (any(graded.weights), graded.packed) == (False, 0)


def test_scores_are_sums() -> None:
    """Negative weights of one output never touch the next."""
    weights = small()
    scores = weights.summed(map(weights.row, WEIGHTS))

    assert scores[:5] == (1600, 0, 0, 3800, 0)
    assert (scores[7], set(scores[5:7]), set(scores[8:])) == (2500, {0}, {0})


@pytest.mark.parametrize(
    ("raw", "worth"), [(0.0, 0.0), (0.25, 0.2), (0.5, 0.4), (0.75, 0.65), (1.0, 0.9), (1.1, 0.9)]
)
def test_confidence_lies_between_the_measured_ones(raw: float, worth: float) -> None:
    """Straight lines from point to point."""
    assert small().confidence(raw) == pytest.approx(worth)


DECISIONS = [
    ((0.9, 0.05, 0.02, 0.02, 0.01), Category.READ),
    ((0.8, 0.05, 0.1, 0.04, 0.01), Category.READ),
    ((0.55, 0.05, 0.35, 0.04, 0.01), Category.EXECUTE),
    ((0.1, 0.6, 0.05, 0.25, 0.0), Category.DESTRUCTIVE),
    ((0.1, 0.65, 0.0, 0.0, 0.25), Category.FINANCIAL),
    ((0.0, 0.1, 0.05, 0.8, 0.05), Category.DESTRUCTIVE),
]


@pytest.mark.parametrize(("odds", "category"), DECISIONS)
def test_doubt_errs_to_the_graver_side(odds: tuple[float, ...], category: Category) -> None:
    """The likeliest category, unless a graver one is nearly as likely."""
    assert model.CATEGORIES[model.decide(odds)] is category


BAD = [
    ("", "weights, line 1: this is no weights file"),
    ("tollhouse weights\tx\noutputs\tread\n\n\n\n\n", "weights, line 2: the outputs are not the categories"),
]


@pytest.mark.parametrize(("text", "told"), BAD)
def test_what_is_no_weights_file_is_told(text: str, told: str) -> None:
    """With the line."""
    with pytest.raises(model.BadWeights, match=told):
        model.read(text)


def test_a_bad_row_is_told_with_its_line() -> None:
    """Rather than judged by."""
    text = model.write("tiny", 1.0, [0.5] * 22, [(1.0, 1.0)], {}, WEIGHTS) + "n:x\tnonsense\n"
    with pytest.raises(model.BadWeights, match="line 10: 'nonsense' is no row of weights"):
        model.read(text)


def test_the_shipped_weights_are_whole() -> None:
    """Sorted, and no feature twice."""
    rows = [
        row.partition("\t")[0] for row in model.shipped_file().read_text(encoding="utf-8").splitlines()[6:]
    ]

    assert rows == sorted(set(rows))
    assert len(rows) == len(model.shipped().rows)
