"""Makes the files by which the whole catalogue is taken away: JSON Lines, a SQLite database, the schemas of the twins."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from catalogue.entries import Entry
from catalogue.exchange import line_of, line_schema
from catalogue.website.feeds import FEEDS
from catalogue.website.pages import VERSION, ServerPage, ToolPage
from catalogue.website.press import File, Press
from catalogue.website.register import Register
from enforce.schema import policy_schema

LINES = "catalogue.ndjson.gz"
DATABASE = "catalogue.sqlite"
#: The version that every policy names.
POLICY_VERSION = "1"
_DRAFT = {"$schema": "https://json-schema.org/draft/2020-12/schema"}

_TABLES = """
PRAGMA journal_mode=OFF;
PRAGMA synchronous=OFF;
CREATE TABLE servers (name TEXT PRIMARY KEY, page TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
  grade TEXT NOT NULL, points REAL NOT NULL, gravest TEXT NOT NULL, method TEXT NOT NULL, release TEXT NOT NULL,
  skipped TEXT NOT NULL, tools INTEGER NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL);
CREATE TABLE tools (server TEXT NOT NULL REFERENCES servers (name), position INTEGER NOT NULL, name TEXT NOT NULL,
  page TEXT NOT NULL, category TEXT NOT NULL, confidence REAL NOT NULL, suspected INTEGER NOT NULL,
  description TEXT NOT NULL, PRIMARY KEY (server, position));
CREATE TABLE signals (server TEXT NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (server, position, code)) WITHOUT ROWID;
CREATE TABLE suspicions (server TEXT NOT NULL, position INTEGER NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (server, position, code)) WITHOUT ROWID;
CREATE TABLE changes (server TEXT NOT NULL, seen_at TEXT NOT NULL, kind TEXT NOT NULL, tool TEXT, release TEXT,
  before TEXT, after TEXT);
"""
#: Where the rows of each table come from; the order makes the file the same each time.
_ROWS = {
    "servers": "SELECT name, path, title, says, grade, points, gravest, method, release, skipped, tools, first_seen, "
    "last_seen FROM register.server ORDER BY name",
    "tools": "SELECT server, position, name, path, category, confidence, poisoned, says FROM register.tool ORDER BY server, position",
    "signals": "SELECT server, position, code FROM register.signal ORDER BY server, position, code",
    "suspicions": "SELECT server, position, code FROM register.finding ORDER BY server, position, code",
    "changes": "SELECT server, seen_at, kind, tool, release, before, after FROM register.change ORDER BY server, number",
}
_INDEXES = "CREATE INDEX tools_category ON tools (category); CREATE INDEX signals_code ON signals (code);"


def files(press: Press, _: Register) -> Iterator[File]:
    """The page about the data, and the schemas."""
    schemas = {kind: f"schemas/{kind}-{version}.json" for kind, (version, _) in _schemas().items()}
    found = {"lines": LINES, "database": DATABASE, "schemas": schemas, "feeds": list(FEEDS)}
    title, summary = (
        "Data and feeds",
        "Everything on this site as data: downloads, JSON beside each page, schemas, feeds.",
    )
    yield from press.sheet("data.html", "data/", found, version=VERSION, title=title, summary=summary)
    for kind, (__, schema) in _schemas().items():
        head = {**_DRAFT, "$id": press.addresses.whole(schemas[kind])}
        content = msgspec.json.encode(schema | head, order="sorted")
        yield schemas[kind], msgspec.json.format(content, indent=1)


def _schemas() -> dict[str, tuple[int | str, dict[str, Any]]]:
    """Version and schema of each kind of document that we publish or read."""
    return {
        "server": (VERSION, msgspec.json.schema(ServerPage)),
        "tool": (VERSION, msgspec.json.schema(ToolPage)),
        "line": (VERSION, line_schema()),
        "policy": (POLICY_VERSION, policy_schema()),
    }


def member(entry: Entry) -> bytes:
    """The entry's line as a gzip file of its own; such files one after the other are a gzip file again."""
    return gzip.compress(line_of(entry).encode() + b"\n", compresslevel=6, mtime=0)


def database(register: Register, folder: Path) -> File:
    """What the register knows of servers, tools, signals and changes as a database of its own, made in *folder*."""
    return DATABASE, _database(register, folder / DATABASE)


def _database(register: Register, scratch: Path) -> Iterator[bytes]:
    scratch.unlink(missing_ok=True)
    with closing(sqlite3.connect(scratch.absolute().as_uri(), uri=True, isolation_level=None)) as out:
        out.execute("ATTACH ? AS register", (register.address,))
        out.executescript(_TABLES)
        out.execute("BEGIN")
        for table, question in _ROWS.items():
            out.execute(f"INSERT INTO main.{table} {question}")
        out.execute("COMMIT")
        out.executescript(_INDEXES)
    with scratch.open("rb") as file:
        yield from iter(lambda: file.read(1 << 20), b"")
    scratch.unlink()
