"""Counts in one SQLite file, exact across all processes that share it, and kept through kill -9."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal

from msgspec import Struct

from enforce.counters import Full, Reservation, StoreFailed
from enforce.counters.amounts import load, minus, plus, store
from enforce.policy import Number

# A hit carries the total before it. So the sum of a window is one subtraction, the counter's total less the
# `before` of the window's first hit, however many hits lie in it.
_TABLES = """
CREATE TABLE IF NOT EXISTS counters (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, window INTEGER NOT NULL,
  total NOT NULL, last REAL NOT NULL, hits INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS hits (
  counter INTEGER NOT NULL, time REAL NOT NULL, n INTEGER NOT NULL, before NOT NULL,
  PRIMARY KEY (counter, time, n)
) WITHOUT ROWID;
"""
# The `before` of the first hit in the window comes along, where there is one.
_COUNTER = """
SELECT id, total, last, hits, (
  SELECT before FROM hits WHERE counter = id AND time > max(?2, last) - window ORDER BY time, n LIMIT 1
) FROM counters WHERE key = ?1
"""
_NEW = "INSERT INTO counters (key, window, total, last, hits) VALUES (?, ?, 0, 0, 0) RETURNING id"
_ALL = "SELECT time, before FROM hits WHERE counter = ? AND time > ? ORDER BY time, n"
_HIT = "INSERT INTO hits (counter, time, n, before) VALUES (?, ?, ?, ?)"
_TOTAL = "UPDATE counters SET total = ?, last = ?, hits = ? WHERE id = ?"
_FORGET = "DELETE FROM hits WHERE counter = ? AND time <= ?"
_STALE = "SELECT id FROM counters WHERE last + window < ?"

#: After so many hits of a counter, those that have left its window are deleted.
SWEEP = 32

#: Seconds for which a counter is kept that holds nothing any more, should a clock be set back.
KEEP = 7 * 86400


class Count(Struct, frozen=True, kw_only=True):
    """One counter as people see it."""

    key: str
    #: Seconds.
    window: int
    used: Decimal


class _Counter(Struct, frozen=True):
    id: int
    total: Number
    #: The latest time seen, in seconds since the epoch.
    last: float
    hits: int
    #: What is taken of the window.
    used: Number


class SqliteCounters:
    """Counters in a state file that `enforce.state.open_state` opened."""

    def __init__(self, state: sqlite3.Connection) -> None:
        self._state = state
        self._together = self._broken = False
        #: What a block has reserved and not written yet: counters by key with their windows, and hits.
        self._ahead: dict[str, tuple[_Counter, int]] = {}
        self._hits: list[tuple[int, float, int, int | str]] = []
        try:
            state.executescript(_TABLES)
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error

    def look(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """What `reserve` would say; takes nothing."""
        try:
            if self._hits:
                self._catch_up()
            for each in reservations:
                counter = self._read(each.key, now)
                if counter is not None and (full := self._full(counter, each, now)):
                    return full
                if counter is None and each.amount > each.max:
                    return Full(reservation=each, used=Decimal(0), retry_after=None)
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error
        return None

    def reserve(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """Take all of them in one transaction and give `None`, or take none and say which is full."""
        try:
            if not self._state.in_transaction:
                self._state.execute("BEGIN IMMEDIATE")
            full = self._take(reservations, now)
            if not self._together:
                self._state.execute("ROLLBACK" if full else "COMMIT")
        except BaseException as error:
            self._give_up()
            if isinstance(error, sqlite3.Error):
                raise StoreFailed(str(error)) from error
            raise
        return full

    @contextmanager
    def together(self) -> Iterator[None]:
        """Take all reservations of a block in one transaction; raises StoreFailed at its end where that fails.

        Until the block has ended nothing that was reserved in it may be used.
        """
        self._together, self._broken = True, False
        try:
            yield
            if self._broken:
                raise StoreFailed("an earlier reservation of the same transaction failed")
            if self._state.in_transaction:
                self._catch_up()
                self._state.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error
        finally:
            self._give_up()
            self._together = False

    def counts(self, now: float) -> list[Count]:
        """Every counter with what is taken of its window now, by key."""
        rows = self._state.execute("SELECT key, window FROM counters ORDER BY key").fetchall()
        counters = [(key, window, self._read(key, now)) for key, window in rows]
        return [
            Count(key=key, window=window, used=Decimal(found.used))
            for key, window, found in counters
            if found
        ]

    def reset(self, key: str | None = None) -> int:
        """Empty one counter, or all of them; says how many."""
        return self._drop("SELECT id FROM counters WHERE ?1 IS NULL OR key = ?1", key)

    def tidy(self, now: float) -> int:
        """Forget counters that have held nothing for long, such as those of sessions; says how many."""
        return self._drop(_STALE, now - KEEP)

    def _drop(self, which: str, value: str | float | None) -> int:
        try:
            self._state.execute("BEGIN IMMEDIATE")
            ids = self._state.execute(which, (value,)).fetchall()
            self._state.executemany("DELETE FROM hits WHERE counter = ?", ids)
            self._state.executemany("DELETE FROM counters WHERE id = ?", ids)
            self._state.execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up()
            raise StoreFailed(str(error)) from error
        return len(ids)

    def _take(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        taken = []
        for each in reservations:
            counter = self._ahead[each.key][0] if each.key in self._ahead else None
            if counter is not None and plus(counter.used, each.amount) > each.max:
                self._catch_up()  # hits may have left the window since the counter was read
                counter = None
            if counter is None:
                counter = self._read(each.key, now) or self._create(each)
                if full := self._full(counter, each, now):
                    return full
            taken.append((each, counter))
        for each, counter in taken:
            self._add(each, counter, max(now, counter.last))
        if not self._together:
            self._catch_up()
        return None

    def _add(self, reservation: Reservation, counter: _Counter, time: float) -> None:
        """Note a hit, to be written with all others of its transaction."""
        amount = reservation.amount
        self._hits.append((counter.id, time, counter.hits, store(counter.total)))
        after = _Counter(
            counter.id, plus(counter.total, amount), time, counter.hits + 1, plus(counter.used, amount)
        )
        self._ahead[reservation.key] = after, reservation.window

    def _catch_up(self) -> None:
        """Write what was reserved; each counter once, however many hits it had."""
        execute = self._state.execute
        for hit in self._hits:
            execute(_HIT, hit)
        for counter, window in self._ahead.values():
            execute(_TOTAL, (store(counter.total), counter.last, counter.hits, counter.id))
            if counter.hits % SWEEP < len(self._hits):
                execute(_FORGET, (counter.id, counter.last - window))
        self._hits.clear()
        self._ahead.clear()

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
        total = load(row[1])
        return _Counter(row[0], total, row[2], row[3], 0 if row[4] is None else minus(total, load(row[4])))

    def _create(self, reservation: Reservation) -> _Counter:
        (id,) = self._state.execute(_NEW, (reservation.key, reservation.window)).fetchone()
        return _Counter(id, 0, 0.0, 0, 0)

    def _give_up(self) -> None:
        self._broken = True
        self._hits.clear()
        self._ahead.clear()
        if self._state.in_transaction:
            with suppress(sqlite3.Error):
                self._state.execute("ROLLBACK")
