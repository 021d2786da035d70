"""Removing what a hostile program has written, which may be deeper than we can go and closed to ourselves."""

import subprocess
from pathlib import Path
from subprocess import DEVNULL, Popen

_OPENING = ("-type", "d", "!", "-perm", "-700", "-exec", "/bin/chmod", "u+rwx", "{}", ";")


def remove(folder: Path) -> None:
    """Remove a folder and all below it; nothing may be writing there any more. What cannot be removed is left.

    The system's own tools go down to any depth, and follow no link; `shutil.rmtree` ends in a RecursionError.
    """
    if _ended(["/bin/rm", "-rf", "--", str(folder)]) != 0:
        # Not being root, we have to open first what was made without a right for its owner.
        _ended(["/usr/bin/find", str(folder), *_OPENING])
        _ended(["/bin/rm", "-rf", "--", str(folder)])


def _ended(command: list[str]) -> int:
    return subprocess.run(command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=False).returncode


def homed(home: Path) -> type[Popen[bytes]]:
    """A kind of run whose home is removed once its end has been waited for, where nobody else has done so."""

    class Homed(Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            status = super().wait(timeout)
            if home.exists():
                remove(home)
            return status

    return Homed
