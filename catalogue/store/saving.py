"""Keeps how a crawl ended for a server, makes it the newest, and writes down what changed."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from catalogue.changes import differences
from catalogue.codec import dump, plain
from catalogue.entries import Change
from catalogue.models import ChangeRow, LatestRow, OutcomeRow, ServerRow
from catalogue.store.keeping import keep_outcome
from catalogue.store.reading import snapshots_of
from catalogue.store.writing import add, put, run, run_many
from crawler.servers import Server
from crawler.snapshots import PASSING, Outcome, Skipped, SkipReason, Snapshot

#: Changes that one save writes down at most: a server that lists ten thousand new tools every night
#: must not fill the record.
_MOST_CHANGES = 500

#: Reasons by which a source says that a server is no more.
_GONE = frozenset({SkipReason.GONE, SkipReason.NOT_FOUND})

#: A server as it stands, whether or not anything is known of it. The row stays locked until the transaction ends.
_STANDING = (
    select(
        ServerRow.id,
        LatestRow.outcome_id,
        LatestRow.snapshot_id,
        LatestRow.widest_id,
        LatestRow.words,
        OutcomeRow.release,
        OutcomeRow.skipped,
        OutcomeRow.last_seen,
    )
    .outerjoin(LatestRow, LatestRow.server_id == ServerRow.id)
    .outerjoin(OutcomeRow, OutcomeRow.id == LatestRow.outcome_id)
    .where(ServerRow.name == bindparam("name"))
    .with_for_update(of=ServerRow)
)
_LISTED = update(ServerRow).where(ServerRow.id == bindparam("server_id"))
_CHANGED = insert(ChangeRow)


class Standing(NamedTuple):
    """What is known of a server before a save: its newest outcome, and the snapshots that stand."""

    server_id: int
    outcome_id: int | None
    snapshot_id: int | None
    widest_id: int | None
    words: str
    release: str | None
    skipped: str | None
    last_seen: str


def save(
    connection: Connection, server: Server, outcomes: Sequence[Outcome], now: str, *, if_newer: bool = False
) -> None:
    """Keep the listing and how it ended; *now* is RFC 3339.

    With *if_newer* an outcome that is older than the newest one becomes history and changes nothing else.
    """
    before = _standing(connection, server)
    changes: list[Change] = []
    if before is None and (added := _add_listing(connection, server, now)) is not None:
        server_id = added
        changes.append(Change(server=server.name, kind="server_added", seen_at=now, release=server.version))
    else:
        # If it was not there a moment ago, another worker was faster.
        before = before or _standing(connection, server)
        server_id = before.server_id  # type: ignore[union-attr]  # nobody removes servers
        _update_listing(connection, server_id, server, now)
    if outcomes:
        known = before if before is not None and before.outcome_id is not None else None
        first = outcomes[0] if before is None else None
        ids = [keep_outcome(connection, server_id, outcome, first=outcome is first) for outcome in outcomes]
        changes += _point_at(connection, server_id, outcomes, ids, known, if_newer)
    write_changes(connection, [(server_id, change) for change in changes[:_MOST_CHANGES]])


def _standing(connection: Connection, server: Server) -> Standing | None:
    row = run(connection, _STANDING, {"name": str(server.name)}).fetchone()
    return None if row is None else Standing(*row)


def write_changes(connection: Connection, changes: Iterable[tuple[int, Change]]) -> None:
    """Write differences down, each with the id of its server."""
    rows = [
        {"server_id": id_, "seen_at": plain(change.seen_at), "kind": change.kind, "body": dump(change)}
        for id_, change in changes
    ]
    if rows:
        run_many(connection, _CHANGED, rows)


def _add_listing(connection: Connection, server: Server, now: str) -> int | None:
    """Id of the new row, `None` where somebody else has just added it."""
    name = str(server.name)
    row = {"name": name, "bare": bare(name), "first_seen": now, **_listing(server, now)}
    added = run(connection, add(connection, ServerRow, "id"), row).fetchone()
    return None if added is None else int(added[0])


def _update_listing(connection: Connection, server_id: int, server: Server, now: str) -> None:
    empty = server == Server(name=server.name)
    values = {"last_seen": now} if empty else _listing(server, now)
    run(connection, _LISTED, {"server_id": server_id, **values})


def _listing(server: Server, now: str) -> dict[str, str]:
    named = (str(server.name), server.title, server.description, server.mcp_name)
    found_by = (*server.keywords, *(package.identifier for package in server.packages))
    parts = (*named, *found_by, *(remote.url for remote in server.remotes))
    words = plain(" ".join(part for part in parts if part).lower())
    return {"listing": dump(server), "words": words, "last_seen": now}


def bare(name: str) -> str:
    """Last part of a server's name in lower case: what people call it."""
    return name.replace(":", "/").replace("#", "/").rpartition("/")[2].lower()


def _point_at(
    connection: Connection,
    server_id: int,
    outcomes: Sequence[Outcome],
    ids: Sequence[int],
    before: Standing | None,
    if_newer: bool,
) -> list[Change]:
    """Make these outcomes the latest, and say what changed by them."""
    if if_newer and before is not None and before.last_seen > outcomes[0].taken_at:
        return []
    after = _pointers(before, outcomes, ids)
    run(
        connection,
        put(connection, LatestRow, ("server_id",), tuple(after)),
        {"server_id": server_id, **after},
    )
    return [] if before is None else _changes(connection, before, after, outcomes[0])


def _pointers(before: Standing | None, outcomes: Sequence[Outcome], ids: Sequence[int]) -> dict[str, Any]:
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
    connection: Connection, before: Standing, after: dict[str, Any], newest: Outcome
) -> list[Change]:
    """What this attempt changed; the widest profile adds only what the default one does not show."""
    found: dict[tuple[str, str | None], Change] = {}
    for old, new in ((before.snapshot_id, after["snapshot_id"]), (before.widest_id, after["widest_id"])):
        if old is None or new is None or old == new:
            continue
        said = snapshots_of(connection, [old, new])
        for change in differences(said[old], said[new]):
            found.setdefault((change.kind, change.tool), change)
    release = None if newest.release is None else plain(newest.release)
    if release == before.release:
        found.pop(("released", None), None)  # It was told when its first attempt was skipped.
    elif isinstance(newest, Skipped) and newest.reason not in _GONE:
        found["released", None] = _seen(newest, "released", before=before.release, after=newest.release)
    if isinstance(newest, Skipped) and newest.reason in _GONE and before.skipped not in _GONE:
        found["server_gone", None] = _seen(newest, "server_gone", after=newest.detail)
    # Whether it is there, an attempt that failed for a reason that may pass does not tell.
    if before.skipped in _GONE and (isinstance(newest, Snapshot) or newest.reason not in _GONE | PASSING):
        found["server_back", None] = _seen(newest, "server_back")
    return list(found.values())


def _seen(outcome: Outcome, kind: Any, **what: str | None) -> Change:
    return Change(server=outcome.server, kind=kind, seen_at=outcome.taken_at, release=outcome.release, **what)
