"""Weighs rules, model and annotations into one verdict; nothing else in the project does."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from classifier import poisoning, signals, traits
from classifier.actions import leading
from classifier.categories import Category, Severity
from classifier.evidence import Finding, Signal, Trait
from classifier.view import View
from crawler.tools import Tool

#: Version of rules and weights together; another one judges every tool anew.
VERSION = "1"


class Verdict(Struct, frozen=True, kw_only=True):
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


def classify(tool: Tool, *, siblings: Sequence[Tool] = ()) -> Verdict:
    """Judge one tool from its definition; *siblings* are the other tools of the same server."""
    del siblings
    view = View(tool)
    found = tuple(signals.find_all(view))
    action = leading(view.name.words) or leading(view.description.words[: view.description.lead])
    category = action.category if action else Category.EXECUTE
    why = (
        (f"The name says “{action.verb}”.",)
        if action
        else ("Nothing in the definition says what a call does.",)
    )
    return Verdict(
        category=category,
        confidence=0.7 if action else 0.4,
        signals=found,
        traits=tuple(traits.find_all(view, category)),
        findings=tuple(poisoning.find_all(tool)),
        why=why,
        version=VERSION,
    )


def classify_all(tools: Iterable[Tool]) -> Iterator[Verdict]:
    """Judge many tools in order; identical definitions are judged once, and memory stays flat."""
    return (classify(tool) for tool in tools)
