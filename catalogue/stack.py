"""What the agents on this machine can reach: every configured server, and what they add up to together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec import Struct

from catalogue.clients.configured import Configured, Unreadable
from catalogue.clients.launchers import Launch, resolve
from catalogue.entries import Change, Entry, Grade
from catalogue.grades import grade
from classifier.categories import Category
from classifier.verdicts import Verdict
from crawler.servers import ServerName
from crawler.tools import Tool

#: Worst tools shown for a server.
WORST = 5

#: The three ingredients by which an agent can be talked into giving data away, and the signals that show each.
INGREDIENTS: Mapping[str, frozenset[str]] = {
    "private data": frozenset({"personal-data", "reads-files", "handles-secrets"}),
    "untrusted content": frozenset({"untrusted-content"}),
    "a way out": frozenset(
        {"sends-message", "publishes", "uploads-data", "fetches-url", "runs-shell", "runs-code"}
    ),
}


class Knowledge(Protocol):
    """What the catalogue can be asked; the store is one."""

    def find(self, text: str) -> list[ServerName]:
        """Servers that this name may mean."""

    def entry(self, name: ServerName) -> Entry | None:
        """What is known of one server."""


class Reach(Struct, frozen=True, kw_only=True):
    """One tool of one server, as far as a stack cares."""

    server: str
    tool: str
    category: Category
    signals: tuple[str, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """One configured server and what the catalogue knows of it."""

    configured: Configured
    launch: Launch
    #: `None` where the catalogue has never heard of it.
    grade: Grade | None = None
    tools: int = 0
    worst: tuple[Reach, ...] = ()
    #: Sentences: unpinned version, withdrawn release, unknown server, ...
    notes: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()


class Toxic(Struct, frozen=True, kw_only=True):
    """Tools that, in the hands of one agent, make a leak possible: some of each ingredient."""

    client: str
    ingredients: Mapping[str, tuple[Reach, ...]]


class Stack(Struct, frozen=True, kw_only=True):
    """Everything that was found."""

    servers: tuple[Standing, ...]
    unreadable: tuple[Unreadable, ...] = ()
    toxic: tuple[Toxic, ...] = ()
    #: Tool names that several servers of one client offer: (client, tool, servers).
    duplicates: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


def survey(
    found: Iterable[Configured | Unreadable], knowledge: Knowledge, *, since: str | None = None
) -> Stack:
    """Put what the configurations name beside what the catalogue knows.

    *since* is the RFC 3339 time of the last look; only changes after it are reported. Nothing is started and nothing is sent anywhere.
    """
    standings: list[Standing] = []
    unreadable: list[Unreadable] = []
    reaches: dict[str, list[Reach]] = defaultdict(list)
    for item in found:
        if isinstance(item, Unreadable):
            unreadable.append(item)
            continue
        launch = resolve(item.command)
        entry = knowledge.entry(launch.server) if launch.server else None
        offered = reach(item.name, entry) if entry else []
        standings.append(_standing(item, launch, entry, offered, since))
        if not item.disabled:
            reaches[item.client].extend(offered)
    return Stack(
        servers=tuple(standings),
        unreadable=tuple(unreadable),
        toxic=tuple(mix for client in reaches if (mix := toxic(client, reaches[client]))),
        duplicates=tuple(_duplicates(reaches)),
    )


def reach(server: str, entry: Entry) -> list[Reach]:
    """Every tool of the server's newest list, gravest first."""
    snapshot = entry.snapshot
    tools = snapshot.tools if snapshot else ()
    found = [_reach(server, tool, verdict) for tool in tools if (verdict := entry.verdicts.get(tool.digest))]
    return sorted(found, key=lambda item: (-item.category.gravity, item.tool))


def _reach(server: str, tool: Tool, verdict: Verdict) -> Reach:
    codes = tuple(dict.fromkeys(signal.code for signal in verdict.signals))
    return Reach(server=server, tool=tool.name, category=verdict.category, signals=codes)


def _standing(
    item: Configured, launch: Launch, entry: Entry | None, offered: list[Reach], since: str | None
) -> Standing:
    return Standing(
        configured=item,
        launch=launch,
        grade=grade(entry) if entry and entry.snapshot else None,
        tools=len(offered),
        worst=tuple(offered[:WORST]),
        notes=tuple(_notes(item, launch, entry)),
        changes=tuple(change for change in entry.changes if since and change.seen_at > since)
        if entry
        else (),
    )


def _notes(item: Configured, launch: Launch, entry: Entry | None) -> Iterable[str]:
    if launch.server and not launch.version:
        yield "no version is pinned: what starts tomorrow may be another release"
    if launch.server and entry is None:
        yield f"{launch.server} is not in the catalogue; `tollhouse precheck {launch.server}` looks at it"
    if launch.server is None:
        yield (
            "a remote server; its tools are not in the catalogue"
            if item.url or launch.url
            else "the command does not say which package it starts"
        )
    if entry and entry.server.yanked:
        yield f"its newest release was withdrawn: {entry.server.yanked}"
    if launch.version and entry and entry.snapshot and entry.snapshot.release != launch.version:
        yield f"pinned to {launch.version}, while the catalogue looked at {entry.snapshot.release}"
    if item.disabled:
        yield "switched off in this client"


def toxic(client: str, reaches: list[Reach]) -> Toxic | None:
    """The tools that together make a leak possible; `None` where one of the ingredients is missing."""
    found = {
        name: tuple(item for item in reaches if codes & set(item.signals))[:WORST]
        for name, codes in INGREDIENTS.items()
    }
    return Toxic(client=client, ingredients=found) if all(found.values()) else None


def _duplicates(reaches: Mapping[str, list[Reach]]) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    for client, items in reaches.items():
        offering: dict[str, set[str]] = defaultdict(set)
        for item in items:
            offering[item.tool].add(item.server)
        for tool, servers in sorted(offering.items()):
            if len(servers) > 1:
                yield client, tool, tuple(sorted(servers))
