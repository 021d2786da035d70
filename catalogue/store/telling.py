"""Tells what changed, in the order in which it was seen."""

from sqlalchemy import Connection, select

from catalogue.codec import load
from catalogue.entries import Change
from catalogue.models import ChangeRow, ServerRow
from crawler.servers import ServerName

_BATCH = 500


def changes_after(
    connection: Connection, after: int, since: str | None, server: ServerName | None
) -> list[tuple[int, Change]]:
    """The next changes with their ids."""
    query = (
        select(ChangeRow.id, ChangeRow.body).where(ChangeRow.id > after).order_by(ChangeRow.id).limit(_BATCH)
    )
    if since is not None:
        query = query.where(ChangeRow.seen_at >= since)
    if server is not None:
        query = query.join(ServerRow, ServerRow.id == ChangeRow.server_id).where(
            ServerRow.name == str(server)
        )
    return [(id_, load(body, Change)) for id_, body in connection.execute(query)]
