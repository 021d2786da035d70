"""Does work on many things in order, here while there are few of them, in several processes once there are many."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Things that are done here before processes are started, since starting them takes as long.
PATIENCE = 150
#: Things that travel to a process together, and parcels that wait for each process.
PARCEL, WAITING = 6, 3
#: What comes after the last step of what is done meanwhile.
_DONE = object()


class Crew:
    """Up to *processes* workers, each made ready by *prepare*; with fewer than two all is done here.

    Workers are started afresh and not forked, since the caller may hold threads and database connections.
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

    def run(
        self, job: Callable[[Item], Result], items: Iterable[Item], meanwhile: Iterator[object] | None = None
    ) -> Iterator[Result]:
        """The result of *job*, a function of a module, for each item, in order; few items are held at a time.

        *meanwhile* does a little of something else at each step; it is taken on where there would be only waiting.
        """
        rest = iter(items)
        if self._processes < 2:
            yield from map(job, rest)
            return
        if self._pool is None:
            yield from map(job, islice(rest, PATIENCE))
        yield from self._shared(job, rest, meanwhile or iter(()))

    def _shared(
        self, job: Callable[[Item], Result], rest: Iterator[Item], meanwhile: Iterator[object]
    ) -> Iterator[Result]:
        waiting: deque[Future[list[Result]]] = deque()
        while parcel := list(islice(rest, PARCEL)):
            waiting.append(self._ready().submit(_all, job, parcel))
            if len(waiting) >= WAITING * self._processes:
                yield from _awaited(waiting.popleft(), meanwhile)
        while waiting:
            yield from _awaited(waiting.popleft(), meanwhile)

    def _ready(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes, multiprocessing.get_context("spawn"), self._prepare, self._arguments
            )
        return self._pool


def _awaited(future: Future[list[Result]], meanwhile: Iterator[object]) -> list[Result]:
    while not future.done() and next(meanwhile, _DONE) is not _DONE:
        pass
    return future.result()


def _all(job: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [job(item) for item in items]
