"""Waiting for descriptors: awake while those whom we wait for are quick, asleep otherwise."""

import os
import select
from time import perf_counter

#: Seconds to stay awake after a wait that was no longer; to be woken may take as long.
AWAKE = 100e-6


class Wakeful:
    """What we wait for, and how."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self.watch = self._poll.register
        self.forget = self._poll.unregister
        self._is_brisk = False

    def ready(self, seconds: float | None = None) -> list[tuple[int, int]]:
        """Descriptors that are ready, with what for; none once so many seconds have passed."""
        poll = self._poll.poll
        if seconds is not None:
            return poll(seconds * 1000)
        began = perf_counter()
        if self._is_brisk:
            while not (found := poll(0)):
                if perf_counter() - began > AWAKE:
                    break
                os.sched_yield()  # whoever has work goes first, perhaps the very one that we wait for
            else:
                return found
        found = poll()
        self._is_brisk = perf_counter() - began < AWAKE
        return found
