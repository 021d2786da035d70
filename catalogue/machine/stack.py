"""What the agents on this machine can reach: every configured server, and what they add up to together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from catalogue.entries import Change, Grade
from catalogue.machine.clients.configured import Configured, Unreadable
from catalogue.machine.clients.launchers import Launch, resolve
from catalogue.machine.known import Knowledge, Known, Reach
from catalogue.machine.stack_memory import NOTHING_SEEN, Memory
from classifier.categories import Category
from crawler.servers import ServerName

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


class Addresses(Protocol):
    """What is asked of a catalogue about an address."""

    def offering(self, address: str) -> list[ServerName]:
        """Servers whose listings name this remote address or container image."""


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
        known = knowledge.known(name) if name else None
        standings.append(_standing(item, launch, name, known, memory))
        if known and not item.disabled:
            own[item.client, item.project].extend(replace(tool, server=item.name) for tool in known.tools)
    agents = _agents(own)
    return Stack(
        servers=tuple(standings),
        unreadable=tuple(unreadable),
        toxic=tuple(_toxics(agents)),
        duplicates=tuple(_duplicates(agents)),
        gone=memory.gone(found, looked),
    )


def behind(launch: Launch, url: str | None, knowledge: Addresses) -> ServerName | None:
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


def _standing(
    item: Configured, launch: Launch, name: ServerName | None, known: Known | None, memory: Memory
) -> Standing:
    tools = known.tools if known else ()
    return Standing(
        configured=item.discreet,
        launch=launch,
        server=name,
        grade=known.grade if known else None,
        tools=len(tools),
        worst=tuple(replace(tool, server=item.name) for tool in tools[:WORST]),
        notes=(*memory.notes(item), *_notes(item, launch, name, known)),
        changes=memory.newer(known.changes) if known else (),
    )


def _notes(item: Configured, launch: Launch, name: ServerName | None, known: Known | None) -> Iterator[str]:
    if item.strange:
        yield f"left alone: {item.strange}"
    if item.linked:
        yield "its configuration is a link: it is read, and never written"
    if (launch.server or launch.image) and not launch.version:
        yield "no version is pinned: what starts tomorrow may be another release"
    if name and known is None:
        yield f"{name} is not in the catalogue; `tollhouse precheck {name} --introspect` looks at it"
    elif known and not known.listed:
        yield "the catalogue could not list its tools"
    if name is None and not item.strange:
        yield _nameless(item, launch)
    if known and known.yanked:
        yield f"its newest release was withdrawn: {known.yanked}"
    if known and known.listed and _other_release(launch, known):
        yield f"pinned to {launch.version}, while the catalogue looked at {known.release}"
    if item.disabled:
        yield "switched off in this client"


def _nameless(item: Configured, launch: Launch) -> str:
    if item.url or launch.url:
        return "a remote server; its tools are not in the catalogue"
    if launch.image:
        return "a container image that no listing names"
    return "the command does not say which package it starts"


def _other_release(launch: Launch, known: Known) -> bool:
    """A container's tag counts builds, and a commit is no release."""
    return bool(launch.version) and not launch.image and known.release not in (None, launch.version)


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
