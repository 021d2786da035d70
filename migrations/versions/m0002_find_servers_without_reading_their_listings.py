"""Find servers by words, addresses and misspelt names without reading their listings.

SQLite lays a long row out over many pages and reads all of them up to the column that is asked for. PostgreSQL keeps long
texts elsewhere, and its indexes take none.
"""

from alembic import op

revision = "m0002"
down_revision = "m0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.create_index("ix_servers_found", "servers", ["lead", "name", "bare", "words"], unique=False)


def downgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_servers_found", table_name="servers")
