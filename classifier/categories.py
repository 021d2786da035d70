"""The five categories, gravest last, and the severity that follows from each."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad the worst call is; follows from the category alone."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Category(StrEnum):
    """The gravest thing that one call of a tool can do. The order of definition is the order of gravity."""

    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"
    DESTRUCTIVE = "destructive"
    FINANCIAL = "financial"

    @property
    def severity(self) -> Severity:
        """Severity of the category; reversibility decides."""
        return _SEVERITY[self]

    @property
    def gravity(self) -> int:
        """0 for read up to 4 for financial."""
        return _GRAVITY[self]


_SEVERITY = {
    Category.READ: Severity.LOW,
    Category.WRITE: Severity.MEDIUM,
    Category.EXECUTE: Severity.HIGH,
    Category.DESTRUCTIVE: Severity.CRITICAL,
    Category.FINANCIAL: Severity.CRITICAL,
}
_GRAVITY = {category: position for position, category in enumerate(Category)}

#: Categories whose calls a person wants to know of before they happen.
DANGEROUS = frozenset({Category.EXECUTE, Category.DESTRUCTIVE, Category.FINANCIAL})
