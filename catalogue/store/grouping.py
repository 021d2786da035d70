"""Which listings are one server, as the record keeps it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, or_, select, update

from catalogue.codec import dump, load
from catalogue.models import ServerRow
from crawler.identity import Claims, Merged
from crawler.servers import ServerName


def listings_after(connection: Connection, name: str, limit: int) -> list[Claims]:
    """The next listings in name order."""
    query = select(ServerRow.listing).where(ServerRow.name > name).order_by(ServerRow.name).limit(limit)
    return [load(listing, Claims) for listing in connection.execute(query).scalars()]


def group(
    connection: Connection, lead: ServerName, members: Sequence[ServerName], conflicts: Sequence[str]
) -> None:
    """Make *lead* stand for *members* and nothing else."""
    names = [str(member) for member in members if member != lead]
    connection.execute(update(ServerRow).where(ServerRow.lead == str(lead)).values(lead=None))
    connection.execute(update(ServerRow).where(ServerRow.name.in_(names)).values(lead=str(lead)))
    said = dump(list(conflicts)) if conflicts else None
    connection.execute(update(ServerRow).where(ServerRow.name == str(lead)).values(lead=None, conflicts=said))


def regroup(connection: Connection, groups: Iterable[Merged]) -> None:
    """Make these all the groups that there are; most servers are listed once, and cost nothing."""
    grouped = or_(ServerRow.lead.is_not(None), ServerRow.conflicts.is_not(None))
    connection.execute(update(ServerRow).where(grouped).values(lead=None, conflicts=None))
    for merged in groups:
        if len(merged.listings) > 1 or merged.conflicts:
            group(connection, merged.server, merged.listings, merged.conflicts)
