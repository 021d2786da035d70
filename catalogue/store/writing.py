"""Statements that write, built once: building one anew costs more than running it."""

from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def add(connection: Connection, table: Any, returning: str | None = None) -> Any:
    """An INSERT that passes over what is there already, *returning* that column of a row that was added."""
    return _add(connection.dialect.name, table, returning)


def put(connection: Connection, table: Any, key: tuple[str, ...], values: tuple[str, ...]) -> Any:
    """An INSERT that, where the *key* is there already, sets the *values* instead."""
    return _put(connection.dialect.name, table, key, values)


@cache
def _add(dialect: str, table: Any, returning: str | None) -> Any:
    statement = _insert(dialect, table).on_conflict_do_nothing()
    return statement if returning is None else statement.returning(getattr(table, returning))


@cache
def _put(dialect: str, table: Any, key: tuple[str, ...], values: tuple[str, ...]) -> Any:
    insert = _insert(dialect, table)
    return insert.on_conflict_do_update(
        index_elements=list(key), set_={name: insert.excluded[name] for name in values}
    )


def _insert(dialect: str, table: Any) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)
