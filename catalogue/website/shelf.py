"""What lies in the site: the pages of each owner and what they were printed from, in one SQLite file beside it."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from catalogue.website import versioned

TABLES = """
CREATE TABLE IF NOT EXISTS pages (owner TEXT PRIMARY KEY, source BLOB NOT NULL, count INTEGER NOT NULL, digests BLOB NOT NULL);
"""

_digests = msgspec.msgpack.Decoder(dict[str, bytes]).decode


class Shelf:
    """One build's hold on the file at *path*; everything is one transaction until `commit`.

    An owner is a server, by its name, or a part of the whole, by a word without a colon. What its pages were printed
    from is told by a few bytes, its *source*: as long as they are the same, the pages are too.
    """

    def __init__(self, path: Path) -> None:
        self._database = versioned.opened(path, TABLES)
        self._database.execute("BEGIN")

    def commit(self) -> None:
        """Keep what this build has put on it."""
        self._database.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._database.close()

    def sources(self) -> dict[str, bytes]:
        """The source of every owner."""
        return dict(self._database.execute("SELECT owner, source FROM pages"))

    def pages(self, owner: str) -> dict[str, bytes]:
        """Path and digest of each page of *owner*."""
        row = self._database.execute("SELECT digests FROM pages WHERE owner = ?", (owner,)).fetchone()
        return _digests(row[0]) if row else {}

    def keep(self, owner: str, source: bytes, pages: Mapping[str, bytes]) -> None:
        """Remember the pages of *owner* in place of those that it had."""
        row = (owner, source, len(pages), msgspec.msgpack.encode(pages))
        self._database.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", row)

    def drop(self, owners: Iterable[str]) -> Iterator[str]:
        """Forget *owners*; the paths of their pages."""
        for owner in owners:
            yield from self.pages(owner)
            self._database.execute("DELETE FROM pages WHERE owner = ?", (owner,))

    def count(self) -> int:
        """How many pages there are."""
        row = self._database.execute("SELECT coalesce(sum(count), 0) FROM pages").fetchone()
        return int(row[0])
