"""A state file as many open it, and one that somebody does not let go."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest

from enforce import state as states
from enforce.counters import Reservation, StoreFailed
from enforce.counters.sqlite import SqliteCounters
from enforce.passage import Passage
from enforce.state import VERSION, State, StateUnusable, fault, open_state
from tests.enforce.wire import STRICT, Wire, call, error, request, result

OPENERS = 8


def test_many_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """None of them finds it locked, whoever is the first to write into it."""

    def version(path: Path) -> int:
        together.wait()
        with closing(open_state(path)) as state:
            return int(state.execute("PRAGMA user_version").fetchone()[0])

    together = Barrier(OPENERS)
    with ThreadPoolExecutor(OPENERS) as pool:
        for round in range(20):
            path = tmp_path / f"{round}.db"
            assert list(pool.map(version, [path] * OPENERS)) == [VERSION] * OPENERS


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_a_limit_is_one_limit_by_whatever_name_its_file_is_opened(tmp_path: Path) -> None:
    """By a second hard link each would keep a write-ahead log of its own, and see nothing of the other."""
    path, soft, hard = tmp_path / "state.db", tmp_path / "soft.db", tmp_path / "hard.db"
    with closing(open_state(path)) as state:
        soft.symlink_to(path)
        with closing(open_state(soft)) as other:
            once = [Reservation(key="k", window=60, max=1, amount=1)]
            assert SqliteCounters(state).reserve(once, 1000.0) is None
            assert SqliteCounters(other).reserve(once, 1000.0) is not None
        hard.hardlink_to(path)
        for name in (hard, path):
            with pytest.raises(StateUnusable, match="several names"):
                open_state(name)


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be removed there")
@pytest.mark.parametrize("change", ["removed", "replaced", "moved"])
def test_nobody_counts_in_a_file_that_others_do_not_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:  # fmt: skip
    """A gate that goes on there and one that begins anew would let through twice what one limit allows."""
    monkeypatch.setattr("enforce.counters.sqlite.LOOK", 0.0)
    path = tmp_path / "state.db"
    once = [Reservation(key="k", window=60, max=9, amount=1)]
    with closing(open_state(path)) as state:
        counters = SqliteCounters(state)
        assert counters.reserve(once, 1000.0) is None
        path.rename(tmp_path / "old.db")
        if change != "moved":
            (tmp_path / "old.db").unlink()
        if change == "replaced":
            open_state(path).close()
        for _ in range(2):
            with pytest.raises(
                StoreFailed, match=r"somebody has removed or replaced .*state\.db: start the gate anew"
            ):
                counters.reserve(once, 1000.0)
        if change == "moved":  # and put back
            (tmp_path / "old.db").rename(path)
            assert counters.reserve(once, 1000.0) is None
            assert [each.used for each in counters.counts(1000.0)] == [2]


def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    before = (tmp_path / "other.db").read_bytes()
    with pytest.raises(StateUnusable, match="another program"):
        open_state(tmp_path / "other.db")
    assert (tmp_path / "other.db").read_bytes() == before


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[State, State]]:
    """A gate's connection, and that of somebody who writes without an end."""
    monkeypatch.setattr(states, "BRIEF", 0.01)
    path = tmp_path / "state.db"
    with closing(open_state(path)) as own, closing(open_state(path)) as other:
        own.hurry(path)
        yield own, other


def test_who_does_not_let_go_is_waited_for_once(held: tuple[State, State], tmp_path: Path) -> None:
    """Then nobody waits any more, until something was written again; what is only read tells nothing."""
    own, other = held
    own.execute("CREATE TABLE t (n)")
    other.execute("BEGIN IMMEDIATE")
    words, patience = [], []
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError) as error:
            own.execute("INSERT INTO t VALUES (1)")
        words.append(fault(own, error.value))
        patience.append(own.execute("PRAGMA busy_timeout").fetchone()[0])
    other.execute("ROLLBACK")
    own.execute("SELECT * FROM t")
    patience.append(own.execute("PRAGMA busy_timeout").fetchone()[0])
    own.execute("INSERT INTO t VALUES (1)")
    assert [*patience, own.execute("PRAGMA busy_timeout").fetchone()[0]] == [0, 0, 0, 10]
    assert words == [f"another program keeps {tmp_path / 'state.db'} locked"] * 2


def test_calls_that_need_no_counter_pass_while_the_counters_are_held(held: tuple[State, State]) -> None:
    """Also those that came together with one that is denied; a known list passes, and another is told to come again."""
    own, other = held
    wire = Wire(STRICT, SqliteCounters(own), state=own)
    tools = [{"name": "echo"}, {"name": "note"}]
    assert wire.client(request(1, "tools/list"))[0]
    assert wire.server(result(1, tools=tools))[1]
    other.execute("BEGIN IMMEDIATE")
    lines = [json.dumps(each).encode() for each in (call(2, "note"), call(3, "echo"), call(4, "note"))]
    passage = Passage()
    wire.gate.from_client_all(lines, passage)
    assert [json.loads(line)["id"] for line in passage.to_server] == [3]
    assert [json.loads(line)["id"] for line in passage.to_client] == [2, 4]
    assert passage.notes[0].endswith("state.db locked")
    wire.client(request(5, "tools/list"))
    assert wire.server(result(5, tools=tools))[1] == [result(5, tools=tools)]
    wire.client(request(6, "tools/list"))
    words = "It cannot be compared right now with what was accepted; try again."
    assert wire.server(result(6, tools=[{"name": "new"}]))[1] == [error(6, -32603, words)]
    other.execute("ROLLBACK")
    assert wire.client(call(7, "note"))[0]


def test_what_was_counted_together_with_what_cannot_be_is_denied(tmp_path: Path) -> None:
    """Where a transaction fails that holds reservations already, none of its calls goes on."""
    with closing(open_state(tmp_path / "state.db")) as own:
        counters = SqliteCounters(own)
        own.create_function("fail", 0, lambda: 1 / 0)
        own.execute(
            "CREATE TRIGGER full BEFORE INSERT ON reservations WHEN (SELECT count(*) FROM reservations) = 1 BEGIN SELECT fail(); END"
        )
        policy = {**STRICT, "tools": {"note": {"limits": [{"counter": "n", "window": "minute", "max": 9}]}}}
        wire = Wire(policy, counters, state=own)
        passage = Passage()
        wire.gate.from_client_all([json.dumps(call(id, "note")).encode() for id in (1, 2)], passage)
        assert (passage.to_server, len(passage.to_client)) == ([], 2)
