"""Writing to whom we may not wait for: what they take now is written, and the rest is kept until they take more."""

import os
import select


class Sink:
    """Our end of a pipe or socket.

    Only one that is ours alone may be made not to block. One that we were given, and that our parent or its other
    programs may write to as well, is asked before each piece, and gets no more at once than POSIX lets pass then.
    """

    def __init__(self, descriptor: int, *, is_ours: bool) -> None:
        self.descriptor = descriptor
        #: Whether somebody reads still.
        self.is_open = True
        self._is_ours = is_ours
        self._rest: bytes | memoryview = b""
        self._question = select.poll()
        self._question.register(descriptor, select.POLLOUT)
        if is_ours:
            os.set_blocking(descriptor, False)

    @classmethod
    def given(cls, descriptor: int) -> "Sink":
        """One that we were given; where the system lets us open the same pipe once more, that is ours alone."""
        try:
            return cls(os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_NONBLOCK), is_ours=True)
        except OSError:  # a socket, or not Linux
            return cls(descriptor, is_ours=False)

    def write(self, lines: list[bytes]) -> bool:
        """Take lines; whether all is written."""
        data = lines[0] + b"\n" if len(lines) == 1 else b"\n".join([*lines, b""])
        if self.is_open:
            self._rest = b"".join((self._rest, data)) if self._rest else data
        return self.flush()

    def flush(self) -> bool:
        """Write what can be written now; whether all is."""
        try:
            while rest := self._rest:
                written = self._write_piece(rest)
                if written == len(rest):
                    self._rest = b""
                    return self.is_open
                if not written:
                    return False
                self._rest = memoryview(rest)[written:]
        except OSError:
            self.close()
        return self.is_open

    def close(self) -> None:
        """Forget what is left, and whatever comes."""
        self.is_open = False
        self._rest = b""

    def _write_piece(self, data: bytes | memoryview) -> int:
        if not self._is_ours:
            return os.write(self.descriptor, data[: select.PIPE_BUF]) if self._question.poll(0) else 0
        try:
            return os.write(self.descriptor, data)
        except BlockingIOError:
            return 0
