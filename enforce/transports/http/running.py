"""Listening on a port until a signal comes."""

import asyncio
import gc
import signal
import ssl
import sys
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Protocol

from enforce.errors import EnforceError
from enforce.transports.http.incoming import Load
from enforce.transports.http.messages import Request
from enforce.transports.http.serving import Connection, Reply, Rest, cut_off

#: Seconds that replies under way get when we are asked to end.
PATIENCE = 5.0

#: Open files that we ask for: connections, logs and the pipes of programs.
MOST_FILES = 16_384

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


class Service(Protocol):
    """What is served on a port."""

    def handle(self, request: Request, reply: Reply) -> Rest:
        """Answer one request."""

    def admits(self, request: Request) -> bool:
        """Whether who asks would be let in now, by what stands before the body: one that is still coming, or was answered in part."""

    def ready(self, port: int) -> None:
        """The port is open; the system has chosen it where 0 was asked for."""

    def tick(self) -> None:
        """Look at what may have changed."""

    async def stop(self) -> None:
        """No more requests will come."""


def listen(host: str, port: int, service: Service, tls: ssl.SSLContext | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    _allow_connections()
    run = _fast_run() or asyncio.run
    run(_serve(host, port, service, tls))


def _fast_run() -> Callable[..., None] | None:
    """The loop that is written in C, where the platform has it."""
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.run


def _allow_connections() -> None:
    """Let a thousand calls at once have their two connections each, which the usual bound of open files does not."""
    if sys.platform == "win32":  # which has no such bound
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(OSError, ValueError):  # macOS bounds it by another number as well
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def _serve(host: str, port: int, service: Service, tls: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    connections: set[Connection] = set()
    load = Load()
    try:
        server = await loop.create_server(
            lambda: Connection(service.handle, connections, service.admits, load),
            host,
            port,
            ssl=tls,
            backlog=1024,
        )
    except OSError as error:
        raise CannotListen(host, port, error.strerror or str(error)) from error
    stopped = asyncio.Event()
    _on_signals(loop, stopped)
    gc.freeze()  # what is loaded stays, so that no collection looks through it in the midst of a request
    service.ready(server.sockets[0].getsockname()[1])
    ticking = loop.create_task(_tick(service, connections))
    # A gate that does not hear any more of tokens that were taken back must not go on.
    ticking.add_done_callback(lambda _: stopped.set())
    await stopped.wait()
    ticking.cancel()
    server.close()
    for connection in list(connections):
        connection.close_when_idle()
    await _until_empty(connections)
    for connection in list(connections):
        connection.abort()
    await service.stop()
    with suppress(asyncio.CancelledError):
        await ticking


async def _tick(service: Service, connections: set[Connection]) -> None:
    while True:
        await asyncio.sleep(TICK)
        service.tick()
        now = monotonic()
        cut_off(connections)
        for connection in list(connections):
            connection.close_if_unused(now)
            if connection.request is not None and not service.admits(connection.request):
                connection.abort()


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
