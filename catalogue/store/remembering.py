"""What a crawl remembers between runs: marks, cursors, validators, and which releases are done."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select

from catalogue.codec import dump, load, plain, sha256
from catalogue.models import CursorRow, LatestRow, MarkRow, OutcomeRow, ServerRow, ValidatorRow
from catalogue.store.writing import put, run
from crawler.ledger import Validators
from crawler.servers import Server, ServerName
from crawler.snapshots import PASSING, SkipReason

_VALIDATORS = select(ValidatorRow.body).where(ValidatorRow.url == bindparam("url"))
_CURSOR = select(CursorRow.cursor).where(CursorRow.source == bindparam("source"))
_MARKS = select(MarkRow.item, MarkRow.mark).where(MarkRow.source == bindparam("source"))
_LISTING = select(ServerRow.listing).where(ServerRow.name == bindparam("name"))
_PARTS = (
    select(ServerRow.name, OutcomeRow.skipped)
    .outerjoin(LatestRow, LatestRow.server_id == ServerRow.id)
    .outerjoin(OutcomeRow, OutcomeRow.id == LatestRow.outcome_id)
    .where(
        or_(
            ServerRow.name == bindparam("name"),
            and_(ServerRow.name > bindparam("first"), ServerRow.name < bindparam("end")),
        )
    )
    .order_by(ServerRow.name)
)
_NEWEST = (
    select(OutcomeRow.release, OutcomeRow.skipped)
    .join(LatestRow, LatestRow.outcome_id == OutcomeRow.id)
    .join(ServerRow, ServerRow.id == LatestRow.server_id)
    .where(ServerRow.name == bindparam("name"))
)


def validators(connection: Connection, url: str) -> Validators | None:
    """What the last good answer for this URL said about itself."""
    row = run(connection, _VALIDATORS, {"url": sha256(url)}).fetchone()
    return None if row is None else load(row[0], Validators)


def remember(connection: Connection, url: str, validators: Validators) -> None:
    """Keep what the answer for this URL said about itself."""
    _put(connection, ValidatorRow, {"url": sha256(url)}, {"body": dump(validators)})


def cursor(connection: Connection, source: str) -> str | None:
    """Where the source's list of changes was last read to."""
    row = run(connection, _CURSOR, {"source": source}).fetchone()
    return None if row is None else str(row[0])


def advance(connection: Connection, source: str, cursor: str) -> None:
    """Move that mark."""
    _put(connection, CursorRow, {"source": source}, {"cursor": plain(cursor)})


def marks(connection: Connection, source: str) -> Mapping[str, str]:
    """Item to mark, for every item that the source ever listed."""
    return dict(run(connection, _MARKS, {"source": source}).fetchall())


def mark(connection: Connection, source: str, item: str, mark: str) -> None:
    """Set the item's mark."""
    _put(connection, MarkRow, {"source": source, "item": plain(item)}, {"mark": plain(mark)})


def knows(connection: Connection, server: ServerName) -> bool:
    """Whether any source ever said more of this server than its name."""
    row = run(connection, _LISTING, {"name": str(server)}).fetchone()
    return row is not None and load(row[0], Server) != Server(name=server)


def parts(connection: Connection, repository: ServerName) -> list[ServerName]:
    """The servers in this repository and its folders that are not known to be gone."""
    # All that begins with its name and `#` lies before the next character, which is `$`.
    bounds = {"name": str(repository), "first": f"{repository}#", "end": f"{repository}$"}
    found = run(connection, _PARTS, bounds).fetchall()
    return [ServerName.parse(name) for name, skipped in found if skipped != SkipReason.GONE]


def done(connection: Connection, server: ServerName, release: str | None) -> bool:
    """Whether the newest attempt was at this release and needs no other; one without a release always does.

    So does one that was gone: whoever asks has seen that it is back.
    """
    if release is None:
        return False
    row = run(connection, _NEWEST, {"name": str(server)}).fetchone()
    if row is None:
        return False
    newest, skipped = row
    return newest == plain(release) and skipped not in {*PASSING, SkipReason.GONE}


def _put(connection: Connection, table: Any, key: dict[str, str], values: dict[str, str]) -> None:
    run(connection, put(connection, table, tuple(key), tuple(values)), key | values)
