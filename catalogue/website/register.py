"""What is known of all servers, and what lists are made from: one SQLite file beside the site."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from catalogue.website import fingerprints, versioned
from catalogue.website.facts import ServerFacts

TABLES = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS server (
  name TEXT PRIMARY KEY, path TEXT NOT NULL, title TEXT NOT NULL, says TEXT NOT NULL, grade TEXT NOT NULL, points REAL NOT NULL, graded BLOB NOT NULL,
  gravest TEXT NOT NULL, suspected INTEGER NOT NULL, method TEXT NOT NULL, release TEXT NOT NULL, skipped TEXT NOT NULL, tools INTEGER NOT NULL,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, name_terms TEXT NOT NULL, text_terms TEXT NOT NULL, stamp BLOB NOT NULL, marks BLOB NOT NULL,
  around BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS edition (kind TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS member (server TEXT PRIMARY KEY, line BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS tool (
  server TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, category TEXT NOT NULL,
  gravity INTEGER NOT NULL, confidence REAL NOT NULL, poisoned INTEGER NOT NULL, says TEXT NOT NULL, key TEXT NOT NULL,
  name_terms TEXT NOT NULL, text_terms TEXT NOT NULL, signals TEXT NOT NULL, record BLOB NOT NULL, PRIMARY KEY (server, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signal (
  code TEXT NOT NULL, server TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (server, position, code)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS finding (
  code TEXT NOT NULL, server TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (server, position, code)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (
  server TEXT NOT NULL, number INTEGER NOT NULL, seen_at TEXT NOT NULL, kind TEXT NOT NULL, tool TEXT, release TEXT,
  before TEXT, after TEXT, PRIMARY KEY (server, number)
) WITHOUT ROWID;
"""

#: Finds the tools of one kind; made once all are there, since that is quicker than to keep it in order from the first one on.
_INDEX = "CREATE INDEX IF NOT EXISTS tool_key ON tool (key)"

#: Reads what stands for a server's facts, by kind.
_marks_of = msgspec.msgpack.Decoder(dict[str, bytes]).decode

#: Kinds of facts: of the servers themselves, of their tools and all that hangs on them, their changes, lines of the download.
KINDS = ("servers", "tools", "changes", "lines")
#: Those that lists are made from.
ROWS = KINDS[:3]


class Register:
    """One build's hold on the file at *path*; everything is one transaction until `commit`.

    After that it is only read, by any process; with *reading* this is such a process.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        #: Where another connection reads the file. Nobody writes then, and a forked process takes its parent's locks for its own.
        self.address = f"{path.absolute().as_uri()}?immutable=1"
        if reading:
            self._database = sqlite3.connect(self.address, uri=True, isolation_level=None)
        else:
            self._database = versioned.opened(path, TABLES)
            self._database.execute("BEGIN")
        #: The kinds of facts that are not what they were when the last build looked.
        self.moved: set[str] = set()

    def commit(self) -> None:
        """Keep what this build has found; kinds of facts that moved get another number, by which parts of the site see it."""
        more = "INSERT INTO edition VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1"
        self._database.executemany(more, [(kind,) for kind in sorted(self.moved)])
        self._database.execute(_INDEX)
        self._database.execute("COMMIT")

    def editions(self, kinds: Iterable[str]) -> str:
        """What stands for all facts of these kinds."""
        numbers = dict(self.rows("SELECT kind, number FROM edition"))
        return " ".join(f"{kind} {numbers.get(kind, 0)}" for kind in kinds)

    def close(self) -> None:
        """Let go of the file; what was not committed is forgotten."""
        self._database.close()

    def about(self, key: str) -> str | None:
        """A remark left by the last build."""
        row = self._database.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def remark(self, key: str, value: str) -> None:
        """Leave a remark for the next build."""
        self._database.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    def stamps(self) -> dict[str, bytes]:
        """What each known server looked like, by name."""
        return dict(self._database.execute("SELECT name, stamp FROM server"))

    def put(self, facts: ServerFacts, stamp: bytes, member: bytes) -> None:
        """Keep the facts of one server, and its part of the download, in place of what was known of it."""
        insert = self._database.execute
        marks = _marks(facts, member)
        row = insert("SELECT marks, around FROM server WHERE name = ?", (facts.name,)).fetchone()
        known, around = (_marks_of(row[0]), row[1]) if row else ({}, b"")
        self.moved |= {kind for kind in KINDS if marks[kind] != known.get(kind)}
        self._delete(facts.name)
        insert(
            "INSERT INTO server VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                facts.name, facts.path, facts.title, facts.says, facts.grade, facts.points, facts.graded, facts.gravest, facts.suspected,
                facts.method, facts.release, facts.skipped, len(facts.tools), facts.first_seen, facts.last_seen,
                facts.name_terms, facts.text_terms, stamp, msgspec.msgpack.encode(marks), around,
            ),
        )  # fmt: skip
        insert("INSERT INTO member VALUES (?, ?)", (facts.name, member))
        many = self._database.executemany
        many("INSERT INTO tool VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", _tool_rows(facts))
        many("INSERT INTO signal VALUES (?,?,?)", _code_rows(facts, "signals"))
        many("INSERT INTO finding VALUES (?,?,?)", _code_rows(facts, "findings"))
        many("INSERT INTO change VALUES (?,?,?,?,?,?,?,?)", _change_rows(facts))

    def drop(self, name: str) -> None:
        """Forget a server."""
        self.moved |= {*KINDS}
        self._delete(name)

    def _delete(self, name: str) -> None:
        if not self._database.execute("DELETE FROM server WHERE name = ?", (name,)).rowcount:
            return
        for table in ("member", "tool", "signal", "finding", "change"):
            self._database.execute(f"DELETE FROM {table} WHERE server = ?", (name,))  # noqa: S608  # from the line above

    def surround(self, digests: Mapping[str, bytes]) -> None:
        """Remember for each server what stands for its neighbours; for one that is not named, that it has none."""
        known = dict(self.rows("SELECT name, around FROM server"))
        moved = [(now, name) for name, before in known.items() if (now := digests.get(name, b"")) != before]
        self._database.executemany("UPDATE server SET around = ? WHERE name = ?", moved)

    def graded(self, name: str) -> bytes:
        """The grade of a server, packed; empty where it has none."""
        grade: bytes = self.one("SELECT graded FROM server WHERE name = ?", name)
        return grade

    def tools_by_server(self) -> dict[str, bytes]:
        """What stands for all that is known of a server's tools, and for its grade, by its name."""
        rows = self.rows("SELECT name, grade, marks FROM server ORDER BY name")
        return {name: grade.encode() + _marks_of(marks)["tools"] for name, grade, marks in rows}

    def members(self) -> Iterator[bytes]:
        """The servers' parts of the download, by name."""
        return (line for (line,) in self.rows("SELECT line FROM member ORDER BY server"))

    def rows(self, question: str, *values: Any) -> sqlite3.Cursor:
        """The rows that answer a question in SQL."""
        return self._database.execute(question, values)

    def one(self, question: str, *values: Any) -> Any:
        """The single value that answers a question in SQL."""
        return self._database.execute(question, values).fetchone()[0]


def _marks(facts: ServerFacts, member: bytes) -> dict[str, bytes]:
    """What stands for the facts of each kind."""
    parts = (structs.replace(facts, tools=(), changes=(), graded=b""), facts.tools, facts.changes, member)
    marks = (fingerprints.of_bytes(msgspec.msgpack.encode(part)) for part in parts)
    return dict(zip(KINDS, marks, strict=True))


def _tool_rows(facts: ServerFacts) -> Iterator[tuple[Any, ...]]:
    for position, tool in enumerate(facts.tools):
        yield (
            facts.name, position, tool.name, tool.path, tool.category, tool.gravity, tool.confidence, tool.poisoned,
            tool.says, tool.key, tool.name_terms, tool.text_terms, " ".join(tool.signals), tool.record,
        )  # fmt: skip


def _code_rows(facts: ServerFacts, kind: str) -> Iterator[tuple[str, str, int]]:
    for position, tool in enumerate(facts.tools):
        yield from ((code, facts.name, position) for code in getattr(tool, kind))


def _change_rows(facts: ServerFacts) -> Iterator[tuple[Any, ...]]:
    for number, change in enumerate(facts.changes):
        yield (
            facts.name, number, change.seen_at, change.kind, change.tool, change.release, change.before, change.after,
        )  # fmt: skip
