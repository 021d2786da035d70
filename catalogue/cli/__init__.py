"""The command `tollhouse`; one file a family of commands, each of which only wires the rooms."""

import importlib
import sys
from importlib.metadata import version
from typing import Annotated, Any

import typer

from catalogue.cli.telling import complain, prepare_streams
from catalogue.errors import CatalogueError
from classifier.errors import ClassifierError
from crawler.errors import CrawlerError
from enforce.errors import EnforceError

#: Exit codes, the same for every command.
FINE, FOUND, USAGE, COULD_NOT = 0, 1, 2, 3

_FAMILIES = (
    "crawl",
    "introspect",
    "classify",
    "records",
    "site",
    "policy",
    "machine",
    "precheck",
    "review",
    "mcp",
    "service",
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"tollhouse {version('tollhouse')}")
        raise typer.Exit


def application() -> typer.Typer:
    """The whole command tree. Files of commands import what is heavy only inside a command."""
    app = typer.Typer(
        name="tollhouse",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(_tollhouse)
    for family in _FAMILIES:
        importlib.import_module(f"catalogue.cli.{family}").register(app)
    return app


def command() -> Any:
    """The same as typer runs it, with a help that says of a switch only what it does."""
    root = typer.main.get_command(application())
    _plain_switches(root)
    return root


def _plain_switches(command: Any) -> None:
    for option in command.get_params(typer.Context(command)):
        if getattr(option, "is_flag", False):
            option.metavar = ""
    for child in getattr(command, "commands", {}).values():
        _plain_switches(child)


def _tollhouse(
    release: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the release.")
    ] = False,
) -> None:
    """An open catalogue and gate for MCP servers."""


def main() -> None:
    """Run the command line; errors that we raise on purpose become one sentence and exit code 3."""
    prepare_streams()
    try:
        command()()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):
            # Whoever read our output, such as `head`, had enough of it.
            sys.exit(FINE)
        raise
    except (CatalogueError, ClassifierError, CrawlerError, EnforceError) as error:
        complain(error)
        sys.exit(COULD_NOT)
    except OSError as error:
        # A full disk, a folder that may not be written: nothing is wrong with us or with the arguments.
        where = "" if error.filename is None else f": {error.filename}"
        complain(f"{error.strerror or error}{where}")
        sys.exit(COULD_NOT)
