"""Puts entries together from rows, a batch of servers at a time."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, cast

import msgspec
from msgspec import structs
from sqlalchemy import Connection, Row, func, select

from catalogue.codec import load, load_definition
from catalogue.entries import Change, Entry, Review
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
from catalogue.store.reviewing import judged
from classifier.verdicts import Verdict
from crawler.servers import Server
from crawler.snapshots import Outcome, Skipped, Snapshot
from crawler.tools import Origin, Tool

#: Changes of a server that its entry shows; the record keeps all.
_CHANGES = 200

_SERVERS = select(
    ServerRow.id,
    ServerRow.name,
    ServerRow.lead,
    ServerRow.listing,
    ServerRow.conflicts,
    ServerRow.first_seen,
    ServerRow.last_seen,
)


def leads_after(connection: Connection, name: str, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Rows of the next servers in name order, each standing for all of its listings."""
    query = _SERVERS.where(ServerRow.name > name, ServerRow.lead.is_(None)).order_by(ServerRow.name)
    return connection.execute(query.limit(limit)).all()


def lead_of(connection: Connection, name: str) -> Row[*tuple[Any, ...]] | None:
    """Row of the server that stands for the listing *name*."""
    row = connection.execute(_SERVERS.where(ServerRow.name == name)).first()
    if row is None or row.lead is None:
        return row
    return connection.execute(_SERVERS.where(ServerRow.name == row.lead)).first() or row


def leads_of(connection: Connection, names: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Rows of the servers of these names, in the order of the names; each name is a lead's own."""
    rows = {row.name: row for row in connection.execute(_SERVERS.where(ServerRow.name.in_(names)))}
    return [rows[name] for name in names if name in rows]


def entries_of(connection: Connection, leads: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[Entry]:
    """The entries of these servers, in their order; a server that was never introspected has none."""
    batch = _Batch(connection, leads)
    return (entry for lead in leads if (entry := batch.entry(lead)) is not None)


def outcomes_of(connection: Connection, ids: Sequence[int]) -> dict[int, Outcome]:
    """Outcomes by id, snapshots with their tools; taken when they were last seen."""
    rows = connection.execute(
        select(OutcomeRow.id, OutcomeRow.skipped, OutcomeRow.body, OutcomeRow.last_seen).where(
            OutcomeRow.id.in_(ids)
        )
    ).all()
    tools = _tools(connection, [row.id for row in rows if row.skipped is None])
    return {row.id: _outcome(row, tools[row.id]) for row in rows}


def snapshots_of(connection: Connection, ids: Sequence[int]) -> dict[int, Snapshot]:
    """The same for ids that are known to be of snapshots."""
    outcomes = outcomes_of(connection, ids)
    return {id_: outcome for id_, outcome in outcomes.items() if isinstance(outcome, Snapshot)}


def definition(connection: Connection, digest: str) -> Tool | None:
    """The tool with this digest."""
    query = (
        select(DefinitionRow.body)
        .where(DefinitionRow.digest == digest)
        .order_by(DefinitionRow.content)
        .limit(1)
    )
    body = connection.execute(query).scalar()
    return None if body is None else Tool.read(load_definition(body))


def history(connection: Connection, name: str) -> list[int]:
    """Ids of the listing's good snapshots of the default profile, oldest first."""
    query = (
        select(OutcomeRow.id)
        .join(ServerRow, ServerRow.id == OutcomeRow.server_id)
        .where(ServerRow.name == name, OutcomeRow.profile == "default")
        .order_by(OutcomeRow.first_seen, OutcomeRow.id)
    )
    return list(connection.execute(query).scalars())


class _Batch:
    """Everything that the entries of some servers need, read with one query a table."""

    def __init__(self, connection: Connection, leads: Sequence[Row[*tuple[Any, ...]]]) -> None:
        self.rows = _groups(connection, leads)
        every = [row for rows in self.rows.values() for row in rows]
        ids = [row.id for row in every]
        self.latest = _latest(connection, ids)
        newest = {
            id_ for row in self.latest.values() for id_ in (row.outcome_id, row.snapshot_id, row.widest_id)
        }
        self.outcomes = outcomes_of(connection, sorted(newest - {None}))
        self.verdicts = _verdicts(connection, list(self.outcomes))
        self.reviews = _reviews(connection, [row.name for row in every])
        self.changes = _changes(connection, ids)

    def entry(self, lead: Row[*tuple[Any, ...]]) -> Entry | None:
        rows = self.rows[lead.name]
        tried = [self.latest[row.id] for row in rows if row.id in self.latest]
        if not tried:
            return None
        # The first listing that brought tools speaks for all; if none did, the first that was tried.
        latest = next((one for one in tried if one.snapshot_id is not None), tried[0])
        snapshot, widest = self._snapshot(latest.snapshot_id), self._snapshot(latest.widest_id)
        digests = {tool.digest for said in (snapshot, widest) if said is not None for tool in said.tools}
        reviews = {
            review.digest: review
            for row in rows
            for review in self.reviews[row.name]
            if review.digest in digests
        }
        return Entry(
            server=load(lead.listing, Server),
            listings=tuple(load(row.listing, Server) for row in rows),
            conflicts=tuple(claim for row in rows for claim in msgspec.json.decode(row.conflicts or "[]")),
            outcome=self.outcomes[latest.outcome_id],
            snapshot=snapshot,
            widest=widest,
            verdicts=judged({digest: self.verdicts.get(digest) for digest in sorted(digests)}, reviews),
            reviews=reviews,
            changes=tuple(change for row in rows for change in self.changes[row.id]),
            first_seen=min(row.first_seen for row in rows),
            last_seen=max(row.last_seen for row in rows),
        )

    def _snapshot(self, id_: int | None) -> Snapshot | None:
        return None if id_ is None else cast(Snapshot, self.outcomes[id_])


def _groups(
    connection: Connection, leads: Sequence[Row[*tuple[Any, ...]]]
) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    """Rows of all listings by the name of their lead, the lead's own first."""
    groups = {lead.name: [lead] for lead in leads}
    query = _SERVERS.where(ServerRow.lead.in_(list(groups))).order_by(ServerRow.name)
    for row in connection.execute(query):
        groups[row.lead].append(row)
    return groups


def _latest(connection: Connection, ids: Sequence[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    query = select(LatestRow.server_id, LatestRow.outcome_id, LatestRow.snapshot_id, LatestRow.widest_id)
    return {row.server_id: row for row in connection.execute(query.where(LatestRow.server_id.in_(ids)))}


def _outcome(row: Row[*tuple[Any, ...]], tools: Sequence[Tool]) -> Outcome:
    if row.skipped is not None:
        return structs.replace(load(row.body, Skipped), taken_at=row.last_seen)
    return structs.replace(load(row.body, Snapshot), taken_at=row.last_seen, tools=tuple(tools))


def _tools(connection: Connection, ids: Sequence[int]) -> dict[int, list[Tool]]:
    query = (
        select(OutcomeToolRow.outcome_id, OutcomeToolRow.origin, DefinitionRow.digest, DefinitionRow.body)
        .join(DefinitionRow, DefinitionRow.id == OutcomeToolRow.definition_id)
        .where(OutcomeToolRow.outcome_id.in_(ids))
        .order_by(OutcomeToolRow.outcome_id, OutcomeToolRow.position)
    )
    tools = defaultdict(list)
    for id_, origin, digest, body in connection.execute(query):
        where = None if origin is None else load(origin, Origin)
        tools[id_].append(Tool.read(load_definition(body), origin=where).known_by(digest))
    return tools


def _verdicts(connection: Connection, ids: Sequence[int]) -> dict[str, Verdict]:
    query = (
        select(VerdictRow.digest, VerdictRow.body)
        .join(DefinitionRow, DefinitionRow.digest == VerdictRow.digest)
        .join(OutcomeToolRow, OutcomeToolRow.definition_id == DefinitionRow.id)
        .where(OutcomeToolRow.outcome_id.in_(ids))
        .distinct()
    )
    return {digest: load(body, Verdict) for digest, body in connection.execute(query)}


def _reviews(connection: Connection, names: Sequence[str]) -> dict[str, list[Review]]:
    """Reviews by server, oldest first."""
    query = select(ReviewRow.server, ReviewRow.body).where(ReviewRow.server.in_(names))
    reviews = defaultdict(list)
    for name, body in connection.execute(query.order_by(ReviewRow.reviewed_at, ReviewRow.id)):
        reviews[name].append(load(body, Review))
    return reviews


def _changes(connection: Connection, ids: Sequence[int]) -> dict[int, list[Change]]:
    """The newest changes by server, newest first."""
    newest = func.row_number().over(partition_by=ChangeRow.server_id, order_by=ChangeRow.id.desc())
    ranked = select(ChangeRow.id, ChangeRow.server_id, ChangeRow.body, newest.label("rank")).where(
        ChangeRow.server_id.in_(ids)
    )
    recent = ranked.subquery()
    query = (
        select(recent.c.server_id, recent.c.body)
        .where(recent.c.rank <= _CHANGES)
        .order_by(recent.c.id.desc())
    )
    changes = defaultdict(list)
    for id_, body in connection.execute(query):
        changes[id_].append(load(body, Change))
    return changes
