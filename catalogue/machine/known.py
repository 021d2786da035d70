"""What the catalogue knows of a server, as far as whoever configures it has to care; light enough to be kept and read again."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct

from catalogue.entries import Change, Entry, Grade
from classifier.categories import Category
from crawler.servers import ServerName

if TYPE_CHECKING:
    from catalogue.store import Store
    from classifier.verdicts import Verdict
    from crawler.tools import Tool


class Reach(Struct, frozen=True, kw_only=True):
    """One tool of one server, as far as a stack cares."""

    server: str
    tool: str
    category: Category
    signals: tuple[str, ...] = ()


class Known(Struct, frozen=True, kw_only=True):
    """One server of the catalogue."""

    #: Whether its tools were ever listed.
    listed: bool
    release: str | None = None
    #: Why its newest release was withdrawn.
    yanked: str | None = None
    grade: Grade | None = None
    #: Every tool of its newest list, gravest first, under the server's own name.
    tools: tuple[Reach, ...] = ()
    #: Newest first.
    changes: tuple[Change, ...] = ()


class Knowledge(Protocol):
    """What is asked of a catalogue about a machine."""

    def known(self, name: ServerName) -> Known | None:
        """What is known of one server."""

    def offering(self, address: str) -> list[ServerName]:
        """Servers whose listings name this remote address or container image."""


class Recorded:
    """Answers from the record, which is opened only for what *answers* do not hold; each question is asked once."""

    def __init__(self, open: Callable[[], "Store"], answers: "Answers") -> None:
        self._open = open
        self._store: Store | None = None
        self.answers = answers

    def known(self, name: ServerName) -> Known | None:
        """What is known of one server."""
        if str(name) not in self.answers.servers:
            entry = self._record().entry(name)
            self.answers.servers[str(name)] = known(entry) if entry else None
        return self.answers.servers[str(name)]

    def offering(self, address: str) -> list[ServerName]:
        """Servers whose listings name this remote address or container image."""
        if address not in self.answers.addresses:
            self.answers.addresses[address] = tuple(map(str, self._record().offering(address)))
        return [ServerName.parse(name) for name in self.answers.addresses[address]]

    def close(self) -> None:
        """Give the record back."""
        if self._store is not None:
            self._store.close()

    def _record(self) -> "Store":
        if self._store is None:
            self._store = self._open()
        return self._store


class Answers(Struct):
    """Answers that were given, and the state of the record in which they hold."""

    mark: str = ""
    servers: dict[str, Known | None] = {}
    addresses: dict[str, tuple[str, ...]] = {}


def known(entry: Entry) -> Known:
    """The short form of all that is known; a tool that nobody has judged yet is judged on the spot."""
    from catalogue.grades import grade
    from catalogue.judged_tools import completed

    whole, snapshot = completed(entry), entry.snapshot
    return Known(
        listed=snapshot is not None,
        release=snapshot.release if snapshot else None,
        yanked=entry.server.yanked,
        grade=_as_read(grade(whole)),
        tools=tuple(reach(str(entry.server.name), whole)),
        changes=entry.changes,
    )


def _as_read(grade: Grade | None) -> Grade | None:
    """The grade as it will be read again, whole numbers as the floats that they are declared to be."""
    return None if grade is None else msgspec.convert(msgspec.to_builtins(grade), Grade, strict=False)


def reach(server: str, entry: Entry) -> list[Reach]:
    """Every judged tool of the server's newest list, gravest first."""
    tools = entry.snapshot.tools if entry.snapshot else ()
    found = [_reach(server, tool, verdict) for tool in tools if (verdict := entry.verdicts.get(tool.digest))]
    return sorted(found, key=lambda item: (-item.category.gravity, item.tool))


def _reach(server: str, tool: "Tool", verdict: "Verdict") -> Reach:
    codes = tuple(dict.fromkeys(signal.code for signal in verdict.signals))
    return Reach(server=server, tool=tool.name, category=verdict.category, signals=codes)
