"""The one way out of an installer's sandbox: a proxy on a socket, that connects to the hosts of the package index."""

import select
import socket
import socketserver
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_MOST_HEAD = 16_384
_CHUNK = 1 << 16
#: Seconds without a byte in either direction.
_IDLE = 120.0
_PORTS = {"http": 80, "https": 443}


def host_and_port(url: str) -> str:
    """`HOST:PORT` of a URL, as the sandbox may name it."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '').lower()}:{parts.port or _PORTS.get(parts.scheme, 0)}"


class Outlet:
    """Serves while it is a context; the sandbox's relay connects to `path`."""

    def __init__(self, path: Path, allowed: Iterable[str]) -> None:
        self.path = path
        self._server = _Server(str(path), frozenset(allowed))
        path.chmod(0o777)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.path.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, allowed: frozenset[str]) -> None:
        super().__init__(path, _Guest)
        self.allowed = allowed


class _Guest(socketserver.BaseRequestHandler):
    """One connection from inside: CONNECT for what is encrypted, a whole URL for what is not."""

    request: socket.socket
    server: _Server

    def handle(self) -> None:
        self.request.settimeout(_IDLE)
        try:
            head, rest = _head(self.request)
            place, sent, answer = _wish(head)
            if place not in self.server.allowed:
                self.request.sendall(
                    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                return
            host, _, port = place.rpartition(":")
            with socket.create_connection((host, int(port)), 30) as outside:
                outside.sendall(sent + rest)
                self.request.sendall(answer)
                _splice(self.request, outside)
        except (OSError, ValueError):
            return


def _head(guest: socket.socket) -> tuple[bytes, bytes]:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = guest.recv(_CHUNK)
        received += chunk
        if not chunk or len(received) > _MOST_HEAD:
            raise ValueError("no request")
    head, _, rest = received.partition(b"\r\n\r\n")
    return head, rest


def _wish(head: bytes) -> tuple[str, bytes, bytes]:
    """`HOST:PORT` that is wanted, what to send there, and what to answer first; raises ValueError."""
    line, *fields = head.decode("ascii").split("\r\n")
    method, target, _ = line.split(" ")
    if method == "CONNECT":
        return target.lower(), b"", b"HTTP/1.1 200 Connection established\r\n\r\n"
    parts = urlsplit(target)
    if parts.scheme != "http":
        raise ValueError("only plain requests are passed on whole")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [field for field in fields if not field.lower().startswith(("proxy-", "connection:"))]
    sent = "\r\n".join([f"{method} {path} HTTP/1.1", *kept, "Connection: close", "", ""])
    return host_and_port(target), sent.encode("ascii"), b""


def _splice(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side ends."""
    facing = {one: other, other: one}
    while True:
        ready, _, _ = select.select([one, other], [], [], _IDLE)
        if not ready:
            return
        for side in ready:
            chunk = side.recv(_CHUNK)
            if not chunk:
                return
            facing[side].sendall(chunk)
