"""The store of counters that a person named: a file, or a Redis server."""

from pathlib import Path
from typing import Protocol

from enforce.counters import Count, Counters, StoreFailed
from enforce.counters.sqlite import SqliteCounters
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


def foreign(place: str) -> str | None:
    """What is wrong with an address of another kind than ours; `None` for ours, and for files."""
    scheme, mark, rest = place.partition("://")
    if not mark:
        return None
    if not is_redis(place):
        return f"{scheme}:// is no store: name a file, or one Redis server by redis:// or rediss://, in place of a Sentinel the server that it watches"
    if "," in rest.partition("/")[0]:
        return "several Redis servers are named: name one, or one with replicas by a name that follows a failover; a Redis Cluster cannot count"
    return None


def open_counters(place: str | Path, sync: Sync = "normal") -> Store:
    """Open `redis://...`, `rediss://...` or a SQLite file; raises StateUnusable or StoreFailed."""
    if fault := foreign(str(place)):
        raise StoreFailed(fault)
    if is_redis(str(place)):
        from enforce.counters.redis import RedisCounters  # an optional package

        return RedisCounters.connect(str(place))
    return SqliteCounters(open_state(Path(place), sync))
