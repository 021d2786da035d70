"""Words for a person: nothing that a server or an agent chose can steer their terminal."""

import re
import select
import sys
from contextlib import suppress

_STANDARD_ERROR = 2
#: Characters of a line: with its mark what a pipe that has room takes at once.
_LONGEST = 4_000
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def plain(text: str) -> str:
    """One line in printable ASCII, everything else escaped."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def tell(words: str) -> None:
    """Say something on standard error, if somebody reads it still: who does not holds up nobody.

    Only its first line looks like one of ours, since a server may have chosen the rest.
    """
    mark = "tollhouse-proxy:"
    with suppress(OSError):
        for line in words.splitlines():
            if not _has_room():
                return
            print(mark, plain(line)[:_LONGEST], file=sys.stderr, flush=True)
            mark = "    "


def _has_room() -> bool:
    """Whether standard error takes a line at once, where the system can tell."""
    if not hasattr(select, "poll"):
        return True
    waiting = select.poll()
    waiting.register(_STANDARD_ERROR, select.POLLOUT)
    return bool(waiting.poll(0))
