"""Heads of messages that come again: one whose bytes were read before is not read anew, but for the length of its body."""

import re
from typing import Generic, TypeVar

#: Heads of one connection that are known at once, and bytes of each.
MOST, LONGEST = 4, 2_048

#: Digits of a length that is looked at here, which is none that could be too large.
DIGITS = 7

_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: ?([0-9]{1,7})\r\n", re.IGNORECASE)

H = TypeVar("H")


class Heads(Generic[H]):
    """The latest heads of one connection, as bytes before and after the digits of the length, and as what the parser read.

    A message is only known where it begins with the very bytes that the parser took, and where its body has come
    whole and alone; anything else is left to the parser. So nothing is taken here that the parser would refuse. What is
    kept of a head must not speak of the length, which is another each time.
    """

    def __init__(self) -> None:
        #: The bytes before the digits, where these begin and end at the latest, the bytes after, how many, and what was read.
        self._known: list[tuple[bytes, int, int, bytes, int, H]] = []

    def find(self, data: bytes) -> tuple[H, bytes] | None:
        """What was read of the head of *data*, one whole message, and its body."""
        for before, at, latest, after, more, head in self._known:
            if data.startswith(before):
                end = data.find(b"\r", at, latest)
                if data.startswith(after, end):  # which it does not where no end was found
                    body = data[end + more :]
                    if data[at:end] == b"%d" % len(body):
                        return head, body
        return None

    def note(self, data: bytes, head: H, length: bytes, body: bytes) -> None:
        """*data* was one whole message, of which the parser has read a *head* with one *length*, and a *body*."""
        end = len(data) - len(body) - len(_END)
        found = _LENGTH.search(data, 0, end + 2) if data.find(_END, 0, LONGEST) == end else None
        if found is None or found[1] != length or len(body) != int(length):
            return  # so far apart from how others write it that it is better read anew
        if len(self._known) >= MOST:
            del self._known[0]
        at, after = found.start(1), data[found.end(1) : end + len(_END)]
        self._known.append((data[:at], at, at + DIGITS + 1, after, len(after), head))

    def forget(self) -> None:
        """Know none."""
        self._known.clear()
