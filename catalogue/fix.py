"""What `stack --fix` would change, worked out whole before anything is written: configurations and policies."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from catalogue.clients.configured import Configured, Unreadable
from catalogue.clients.launchers import resolve
from catalogue.clients.places import CLIENTS
from catalogue.clients.wrap import Edit, Keys, LeftAlone, relaunch, unwrapped, wrapped
from catalogue.entries import Entry
from catalogue.slugs import slug
from catalogue.stack import Knowledge

_FORMATS = {client.name: client.format for client in CLIENTS}


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that would be written, and everything that would not with the reason."""

    edits: tuple[Edit, ...] = ()
    #: Policy files by path; an existing one is a person's and is never overwritten.
    policies: Mapping[Path, str] = {}
    left: tuple[str, ...] = ()


def plan_fix(
    found: Iterable[Configured | Unreadable],
    knowledge: Knowledge,
    *,
    proxy: str,
    folder: Path,
    write: Callable[[Entry], str],
) -> Plan:
    """Put the proxy before every configured server whose tools the catalogue knows; *write* gives its policy's text."""
    policies: dict[Path, str] = {}
    commands: dict[Configured, tuple[str, ...]] = {}
    left: list[str] = []
    for item in found:
        if isinstance(item, Unreadable):
            left.append(f"{item.file}: {item.reason}")
            continue
        entry = _protectable(item, knowledge)
        if isinstance(entry, str):
            left.append(entry)
            continue
        policy = folder / f"{entry.server.name.ecosystem}-{slug(entry.server.name.name)}.json"
        if not policy.exists():
            policies[policy] = write(entry)
        commands[item] = wrapped(item.command, proxy=proxy, policy=policy)
    edits, faults = _edits(commands)
    return Plan(edits=edits, policies=policies, left=(*left, *faults))


def plan_undo(found: Iterable[Configured | Unreadable]) -> Plan:
    """Take the proxy away from every server that has it."""
    commands = {
        item: unwrapped(item.command)
        for item in found
        if isinstance(item, Configured) and resolve(item.command).proxied
    }
    edits, faults = _edits(commands)
    return Plan(edits=edits, left=faults)


def _protectable(item: Configured, knowledge: Knowledge) -> Entry | str:
    """The server's entry, or the sentence that says why it is left alone."""
    where = f"{item.name} ({item.client})"
    if not item.command:
        return f"{where}: it is a remote server, and its credentials would have to move to the proxy"
    launch = resolve(item.command)
    if launch.proxied:
        return f"{where}: the proxy stands before it already"
    entry = knowledge.entry(launch.server) if launch.server else None
    if entry is None or entry.snapshot is None:
        return f"{where}: the catalogue does not know its tools, so there is no policy to suggest"
    return entry


def _edits(commands: Mapping[Configured, tuple[str, ...]]) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    files: dict[Path, list[Configured]] = defaultdict(list)
    for item in commands:
        files[item.file].append(item)
    edits: list[Edit] = []
    faults: list[str] = []
    for file, items in files.items():
        try:
            edits.append(_edit(file, items, commands))
        except LeftAlone as error:
            faults.append(str(error))
    return tuple(edits), tuple(faults)


def _edit(file: Path, items: list[Configured], commands: Mapping[Configured, tuple[str, ...]]) -> Edit:
    if file.is_symlink():
        raise LeftAlone(file, "it is a link; change the file that it points to")
    before = file.read_bytes().decode("utf-8")
    changes: dict[Keys, tuple[str, ...]] = {item.keys: commands[item] for item in items}
    return Edit(file=file, before=before, after=relaunch(before, _FORMATS[items[0].client], changes))


def shown(plan: Plan) -> Iterator[str]:
    """The plan for a person to read, before anything of it is written."""
    for path in plan.policies:
        yield f"new file {path}"
    for edit in plan.edits:
        yield edit.diff
    for sentence in plan.left:
        yield f"left alone: {sentence}"
