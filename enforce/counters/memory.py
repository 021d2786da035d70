"""Counts that live as long as the process: for tests, dry runs and one-off explanations."""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from threading import Lock

from enforce.counters import Full, Reservation
from enforce.counters.amounts import minus, plus
from enforce.policy import Number


class _Window:
    """What one key has given away lately."""

    __slots__ = ("hits", "last", "used")

    def __init__(self) -> None:
        self.hits: deque[tuple[float, Number]] = deque()
        self.used: Number = 0
        self.last = float("-inf")

    def advance(self, now: float, length: int) -> float:
        """Forget what has left the window; the time that counts, which never runs back."""
        self.last = max(self.last, now)
        while self.hits and self.hits[0][0] <= self.last - length:
            self.used = minus(self.used, self.hits.popleft()[1])
        return self.last

    def wait(self, reservation: Reservation) -> float | None:
        """Seconds until the reservation fits."""
        used = self.used
        for time, amount in self.hits:
            used = minus(used, amount)
            if plus(used, reservation.amount) <= reservation.max:
                return time + reservation.window - self.last
        return None


class MemoryCounters:
    """Counters in a dictionary."""

    def __init__(self) -> None:
        self._windows: dict[str, _Window] = {}
        self._lock = Lock()

    def look(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """What `reserve` would say; takes nothing."""
        with self._lock:
            return next((full for each in reservations if (full := self._full(each, now))), None)

    def reserve(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """Take all of them and give `None`, or take none and say which is full."""
        with self._lock:
            for each in reservations:
                if full := self._full(each, now):
                    return full
            for each in reservations:
                window = self._windows[each.key]
                window.hits.append((window.last, each.amount))
                window.used = plus(window.used, each.amount)
        return None

    def _full(self, reservation: Reservation, now: float) -> Full | None:
        window = self._windows.setdefault(reservation.key, _Window())
        window.advance(now, reservation.window)
        if plus(window.used, reservation.amount) <= reservation.max:
            return None
        return Full(reservation=reservation, used=Decimal(window.used), retry_after=window.wait(reservation))
