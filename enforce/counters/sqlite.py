"""Counts in one SQLite file, exact across all processes that share it, and kept through kill -9."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import NamedTuple

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
_COUNTER = "SELECT id, total, last, hits FROM counters WHERE key = ?"
_NEW = "INSERT INTO counters (key, window, total, last, hits) VALUES (?, ?, 0, 0, 0) RETURNING id, total, last, hits"
_FIRST = "SELECT before FROM hits WHERE counter = ? AND time > ? ORDER BY time, n LIMIT 1"
_ALL = "SELECT time, before FROM hits WHERE counter = ? AND time > ? ORDER BY time, n"
_HIT = "INSERT INTO hits (counter, time, n, before) VALUES (?, ?, ?, ?)"
_TOTAL = "UPDATE counters SET total = ?, last = ?, hits = ? WHERE id = ?"
_FORGET = "DELETE FROM hits WHERE counter = ? AND time <= ?"


class Count(Struct, frozen=True, kw_only=True):
    """One counter as people see it."""

    key: str
    #: Seconds.
    window: int
    used: Decimal


class _Counter(NamedTuple):
    id: int
    total: Number
    #: The latest time seen, in seconds since the epoch.
    last: float
    hits: int


class SqliteCounters:
    """Counters in a state file that `enforce.state.open_state` opened."""

    def __init__(self, state: sqlite3.Connection) -> None:
        self._state = state
        self._together = self._broken = False
        try:
            state.executescript(_TABLES)
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error

    def look(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """What `reserve` would say; takes nothing."""
        try:
            for each in reservations:
                counter = self._read(each.key) or _Counter(0, 0, now, 0)
                if full := self._full(counter, each, max(now, counter.last)):
                    return full
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
        except sqlite3.Error as error:
            self._give_up()
            raise StoreFailed(str(error)) from error
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
                self._state.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreFailed(str(error)) from error
        finally:
            self._give_up()
            self._together = False

    def counts(self, now: float) -> list[Count]:
        """Every counter with what is taken of its window now, by key."""
        rows = self._state.execute(
            "SELECT key, window, id, total, last FROM counters ORDER BY key"
        ).fetchall()
        return [
            Count(key=key, window=window, used=Decimal(self._used(id, load(total), max(now, last) - window)))
            for key, window, id, total, last in rows
        ]

    def reset(self, key: str | None = None) -> int:
        """Empty one counter, or all of them; says how many."""
        self._state.execute("BEGIN IMMEDIATE")
        ids = self._state.execute("SELECT id FROM counters WHERE ?1 IS NULL OR key = ?1", (key,)).fetchall()
        self._state.executemany("DELETE FROM hits WHERE counter = ?", ids)
        self._state.executemany("DELETE FROM counters WHERE id = ?", ids)
        self._state.execute("COMMIT")
        return len(ids)

    def _take(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        taken = []
        for each in reservations:
            counter = self._read(each.key) or self._create(each)
            time = max(now, counter.last)
            if full := self._full(counter, each, time):
                return full
            taken.append((each, counter, time))
        for each, counter, time in taken:
            self._write(each, counter, time)
        return None

    def _write(self, reservation: Reservation, counter: _Counter, time: float) -> None:
        execute = self._state.execute
        execute(_FORGET, (counter.id, time - reservation.window))
        execute(_HIT, (counter.id, time, counter.hits, store(counter.total)))
        total = store(plus(counter.total, reservation.amount))
        execute(_TOTAL, (total, time, counter.hits + 1, counter.id))

    def _full(self, counter: _Counter, reservation: Reservation, time: float) -> Full | None:
        used = self._used(counter.id, counter.total, time - reservation.window)
        if plus(used, reservation.amount) <= reservation.max:
            return None
        wait = self._wait(counter, reservation, time)
        return Full(reservation=reservation, used=Decimal(used), retry_after=wait)

    def _used(self, id: int, total: Number, after: float) -> Number:
        first = self._state.execute(_FIRST, (id, after)).fetchone()
        return minus(total, load(first[0])) if first else 0

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

    def _read(self, key: str) -> _Counter | None:
        row = self._state.execute(_COUNTER, (key,)).fetchone()
        return _Counter(row[0], load(row[1]), row[2], row[3]) if row else None

    def _create(self, reservation: Reservation) -> _Counter:
        row = self._state.execute(_NEW, (reservation.key, reservation.window)).fetchone()
        return _Counter(*row)

    def _give_up(self) -> None:
        self._broken = True
        if self._state.in_transaction:
            with suppress(sqlite3.Error):
                self._state.execute("ROLLBACK")
