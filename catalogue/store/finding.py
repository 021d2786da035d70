"""Finds servers by what a person types."""

from sqlalchemy import ColumnElement, Connection, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from catalogue.codec import load, plain
from catalogue.models import LatestRow, ServerRow
from catalogue.store.likeness import Names
from catalogue.store.writing import run
from crawler.servers import Server, ServerName

_ECOSYSTEMS = ("pypi", "npm", "github", "registry")
_NAMES = select(ServerRow.name, ServerRow.bare)
_LAST = select(func.max(ServerRow.id))


def named(connection: Connection, text: str) -> list[ServerName]:
    """Servers that *text* names: one by its whole name, or several that share a bare one; merged ones by their lead."""
    query = select(ServerRow.name, ServerRow.lead).where(
        or_(ServerRow.name.in_(_spellings(text)), ServerRow.bare == plain(text).lower())
    )
    rows = connection.execute(query).all()
    exact = [row for row in rows if row.name in _spellings(text) and ":" in text]
    return sorted({ServerName.parse(row.lead or row.name) for row in exact or rows})


def last(connection: Connection) -> int:
    """A number that grows with every new listing; none is ever removed."""
    return connection.execute(_LAST).scalar() or 0


def names(connection: Connection) -> Names:
    """What finds misspelt names among all that there are."""
    return Names(run(connection, _NAMES, {}).fetchall())


def offering(connection: Connection, address: str) -> list[ServerName]:
    """Servers whose listings name this remote address or container image; merged ones by their lead."""
    wanted = _address(address)
    # By way of their ids, since only words lie in an index beside them.
    ids = select(ServerRow.id).where(_says(ServerRow.words, wanted.lower()))
    query = select(ServerRow.name, ServerRow.lead, ServerRow.listing).where(ServerRow.id.in_(ids))
    rows = [row for row in connection.execute(query) if wanted in _addresses(load(row.listing, Server))]
    return sorted({ServerName.parse(row.lead or row.name) for row in rows})


def _addresses(server: Server) -> set[str]:
    """Where the server can be reached or taken from, without what differs from one use to the next."""
    images = [package.identifier for package in server.packages if package.registry_type == "oci"]
    return {_address(text) for text in (*images, *(remote.url for remote in server.remotes))}


def _address(text: str) -> str:
    """A URL without query; an image without tag and digest."""
    if "://" in text:
        return text.partition("?")[0].partition("#")[0].rstrip("/")
    image = text.partition("@")[0]
    folder, slash, name = image.rpartition("/")
    return f"{folder}{slash}{name.partition(':')[0]}".removeprefix("docker.io/")


def search(connection: Connection, words: str, limit: int, offset: int = 0) -> list[ServerName]:
    """Servers that have every word in their name, title, description or tools; those with all in the name first."""
    asked = plain(words).lower().split()
    if not asked:
        return []
    query = (
        select(ServerRow.name)
        .outerjoin(LatestRow, LatestRow.server_id == ServerRow.id)
        .where(ServerRow.lead.is_(None), *(_has(word) for word in asked))
        .order_by(ServerRow.name)
    )
    names = sorted(
        connection.execute(query).scalars(), key=lambda name: not all(word in name for word in asked)
    )
    return [ServerName.parse(name) for name in names[offset : offset + limit]]


def _spellings(text: str) -> list[str]:
    """The whole names that *text* may be, as the record writes them."""
    names = map(ServerName.maybe, (text, *(f"{ecosystem}:{text}" for ecosystem in _ECOSYSTEMS)))
    return [str(name) for name in names if name is not None]


def _has(word: str) -> ColumnElement[bool]:
    return or_(_says(ServerRow.words, word), _says(LatestRow.words, word))


def _says(words: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return words.contains(word, autoescape=True)
