"""Sees to it that only one nightly run works on a record."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Engine, text

from catalogue.errors import CatalogueError

#: Any number that no other program on the same PostgreSQL uses for its lock.
_NIGHT = 7_239_412_087


class AlreadyRunning(CatalogueError):
    """Another nightly run holds the lock."""

    def __str__(self) -> str:
        return "another nightly run is working on this catalogue"


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Hold the lock of this record; raises AlreadyRunning. A process that is killed lets go of it."""
    with _on_sqlite(engine) if engine.dialect.name == "sqlite" else _on_postgresql(engine):
        yield


@contextmanager
def _on_sqlite(engine: Engine) -> Iterator[None]:
    """A lock on a file of its own, since one on the record would stop the run itself from writing."""
    with closing(sqlite3.connect(f"{engine.url.database}.nightly", timeout=0, isolation_level=None)) as file:
        try:
            file.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            raise AlreadyRunning from error
        yield


@contextmanager
def _on_postgresql(engine: Engine) -> Iterator[None]:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _NIGHT}).scalar():
            raise AlreadyRunning
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _NIGHT})
