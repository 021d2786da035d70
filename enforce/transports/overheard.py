"""What servers' programs write to standard error: as it stands, or spelled out where a terminal would obey it."""

import atexit
import codecs
import os
import re
import threading
from functools import cache

from enforce.transports.lines import CHUNK

_STANDARD_ERROR = 2

#: Seconds that the last words of programs get at the end; one that lives on holds up nobody.
PATIENCE = 0.5

#: Control characters but for tabs and ends of lines, and what turns the direction of writing.
_STEERING = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")


@cache
def standard_error() -> int | None:
    """Where a program's standard error leads: `None` for our own as it is, else a pipe to one thread for all programs.

    A log is for other programs to read, so there nothing is changed, and nobody stands in between.
    """
    if not os.isatty(_STANDARD_ERROR):
        return None
    reading, writing = os.pipe()
    showing = threading.Thread(target=_show, args=(reading,), daemon=True)
    showing.start()
    atexit.register(_end, writing, showing)
    return writing


def spelled(text: str) -> str:
    """The text, with whatever moves a terminal's cursor or more spelled out."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def _show(reading: int) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    while data := os.read(reading, CHUNK):
        shown = spelled(decoder.decode(data)).encode()
        try:
            while shown:
                shown = shown[os.write(_STANDARD_ERROR, shown) :]
        except OSError:
            continue  # the terminal is gone; the programs need not notice


def _end(writing: int, showing: threading.Thread) -> None:
    os.close(writing)
    showing.join(PATIENCE)
