"""Counts in one SQLite file, exact across all processes that share it, and kept through kill -9."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from time import monotonic

from enforce.counters import Count, Full, Reservation, StoreFailed
from enforce.counters.amounts import load, minus, plus, store
from enforce.policy import Number
from enforce.state import State, fault

# A reservation carries the total before it and after it. So the sum of a window is one subtraction, the latest `after`
# less the `before` of the window's first, however many lie in it; and a call changes one page and no other.
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS limits (
      id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, window INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS reservations (
      counter INTEGER NOT NULL, n INTEGER NOT NULL, time REAL NOT NULL, before NOT NULL, after NOT NULL,
      PRIMARY KEY (counter, n)
    ) WITHOUT ROWID
    """,
)
# Earlier versions kept the totals in a table of their own. Those that still run find their tables gone, and deny.
_RENEW = (
    "INSERT INTO limits (id, key, window) SELECT id, key, window FROM counters",
    """
    INSERT INTO reservations SELECT
      counter, n, time, before, coalesce(lead(before) OVER (PARTITION BY counter ORDER BY n), total)
    FROM hits JOIN counters ON counters.id = counter
    """,
    "DROP TABLE hits",
    "DROP TABLE counters",
)
# The latest comes along, and the `before` of the first in the window, where there are any.
_COUNTER = """
SELECT id, latest.time, latest.n, latest.after, (
  SELECT before FROM reservations
  WHERE counter = id AND time > max(?2, latest.time) - window ORDER BY n LIMIT 1
) FROM limits LEFT JOIN reservations AS latest ON latest.counter = id
WHERE key = ?1 ORDER BY latest.n DESC LIMIT 1
"""
_NEW = "INSERT INTO limits (key, window) VALUES (?, ?) RETURNING id"
_ALL = "SELECT time, before FROM reservations WHERE counter = ? AND time > ? ORDER BY n"
_TAKE = "INSERT INTO reservations VALUES (?, ?, ?, ?, ?)"
# Fails where the reservation before is not the latest: then the number is taken, or there is no `before` any more, since
# those that leave a window are deleted from the first on, and no counter that was reset comes back under its id.
_NEXT = "(?, ?, ?, (SELECT after FROM reservations WHERE counter = ? AND n = ?), ?)"
_GO_ON, _AND_NEXT = f"INSERT INTO reservations VALUES {_NEXT}", f", {_NEXT}"  # noqa: S608 - nothing but marks
# Looks at what has left the window, and no further, however many lie in it.
_FORGET = """
DELETE FROM reservations WHERE counter = ?1 AND n < (
  SELECT n FROM reservations WHERE counter = ?1 AND time > ?2 ORDER BY n LIMIT 1
)
"""
_STALE = """
SELECT id FROM limits
WHERE coalesce((SELECT time FROM reservations WHERE counter = id ORDER BY n DESC LIMIT 1), 0) + window < ?
"""

#: After so many reservations of a counter, those that have left its window are deleted.
SWEEP = 32

#: Seconds after which it is looked whether the state file is still where others would open it.
LOOK = 1.0

#: Counters that are remembered from one call to the next.
REMEMBERED = 4096

#: Seconds for which a counter is kept that holds nothing any more, should a clock be set back.
KEEP = 7 * 86400


class _Counter:
    """What we know of one counter; never changed."""

    def __init__(self, id: int, total: Number, last: float, next: int, used: Number) -> None:
        self.id = id
        self.total = total
        #: The latest time seen, in seconds since the epoch.
        self.last = last
        #: The number of the next reservation.
        self.next = next
        #: What is taken of the window, or was when the counter was read, and what was taken since.
        self.used = used


class SqliteCounters:
    """Counters in a state file that `enforce.state.open_state` opened."""

    def __init__(self, state: sqlite3.Connection) -> None:
        self._state = state
        self._together = self._broken = self._has_taken = False
        #: Counters as we left them. Where another process has taken of one since, we take no more of it unread.
        self._known: dict[str, _Counter] = {}
        #: When that is next looked, in seconds of a clock that only runs forward.
        self._look_at = 0.0
        try:
            if not self._has("reservations", "after"):
                state.execute("BEGIN IMMEDIATE")
                for statement in (*_TABLES, *(_RENEW if self._has("counters", "total") else ())):
                    state.execute(statement)
                state.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up()
            raise StoreFailed(fault(self._state, error)) from error

    def look(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """What `reserve` would say; takes nothing."""
        try:
            for each in reservations:
                counter = self._read(each.key, now) or _EMPTY
                if full := self._full(counter, each, now):
                    return full
        except sqlite3.Error as error:
            raise StoreFailed(fault(self._state, error)) from error
        return None

    def reserve(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """Take all of them in one transaction and give `None`, or take none and say which is full."""
        try:
            if monotonic() > self._look_at:
                self._look()
            if self._together:
                self._begin()
            if self._take_known(reservations, now):
                self._has_taken = True
                return None
            self._begin()
            full = self._take(reservations, now)
            if not self._together:
                self._state.execute("ROLLBACK" if full else "COMMIT")
            self._has_taken |= full is None
        except BaseException as error:
            self._give_up()
            if isinstance(error, sqlite3.Error):
                raise StoreFailed(fault(self._state, error)) from error
            raise
        return full

    @contextmanager
    def together(self) -> Iterator[None]:
        """Take all reservations of a block in one transaction; raises StoreFailed at its end where that fails.

        Until the block has ended nothing that was reserved in it may be used.
        """
        self._together, self._broken, self._has_taken = True, False, False
        try:
            yield
            if self._broken:
                raise StoreFailed("an earlier reservation of the same transaction failed")
            if self._state.in_transaction:
                self._state.execute("COMMIT")
        except BaseException as error:
            self._give_up()
            if isinstance(error, sqlite3.Error):
                raise StoreFailed(fault(self._state, error)) from error
            raise
        finally:
            self._together = False

    def counts(self, now: float) -> list[Count]:
        """Every counter with what is taken of its window now, by key."""
        rows = self._state.execute("SELECT key, window FROM limits ORDER BY key").fetchall()
        counters = [(key, window, self._read(key, now)) for key, window in rows]
        return [
            Count(key=key, window=window, used=Decimal(found.used))
            for key, window, found in counters
            if found
        ]

    def reset(self, key: str | None = None) -> int:
        """Empty one counter, or all of them; says how many."""
        return self._drop("SELECT id FROM limits WHERE ?1 IS NULL OR key = ?1", key)

    def tidy(self, now: float) -> int:
        """Forget counters that have held nothing for long, such as those of sessions; says how many."""
        return self._drop(_STALE, now - KEEP)

    def _look(self) -> None:
        """Count no more in a file that nobody else would find: together with them more would be let through than one limit."""
        if isinstance(self._state, State) and self._state.is_elsewhere():
            raise StoreFailed(f"somebody has removed or replaced {self._state.name}: start the gate anew")
        self._look_at = monotonic() + LOOK

    def _drop(self, which: str, value: str | float | None) -> int:
        try:
            self._state.execute("BEGIN IMMEDIATE")
            ids = self._state.execute(which, (value,)).fetchall()
            self._state.executemany("DELETE FROM reservations WHERE counter = ?", ids)
            self._state.executemany("DELETE FROM limits WHERE id = ?", ids)
            self._state.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up()
            raise StoreFailed(fault(self._state, error)) from error
        return len(ids)

    def _has(self, table: str, column: str) -> bool:
        found = self._state.execute("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, column))
        return found.fetchone() is not None

    def _begin(self) -> None:
        if not self._state.in_transaction:
            self._state.execute("BEGIN IMMEDIATE")

    def _take_known(self, reservations: Sequence[Reservation], now: float) -> bool:
        """Take all of them in one statement where each fits, as far as we know; false where nothing was taken."""
        after: dict[str, _Counter] = {}
        rows: list[float | str] = []
        for each in reservations:
            counter = self._known.get(each.key)
            if counter is None or counter.next % SWEEP == 0 or plus(counter.used, each.amount) > each.max:
                return False
            taken = after[each.key] = _and(counter, each, now)
            id, next = counter.id, counter.next
            rows += (id, next, taken.last, id, next - 1, store(taken.total))
        try:
            self._state.execute(_GO_ON + _AND_NEXT * (len(after) - 1), rows)
        except sqlite3.IntegrityError:  # another process has taken of one since, or reset it
            return False
        self._known |= after
        return True

    def _take(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """The same within a transaction, by what the file says."""
        counters = []
        for each in reservations:
            counter = self._read(each.key, now) or self._create(each)
            if full := self._full(counter, each, now):
                return full
            counters.append(counter)
        if len(self._known) > REMEMBERED:
            self._known.clear()
        for each, counter in zip(reservations, counters, strict=True):
            taken = self._known[each.key] = _and(counter, each, now)
            row = taken.id, counter.next, taken.last, store(counter.total), store(taken.total)
            self._state.execute(_TAKE, row)
            if taken.next % SWEEP == 1:
                self._state.execute(_FORGET, (taken.id, taken.last - each.window))
        return None

    def _full(self, counter: _Counter, reservation: Reservation, now: float) -> Full | None:
        if plus(counter.used, reservation.amount) <= reservation.max:
            return None
        wait = self._wait(counter, reservation, max(now, counter.last))
        return Full(reservation=reservation, used=Decimal(counter.used), retry_after=wait)

    def _wait(self, counter: _Counter, reservation: Reservation, time: float) -> float | None:
        """Seconds until enough hits have left the window: the hits before the first that may stay."""
        if reservation.amount > reservation.max:
            return None
        leaving = time
        for hit, before in self._state.execute(_ALL, (counter.id, time - reservation.window)):
            if plus(minus(counter.total, load(before)), reservation.amount) <= reservation.max:
                break
            leaving = hit
        return leaving + reservation.window - time

    def _read(self, key: str, now: float) -> _Counter | None:
        row = self._state.execute(_COUNTER, (key, now)).fetchone()
        if row is None:
            return None
        id, last, n, after, before = row
        if last is None:
            return _Counter(id, 0, 0.0, 0, 0)
        total = load(after)
        return _Counter(id, total, last, n + 1, 0 if before is None else minus(total, load(before)))

    def _create(self, reservation: Reservation) -> _Counter:
        (id,) = self._state.execute(_NEW, (reservation.key, reservation.window)).fetchone()
        return _Counter(id, 0, 0.0, 0, 0)

    def _give_up(self) -> None:
        self._broken |= self._has_taken  # where nothing was taken, nothing is lost
        self._known.clear()
        if self._state.in_transaction:
            with suppress(sqlite3.Error):
                self._state.execute("ROLLBACK")


#: One of which nothing was ever taken.
_EMPTY = _Counter(0, 0, 0.0, 0, 0)


def _and(counter: _Counter, reservation: Reservation, now: float) -> _Counter:
    """The counter once a reservation is taken of it."""
    amount = reservation.amount
    return _Counter(
        counter.id,
        plus(counter.total, amount),
        max(now, counter.last),
        counter.next + 1,
        plus(counter.used, amount),
    )
