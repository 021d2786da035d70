"""Ending together with the server that is our child, whichever of us was told to, or had nobody left to talk to."""

import signal
import subprocess
import sys
from collections.abc import Callable
from types import FrameType

#: Seconds that the server gets to exit by itself, and again after it was asked to; one elsewhere, to hear that we leave.
PATIENCE = 2.0


def on_signals(child: subprocess.Popen[bytes], then: Callable[[int], None]) -> None:
    """From now on a signal that asks us to end reaches the server too, and *then* is called with its number."""

    def on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signal.signal calls
        if sys.platform != "win32":  # there a console signal reaches the child by itself
            child.send_signal(number)
        then(number)

    for number in signals():
        signal.signal(number, on_signal)


def signals() -> list[int]:
    """What asks us to end: each platform has its own."""
    names = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


def was_a_launcher(code: int | None, has_spoken: bool) -> bool:
    """Whether a process that has ended with *code* may not have been the server, but what has started it: well, and without a word."""
    return code == 0 and not has_spoken


def end(child: subprocess.Popen[bytes], wait: Callable[[float], int]) -> int:
    """Let the server end by itself, then ask, then insist; its exit code where it ended by itself, else 0.

    *wait* waits for at most so many seconds for the server to exit, and gives its exit code or raises
    subprocess.TimeoutExpired.
    """
    try:
        return _exit_code(wait(PATIENCE))
    except subprocess.TimeoutExpired:
        child.terminate()
    try:
        wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    return 0


def _exit_code(code: int) -> int:
    return code if code >= 0 else 128 - code
