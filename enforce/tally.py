"""What limits have given away to calls of which some are not known for certain: at least, and at most."""

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from enforce.counters import DIGITS, Reservation
from enforce.counters.memory import MemoryCounters

#: Seconds by which a recorded time may be too early.
GRAIN = 1e-6

#: More than any window holds: what was given away is noted, whether or not there was room.
_NO_BOUND = 10 ** (3 * DIGITS)


class Tally:
    """Counts that start empty."""

    def __init__(self) -> None:
        self._least, self._most = MemoryCounters(), MemoryCounters()
        #: Whether nobody can say any more of which limits was taken.
        self.is_blurred = False

    def full(
        self, reservations: Sequence[Reservation], time: float | None
    ) -> tuple[Literal["yes", "perhaps"], Reservation] | None:
        """The first limit without room, or perhaps without; where nobody noted the *time*, only what would never fit has none."""
        if time is None:
            never = (each for each in reservations if each.amount > each.max)
            return next((("yes", each) for each in never), None)
        if (found := self._least.look(reservations, time + GRAIN)) is not None:
            return "yes", found.reservation
        if (found := self._most.look(reservations, time)) is not None:
            return "perhaps", found.reservation
        return ("perhaps", reservations[0]) if self.is_blurred and reservations else None

    def take(self, reservations: Sequence[Reservation], time: float | None, *, sure: bool) -> None:
        """Note what a call took that was let through, or may have been."""
        if time is None or not reservations:
            return
        taken = [replace(each, max=_NO_BOUND) for each in reservations]
        self._most.reserve(taken, time + GRAIN)
        if sure:
            self._least.reserve(taken, time)
