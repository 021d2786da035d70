"""Whose word an answer is."""

import argparse
import getpass

from enforce.errors import EnforceError


class Nameless(EnforceError):
    """Whoever runs the command has no login name, as a container's user that is only a number."""

    def __str__(self) -> str:
        return "you have no login name; say who you are with --by NAME"


def person(options: argparse.Namespace) -> str:
    """The name after `--by`, else the login name; raises Nameless."""
    try:
        return options.by or getpass.getuser()
    except (KeyError, OSError) as error:  # some releases of Python raise this, others that
        raise Nameless from error
