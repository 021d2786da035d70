"""Where limits are counted: durable, exact across processes."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Protocol, runtime_checkable

from msgspec import Struct

from enforce.errors import StateFailed
from enforce.policy import Number

#: Digits that an amount may have before and after the decimal point.
DIGITS = 18


class StoreFailed(StateFailed):
    """The counters can be neither read nor written; the call is denied."""

    what = "the counters cannot be used"


class Reservation(Struct, frozen=True, kw_only=True):
    """One limit that one call draws on."""

    #: JSON of [scope, server, grant, session, identity, pointer of what the limit stands in, counter, window]; one key is
    #: one count. Parts that the scope leaves open are "".
    key: str
    #: Seconds; a key always comes with the same window.
    window: int
    #: What the window holds, 0 to 18 digits on either side of the point.
    max: Number
    #: What this call takes, never negative: 1, or the sum that it spends.
    amount: Number = 1
    #: JSON Pointer of the limit, and its texts; the store has no use for them.
    rule: str = ""
    on_deny: str | None = None
    why: str | None = None


class Full(Struct, frozen=True, kw_only=True):
    """There is no room for a reservation."""

    #: The first of those given that does not fit.
    reservation: Reservation
    #: What is already taken of its window.
    used: Decimal
    #: Seconds until it would fit if nothing else comes; `None` where it never will, since the amount alone is over `max`.
    retry_after: float | None


class Count(Struct, frozen=True, kw_only=True):
    """One counter as people see it."""

    key: str
    #: Seconds.
    window: int
    used: Decimal


class Counters(Protocol):
    """Counts in sliding windows.

    The promise: for every key, in no interval of `window` seconds, half open, do the amounts reserved add up to
    more than `max`. It holds across threads, processes that share the store, restarts and kill -9. A reservation
    is never given back, whatever becomes of the call. A clock that steps back must not make room: an
    implementation takes the latest time that it has seen where *now* is earlier. Sums are exact; amounts have up
    to DIGITS digits on either side of the point, so 60 digits of precision hold any window.

    The keys of one call are distinct. `now` is in seconds since the epoch. Both methods raise StoreFailed, and
    nothing else, when the store cannot answer.
    """

    def look(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """What `reserve` would say; takes nothing."""

    def reserve(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """Take all of them durably and give `None`; or take none and say which is full."""


@runtime_checkable
class Grouping(Protocol):
    """Counters that can reserve for several calls in one transaction."""

    def together(self) -> AbstractContextManager[None]:
        """Take all reservations of a block at its end; raises StoreFailed there."""
