"""What a person should be told who has left a door open that the gate itself cannot close."""

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_ROOT = 0


def writable_by_all(paths: Iterable[Path | str | None]) -> list[str]:
    """A sentence about each file that any user of the machine may change, and with it what is allowed."""
    if sys.platform == "win32":  # where these bits say nothing
        return []
    return [
        f"any user of this machine may change {path}: chmod o-w"
        for path in dict.fromkeys(str(path) for path in paths if path)
        if _mode(path) & stat.S_IWOTH
    ]


def readable_by_all(secrets: Iterable[Path]) -> list[str]:
    """A sentence about each file with a secret that any user of the machine may read."""
    if sys.platform == "win32":
        return []
    return [
        f"any user of this machine may read {path}, which holds a secret: chmod o-r"
        for path in dict.fromkeys(secrets)
        if _mode(str(path)) & stat.S_IROTH
    ]


def held_by_others(paths: Iterable[Path]) -> list[str]:
    """A sentence about each file of the gate's own memory that another user of the machine may change or put in its place.

    Who can write there approves calls, empties counters and cuts records off.
    """
    if sys.platform == "win32":
        return []
    words = writable_by_all(paths)
    for path in paths:
        with suppress(OSError):
            if path.stat().st_uid not in (os.geteuid(), _ROOT):
                words.append(f"{path} belongs to another user of this machine: name a file of your own")
    for folder in dict.fromkeys(path.parent for path in paths):
        if _mode(str(folder)) & stat.S_IWOTH:
            words.append(
                f"any user of this machine may put files into {folder}: name a folder of your own for what the gate remembers"
            )
    return words


def _mode(path: str) -> int:
    try:
        return os.stat(path).st_mode  # noqa: PTH116 - one call for what may be missing
    except OSError:
        return 0
