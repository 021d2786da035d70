"""Does work on many things in order, here while there are few of them, in several processes once there are many."""

import gc
import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Things that are done here before processes are started, since starting them takes as long: by forking, and afresh.
PATIENCE, PATIENCE_AFRESH = 6, 150
#: Things that travel to a process together, and parcels that wait for each process.
PARCEL, WAITING = 6, 3
#: New objects after which a worker looks for cycles; nearly nothing that is printed from is one.
_SELDOM = 20_000
_THREADS = Path("/proc/self/task")


class Crew:
    """Up to *processes* workers, each made ready by *prepare*; with fewer than two all is done here.

    Where this process has no other thread, workers are forked from it and find what it has made ready; elsewhere they
    are started afresh, since a fork takes along the locks that other threads hold.
    """

    def __init__(self, processes: int, prepare: Callable[..., None], *arguments: object) -> None:
        self._processes = processes
        self._prepare = prepare
        self._arguments = arguments
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._prepare(*self._arguments)
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def run(self, job: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
        """The result of *job*, a function of a module, for each item, in order; few items are held at a time."""
        rest = iter(items)
        if self._processes < 2:
            yield from map(job, rest)
            return
        if self._pool is None:
            yield from map(job, islice(rest, PATIENCE if _may_fork() else PATIENCE_AFRESH))
        yield from self._shared(job, rest)

    def begin(self, job: Callable[[Item], Result], items: Iterable[Item], *, beside: int) -> Iterator[Result]:
        """The same for a few large items that are to be worked on *beside* so many others, for which `run` is called next.

        They are begun with at once, or, where it does not pay to start workers, when their results are asked for.
        """
        if self._processes < 2 or not (self._pool or _may_fork() or beside > PATIENCE_AFRESH):
            return map(job, items)
        begun = [self._ready().submit(job, item) for item in items]
        return (one.result() for one in begun)

    def _shared(self, job: Callable[[Item], Result], rest: Iterator[Item]) -> Iterator[Result]:
        waiting: deque[Future[list[Result]]] = deque()
        while parcel := list(islice(rest, PARCEL)):
            waiting.append(self._ready().submit(_all, job, parcel))
            if len(waiting) >= WAITING * self._processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._forked() if _may_fork() else self._afresh()
        return self._pool

    def _forked(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(self._processes, multiprocessing.get_context("fork"), _settle)
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
            self._processes, multiprocessing.get_context("spawn"), _begin, (self._prepare, self._arguments)
        )


def _may_fork() -> bool:
    """Whether this process can be forked without harm; systems that cannot tell how many threads it has never do."""
    return sys.platform == "linux" and _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1


def _settle() -> None:
    """Let what is there stay where it is, and seldom look for what is no longer needed."""
    gc.freeze()
    gc.set_threshold(_SELDOM, 20, 20)


def _begin(prepare: Callable[..., None], arguments: tuple[object, ...]) -> None:
    prepare(*arguments)
    _settle()


def _all(job: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [job(item) for item in items]
