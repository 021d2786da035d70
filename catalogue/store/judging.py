"""Judges each definition once a classifier version, and writes down which verdicts moved."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from sqlalchemy import Connection, exists, or_, select

from catalogue.codec import dump, load_definition
from catalogue.entries import Change
from catalogue.models import DefinitionRow, LatestRow, OutcomeRow, OutcomeToolRow, ServerRow, VerdictRow
from catalogue.store.saving import write_changes
from catalogue.store.writing import put
from classifier.categories import Category
from classifier.verdicts import Verdict
from crawler.servers import ServerName
from crawler.tools import Tool

#: Judges tools in order, one verdict each.
ClassifyAll = Callable[[Iterable[Tool]], Iterable[Verdict]]


def unjudged(connection: Connection, version: str, after: str, limit: int) -> dict[str, Tool]:
    """The next definitions, by digest in digest order, that this version has not judged."""
    verdict = exists().where(VerdictRow.version == version, VerdictRow.digest == DefinitionRow.digest)
    query = (
        select(DefinitionRow.digest, DefinitionRow.body)
        .where(DefinitionRow.digest > after, ~verdict)
        .order_by(DefinitionRow.digest)
        .limit(limit)
    )
    return {digest: Tool.read(load_definition(body)) for digest, body in connection.execute(query)}


def keep(
    connection: Connection, tools: Mapping[str, Tool], verdicts: Mapping[str, Verdict], now: str
) -> None:
    """Keep verdicts by digest in place of older ones, and tell of each category that moved; *now* is RFC 3339."""
    moved = _moved(connection, verdicts)
    rows = [
        {"digest": digest, "version": verdict.version, "category": verdict.category, "body": dump(verdict)}
        for digest, verdict in sorted(verdicts.items())
    ]
    connection.execute(put(connection, VerdictRow, ("digest",), ("version", "category", "body")), rows)
    write_changes(
        connection,
        (
            (
                server_id,
                _change(ServerName.parse(name), tools[digest].name, moved[digest], verdicts[digest], now),
            )
            for digest, servers in _servers_with(connection, list(moved)).items()
            for server_id, name in servers
        ),
    )


def _moved(connection: Connection, verdicts: Mapping[str, Verdict]) -> dict[str, Category]:
    """The category that was, for each digest whose category is now another."""
    query = select(VerdictRow.digest, VerdictRow.category).where(VerdictRow.digest.in_(list(verdicts)))
    before = {digest: Category(category) for digest, category in connection.execute(query)}
    return {digest: category for digest, category in before.items() if category != verdicts[digest].category}


def _servers_with(connection: Connection, digests: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Id and name of the servers whose newest snapshots have these definitions."""
    if not digests:
        return {}
    query = (
        select(DefinitionRow.digest, ServerRow.id, ServerRow.name)
        .join(OutcomeToolRow, OutcomeToolRow.definition_id == DefinitionRow.id)
        .join(OutcomeRow, OutcomeRow.id == OutcomeToolRow.outcome_id)
        .join(LatestRow, LatestRow.server_id == OutcomeRow.server_id)
        .join(ServerRow, ServerRow.id == OutcomeRow.server_id)
        .where(
            DefinitionRow.digest.in_(digests),
            or_(LatestRow.snapshot_id == OutcomeRow.id, LatestRow.widest_id == OutcomeRow.id),
        )
        .distinct()
        .order_by(ServerRow.name, DefinitionRow.digest)
    )
    servers = defaultdict(list)
    for digest, id_, name in connection.execute(query):
        servers[digest].append((id_, name))
    return servers


def _change(server: ServerName, tool: str, before: Category, verdict: Verdict, now: str) -> Change:
    return Change(
        server=server,
        kind="verdict_moved",
        seen_at=now,
        tool=tool,
        before=before,
        after=verdict.category,
        why=next(iter(verdict.why), None),
    )
