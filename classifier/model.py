"""Predicts category and signals from the trained weights: a sum of whole numbers, one addition a feature."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import compress
from math import exp, log
from operator import attrgetter, ge
from typing import TYPE_CHECKING, Self

import re2  # type: ignore[import-untyped]  # ships no types
from msgspec import Struct

from classifier.categories import Category
from classifier.errors import ClassifierError
from classifier.features import Features
from classifier.memo import Memo
from classifier.saying import Said, is_quoted, said
from classifier.signals import PROBES
from classifier.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

#: Weights are thousandths.
SCALE = 1000
CATEGORIES = tuple(Category)
OUTPUTS = (*(category.value for category in CATEGORIES), *(probe.code for probe in PROBES))
#: All outputs of a feature live in one integer, 32 bits each, so that adding two features is one addition.
_LANE = 32
_OFFSET = 1 << (_LANE - 1)
_OFFSETS = sum(_OFFSET << (_LANE * lane) for lane in range(len(OUTPUTS)))
_UNPACK = struct.Struct(f"<{len(OUTPUTS)}i").unpack
_BYTES = 4 * len(OUTPUTS)
_HEADER = "tollhouse weights"
#: Lines of a name and its weights by output.
_ROWS = rb"(?:[^\t\n]+\t\d+:-?\d+(?: \d+:-?\d+)*\n)*"
#: Thousandths of a logit: a feature that leads less from one category to another is not heard among the reasons.
HEARD = 80
#: From here on no other category can be cheaper: the dearest mistake costs four times the cheapest.
_SURE = 0.81
#: What it is worth not to call a tool of the row's category one of the column's, both from read to financial: erring to
#: the graver side costs least. Chosen on tools that were not trained on, so that few dangerous ones are called harmless.
PRICES = (
    (0.0, 1.0, 1.0, 1.0, 1.0),
    (1.0, 0.0, 1.0, 1.0, 1.0),
    (4.0, 1.5, 0.0, 1.0, 1.0),
    (4.0, 2.5, 1.5, 0.0, 1.0),
    (4.0, 3.0, 2.0, 1.0, 0.0),
)


class BadWeights(ClassifierError):
    """A weights file that this version cannot read."""

    def __init__(self, line: int, fault: str) -> None:
        super().__init__(line, fault)
        self.line = line
        self.fault = fault

    def __str__(self) -> str:
        return f"weights, line {self.line}: {self.fault}"


class Row(Struct, eq=False, gc=False):
    """One feature: its weights, and what a reader is told of it."""

    name: str
    #: The weights as the file has them, and all in one integer.
    spelled: str
    packed: int
    #: Whether a word of the definition stands behind it.
    quoted: bool
    #: What it says, with the weights of the categories; `None` if it says nothing.
    told: tuple[Said, tuple[int, ...]] | None
    _weights: tuple[int, ...] | None = None

    @classmethod
    def read(cls, name: str, spelled: str) -> Self:
        """The row of a weights file."""
        graded = _filled(spelled)[: len(CATEGORIES)]
        says = said(name) if max(graded) - min(graded) >= HEARD else None
        told = None if says is None else (says, graded)
        return cls(name, spelled, _packed(spelled), is_quoted(name), told)

    @classmethod
    def signals_of(cls, name: str, spelled: str) -> Self:
        """The row without its weights of categories, and without words for a reader."""
        marked = {output: weight for output, weight in _pairs(spelled) if output >= len(CATEGORIES)}
        spelled = _spelled(marked)
        return cls(name, spelled, _packed(spelled), is_quoted(name), None)

    @property
    def weights(self) -> tuple[int, ...]:
        """The weights by output, in thousandths; kept once asked for."""
        if self._weights is None:
            self._weights = _filled(self.spelled)
        return self._weights


_PACKED = attrgetter("packed")


class Model(Struct, frozen=True):
    """Trained weights, ready to be summed."""

    #: Names what the weights were trained from; part of the classifier's version.
    version: str
    #: Logits are divided by this before they become probabilities.
    temperature: float
    #: By signal: the probability from which it is believed.
    thresholds: tuple[float, ...]
    #: Pairs of a raw probability and the calibrated one, ascending.
    calibration: tuple[tuple[float, float], ...]
    bias: int
    #: By the name of a feature: its weights as they are spelled.
    rows: Mapping[str, str]
    #: By signal: the score, in thousandths, from which it is believed.
    least: tuple[float, ...]
    #: The row of a feature, unpacked when first asked for: few features are in most definitions, and what is unpacked for
    #: one definition after the other lies close together in memory.
    row: Callable[[str], Row]
    #: Finds the features that have weights.
    features: Features[Row]

    def summed(self, found: Iterable[Row]) -> tuple[int, ...]:
        """The sum of all weights: one a category and one a signal, in thousandths."""
        total = sum(map(_PACKED, found), self.bias + _OFFSETS)
        # To turn the topmost bit of a lane takes its offset away.
        lanes: tuple[int, ...] = _UNPACK((total ^ _OFFSETS).to_bytes(_BYTES, "little"))
        return lanes

    def probabilities(self, scores: Sequence[int]) -> tuple[float, ...]:
        """Of the five categories, in their order."""
        logits = [score / (SCALE * self.temperature) for score in scores[: len(CATEGORIES)]]
        top = max(logits)
        shares = [exp(logit - top) for logit in logits]
        whole = sum(shares)
        return tuple([share / whole for share in shares])

    def believed(self, scores: Sequence[int]) -> list[tuple[int, float]]:
        """The signals that are likely enough: the position of the probe, and how likely from 0 to 1."""
        marked = scores[len(CATEGORIES) :]
        return [
            (probe, 1 / (1 + exp(-max(-30.0, min(30.0, marked[probe] / SCALE)))))
            for probe in compress(range(len(marked)), map(ge, marked, self.least))
        ]

    def confidence(self, probability: float) -> float:
        """What a raw probability is worth: the share of right verdicts at that height."""
        low, at_low = 0.0, 0.0
        for high, at_high in self.calibration:
            if probability <= high:
                span = high - low
                return at_low + (at_high - at_low) * ((probability - low) / span if span else 1.0)
            low, at_low = high, at_high
        return at_low


def decide(odds: Sequence[float]) -> int:
    """The position of the category that is cheapest to be wrong about."""
    likeliest = max(odds)
    if likeliest >= _SURE:
        return odds.index(likeliest)
    return min(
        range(len(odds)),
        key=lambda told: sum(odd * prices[told] for odd, prices in zip(odds, PRICES, strict=True)),
    )


def write(
    version: str,
    temperature: float,
    thresholds: Sequence[float],
    calibration: Sequence[tuple[float, float]],
    bias: Mapping[int, int],
    weights: Mapping[str, Mapping[int, int]],
) -> str:
    """The text of a weights file: a head of six lines, then one feature a line, sorted, `output:weight` where it is not 0."""
    head = [
        f"{_HEADER}\t{version}",
        "outputs\t" + " ".join(OUTPUTS),
        f"temperature\t{temperature:.3f}",
        "thresholds\t" + " ".join(f"{threshold:.2f}" for threshold in thresholds),
        "calibration\t" + " ".join(f"{raw:.3f}:{share:.3f}" for raw, share in calibration),
        "bias\t" + _spelled(bias),
    ]
    return "\n".join([*head, *(f"{name}\t{_spelled(weights[name])}" for name in sorted(weights))]) + "\n"


def read(text: str) -> Model:
    """The model that a weights file holds; raises BadWeights."""
    lines = text.split("\n")
    if len(lines) < 7 or not lines[0].startswith(_HEADER):
        raise BadWeights(1, "this is no weights file")
    head = [line.partition("\t")[2] for line in lines[:6]]
    if tuple(head[1].split()) != OUTPUTS:
        raise BadWeights(2, "the outputs are not the categories and signals of this version")
    body = text.split("\n", len(head))[-1]
    if re2.fullmatch(_ROWS, body.encode()) is None:
        raise _bad_row(lines)
    rows = dict([line.split("\t") for line in lines[len(head) : -1]])
    met: Memo[str, Row] = Memo(lambda name: Row.read(name, rows[name]), len(rows) + 1)
    described: Memo[str, Row] = Memo(lambda name: Row.signals_of(name, rows[name]), len(rows) + 1)
    pairs = [pair.partition(":") for pair in head[4].split()]
    thresholds = tuple(float(one) for one in head[3].split())
    return Model(
        version=head[0],
        temperature=float(head[2]),
        thresholds=thresholds,
        least=tuple(SCALE * log(one / (1 - one)) for one in thresholds),
        calibration=tuple((float(raw), float(share)) for raw, _, share in pairs),
        bias=_packed(head[5]),
        rows=rows,
        row=met.__getitem__,
        features=Features(Vocabulary(met.__getitem__, rows), Vocabulary(described.__getitem__, rows)),
    )


def _bad_row(lines: Sequence[str]) -> BadWeights:
    number, line = next(
        (number, line)
        for number, line in enumerate(lines, start=1)
        if number > 6 and re2.fullmatch(_ROWS, (line + "\n").encode()) is None
    )
    spelled = line.partition("\t")[2]
    return BadWeights(number, f"{spelled[:40]!r} is no row of weights")


def shipped_file() -> "Path":
    """Where the weights lie that come with the package."""
    from pathlib import Path

    return Path(__file__).with_name("weights.txt")


@cache
def shipped() -> Model:
    """The model that comes with the package, read at the first verdict."""
    return read(shipped_file().read_text(encoding="utf-8"))


def _spelled(weights: Mapping[int, int]) -> str:
    return " ".join(f"{output}:{weight}" for output, weight in sorted(weights.items()) if weight)


def _packed(spelled: str) -> int:
    """One integer of weights by output."""
    return sum([weight << (_LANE * output) for output, weight in _pairs(spelled)])


def _filled(spelled: str) -> tuple[int, ...]:
    """All weights, by output."""
    given = dict(_pairs(spelled))
    return tuple([given.get(output, 0) for output in range(len(OUTPUTS))])


def _pairs(spelled: str) -> list[tuple[int, int]]:
    """Output and weight."""
    pairs = [pair.partition(":") for pair in spelled.split()]
    return [(int(output), int(weight)) for output, _, weight in pairs]
