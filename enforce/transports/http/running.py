"""Listening on a port until a signal comes."""

import asyncio
import signal
import ssl
import sys
from collections.abc import Callable

from enforce.errors import EnforceError
from enforce.transports.http.serving import Connection, Handler

#: Seconds that replies under way get when we are asked to end.
PATIENCE = 5.0

#: Seconds between looks at what may have changed, such as policy files.
TICK = 1.0


class CannotListen(EnforceError):
    """The port cannot be had."""

    def __init__(self, host: str, port: int, fault: str) -> None:
        super().__init__(host, port, fault)
        self.host = host
        self.port = port
        self.fault = fault

    def __str__(self) -> str:
        return f"cannot listen on {self.host}:{self.port}: {self.fault}"


def listen(host: str, port: int, handler: Handler, *, ready: Callable[[int], None], tick: Callable[[], None], tls: ssl.SSLContext | None = None) -> None:  # fmt: skip
    """Serve until SIGTERM or SIGINT; *ready* is told the port, which *port* 0 lets the system choose."""
    run = _fast_run() or asyncio.run
    run(_serve(host, port, handler, ready, tick, tls))


def _fast_run() -> Callable[..., None] | None:
    """The loop that is written in C, where the platform has it."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.run


async def _serve(host: str, port: int, handler: Handler, ready: Callable[[int], None], tick: Callable[[], None], tls: ssl.SSLContext | None) -> None:  # fmt: skip
    loop = asyncio.get_running_loop()
    connections: set[Connection] = set()
    try:
        server = await loop.create_server(
            lambda: Connection(handler, connections), host, port, ssl=tls, backlog=1024
        )
    except OSError as error:
        raise CannotListen(host, port, error.strerror or str(error)) from error
    stopped = asyncio.Event()
    _on_signals(loop, stopped)
    ready(server.sockets[0].getsockname()[1])
    ticking = loop.create_task(_tick(tick))
    await stopped.wait()
    ticking.cancel()
    server.close()
    for connection in list(connections):
        connection.close_when_idle()
    await _until_empty(connections)
    for connection in list(connections):
        connection.abort()


async def _tick(tick: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(TICK)
        tick()


async def _until_empty(connections: set[Connection]) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while connections and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - closing is rare
        await asyncio.sleep(0.05)


def _on_signals(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # on Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
