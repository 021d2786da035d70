"""Messages over the standard streams of a child process, bounded in time and size."""

import os
import re
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass
from subprocess import Popen

from crawler.mcp.session import Closed, Silent, TooMuch

_CHUNK = 1 << 16
_TRACEBACK = b"Traceback (most recent call"
#: How servers tell that they listen at a port.
LISTENING = (
    r"(?i:\b(?:running|listening|listens|start(?:ed|ing)|serving|available|ready)\b[^\n]{0,100}?\b(?:on|at)\b[^\n]{0,60}?"
    r"(?:https?://|\bport\b|:\d{2,5}\b))"
)
_LISTENS = re.compile(LISTENING.encode())
#: Bytes in which such words may lie.
_WORDS = 300


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long and how much a child may speak."""

    #: Seconds from its start until its list must be complete.
    total: float = 90.0
    #: Seconds of silence that are borne once a traceback was printed; servers hang after one.
    after_traceback: float = 5.0
    #: The same once it said that it listens at a port; one that does so beside its streams soon answers there.
    after_listening: float = 15.0
    line: int = 16_000_000
    output: int = 32_000_000
    #: Of what it prints to stderr, the first and last so many bytes are kept.
    errors: int = 32_000
    most_errors: int = 16_000_000


class StdioChannel:
    """Owns the child's pipes; `close` ends the child and all that it started."""

    def __init__(
        self, child: Popen[bytes], patience: Patience = Patience(), now: Callable[[], float] = time.monotonic
    ) -> None:
        self._child = child
        self._patience = patience
        self._now = now
        self._deadline = now() + patience.total
        self._buffer = bytearray()
        self._scanned = 0
        self._heard = 0
        self._errors_heard = 0
        self._head = bytearray()
        self._tail = bytearray()
        self._junk = bytearray()
        #: Seconds of silence that are borne after its words so far, and the last bytes, in which the next may have begun.
        self._borne = patience.total
        self._last = b""
        self._selector = selectors.DefaultSelector()
        for stream in (child.stdout, child.stderr):
            assert stream is not None  # noqa: S101 - the sandbox always gives pipes
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ)
        assert child.stdin is not None  # noqa: S101 - the same
        os.set_blocking(child.stdin.fileno(), False)
        self._stdin = child.stdin

    @property
    def errors(self) -> str:
        """What the child printed to stderr, its middle left out where it is long; hostile text."""
        gap = b"\n[...]\n" if self._errors_heard > len(self._head) + len(self._tail) else b""
        return (bytes(self._head) + gap + bytes(self._tail)).decode("utf-8", "replace")

    @property
    def said(self) -> str:
        """The same after the first lines of output that are no messages: logs, banners, usage."""
        return f"{self._junk.decode('utf-8', 'replace')}{self.errors}"

    def settle(self, version: str) -> None:
        """Nothing changes on this wire."""

    def send(self, body: bytes) -> None:
        """Write one line; raises Closed, or Silent where the child does not read."""
        rest = memoryview(body + b"\n")
        self._selector.register(self._stdin, selectors.EVENT_WRITE)
        try:
            while rest:
                if self._pump():
                    rest = rest[os.write(self._stdin.fileno(), rest) :]
        except OSError as error:
            self._drain()
            raise Closed("the server closed its input") from error
        finally:
            if self._stdin in self._selector.get_map():
                self._selector.unregister(self._stdin)

    def end_input(self) -> None:
        """Say nothing more; a program that reads to the end of its input then ends."""
        self._stdin.close()

    def receive(self) -> bytes:
        """The next line of output; raises Silent, Closed or TooMuch."""
        while True:
            line = self._line()
            if line is not None:
                if line.lstrip()[:1] != b"{":
                    self._hear_words(line + b"\n")
                    self._junk += (line + b"\n")[: max(0, self._patience.errors - len(self._junk))]
                return line
            self._pump()

    def close(self) -> None:
        """Kill the child, hear its last words, free its pipes."""
        self._child.kill()
        self._child.wait()
        self._selector.close()
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._scanned)
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > self._patience.line:
                raise TooMuch(f"a line of more than {self._patience.line} bytes")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._scanned = 0
        return line

    def _pump(self) -> bool:
        """Wait once for any stream; whether the child takes input."""
        ready = self._selector.select(max(0.0, self._wait()))
        if not ready:
            raise Silent("no answer in time")
        for key, _ in ready:
            if key.fileobj is self._stdin:
                continue
            chunk = os.read(key.fd, _CHUNK)
            if key.fileobj is self._child.stderr:
                self._hear_error(chunk)
            elif chunk:
                self._hear(chunk)
            if not chunk:
                self._selector.unregister(key.fileobj)
                if key.fileobj is self._child.stdout:
                    self._drain()
                    raise Closed("the server closed its output")
        return any(key.fileobj is self._stdin for key, _ in ready)

    def _wait(self) -> float:
        left = self._deadline - self._now()
        if left <= 0:
            raise Silent("no answer in time")
        return min(left, self._borne)

    def _hear(self, chunk: bytes) -> None:
        self._heard += len(chunk)
        if self._heard > self._patience.output:
            raise TooMuch(f"more than {self._patience.output} bytes of output")
        self._buffer += chunk

    def _hear_error(self, chunk: bytes) -> None:
        self._errors_heard += len(chunk)
        if self._errors_heard > self._patience.most_errors:
            raise TooMuch(f"more than {self._patience.most_errors} bytes on stderr")
        self._hear_words(chunk)
        room = max(0, self._patience.errors - len(self._head))
        self._head += chunk[:room]
        self._tail += chunk[room:]
        del self._tail[: -self._patience.errors]

    def _hear_words(self, chunk: bytes) -> None:
        # Only what is new is searched: a server may print byte by byte.
        self._last = self._last[-_WORDS:] + chunk
        if _TRACEBACK in self._last:
            self._borne = min(self._borne, self._patience.after_traceback)
        elif self._borne > self._patience.after_listening and _LISTENS.search(self._last):
            self._borne = self._patience.after_listening

    def _drain(self) -> None:
        """Hear what is left on stderr, for it often says why; a child that lives on is not waited for long."""
        stderr = self._child.stderr
        if stderr is None or stderr not in self._selector.get_map():
            return
        self._selector.close()
        self._selector = selectors.DefaultSelector()
        self._selector.register(stderr, selectors.EVENT_READ)
        until = min(self._deadline, self._now() + 2.0)
        while (left := until - self._now()) > 0 and self._selector.select(left):
            chunk = os.read(stderr.fileno(), _CHUNK)
            if not chunk:
                return
            self._hear_error(chunk)
