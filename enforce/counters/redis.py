"""Counts in a Redis server, exact across machines: one script takes all the reservations of a call, or none."""

from collections.abc import Sequence
from decimal import Context, Decimal
from importlib.resources import files
from typing import Any, Self

from enforce.counters import DIGITS, Full, Reservation, StoreFailed
from enforce.counters.sqlite import Count
from enforce.policy import Number

#: Before every key, so that the counters can share a server with other things.
PREFIX = "tollhouse:"

#: Seconds to wait for the server, after which the call is denied.
PATIENCE = 2.0

_EXACT = Context(prec=200)


class RedisCounters:
    """Counters behind a `redis.Redis` client.

    How durable they are is the server's own setting: `appendonly yes` with `appendfsync always` survives everything.
    """

    def __init__(self, client: Any) -> None:
        import redis

        self._client = client
        self._failure = redis.RedisError
        self._script = client.register_script(
            files("enforce.counters").joinpath("redis.lua").read_text("utf-8")
        )

    @classmethod
    def connect(cls, url: str) -> Self:
        """Counters in the server at *url*; raises StoreFailed where the package `redis` is missing or the URL is none."""
        try:
            import redis

            return cls(redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE))
        except ImportError as error:
            raise StoreFailed("redis:// needs the extra `redis`: pip install 'tollhouse[redis]'") from error
        except ValueError as error:
            raise StoreFailed(str(error)) from error

    def look(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """What `reserve` would say; takes nothing."""
        return self._run("look", reservations, now)

    def reserve(self, reservations: Sequence[Reservation], now: float) -> Full | None:
        """Take all of them and give `None`, or take none and say which is full."""
        return self._run("reserve", reservations, now)

    def counts(self, now: float) -> list[Count]:
        """Every counter with what is taken of its window now, by key; raises StoreFailed."""
        try:
            return self._counts(now)
        except self._failure as error:
            raise StoreFailed(str(error)) from error

    def _counts(self, now: float) -> list[Count]:
        names = sorted(name.decode() for name in self._client.scan_iter(f"{PREFIX}count:*"))
        return [self._count(name.removeprefix(f"{PREFIX}count:"), now) for name in names]

    def reset(self, key: str | None = None) -> int:
        """Empty one counter, or all of them; says how many."""
        keys = [count.key for count in self.counts(0)] if key is None else [key]
        try:
            return sum(bool(self._client.delete(*_names(each))) for each in keys)
        except self._failure as error:
            raise StoreFailed(str(error)) from error

    def _run(self, mode: str, reservations: Sequence[Reservation], now: float) -> Full | None:
        keys = [name for each in reservations for name in _names(each.key)]
        arguments: list[str | int] = [repr(now), mode]
        for each in reservations:
            arguments += [each.window, _scaled(each.max), _scaled(each.amount)]
        try:
            answer = self._script(keys=keys, args=arguments)
        except self._failure as error:
            raise StoreFailed(str(error)) from error
        if answer is None:
            return None
        index, used, wait = answer
        retry_after = float(wait) if wait else None
        return Full(reservation=reservations[index - 1], used=_unscaled(used), retry_after=retry_after)

    def _count(self, key: str, now: float) -> Count:
        counter, hits = _names(key)
        window = int(self._client.hget(counter, "window") or 0)
        last = float(self._client.hget(counter, "last") or 0)
        kept = self._client.zrangebyscore(hits, f"({max(now, last) - window!r}", "+inf")
        used = sum((_unscaled(hit.partition(b":")[2]) for hit in kept), Decimal(0))
        return Count(key=key, window=window, used=used)


def _names(key: str) -> tuple[str, str]:
    return f"{PREFIX}count:{key}", f"{PREFIX}hits:{key}"


def _scaled(number: Number) -> str:
    """The number in units of 10^-18, as digits."""
    return format(_EXACT.scaleb(Decimal(number), DIGITS), "f").partition(".")[0]


def _unscaled(digits: bytes) -> Decimal:
    return _EXACT.scaleb(Decimal(digits.decode()), -DIGITS).normalize(_EXACT)
