"""Does work on many things in order, here while there are few of them, in several processes once there are many."""

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from math import ceil
from multiprocessing.connection import Connection, wait
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, Self, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Things that are done here before processes are started, since starting them takes as long: by forking, and afresh.
PATIENCE, PATIENCE_AFRESH = 6, 150
#: Parcels that are on their way to each process.
AHEAD = 2
#: How seldom cycles are looked for, as the collector takes it; nearly nothing that is printed from is one.
_SELDOM = (20_000, 20, 20)
_THREADS = Path("/proc/self/task")


class Crew:
    """Up to *processes* processes that share work, this one among them; each is made ready by *prepare*.

    Each of the others begins with *first*, if there is something to do first.

    Where this process has no other thread, workers are forked from it and find what it has made ready; elsewhere they
    are started afresh, since a fork takes along the locks that other threads hold.
    """

    def __init__(
        self,
        processes: int,
        prepare: Callable[..., None],
        *arguments: object,
        first: Callable[[], None] | None = None,
    ) -> None:
        self._size = processes - 1
        self._prepare = prepare
        self._first = first
        self._arguments = arguments
        self._workers: list[_Worker] = []
        #: Large things that nobody has taken up.
        self._large: deque[_Begun[Any]] = deque()
        self._before = gc.get_threshold()

    def __enter__(self) -> Self:
        self._before = gc.get_threshold()
        gc.set_threshold(*_SELDOM)
        self._prepare(*self._arguments)
        return self

    def __exit__(self, *_: object) -> None:
        gc.set_threshold(*self._before)
        for worker in self._workers:
            worker.dismiss()

    def run(
        self, job: Callable[[list[Item]], list[Result]], items: Iterable[Item], *, together: int
    ) -> Iterator[Result]:
        """The results of *job*, a function of a module, for all items, in order.

        So many of them are given to it *together*, since what is soon done takes longer to travel one by one; no more
        than a few times as many are held.
        """
        rest = iter(items)
        parcels = iter(lambda: list(islice(rest, together)), [])
        if self._size < 1:
            yield from chain.from_iterable(map(job, parcels))
            return
        if not self._workers:
            patience = PATIENCE if _may_fork() else PATIENCE_AFRESH
            yield from chain.from_iterable(map(job, islice(parcels, ceil(patience / together))))
        yield from chain.from_iterable(self._shared(job, parcels))

    def begin(self, job: Callable[[Item], Result], items: Iterable[Item], *, beside: int) -> Iterator[Result]:
        """The same for a few large items that are to be worked on *beside* so many others, for which `run` is called next.

        They are begun with at once, or, where it does not pay to start workers, when their results are asked for.
        """
        if self._size < 1 or not (self._workers or _may_fork() or beside > PATIENCE_AFRESH):
            return map(job, items)
        begun = [_Begun(job, item) for item in items]
        self._large += begun
        if begun:
            self._hand_out()
        return self._finished(begun)

    def _shared(self, job: Callable[[Item], Result], items: Iterator[Item]) -> Iterator[Result]:
        """Results in order; what no worker has room for is done by this process."""
        waiting: deque[_Begun[Result]] = deque()
        for item in items:
            one = _Begun(job, item)
            waiting.append(one)
            worker = self._hand_out()
            if worker is None:
                one.do()
            else:
                worker.take(one)
            while waiting and waiting[0].results:
                yield from waiting.popleft().results
        for one in waiting:
            yield self._awaited(one)

    def _finished(self, begun: list["_Begun[Result]"]) -> Iterator[Result]:
        """The results of all large things; of those that no worker has taken up the next is worked out here, the longest first."""
        while self._large:
            self._hand_out()
            if self._large:
                self._large.popleft().do()
        for one in begun:
            yield self._awaited(one)

    def _awaited(self, one: "_Begun[Result]") -> Result:
        while not one.results:
            self._hear(None)
        return one.results[0]

    def _hand_out(self) -> "_Worker | None":
        """Give large things to workers that have none; one that has room for more, if there is one."""
        self._hear(0)
        if not self._workers:
            self._workers = self._started()
        for worker in self._workers:
            if self._large and worker.has_room:
                worker.take(self._large.popleft(), large=True)
        return next((worker for worker in self._workers if worker.has_room), None)

    def _hear(self, seconds: float | None) -> None:
        """Take in the results that are there, after having waited so long for one."""
        by_connection: dict[Any, _Worker] = {worker.connection: worker for worker in self._workers}
        for connection in wait(by_connection, seconds) if by_connection else ():
            by_connection[connection].hear()

    def _started(self) -> list["_Worker"]:
        forks = _may_fork()
        context = multiprocessing.get_context("fork" if forks else "spawn")
        if not forks:
            return [
                _Worker(context, _begin, self._first, self._prepare, *self._arguments)
                for _ in range(self._size)
            ]
        # What is garbage here must not be cleared away over there: a connection would take leave of its server.
        gc.freeze()
        try:
            return [_Worker(context, _begin, self._first) for _ in range(self._size)]
        finally:
            gc.unfreeze()


def _may_fork() -> bool:
    """Whether this process can be forked without harm; systems that cannot tell how many threads it has never do."""
    return sys.platform == "linux" and _THREADS.is_dir() and len(list(_THREADS.iterdir())) == 1


def _begin(
    first: Callable[[], None] | None, prepare: Callable[..., object] = dict, *arguments: object
) -> None:
    prepare(*arguments)
    # Let what is there stay where it is, and seldom look for what is no longer needed.
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    if first is not None:
        first()


class _Begun(Generic[Result]):
    """Something that is to be done, here or by a worker."""

    def __init__(self, job: Callable[[Item], Result], item: Item) -> None:
        self.work = partial(job, item)
        #: Empty until it is done.
        self.results: tuple[Result, ...] = ()

    def do(self) -> None:
        """Do it here."""
        self.results = (self.work(),)


class _Worker:
    """Another process, which does what it is given in that order, made ready by *begin*."""

    def __init__(self, context: Any, begin: Callable[..., None], *arguments: object) -> None:
        self.connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(self.connection, theirs, begin, *arguments), daemon=True
        )
        self._process.start()
        theirs.close()
        #: What it has not done yet, and whether that is large.
        self._taken: deque[tuple[_Begun[Any], bool]] = deque()

    @property
    def has_room(self) -> bool:
        """Whether it may run out of work soon; behind something large, things would wait that others have time for."""
        return len(self._taken) < AHEAD and not any(large for _, large in self._taken)

    def take(self, one: _Begun[Any], *, large: bool = False) -> None:
        """Have it do one thing more."""
        self._taken.append((one, large))
        self._send(pickle.dumps(one.work, pickle.HIGHEST_PROTOCOL))

    def hear(self) -> None:
        """Take in one result; raises what the job raised."""
        try:
            result, fault = pickle.loads(self.connection.recv_bytes())  # noqa: S301  # from a process of ours
        except (EOFError, ConnectionError):
            self._process.join()
            raise ChildProcessError(f"a worker ended with {self._process.exitcode}") from None
        if fault is not None:
            raise fault
        self._taken.popleft()[0].results = (result,)

    def dismiss(self) -> None:
        """Let it end; what it has begun with is not wanted."""
        self._send(b"")
        self.connection.close()
        self._process.join()

    def _send(self, content: bytes) -> None:
        with suppress(ConnectionError):  # it has ended, which is heard from its side
            self.connection.send_bytes(content)


def _work(theirs: Connection, ours: Connection, begin: Callable[..., None], *arguments: object) -> None:
    """What a worker does: whatever comes in at *ours*, until an empty message comes."""
    theirs.close()
    # Ctrl-C reaches this process too; that it was interrupted is the parent's to tell.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Read ahead, so that who gives out work never waits for room to put it.
    ahead: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_read, args=(ours, ahead), daemon=True).start()
    begin(*arguments)
    while content := ahead.get():
        try:
            result = pickle.loads(content)()  # noqa: S301  # from a process of ours
        except BaseException as fault:
            fault.add_note(traceback.format_exc())  # for whoever sees no sentence made of it
            _tell(ours, None, fault)
            raise SystemExit(1) from fault  # the parent raises it, and nobody is told twice
        _tell(ours, result, None)


def _tell(connection: Connection, result: object, fault: BaseException | None) -> None:
    with suppress(ConnectionError):  # nobody wants it any more
        connection.send_bytes(pickle.dumps((result, fault), pickle.HIGHEST_PROTOCOL))


def _read(connection: Connection, ahead: "SimpleQueue[bytes]") -> None:
    """Take in work until nobody has any; when the parent was killed, be gone with it at once.

    So is this process's hold on whatever else the parent had open, such as a connection to PostgreSQL with a lock.
    """
    try:
        while content := connection.recv_bytes():
            ahead.put(content)
    except (EOFError, OSError):
        os._exit(1)
    ahead.put(b"")
