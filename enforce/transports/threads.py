"""A relay of two threads, each copying one way: on every platform, and for every kind of descriptor."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, cast

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS
from enforce.passage import Passage
from enforce.reload import PolicyFile
from enforce.transports.ending import PATIENCE, end, on_signals, was_a_launcher
from enforce.transports.lines import CHUNK, Lines
from enforce.transports.upkeep import TICK, look_around

if TYPE_CHECKING:  # the server is started before all this is loaded
    from enforce.gate import Gate

_JudgeLines = Callable[[list[bytes], Passage], None]


class Threads:
    """Relays between file descriptors, each message through the gate.

    Threads that block in reads and writes need no polling, and each side's back-pressure reaches the other: who does
    not read is not written for.
    """

    def __init__(self, gate: "Gate", child: subprocess.Popen[bytes], tell: Callable[[str], None], policy: PolicyFile) -> None:  # fmt: skip
        self._gate = gate
        self._tell = tell
        self._policy = policy
        self._turn = threading.Lock()
        self._to_client = _Writer(open(sys.stdout.fileno(), "wb", buffering=0, closefd=False))  # noqa: SIM115 - as long as we
        self._stop = threading.Event()
        self._signal = 0
        self._child = child
        self._to_server = _Writer(cast(IO[bytes], child.stdin))
        self._has_spoken = False
        self._from_server = cast(IO[bytes], child.stdout).fileno()

    def run(self) -> int:
        """Relay until either side ends or a signal comes; the exit code to end with."""
        on_signals(self._child, self._asked_to_end)
        client = threading.Thread(target=self._copy_client, daemon=True)
        server = threading.Thread(target=self._copy_server, daemon=True)
        server.start()
        client.start()
        threading.Thread(target=self._await_child, args=(server,), daemon=True).start()
        while not self._stop.wait(TICK):
            self._look_around()
        self._to_server.close()
        code = end(self._child, self._child.wait)
        server.join(PATIENCE)
        self._look_around()
        return 128 + self._signal if self._signal else code

    def _asked_to_end(self, number: int) -> None:
        self._signal = number
        self._stop.set()

    def _copy_client(self) -> None:
        self._copy(sys.stdin.fileno(), self._gate.from_client_all)
        self._stop.set()

    def _copy_server(self) -> None:
        self._copy(self._from_server, self._judge_server)
        self._server_gone()

    def _judge_server(self, lines: list[bytes], passage: Passage) -> None:
        self._has_spoken = True
        self._gate.from_server_all(lines, passage)

    def _await_child(self, server: threading.Thread) -> None:
        """Answer what is open once the server's process has ended, though a program that it had started may hold its output open."""
        self._child.wait()
        if not was_a_launcher(self._child.returncode, self._has_spoken):
            server.join(PATIENCE)  # for what it has still said
            self._server_gone()

    def _server_gone(self) -> None:
        passage = Passage()
        with self._turn:
            self._gate.server_gone(passage)
            self._gate.write_down(passage)
        self._send(passage)
        self._stop.set()

    def _copy(self, source: int, judge: _JudgeLines) -> None:
        lines = Lines(DEFAULT_BOUNDS.bytes)
        while data := _read(source):
            if whole := lines.feed(data):
                self._pass(whole, judge)
        if rest := lines.end():
            self._pass(rest, judge)

    def _pass(self, lines: list[bytes], judge: _JudgeLines) -> None:
        passage = Passage()
        with self._turn:
            judge(lines, passage)
        self._send(passage)
        if passage.to_client and self._gate.is_behind():
            self._write_down()

    def _send(self, passage: Passage) -> None:
        if passage.to_server:
            self._to_server.write(passage.to_server)
        if passage.to_client and not self._to_client.write(passage.to_client):
            self._stop.set()
        for note in passage.notes:
            self._tell(note)

    def _write_down(self) -> None:
        """Record how calls have ended, once nobody waits for what was to be passed on."""
        passage = Passage()
        with self._turn:
            self._gate.write_down(passage)
        self._send(passage)

    def _look_around(self) -> None:
        with self._turn:
            passage = look_around(self._policy, self._gate)
            self._gate.write_down(passage)
        self._send(passage)


class _Writer:
    """Whole lines to a pipe, from several threads."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._turn = threading.Lock()
        self._open = True

    def write(self, lines: list[bytes]) -> bool:
        """Write the lines; false once nobody reads any more."""
        data = b"\n".join([*lines, b""])
        with self._turn:
            try:
                while self._open and (written := self._pipe.write(data)) < len(data):
                    data = data[written:]
            except OSError:
                self._open = False
            return self._open

    def close(self) -> None:
        """Let the reader see the end, unless a thread is stuck writing to it."""
        if self._turn.acquire(timeout=PATIENCE):
            self._open = False
            with suppress(OSError):
                self._pipe.close()
            self._turn.release()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, CHUNK)
    except OSError:  # the pipe was closed or the terminal is gone
        return b""
