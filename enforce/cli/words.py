"""Words for a person: nothing that a server or an agent chose can steer their terminal."""

import re
import sys

_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def plain(text: str) -> str:
    """One line in printable ASCII, everything else escaped."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def tell(words: str) -> None:
    """Say something on standard error. Only its first line looks like one of ours, since a server may have chosen the rest."""
    mark = "tollhouse-proxy:"
    for line in words.splitlines():
        print(mark, plain(line), file=sys.stderr, flush=True)
        mark = "    "
