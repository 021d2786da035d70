"""Counts in a Redis server, exact across machines: one script takes all the reservations of a call, or none."""

import os
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from importlib.resources import files
from typing import Any, Literal, Self, TypeVar

from msgspec import Struct

from enforce.counters import DIGITS, Count, Full, Reservation, StoreFailed
from enforce.counters.deadline import Deadline, bound
from enforce.policy import Number

Answer = TypeVar("Answer")

#: Before every key, so that the counters can share a server with other things.
PREFIX = "tollhouse:"

#: What is known of the store as a whole.
STORE = f"{PREFIX}store"

#: Seconds that the server has for all of an answer, after which the call is denied.
PATIENCE = 2.0

_CLUSTER = "it is a node of a Redis Cluster, which cannot take all limits of a call in one step: name a single server, or one with replicas"

#: What a client calls the replies of servers that are not the one that counts, and what to do instead.
_OTHERS = {
    ("MovedError", "AskError", "ClusterCrossSlotError", "ClusterDownError"): _CLUSTER,
    ("ReadOnlyError",): "it is a replica: name the server that it copies, or a name that follows a failover",
    ("unknown command",): (
        "it knows no scripts, as a Sentinel does not: name the server that it watches (SENTINEL GET-MASTER-ADDR-BY-NAME)"
    ),
}

_EXACT = Context(prec=200)


#: What a client raises besides its own errors where the other side is no Redis server, or answers nonsense.
_NONSENSE = (
    OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError, MemoryError,
)  # fmt: skip


class _Answer(Struct, frozen=True):
    """What the script says, each part as it came."""

    word: str
    store: str
    seq: int
    outcome: str
    rest: tuple[str, ...]


class RedisCounters:
    """Counters behind a `redis.Redis` client, by the server's own *clock*, since those of its clients may differ.

    How durable they are is the server's own setting: `appendonly yes` with `appendfsync always` survives everything.
    A server that has lost what this process knows it to have counted gives nothing away until that has left its window.
    """

    def __init__(self, client: Any, clock: Literal["server", "caller"] = "server") -> None:
        import redis

        self._client = client
        self._clock = clock
        self._deadline = Deadline()
        bound(client, self._deadline)
        #: As which store it is known, and up to which reservation.
        self._store, self._seq = "", 0
        self._failures = (redis.RedisError, *_NONSENSE)
        self._script = client.register_script(
            files("enforce.counters").joinpath("redis.lua").read_text("utf-8")
        )

    @classmethod
    def connect(cls, url: str) -> Self:
        """Counters in the server at *url*; raises StoreFailed where the package `redis` is missing or the URL is none."""
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry

            # Once more, since a connection may have been closed while it was idle; never after a time-out.
            again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
            settings: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
            if url.startswith("rediss://"):
                settings["ssl_check_hostname"] = True  # which older clients did only when asked to
            return cls(redis.Redis.from_url(url, retry=again, **settings))
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

    def ask(self, question: Callable[[Any], Answer]) -> Answer:
        """What the server says to a *question* that is put by way of its client, in time; raises StoreFailed."""
        self._deadline.begin(PATIENCE)
        try:
            return question(self._client)
        except self._failures as error:
            raise StoreFailed(_words(error)) from error
        finally:
            self._deadline.end()

    def counts(self, now: float) -> list[Count]:
        """Every counter with what is taken of its window now, by key; raises StoreFailed."""
        try:
            return self._counts(self._now(now))
        except self._failures as error:
            raise StoreFailed(_words(error)) from error

    def reset(self, key: str | None = None) -> int:
        """Empty one counter, or all of them; says how many. Then what the server may have lost is forgiven, too."""
        keys = [count.key for count in self.counts(0)] if key is None else [key]
        try:
            if key is None:
                self._client.hdel(STORE, "lost")
            return sum(bool(self._client.delete(*_names(each))) for each in keys)
        except self._failures as error:
            raise StoreFailed(_words(error)) from error

    def _run(self, mode: str, reservations: Sequence[Reservation], now: float) -> Full | None:
        word = os.urandom(8).hex()
        keys = [STORE, *(name for each in reservations for name in _names(each.key))]
        time = "" if self._clock == "server" else repr(now)
        arguments: list[str | int] = [word, time, mode, self._store, self._seq, os.urandom(8).hex()]
        for each in reservations:
            arguments += [each.window, _scaled(each.max), _scaled(each.amount)]
        self._deadline.begin(PATIENCE)
        try:
            answer = _answer(self._script(keys=keys, args=arguments))
            if answer.word != word:
                raise StoreFailed("the server answers something else than was asked")
            self._store, self._seq = answer.store, answer.seq
            return _outcome(answer, reservations)
        except self._failures as error:
            raise StoreFailed(_words(error)) from error
        finally:
            self._deadline.end()

    def _now(self, now: float) -> float:
        if self._clock == "caller":
            return now
        seconds, microseconds = self._client.time()
        return int(seconds) + int(microseconds) / 1e6

    def _counts(self, now: float) -> list[Count]:
        names = sorted(_text(name) for name in self._client.scan_iter(f"{PREFIX}count:*"))
        return [self._count(name.removeprefix(f"{PREFIX}count:"), now) for name in names]

    def _count(self, key: str, now: float) -> Count:
        counter, hits = _names(key)
        window = int(self._client.hget(counter, "window") or 0)
        last = float(self._client.hget(counter, "last") or 0)
        kept = self._client.zrangebyscore(hits, f"({max(now, last) - window!r}", "+inf")
        used = sum((_unscaled(_text(hit).partition(":")[2]) for hit in kept), Decimal(0))
        return Count(key=key, window=window, used=used)


def _words(error: Exception) -> str:
    """What is wrong, and what to do where another server was meant."""
    kind, said = type(error).__name__, str(error)
    whole = f"{kind} {said}"
    advice = next((words for marks, words in _OTHERS.items() if any(mark in whole for mark in marks)), "")
    return f"{said or kind}: {advice}" if advice else said or kind


def _answer(said: Any) -> _Answer:
    """Raises one of _NONSENSE where it is none."""
    word, store, seq, outcome, *rest = said
    return _Answer(_text(word), _text(store), int(seq), _text(outcome), tuple(map(_text, rest)))


def _outcome(answer: _Answer, reservations: Sequence[Reservation]) -> Full | None:
    """Raises StoreFailed, or one of _NONSENSE, for whatever is no plain word that there is room, or why there is none."""
    if answer.outcome == "room" and not answer.rest:
        return None
    if answer.outcome == "lost":
        raise StoreFailed(
            f"the server has lost what it had counted, so that limits are closed for {float(answer.rest[0]):.0f} seconds more, "
            "or until a person empties them: tollhouse-proxy counters reset --all"
        )
    if answer.outcome != "full":
        raise ValueError("the server's answer cannot be read")
    index, used, wait = answer.rest
    if not 1 <= int(index) <= len(reservations):
        raise ValueError("the server's answer cannot be read")
    return Full(
        reservation=reservations[int(index) - 1],
        used=_unscaled(used),
        retry_after=float(wait) if wait else None,
    )


def _names(key: str) -> tuple[str, str]:
    return f"{PREFIX}count:{key}", f"{PREFIX}hits:{key}"


def _text(value: Any) -> str:
    """As text, however the client was told to give texts."""
    return value.decode() if isinstance(value, bytes) else str(value)


def _scaled(number: Number) -> str:
    """The number in units of 10^-18, as digits."""
    return format(_EXACT.scaleb(Decimal(number), DIGITS), "f").partition(".")[0]


def _unscaled(digits: str) -> Decimal:
    return _EXACT.scaleb(Decimal(digits), -DIGITS).normalize(_EXACT)
