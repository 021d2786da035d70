"""Definitions as they were when a person, or the first sight of a server, accepted them; and what has drifted since."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from msgspec import Struct

from enforce.errors import StateFailed
from enforce.state import Kept

#: The name under which a server's instructions are kept beside its tools.
INSTRUCTIONS = ""

#: Characters of a definition that are kept to show what changed; its digest always covers all of it.
LONGEST = 100_000

#: Definitions of one server that wait to be accepted.
MOST_WAITING = 1_000

Drifted = Literal["changed", "new", "shadowing"]

_TABLE = """
CREATE TABLE IF NOT EXISTS definitions (
  server TEXT NOT NULL, tool TEXT NOT NULL, digest TEXT NOT NULL, definition TEXT NOT NULL,
  seen REAL NOT NULL, accepted INTEGER NOT NULL, PRIMARY KEY (server, tool, digest)
) WITHOUT ROWID
"""
_NOTE = "INSERT INTO definitions VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seen = max(seen, excluded.seen)"
_FORGET = "DELETE FROM definitions WHERE server = ? AND tool = ? AND digest != ? AND NOT accepted"
_TRIM = """
DELETE FROM definitions WHERE server = ?1 AND NOT accepted AND (tool, digest) NOT IN (
  SELECT tool, digest FROM definitions WHERE server = ?1 AND NOT accepted ORDER BY seen DESC LIMIT ?2
)
"""
_LAST = "SELECT digest, accepted FROM definitions WHERE server = ? AND tool = ? ORDER BY seen DESC LIMIT 1"
_LATEST = "SELECT tool, digest, max(seen) FROM definitions WHERE server = ?1 AND (?2 IS NULL OR tool = ?2) GROUP BY tool"


class PinsFailed(StateFailed):
    """The accepted definitions can be neither read nor written."""

    what = "the accepted definitions cannot be used"


class Pin(Struct, frozen=True, kw_only=True):
    """A definition as it was last seen, beside the one that is accepted."""

    server: str
    #: Empty for the server's instructions.
    tool: str
    digest: str
    definition: str
    #: `None` where none was ever accepted.
    accepted: str | None
    accepted_definition: str | None

    @property
    def drifted(self) -> bool:
        """Whether it waits for a person to accept it."""
        return self.digest != self.accepted


class Pins(Kept):
    """The definitions in a state file."""

    tables, failed = (_TABLE,), PinsFailed
    #: Whether a block is under way that changes many in one transaction.
    _together = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Change many definitions in one transaction, which begins with the first change; where none is one, nobody is waited for."""
        self._together = True
        try:
            yield
        except BaseException:
            if self._state.in_transaction:
                self._execute("ROLLBACK")
            raise
        finally:
            self._together = False
        if self._state.in_transaction:
            self._execute("COMMIT")

    def begin(self) -> None:
        """From now on until the end of the block nobody else changes anything."""
        if self._together and not self._state.in_transaction:
            self._execute("BEGIN IMMEDIATE")

    def is_known(self, server: str) -> bool:
        """Whether a tool of the server was accepted yet."""
        query = "SELECT 1 FROM definitions WHERE server = ? AND tool != ? AND accepted LIMIT 1"
        return bool(self._execute(query, server, INSTRUCTIONS))

    def is_accepted(self, server: str, tool: str) -> bool:
        """Whether some definition of the tool was accepted."""
        query = "SELECT 1 FROM definitions WHERE server = ? AND tool = ? AND accepted LIMIT 1"
        return bool(self._execute(query, server, tool))

    def note(self, server: str, tool: str, digest: str, definition: Any, now: float, *, accept: bool) -> None:
        """Remember a definition that was seen; *accept* it where the server is new to us."""
        if not accept and self._execute(_LAST, server, tool) == [(digest, 1)]:
            return  # the accepted one, and seen last
        self.begin()
        text = json.dumps(definition, default=str)
        if len(text) > LONGEST:
            text = (
                f"{text[:LONGEST]}... AND {len(text) - LONGEST} MORE CHARACTERS THAT ARE NOT SHOWN ({digest})"
            )
        self._execute(_NOTE, server, tool, digest, text, now, accept)
        if (
            not accept
        ):  # only the latest waits for a person, so that a server cannot fill the disk with new ones
            self._execute(_FORGET, server, tool, digest)

    def trim(self, server: str) -> None:
        """Forget the definitions that have waited longest for a person where a server has too many of them, now that there are others."""
        if self._state.in_transaction:
            self._execute(_TRIM, server, MOST_WAITING)

    def drift(self, server: str, tool: str, digest: str) -> Drifted | None:
        """What is wrong with a definition: nothing, where it is the accepted one."""
        rows = self._execute(
            "SELECT digest FROM definitions WHERE server = ? AND tool = ? AND accepted", server, tool
        )
        if (digest,) in rows:
            return None
        if rows:
            return "changed"
        return "shadowing" if tool and self.owner(server, tool) else "new"

    def last_seen(self, server: str, tool: str) -> Any:
        """A tool's definition as it was last seen; `None` where it was not, or was too long to be kept whole."""
        query = "SELECT definition FROM definitions WHERE server = ? AND tool = ? ORDER BY seen DESC LIMIT 1"
        rows = self._execute(query, server, tool)
        try:
            return json.loads(rows[0][0]) if rows else None
        except ValueError:
            return None

    def owner(self, server: str, tool: str) -> str | None:
        """Another server whose accepted tool has the same name."""
        query = "SELECT server FROM definitions WHERE tool = ? AND server != ? AND accepted LIMIT 1"
        rows = self._execute(query, tool, server)
        return rows[0][0] if rows else None

    def accept(self, server: str, tool: str | None = None, digest_start: str = "") -> list[tuple[str, str]]:
        """Accept the latest definition of one tool of a server, or of all, where its digest starts so; those that changed."""
        accepted = []
        self.begin()
        for name, digest, _ in self._execute(_LATEST, server, tool):
            if digest.startswith(digest_start) and self.drift(server, name, digest) is not None:
                accepted.append((name, digest))
                self._execute(
                    "UPDATE definitions SET accepted = 0 WHERE server = ? AND tool = ?", server, name
                )
                query = "UPDATE definitions SET accepted = 1 WHERE server = ? AND tool = ? AND digest = ?"
                self._execute(query, server, name, digest)
        return accepted

    def listing(self) -> list[Pin]:
        """Every tool of every server as last seen, by name."""
        servers = self._execute("SELECT DISTINCT server FROM definitions ORDER BY server")
        return [
            self._pin(server, tool, digest)
            for (server,) in servers
            for tool, digest, _ in sorted(self._execute(_LATEST, server, None))
        ]

    def _pin(self, server: str, tool: str, digest: str) -> Pin:
        query = "SELECT digest, definition, accepted FROM definitions WHERE server = ? AND tool = ?"
        rows = self._execute(query, server, tool)
        definition = next(row[1] for row in rows if row[0] == digest)
        accepted = next(((row[0], row[1]) for row in rows if row[2]), (None, None))
        return Pin(
            server=server,
            tool=tool,
            digest=digest,
            definition=definition,
            accepted=accepted[0],
            accepted_definition=accepted[1],
        )
