"""Finds the one server that somebody means, and says what is near where it is not there."""

from typing import Protocol

from catalogue.entries import Entry
from catalogue.errors import CatalogueError
from catalogue.judged_tools import completed
from catalogue.machine.precheck import Precheck, precheck, unknown
from crawler.servers import ServerName


class Shelf(Protocol):
    """What is asked about servers that are known by their names or addresses; the store is one."""

    def entry(self, name: ServerName) -> Entry | None:
        """What is known of one server."""

    def offering(self, address: str) -> list[ServerName]:
        """Servers whose listings name this remote address or container image."""


class Directory(Shelf, Protocol):
    """The same, and what is asked about names that a person wrote."""

    def find(self, text: str) -> list[ServerName]:
        """Servers that this name may mean."""

    def near(self, text: str) -> list[ServerName]:
        """Servers whose names look like this."""


class Unclear(CatalogueError):
    """A question that cannot be answered as it was asked; the message says what to ask instead."""


def named(catalogue: Directory, name: str) -> Entry:
    """The one server that *name* means; raises Unclear that says what is near or between what to choose."""
    is_address = "://" in name
    found = (catalogue.offering(name) if is_address else []) or catalogue.find(name)
    if len(found) > 1:
        raise Unclear(f"{name!r} may be any of {_listed(found)}; ask for one of these.")
    entry = catalogue.entry(found[0]) if found else None
    if entry is not None:
        return completed(entry)
    # The last word of an address, such as mcp or sse, is no name.
    near = [] if is_address else catalogue.near(name)
    raise Unclear(
        f"{name!r} is not in the catalogue"
        + (
            f"; near it {'are' if len(near) > 1 else 'is'} {_listed(near)}."
            if near
            else ", and nothing near it is."
        )
    )


def check(catalogue: Directory, name: str) -> Precheck:
    """The precheck of one name, known or not."""
    try:
        return precheck(name, named(catalogue, name))
    except Unclear as error:
        return unknown(name, str(error))


def _listed(names: list[ServerName]) -> str:
    return ", ".join(str(name) for name in names[:5])
