"""How much is in the record."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, func, select

from catalogue.models import DefinitionRow, LatestRow, OutcomeRow, OutcomeToolRow, ServerRow, VerdictRow
from classifier.categories import Category
from crawler.snapshots import SkipReason


class Counts(Struct, frozen=True, kw_only=True):
    """Numbers over the newest snapshots of the default profile."""

    servers: int
    #: Servers that have a tool list.
    listed: int
    #: Servers whose newest attempt was skipped, by reason.
    skipped: Mapping[SkipReason, int]
    tools: int
    #: Different definitions that were ever seen.
    definitions: int
    #: Tools by the classifier's category; reviews are not applied here.
    categories: Mapping[Category, int]


def is_empty(connection: Connection) -> bool:
    """Whether no server was ever listed."""
    return connection.execute(select(ServerRow.id).limit(1)).first() is None


def counts(connection: Connection) -> Counts:
    """Count, in the database."""
    tools = (
        select(func.count())
        .select_from(LatestRow)
        .join(OutcomeToolRow, OutcomeToolRow.outcome_id == LatestRow.snapshot_id)
    )
    skipped = (
        select(OutcomeRow.skipped, func.count())
        .join(LatestRow, LatestRow.outcome_id == OutcomeRow.id)
        .where(OutcomeRow.skipped.is_not(None))
        .group_by(OutcomeRow.skipped)
    )
    categories = (
        select(VerdictRow.category, func.count())
        .join(DefinitionRow, DefinitionRow.digest == VerdictRow.digest)
        .join(OutcomeToolRow, OutcomeToolRow.definition_id == DefinitionRow.id)
        .join(LatestRow, LatestRow.snapshot_id == OutcomeToolRow.outcome_id)
        .group_by(VerdictRow.category)
    )
    found = {Category(category): number for category, number in connection.execute(categories)}
    return Counts(
        servers=connection.execute(
            select(func.count()).select_from(ServerRow).where(ServerRow.lead.is_(None))
        ).scalar_one(),
        listed=connection.execute(select(func.count(LatestRow.snapshot_id))).scalar_one(),
        skipped={
            SkipReason(reason or ""): number for reason, number in sorted(connection.execute(skipped).all())
        },
        tools=connection.execute(tools).scalar_one(),
        definitions=connection.execute(select(func.count(func.distinct(DefinitionRow.digest)))).scalar_one(),
        categories={category: found[category] for category in Category if category in found},
    )
