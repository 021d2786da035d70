"""Files that a person names on the command line: read as they come, written whole or not at all."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import typer

from catalogue.cli.telling import complain
from catalogue.errors import BadLine, CatalogueError

_USAGE = 2
#: How a file begins that gzip has packed, such as a site's catalogue.
_GZIP = b"\x1f\x8b"
#: What people write for standard output where a file is asked for.
STDOUT = Path("-")


class CannotWrite(CatalogueError):
    """A file that cannot be written."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(file, why)
        self.file = file
        self.why = why

    def __str__(self) -> str:
        return f"cannot write {self.file}: {self.why}"


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """The lines of a file, packed by gzip or not, or of stdin for `-`; one that cannot be read is a fault of usage."""
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115  # what is raised while it is read is another fault
    except OSError as error:
        complain(f"cannot read {file}: {error.strerror}")
        raise typer.Exit(_USAGE) from error
    with stream:
        packed = stream.peek(2)[:2] == _GZIP
        try:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=stream)) if packed else stream
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            complain(f"cannot read {file} to its end: {error}")
            raise typer.Exit(_USAGE) from error


def take_lines(file: str, take: Callable[[bytes, int], int]) -> tuple[int, int]:
    """Hand each line that is not blank to *take*, with its number; a bad one is complained of.

    Returns what *take* gave back in all, and how many lines were bad.
    """
    taken, bad = 0, 0
    with opened(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                taken += take(line, number)
            except BadLine as error:
                complain(error)
                bad += 1
    return taken, bad


@contextmanager
def output(file: Path | None) -> Iterator[TextIO]:
    """Stdout, also for `-`, or a file that appears only once it is whole; raises CannotWrite."""
    if file in (None, STDOUT):
        yield sys.stdout
        return
    try:
        if file.exists() and not file.is_file():
            # A pipe or a terminal, in place of which no file may be put.
            with file.open("w", encoding="utf-8") as stream:
                yield stream
            return
        whole = file.resolve()
        unfinished = whole.with_name(whole.name + ".unfinished")
        try:
            with unfinished.open("w", encoding="utf-8") as stream:
                yield stream
            unfinished.replace(whole)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(file, error.strerror or type(error).__name__) from error
