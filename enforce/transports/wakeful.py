"""Waiting awake while those whom we wait for are quick, asleep otherwise: to be woken may take longer than they do."""

import os
import select
from collections.abc import Callable
from functools import partial
from time import perf_counter, sleep

_give_way = getattr(os, "sched_yield", partial(sleep, 0))

#: Seconds to stay awake after a wait that was no longer.
AWAKE = 100e-6


class Wakeful:
    """Waits for descriptors."""

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
        if self._is_brisk and (found := awake(poll, began)):
            return found
        found = poll()
        self._is_brisk = perf_counter() - began < AWAKE
        return found


def awake(poll: Callable[[int], list[tuple[int, int]]], began: float) -> list[tuple[int, int]]:
    """What is ready in so short a time."""
    while not (found := poll(0)) and perf_counter() - began < AWAKE:
        _give_way()  # whoever has work goes first, perhaps the very one that we wait for
    return found
