"""How much a symbolic reader looks at before it gives up, counted in steps so that the same source always ends alike."""

from collections.abc import Iterator
from contextlib import contextmanager


class OutOfSteps(Exception):
    """The reader has looked at as much as it is willing to."""


class Budget:
    """Steps in all, and steps on one file or function."""

    def __init__(self, total: int, at_once: int) -> None:
        self._total = total
        self._at_once = at_once
        self._taken = 0
        self._limit = at_once
        #: Steps that were taken apart from what is looked at.
        self._elsewhere = 0

    def step(self) -> None:
        """Count one expression or statement; raises OutOfSteps."""
        self._taken += 1
        if self._taken > self._limit:
            raise OutOfSteps

    def charge(self, steps: int) -> None:
        """Count work that is as much as so many steps."""
        self._taken += steps
        self.step()

    def renew(self, share: float = 1.0) -> None:
        """Something new is looked at, for that share of the steps on one thing."""
        self._limit = min(self._taken + int(self._at_once * share), self._total)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Something else is looked at in between, with the steps of one thing, none of which count for this one."""
        before, left = self._taken, self._limit - self._taken
        elsewhere = self._elsewhere
        self.renew()
        try:
            yield
        finally:
            self._elsewhere = elsewhere + self._taken - before
            self._limit = min(self._taken + left, self._total)

    @contextmanager
    def at_most(self, steps: int) -> Iterator[None]:
        """A part of what is looked at may take so many of its steps."""
        before, left = self._taken - self._elsewhere, self._limit - self._taken
        self._limit = min(self._limit, self._taken + steps)
        try:
            yield
        finally:
            used = self._taken - self._elsewhere - before
            self._limit = min(self._taken + left - used, self._total)

    @property
    def left(self) -> int:
        """Steps that may still be taken on what is looked at."""
        return self._limit - self._taken

    @property
    def spent(self) -> bool:
        """Whether nothing more may be looked at."""
        return self._taken >= self._total
