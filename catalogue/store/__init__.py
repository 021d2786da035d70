"""The record. Rows stay inside; what comes out are the types that travel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Self

from sqlalchemy import Connection, Engine

from catalogue.alone import alone
from catalogue.database import connect
from catalogue.entries import Change, Entry, Review
from catalogue.store import (
    counting,
    finding,
    grouping,
    judging,
    reading,
    remembering,
    reviewing,
    saving,
    stamping,
    telling,
)
from catalogue.store.counting import Counts
from catalogue.store.judging import ClassifyAll
from catalogue.store.likeness import Names
from classifier.categories import Category
from crawler.clock import Clock, rfc3339, utc_now
from crawler.identity import Claims, Merged
from crawler.ledger import Settled, Validators
from crawler.servers import Server, ServerName
from crawler.snapshots import Outcome, Snapshot
from crawler.tools import Tool

__all__ = ["Counts", "Store"]

#: Servers whose entries are in memory at once.
_SERVERS = 100
#: Names that may have been meant, of which a person is told at most.
_NEAR = 3
#: Definitions that are judged between two transactions.
_DEFINITIONS = 500


class Store:
    """The record in one database. Implements `crawler.ledger.Ledger`.

    Every method that writes is one transaction. Safe to share between threads, and between processes on one database.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        #: For what lives beside the record on one database: the queue.
        self.engine = engine
        self._clock = clock
        self._reader = engine.execution_options(reads=True)
        #: What finds misspelt names, with the newest listing that it knows; one may ask fifty at once.
        self._names: tuple[int, Names] | None = None

    @classmethod
    def open(cls, url: str, clock: Clock = utc_now) -> Self:
        """The record at this database URL, created or migrated as needed; raises what `connect` does."""
        return cls(connect(url), clock)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def alone(self) -> AbstractContextManager[None]:
        """Hold the one lock of a nightly run on this record; raises AlreadyRunning."""
        return alone(self.engine)

    def _reading(self) -> AbstractContextManager[Connection]:
        return self._reader.connect()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self.engine.begin()

    def now(self) -> str:
        """The time by the record's clock: RFC 3339, UTC, whole seconds."""
        return rfc3339(self._clock())

    # What a crawl asks and tells.

    def validators(self, url: str) -> Validators | None:
        """What the last good answer for this URL said about itself."""
        with self._reading() as connection:
            return remembering.validators(connection, url)

    def remember(self, url: str, validators: Validators) -> None:
        """Keep what the answer for this URL said about itself."""
        with self._writing() as connection:
            remembering.remember(connection, url, validators)

    def cursor(self, source: str) -> str | None:
        """Where the source's list of changes was last read to."""
        with self._reading() as connection:
            return remembering.cursor(connection, source)

    def advance(self, source: str, cursor: str) -> None:
        """Move that mark."""
        with self._writing() as connection:
            remembering.advance(connection, source, cursor)

    def marks(self, source: str) -> Mapping[str, str]:
        """Item to mark, for every item that the source ever listed."""
        with self._reading() as connection:
            return remembering.marks(connection, source)

    def mark(self, source: str, item: str, mark: str) -> None:
        """Set the item's mark."""
        with self._writing() as connection:
            remembering.mark(connection, source, item, mark)

    def knows(self, server: ServerName) -> bool:
        """Whether any source ever said more of this server than its name, however its attempts ended."""
        with self._reading() as connection:
            return remembering.knows(connection, server)

    def parts(self, repository: ServerName) -> Sequence[ServerName]:
        """The servers in this repository and its folders that were found once and are not known to be gone."""
        with self._reading() as connection:
            return remembering.parts(connection, repository)

    def done(self, server: ServerName, release: str | None) -> bool:
        """Whether the newest attempt was at this release and ended for good."""
        with self._reading() as connection:
            return remembering.done(connection, server, release)

    def keep(self, settled: Sequence[Settled]) -> None:
        """Keep what a crawl is through with: all of these in their order, or none."""
        now = self.now()
        with self._writing() as connection:
            for one in settled:
                if one.server is not None:
                    saving.save(connection, one.server, one.outcomes, now)
                for url, validators in one.seen:
                    remembering.remember(connection, url, validators)
                if one.mark is not None:
                    remembering.mark(connection, *one.mark)

    def save(self, server: Server, outcomes: Sequence[Outcome]) -> None:
        """Keep the listing, how the attempt ended (the outcome of the default profile first), and what changed by it."""
        with self._writing() as connection:
            saving.save(connection, server, outcomes, self.now())

    def admit(self, server: Server, outcomes: Sequence[Outcome]) -> None:
        """The same for what another catalogue exported: where we know something newer, it is kept as history only."""
        with self._writing() as connection:
            saving.save(connection, server, outcomes, self.now(), if_newer=True)

    # Which listings are one server.

    def listings(self) -> Iterator[Claims]:
        """What every listing says of who it is, in name order, whichever server it belongs to."""
        after, batch = "", list[Claims]()
        while True:
            with self._reading() as connection:
                batch = grouping.listings_after(connection, after, _SERVERS)
            if not batch:
                return
            yield from batch
            after = str(batch[-1].name)

    def regroup(self, groups: Iterable[Merged]) -> None:
        """Make these all the groups that there are, at once."""
        with self._writing() as connection:
            grouping.regroup(connection, groups)

    # What is known.

    def entry(self, name: ServerName) -> Entry | None:
        """All that is known of a server, also by the name of one of its other listings."""
        with self._reading() as connection:
            row = reading.lead_of(connection, str(name))
            return None if row is None else next(reading.entries_of(connection, [row]), None)

    def entries(self) -> Iterator[Entry]:
        """Every server in name order; memory does not grow with their number."""
        after = ""
        while True:
            with self._reading() as connection:
                rows = reading.leads_after(connection, after, _SERVERS)
                batch = list(reading.entries_of(connection, rows))
            if not rows:
                return
            yield from batch
            after = rows[-1].name

    def stamps(self) -> Iterator[tuple[str, bytes]]:
        """The name of every server that has an entry, each with 16 bytes that are others whenever the entry is."""
        with self._reading() as connection:
            yield from stamping.stamps(connection)

    def definition(self, digest: str) -> Tool | None:
        """The tool with this digest, whether or not a server still offers it."""
        with self._reading() as connection:
            return reading.definition(connection, digest)

    def find(self, text: str) -> list[ServerName]:
        """The servers that *text* names: `pypi:x` one at most, a bare `x` one in each ecosystem that has it."""
        with self._reading() as connection:
            return finding.named(connection, text)

    def near(self, text: str) -> list[ServerName]:
        """At most three servers whose names look like *text*, best first: what the person may have meant."""
        with self._reading() as connection:
            last = finding.last(connection)
            if self._names is None or self._names[0] != last:
                self._names = last, finding.names(connection)
            _, names = self._names
        return [ServerName.parse(name) for name in names.near(text, _NEAR)]

    def search(self, words: str, limit: int = 50, offset: int = 0) -> list[ServerName]:
        """Servers that have every word in their name, title, description or tools."""
        with self._reading() as connection:
            return finding.search(connection, words, limit, offset)

    def found(self, names: Sequence[ServerName]) -> Iterator[Entry]:
        """The entries of servers that `search` found, in the same order."""
        for start in range(0, len(names), _SERVERS):
            wanted = [str(name) for name in names[start : start + _SERVERS]]
            with self._reading() as connection:
                batch = list(reading.entries_of(connection, reading.leads_of(connection, wanted)))
            yield from batch

    def offering(self, address: str) -> list[ServerName]:
        """Servers whose listings name this remote address or container image."""
        with self._reading() as connection:
            return finding.offering(connection, address)

    def history(self, server: ServerName) -> Iterator[Snapshot]:
        """Every different thing that this listing ever said, oldest first; taken when it was last seen."""
        with self._reading() as connection:
            ids = reading.history(connection, str(server))
        for id_ in ids:
            with self._reading() as connection:
                yield from reading.snapshots_of(connection, [id_]).values()

    def is_empty(self) -> bool:
        """Whether no server was ever listed."""
        with self._reading() as connection:
            return counting.is_empty(connection)

    def counts(self) -> Counts:
        """How much is in the record."""
        with self._reading() as connection:
            return counting.counts(connection)

    def worst(self, server: ServerName) -> Category | None:
        """The gravest category among the server's tools, reviews applied; `None` where none is judged."""
        entry = self.entry(server)
        return None if entry is None else entry.worst

    def changes(self, since: str | None = None, server: ServerName | None = None) -> Iterator[Change]:
        """Changes oldest first, seen at *since* (RFC 3339, or the beginning of one) or later."""
        return (change for _, change in self._changes(0, since, server))

    def changes_after(self, number: int) -> Iterator[tuple[int, Change]]:
        """What was written down after the change of that number, each with its own."""
        return self._changes(number)

    def _changes(
        self, after: int, since: str | None = None, server: ServerName | None = None
    ) -> Iterator[tuple[int, Change]]:
        while True:
            with self._reading() as connection:
                batch = telling.changes_after(connection, after, since, server)
            if not batch:
                return
            yield from batch
            after = batch[-1][0]

    # What is thought of it.

    def judge(self, classify_all: ClassifyAll, version: str) -> int:
        """Judge every definition that this version has not judged yet; returns how many there were."""
        after, judged = "", 0
        while True:
            with self._reading() as connection:
                tools = judging.unjudged(connection, version, after, _DEFINITIONS)
            if not tools:
                return judged
            verdicts = dict(zip(tools, classify_all(tools.values()), strict=True))
            with self._writing() as connection:
                judging.keep(connection, tools, verdicts, self.now())
            after, judged = max(tools), judged + len(tools)

    def add_review(self, review: Review) -> bool:
        """Keep a person's word; false where it is kept already."""
        with self._writing() as connection:
            return reviewing.add(connection, review)

    def reviews(self) -> list[Review]:
        """All that persons ever said, oldest first."""
        with self._reading() as connection:
            return list(reviewing.every(connection))
