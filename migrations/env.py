"""Runs migrations on the connection that the catalogue hands over, inside its transaction."""

from alembic import context

from catalogue.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    compare_server_default=True,
    # SQLite changes a column by copying its table.
    render_as_batch=True,
    # The caller's transaction holds all of it: a killed migration leaves nothing behind.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
