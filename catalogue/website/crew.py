"""Does work on many things in order, here while there are few of them, in several processes once there are many."""

import gc
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Generic, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Things that are done here before processes are started, since starting them takes as long: by forking, and afresh.
PATIENCE, PATIENCE_AFRESH = 6, 150
#: Things that travel to a process together, and parcels that are on their way to each.
PARCEL, AHEAD = 6, 2
#: How seldom cycles are looked for, as the collector takes it; nearly nothing that is printed from is one.
_SELDOM = (20_000, 20, 20)
_THREADS = Path("/proc/self/task")


class Crew:
    """Up to *processes* processes that share work, this one among them; each is made ready by *prepare*.

    Where this process has no other thread, workers are forked from it and find what it has made ready; elsewhere they
    are started afresh, since a fork takes along the locks that other threads hold.
    """

    def __init__(self, processes: int, prepare: Callable[..., None], *arguments: object) -> None:
        self._workers = processes - 1
        self._prepare = prepare
        self._arguments = arguments
        self._pool: ProcessPoolExecutor | None = None
        self._before = gc.get_threshold()

    def __enter__(self) -> Self:
        self._before = gc.get_threshold()
        gc.set_threshold(*_SELDOM)
        self._prepare(*self._arguments)
        return self

    def __exit__(self, *_: object) -> None:
        gc.set_threshold(*self._before)
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, job: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The result of *job*, a function of a module, for each item, in order; few items are held at a time."""
        rest = iter(items)
        if self._workers < 1:
            yield from map(job, rest)
            return
        if self._pool is None:
            yield from map(job, islice(rest, PATIENCE if _may_fork() else PATIENCE_AFRESH))
        for result in self._shared(partial(_all, job), iter(lambda: list(islice(rest, PARCEL)), [])):
            yield from result

    def begin(self, job: Callable[[Item], Result], items: Iterable[Item], *, beside: int) -> Iterator[Result]:
        """The same for a few large items that are to be worked on *beside* so many others, for which `run` is called next.

        They are begun with at once, or, where it does not pay to start workers, when their results are asked for.
        """
        if self._workers < 1 or not (self._pool or _may_fork() or beside > PATIENCE_AFRESH):
            return map(job, items)
        return _finished([_Begun(self._ready(), job, item) for item in items])

    def _shared(self, job: Callable[[Item], Result], items: Iterator[Item]) -> Iterator[Result]:
        """Results in order, of which this process works some out whenever the next one in order is not there yet."""
        waiting: deque[_Begun[Result]] = deque()
        for item in items:
            if sum(not one.done() for one in waiting) < AHEAD * self._workers:
                waiting.append(_Begun(self._ready(), job, item))
            else:
                waiting.append(_Begun(None, job, item))
            while waiting and waiting[0].done():
                yield waiting.popleft().result()
        for one in waiting:
            one.help()
            yield one.result()

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._forked() if _may_fork() else self._afresh()
        return self._pool

    def _forked(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(self._workers, multiprocessing.get_context("fork"), _settle)
        # What is garbage here must not be cleared away over there: a connection would take leave of its server.
        gc.collect()
        gc.freeze()
        try:
            pool.submit(int).result()
        finally:
            gc.unfreeze()
        return pool

    def _afresh(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers, multiprocessing.get_context("spawn"), _begin, (self._prepare, self._arguments)
        )


def _may_fork() -> bool:
    """Whether this process can be forked without harm; systems that cannot tell how many threads it has never do."""
    return sys.platform == "linux" and _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1


def _settle() -> None:
    """Let what is there stay where it is, seldom look for what is no longer needed, and be gone with the parent."""
    Thread(target=_outlive_nobody, daemon=True).start()
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def _outlive_nobody() -> None:
    """End this worker when its parent was killed: its pipes would never end, since it holds both ends of them itself.

    Nor would the parent's connection to PostgreSQL, and with it the lock of the nightly run.
    """
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)


def _begin(prepare: Callable[..., None], arguments: tuple[object, ...]) -> None:
    prepare(*arguments)
    _settle()


class _Begun(Generic[Result]):
    """Something that a worker is to do; with no workers it is done at once."""

    def __init__(
        self, workers: ProcessPoolExecutor | None, job: Callable[[Item], Result], item: Item
    ) -> None:
        self._work = partial(job, item)
        self._future = workers.submit(job, item) if workers else None
        self._result: tuple[Result, ...] = () if workers else (self._work(),)

    def done(self) -> bool:
        """Whether the result is there."""
        return bool(self._result) or (self._future is not None and self._future.done())

    def help(self) -> None:
        """Do it here unless a worker has taken it up."""
        if not self._result and self._future is not None and self._future.cancel():
            self._result = (self._work(),)

    def result(self) -> Result:
        """The result, waited for."""
        if self._future is not None and not self._result:
            self._result = (self._future.result(),)
        return self._result[0]


def _finished(begun: Sequence[_Begun[Result]]) -> Iterator[Result]:
    """The results of all; the last ones, as many as no worker has taken up, are worked out here."""
    for one in reversed(begun):
        one.help()
    for one in begun:
        yield one.result()


def _all(job: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [job(item) for item in items]
