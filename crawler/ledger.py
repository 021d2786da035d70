"""What a crawl must remember between runs; the catalogue's store implements it, a dictionary does in tests."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from crawler.servers import Server, ServerName
from crawler.snapshots import Outcome


class Validators(Struct, frozen=True, kw_only=True):
    """What makes the next request for a URL conditional."""

    etag: str | None = None
    last_modified: str | None = None


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

    def done(self, server: ServerName, release: str | None) -> bool:
        """Whether this release already ended as a Snapshot, or as Skipped for a reason that will not pass by itself."""

    def save(self, server: Server, outcomes: Sequence[Outcome]) -> None:
        """Keep the listing and how it ended, all or nothing."""
