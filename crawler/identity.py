"""Which listings are one server: only those that claim each other, and what claims stand alone."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from crawler.servers import Package, Repository, ServerName

#: Of one server's listings this one stands for it: the form that people install comes first.
_PRECEDENCE = ("pypi", "npm", "registry", "github")
_TREE = re.compile(r"(?:tree|blob)/[^/]+/(?P<folder>.+)")


class Listing(Protocol):
    """What identity looks at in a listing; a `Server` has it, and so has a `Claims`."""

    @property
    def name(self) -> ServerName: ...
    @property
    def repository(self) -> Repository | None: ...
    @property
    def packages(self) -> tuple[Package, ...]: ...
    @property
    def mcp_name(self) -> str | None: ...


class Claims(Struct, frozen=True, kw_only=True):
    """A `Server` without what says nothing of who it is: READMEs are most of a catalogue."""

    name: ServerName
    repository: Repository | None = None
    packages: tuple[Package, ...] = ()
    mcp_name: str | None = None


class Place(Struct, frozen=True, order=True):
    """A folder of a repository; `""` is its root."""

    #: Host, owner and name in lower case, as `github.com/owner/name`.
    repository: str
    folder: str = ""


class Merged(Struct, frozen=True, kw_only=True):
    """One server, however often it is listed."""

    #: The listing that stands for it.
    server: ServerName
    #: All its listings, that one first.
    listings: tuple[ServerName, ...]
    #: What its listings claim and nobody confirms, as sentences.
    conflicts: tuple[str, ...] = ()


class _Card(Struct, frozen=True, kw_only=True):
    """What identity needs of a listing, so that thirty thousand fit into memory."""

    name: ServerName
    place: Place | None
    mcp_name: str | None
    packages: frozenset[ServerName]
    #: The repository that GitHub says it is now, where it was renamed.
    moved: str | None = None


def merge(listings: Iterable[Listing]) -> list[Merged]:
    """Every server once, in name order.

    Two listings are one server only if each claims the other: a registry entry lists a package that names the
    entry, a package points at a repository whose manifest names the package, and so on. Listings that name
    different packages of one ecosystem, or different entries, are different servers, whatever they claim.
    """
    book = _Book(listings)
    claims: dict[tuple[ServerName, ServerName], _Claim] = {}
    for claim in book.claims():
        claims.setdefault((claim.claimant, claim.claimed), claim)
    groups = _Groups(book.cards)
    mutual = [pair for pair in claims if pair[0] < pair[1] and pair[::-1] in claims]
    # Who is named comes before who is only owned.
    for one, other in sorted(mutual, key=lambda pair: ("owns" in _verbs(claims, pair), pair)):
        groups.unite(one, other)
    conflicts: dict[ServerName, list[str]] = defaultdict(list)
    for pair, claim in sorted(claims.items()):
        if claim.verb != "owns" and not groups.together(*pair):
            conflicts[claim.claimant].append(claim.sentence(confirmed=pair[::-1] in claims))
    for claimant, place in book.unanswered():
        conflicts[claimant].append(f"{claimant} points at {place.repository}, where no server names it")
    return [_merged(members, conflicts) for members in groups.all()]


def place_of(repository: Repository | None) -> Place | None:
    """Where a repository's address points, on any forge; `None` if it is no repository."""
    if repository is None:
        return None
    try:
        parts = urlsplit(repository.url)
    except ValueError:
        return None
    steps = [step for step in unquote(parts.path).split("/") if step]
    if not parts.hostname or len(steps) < 2:
        return None
    host = parts.hostname.removeprefix("www.")
    tree = _TREE.match("/".join(steps[2:]).removeprefix("-/"))
    folder = repository.subfolder or (tree["folder"] if tree else "")
    return Place(f"{host}/{steps[0]}/{steps[1].removesuffix('.git')}".lower(), _folder(folder))


class _Claim(Struct, frozen=True, kw_only=True):
    """What one listing says of another."""

    claimant: ServerName
    claimed: ServerName
    #: `lists`, `calls itself`, `points at` or `owns`.
    verb: str

    def sentence(self, *, confirmed: bool) -> str:
        """What is claimed, and why it is not believed."""
        why = "but they name different packages or entries" if confirmed else "which does not confirm it"
        return f"{self.claimant} {self.verb} {self.claimed}, {why}"


class _Book:
    """All listings, and under what each of them is found."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.cards = {server.name: _card(server) for server in listings}
        #: Repository to folder to the server in it.
        self._folders: dict[str, dict[str, ServerName]] = defaultdict(dict)
        #: A repository's old name to its new one.
        self._moved = {
            card.place.repository: card.moved for card in self.cards.values() if card.place and card.moved
        }
        for card in self.cards.values():
            if card.moved is None and card.name.ecosystem == "github" and card.place is not None:
                self._folders[card.place.repository][card.place.folder] = card.name

    def claims(self) -> Iterator[_Claim]:
        """Every claim whose other end is listed as well."""
        owned: dict[ServerName, list[ServerName]] = defaultdict(list)
        for card in self.cards.values():
            if card.moved is not None:
                continue
            for claimed in self._packages(card):
                yield _Claim(claimant=card.name, claimed=claimed, verb="lists")
            if (entry := self._entry(card)) is not None:
                yield _Claim(claimant=card.name, claimed=entry, verb="calls itself")
            if (source := self._source(card)) is not None:
                yield _Claim(claimant=card.name, claimed=source, verb="points at")
                if _owns(source, card.name):
                    owned[source].append(card.name)
        # Only who owns the repository can write to its owner's namespace of the registry: that confirms the entry,
        # unless there are several, of which nobody can tell which one this server is.
        for source, entries in owned.items():
            if len(entries) == 1:
                yield _Claim(claimant=source, claimed=entries[0], verb="owns")

    def unanswered(self) -> Iterator[tuple[ServerName, Place]]:
        """Listings that point into a repository whose servers we know, at none of them."""
        for card in self.cards.values():
            place = card.place
            if place is None or card.name.ecosystem == "github" or not self._servers_in(place):
                continue
            if self._source(card) is None:
                yield card.name, place

    def _packages(self, card: _Card) -> list[ServerName]:
        return [name for name in card.packages if name in self.cards and name != card.name]

    def _entry(self, card: _Card) -> ServerName | None:
        entry = ServerName("registry", card.mcp_name or "")
        return entry if entry in self.cards and entry != card.name else None

    def _source(self, card: _Card) -> ServerName | None:
        """The server in the listing's repository: the one that names the listing, else the one in its folder."""
        if card.place is None or card.name.ecosystem == "github":
            return None
        folders = self._servers_in(card.place)
        naming = [name for name in folders.values() if self._names(self.cards[name], card.name)]
        return naming[0] if len(naming) == 1 else folders.get(card.place.folder)

    def _servers_in(self, place: Place) -> Mapping[str, ServerName]:
        """Folder to server, of the repository under the name that it has now."""
        return self._folders.get(self._moved.get(place.repository, place.repository), {})

    def _names(self, card: _Card, other: ServerName) -> bool:
        return other in card.packages or self._entry(card) == other


class _Group:
    """Listings that are one server: one an ecosystem, and no two that contradict each other."""

    def __init__(self, card: _Card) -> None:
        self.listings = {card.name.ecosystem: card.name}
        #: Ecosystem to the names in it that this server may have, by all that its listings say of it.
        self._names: dict[str, frozenset[ServerName]] = {}
        for name in card.packages:
            self._names[name.ecosystem] = self._names.get(name.ecosystem, frozenset()) | {name}
        if card.mcp_name is not None:
            self._names["registry"] = frozenset({ServerName("registry", card.mcp_name)})
        self._names[card.name.ecosystem] = frozenset({card.name})

    def contradicts(self, other: "_Group") -> bool:
        """Whether both name something in an ecosystem, and not the same."""
        shared = self._names.keys() & other._names.keys()
        return any(self._names[key].isdisjoint(other._names[key]) for key in shared)

    def take(self, other: "_Group") -> None:
        """Be one with it."""
        self.listings |= other.listings
        for key, names in other._names.items():
            self._names[key] = self._names.get(key, names) & names


class _Groups:
    """Which listings are together."""

    def __init__(self, cards: Mapping[ServerName, _Card]) -> None:
        self._cards = cards
        #: Only of those that anything was tried with: most servers are listed once.
        self._group: dict[ServerName, _Group] = {}

    def unite(self, one: ServerName, other: ServerName) -> None:
        """Put two groups together, unless that would make two servers one."""
        mine, theirs = (self._group.setdefault(name, _Group(self._cards[name])) for name in (one, other))
        if mine is theirs or mine.contradicts(theirs):
            return
        mine.take(theirs)
        for name in theirs.listings.values():
            self._group[name] = mine

    def together(self, one: ServerName, other: ServerName) -> bool:
        """Whether both are one server."""
        return one in self._group and self._group[one] is self._group.get(other)

    def all(self) -> list[list[ServerName]]:
        """Each group once, its leading listing first, by that one's name."""
        groups = {id(group): group.listings for group in self._group.values()}
        ordered = [[group[key] for key in _PRECEDENCE if key in group] for group in groups.values()]
        return sorted(ordered + [[name] for name in self._cards if name not in self._group])


def _verbs(
    claims: Mapping[tuple[ServerName, ServerName], _Claim], pair: tuple[ServerName, ServerName]
) -> set[str]:
    return {claims[pair].verb, claims[pair[::-1]].verb}


def _card(server: Listing) -> _Card:
    name, said = server.name, place_of(server.repository)
    own = _own_place(name) if name.ecosystem == "github" else None
    packages = {f"{package.registry_type}:{package.identifier}" for package in server.packages}
    return _Card(
        name=name,
        place=own or said,
        mcp_name=server.mcp_name,
        packages=frozenset(filter(None, map(ServerName.maybe, packages))),
        moved=said.repository if own and said and own.repository != said.repository else None,
    )


def _own_place(name: ServerName) -> Place:
    """A repository's server lies where its name says, whatever address its listing gives."""
    repository, _, folder = name.name.partition("#")
    return Place(f"github.com/{repository}".lower(), _folder(folder))


def _owns(source: ServerName, entry: ServerName) -> bool:
    owner = source.name.partition("/")[0].lower()
    return entry.ecosystem == "registry" and entry.name.lower().startswith(f"io.github.{owner}/")


def _folder(text: str) -> str:
    return "/".join(step for step in text.split("/") if step not in {"", "."})


def _merged(members: list[ServerName], conflicts: dict[ServerName, list[str]]) -> Merged:
    said = [sentence for name in members for sentence in conflicts.get(name, ())]
    return Merged(server=members[0], listings=tuple(members), conflicts=tuple(said))
