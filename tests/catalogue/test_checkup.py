"""The doctor looks at everything and says what to do."""

import sqlite3
from pathlib import Path

import pytest

import catalogue.checkup
from catalogue.checkup import Check, checkup
from catalogue.settings import Settings
from crawler.introspect.sandboxes.landlock import Landlock


def look(**environment: str) -> dict[str, Check]:
    return {check.what: check for check in checkup(Settings.from_environment(environment))}


def test_everything_that_a_crawl_works_with_is_looked_at(tmp_path: Path) -> None:
    """The database is made, as any command would."""
    checks = look(TOLLHOUSE_HOME=str(tmp_path))

    assert list(checks) == [
        "tollhouse", "database", "folders", "sandbox", "uv", "npm", "github token", "queue", "redis", "train",
    ]  # fmt: skip
    assert checks["database"] == Check(
        what="database", well=True, found=f"sqlite:///{tmp_path / 'tollhouse.db'}, revision m0002"
    )
    assert checks["uv"].well


@pytest.mark.skipif(Landlock.find() is None, reason="this machine has no Landlock")
def test_what_a_sandbox_lacks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is given the second choice knows what it is not."""
    monkeypatch.setattr(catalogue.checkup, "find_sandbox", Landlock.find)

    check = look(TOLLHOUSE_HOME=str(tmp_path))["sandbox"]

    assert check.well
    assert check.found.startswith("landlock works; it has no namespaces: ")


def test_a_token_is_not_shown(tmp_path: Path) -> None:
    """Only whether there is one."""
    checks = look(TOLLHOUSE_HOME=str(tmp_path), GITHUB_TOKEN="ghp_secret")

    assert checks["github token"].found == "set"
    assert "ghp_secret" not in "".join(map(str, checks.values()))


def test_a_database_that_is_damaged_is_bad_and_says_what_to_do(tmp_path: Path) -> None:
    """Though it opens, and other commands would find out one by one."""
    look(TOLLHOUSE_HOME=str(tmp_path))
    with sqlite3.connect(tmp_path / "tollhouse.db") as record:
        (size,) = record.execute("PRAGMA page_size").fetchone()
        (page,) = record.execute("SELECT rootpage FROM sqlite_master WHERE name = 'servers'").fetchone()
    with (tmp_path / "tollhouse.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"x" * size)

    check = look(TOLLHOUSE_HOME=str(tmp_path))["database"]

    assert not check.well
    assert "is damaged: " in check.found
    assert "put the last backup back" in check.found


def test_a_database_out_of_reach_is_bad_and_says_why(tmp_path: Path) -> None:
    """The rest is looked at all the same."""
    checks = look(TOLLHOUSE_HOME=str(tmp_path), TOLLHOUSE_DATABASE_URL="postgresql://me:secret@127.0.0.1:9/x")

    assert not checks["database"].well
    assert "cannot open the database postgresql+psycopg://me:***@127.0.0.1:9/x" in checks["database"].found
    assert "train" in checks
