"""A policy file that is read again when it changes; a broken one changes nothing."""

from pathlib import Path

from enforce.law import Law
from enforce.policyfile import PolicyErrors, load_policy

#: What tells one state of a file from another.
_Mark = tuple[int, int, int]


class PolicyFile:
    """The law in a file. The first reading raises PolicyErrors; later ones keep the old law."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._mark = self._look()
        self._seen: _Mark | None = None
        self.law = Law(load_policy(path))

    def reread(self) -> tuple[Law | None, str | None]:
        """The new law where there is one, and words for the person who runs the proxy; both `None` where nothing changed."""
        mark = self._look()
        if mark == self._mark or mark != self._settled(mark):
            return None, None
        self._mark = mark
        try:
            law = Law(load_policy(self._path))
        except PolicyErrors as error:
            return None, f"the changed policy is broken, and the old one stays in force:\n{error}"
        if law.digest == self.law.digest:
            return None, None
        self.law = law
        return law, f"the policy has changed: {self._path}"

    def _settled(self, mark: _Mark) -> _Mark | None:
        """The mark at the look before: half of a file that is still being written could be a law of its own."""
        before, self._seen = self._seen, mark
        return before

    def _look(self) -> _Mark:
        try:
            found = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return found.st_mtime_ns, found.st_size, found.st_ino
