"""What a crawl remembers between runs: marks, cursors, validators, and which releases are done."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from catalogue.models import CursorRow, LatestRow, MarkRow, OutcomeRow, ServerRow, ValidatorRow
from catalogue.store.codec import dump, load, plain, sha256
from catalogue.store.saving import upsert
from crawler.ledger import Validators
from crawler.servers import Server, ServerName
from crawler.snapshots import PASSING


def validators(connection: Connection, url: str) -> Validators | None:
    body = connection.execute(select(ValidatorRow.body).where(ValidatorRow.url == sha256(url))).scalar()
    return None if body is None else load(body, Validators)


def remember(connection: Connection, url: str, validators: Validators) -> None:
    _put(connection, ValidatorRow, {"url": sha256(url)}, {"body": dump(validators)})


def cursor(connection: Connection, source: str) -> str | None:
    return connection.execute(select(CursorRow.cursor).where(CursorRow.source == source)).scalar()


def advance(connection: Connection, source: str, cursor: str) -> None:
    _put(connection, CursorRow, {"source": source}, {"cursor": plain(cursor)})


def marks(connection: Connection, source: str) -> Mapping[str, str]:
    rows = connection.execute(select(MarkRow.item, MarkRow.mark).where(MarkRow.source == source))
    return dict(rows.all())


def mark(connection: Connection, source: str, item: str, mark: str) -> None:
    _put(connection, MarkRow, {"source": source, "item": plain(item)}, {"mark": plain(mark)})


def knows(connection: Connection, server: ServerName) -> bool:
    listing = connection.execute(select(ServerRow.listing).where(ServerRow.name == str(server))).scalar()
    return listing is not None and load(listing, Server) != Server(name=server)


def done(connection: Connection, server: ServerName, release: str | None) -> bool:
    """Whether the newest attempt was at this release and needs no other; one without a release always does."""
    if release is None:
        return False
    query = (
        select(OutcomeRow.release, OutcomeRow.skipped)
        .join(LatestRow, LatestRow.outcome_id == OutcomeRow.id)
        .join(ServerRow, ServerRow.id == LatestRow.server_id)
        .where(ServerRow.name == str(server))
    )
    row = connection.execute(query).first()
    return row is not None and row.release == plain(release) and row.skipped not in PASSING


def _put(connection: Connection, table: Any, key: dict[str, str], values: dict[str, str]) -> None:
    add = upsert(connection, table).on_conflict_do_update(index_elements=list(key), set_=values)
    connection.execute(add, key | values)
