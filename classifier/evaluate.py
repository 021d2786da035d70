"""How well verdicts agree with readers: confusion, recall, calibration, cost, and where it goes wrong."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import sqrt

from msgspec import Struct

from classifier.baselines import by_annotations, by_keywords
from classifier.categories import DANGEROUS, Category
from classifier.corpus import Labelled
from classifier.language import language
from classifier.verdicts import Verdict, classify
from crawler.tools import Tool

#: What it costs to call a tool of the row's category one of the column's; both run from read to financial.
COSTS = (
    (0, 1, 1, 1, 1),
    (2, 0, 1, 1, 1),
    (6, 3, 0, 1, 1),
    (10, 5, 2, 0, 1),
    (10, 5, 2, 1, 0),
)
#: What a verdict of no category costs: somebody has to look.
_OTHER = 2
_BINS = 10
_Z = 1.96


class Share(Struct, frozen=True):
    """A proportion with its 95 % confidence interval (Wilson)."""

    value: float
    low: float
    high: float
    of: int


class ClassScore(Struct, frozen=True):
    """How one category fared."""

    precision: Share
    recall: Share
    f1: float


class Bin(Struct, frozen=True):
    """Verdicts of about one confidence: how sure they were, and how many were right."""

    confidence: float
    right: float
    tools: int


class Scores(Struct, frozen=True, kw_only=True):
    """One way of judging against the readers."""

    tools: int
    accuracy: Share
    macro_f1: float
    categories: dict[str, ClassScore]
    #: Row: the reader's category; column: the judged one. `other` is no category.
    confusion: dict[str, dict[str, int]]
    #: Of execute, destructive and financial: the share that was called read.
    dangerous_called_read: Share
    #: Mean cost of a tool by COSTS.
    cost: float


class SignalScore(Struct, frozen=True):
    """How one signal fared; `support` is how often readers saw it."""

    precision: float
    recall: float
    f1: float
    support: int


class Evaluation(Struct, frozen=True, kw_only=True):
    """Everything that `tollhouse evaluate` tells."""

    version: str
    scores: Scores
    keywords: Scores
    annotations: Scores
    #: Expected calibration error, and the bins it comes from.
    calibration_error: float
    calibration: list[Bin]
    signals_micro_f1: float
    signals: dict[str, SignalScore]
    poisoned: int
    by_server: dict[str, Share]
    by_language: dict[str, Share]
    by_completeness: dict[str, Share]


def evaluate(rows: Sequence[Labelled], judge: Callable[[Tool], Verdict] = classify) -> Evaluation:
    """Judge every row and compare; *rows* must not be empty."""
    return compare(rows, [judge(row.tool) for row in rows])


def compare(rows: Sequence[Labelled], verdicts: Sequence[Verdict]) -> Evaluation:
    """Compare verdicts with what readers said of the same rows, which must not be empty."""
    right = [verdict.category is row.category for row, verdict in zip(rows, verdicts, strict=True)]
    bins = _calibration([verdict.confidence for verdict in verdicts], right)
    signals = _signals(rows, verdicts)
    return Evaluation(
        version=verdicts[0].version,
        scores=score(rows, [verdict.category for verdict in verdicts]),
        keywords=score(rows, [by_keywords(row.tool) for row in rows]),
        annotations=score(rows, [by_annotations(row.tool) for row in rows]),
        calibration_error=_round(
            sum(one.tools * abs(one.confidence - one.right) for one in bins) / len(rows)
        ),
        calibration=bins,
        signals_micro_f1=_round(_micro_f1(rows, verdicts)),
        signals=signals,
        poisoned=sum(verdict.poisoned for verdict in verdicts),
        by_server=_shares(rows, right, lambda row: row.server or row.family),
        by_language=_shares(rows, right, lambda row: language(row.tool)),
        by_completeness=_shares(rows, right, completeness),
    )


def score(rows: Sequence[Labelled], judged: Sequence[Category | None]) -> Scores:
    """Compare categories; `None` is no category, which is never right."""
    confusion = Counter((row.category, verdict) for row, verdict in zip(rows, judged, strict=True))
    classes = {category.value: _class_score(confusion, category) for category in Category}
    dangerous = sum(count for (truth, _), count in confusion.items() if truth in DANGEROUS)
    missed = sum(
        count for (truth, told), count in confusion.items() if truth in DANGEROUS and told is Category.READ
    )
    seen = [one.f1 for one in classes.values() if one.recall.of]
    return Scores(
        tools=len(rows),
        accuracy=share(sum(confusion[category, category] for category in Category), len(rows)),
        macro_f1=_round(sum(seen) / len(seen)) if seen else 0.0,
        categories=classes,
        confusion={truth.value: _row(confusion, truth) for truth in Category},
        dangerous_called_read=share(missed, dangerous),
        cost=_round(
            sum(cost(truth, told) * count for (truth, told), count in confusion.items()) / max(1, len(rows))
        ),
    )


def cost(truth: Category, told: Category | None) -> int:
    """What it costs to call a tool of *truth* *told*."""
    return _OTHER if told is None else COSTS[truth.gravity][told.gravity]


def share(part: int, whole: int) -> Share:
    """*part* of *whole* with its Wilson interval; of nothing, all is possible."""
    if not whole:
        return Share(0.0, 0.0, 1.0, 0)
    value = part / whole
    middle = value + _Z**2 / (2 * whole)
    spread = _Z * sqrt(value * (1 - value) / whole + _Z**2 / (4 * whole**2))
    scale = 1 + _Z**2 / whole
    return Share(_round(value), _round((middle - spread) / scale), _round((middle + spread) / scale), whole)


def completeness(row: Labelled) -> str:
    """How much of a definition there was to judge by."""
    described = bool((row.tool.description or "").strip())
    shaped = bool((row.tool.input_schema or {}).get("properties"))
    return ("description" if described else "no description") + (", schema" if shaped else ", no schema")


def _class_score(confusion: Counter[tuple[Category, Category | None]], category: Category) -> ClassScore:
    hit = confusion[category, category]
    told = sum(count for (_, verdict), count in confusion.items() if verdict is category)
    true = sum(count for (truth, _), count in confusion.items() if truth is category)
    return ClassScore(share(hit, told), share(hit, true), _f1(hit, told, true))


def _row(confusion: Counter[tuple[Category, Category | None]], truth: Category) -> dict[str, int]:
    row = {told.value: confusion[truth, told] for told in Category}
    return {**row, "other": confusion[truth, None]}


def _calibration(confidences: Sequence[float], right: Sequence[bool]) -> list[Bin]:
    binned: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, hit in zip(confidences, right, strict=True):
        binned[min(_BINS - 1, int(confidence * _BINS))].append((confidence, hit))
    return [
        Bin(
            _round(sum(one for one, _ in pairs) / len(pairs)),
            _round(sum(hit for _, hit in pairs) / len(pairs)),
            len(pairs),
        )
        for _, pairs in sorted(binned.items())
    ]


def _signals(rows: Sequence[Labelled], verdicts: Sequence[Verdict]) -> dict[str, SignalScore]:
    hit: Counter[str] = Counter()
    told: Counter[str] = Counter()
    true: Counter[str] = Counter()
    for row, verdict in zip(rows, verdicts, strict=True):
        if row.signals is not None:
            codes = {signal.code for signal in verdict.signals}
            hit.update(codes & row.signals)
            told.update(codes)
            true.update(row.signals)
    return {
        code: SignalScore(
            _round(hit[code] / max(1, told[code])),
            _round(hit[code] / max(1, true[code])),
            _f1(hit[code], told[code], true[code]),
            true[code],
        )
        for code in sorted({*told, *true})
    }


def _micro_f1(rows: Sequence[Labelled], verdicts: Sequence[Verdict]) -> float:
    hit = told = true = 0
    for row, verdict in zip(rows, verdicts, strict=True):
        if row.signals is not None:
            codes = {signal.code for signal in verdict.signals}
            hit, told, true = hit + len(codes & row.signals), told + len(codes), true + len(row.signals)
    return _f1(hit, told, true)


def _shares(
    rows: Sequence[Labelled], right: Iterable[bool], key: Callable[[Labelled], str]
) -> dict[str, Share]:
    hits: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for row, hit in zip(rows, right, strict=True):
        hits[key(row)] += hit
        whole[key(row)] += 1
    return {name: share(hits[name], whole[name]) for name in sorted(whole)}


def _f1(hit: int, told: int, true: int) -> float:
    return _round(2 * hit / (told + true)) if told + true else 0.0


def _round(value: float) -> float:
    return round(value, 4)
