"""Weighs rules, model and annotations into one verdict; nothing else in the project does."""

from collections.abc import Iterator, Sequence

from classifier import model, poisoning, traits
from classifier.categories import Category
from classifier.claims import heard, raised
from classifier.evidence import Signal
from classifier.features import Group, features
from classifier.reasons import reasons, telling
from classifier.sight import look
from classifier.signals import PROBES, Hit
from classifier.verdicts import Verdict
from classifier.view import View
from crawler.tools import Tool

#: Version of the rules; the weights have their own.
_RULES = "7"
_CHANGES = "Its author declares that it does not only read"


def version(weights: model.Model) -> str:
    """Rules and weights together."""
    return f"{_RULES}+{weights.version}"


def weigh(tool: Tool, weights: model.Model) -> Verdict:
    """What rules, model and annotations together say of one tool."""
    view = View(tool)
    sight = look(view)
    found = sight.hits
    groups, scores = weights.summed(features(view, sight))
    odds = weights.probabilities(scores)
    category, confidence, why = _weighed(view, found, groups, weights, odds)
    return Verdict(
        category=category,
        confidence=round(confidence, 2),
        signals=tuple(_believed(view, found, groups, weights, scores)),
        traits=tuple(traits.find_all(view, category)),
        findings=tuple(poisoning.find_all(tool)),
        why=why,
        version=version(weights),
    )


def _weighed(
    view: View, found: Sequence[Hit], groups: Sequence[Group], weights: model.Model, odds: Sequence[float]
) -> tuple[Category, float, tuple[str, ...]]:
    """Category, confidence and reasons: what the words say, raised by what is declared or listed."""
    spoken = model.CATEGORIES[model.decide(odds)]
    weighed = heard(view, odds)
    category = spoken
    if weighed is not odds:
        category = max(spoken, model.CATEGORIES[model.decide(weighed)], key=lambda one: one.gravity)
    claim = raised(view, found, category, odds, weighed)
    if claim:
        why = reasons(view, groups, weights, odds, claim.category, claim.reason)
        return claim.category, claim.confidence, why
    why = reasons(view, groups, weights, odds, category, _CHANGES if category is not spoken else None)
    return category, weights.confidence(weighed[category.gravity]), (*why, *_caution(category, weighed))


def _caution(category: Category, odds: Sequence[float]) -> Iterator[str]:
    if odds[category.gravity] < max(odds):
        yield "The signs are weak, and of what is likely the graver counts."


def _believed(
    view: View, found: Sequence[Hit], groups: Sequence[Group], weights: model.Model, scores: Sequence[int]
) -> Iterator[Signal]:
    """The signals that the model believes, each with the strongest quote: the probe's, else the model's."""
    best: dict[int, Hit] = {}
    for hit in found:
        if hit.probe not in best or hit.weight > best[hit.probe].weight:
            best[hit.probe] = hit
    for probe, odds in weights.believed(scores):
        output = len(model.CATEGORIES) + probe
        evidence = best[probe].evidence() if probe in best else telling(view, groups, weights, output)
        yield Signal(code=PROBES[probe].code, evidence=evidence, weight=round(odds, 2))
