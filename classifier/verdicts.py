"""Weighs rules, model and annotations into one verdict; nothing else in the project does."""

from msgspec import Struct

from classifier.categories import Category, Severity
from classifier.evidence import Finding, Signal, Trait


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
