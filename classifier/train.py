"""Trains the weights from a corpus; the only file that needs scikit-learn."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from classifier import model
from classifier.corpus import Labelled, further, held_out, load
from classifier.features import DESCRIBED, names
from classifier.sight import look
from classifier.signals import PROBES
from classifier.view import View
from classifier.written import FAMILY, written

#: Features in fewer tools than this say nothing about the next one.
_FEWEST, _FEWEST_FOR_SIGNALS = 2, 3
#: Weights that are closer to 0 than this, in thousandths, are dropped.
_SMALL, _SMALL_SIGNAL = 20, 30
#: Inverse strength of the penalty on large weights.
_STRENGTH, _STRENGTH_FOR_SIGNALS = 0.6, 0.3
#: Beside each tool the categories are learned from so many copies that lack this share of its features, for no verdict
#: may hang on one word.
_COPIES, _LACKING = 8, 0.5
#: Signals hang on rare words: a feature counts by how rare it is, and for 1 if one in 55 tools has it.
_COMMON = 4.0
_FOLDS = 5
#: What a label is worth that its reader was unsure of.
_DOUBTFUL = 0.5
#: What a made-up tool counts: real ones know better what servers are like.
_WRITTEN = 0.4
_ROUNDS, _ROUNDS_FOR_SIGNALS = 200, 60
#: How far the bias of a signal is held back, where a weight is by 1.
_HELD_BIAS = 0.01
#: Rows that were drawn because they are hard, or made up, say nothing about how often a verdict is right.
_UNFAIR = frozenset({"hard", "further", FAMILY})
_KINDS = len(model.CATEGORIES)
#: Kinds of features whose size is not 1: what stands in front and is one of few counts for more than a word far down.
_SIZES = {
    **dict.fromkeys(("NA", "NV", "NA*T", "NV*T", "DA", "DV", "nmax", "lmax", "nc", "dc", "Ea"), 1.5),
    **dict.fromkeys(("hl", "hn", "s"), 1.4),
    **dict.fromkeys(("DA*T", "DV*T", "NV*DV", "n", "n0", "nv"), 1.3),
    **dict.fromkeys(("Pa", "V*P"), 1.2),
    "R": 0.7,
    "w": 0.5,
}
_TEMPERATURES = tuple(step / 20 for step in range(10, 41))
#: A signal is told from this probability on: one for all, for each by itself is chosen by too few finds, and comes out so
#: low that longer definitions show what is not there. Chosen on tools that were not trained on.
_TOLD_FROM = 0.3

#: Arrays and matrices of NumPy and SciPy, whose types say little.
Array = Any
Weights = dict[str, dict[int, int]]


def train(corpus: Path, *, everything: bool = True, made_up: Sequence[Labelled] | None = None) -> str:
    """The text of a weights file, the same for the same corpus; without the held-out families unless *everything*.

    *made_up* are learned beside the corpus; all that are `written`, unless others are given.
    """
    rows = [row for row in [*load(corpus), *further(corpus)] if everything or not held_out(row.family)]
    rows += written() if made_up is None else made_up
    return fit(rows, [features_of(row) for row in rows])


def fit(rows: Sequence[Labelled], names: Sequence[Sequence[str]]) -> str:
    """The text of a weights file for tools whose features are *names*."""
    graded = _Categories(rows, names)
    marked = _Signals(rows, names)
    temperature, calibration = graded.calibrate()
    return model.write(
        _version(rows),
        temperature,
        [_TOLD_FROM] * len(PROBES),
        calibration,
        *_merged(graded.weights(), marked.weights()),
    )


class _Categories:
    """One multinomial logistic regression over all features."""

    def __init__(self, rows: Sequence[Labelled], names: Sequence[Sequence[str]]) -> None:
        self.rows = rows
        names = [[name for name in row if name[0] != DESCRIBED] for row in names]
        self.vocabulary = _vocabulary(names, _FEWEST)
        self.sizes = _sizes(self.vocabulary)
        self.matrix = _matrix(names, self.vocabulary, self.sizes)
        self.answers = np.array([row.category.gravity for row in rows])
        self.trust = np.array(
            [_WRITTEN if row.drawn == FAMILY else _DOUBTFUL if row.doubtful else 1.0 for row in rows]
        )

    def weights(self) -> tuple[Array, Weights]:
        """The bias by category and the weights by feature, in thousandths."""
        fitted = self._fitted(np.arange(len(self.rows)))
        bias, table = _all_classes(fitted)
        table = (table - table.mean(axis=0)) * self.sizes
        whole = np.rint(table * model.SCALE).astype(int)
        return np.rint((bias - bias.mean()) * model.SCALE).astype(int), _sparse(
            self.vocabulary, whole, _SMALL, 0
        )

    def calibrate(self) -> tuple[float, list[tuple[float, float]]]:
        """The temperature, and what a probability is worth, both on rows that were not trained on."""
        logits = np.zeros((len(self.rows), _KINDS))
        for seen, unseen in _splits(self.rows):
            bias, table = _all_classes(self._fitted(seen))
            logits[unseen] = self.matrix[unseen] @ table.T + bias
        fair = np.array([row.drawn not in _UNFAIR and not row.doubtful for row in self.rows])
        if not fair.any():
            fair[:] = True
        temperature = min(_TEMPERATURES, key=lambda one: _surprise(logits[fair] / one, self.answers[fair]))
        shares = _softmax(logits[fair] / temperature)
        told = np.array([model.decide(row) for row in shares.tolist()])
        return temperature, _worth(shares[np.arange(len(told)), told], told == self.answers[fair])

    def _fitted(self, chosen: Array) -> LogisticRegression:
        fitted = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS, tol=1e-3)
        shown = _thinned(self.matrix[chosen])
        answers, trust = np.tile(self.answers[chosen], _COPIES + 1), np.tile(self.trust[chosen], _COPIES + 1)
        return fitted.fit(shown, answers, trust / (_COPIES + 1))


class _Signals:
    """One logistic regression a signal, over the rows that have signals; all are fitted together."""

    def __init__(self, rows: Sequence[Labelled], names: Sequence[Sequence[str]]) -> None:
        told = [position for position, row in enumerate(rows) if row.signals is not None]
        self.rows = [rows[position] for position in told]
        # Arguments count alike whether the schema or the description tells of them.
        names = [list(dict.fromkeys([one.lstrip(DESCRIBED) for one in names[row]])) for row in told]
        self.vocabulary = _vocabulary(names, _FEWEST_FOR_SIGNALS)
        counts = Counter(name for row in names for name in row)
        rarity = np.log(len(names) / np.array([counts[name] for name in self.vocabulary])) / _COMMON
        self.sizes = _sizes(self.vocabulary) * rarity
        self.matrix = _matrix(names, self.vocabulary, self.sizes)
        self.answers = np.array(
            [[probe.code in (row.signals or ()) for probe in PROBES] for row in self.rows]
        )
        self.trust = np.where(_made_up(self.rows), _WRITTEN, 1.0)[:, None]

    def weights(self) -> tuple[Array, Weights]:
        """The bias by signal and the weights by feature, in thousandths."""
        bias, table = self._table(np.arange(len(self.rows)))
        whole = np.rint(table * self.sizes * model.SCALE).astype(int)
        return np.rint(bias * model.SCALE).astype(int), _sparse(self.vocabulary, whole, _SMALL_SIGNAL, _KINDS)

    def _table(self, chosen: Array) -> tuple[Array, Array]:
        """Bias and weights with a row for each signal."""
        matrix, signs = self.matrix[chosen], np.where(self.answers[chosen], 1.0, -1.0)
        turned, trust = matrix.T.tocsr(), self.trust[chosen] * _STRENGTH_FOR_SIGNALS
        # The last row holds the bias, which is hardly held back.
        shape = (matrix.shape[1] + 1, len(PROBES))
        held_back = np.vstack([np.ones((shape[0] - 1, 1)), [[_HELD_BIAS]]])

        def loss(flat: Array) -> tuple[float, Array]:
            table = flat.reshape(shape)
            right = signs * (matrix @ table[:-1] + table[-1])
            pull = -signs * expit(-right) * trust
            slope = np.vstack([turned @ pull, pull.sum(axis=0)]) + held_back * table
            whole = (trust * np.logaddexp(0, -right)).sum() + (held_back * table**2).sum() / 2
            return float(whole), slope.ravel()

        limits = {"maxiter": _ROUNDS_FOR_SIGNALS, "maxcor": 6}
        fitted = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options=limits)
        table = fitted.x.reshape(shape)
        return table[-1], table[:-1].T


def features_of(row: Labelled) -> list[str]:
    """The names of all features of a row."""
    view = View(row.tool)
    return names(view, look(view))


def _vocabulary(names: Sequence[Sequence[str]], fewest: int) -> dict[str, int]:
    counts = Counter(name for row in names for name in row)
    return {
        name: column for column, name in enumerate(sorted(one for one in counts if counts[one] >= fewest))
    }


def _matrix(names: Sequence[Sequence[str]], vocabulary: Mapping[str, int], sizes: Array) -> Array:
    columns = [[vocabulary[name] for name in row if name in vocabulary] for row in names]
    ends = np.cumsum([0, *(len(row) for row in columns)])
    flat = [column for row in columns for column in row]
    return sparse.csr_matrix((sizes[flat], flat, ends), shape=(len(names), len(vocabulary)))


def _thinned(matrix: Array) -> Array:
    """The rows, and under them copies that lack some features while those that are left count for more."""
    dice = np.random.default_rng(0)
    copies = [matrix]
    for _ in range(_COPIES):
        copy = matrix.copy()
        copy.data = copy.data * (dice.random(copy.nnz) >= _LACKING) / (1 - _LACKING)
        copies.append(copy)
    return sparse.vstack(copies, format="csr")


def _sizes(vocabulary: Mapping[str, int]) -> Array:
    """By column: the value that a feature has where it occurs."""
    return np.array([_SIZES.get(name.partition(":")[0], 1.0) for name in vocabulary])


def _splits(rows: Sequence[Labelled]) -> Iterator[tuple[Array, Array]]:
    """Rows to train on and rows to measure on, by family; what is made up is trained on each time and never measured on."""
    made_up = _made_up(rows)
    real = np.flatnonzero(~made_up)
    families = [row.family for row in rows if row.family != FAMILY]
    folds = min(_FOLDS, len(set(families)))
    for seen, unseen in GroupKFold(folds).split(families, groups=families):
        yield np.concatenate([real[seen], np.flatnonzero(made_up)]), real[unseen]


def _made_up(rows: Sequence[Labelled]) -> Array:
    return np.array([row.family == FAMILY for row in rows])


def _all_classes(fitted: LogisticRegression) -> tuple[Array, Array]:
    """Bias and weights with a row for each category, those that training did not see far down."""
    coefficients, intercept = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:
        coefficients, intercept = (
            np.vstack([-coefficients, coefficients]) / 2,
            np.hstack([-intercept, intercept]) / 2,
        )
    bias, table = np.full(_KINDS, intercept.min() - 5.0), np.zeros((_KINDS, coefficients.shape[1]))
    for row, kind in enumerate(fitted.classes_):
        bias[kind], table[kind] = intercept[row], coefficients[row]
    return bias, table


def _sparse(vocabulary: Mapping[str, int], table: Array, small: int, first: int) -> Weights:
    found: Weights = {}
    for name, column in vocabulary.items():
        row = {first + output: int(one) for output, one in enumerate(table[:, column]) if abs(one) >= small}
        if row:
            found[name] = row
    return found


def _merged(graded: tuple[Array, Weights], marked: tuple[Array, Weights]) -> tuple[dict[int, int], Weights]:
    bias = {output: int(one) for output, one in enumerate([*graded[0], *marked[0]])}
    names = sorted({*graded[1], *marked[1]})
    return bias, {name: {**graded[1].get(name, {}), **marked[1].get(name, {})} for name in names}


def _softmax(logits: Array) -> Array:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def _surprise(logits: Array, answers: Array) -> float:
    return float(-np.log(_softmax(logits)[np.arange(len(answers)), answers] + 1e-12).mean())


def _worth(heights: Array, right: Array) -> list[tuple[float, float]]:
    """Pairs of a probability and the share of right answers there, rising."""
    steps = np.linspace(0.2, 1.0, 17)
    fitted = IsotonicRegression(out_of_bounds="clip").fit(heights, right.astype(float))
    return [
        (float(step), min(0.99, float(share)))
        for step, share in zip(steps, fitted.predict(steps), strict=True)
    ]


def _version(rows: Sequence[Labelled]) -> str:
    """A short name of what was trained on."""
    told = "\n".join(f"{row.tool.digest} {row.category}" for row in rows)
    return f"{len(rows)}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
