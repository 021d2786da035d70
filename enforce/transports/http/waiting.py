"""Calls over HTTP that are kept open while their client shows a question: who waits, and what comes of it."""

import asyncio

import msgspec

from crawler.mcp.jsonrpc import Id
from enforce.gate import Gate
from enforce.passage import Passage

#: Seconds between looks whether a call has waited long enough.
TICK = 1.0


class Waiting:
    """The calls that wait at one server, by their gate and id."""

    def __init__(self) -> None:
        self._calls: dict[tuple[Gate, Id | None], asyncio.Future[Passage]] = {}

    async def until_answered(self, gate: Gate, id: Id | None) -> Passage:
        """What the gate says once the person has answered, or has taken too long."""
        future: asyncio.Future[Passage] = asyncio.get_running_loop().create_future()
        self._calls[gate, id] = future
        try:
            while not future.done():
                await asyncio.wait({future}, timeout=TICK)
                late = Passage()
                gate.expire_questions(late)
                for line in late.to_client:
                    self._settle(gate, msgspec.json.decode(line)["id"], Passage(to_client=[line]))
            return future.result()
        finally:
            del self._calls[gate, id]

    def resume(self, gate: Gate, passage: Passage) -> None:
        """Hand over what the gate says of a call that waits."""
        self._settle(gate, passage.resumed, passage)

    def _settle(self, gate: Gate, id: Id | None, passage: Passage) -> None:
        future = self._calls.get((gate, id))
        if future is not None and not future.done():
            future.set_result(passage)
