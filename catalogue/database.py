"""Opens the database and brings it up to date; SQLite and PostgreSQL by the same code."""

import os
import sqlite3
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError

from catalogue.errors import CatalogueError

if TYPE_CHECKING:
    from alembic.config import Config

#: Seconds that a writer waits for another one.
_PATIENCE = 60
#: Any number that no other program on the same PostgreSQL uses for its lock.
_MIGRATING = 7_239_412_086


class BadDatabaseUrl(CatalogueError):
    """A database that Tollhouse does not know how to speak to."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(url, why)
        self.url = url
        self.why = why

    def __str__(self) -> str:
        return f"cannot use the database {self.url}: {self.why}"


class DatabaseUnreachable(CatalogueError):
    """The database did not answer, or its file cannot be opened."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(url, why)
        self.url = url
        self.why = why

    def __str__(self) -> str:
        return f"cannot open the database {self.url}: {self.why}"


class DatabaseFailed(CatalogueError):
    """The database failed in the middle of the work: its disk is full, or its server went away."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(url, why)
        self.url = url
        self.why = why

    def __str__(self) -> str:
        return f"the database {self.url} failed: {self.why}; what was saved is kept, and the next run does the rest"


class _OtherRevision(CatalogueError):
    """The database is at another revision than this release writes."""

    def __init__(self, url: str, revision: str | None, known: str) -> None:
        super().__init__(url, revision, known)
        self.url = url
        self.revision = revision
        self.known = known


class NewerDatabase(_OtherRevision):
    """The database was written by a later release of Tollhouse than this one."""

    def __str__(self) -> str:
        return (
            f"the database {self.url} is at revision {self.revision}, and this release knows it up to "
            f"{self.known}; install the newer Tollhouse that wrote it, or name another database"
        )


class OlderDatabase(_OtherRevision):
    """The database would have to be migrated, and may only be read."""

    def __str__(self) -> str:
        return (
            f"the database {self.url} is at revision {self.revision}, and this release needs {self.known}; "
            "it may only be read here, so let whoever may write it run any command of this release once"
        )


def connect(url: str) -> Engine:
    """An engine on a database that is migrated to this release's schema.

    Creates an SQLite file and its folder where they are missing, and only reads one that it may not write. Any number
    of processes may start at once. Raises BadDatabaseUrl, DatabaseUnreachable, OlderDatabase or NewerDatabase.
    """
    engine = open_engine(url)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        try:
            if is_only_read(engine.url):
                with engine.execution_options(reads=True).connect() as connection:
                    _refuse_older(connection)
            else:
                with engine.begin() as connection:
                    migrate(connection)
        except DatabaseError as error:
            raise DatabaseUnreachable(shown(engine.url), told(error)) from error
        stack.pop_all()
    return engine


def driver_faults() -> tuple[type[Exception], ...]:
    """What is raised when a database fails, by SQLAlchemy or by a driver itself."""
    # Where its driver is not loaded, no PostgreSQL is asked, and loading it takes a while.
    psycopg = sys.modules.get("psycopg")
    return DBAPIError, sqlite3.Error, *(() if psycopg is None else (psycopg.Error,))


def open_engine(url: str) -> Engine:
    """An engine without any migration; raises BadDatabaseUrl or DatabaseUnreachable."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        # A server that was started anew in between is noticed before it is asked anything.
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if is_only_read(parsed):
        engine = create_engine(parsed, creator=partial(_open_to_read, Path(parsed.database or "")))
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    _make_folder(parsed)
    engine = create_engine(parsed, connect_args={"timeout": _PATIENCE})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def migrate(connection: Connection) -> None:
    """Bring the schema to this release's, inside the caller's transaction; raises NewerDatabase."""
    # One migrates at a time. SQLite's transaction began with the write lock, so only PostgreSQL has to ask.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
    revision, known = current_revision(connection), _known_revisions()
    if revision == known[-1]:
        return
    if revision is not None and revision not in known:
        raise NewerDatabase(shown(connection.engine.url), revision, known[-1])
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _refuse_older(connection: Connection) -> None:
    revision, known = current_revision(connection), _known_revisions()
    if revision == known[-1]:
        return
    wrong = OlderDatabase if revision is None or revision in known else NewerDatabase
    raise wrong(shown(connection.engine.url), str(revision), known[-1])


def current_revision(connection: Connection) -> str | None:
    """The schema's revision, `None` for an empty database."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def alembic_config() -> "Config":
    """Alembic, configured in code; its command line is not needed."""
    from alembic.config import Config

    config = Config(stdout=sys.stderr)
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    return config


def migrations_folder() -> Path:
    """Inside the package where Tollhouse is installed, beside it in a checkout."""
    here = Path(__file__).parent
    installed = here / "_migrations"
    return installed if installed.is_dir() else here.parent / "migrations"


def shown(url: URL) -> str:
    """The address for a person, without its passwords."""
    secret = {name: "hidden" for name in url.query if "password" in name}
    return url.update_query_dict(secret).render_as_string(hide_password=True)


def told(fault: Exception) -> str:
    """What the driver says, on one line."""
    return " ".join(str(getattr(fault, "orig", None) or fault).split())


def _known_revisions() -> list[str]:
    """This release's revisions, the newest last. Files are named by them, so that a start need not import Alembic."""
    return sorted(file.name.partition("_")[0] for file in (migrations_folder() / "versions").glob("m*.py"))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # Before the host may be a password, and nobody can tell where.
        _, at, rest = url.rpartition("@")
        raise BadDatabaseUrl(f"***@{rest}" if at else url, "it is no URL") from error
    # What hosting companies hand out.
    if parsed.drivername == "postgres":
        parsed = parsed.set(drivername="postgresql")
    if parsed.drivername not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise BadDatabaseUrl(shown(parsed), "Tollhouse speaks sqlite:/// and postgresql://")
    if parsed.drivername == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise BadDatabaseUrl(shown(parsed), "name a file; a record that is gone at the end is none")
    return parsed


def is_only_read(url: URL) -> bool:
    """Whether there is an SQLite file that this process may read and not write, or that lies where it may not write."""
    if url.get_backend_name() != "sqlite":
        return False
    file = Path(url.database or "")
    return file.is_file() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _open_to_read(file: Path) -> sqlite3.Connection:
    """A connection that writes nothing, not even the files that readers share with a writer.

    Where nobody has it open there are no such files, and SQLite has to be told that it needs none.
    """
    alone = "" if file.with_name(file.name + "-wal").exists() else "&immutable=1"
    address = f"{file.absolute().as_uri()}?mode=ro{alone}"
    return sqlite3.connect(
        address, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )


def _make_folder(url: URL) -> None:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnreachable(shown(url), f"{error.strerror}: {folder}") from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own way of beginning transactions comes too late for a read that is followed by a write.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # Definitions arrive in the order of their digests, which is none: 64 MB hold the pages that they touch,
    # and the log is folded into the file every 32 MB rather than every 4.
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA wal_autocheckpoint = 8192")


def _begin_sqlite(connection: Connection) -> None:
    """Writers queue up for the lock at once; otherwise two that have both read could never both write."""
    reads = connection.get_execution_options().get("reads", False)
    # On the driver itself, since a crawl does this several times for every server.
    connection.connection.cursor().execute("BEGIN" if reads else "BEGIN IMMEDIATE")
