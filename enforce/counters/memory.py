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
        #: The sum of `hits`, and the time of the last of them.
        self.used: Number = 0
        self.last = float("-inf")

    def full(self, reservation: Reservation, now: float) -> Full | None:
        """Why the reservation does not fit; changes nothing."""
        time = max(now, self.last)
        used = self.used
        leaving = time - reservation.window
        for hit, amount in self.hits:
            if hit > leaving:
                break
            used = minus(used, amount)
        if plus(used, reservation.amount) <= reservation.max:
            return None
        return Full(reservation=reservation, used=Decimal(used), retry_after=self._wait(reservation, time))

    def take(self, reservation: Reservation, now: float) -> None:
        """Note a hit, and forget those that have left the window."""
        self.last = max(now, self.last)
        while self.hits and self.hits[0][0] <= self.last - reservation.window:
            self.used = minus(self.used, self.hits.popleft()[1])
        self.hits.append((self.last, reservation.amount))
        self.used = plus(self.used, reservation.amount)

    def _wait(self, reservation: Reservation, time: float) -> float | None:
        """Seconds until the reservation fits."""
        used = self.used
        for hit, amount in self.hits:
            used = minus(used, amount)
            if plus(used, reservation.amount) <= reservation.max:
                return hit + reservation.window - time
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
                self._windows[each.key].take(each, now)
        return None

    def _full(self, reservation: Reservation, now: float) -> Full | None:
        return self._windows.setdefault(reservation.key, _Window()).full(reservation, now)


class Unlimited:
    """Counters with room for everything, for whoever looks at limits apart."""

    def look(self, _reservations: Sequence[Reservation], _now: float) -> Full | None:
        """There is always room."""
        return None

    reserve = look
