"""A relay of one thread that waits for both sides at once and for neither alone: where they can be polled.

One thread is woken where two would wake each other, on whichever processors they had gone to sleep.
"""

import math
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic, sleep
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS
from enforce.passage import Passage
from enforce.reload import PolicyFile
from enforce.transports.ending import PATIENCE, end, on_signals, was_a_launcher
from enforce.transports.lines import CHUNK, Lines
from enforce.transports.sink import Sink
from enforce.transports.upkeep import TICK, look_around
from enforce.transports.wakeful import Wakeful

if TYPE_CHECKING:  # the server is started before all this is loaded
    from enforce.gate import Gate

T = TypeVar("T")

#: Pieces of CHUNK bytes that are still read of a server that has ended: more than any pipe holds.
MOST_LEFT = 32


class _Source:
    """One who speaks to us."""

    def __init__(self, descriptor: int, judge: Callable[[list[bytes], Passage], None]) -> None:
        self.descriptor = descriptor
        self.judge = judge
        self.lines = Lines(DEFAULT_BOUNDS.bytes)
        #: Those who have not taken yet what this one said. Until then nothing more is read of it.
        self.awaits: set[Sink] = set()
        #: Whether it has said anything, and whether it has said all.
        self.has_spoken = self.has_ended = False


class Polling:
    """Relays between pipes or sockets.

    Each side's back-pressure reaches the other: who does not read is not written for, and nobody else is held up.
    """

    def __init__(self, gate: "Gate", child: subprocess.Popen[bytes], tell: Callable[[str], None], policy: PolicyFile) -> None:  # fmt: skip
        self._gate = gate
        self._tell = tell
        self._policy = policy
        self._child = child
        self._signal = 0
        #: Whether nothing is left to relay, and whether we only wait for what the server still says.
        self._is_over = False
        self._is_ending = False
        #: How much is still read of the server, once its process has ended.
        self._left: int | None = None
        self._client = _Source(sys.stdin.fileno(), gate.from_client_all)
        self._server = _Source(cast(IO[bytes], child.stdout).fileno(), gate.from_server_all)
        self._to_client = Sink.given(sys.stdout.fileno())
        self._to_server = Sink(cast(IO[bytes], child.stdin).fileno(), is_ours=True)
        self._waiting = Wakeful()
        #: What to do once a descriptor is ready, and with which of those that it belongs to.
        self._turns: dict[int, tuple[Callable[[Any], object], Any]] = {}

    def run(self) -> int:
        """Relay until either side ends or a signal comes; the exit code to end with."""
        self._wake_when_asked()
        self._listen(self._client)
        self._listen(self._server)
        self._relay()
        self._end_input()
        code = end(self._child, self._wait)
        self._relay(PATIENCE)
        self._look_around()
        return 128 + self._signal if self._signal else code

    def _wake_when_asked(self) -> None:
        """Have the loop look around from time to time, after a signal, and when the server's process has ended."""
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        self._watch(reading, select.POLLIN, self._on_wake, reading)
        signal.signal(signal.SIGCHLD, _wake_up)  # what is ignored wakes nobody
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        on_signals(self._child, self._asked_to_end)
        threading.Thread(target=_wake_each_tick, args=(writing,), daemon=True).start()

    def _on_wake(self, reading: int) -> None:
        os.read(reading, CHUNK)
        self._look_around()
        if self._left is None and self._child.poll() is not None:
            self._left = MOST_LEFT
            if not was_a_launcher(self._child.returncode, self._server.has_spoken):
                self._bury()

    def _asked_to_end(self, number: int) -> None:
        self._signal = number
        self._is_over = True

    def _end_input(self) -> None:
        """Let the server see the end of its input, and hear nothing more of the client."""
        self._is_ending = True
        self._is_over = self._server.has_ended and not self._server.awaits
        self._client.has_ended = True
        self._forget(self._client.descriptor)
        self._to_server.close()
        self._settle(self._to_server)
        cast(IO[bytes], self._child.stdin).close()

    def _wait(self, seconds: float) -> int:
        """Pass on what the server still says while it ends; its exit code. Raises subprocess.TimeoutExpired."""
        end = monotonic() + seconds
        self._relay(seconds)
        return self._child.wait(max(0.0, end - monotonic()))

    # The loop.

    def _relay(self, seconds: float | None = None) -> None:
        """Relay until it is over, or for so many seconds."""
        end = monotonic() + seconds if seconds is not None else math.inf
        left = None
        while not self._is_over and (end == math.inf or (left := end - monotonic()) > 0):
            for descriptor, _ in self._waiting.ready(left):
                if found := self._turns.get(descriptor):  # the one before may have ended it
                    turn, whose = found
                    turn(whose)

    def _watch(self, descriptor: int, event: int, turn: Callable[[T], object], whose: T) -> None:
        self._waiting.watch(descriptor, event)
        self._turns[descriptor] = turn, whose

    def _forget(self, descriptor: int) -> None:
        if self._turns.pop(descriptor, None) is not None:
            self._waiting.forget(descriptor)  # which would tell of its end again and again

    # From whom we read.

    def _listen(self, source: _Source) -> None:
        self._watch(source.descriptor, select.POLLIN, self._take, source)

    def _resume(self, source: _Source) -> None:
        """Go on with one who is waited for no longer."""
        if not source.has_ended:
            self._listen(source)
            if source is self._server and self._left is not None:
                self._bury()
        elif source is self._server or not self._is_ending:
            self._is_over = True

    def _take(self, source: _Source) -> None:
        try:
            data = os.read(source.descriptor, CHUNK)
        except OSError:  # the other end was torn off
            data = b""
        if lines := source.lines.feed(data) if data else source.lines.end():
            source.has_spoken = True
            passage = Passage()
            source.judge(lines, passage)
            self._send(passage, source)
            if passage.to_client and self._gate.is_behind():
                self._write_down(Passage())
        if not data:
            self._end(source)

    def _end(self, source: _Source) -> None:
        source.has_ended = True
        self._forget(source.descriptor)
        if source is self._server:
            passage = Passage()
            self._gate.server_gone(passage)
            self._write_down(passage, source)
        if not source.awaits:
            self._resume(source)

    def _bury(self) -> None:
        """Pass on what a server has still said whose process has ended, and then answer what is open.

        A program that it had started may hold its output open for ever.
        """
        server, alone = self._server, Wakeful()
        alone.watch(server.descriptor, select.POLLIN)
        while not (server.has_ended or server.awaits):
            if self._left and alone.ready(0.0):
                self._left -= 1
                self._take(server)
            else:
                self._end(server)

    def _look_around(self) -> None:
        self._write_down(look_around(self._policy, self._gate))

    def _write_down(self, passage: Passage, source: _Source | None = None) -> None:
        """Record how calls have ended, and send a passage."""
        self._gate.write_down(passage)
        self._send(passage, source)

    # To whom we write.

    def _send(self, passage: Passage, source: _Source | None = None) -> None:
        if passage.to_server and not self._to_server.write(passage.to_server):
            self._await(self._to_server, source)
        if passage.to_client and not self._to_client.write(passage.to_client):
            self._await(self._to_client, source)
        for note in passage.notes:
            self._tell(note)

    def _await(self, sink: Sink, source: _Source | None) -> None:
        """Go on with writing once it takes more, and until then read nothing of the one who has said it."""
        if not sink.is_open:
            self._settle(sink)
            return
        self._watch(sink.descriptor, select.POLLOUT, self._flush, sink)
        if source is not None:
            self._forget(source.descriptor)
            source.awaits.add(sink)

    def _flush(self, sink: Sink) -> None:
        if sink.flush() or not sink.is_open:
            self._settle(sink)

    def _settle(self, sink: Sink) -> None:
        """All is written, or nobody reads any more."""
        self._forget(sink.descriptor)
        if sink is self._to_client and not sink.is_open and not self._is_ending:
            self._is_over = True
        for source in (self._client, self._server):
            if sink in source.awaits:
                source.awaits.remove(sink)
                if not source.awaits:
                    self._resume(source)


def _wake_each_tick(writing: int) -> None:
    """A time-out of each poll would do as well, but to set a timer twice a call costs more than a thread that sleeps."""
    while True:
        sleep(TICK)
        with suppress(BlockingIOError):
            os.write(writing, b"\0")


def _wake_up(*_: object) -> None:
    """A signal that somebody takes wakes the loop, which looks around."""
