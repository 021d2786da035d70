"""An evaluation as a table for a person."""

from collections.abc import Iterator

from classifier.categories import Category
from classifier.evaluate import Evaluation, Scores, Share

#: Servers are many; those that fared worst say most.
_WORST = 10


def table(result: Evaluation) -> str:
    """All figures that fit on a screen or two."""
    return "\n".join(_lines(result))


def _lines(result: Evaluation) -> Iterator[str]:
    yield f"{result.scores.tools} tools, classifier {result.version}"
    yield ""
    yield f"{'':14}{'accuracy':>20}  {'macro-F1':>8}  {'dangerous read':>14}  {'cost':>6}"
    for name, scores in (
        ("verdicts", result.scores),
        ("keywords", result.keywords),
        ("annotations", result.annotations),
    ):
        yield f"{name:14}{_percent(scores.accuracy):>20}  {scores.macro_f1:>8.3f}  {scores.dangerous_called_read.value:>14.1%}  {scores.cost:>6.2f}"
    yield ""
    yield from _classes(result.scores)
    yield ""
    yield f"calibration error {result.calibration_error:.3f}; signals micro-F1 {result.signals_micro_f1:.3f}; {result.poisoned} called poisoned"
    for one in result.calibration:
        yield f"  says {one.confidence:4.0%}, right {one.right:4.0%}, {one.tools} tools"
    for title, shares in (("language", result.by_language), ("definition", result.by_completeness)):
        yield ""
        yield f"by {title}"
        yield from (f"  {name:30}{_percent(share):>20}  of {share.of}" for name, share in shares.items())
    yield ""
    yield "servers that fared worst"
    erred = [pair for pair in result.by_server.items() if pair[1].value < 1]
    worst = sorted(erred, key=lambda pair: (pair[1].low, pair[0]))[:_WORST]
    yield from (f"  {name:40.40}{_percent(share):>20}  of {share.of}" for name, share in worst)
    yield ""
    yield "signals"
    for code, mark in result.signals.items():
        yield f"  {code:24}  precision {mark.precision:.2f}  recall {mark.recall:.2f}  F1 {mark.f1:.2f}  of {mark.support}"


def _classes(scores: Scores) -> Iterator[str]:
    names = [*Category, "other"]
    yield (
        f"{'reader / verdict':16}"
        + "".join(f"{name:>12}" for name in names)
        + f"{'precision':>12}{'recall':>24}{'F1':>7}"
    )
    for truth in Category:
        one = scores.categories[truth.value]
        cells = "".join(f"{scores.confusion[truth.value][name]:>12}" for name in names)
        yield f"{truth:16}{cells}{one.precision.value:>12.3f}{_percent(one.recall):>24}{one.f1:>7.3f}"


def _percent(share: Share) -> str:
    return f"{share.value:.1%} ({share.low:.1%}-{share.high:.1%})"
