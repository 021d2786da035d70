"""Words for a person, on stderr: no text of strangers in them steers the terminal."""

import io
import os
import re
import sys
from pathlib import Path

from catalogue.website.visible import plain

_OVERWRITES = re.compile(r"\r(?!\n)")


def tell(words: object) -> None:
    """Say this to the person at the terminal, whatever stands on stdout."""
    # A carriage return that ends no line would let what follows be written over it.
    print(_OVERWRITES.sub("[U+000D]", plain(words)), file=sys.stderr, flush=True)


def complain(fault: object) -> None:
    """Say what is wrong, and that it is we who say it."""
    tell(f"tollhouse: {fault}")


def prepare_streams() -> None:
    """Let data be UTF-8 whatever the locale is, and let a terminal that lacks a character show its number.

    A stream that the caller has closed leads nowhere: otherwise the record's file would get its number, and our words.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # to the end
        elif isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
