"""Keeps what a crawl found: the listing, how attempts ended, every definition once, and what changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from catalogue.changes import differences
from catalogue.entries import Change
from catalogue.models import ChangeRow, DefinitionRow, LatestRow, OutcomeRow, OutcomeToolRow, ServerRow
from catalogue.store.codec import dump, dump_definition, plain, sha256
from catalogue.store.reading import outcomes_of
from crawler.servers import Server
from crawler.snapshots import Outcome, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

#: Changes that one save writes down at most: a server that lists ten thousand new tools every night
#: must not fill the record.
_MOST_CHANGES = 500

#: Reasons by which a source says that a server is no more.
_GONE = frozenset({SkipReason.GONE, SkipReason.NOT_FOUND})


def upsert(connection: Connection, table: Any) -> Any:
    """An INSERT that can say what to do on a conflict, in the dialect of this database."""
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


def save(
    connection: Connection, server: Server, outcomes: Sequence[Outcome], now: str, *, if_newer: bool = False
) -> None:
    """Keep the listing and how it ended; *now* is RFC 3339.

    With *if_newer* an outcome that is older than the newest one becomes history and changes nothing else.
    """
    server_id, known = _keep_listing(connection, server, now)
    changes = (
        []
        if known
        else [Change(server=server.name, kind="server_added", seen_at=now, release=server.version)]
    )
    if outcomes:
        changes += _keep_outcomes(connection, server_id, outcomes, if_newer)
    write_changes(connection, [(server_id, change) for change in changes[:_MOST_CHANGES]])


def write_changes(connection: Connection, changes: Iterable[tuple[int, Change]]) -> None:
    """Write differences down, each with the id of its server."""
    rows = [
        {"server_id": id_, "seen_at": plain(change.seen_at), "kind": change.kind, "body": dump(change)}
        for id_, change in changes
    ]
    if rows:
        connection.execute(insert(ChangeRow), rows)


def _keep_listing(connection: Connection, server: Server, now: str) -> tuple[int, bool]:
    """Id of the server's row, and whether it was there before. The row stays locked until the transaction ends."""
    name = str(server.name)
    values = {"listing": dump(server), "words": _words(server), "last_seen": now}
    find = select(ServerRow.id).where(ServerRow.name == name).with_for_update()
    id_ = connection.execute(find).scalar()
    if id_ is None:
        add = upsert(connection, ServerRow).on_conflict_do_nothing().returning(ServerRow.id)
        added = connection.execute(
            add, {"name": name, "bare": bare(name), "first_seen": now, **values}
        ).scalar()
        if added is not None:
            return added, False
        # Another worker was faster; its row is there now.
        id_ = connection.execute(find).scalar_one()
    if server == Server(name=server.name):
        values = {"last_seen": now}
    connection.execute(update(ServerRow).where(ServerRow.id == id_), values)
    return id_, True


def bare(name: str) -> str:
    """Last part of a server's name in lower case: what people call it."""
    return name.replace(":", "/").replace("#", "/").rpartition("/")[2].lower()


def _words(server: Server) -> str:
    parts = (str(server.name), server.title, server.description, server.mcp_name, *server.keywords)
    return plain(" ".join(part for part in parts if part).lower())


def _keep_outcomes(
    connection: Connection, server_id: int, outcomes: Sequence[Outcome], if_newer: bool
) -> list[Change]:
    """Keep the outcomes, make them the latest, and say what changed by them."""
    before = _latest(connection, server_id)
    ids = [_keep_outcome(connection, server_id, outcome) for outcome in outcomes]
    if if_newer and before is not None and before.last_seen > outcomes[0].taken_at:
        return []
    after = _pointers(before, outcomes, ids)
    add = upsert(connection, LatestRow)
    connection.execute(
        add.on_conflict_do_update(index_elements=[LatestRow.server_id], set_=after),
        {"server_id": server_id, **after},
    )
    return [] if before is None else _changes(connection, before, after, outcomes[0])


def _latest(connection: Connection, server_id: int) -> Row[*tuple[Any, ...]] | None:
    query = (
        select(
            LatestRow.snapshot_id,
            LatestRow.widest_id,
            LatestRow.words,
            OutcomeRow.release,
            OutcomeRow.skipped,
            OutcomeRow.last_seen,
        )
        .join(OutcomeRow, OutcomeRow.id == LatestRow.outcome_id)
        .where(LatestRow.server_id == server_id)
    )
    return connection.execute(query).first()


def _pointers(
    before: Row[*tuple[Any, ...]] | None, outcomes: Sequence[Outcome], ids: Sequence[int]
) -> dict[str, Any]:
    """The columns of `latest` after these outcomes. A skip leaves the last good snapshot standing."""
    good = {
        outcome.profile.name: id_
        for outcome, id_ in zip(outcomes, ids, strict=True)
        if isinstance(outcome, Snapshot)
    }
    names = {tool.name for outcome in outcomes if isinstance(outcome, Snapshot) for tool in outcome.tools}
    kept = (None, None, "") if before is None else (before.snapshot_id, before.widest_id, before.words)
    return {
        "outcome_id": ids[0],
        "snapshot_id": good.get("default", kept[0]),
        "widest_id": good.get("widest", None if "default" in good else kept[1]),
        "words": plain(" ".join(sorted(names)).lower()) if good else kept[2],
    }


def _changes(
    connection: Connection, before: Row[*tuple[Any, ...]], after: dict[str, Any], newest: Outcome
) -> list[Change]:
    """What this attempt changed; the widest profile adds only what the default one does not show."""
    found: dict[tuple[str, str | None], Change] = {}
    for column in ("snapshot_id", "widest_id"):
        old, new = getattr(before, column), after[column]
        if None in {old, new} or old == new:
            continue
        said = outcomes_of(connection, [old, new])
        for change in differences(said[old], said[new]):  # type: ignore[arg-type]  # these columns point at snapshots
            found.setdefault((change.kind, change.tool), change)
    release = None if newest.release is None else plain(newest.release)
    if release == before.release:
        found.pop(("released", None), None)  # It was told when its first attempt was skipped.
    elif isinstance(newest, Skipped):
        found["released", None] = _seen(newest, "released", before=before.release, after=newest.release)
    if isinstance(newest, Skipped) and newest.reason in _GONE and before.skipped not in _GONE:
        found["server_gone", None] = _seen(newest, "server_gone", after=newest.detail)
    return list(found.values())


def _seen(outcome: Skipped, kind: Any, **what: str | None) -> Change:
    return Change(server=outcome.server, kind=kind, seen_at=outcome.taken_at, release=outcome.release, **what)


def _keep_outcome(connection: Connection, server_id: int, outcome: Outcome) -> int:
    """Id of the outcome's row. What was said before only moves its last_seen, with the newest circumstances."""
    tools = outcome.tools if isinstance(outcome, Snapshot) else ()
    digests = [tool.digest for tool in tools]
    key = {"server_id": server_id, "digest": _digest(outcome, digests)}
    values: dict[str, Any] = {"body": _body(outcome), "last_seen": outcome.taken_at}
    same = select(OutcomeRow.id, OutcomeRow.last_seen).where(
        *(getattr(OutcomeRow, name) == value for name, value in key.items())
    )
    row = connection.execute(same).first()
    if row is not None:
        if row.last_seen <= outcome.taken_at:
            connection.execute(update(OutcomeRow).where(OutcomeRow.id == row.id), values)
        return int(row.id)
    values |= key | {
        "release": None if outcome.release is None else plain(outcome.release),
        "profile": outcome.profile.name if isinstance(outcome, Snapshot) else None,
        "skipped": None if isinstance(outcome, Snapshot) else outcome.reason,
        "first_seen": outcome.taken_at,
    }
    added = connection.execute(insert(OutcomeRow).returning(OutcomeRow.id), values).scalar_one()
    _keep_tools(connection, added, tools, digests)
    return added


def _keep_tools(
    connection: Connection, outcome_id: int, tools: Sequence[Tool], digests: Sequence[str]
) -> None:
    if not tools:
        return
    bodies = [dump_definition(tool.definition) for tool in tools]
    contents = [sha256(body) for body in bodies]
    definitions = {
        content: {"content": content, "digest": digest, "body": body}
        for content, digest, body in zip(contents, digests, bodies, strict=True)
    }
    # In one order, so that two workers with the same definitions never wait for each other in a circle.
    connection.execute(
        upsert(connection, DefinitionRow).on_conflict_do_nothing(),
        [definitions[key] for key in sorted(definitions)],
    )
    rows = [
        {
            "outcome_id": outcome_id,
            "position": position,
            "content": content,
            "origin": None if tool.origin is None else dump(tool.origin),
        }
        for position, (tool, content) in enumerate(zip(tools, contents, strict=True))
    ]
    connection.execute(insert(OutcomeToolRow), rows)


def _body(outcome: Outcome) -> str:
    return dump(structs.replace(outcome, tools=()) if isinstance(outcome, Snapshot) else outcome)


def _digest(outcome: Outcome, digests: Sequence[str]) -> str:
    """SHA-256 over what was said, without the circumstances. Servers that shuffle their tools say the same."""
    if isinstance(outcome, Skipped):
        return sha256(dump([outcome.release, outcome.reason]))
    said: list[Any] = [outcome.release, outcome.method, outcome.profile.name, sorted(digests)]
    return sha256(
        dump([*said, outcome.protocol_version, outcome.server_info, outcome.instructions, outcome.unstable])
    )
