"""The classes that derive from one, within what a source can make of that."""

from collections.abc import Sequence
from typing import Protocol, Self, TypeVar

#: Classes that derive from each other, and those that derive from one.
DEEPEST_CLASS, MOST_HEIRS = 20, 500


class Derived(Protocol):
    """A class that knows which derive from it."""

    @property
    def subclasses(self) -> Sequence[Self]:
        """Those that name it as their base."""


C = TypeVar("C", bound=Derived)


def leaves(base: C) -> list[C]:
    """The classes that derive from *base* and from which none derives; as many as a package may have."""
    found: dict[int, C] = {}
    level = list(base.subclasses)
    for _ in range(DEEPEST_CLASS):
        found.update((id(cls), cls) for cls in level if not cls.subclasses)
        level = [one for cls in level for one in cls.subclasses if one is not base]
        if not level or len(found) + len(level) > MOST_HEIRS:
            break
    return list(found.values())[:MOST_HEIRS]
