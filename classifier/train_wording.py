"""Trains the weights of `classifier/poisoning/wording.py` from examples on either side and from every text of a corpus; needs scikit-learn."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from classifier import corpus
from classifier.poisoning import wording
from classifier.poisoning.kinds import KINDS
from classifier.poisoning.texts import Text, texts

#: Features in fewer examples than this say nothing about the next one.
_FEWEST = 2
#: Inverse strength of the penalty on large weights.
_STRENGTH = 0.3
#: What an example counts for, beside a passage of the corpus.
_EXAMPLE = 3.0
#: One passage of the corpus in so many is learned from at first, ...
_ONE_IN = 7
#: ... and in every further round those that sound worst.
_ROUNDS, _WORST = 2, 8_000
#: Weights that are closer to 0 than this, in thousandths, are dropped.
_SMALL = 60
#: Words of a hostile example that are learned from at first.
_MOST = 60
#: How far above even odds a passage has to be, in thousandths.
_MARGIN = 2_000
#: A word calls for a look if so many hostile examples hold it for each text of a corpus, or if so few texts do, ...
_TELLING, _FEW = 0.5, 8
#: ... unless fewer hostile examples than this hold it; ...
_HELD = 3
#: ... or if it is the rarest of an example that holds no such word, and so many texts at most hold it.
_RAREST = 40

Row = tuple[str, ...]


def train_wording(place: Path) -> str:
    """The text of a file of weights, the same for the same corpus and examples."""
    return fit(examples("overt.txt"), examples("honest.txt"), harmless(place))


def examples(name: str) -> list[str]:
    """The texts of a file of examples, without what they are called."""
    text = files("classifier.poisoning").joinpath("examples", name).read_text(encoding="utf-8")
    rows = (row for row in text.splitlines() if row and not row.startswith("# "))
    told = (row.partition(" | ")[2] for row in rows) if name == "overt.txt" else rows
    return [row.replace("\\n", "\n") for row in told]


def harmless(place: Path) -> list[Text]:
    """Every text of a corpus once: nearly all of its definitions are honest."""
    seen = {(text.text, text.identifier): text for tool in corpus.tools(place) for text in texts(tool)}
    return [seen[key] for key in sorted(seen)]


def fit(hostile: Sequence[str], honest: Sequence[str], corpus_texts: Sequence[Text]) -> str:
    """The text of a file of weights."""
    told = [_text(one) for one in sorted(hostile)]
    whole = [wording.all_words(one)[:_MOST] for one in told]
    rare = _rare(whole, corpus_texts)
    bad = [wording.features(words) for words in whole]
    good = [wording.features(words) for one in sorted(honest) for words, _, _ in wording.passages(_text(one))]
    counts = Counter(name for side in (bad, good) for row in side for name in row)
    vocabulary = {
        name: column for column, name in enumerate(sorted(one for one in counts if counts[one] >= _FEWEST))
    }
    heard = (words for one in corpus_texts for words, _, _ in wording.passages(one, rare))
    rest = sorted({_row(wording.features(words), vocabulary) for words in heard})
    parts = [
        [_row(wording.features(words), vocabulary) for words, _, _ in wording.passages(one)] for one in told
    ]
    bad_rows, good_rows = ([_row(row, vocabulary) for row in side] for side in (bad, good))
    bias, table = _learned(bad_rows, parts, good_rows, rest, vocabulary)
    weights = {
        name: int(one)
        for name, column in vocabulary.items()
        if abs(one := np.rint(table[column] * wording.SCALE)) >= _SMALL
    }
    return wording.write(_MARGIN - int(np.rint(bias * wording.SCALE)), weights, rare)


def _text(example: str) -> Text:
    """An example as it would stand in a definition: a single word with joints is the name of an argument."""
    return Text("description", example, identifier=" " not in example and "_" in example)


def _rare(hostile: Sequence[Sequence[str]], corpus_texts: Sequence[Text]) -> frozenset[str]:
    """Words that stand in hostile examples far more often than in a corpus, those of a kind that hardly stand there at all, and the rarest of an example without either."""
    held = Counter(word for text in corpus_texts for word in {*wording.all_words(text)})
    told = [{word for word in words if word.isalpha() and len(word) > 1} for words in hostile]
    bad = Counter(word for words in told for word in words)
    kinds = {word for word in KINDS if word.isalpha() and len(word) > 1 and held[word] <= _FEW}
    rare = {word for word in bad if bad[word] >= max(_HELD, _TELLING * held[word])} | kinds
    alone = (words for words in told if words and rare.isdisjoint(words))
    rarest = {min(words, key=lambda word: (held[word], word)) for words in alone}
    return frozenset(rare | {word for word in rarest if held[word] <= _RAREST})


def _learned(
    bad: list[Row], parts: list[list[Row]], good: list[Row], rest: list[Row], vocabulary: dict[str, int]
) -> tuple[float, Any]:
    """Bias and weights: of the corpus a share at first, then also what still sounds worst; of hostile examples all words at first, then the part that sounds worst."""
    honest, whole = _matrix(good, vocabulary), _matrix(rest, vocabulary)
    hostile, heard = _matrix(bad, vocabulary), _matrix([row for rows in parts for row in rows], vocabulary)
    starts = np.cumsum([0, *(len(rows) for rows in parts)])
    chosen = {place for place, row in enumerate(rest) if _drawn(row)}
    fitted = LogisticRegression(C=_STRENGTH, max_iter=300)
    for _ in range(1 + _ROUNDS):
        taken = sorted(chosen)
        answers = [1] * hostile.shape[0] + [0] * (honest.shape[0] + len(taken))
        counted = [_EXAMPLE] * (len(answers) - len(taken)) + [1.0] * len(taken)
        fitted.fit(sparse.vstack([hostile, honest, whole[taken]]), np.array(answers), np.array(counted))
        weights = fitted.coef_[0]
        chosen.update(int(place) for place in np.argsort(-(whole @ weights), kind="stable")[:_WORST])
        sums = heard @ weights
        hostile = heard[[start + int(np.argmax(sums[start:end])) for start, end in pairwise(starts)]]
    return float(fitted.intercept_[0]), weights


def _drawn(row: Row) -> bool:
    return hashlib.sha256(" ".join(row).encode()).digest()[0] * _ONE_IN < 256


def _row(names: Iterable[str], vocabulary: dict[str, int]) -> Row:
    return tuple(sorted(name for name in names if name in vocabulary))


def _matrix(rows: Sequence[Row], vocabulary: dict[str, int]) -> Any:
    columns = [[vocabulary[name] for name in row] for row in rows]
    ends = np.cumsum([0, *(len(row) for row in columns)])
    flat = [column for row in columns for column in row]
    return sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(vocabulary)))
