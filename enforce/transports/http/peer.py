"""A server that speaks in lines both ways for as long as it lives: a program, or a server with two endpoints."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

#: Messages of one server after which everybody else gets a turn: one that says much must not hold up other servers' clients.
TURN = 64

#: Says something to the person who runs the gate.
Tell = Callable[[str], None]


class Peer(Protocol):
    """One such server, from its start to its end."""

    async def start(self) -> None:
        """Start it, or connect to it; raises UpstreamFailed."""

    async def write(self, lines: Sequence[bytes]) -> None:
        """Send lines; waits while the server is slow, and says nothing where it has gone."""

    async def stop(self) -> None:
        """End it, or leave it."""


#: Makes a peer that calls back with each line that it says, and once when it has ended.
Connect = Callable[[Callable[[bytes], None], Callable[[], None]], Peer]


class Outbox:
    """Lines on their way to a peer, for which nobody waits: a server that does not read keeps no answer from coming."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._writing: set[asyncio.Task[None]] = set()

    def put(self, lines: Sequence[bytes]) -> None:
        """Send lines after those before."""
        if lines:
            task = asyncio.create_task(self._peer.write(lines))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)
