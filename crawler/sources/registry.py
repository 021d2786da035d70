"""Servers in the official MCP registry, or any other that speaks its API."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from crawler.fetch import Client, FetchError
from crawler.ledger import Ledger
from crawler.servers import BadServerName, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.leads import GONE, Lead, Owed, Reading, Unreadable
from crawler.sources.serverjson import package_names, read_server_json

OFFICIAL = "https://registry.modelcontextprotocol.io"
#: Servers a page; the API gives no more.
PAGE = 100
#: A list that is longer than so many pages does not end.
MOST_PAGES = 5_000


class Standing(msgspec.Struct, frozen=True, rename="camel"):
    """What the registry itself says of a listing."""

    status: str = "active"
    status_message: str | None = None
    published_at: str | None = None
    updated_at: str | None = None
    is_latest: bool = True


class Meta(msgspec.Struct, frozen=True):
    """The registry's own corner of `_meta`; whatever else lies there is somebody's claim."""

    official: Standing = msgspec.field(
        name="io.modelcontextprotocol.registry/official", default_factory=Standing
    )


class Item(msgspec.Struct, frozen=True):
    """One version of a server, as the list and the single answer give it."""

    server: dict[str, Any]
    meta: Meta = msgspec.field(name="_meta", default_factory=Meta)


class PageEnd(msgspec.Struct, frozen=True, rename="camel"):
    """Where the next page begins; the list ends where there is no cursor."""

    next_cursor: str | None = None


class Page(msgspec.Struct, frozen=True):
    """One page of the list; its items are read one by one, so that an odd one spoils no other."""

    servers: list[msgspec.Raw]
    metadata: PageEnd = msgspec.field(default_factory=PageEnd)


class Named(msgspec.Struct, frozen=True):
    """What is left of a server that cannot be read."""

    name: str


class OddItem(msgspec.Struct, frozen=True):
    """An item that is not what the API promises, but says whose it is."""

    server: Named


class Registry:
    """The servers of one registry."""

    name = "registry"

    def __init__(self, client: Client, url: str = OFFICIAL) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/v0.1/servers"
        self._newest = ""

    async def leads(self, ledger: Ledger) -> AsyncIterator[Lead]:
        """Servers that were updated since the last crawl, deleted ones among them, and those that are owed."""
        marks = dict(ledger.marks(self.name))
        self._newest = ledger.cursor(self.name) or ""
        async for item in self._items(since=self._newest):
            if isinstance(item, Item):
                self._newest = max(self._newest, item.meta.official.updated_at or "")
                lead = _lead(item, marks)
            else:
                lead = _odd_lead(item, marks)
            if lead is not None and lead.mark != lead.previous:
                marks.pop(lead.name.name, None)
                yield lead
        for name, mark in marks.items():
            if (owed := Owed.parse(mark)) is not None:
                yield Lead(name=ServerName("registry", name), mark=owed.mark, previous=mark)

    def finish(self, ledger: Ledger) -> None:
        """Begin at the newest update the next time; the registry's own clock, not ours."""
        if self._newest:
            ledger.advance(self.name, self._newest)

    async def read(self, lead: Lead, ledger: Ledger | None) -> Reading:  # noqa: ARG002 - an answer has no validators
        """The listing of one server at its latest version, or the one that was asked for."""
        version = quote(lead.release or "latest", safe="")
        # Without being told to, the registry would say of a deleted entry that it never was.
        address = f"{self._url}/{quote(lead.name.name, safe='')}/versions/{version}?include_deleted=true"
        answer = await self._client.get(address)
        item = answer.read(Item)
        if item.meta.official.status == "deleted":
            raise Unreadable(SkipReason.GONE, _why_deleted(item))
        try:
            return _reading(_server(item))
        except BadServerName as error:
            raise FetchError(answer.url, str(error)) from error

    async def _items(self, *, since: str) -> AsyncIterator[Item | OddItem]:
        """Page by page; a cursor that comes again would never end, and a page of odd items alone is no page."""
        asked = {"limit": str(PAGE), "version": "latest"} | ({"updated_since": since} if since else {})
        cursors: set[str] = set()
        while True:
            url = f"{self._url}?{urlencode(asked)}"
            answer = await self._client.get(url, shape=Page)
            page = answer.read(Page)
            items = [item for raw in page.servers if (item := _item(raw)) is not None]
            if page.servers and not any(isinstance(item, Item) for item in items):
                answer.read_part(page.servers[0], Item)
            for item in items:
                yield item
            cursor = page.metadata.next_cursor
            if not cursor:
                return
            if cursor in cursors or len(cursors) >= MOST_PAGES:
                raise FetchError(url, "the list does not end", passing=True)
            cursors.add(cursor)
            asked["cursor"] = cursor


def _item(raw: msgspec.Raw) -> Item | OddItem | None:
    """`None` for what does not even tell a name."""
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(raw, type=Item)
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(raw, type=OddItem)
    return None


def _odd_lead(item: OddItem, marks: dict[str, str]) -> Lead | None:
    """Its own answer may make sense, now or another day: so it is read by itself, and owed until it does."""
    name = ServerName.maybe(f"registry:{item.server.name}")
    return Lead(name=name, mark="unread", previous=marks.get(name.name)) if name else None


def _lead(item: Item, marks: dict[str, str]) -> Lead | None:
    """`None` for what is not the latest version of a server with a name that can be kept."""
    standing = item.meta.official
    try:
        server = _server(item)
    except BadServerName:
        return None
    if not standing.is_latest:
        return None
    gone = standing.status == "deleted"
    return Lead(
        name=server.name,
        mark=GONE if gone else standing.updated_at or server.version or "",
        previous=marks.get(server.name.name),
        reading=None if gone else _reading(server),
    )


def _server(item: Item) -> Server:
    return read_server_json(item.server, released_at=item.meta.official.published_at)


def _reading(server: Server) -> Reading:
    """A server with a package that we can fetch is introspected by that package's own name."""
    further = tuple(Lead(name=name, asked=True) for name in dict.fromkeys(package_names(server)))
    return Reading(listings=(server,), further=further) if further else Reading(servers=(server,))


def _why_deleted(item: Item) -> str:
    return f"deleted from the registry: {item.meta.official.status_message or 'no reason given'}"
