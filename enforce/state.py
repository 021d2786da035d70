"""The SQLite file in which a gate keeps what must outlive it: counts, pins, approvals, and who began which task."""

import os
import sqlite3
import stat
from pathlib import Path
from time import monotonic, sleep
from typing import Any, ClassVar, Literal

from enforce.errors import EnforceError, StateFailed

#: `normal` survives kill -9 and a restart; `full` also the loss of power, and waits for the disk on every call.
Sync = Literal["normal", "full"]

#: Raised with every change of the tables that an older version of the program could not read.
VERSION = 2

#: Tables of ours, by which a file of a version that wrote no number is known.
TABLES = frozenset({"limits", "reservations", "definitions", "approvals", "tasks"})

#: Bytes of a page of a new file. Each call writes one, so that smaller ones are quicker.
PAGE = 1024

#: Pages in the write-ahead log after which they go into the file, which waits for the disk.
CHECKPOINT = 4000

#: Seconds to wait while another process writes: for who begins, and for a gate at work, whose other calls wait as well.
PATIENCE, BRIEF = 5.0, 1.0

#: What SQLite says where another process has locked what is asked for.
_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class StateUnusable(EnforceError):
    """The state file cannot be opened, or a newer version of the program wrote it."""

    def __init__(self, path: Path | str, fault: str) -> None:
        """*path* is a text where an address was named in place of a file."""
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"the state file {self.path} cannot be used: {self.fault}"


class NoState(EnforceError):
    """There is no state file to look at."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"there is no state file {self.path}; name the gate's own with --state"


class State(sqlite3.Connection):
    """A connection that can be told to wait briefly, and once: while somebody does not let go, nothing more waits for them."""

    #: Where it is, once everybody waits for what is done here.
    _path: Path | None = None
    #: What had been changed when it was found held.
    _changes = 0
    #: The name by which it was opened, and which file that was then.
    name: Path | None = None
    _file = (0, 0)

    def note_file(self, path: Path) -> None:
        """Remember which file it is."""
        self.name, self._file = path, _which(path)

    def is_elsewhere(self) -> bool:
        """Whether its name leads to another file by now, or to none: whoever opens it anew would share nothing with us."""
        return self.name is not None and _which(self.name) != self._file

    def hurry(self, path: Path) -> None:
        """From now on everybody waits for what is done here."""
        self._path = path
        self._wait(BRIEF)

    def fault(self, error: sqlite3.Error) -> str:
        """What has gone wrong, in words; to be asked of each error, so that it is known when somebody does not let go."""
        if self._path is None or getattr(error, "sqlite_errorcode", 0) & 0xFF not in _HELD:
            return str(error)
        if "execute" not in vars(self):  # who finds nothing in the way pays for none of this
            self._changes = self.total_changes
            self._wait(0.0)
            self.execute = self._try  # type: ignore[method-assign]
        return f"another program keeps {self._path} locked"

    def _try(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        cursor = super().execute(sql, parameters)
        # What was only read says nothing, since others may read while somebody writes.
        if self.in_transaction or self.total_changes != self._changes:
            del self.execute
            self._wait(BRIEF)
        return cursor

    def _wait(self, seconds: float) -> None:
        super().execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


class Kept:
    """What is kept in tables of a state file; each fault of SQLite is raised as `failed`."""

    #: The statements that make the tables where they are missing.
    tables: ClassVar[tuple[str, ...]]
    failed: ClassVar[type[StateFailed]] = StateFailed

    def __init__(self, state: sqlite3.Connection) -> None:
        """*state* is what `open_state` has opened."""
        self._state = state
        for table in self.tables:
            self._execute(table)

    def _execute(self, query: str, *values: Any) -> list[Any]:
        try:
            return self._state.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self.failed(fault(self._state, error)) from error


def _which(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return found.st_dev, found.st_ino


def fault(state: sqlite3.Connection, error: sqlite3.Error) -> str:
    """What has gone wrong at any connection."""
    return state.fault(error) if isinstance(state, State) else str(error)


def open_state(path: Path, sync: Sync = "normal") -> State:
    """Open the state file, creating it for its owner alone where it is missing. Commits are the caller's."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        found = os.fstat(file)
        os.close(file)
        if not stat.S_ISREG(found.st_mode):  # beside which SQLite would put files of its own
            raise StateUnusable(path, "it is no file")
        if found.st_nlink > 1:  # what is counted by one name would not be seen by another
            raise StateUnusable(
                path, "it has several names (hard links): leave it one, or use a symbolic link"
            )
        state = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False, factory=State
        )
        state.note_file(path)
        _check_owner(state, path)
        state.execute(f"PRAGMA page_size = {PAGE}")
        _write_ahead(state)
        state.execute(f"PRAGMA synchronous = {sync}")
        state.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        (version,) = state.execute("PRAGMA user_version").fetchone()
        if version < VERSION:
            state.execute(f"PRAGMA user_version = {VERSION}")
    except (OSError, sqlite3.Error) as error:
        raise StateUnusable(path, str(error)) from error
    if version > VERSION:
        state.close()
        raise StateUnusable(path, f"it was written by a newer version of the program (format {version})")
    return state


def existing_state(path: Path) -> sqlite3.Connection:
    """The state file of a gate, for who only looks or answers; raises NoState where there is none yet."""
    must_exist(path)
    return open_state(path)


def must_exist(path: Path) -> None:
    """Raise NoState where there is no such file: whoever has named a wrong one must not be shown an empty one in its place."""
    if not path.exists():
        raise NoState(path)


def _check_owner(state: sqlite3.Connection, path: Path) -> None:
    """Nothing is changed in a database that another program has made; raises StateUnusable."""
    (version,) = state.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in state.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if tables and not version and not tables & TABLES:
        raise StateUnusable(path, "it is the database of another program")


def _write_ahead(state: sqlite3.Connection) -> None:
    """Keep a write-ahead log. SQLite does not wait by itself for another process that begins one in the same file."""
    end = monotonic() + PATIENCE
    while True:
        try:
            state.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(0.002)
