"""Weighs rules, model and annotations into one verdict; nothing else in the project does."""

from collections.abc import Iterable, Iterator, Sequence

from classifier import model, poisoning, traits
from classifier.categories import Category
from classifier.claims import heard, raised
from classifier.evidence import Signal
from classifier.model import Row
from classifier.reasons import reasons, telling
from classifier.sight import look
from classifier.signals import PROBES, Hit
from classifier.verdicts import Verdict
from classifier.view import View
from crawler.tools import Tool

#: Version of the rules; the weights have their own. Whatever changes a verdict raises it, so that records judge anew.
_RULES = "16"
_CHANGES = "Its author declares that it does not only read"


def version(weights: model.Model) -> str:
    """Rules and weights together."""
    return f"{_RULES}+{weights.version}"


def weigh(tools: Sequence[Tool], weights: model.Model) -> list[Verdict]:
    """What rules, model and annotations together say of each tool.

    One question is asked of all of them before the next, because what it needs then lies at hand in the processor's caches,
    as long as the tools are a few dozen.
    """
    findings = list(poisoning.find_in_all(tools))
    views = list(map(View, tools))
    sights = list(map(look, views))
    hits = [sight.hits for sight in sights]
    found = list(map(weights.features.find, views, sights))
    scores = list(map(weights.summed, found))
    odds = list(map(weights.probabilities, scores))
    weighed = [_weighed(*seen, weights) for seen in zip(views, hits, found, odds, strict=True)]
    signals = [tuple(_believed(*seen, weights)) for seen in zip(views, hits, found, scores, strict=True)]
    marks = [tuple(traits.find_all(view, told[0])) for view, told in zip(views, weighed, strict=True)]
    judged = version(weights)
    return [
        Verdict(
            category=category,
            confidence=round(confidence, 2),
            signals=shown,
            traits=marked,
            findings=suspected,
            why=why,
            version=judged,
        )
        for (category, confidence, why), shown, marked, suspected in zip(
            weighed, signals, marks, findings, strict=True
        )
    ]


def _weighed(
    view: View, hits: Sequence[Hit], found: Iterable[Row], odds: Sequence[float], weights: model.Model
) -> tuple[Category, float, tuple[str, ...]]:
    """Category, confidence and reasons: what the words say, raised by what is declared or listed."""
    spoken = model.CATEGORIES[model.decide(odds)]
    weighed = heard(view, odds)
    category = spoken
    if weighed is not odds:
        category = max(spoken, model.CATEGORIES[model.decide(weighed)], key=lambda one: one.gravity)
    claim = raised(view, hits, category, odds, weighed)
    if claim:
        why = reasons(view, found, odds, claim.category, claim.reason)
        return claim.category, claim.confidence, why
    why = reasons(view, found, odds, category, _CHANGES if category is not spoken else None)
    return category, weights.confidence(weighed[category.gravity]), (*why, *_caution(category, weighed))


def _caution(category: Category, odds: Sequence[float]) -> Iterator[str]:
    if odds[category.gravity] < max(odds):
        yield "The signs are weak, and of what is likely the graver counts."


def _believed(
    view: View, hits: Sequence[Hit], found: Iterable[Row], scores: Sequence[int], weights: model.Model
) -> Iterator[Signal]:
    """The signals that the model believes, each with the strongest quote: the probe's, else the model's."""
    best: dict[int, Hit] = {}
    for hit in hits:
        if hit.probe not in best or hit.weight > best[hit.probe].weight:
            best[hit.probe] = hit
    for probe, odds in weights.believed(scores):
        output = len(model.CATEGORIES) + probe
        evidence = best[probe].evidence() if probe in best else telling(view, found, output)
        yield Signal(code=PROBES[probe].code, evidence=evidence, weight=round(odds, 2))
