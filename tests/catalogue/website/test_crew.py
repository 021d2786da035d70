"""Work on many things: in order, whoever does it, with a few large things beside."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

import pytest

from catalogue.website import crew
from catalogue.website.crew import PATIENCE_AFRESH, Crew

MANY = PATIENCE_AFRESH + 100
Item = TypeVar("Item")
Result = TypeVar("Result")


def each(job: Callable[[Item], Result]) -> Callable[[list[Item]], list[Result]]:
    """The job for several items."""
    return partial(_each, job)


def _each(job: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return list(map(job, items))


@pytest.fixture(params=["forked", "afresh"])
def started(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both ways of starting workers; a second thread forbids to fork."""
    done = threading.Event()
    if request.param == "afresh":
        threading.Thread(target=done.wait).start()
    yield
    done.set()


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("processes", [0, 1, 2])
@pytest.mark.parametrize("count", [0, 3, MANY])
def test_results_come_in_order_however_many_work(processes: int, count: int) -> None:
    with Crew(processes, dict) as works:
        assert list(works.run(each(abs), range(-count, 0), together=3)) == list(range(count, 0, -1))


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize("processes", [0, 2])
@pytest.mark.parametrize("beside", [0, MANY])
def test_large_things_are_done_beside_many(processes: int, beside: int) -> None:
    with Crew(processes, dict) as works:
        large = works.begin(abs, [-1, -2], beside=beside)
        assert list(works.run(each(abs), range(beside), together=3)) == list(range(beside))
        assert list(large) == [1, 2]


def inverse(number: int) -> float:
    return 1 / number


@pytest.mark.parametrize("processes", [0, 2])
def test_a_fault_in_a_large_thing_is_not_lost(processes: int) -> None:
    with pytest.raises(ZeroDivisionError), Crew(processes, dict) as works:
        list(works.begin(inverse, [1, 0], beside=0))


def test_a_fault_is_heard_whatever_else_was_to_be_done() -> None:
    with pytest.raises(ZeroDivisionError), Crew(2, dict) as works:
        list(works.run(each(inverse), range(MANY, -MANY, -1), together=3))


def fill(number: int) -> int:
    if multiprocessing.parent_process() is not None:
        raise OSError(errno.ENOSPC, "No space left on device")
    return number


def test_a_fault_of_a_worker_is_told_by_its_parent_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """A full disk ends a build with a sentence; where the fault lay is known to whoever prints all of it."""
    with pytest.raises(OSError, match="No space left") as caught, Crew(2, dict) as works:
        list(works.run(each(fill), range(MANY), together=3))
    assert caught.value.errno == errno.ENOSPC
    assert "in fill" in "".join(caught.value.__notes__)
    assert capfd.readouterr().err == ""


def dies_in_silence(_: int) -> bool:
    return multiprocessing.parent_process() is None or signal.getsignal(signal.SIGINT) is signal.SIG_DFL


def test_a_worker_says_nothing_of_an_interruption() -> None:
    """Ctrl-C reaches it too, and its parent tells of it."""
    with Crew(2, dict) as works:
        assert all(works.run(each(dies_in_silence), range(MANY), together=3))


def long_text(number: int) -> str:
    return "long" * number


def test_results_that_nobody_wants_any_more_hold_nobody_up() -> None:
    with Crew(2, dict) as works:
        results = works.run(each(long_text), [500_000] * 30, together=3)
        assert {len(next(results)) for _ in range(10)} == {2_000_000}


def vanish(number: int) -> int:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_worker_that_vanishes_is_missed() -> None:
    with pytest.raises(ChildProcessError), Crew(2, dict) as works:
        list(works.run(each(vanish), range(MANY), together=3))


#: What a forked process finds as it was left, and a fresh one as it stands here.
LEFT = {"word": ""}


def left(_: int) -> str:
    return LEFT["word"]


def test_a_process_with_one_thread_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that workers find what it has made ready."""
    monkeypatch.setattr(crew, "_may_fork", lambda: True)
    monkeypatch.setitem(LEFT, "word", "ready")
    with Crew(3, dict) as works:
        assert {*works.run(each(left), range(MANY), together=3), *works.begin(left, range(4), beside=0)} == {
            "ready"
        }


ENDLESS = """
import itertools, sys, threading
from catalogue.website.crew import Crew
if __name__ == "__main__":
    if sys.argv[1] == "afresh":
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    with Crew(3, dict) as works:
        for number in works.run(sorted, itertools.count(), together=3):
            print(number, flush=True)
"""


@pytest.mark.parametrize("way", ["forked", "afresh"])
def test_no_worker_outlives_a_build_that_is_killed(way: str) -> None:
    """Each of them holds the pipe that is read here, so its end is seen only once all are gone."""
    building = subprocess.Popen([sys.executable, "-c", ENDLESS, way], stdout=subprocess.PIPE)
    with building:
        assert building.stdout is not None
        while building.stdout.readline() != b"1000\n":
            pass
        building.kill()
        building.stdout.read()

    assert building.returncode == -signal.SIGKILL
