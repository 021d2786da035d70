"""The database is made, migrated and refused as it must be."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from catalogue import database
from catalogue.database import (
    BadDatabaseUrl,
    DatabaseUnreachable,
    NewerDatabase,
    OlderDatabase,
    connect,
    current_revision,
    migrate,
    migrations_folder,
    open_engine,
)
from catalogue.store import Store
from crawler.servers import Server, ServerName

BAD = [
    ("nonsense", "cannot use the database nonsense: it is no URL"),
    ("mysql://me:secret@host/x", "cannot use the database mysql://me:***@host/x: Tollhouse speaks"),
    (
        "mysql://me@host/x?password=secret",
        "cannot use the database mysql://me@host/x?password=hidden: Tollhouse",
    ),
    ("postgresql://me:se@cret@host:port/x", "cannot use the database ***@host:port/x: it is no URL"),
    ("me:secret@host", "cannot use the database ***@host: it is no URL"),
    ("sqlite://", "cannot use the database sqlite://: name a file"),
    ("sqlite:///:memory:", "cannot use the database sqlite:///%3Amemory%3A: name a file"),
]


@pytest.mark.parametrize(("url", "sentence"), BAD)
def test_an_unknown_database_is_refused_in_a_sentence(url: str, sentence: str) -> None:
    """The sentence names the address without its password."""
    with pytest.raises(BadDatabaseUrl) as caught:
        connect(url)

    assert str(caught.value).startswith(sentence)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file in the way of the folder is told, not raised as a traceback."""
    (tmp_path / "file").touch()

    with pytest.raises(DatabaseUnreachable, match="cannot open the database"):
        connect(f"sqlite:///{tmp_path / 'file' / 'record.db'}")


def test_a_server_that_does_not_answer_is_told() -> None:
    """Nobody listens on the port of discard."""
    with pytest.raises(DatabaseUnreachable, match=r"postgresql\+psycopg://me:\*\*\*@127\.0\.0\.1:9/x"):
        connect("postgresql://me:secret@127.0.0.1:9/x")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """Whatever lies there is left alone."""
    file = tmp_path / "record.db"
    file.write_text("These are my notes. " * 100)

    with pytest.raises(DatabaseUnreachable, match="file is not a database"):
        connect(f"sqlite:///{file}")

    assert file.read_text() == "These are my notes. " * 100


def test_a_database_of_a_newer_release_is_refused(database_url: str) -> None:
    """It is left as it is, and the sentence says what to do."""
    engine = connect(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'm9999'"))

    with pytest.raises(NewerDatabase, match=r"is at revision m9999, .* install the newer Tollhouse"):
        connect(database_url)

    with engine.connect() as connection:
        assert current_revision(connection) == "m9999"
    engine.dispose()


def test_a_second_start_changes_nothing(database_url: str) -> None:
    """The schema is there already."""
    connect(database_url).dispose()
    engine = connect(database_url)

    with engine.connect() as connection:
        assert current_revision(connection) is not None
    engine.dispose()


START = "import sys; from catalogue.database import connect; connect(sys.argv[1]).dispose()"


def test_many_processes_may_start_at_once(database_url: str) -> None:
    """One of them migrates, the others wait for it."""
    starts = [
        subprocess.Popen([sys.executable, "-c", START, database_url], stderr=subprocess.PIPE)
        for _ in range(4)
    ]

    errors = [start.communicate()[1].decode() for start in starts]

    assert [(start.returncode, error) for start, error in zip(starts, errors, strict=True)] == [(0, "")] * 4


def test_a_migration_that_fails_leaves_nothing_behind(
    database_url: str, monkeypatch: pytest.MonkeyPatch, broken_migrations: Path
) -> None:
    """Half a schema would be worse than none."""
    monkeypatch.setattr("catalogue.database.migrations_folder", lambda: broken_migrations)
    engine = open_engine(database_url)

    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        migrate(connection)

    with engine.connect() as connection:
        assert current_revision(connection) is None
        assert not engine.dialect.has_table(connection, "servers")
    engine.dispose()


@pytest.fixture
def broken_migrations(tmp_path: Path) -> Path:
    """The real migrations and one more, which fails after it has begun."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "m9999_fail.py").write_text(
        "from alembic import op\n"
        "revision, down_revision, branch_labels, depends_on = 'm9999', 'm0002', None, None\n"
        "def upgrade():\n"
        "    op.drop_table('changes')\n"
        "    1 / 0\n"
    )
    return folder


@pytest.fixture
def only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record with a server, which this process may read and not write."""
    file = tmp_path / "record.db"
    store = Store.open(f"sqlite:///{file}")
    store.save(Server(name=ServerName("pypi", "x")), ())
    store.close()
    # Nothing is forbidden to root, as whom tests may run.
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) not in (file, tmp_path))
    return file


@pytest.mark.parametrize("beside", [False, True], ids=["closed", "open"])
def test_what_may_only_be_read_is_read(only_read: Path, *, beside: bool) -> None:
    """Whether or not somebody who may write has it open; no file is made beside it."""
    writer = sqlite3.connect(only_read)
    if beside:
        writer.execute("SELECT count(*) FROM servers").fetchall()
    before = {file.name for file in only_read.parent.iterdir()}
    store = Store.open(f"sqlite:///{only_read}")

    assert store.find("x") == [ServerName("pypi", "x")]
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.advance("pypi", "1")
    assert {file.name for file in only_read.parent.iterdir()} == before
    store.close()
    writer.close()


@pytest.mark.parametrize(
    ("revision", "error"), [("m0000", OlderDatabase), ("m9999", NewerDatabase), (None, OlderDatabase)]
)
def test_what_may_only_be_read_is_not_migrated(
    only_read: Path, revision: str | None, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says who has to do it."""
    monkeypatch.setattr(database, "_known_revisions", lambda: ["m0000", "m0002"])
    with sqlite3.connect(only_read) as record:
        record.execute("DELETE FROM alembic_version")
        record.execute("INSERT INTO alembic_version SELECT ? WHERE ? IS NOT NULL", (revision, revision))

    with pytest.raises(error):
        connect(f"sqlite:///{only_read}")
