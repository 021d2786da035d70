"""Keeps an outcome and its definitions, each once."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, Integer, Text, bindparam, insert, select, update

from catalogue.codec import dump, dump_definition, plain, sha256
from catalogue.models import DefinitionRow, OutcomeRow, OutcomeToolRow
from catalogue.store.writing import add, run, run_many
from crawler.snapshots import Outcome, Skipped, Snapshot
from crawler.tools import Tool

_SAME = select(OutcomeRow.id, OutcomeRow.last_seen).where(
    OutcomeRow.server_id == bindparam("server_id"), OutcomeRow.digest == bindparam("digest")
)
_AGAIN = update(OutcomeRow).where(OutcomeRow.id == bindparam("outcome_id"))
_NEW = insert(OutcomeRow).returning(OutcomeRow.id)
_TOOLS = insert(OutcomeToolRow).from_select(
    ["outcome_id", "position", "definition_id", "origin"],
    select(
        bindparam("outcome", type_=Integer),
        bindparam("place", type_=Integer),
        DefinitionRow.id,
        bindparam("read_from", type_=Text),
    ).where(DefinitionRow.digest == bindparam("digest"), DefinitionRow.content == bindparam("content")),
)


def keep_outcome(connection: Connection, server_id: int, outcome: Outcome, *, first: bool = False) -> int:
    """Id of the outcome's row. What was said before only moves its last_seen, with the newest circumstances.

    The *first* of a server that was added a moment ago is not looked for.
    """
    tools = outcome.tools if isinstance(outcome, Snapshot) else ()
    digests = [tool.digest for tool in tools]
    key: dict[str, Any] = {"server_id": server_id, "digest": _digest(outcome, digests)}
    values = {"body": _body(outcome), "last_seen": outcome.taken_at}
    row = None if first else run(connection, _SAME, key).fetchone()
    if row is not None:
        id_, last_seen = row
        if last_seen <= outcome.taken_at:
            run(connection, _AGAIN, {"outcome_id": id_, **values})
        return int(id_)
    added = int(run(connection, _NEW, key | values | _columns(outcome)).fetchone()[0])
    if tools:
        _keep_tools(connection, added, tools, digests)
    return added


def _columns(outcome: Outcome) -> dict[str, str | None]:
    """What never changes of an outcome's row."""
    return {
        "release": None if outcome.release is None else plain(outcome.release),
        "profile": outcome.profile.name if isinstance(outcome, Snapshot) else None,
        "skipped": outcome.reason.value if isinstance(outcome, Skipped) else None,
        "first_seen": outcome.taken_at,
    }


def _keep_tools(
    connection: Connection, outcome_id: int, tools: Sequence[Tool], digests: Sequence[str]
) -> None:
    bodies = [dump_definition(tool.definition) for tool in tools]
    keys = [(digest, sha256(body)[:32]) for digest, body in zip(digests, bodies, strict=True)]
    # In one order, so that two workers with the same definitions never wait for each other in a circle.
    definitions = sorted(dict(zip(keys, bodies, strict=True)).items())
    run_many(
        connection,
        add(connection, DefinitionRow),
        [{"digest": digest, "content": content, "body": body} for (digest, content), body in definitions],
    )
    rows = [
        {
            "outcome": outcome_id,
            "place": position,
            "digest": digest,
            "content": content,
            "read_from": None if tool.origin is None else dump(tool.origin),
        }
        for position, (tool, (digest, content)) in enumerate(zip(tools, keys, strict=True))
    ]
    run_many(connection, _TOOLS, rows)


def _body(outcome: Outcome) -> str:
    return dump(structs.replace(outcome, tools=()) if isinstance(outcome, Snapshot) else outcome)


def _digest(outcome: Outcome, digests: Sequence[str]) -> str:
    """SHA-256 over what was said, without the circumstances. Servers that shuffle their tools say the same."""
    if isinstance(outcome, Skipped):
        return sha256(dump([outcome.release, outcome.reason]))
    said: list[Any] = [outcome.release, outcome.method, outcome.profile.name, sorted(digests)]
    said += [outcome.protocol_version, outcome.server_info, outcome.instructions, outcome.unstable]
    return sha256(dump(said))
