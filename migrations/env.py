"""Runs migrations on the connection that the catalogue hands over, inside its transaction."""

from typing import Any

from alembic import context

from catalogue.models import Base

connection = context.config.attributes["connection"]


def has(thing: Any, _name: str | None, kind: str, *_compared: Any) -> bool:
    """Whether this database has such a thing: an index may be for another one only."""
    return kind != "index" or thing.info.get("only") in (None, connection.dialect.name)


context.configure(
    connection=connection,
    include_object=has,
    target_metadata=Base.metadata,
    compare_server_default=True,
    # SQLite changes a column by copying its table.
    render_as_batch=True,
    # The caller's transaction holds all of it: a killed migration leaves nothing behind.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
