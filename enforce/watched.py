"""A file that a person may change while we run."""

import stat
from pathlib import Path

#: What tells one state of a file from another.
_Mark = tuple[int, int, int]

#: Of a pipe, which never changes: whoever reads one again waits for somebody who writes, and everybody else with them.
_PIPE = (-1, -1, -1)


class Watched:
    """Knows a file from before it was read, so that no change is missed."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._mark = self._look()
        self._seen: _Mark | None = None

    def has_changed(self) -> bool:
        """Whether it is another than before; says so once, and not until it has stood still from one look to the next.

        Half of a file that is still being written could mean something else, and mean it without a mistake.
        """
        mark = self._look()
        if mark in (self._mark, _PIPE):
            return False
        before, self._seen = self._seen, mark
        if before != mark:
            return False
        self._mark = mark
        return True

    def _look(self) -> _Mark:
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0, 0)
        if stat.S_ISFIFO(found.st_mode):
            return _PIPE
        return found.st_mtime_ns, found.st_size, found.st_ino
