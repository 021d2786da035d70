"""An end for a whole exchange with a Redis server, where its client bounds only each piece that arrives."""

import math
from collections.abc import Callable
from time import monotonic
from typing import Any

#: Bytes of what is said to one question; ours are answered with some hundreds.
MOST_BYTES = 1_000_000


class Deadline:
    """When the exchange that is under way has to be over; there is one at a time."""

    def __init__(self) -> None:
        self._at = math.inf
        self._bytes = 0

    def begin(self, seconds: float) -> None:
        """An exchange begins."""
        self._at = monotonic() + seconds
        self._bytes = 0

    def end(self) -> None:
        """It is over."""
        self._at = math.inf

    def left(self) -> float:
        """Seconds until the end; raises TimeoutError where there are none."""
        left = self._at - monotonic()
        if left <= 0:
            raise TimeoutError("the server takes too long")
        return left

    def note(self, bytes: int) -> None:
        """So much has arrived; raises OSError where that is too much."""
        self._bytes += bytes
        if self._at != math.inf and self._bytes > MOST_BYTES:
            raise OSError("the server says too much")


class _Socket:
    """A connected socket whose every wait ends at the deadline."""

    def __init__(self, inner: Any, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline
        self._timeout = inner.gettimeout()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds
        self._inner.settimeout(seconds)

    def recv(self, *arguments: Any) -> bytes:
        data: bytes = self._hurried(self._inner.recv)(*arguments)
        self._deadline.note(len(data))
        return data

    def recv_into(self, *arguments: Any) -> int:
        count: int = self._hurried(self._inner.recv_into)(*arguments)
        self._deadline.note(count)
        return count

    def sendall(self, *arguments: Any) -> None:
        self._hurried(self._inner.sendall)(*arguments)

    def _hurried(self, ask: Callable[..., Any]) -> Callable[..., Any]:
        left = self._deadline.left()
        self._inner.settimeout(left if self._timeout is None else min(left, self._timeout))
        return ask


def bound(client: Any, deadline: Deadline) -> None:
    """Have all connections that a `redis.Redis` client makes from now on keep the deadline."""
    pool = client.connection_pool
    inner = pool.connection_class  # over TCP, TLS or a socket in the file system

    def connect(connection: Any) -> _Socket:
        usual = connection.socket_connect_timeout
        connection.socket_connect_timeout = min(deadline.left(), usual or math.inf)
        try:
            return _Socket(inner._connect(connection), deadline)
        finally:
            connection.socket_connect_timeout = usual

    pool.connection_class = type("Bounded", (inner,), {"_connect": connect})
