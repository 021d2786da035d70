"""What a person should be told who has left a door open that the gate itself cannot close."""

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path


def writable_by_all(paths: Iterable[Path | str | None]) -> list[str]:
    """A sentence about each file that any user of the machine may change, and with it what is allowed."""
    if sys.platform == "win32":  # where these bits say nothing
        return []
    return [
        f"any user of this machine may change {path}: chmod o-w"
        for path in dict.fromkeys(str(path) for path in paths if path)
        if _mode(path) & stat.S_IWOTH
    ]


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - one call for what may be missing
    except OSError:
        return 0
