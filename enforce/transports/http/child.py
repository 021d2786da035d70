"""A server that is a child process, spoken to by lines."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from crawler.mcp.jsonrpc import DEFAULT_BOUNDS
from enforce.transports.ending import was_a_launcher
from enforce.transports.http.address import UpstreamFailed
from enforce.transports.http.peer import TURN
from enforce.transports.lines import Lines
from enforce.transports.overheard import standard_error
from enforce.transports.programs import program

#: Seconds that a server gets to exit by itself, and again after it was asked to.
PATIENCE = 2.0

#: Seconds without a word after which one that has ended has said all, though a program that it had started may hold its output open.
SILENCE = 0.05

CHUNK = 65_536


class _Heard(asyncio.subprocess.SubprocessStreamProtocol):
    """Hears when the process has ended; `Process.wait` of some loops also waits until nobody holds its output open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(limit=CHUNK, loop=loop)
        self.exited = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.exited.set()


class Child:
    """One child, from its start to its end."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self._command = program(command)
        self._environment = environment
        self._on_line = on_line
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._transport: asyncio.SubprocessTransport | None = None
        self._exited = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None
        self._has_spoken = False

    async def start(self) -> None:
        """Start the program; raises UpstreamFailed."""
        command, pipe, loop = self._command, asyncio.subprocess.PIPE, asyncio.get_running_loop()
        try:
            self._transport, heard = await loop.subprocess_exec(
                lambda: _Heard(loop),
                *command,
                stdin=pipe,
                stdout=pipe,
                stderr=standard_error(),
                env=self._environment,
            )
        except OSError as error:
            raise UpstreamFailed(f"cannot start {command[0]!r}: {error.strerror or error}") from error
        self._exited = heard.exited
        self._process = asyncio.subprocess.Process(self._transport, heard, loop)
        self._reading = asyncio.create_task(self._read(self._process))

    async def write(self, lines: Sequence[bytes]) -> None:
        """Send lines; waits while the child is slow, and says nothing where it has gone."""
        if self._process is not None and self._process.stdin is not None and lines:
            try:
                self._process.stdin.write(b"\n".join([*lines, b""]))
                await self._process.stdin.drain()
            except OSError:
                return  # its end is told by `on_end`

    async def stop(self) -> None:
        """Let the child end by itself, then ask, then insist."""
        process = self._process
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        for insist in (process.terminate, process.kill):
            try:
                await asyncio.wait_for(self._exited.wait(), PATIENCE)
                break
            except TimeoutError:
                insist()
        await self._exited.wait()
        if self._reading is not None:
            await asyncio.wait({self._reading}, timeout=PATIENCE)
            self._reading.cancel()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        reading = asyncio.create_task(self._read_lines(process.stdout))
        ended = asyncio.create_task(self._exited.wait())
        try:
            await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not was_a_launcher(process.returncode, self._has_spoken):
                await self._last_words(reading)
            else:
                await reading
            self._on_end()
            await ended
        finally:
            reading.cancel()
            ended.cancel()
            if self._transport is not None:  # whoever still holds its streams
                self._transport.close()

    async def _last_words(self, reading: "asyncio.Task[None]") -> None:
        """Read on until nothing more comes."""
        self._has_spoken = True
        while self._has_spoken and not reading.done():
            self._has_spoken = False
            await asyncio.wait({reading}, timeout=SILENCE)

    async def _read_lines(self, output: asyncio.StreamReader) -> None:
        lines = Lines(DEFAULT_BOUNDS.bytes)
        while data := await output.read(CHUNK):
            self._has_spoken = True
            for count, line in enumerate(lines.feed(data), 1):
                self._on_line(line)
                if count % TURN == 0:
                    self._has_spoken = True
                    await asyncio.sleep(0)
            self._has_spoken = True
        for line in lines.end():
            self._on_line(line)
