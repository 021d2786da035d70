"""Server-sent events: out of a stream of bytes, and back into one."""

from msgspec import Struct

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
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[Event]:
        """The events that *data* completes."""
        text = self._rest + data
        # A CR at the very end may be half of a line's end.
        held = text[-1:] if text.endswith(b"\r") else b""
        *lines, rest = (
            text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        )
        self._rest = rest + held
        events = [event for line in lines if (event := self._line(line)) is not None]
        if self._size + len(self._rest) > LARGEST:
            raise TooLong
        return events

    def end(self) -> list[Event]:
        """The events that the end of the stream completes; one without its blank line is none."""
        return self.feed(b"\n") if self._rest.endswith(b"\r") else []

    def _line(self, line: bytes) -> Event | None:
        if line:
            self._lines.append(line)
            self._size += len(line)
            return None
        lines, self._lines, self._size = self._lines, [], 0
        return _event(lines) if lines else None


def _event(lines: list[bytes]) -> Event:
    data: list[bytes] = []
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            data.append(value)
        elif name in (b"id", b"event", b"retry"):
            fields[name] = value
    return Event(
        data=b"\n".join(data) if data else None,
        id=fields.get(b"id"),
        event=fields.get(b"event"),
        retry=fields.get(b"retry"),
    )
