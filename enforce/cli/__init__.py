"""The command `tollhouse-proxy`: runs one command; what a command needs is imported when it runs."""

import importlib
import sys
from collections.abc import Sequence

from crawler.errors import CrawlerError
from enforce.cli import quick as quick  # before anything that imports msgspec
from enforce.cli.commands import PROGRAM, parser
from enforce.cli.streams import open_standard_streams
from enforce.errors import EnforceError

#: Exit codes, the same for every command.
FINE, FOUND, USAGE, COULD_NOT = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; errors that we raise on purpose become one sentence and exit code 3."""
    open_standard_streams()
    own, command = _split(sys.argv[1:] if arguments is None else arguments)
    options = parser(own[0] if own else None).parse_args(own)
    options.command = command
    module, _, name = options.run.partition(":")
    try:
        sys.exit(getattr(importlib.import_module(module), name)(options))
    except (EnforceError, CrawlerError) as error:
        _say(str(error))
        sys.exit(COULD_NOT)
    except BrokenPipeError:
        sys.exit(FINE)
    except OSError as error:
        # A full disk, a folder that may not be written: nothing is wrong with us or with the arguments.
        where = "" if error.filename is None else f": {error.filename}"
        _say(f"{error.strerror or error}{where}")
        sys.exit(COULD_NOT)


def _say(words: str) -> None:
    """A sentence about what went wrong, of which a server or a file may have chosen a part."""
    from enforce.cli.words import plain

    print(f"{PROGRAM}: {plain(words)}", file=sys.stderr)


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our own arguments, and after `--` the server's command."""
    own = list(arguments)
    if "--" not in own:
        return own, []
    at = own.index("--")
    return own[:at], own[at + 1 :]
