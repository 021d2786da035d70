"""Opens the record for a command, and finds the server that a person means."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.telling import complain, tell
from catalogue.errors import CatalogueError
from catalogue.settings import Settings
from crawler.servers import ServerName

if TYPE_CHECKING:
    from catalogue.entries import Entry
    from catalogue.store import Store

_USAGE = 2

ServerArgument = Annotated[
    str, typer.Argument(metavar="SERVER", help="Such as pypi:mcp-sora, or just mcp-sora.")
]


#: What a person reads before the first crawl.
EMPTY = (
    "the catalogue is empty; `tollhouse crawl --starter` asks ten servers for their tools, "
    "`tollhouse import FILE` reads what another catalogue exported"
)


class UnknownServer(CatalogueError):
    """A name that no server in the record has."""

    def __init__(self, name: str, near: tuple[ServerName, ...]) -> None:
        super().__init__(name, near)
        self.name = name
        self.near = near

    def __str__(self) -> str:
        if not self.near:
            return (
                f"no server in the catalogue is called {self.name!r}; "
                f"`tollhouse crawl --package NAME` adds a package, `--repo OWNER/NAME` a repository"
            )
        return f"no server in the catalogue is called {self.name!r}; did you mean {' or '.join(map(str, self.near))}?"


def settings() -> Settings:
    """What the environment says."""
    return Settings.from_environment(os.environ)


@contextmanager
def record() -> Iterator["Store"]:
    """The record, closed afterwards. What its drivers raise meanwhile becomes DatabaseFailed."""
    from catalogue.store import Store

    store = Store.open(settings().database_url)
    try:
        with faults_told():
            yield store
    finally:
        store.close()


@contextmanager
def faults_told() -> Iterator[None]:
    """What the drivers of the record raise becomes DatabaseFailed."""
    try:
        yield
    except _driver_faults() as error:
        from sqlalchemy import make_url

        from catalogue.database import DatabaseFailed, shown, told

        raise DatabaseFailed(shown(make_url(settings().database_url)), told(error)) from error


def _driver_faults() -> tuple[type[Exception], ...]:
    """Asked only once something was raised, since it takes a while to load them."""
    from catalogue.database import driver_faults

    return driver_faults()


def entry_named(store: "Store", text: str) -> "Entry":
    """The entry of the server that a person wrote; raises UnknownServer, and exits with 2 where several fit."""
    found = store.find(text)
    if len(found) > 1:
        complain(f"{text!r} is several servers; write one of these:")
        for name in found:
            tell(f"  {name}")
        raise typer.Exit(_USAGE)
    entry = store.entry(found[0]) if found else None
    if entry is None and store.is_empty():
        raise CatalogueError(EMPTY)
    if entry is None:
        raise UnknownServer(text, tuple(store.near(text)))
    return entry
