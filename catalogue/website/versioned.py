"""SQLite files beside the site, each of use only to a program with the same tables."""

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path


def opened(path: Path, tables: str) -> sqlite3.Connection:
    """The file at *path* with these *tables*, made where they are not there; a transaction begins when the caller says so."""
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-32000;" + tables)
    database.execute(f"PRAGMA user_version={_number(tables)}")
    return database


def readable(path: Path, tables: str) -> bool:
    """Whether there is a file at *path* with exactly these *tables*."""
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as database:
        try:
            return bool(database.execute("PRAGMA user_version").fetchone()[0] == _number(tables))
        except sqlite3.DatabaseError:
            return False


def _number(tables: str) -> int:
    """Changes when the tables do."""
    return zlib.crc32(tables.encode()) >> 1
