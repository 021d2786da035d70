"""The three standard streams, of which whoever started us may have closed some."""

import os
import sys

#: By their descriptors, and how each is opened.
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def open_standard_streams() -> None:
    """Open what is closed of them on nothing.

    Else the next file that is opened, such as the audit log, would stand in its place, and be read or written as if it
    were it; and what is said to people would go to the client.
    """
    for descriptor, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR)
            os.dup2(nothing, descriptor)
            os.set_inheritable(descriptor, True)  # the programs that we start must not lack it either
            if nothing != descriptor:
                os.close(nothing)
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - as long as we
