"""One client on our standard input and output, one server that speaks as a peer does: lines go both ways as they are."""

import asyncio

from enforce.gate import Gate
from enforce.passage import Passage
from enforce.reload import PolicyFile
from enforce.transports.http.peer import Connect, Tell
from enforce.transports.standard import Ending, Underway, read_lines, write_lines
from enforce.transports.upkeep import TICK, look_around

#: Seconds that calls under way get once the client has said all.
PATIENCE = 5.0


class Pair:
    """Relays until either side is gone or a signal comes. Everything runs in one loop, so the gate needs no turns."""

    def __init__(self, gate: Gate, connect: Connect, tell: Tell, policy: PolicyFile) -> None:
        self._gate = gate
        self._tell = tell
        self._policy = policy
        self._ending = Ending()
        self._peer = connect(self._from_server, self._gone)
        self._idle = asyncio.Event()
        self._idle.set()
        self._waiting: asyncio.Queue[list[bytes]] = asyncio.Queue()
        self._underway = Underway()

    async def run(self) -> int:
        """Relay; the exit code to end with. Raises UpstreamFailed where the server cannot be reached."""
        self._ending.watch()
        await self._peer.start()
        tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._write())]
        try:
            await read_lines(self._from_client, self._underway)
            async with asyncio.timeout(PATIENCE):
                await self._idle.wait()
        except TimeoutError:
            return 0
        except asyncio.CancelledError:
            return self._ending.code
        finally:
            for task in tasks:
                task.cancel()
            await self._peer.stop()
        return 0

    def _from_client(self, line: bytes) -> None:
        passage = Passage()
        self._gate.from_client(line, passage)
        self._finish(passage)

    def _from_server(self, line: bytes) -> None:
        passage = Passage()
        self._gate.from_server(line, passage)
        self._finish(passage)

    def _gone(self) -> None:
        passage = Passage()
        self._gate.server_gone(passage, "The server has closed the connection.")
        self._finish(passage)
        self._ending.now()

    def _finish(self, passage: Passage) -> None:
        if passage.to_client and not write_lines(passage.to_client):
            self._ending.now()
        if passage.to_server:
            self._underway.add(sum(map(len, passage.to_server)))
            self._waiting.put_nowait(passage.to_server)
        self._gate.write_down(passage)
        for note in passage.notes:
            self._tell(note)
        if self._gate.ledger.calls:
            self._idle.clear()
        else:
            self._idle.set()

    async def _write(self) -> None:
        while True:
            lines = await self._waiting.get()
            await self._peer.write(lines)
            self._underway.add(-sum(map(len, lines)))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._finish(look_around(self._policy, self._gate))
