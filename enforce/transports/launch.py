"""Starting a server's program: before anything else is loaded, since it takes its time to come up."""

import subprocess
from collections.abc import Sequence

from enforce.errors import EnforceError
from enforce.transports.overheard import standard_error
from enforce.transports.programs import program


class CannotStart(EnforceError):
    """The server's program cannot be started."""

    def __init__(self, command: Sequence[str], fault: str) -> None:
        super().__init__(command, fault)
        self.command = command
        self.fault = fault

    def __str__(self) -> str:
        return f"cannot start {self.command[0]!r}: {self.fault}"


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start the program with pipes to it; raises CannotStart."""
    try:
        pipe, words = subprocess.PIPE, standard_error()
        return subprocess.Popen(program(command), stdin=pipe, stdout=pipe, stderr=words, bufsize=0)
    except OSError as error:
        raise CannotStart(command, error.strerror or str(error)) from error
