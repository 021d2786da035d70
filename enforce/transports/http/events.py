"""Server-sent events: out of a stream of bytes, and back into one."""

import re

from msgspec import Struct

#: A time to wait, in milliseconds; the standard passes over whatever is none.
_TIME = re.compile(rb" ?[0-9]{1,9}")

#: Bytes of one event; more is refused.
LARGEST = 10_100_000


class Event(Struct, frozen=True, kw_only=True):
    """One event; `None` where a field did not occur."""

    data: bytes | None = None
    id: bytes | None = None
    event: bytes | None = None
    retry: bytes | None = None

    def encode(self) -> bytes:
        """The event as it stands in a stream, which is a comment where it has no field."""
        fields = ((b"event", self.event), (b"id", self.id), (b"retry", self.retry))
        lines = [b"%s: %s\n" % (name, value) for name, value in fields if value is not None]
        if self.data is not None:
            lines += [b"data: %s\n" % line for line in self.data.split(b"\n")]
        return b"".join(lines or [b":\n"]) + b"\n"


class TooLong(Exception):
    """An event that is larger than any message may be."""


class Events:
    """Collects bytes and gives whole events. Lines end with LF, CR or both, as the standard says."""

    def __init__(self) -> None:
        self._rest = bytearray()
        #: The last line ended with CR, so that LF as the very next byte belongs to its end.
        self._half_ended = False
        self._begin()

    def feed(self, data: bytes) -> list[Event]:
        """The events that *data* completes; an event without its blank line is none."""
        if self._half_ended and data.startswith(b"\n"):
            data = data[1:]
        self._half_ended = data.endswith(b"\r")
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        first, *more = data.split(b"\n")
        self._rest += first
        events: list[Event] = []
        if more:
            lines, self._rest = [bytes(self._rest), *more[:-1]], bytearray(more[-1])
            events = [event for line in lines if (event := self._line(line)) is not None]
        if self.held > LARGEST:
            raise TooLong
        return events

    @property
    def held(self) -> int:
        """Bytes that are kept of an event which has come in part."""
        return self._size + len(self._rest)

    def _begin(self) -> None:
        self._data: list[bytes] = []
        self._fields: dict[bytes, bytes] = {}
        self._size = 0
        self._begun = False

    def _line(self, line: bytes) -> Event | None:
        if not line:
            event = self._event() if self._begun else None
            self._begin()
            return event
        self._begun = True
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif (
            name == b"event"
            or (name == b"id" and b"\0" not in value)
            or (name == b"retry" and _TIME.fullmatch(value))
        ):
            self._fields[name] = value.removeprefix(b" ")
        else:
            return None
        self._size += len(line)
        return None

    def _event(self) -> Event:
        return Event(
            data=b"\n".join(self._data) if self._data else None,
            id=self._fields.get(b"id"),
            event=self._fields.get(b"event"),
            retry=self._fields.get(b"retry"),
        )
