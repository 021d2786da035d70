"""What a source of listings is, and what it hands out."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Protocol

from msgspec import Struct

from crawler.errors import CrawlerError
from crawler.ledger import Ledger, Validators
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import SkipReason

#: The mark of an item that its source no longer lists.
GONE = "gone"
#: So often an item that has not changed is tried in a row; then it waits, twice as long after each further attempt.
MOST_ATTEMPTS = 3
#: Days of the first wait, and of the longest.
FIRST_WAIT, LONGEST_WAIT = 7, 180


class Lead(Struct, frozen=True, kw_only=True):
    """One item that may be a server, or several, and is worth a look."""

    name: ServerName
    #: What the source says changes when the item does; `None` where it does not say.
    mark: str | None = None
    #: The mark that the ledger has for it, as it stands there.
    previous: str | None = None
    #: This release and no other; `None` means the newest.
    release: str | None = None
    #: Whether somebody asked for it by name: then it ends as a value, whatever happens.
    asked: bool = False
    #: What the source's list said already, where that is all there is to read.
    reading: "Reading | None" = None


class Reading(Struct, frozen=True, kw_only=True):
    """What a source says of one lead."""

    #: To be introspected; empty if the item turned out to be no server.
    servers: tuple[Server, ...] = ()
    #: Only listed: the same server is introspected under another name, which `further` leads to.
    listings: tuple[Server, ...] = ()
    #: Other places where the same server, or the same item under its new name, is found.
    further: tuple[Lead, ...] = ()
    #: Whether these are all servers of the item: others that were ever found in it are gone.
    whole: bool = False
    #: Nothing changed since the ledger last saw it; `release` is the one that it has, where the source told.
    unchanged: bool = False
    release: str | None = None
    #: URL to validators, for the ledger once the servers are saved.
    seen: tuple[tuple[str, Validators], ...] = ()


class Unreadable(CrawlerError):
    """An item whose listing cannot be read or trusted, for a reason of the closed list."""

    def __init__(
        self,
        reason: SkipReason,
        detail: str,
        further: tuple[Lead, ...] = (),
        repository: Repository | None = None,
    ) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail
        #: Where it is found instead.
        self.further = further
        #: The repository that it is now, where it was renamed.
        self.repository = repository

    def __str__(self) -> str:
        return self.detail


class Source(Protocol):
    """A place where servers are listed."""

    #: `pypi`, `npm`, `github` or `registry`.
    @property
    def name(self) -> str:
        """The ecosystem that the source's servers are named in."""

    def leads(self, ledger: Ledger) -> AsyncIterator[Lead]:
        """What is new, changed, gone or owed since the ledger's marks; raises FetchError."""

    async def read(self, lead: Lead, ledger: Ledger | None) -> Reading:
        """Listing of one lead, if anything in it is news to the ledger; raises FetchError and Unreadable."""

    def finish(self, ledger: Ledger) -> None:
        """Move the source's own marks, once every lead is saved or owed."""


class Owed(Struct, frozen=True):
    """What a mark says of an item whose last attempt failed for a reason that may pass."""

    attempts: int
    #: The item's own mark at that attempt.
    mark: str
    #: The day, as `2026-12-08`, before which it is left alone; empty for the first few attempts.
    due: str = ""

    @classmethod
    def parse(cls, mark: str | None) -> "Owed | None":
        """`owed 2 MARK` or `owed 3 DAY MARK`, or `None` for the mark of an item that is settled."""
        word, _, rest = (mark or "").partition(" ")
        attempts, _, own = rest.partition(" ")
        if word != "owed" or not attempts.isdecimal():
            return None
        due, _, own = own.partition(" ") if int(attempts) >= MOST_ATTEMPTS else ("", "", own)
        return cls(int(attempts), own, due)

    def __str__(self) -> str:
        return " ".join(("owed", str(self.attempts), *filter(None, (self.due,)), self.mark))


def owe(previous: str | None, mark: str, today: date) -> str:
    """The mark to keep after an attempt at *mark* that failed today."""
    before = Owed.parse(previous)
    attempts = before.attempts + 1 if before and before.mark == mark else 1
    if attempts < MOST_ATTEMPTS:
        return str(Owed(attempts, mark))
    wait = min(FIRST_WAIT << min(attempts - MOST_ATTEMPTS, 10), LONGEST_WAIT)
    return str(Owed(attempts, mark, (today + timedelta(days=wait)).isoformat()))


def waits(lead: Lead, today: date) -> bool:
    """Whether it failed so often, and has not changed since, that its day is yet to come.

    A day that no wait leads to was written under a clock that was wrong, and holds nothing up.
    """
    owed = Owed.parse(lead.previous)
    if owed is None or owed.mark != lead.mark:
        return False
    return today.isoformat() < owed.due <= (today + timedelta(days=LONGEST_WAIT)).isoformat()
