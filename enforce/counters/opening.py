"""The store of counters that a person named: a file, or a Redis server."""

from pathlib import Path
from typing import Protocol

from enforce.counters import Counters
from enforce.counters.sqlite import Count, SqliteCounters
from enforce.state import Sync, open_state


class Store(Counters, Protocol):
    """Counters that a person can look at and reset."""

    def counts(self, now: float) -> list[Count]:
        """Every counter with what is taken of its window at *now*, by key."""

    def reset(self, key: str | None = None) -> int:
        """Empty one counter, or all of them; says how many."""


def is_redis(place: str | None) -> bool:
    """Whether a place is the address of a Redis server."""
    return place is not None and place.startswith(("redis://", "rediss://"))


def open_counters(place: str | Path, sync: Sync = "normal") -> Store:
    """Open `redis://...`, `rediss://...` or a SQLite file; raises StateUnusable or StoreFailed."""
    if is_redis(str(place)):
        from enforce.counters.redis import RedisCounters  # an optional package

        return RedisCounters.connect(str(place))
    return SqliteCounters(open_state(Path(place), sync))
