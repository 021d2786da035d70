"""Our own standard input and output, for those who relay in a loop: lines come in, and lines go out."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS
from enforce.transports.ending import signals
from enforce.transports.lines import CHUNK, Lines

#: Pieces that wait to be judged; a client that sends faster has to wait.
MOST_WAITING = 4
#: Bytes that may be on their way to a server before nothing more is read of its client: two messages of the largest size.
MOST_UNDERWAY = 2 * DEFAULT_BOUNDS.bytes


class Underway:
    """How much is on its way to a server that nobody waits for."""

    def __init__(self) -> None:
        self._bytes = 0
        self._has_room = asyncio.Event()
        self._has_room.set()

    def add(self, count: int) -> None:
        """So many bytes more; fewer, once a server has taken them or never will, where *count* is negative."""
        self._bytes += count
        if self._bytes < MOST_UNDERWAY:
            self._has_room.set()
        else:
            self._has_room.clear()

    async def room(self) -> None:
        """Wait until there is room for more."""
        await self._has_room.wait()


async def read_lines(take: Callable[[bytes], None], underway: Underway) -> None:
    """Give each line of standard input to *take*, until its end, as fast as the server takes what they lead to.

    A thread waits for them, which nobody waits for.
    """
    pieces: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
    loop = asyncio.get_running_loop()
    threading.Thread(target=_read_all, args=(loop, pieces), daemon=True).start()
    lines = Lines(DEFAULT_BOUNDS.bytes)
    while data := await pieces.get():
        for line in lines.feed(data):
            take(line)
        await underway.room()
    for line in lines.end():
        take(line)


def write_lines(lines: Sequence[bytes]) -> bool:
    """Write lines to standard output; false once nobody reads them any more."""
    try:
        sys.stdout.buffer.write(b"\n".join([*lines, b""]))
        sys.stdout.buffer.flush()
    except OSError:
        return False
    return True


def _read_all(loop: asyncio.AbstractEventLoop, pieces: "asyncio.Queue[bytes]") -> None:
    data = b"x"
    while data:
        try:
            data = os.read(0, CHUNK)
        except OSError:  # the terminal is gone
            data = b""
        put = pieces.put(data)
        try:
            asyncio.run_coroutine_threadsafe(put, loop).result()
        except (RuntimeError, asyncio.CancelledError):  # we are ending
            put.close()
            return


class Ending:
    """What ends the task that relays, and the exit code that it ends with."""

    def __init__(self) -> None:
        self.code = 0
        self._main: asyncio.Task[object] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self) -> None:
        """From now on a signal ends the current task."""
        self._main, self._loop = asyncio.current_task(), asyncio.get_running_loop()
        for number in signals():
            with suppress(ValueError):
                signal.signal(number, self._on_signal)

    def now(self) -> None:
        """End it: nobody reads any more."""
        if self._main is not None:
            self._main.cancel()

    def _on_signal(self, number: int, _: object) -> None:
        self.code = 128 + number
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.now)
