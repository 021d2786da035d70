"""How much a symbolic reader looks at before it gives up, counted in steps so that the same source always ends alike."""


class OutOfSteps(Exception):
    """The reader has looked at as much as it is willing to."""


class Budget:
    """Steps in all, and steps on one file or function."""

    def __init__(self, total: int, at_once: int) -> None:
        self._total = total
        self._at_once = at_once
        self._taken = 0
        self._limit = at_once

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

    @property
    def spent(self) -> bool:
        """Whether nothing more may be looked at."""
        return self._taken >= self._total
