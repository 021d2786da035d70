"""Says of every entry whether it is what it was, without putting any together."""

import hashlib
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import aliased

from catalogue.models import (
    ChangeRow,
    DefinitionRow,
    LatestRow,
    OutcomeRow,
    OutcomeToolRow,
    ReviewRow,
    ServerRow,
    VerdictRow,
)


def stamps(connection: Connection) -> Iterator[tuple[str, bytes]]:
    """Name of each server that has an entry, in name order, and 16 bytes that are others whenever the entry is.

    They stand for the rows that `reading.entries_of` reads. Definitions, changes and reviews are only ever added, so
    how many there are and the newest one's number stand for them, and a verdict is what its version makes of a definition.
    """
    parts = [_listings(connection), _verdicts(connection), _changes(connection), _reviews(connection)]
    told: dict[str, hashlib.blake2b] = {}
    tried: set[str] = set()
    for rows in parts:
        for lead, was_tried, said in rows:
            told.setdefault(lead, hashlib.blake2b(digest_size=16)).update(repr(said).encode())
            if was_tried:
                tried.add(lead)
    return ((name, told[name].digest()) for name in sorted(tried))


#: The server whose entry a row belongs to, whether the row is of an attempt, and what it says.
_Told = Iterable[tuple[str, bool, tuple[object, ...]]]

_LEAD = func.coalesce(ServerRow.lead, ServerRow.name)


def _listings(connection: Connection) -> _Told:
    newest, good, widest = aliased(OutcomeRow), aliased(OutcomeRow), aliased(OutcomeRow)
    query = (
        select(
            _LEAD, LatestRow.server_id, ServerRow.name, ServerRow.listing, ServerRow.conflicts, ServerRow.first_seen,
            ServerRow.last_seen, newest.id, newest.body, newest.last_seen, good.id, good.body, good.last_seen,
            widest.id, widest.body, widest.last_seen,
        )
        .join(LatestRow, LatestRow.server_id == ServerRow.id, isouter=True)
        .join(newest, newest.id == LatestRow.outcome_id, isouter=True)
        .join(good, and_(good.id == LatestRow.snapshot_id, good.id != newest.id), isouter=True)
        .join(widest, and_(widest.id == LatestRow.widest_id, widest.id != newest.id), isouter=True)
        .order_by(ServerRow.name)
    )  # fmt: skip
    rows = connection.execute(query.execution_options(yield_per=500))
    return ((lead, server is not None, tuple(said)) for lead, server, *said in rows)


def _verdicts(connection: Connection) -> _Told:
    """How many definitions of a server each version has judged, and a sum that tells which."""
    query = (
        select(_LEAD, VerdictRow.version, func.count(), func.sum(DefinitionRow.id))
        .select_from(LatestRow)
        .join(ServerRow, ServerRow.id == LatestRow.server_id)
        .join(
            OutcomeToolRow,
            or_(
                OutcomeToolRow.outcome_id == LatestRow.snapshot_id,
                OutcomeToolRow.outcome_id == LatestRow.widest_id,
            ),
        )
        .join(DefinitionRow, DefinitionRow.id == OutcomeToolRow.definition_id)
        .join(VerdictRow, VerdictRow.digest == DefinitionRow.digest)
        .group_by(_LEAD, VerdictRow.version)
        .order_by(_LEAD, VerdictRow.version)
    )
    return (
        (lead, False, (str(version), int(count), int(total)))
        for lead, version, count, total in connection.execute(query)
    )


def _changes(connection: Connection) -> _Told:
    query = (
        select(_LEAD, func.count(), func.max(ChangeRow.id))
        .join(ServerRow, ServerRow.id == ChangeRow.server_id)
        .group_by(_LEAD)
    )
    return ((lead, False, (count, newest)) for lead, count, newest in connection.execute(query))


def _reviews(connection: Connection) -> _Told:
    query = (
        select(_LEAD, func.count(), func.max(ReviewRow.id))
        .join(ServerRow, ServerRow.name == ReviewRow.server)
        .group_by(_LEAD)
    )
    return ((lead, False, (count, newest)) for lead, count, newest in connection.execute(query))
