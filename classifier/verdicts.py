"""Weighs rules, model and annotations into one verdict; nothing else in the project does."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from classifier import model, poisoning, traits
from classifier.categories import Category, Severity
from classifier.claims import raised
from classifier.evidence import Evidence, Finding, Signal, Trait
from classifier.features import features
from classifier.reasons import reasons, telling
from classifier.signals import PROBES, Hit, hits
from classifier.view import View
from crawler.tools import Tool

#: Version of the rules; the weights have their own.
_RULES = "2"
#: Identical definitions are judged once, as long as their verdicts are at hand.
_KEPT = 4096


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """What we think of a tool at rest."""

    category: Category
    #: 0 to 1, calibrated: of all verdicts at 0.9, nine in ten are right.
    confidence: float
    signals: tuple[Signal, ...] = ()
    traits: tuple[Trait, ...] = ()
    findings: tuple[Finding, ...] = ()
    #: Sentences in the order in which they counted.
    why: tuple[str, ...] = ()
    #: Version of rules and weights together; another version judges anew.
    version: str

    @property
    def severity(self) -> Severity:
        """Follows from the category alone."""
        return self.category.severity

    @property
    def poisoned(self) -> bool:
        """Whether any finding is overt."""
        return any(finding.strength == "hard" for finding in self.findings)


def __getattr__(name: str) -> str:
    """`VERSION`: rules and weights together, known once the weights are read."""
    if name == "VERSION":
        return f"{_RULES}+{model.shipped().version}"
    raise AttributeError(name)


def classify(tool: Tool, *, siblings: Sequence[Tool] = ()) -> Verdict:
    """Judge one tool from its definition; *siblings* are the other tools of the same server."""
    del siblings
    return judge(tool, model.shipped())


def classify_all(tools: Iterable[Tool]) -> Iterator[Verdict]:
    """Judge many tools in order; identical definitions are judged once, and memory stays flat."""
    weights = model.shipped()
    kept: dict[bytes, Verdict] = {}
    for tool in tools:
        key = _what_counts(tool)
        verdict = kept.get(key)
        if verdict is None:
            if len(kept) >= _KEPT:
                kept.clear()
            verdict = kept[key] = judge(tool, weights)
        yield verdict


def judge(tool: Tool, weights: model.Model) -> Verdict:
    """Judge one tool by the given weights."""
    view = View(tool)
    found = list(hits(view))
    names = weights.known(features(view, found))
    scores = weights.scores(names)
    odds = weights.probabilities(scores)
    category, confidence, why = _weighed(view, found, names, weights, odds)
    return Verdict(
        category=category,
        confidence=round(confidence, 2),
        signals=tuple(_believed(view, found, names, weights, scores)),
        traits=tuple(traits.find_all(view, category)),
        findings=tuple(poisoning.find_all(tool)),
        why=why,
        version=f"{_RULES}+{weights.version}",
    )


def _weighed(
    view: View, found: Sequence[Hit], names: Sequence[str], weights: model.Model, odds: Sequence[float]
) -> tuple[Category, float, tuple[str, ...]]:
    """Category, confidence and reasons: what the words say, raised by what is declared or listed."""
    category = model.CATEGORIES[model.decide(odds)]
    claim = raised(view, found, category, odds)
    if claim:
        why = reasons(view, names, weights, odds, claim.category, claim.reason)
        return claim.category, claim.confidence, why
    why = reasons(view, names, weights, odds, category)
    return category, weights.confidence(odds[category.gravity]), (*why, *_caution(category, odds))


def _caution(category: Category, odds: Sequence[float]) -> Iterator[str]:
    if odds[category.gravity] < max(odds):
        yield "The signs are weak, and of what is likely the graver counts."


def _believed(
    view: View, found: Sequence[Hit], names: Sequence[str], weights: model.Model, scores: Sequence[int]
) -> Iterator[Signal]:
    """The signals that the model believes, each with the strongest quote: the probe's, else the model's."""
    best: dict[int, Hit] = {}
    for hit in found:
        if hit.probe not in best or hit.weight > best[hit.probe].weight:
            best[hit.probe] = hit
    for probe, odds in weights.believed(scores):
        output = len(model.CATEGORIES) + probe
        evidence = best[probe].evidence() if probe in best else telling(view, names, weights, output)
        yield Signal(code=PROBES[probe].code, evidence=evidence, weight=round(odds, 2))


def _what_counts(tool: Tool) -> bytes:
    """What a verdict depends on, as bytes."""
    seen = (tool.name, tool.title, tool.description, tool.definition)
    try:
        return msgspec.json.encode(seen)
    except (UnicodeEncodeError, msgspec.MsgspecError, OverflowError):
        return repr(seen).encode("utf-8", "backslashreplace")


__all__ = ["VERSION", "Evidence", "Verdict", "classify", "classify_all", "judge"]  # noqa: F822  # VERSION is lazy
