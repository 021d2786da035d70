"""Words for a person: nothing that a server or an agent chose can steer their terminal."""

import re
import sys
from contextlib import suppress

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def plain(text: str) -> str:
    """One line in printable ASCII, everything else escaped."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def tell(words: str) -> None:
    """Say something on standard error, if somebody reads it still.

    Only its first line looks like one of ours, since a server may have chosen the rest.
    """
    mark = "tollhouse-proxy:"
    with suppress(OSError):
        for line in words.splitlines():
            print(mark, plain(line), file=sys.stderr, flush=True)
            mark = "    "
