"""What the agents on this machine can reach: every configured server, and what they add up to together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct

from catalogue.clients.configured import Configured, Unreadable
from catalogue.clients.launchers import Launch, resolve
from catalogue.entries import Change, Entry, Grade
from catalogue.grades import grade
from catalogue.judged_tools import completed
from catalogue.stack_memory import NOTHING_SEEN, Memory
from classifier.categories import Category
from classifier.verdicts import Verdict
from crawler.servers import ServerName
from crawler.snapshots import Snapshot
from crawler.tools import Tool

#: Worst tools shown for a server.
WORST = 5

#: The three ingredients by which an agent can be talked into giving data away, and the signals that show each.
INGREDIENTS: Mapping[str, frozenset[str]] = {
    "private data": frozenset({"personal-data", "handles-secrets", "reads-files", "raw-query"}),
    "untrusted content": frozenset({"untrusted-content"}),
    "a way out": frozenset(
        {"sends-message", "publishes", "uploads-data", "fetches-url", "runs-shell", "runs-code"}
    ),
}
#: Signals that give something away only where the tool answers with what it read.
_READING = frozenset({"reads-files", "raw-query"})
_ANSWERS = frozenset({Category.READ, Category.EXECUTE})


class Knowledge(Protocol):
    """What the catalogue can be asked; the store is one."""

    def find(self, text: str) -> list[ServerName]:
        """Servers that this name may mean."""

    def entry(self, name: ServerName) -> Entry | None:
        """What is known of one server."""

    def offering(self, address: str) -> list[ServerName]:
        """Servers whose listings name this remote address or container image."""


class Reach(Struct, frozen=True, kw_only=True):
    """One tool of one server, as far as a stack cares."""

    server: str
    tool: str
    category: Category
    signals: tuple[str, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """One configured server and what the catalogue knows of it."""

    #: Without the secrets in its command.
    configured: Configured
    launch: Launch
    #: The catalogue's name for it, found by its launch command, its image or its address.
    server: ServerName | None = None
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
    #: The project in which the client has all of them; `None` for everywhere.
    project: str | None = None
    ingredients: Mapping[str, tuple[Reach, ...]]


class Stack(Struct, frozen=True, kw_only=True):
    """Everything that was found."""

    servers: tuple[Standing, ...]
    unreadable: tuple[Unreadable, ...] = ()
    toxic: tuple[Toxic, ...] = ()
    #: Tool names that several servers of one client offer: (client, tool, servers).
    duplicates: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    #: Servers that were configured at the last look and are not now.
    gone: tuple[str, ...] = ()


#: What one client has at hand: everywhere, or in one project on top.
_Agent = tuple[str, str | None]


def survey(
    found: Iterable[Configured | Unreadable],
    knowledge: Knowledge,
    memory: Memory = NOTHING_SEEN,
    looked: Collection[str] = (),
) -> Stack:
    """Put what the configurations name beside what the catalogue knows; only changes since *memory* are reported.

    *looked* are the files that were looked at, found or not. Nothing is started and nothing is sent anywhere.
    """
    standings: list[Standing] = []
    unreadable: list[Unreadable] = []
    own: dict[_Agent, list[Reach]] = defaultdict(list)
    found = tuple(found)
    for item in found:
        if isinstance(item, Unreadable):
            unreadable.append(item)
            continue
        launch = resolve(item.command)
        name = behind(launch, item.url, knowledge)
        known = knowledge.entry(name) if name else None
        entry = completed(known) if known else None
        offered = reach(item.name, entry) if entry else []
        standings.append(_standing(item, launch, name, entry, offered, memory))
        if not item.disabled:
            own[item.client, item.project].extend(offered)
    agents = _agents(own)
    return Stack(
        servers=tuple(standings),
        unreadable=tuple(unreadable),
        toxic=tuple(_toxics(agents)),
        duplicates=tuple(_duplicates(agents)),
        gone=memory.gone(found, looked),
    )


def behind(launch: Launch, url: str | None, knowledge: Knowledge) -> ServerName | None:
    """The catalogue's name for what is started or reached; the launcher's own word where the catalogue knows neither."""
    for address in (launch.image, launch.url or url):
        if address and len(names := knowledge.offering(address)) == 1:
            return names[0]
    return launch.server


def _agents(own: Mapping[_Agent, list[Reach]]) -> dict[_Agent, list[Reach]]:
    """All that each agent has at hand, everywhere before in any project."""
    clients = list(dict.fromkeys(client for client, _ in own))
    order = sorted(own, key=lambda agent: (clients.index(agent[0]), agent[1] or ""))
    return {
        agent: own[agent] + (own.get((agent[0], None), []) if agent[1] is not None else []) for agent in order
    }


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
    item: Configured,
    launch: Launch,
    name: ServerName | None,
    entry: Entry | None,
    offered: list[Reach],
    memory: Memory,
) -> Standing:
    return Standing(
        configured=item.discreet,
        launch=launch,
        server=name,
        grade=grade(entry) if entry and entry.snapshot else None,
        tools=len(offered),
        worst=tuple(offered[:WORST]),
        notes=(*memory.notes(item), *_notes(item, launch, name, entry)),
        changes=memory.newer(entry.changes) if entry else (),
    )


def _notes(item: Configured, launch: Launch, name: ServerName | None, entry: Entry | None) -> Iterator[str]:
    if item.strange:
        yield f"left alone: {item.strange}"
    if item.linked:
        yield "its configuration is a link: it is read, and never written"
    if (launch.server or launch.image) and not launch.version:
        yield "no version is pinned: what starts tomorrow may be another release"
    if name and entry is None:
        yield f"{name} is not in the catalogue; `tollhouse precheck {name} --introspect` looks at it"
    elif entry and entry.snapshot is None:
        yield "the catalogue could not list its tools"
    if name is None and not item.strange:
        yield (
            "a remote server; its tools are not in the catalogue"
            if item.url or launch.url
            else "a container image that no listing names"
            if launch.image
            else "the command does not say which package it starts"
        )
    if entry and entry.server.yanked:
        yield f"its newest release was withdrawn: {entry.server.yanked}"
    if launch.version and entry and entry.snapshot and _other_release(launch, entry.snapshot):
        yield f"pinned to {launch.version}, while the catalogue looked at {entry.snapshot.release}"
    if item.disabled:
        yield "switched off in this client"


def _other_release(launch: Launch, snapshot: Snapshot) -> bool:
    """A container's tag counts builds, and a commit is no release."""
    return not launch.image and snapshot.release not in (None, launch.version)


def toxic(client: str, reaches: list[Reach], project: str | None = None) -> Toxic | None:
    """The tools that together make a leak possible; `None` where one of the ingredients is missing."""
    found = {
        name: tuple(item for item in reaches if codes & _telling(item))[:WORST]
        for name, codes in INGREDIENTS.items()
    }
    return Toxic(client=client, project=project, ingredients=found) if all(found.values()) else None


def _telling(item: Reach) -> set[str]:
    return set(item.signals) - (frozenset() if item.category in _ANSWERS else _READING)


def _toxics(agents: Mapping[_Agent, list[Reach]]) -> Iterator[Toxic]:
    """Each client's mix once: what is toxic everywhere is so in every project."""
    everywhere: set[str] = set()
    for (client, project), items in agents.items():
        if client not in everywhere and (mix := toxic(client, items, project)):
            yield mix
            if project is None:
                everywhere.add(client)


def _duplicates(agents: Mapping[_Agent, list[Reach]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    told: set[tuple[str, str, tuple[str, ...]]] = set()
    for (client, _), items in agents.items():
        offering: dict[str, set[str]] = defaultdict(set)
        for item in items:
            offering[item.tool].add(item.server)
        for tool, servers in sorted(offering.items()):
            one = (client, tool, tuple(sorted(servers)))
            if len(servers) > 1 and one not in told:
                told.add(one)
                yield one
