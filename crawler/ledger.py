"""What a crawl must remember between runs; the catalogue's store implements it, a dictionary does in tests."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from crawler.servers import Server, ServerName
from crawler.snapshots import Outcome


class Validators(Struct, frozen=True, kw_only=True):
    """What makes the next request for a URL conditional."""

    etag: str | None = None
    last_modified: str | None = None


class Settled(Struct, frozen=True, kw_only=True):
    """Something that a crawl is through with, to be kept all or nothing."""

    #: The listing, and how its server ended; without outcomes only the listing is kept.
    #: A listing with nothing but its name says that its source no longer tells more; it replaces no fuller one.
    server: Server | None = None
    outcomes: tuple[Outcome, ...] = ()
    #: URL to what its answer said about itself.
    seen: tuple[tuple[str, Validators], ...] = ()
    #: Source, item and the item's mark.
    mark: tuple[str, str, str] | None = None


class Ledger(Protocol):
    """The crawl's memory. Every method is one transaction: a crawl killed between two of them loses nothing."""

    def validators(self, url: str) -> Validators | None:
        """What the last good answer for this URL said about itself."""

    def remember(self, url: str, validators: Validators) -> None:
        """Keep what the answer for this URL said about itself."""

    def cursor(self, source: str) -> str | None:
        """Where the source's list of changes was last read to: a serial, a time, a page mark."""

    def advance(self, source: str, cursor: str) -> None:
        """Move that mark, once everything before it is saved."""

    def marks(self, source: str) -> Mapping[str, str]:
        """Item to mark, for every item that the source ever listed; read once a crawl and source.

        A mark is what the source says changes when the item does: a serial, a time, a digest.
        One that begins with `owed` belongs to an item whose last attempt failed for a reason that may pass.
        """

    def knows(self, server: ServerName) -> bool:
        """Whether any source ever said more of this server than its name, however its attempts ended."""

    def parts(self, repository: ServerName) -> Sequence[ServerName]:
        """The servers in this repository and its folders that were found once and are not known to be gone."""

    def done(self, server: ServerName, release: str | None) -> bool:
        """Whether this release already ended as a Snapshot, or as Skipped for a reason that will not pass by itself."""

    def keep(self, settled: Sequence[Settled]) -> None:
        """Keep all of these in their order, or, where one of them cannot be kept, none."""
