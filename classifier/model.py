"""Predicts category and signals from the trained weights: a sum of whole numbers, one addition a feature."""

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import compress
from math import exp, log
from typing import TYPE_CHECKING, Any

import msgspec
import re2  # type: ignore[import-untyped]  # ships no types
from msgspec import Struct

from classifier.categories import Category
from classifier.errors import ClassifierError
from classifier.features import BEGINNINGS, Group
from classifier.memo import Memo
from classifier.signals import PROBES

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
_UNPACK = struct.Struct(f"<{len(OUTPUTS)}I").unpack
_BYTES = 4 * len(OUTPUTS)
_HEADER = "tollhouse weights"
#: Lines of a name and its weights by output.
_ROWS = rb"(?:[^\t\n]+\t\d+:-?\d+(?: \d+:-?\d+)*\n)*"
#: Features that are kept unpacked for each beginning; definitions hold ever new ones, most of them unknown.
_KEPT = 8_192
#: From here on no other category can be cheaper: the dearest mistake costs four times the cheapest.
_SURE = 0.81
#: What it is worth not to call a tool of the row's category one of the column's, both from read to financial: erring to
#: the graver side costs least. Chosen on tools that were not trained on, so that few dangerous ones are called harmless.
PRICES = (
    (0.0, 1.0, 1.0, 1.0, 1.0),
    (1.0, 0.0, 1.0, 1.0, 1.0),
    (3.0, 1.5, 0.0, 1.0, 1.0),
    (4.0, 3.0, 2.0, 0.0, 1.0),
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
    #: By how a group of features begins, and how each goes on: all weights in one integer, 0 where there are none.
    #: Few features are in most definitions; what is unpacked when first asked for lies close together in memory.
    weights: Mapping[str, Memo[str, int]]
    #: By signal: the score, in thousandths, from which it is believed.
    least: tuple[float, ...]
    #: What reasons keep of the weights that they asked for, by the positions of the outputs that they compare.
    told: dict[tuple[int, ...], Mapping[str, Memo[str, Any]]] = msgspec.field(default_factory=dict)

    def summed(self, groups: Iterable[Group]) -> tuple[list[Group], tuple[int, ...]]:
        """The features that have weights, and the sum of these: one a category and one a signal, in thousandths."""
        known: list[Group] = []
        total = self.bias + _OFFSETS
        for begin, words in groups:
            rows = list(map(self.weights[begin].__getitem__, words))
            total += sum(filter(None, rows))
            known.append((begin, list(compress(words, rows))))
        lanes: tuple[int, ...] = _UNPACK(total.to_bytes(_BYTES, "little"))
        return known, tuple([lane - _OFFSET for lane in lanes])

    def kept(self, outputs: tuple[int, ...], ask: Callable[[str, str], Any]) -> Mapping[str, Memo[str, Any]]:
        """By beginning and word of features: what *ask* says of them for these outputs, each asked once."""
        if outputs not in self.told:
            self.told[outputs] = {begin: Memo(partial(ask, begin), _KEPT) for begin in BEGINNINGS}
        return self.told[outputs]

    def probabilities(self, scores: Sequence[int]) -> tuple[float, ...]:
        """Of the five categories, in their order."""
        logits = [score / (SCALE * self.temperature) for score in scores[: len(CATEGORIES)]]
        top = max(logits)
        shares = [exp(logit - top) for logit in logits]
        whole = sum(shares)
        return tuple([share / whole for share in shares])

    def believed(self, scores: Sequence[int]) -> list[tuple[int, float]]:
        """The signals that are likely enough: the position of the probe, and how likely from 0 to 1."""
        return [
            (probe, 1 / (1 + exp(-max(-30.0, min(30.0, score / SCALE)))))
            for probe, (score, least) in enumerate(zip(scores[len(CATEGORIES) :], self.least, strict=True))
            if score >= least
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


def weight(packed: int, output: int) -> int:
    """The weight for one output, in thousandths."""
    return (((packed + _OFFSETS) >> (_LANE * output)) & (2 * _OFFSET - 1)) - _OFFSET


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
        weights={begin: Memo(partial(_weights, rows, begin), _KEPT) for begin in BEGINNINGS},
    )


def _bad_row(lines: Sequence[str]) -> BadWeights:
    number, line = next(
        (number, line)
        for number, line in enumerate(lines, start=1)
        if number > 6 and re2.fullmatch(_ROWS, (line + "\n").encode()) is None
    )
    spelled = line.partition("\t")[2]
    return BadWeights(number, f"{spelled[:40]!r} is no row of weights")


def _weights(rows: Mapping[str, str], begin: str, word: str) -> int:
    spelled = rows.get(begin + word)
    return _packed(spelled) if spelled else 0


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
    packed = 0
    for pair in spelled.split(" "):
        output, _, weight = pair.partition(":")
        packed += int(weight) << (_LANE * int(output))
    return packed
