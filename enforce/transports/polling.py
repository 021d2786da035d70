"""A relay of one thread that waits for both sides at once and for neither alone: where they can be polled."""

import math
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import IO, TYPE_CHECKING, cast

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS
from enforce.passage import Passage
from enforce.reload import PolicyFile
from enforce.transports.ending import PATIENCE, end, on_signals
from enforce.transports.lines import CHUNK, Lines
from enforce.transports.sink import Sink
from enforce.transports.upkeep import TICK, look_around

if TYPE_CHECKING:  # the server is started before all this is loaded
    from enforce.gate import Gate

_STANDARD_ERROR = 2


class _Source:
    """One who speaks to us."""

    def __init__(self, descriptor: int, judge: Callable[[list[bytes], Passage], None]) -> None:
        self.descriptor = descriptor
        self.judge = judge
        self.lines = Lines(DEFAULT_BOUNDS.bytes)
        #: Those who have not taken yet what this one said. Until then nothing more is read of it.
        self.awaits: set[Sink] = set()
        #: Whether it has said all, and whether all that is written.
        self.has_ended = False
        self.is_done = False


class Polling:
    """Relays between pipes or sockets.

    One thread is woken twice a call where two threads would be woken three or four times, and a call costs hardly more
    than that. Each side's back-pressure reaches the other: who does not read is not written for.
    """

    def __init__(self, gate: "Gate", child: subprocess.Popen[bytes], tell: Callable[[str], None], policy: PolicyFile) -> None:  # fmt: skip
        self._gate = gate
        self._tell = tell
        self._policy = policy
        self._child = child
        self._signal = 0
        self._stop = False
        self._next_look = monotonic() + TICK
        self._client = _Source(sys.stdin.fileno(), gate.from_client_all)
        self._server = _Source(cast(IO[bytes], child.stdout).fileno(), gate.from_server_all)
        self._to_client = Sink(sys.stdout.fileno(), is_ours=False)
        self._to_server = Sink(cast(IO[bytes], child.stdin).fileno(), is_ours=True)
        self._person = select.poll()
        self._person.register(_STANDARD_ERROR, select.POLLOUT)
        self._poll = select.poll()
        #: What to do once a descriptor is ready.
        self._turns: dict[int, Callable[[], object]] = {}

    def run(self) -> int:
        """Relay until either side ends or a signal comes; the exit code to end with."""
        self._wake_for_signals()
        self._listen(self._client)
        self._listen(self._server)
        self._relay(
            lambda: self._stop or self._client.is_done or self._server.is_done or not self._to_client.is_open
        )
        self._stop = False  # a second signal ends the waiting for what the server still says
        self._end_input()
        code = end(self._child, self._wait)
        self._relay(self._has_heard_all, PATIENCE)
        self._look_around()
        return 128 + self._signal if self._signal else code

    def _wake_for_signals(self) -> None:
        on_signals(self._child, self._asked_to_end)
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._watch(reading, select.POLLIN, partial(os.read, reading, CHUNK))

    def _asked_to_end(self, number: int) -> None:
        self._signal = number
        self._stop = True

    def _end_input(self) -> None:
        """Let the server see the end of its input, and hear nothing more of the client."""
        self._client.has_ended = True
        self._forget(self._client.descriptor)
        self._forget(self._to_server.descriptor)
        self._to_server.close()
        cast(IO[bytes], self._child.stdin).close()

    def _wait(self, seconds: float) -> None:
        """Pass on what the server still says while it ends; raises subprocess.TimeoutExpired."""
        end = monotonic() + seconds
        self._relay(self._has_heard_all, seconds)
        self._child.wait(max(0.0, end - monotonic()))

    def _has_heard_all(self) -> bool:
        return self._server.is_done or self._stop

    # The loop.

    def _relay(self, is_over: Callable[[], bool], seconds: float = math.inf) -> None:
        now = monotonic()
        end = now + seconds
        while not is_over() and now < end:
            for descriptor, _ in self._poll.poll((min(self._next_look, end) - now) * 1000):
                self._turns[descriptor]()
            now = monotonic()
            if now >= self._next_look:
                self._look_around()
                self._next_look = now + TICK

    def _watch(self, descriptor: int, event: int, turn: Callable[[], object]) -> None:
        self._poll.register(descriptor, event)
        self._turns[descriptor] = turn

    def _forget(self, descriptor: int) -> None:
        if self._turns.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)  # which would tell of its end again and again

    # From whom we read.

    def _listen(self, source: _Source) -> None:
        if source.has_ended:
            source.is_done = True
        else:
            self._watch(source.descriptor, select.POLLIN, partial(self._take, source))

    def _take(self, source: _Source) -> None:
        data = _read(source.descriptor)
        if lines := source.lines.feed(data) if data else source.lines.end():
            passage = Passage()
            source.judge(lines, passage)
            self._send(passage, source)
            if passage.to_client and self._gate.is_behind:
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
        source.is_done = not source.awaits

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
            if self._person.poll(0):  # who does not read there holds up nobody
                self._tell(note)

    def _await(self, sink: Sink, source: _Source | None) -> None:
        """Go on with writing once it takes more, and until then read nothing of the one who has said it."""
        self._watch(sink.descriptor, select.POLLOUT, partial(self._flush, sink))
        if source is not None:
            self._forget(source.descriptor)
            source.awaits.add(sink)

    def _flush(self, sink: Sink) -> None:
        if not sink.flush():
            return
        self._forget(sink.descriptor)
        for source in (self._client, self._server):
            if sink in source.awaits:
                source.awaits.remove(sink)
                if not source.awaits:
                    self._listen(source)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, CHUNK)
    except OSError:  # the other end was torn off
        return b""
