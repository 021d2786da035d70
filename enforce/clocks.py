"""The time of a gate: seconds since the epoch, which no change of the system's clock sets back or forward."""

import sys
import time
from collections.abc import Callable
from functools import partial

Clock = Callable[[], float]


def steady_clock() -> Clock:
    """A clock that starts at the system's time and from then on only counts what has passed, also while the machine slept."""
    passed = _passed()
    offset = time.time() - passed()
    return lambda: offset + passed()


def latest(steady: Clock) -> Clock:
    """The later of *steady* and the system's clock, for what must end in time.

    A gate that began before the clock was right, or on a machine that was stopped as a whole, would else let in for
    as long as it runs who should have gone; and setting the clock back brings nobody in again.
    """
    return lambda: max(steady(), time.time())


def _passed() -> Clock:
    """Seconds since some moment. On Linux and macOS `time.monotonic` stands still while the machine sleeps."""
    if sys.platform == "linux":
        return partial(time.clock_gettime, time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return partial(time.clock_gettime, time.CLOCK_MONOTONIC)
    return time.monotonic


def stamp() -> Callable[[float], str]:
    """Writes a time as `2026-11-23T23:59:59.123456Z`; remembers the second, since most stamps share one."""
    second, prefix = -1, ""

    def write(now: float) -> str:
        nonlocal second, prefix
        whole = int(now)
        if whole != second:
            second, prefix = whole, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        return "%s.%06dZ" % (prefix, (now - whole) * 1e6)  # noqa: UP031 - a quarter sooner than any other way

    return write
