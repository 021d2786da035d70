"""Words for a person: nothing that a server or an agent chose can steer their terminal."""

import atexit
import json
import re
import select
import sys
from collections import Counter
from contextlib import suppress
from time import monotonic

import msgspec

_STANDARD_ERROR = 2
#: Characters of a line: with its mark what a pipe that has room takes at once.
_LONGEST = 4_000

#: Lines that wait for who reads, and seconds that the last of them get, where a thread says them.
MOST_WAITING, PATIENCE = 1_000, 0.5

#: Times in a minute that words which begin alike are told, up to how many characters they begin alike, and how many
#: beginnings are told apart.
MOST_TOLD = 300
MOST_KINDS = 50
_KIND = 60

_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def plain(text: str) -> str:
    """One line in printable ASCII, everything else escaped."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def straight(text: str) -> str:
    """With the quotes of typewriters for those of printers, which `plain` would escape; for what we quote, not for names."""
    return text.translate(_QUOTES)


def data(value: object) -> str:
    """A value for programs, as JSON in ASCII: in a terminal, where it may end as well, nothing in it moves anything."""
    return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def say(words: object) -> None:
    """Lines for a person on standard error that are not marked as a gate's own, such as the mistakes in a file."""
    for line in str(words).splitlines():
        print(plain(line), file=sys.stderr)


class Pace:
    """What is told within one minute, where whoever makes it be told would fill the file in which it ends."""

    def __init__(self) -> None:
        self._minute = 0
        self._told: Counter[str] = Counter()
        self._left_out = 0

    def admits(self, words: str, now: float) -> tuple[bool, int]:
        """Whether to tell it, and how many were left out in the minute before; *now* is in seconds since some moment."""
        missed = 0
        if int(now // 60) != self._minute:
            missed, self._left_out = self._left_out, 0
            self._minute = int(now // 60)
            self._told.clear()
        kind = words.partition(":")[0][:_KIND]
        if kind not in self._told and len(self._told) >= MOST_KINDS:
            kind = ""
        self._told[kind] += 1
        is_told = self._told[kind] <= MOST_TOLD
        self._left_out += not is_told
        return is_told, missed


_pace = Pace()


class _Aside:
    """A thread that says what is told, of which only so much waits."""

    def __init__(self) -> None:
        import queue  # only where nothing can be polled
        import threading

        self._full = queue.Full
        self._lines: queue.Queue[str] = queue.Queue(MOST_WAITING)
        self._saying = threading.Thread(target=self._say, daemon=True)
        self._saying.start()

    def put(self, line: str) -> None:
        """Say a line once those before are said; none where too many are waiting."""
        with suppress(self._full):
            self._lines.put_nowait(line)

    def end(self) -> None:
        """Let the last lines be said, if somebody reads them."""
        self.put("")
        self._saying.join(PATIENCE)

    def _say(self) -> None:
        while line := self._lines.get():
            with suppress(OSError):
                print(line, file=sys.stderr, flush=True)


_aside: _Aside | None = None


def speak_aside() -> None:
    """From now on nobody waits for who reads standard error, also where the system does not say whether it has room."""
    global _aside
    if _aside is None and not hasattr(select, "poll"):
        _aside = _Aside()
        atexit.register(_aside.end)


def tell(words: str) -> None:
    """Say something on standard error, if somebody reads it still: who does not holds up nobody.

    Only its first line looks like one of ours, since a server may have chosen the rest. What is told again and again is
    left out after a while.
    """
    is_told, missed = _pace.admits(words, monotonic())
    if missed:
        _tell(f"{missed} more lines were left out in the minute before")
    if is_told:
        _tell(words)


def _tell(words: str) -> None:
    mark = "tollhouse-proxy:"
    with suppress(OSError):
        for line in words.splitlines():
            shown = f"{mark} {plain(line)[:_LONGEST]}"
            mark = "    "
            if _aside is not None:
                _aside.put(shown)
            elif not _has_room():
                return
            else:
                print(shown, file=sys.stderr, flush=True)


def _has_room() -> bool:
    """Whether standard error takes a line at once, where the system can tell."""
    if not hasattr(select, "poll"):
        return True
    waiting = select.poll()
    waiting.register(_STANDARD_ERROR, select.POLLOUT)
    return bool(waiting.poll(0))
