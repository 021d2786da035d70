"""Finds servers by what a person types."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from heapq import heappush, heapreplace

from sqlalchemy import ColumnElement, Connection, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from catalogue.codec import load, plain
from catalogue.models import LatestRow, ServerRow
from catalogue.store.writing import run
from crawler.servers import Server, ServerName

_ECOSYSTEMS = ("pypi", "npm", "github", "registry")
#: How alike two names must be, as `difflib` measures it, for one to be what was meant by the other.
_ALIKE = 0.7
_NAMES = select(ServerRow.name, ServerRow.bare)


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
    meant = dict.fromkeys((text.rpartition("/")[2].rpartition(":")[2].lower(), _with_owner(text)))
    names = run(connection, _NAMES, {}).fetchall()
    found: dict[str, None] = {}
    for word in meant:
        bound = _Bound(word)
        spelled: dict[str, list[str]] = {}
        for name, bare in names:
            for spelling in (bare,) if name.endswith(f":{bare}") else (bare, _with_owner(name)):
                if bound.of(spelling) >= _ALIKE:
                    spelled.setdefault(spelling, []).append(name)
        for match in closest(word, spelled, limit):
            found |= dict.fromkeys(sorted(spelled[match]))
    return [ServerName.parse(name) for name in found][:limit]


class _Bound:
    """How alike a name can be to one word at most: no more letters are in their places than there are."""

    def __init__(self, word: str) -> None:
        self._length = len(word)
        self._letters = bytes({*word.encode()})

    def of(self, name: str) -> float:
        """A number that `SequenceMatcher.ratio` does not exceed."""
        text = name.encode()
        shared = min(self._length, len(text) - len(text.translate(None, self._letters)))
        letters = self._length + len(name)
        return 2 * shared / letters if letters else 1.0


def closest(word: str, names: Iterable[str], limit: int) -> list[str]:
    """What `difflib.get_close_matches` gives, without comparing what cannot be among the best."""
    bound = _Bound(word)
    able = sorted(((bound.of(name), name) for name in names), reverse=True)
    best: list[tuple[float, str]] = []
    matcher = SequenceMatcher(b=word)
    for most, name in able:
        wanted = best[0][0] if len(best) == limit else _ALIKE
        if most < wanted:
            break
        matcher.set_seq1(name)
        if matcher.quick_ratio() < wanted or (likeness := matcher.ratio()) < wanted:
            continue
        if len(best) < limit:
            heappush(best, (likeness, name))
        elif (likeness, name) > best[0]:
            heapreplace(best, (likeness, name))
    return [name for _, name in sorted(best, reverse=True)]


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
