"""Finds servers by what a person types."""

from difflib import get_close_matches

from sqlalchemy import ColumnElement, Connection, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from catalogue.codec import load, plain
from catalogue.models import LatestRow, ServerRow
from crawler.servers import Server, ServerName

_ECOSYSTEMS = ("pypi", "npm", "github", "registry")


def named(connection: Connection, text: str) -> list[ServerName]:
    """Servers that *text* names: one by its whole name, or several that share a bare one; merged ones by their lead."""
    query = select(ServerRow.name, ServerRow.lead).where(
        or_(ServerRow.name.in_(_spellings(text)), ServerRow.bare == plain(text).lower())
    )
    rows = connection.execute(query).all()
    exact = [row for row in rows if row.name in _spellings(text) and ":" in text]
    return sorted({ServerName.parse(row.lead or row.name) for row in exact or rows})


def near(connection: Connection, text: str, limit: int = 3) -> list[ServerName]:
    """Servers whose names look like *text*, best first: what the person may have meant."""
    names = dict(connection.execute(select(ServerRow.name, ServerRow.bare)).all())
    spelled: dict[str, list[str]] = {}
    for name in sorted(names):
        for spelling in dict.fromkeys((names[name], _with_owner(name))):
            spelled.setdefault(spelling, []).append(name)
    meant = dict.fromkeys((text.rpartition("/")[2].rpartition(":")[2].lower(), _with_owner(text)))
    close = [match for word in meant for match in get_close_matches(word, spelled, n=limit, cutoff=0.7)]
    found = dict.fromkeys(name for match in close for name in spelled[match])
    return [ServerName.parse(name) for name in found][:limit]


def _with_owner(name: str) -> str:
    """A name as people run owner and package together: `@paypal/mcp` is `paypal-mcp`."""
    return name.rpartition(":")[2].lower().removeprefix("@").replace("/", "-")


def offering(connection: Connection, address: str) -> list[ServerName]:
    """Servers whose listings name this remote address or container image; merged ones by their lead."""
    wanted = _address(address)
    query = select(ServerRow.name, ServerRow.lead, ServerRow.listing).where(
        _says(ServerRow.words, wanted.lower())
    )
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


def search(connection: Connection, words: str, limit: int) -> list[ServerName]:
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
    return [ServerName.parse(name) for name in names[:limit]]


def _spellings(text: str) -> list[str]:
    """The whole names that *text* may be, as the record writes them."""
    names = map(ServerName.maybe, (text, *(f"{ecosystem}:{text}" for ecosystem in _ECOSYSTEMS)))
    return [str(name) for name in names if name is not None]


def _has(word: str) -> ColumnElement[bool]:
    return or_(_says(ServerRow.words, word), _says(LatestRow.words, word))


def _says(words: InstrumentedAttribute[str], word: str) -> ColumnElement[bool]:
    return words.contains(word, autoescape=True)
