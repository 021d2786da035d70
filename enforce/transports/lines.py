"""Lines out of a byte stream, however it was cut into pieces, in bounded memory."""

#: Bytes asked for at once: what a pipe holds. More would make every read allocate and free whole pages.
CHUNK = 65_536

#: Bytes kept of the end of a line that is too long: enough to find the id of its message.
TAIL = 256


class Lines:
    """Collects bytes and gives whole lines.

    A line above *limit* bytes is given as its first *limit* bytes and its last TAIL ones: enough to be refused by
    name, and never more in memory.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._tail = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that *data* completes, without their newlines; blank ones are left out."""
        end = len(data) - 1
        if data.find(b"\n") == end and end < self._limit and not self._parts:
            return [data[:end]] if end > 0 and not data.isspace() else []  # as most come: one whole line
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines and self._parts:
            self._keep(lines[0])
            lines[0] = self._take()
        if rest:
            self._keep(rest)
        return [line for line in lines if line and not line.isspace()]

    def end(self) -> list[bytes]:
        """What came after the last newline, once the stream has ended."""
        line = self._take()
        return [line] if line.strip() else []

    def _keep(self, part: bytes) -> None:
        room = self._limit - self._size
        if room > 0:
            self._parts.append(part[:room])
        if len(part) > room:
            self._tail = (self._tail + part[max(0, room) :])[-TAIL:]
        self._size += len(part)

    def _take(self) -> bytes:
        line = b"".join([*self._parts, self._tail])
        self._parts, self._size, self._tail = [], 0, b""
        return line
