"""Waiting awake in the loop that runs, while those whom we wait for are quick: whatever is ready there ends it."""

import asyncio
import select
from time import perf_counter

from enforce.transports.wakeful import AWAKE, awake


class Vigil:
    """Knows how quick they were the last time."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        #: Tells uvloop's descriptor, though no manual promises it; without it nobody stays awake.
        backend = getattr(loop, "_get_backend_id", None)
        self._poll = select.poll() if backend is not None and hasattr(select, "poll") else None
        if backend is not None and self._poll is not None:
            self._poll.register(backend(), select.POLLIN)
        self._is_brisk = False
        self._since = 0.0

    def keep(self) -> None:
        """Something was passed on; whoever hears of it may have something to say at once."""
        self._since = began = perf_counter()
        if self._is_brisk and self._poll is not None:
            self._is_brisk = bool(awake(self._poll.poll, began))

    def heard(self) -> None:
        """Somebody has said something."""
        if not self._is_brisk:
            self._is_brisk = perf_counter() - self._since < AWAKE
