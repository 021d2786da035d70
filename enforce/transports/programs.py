"""The program that a command names, found as the platform finds it."""

import sys
from collections.abc import Sequence


def program(command: Sequence[str]) -> list[str]:
    """The command as it can be started: on Windows `npx` is a script `npx.cmd`, which only a search of the path finds."""
    if sys.platform != "win32":
        return list(command)
    import shutil  # it loads four packers

    return [shutil.which(command[0]) or command[0], *command[1:]]
