"""What `stack --fix` would change, worked out whole before anything is written: configurations and policies."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.machine.clients.configured import Configured, Unreadable
from catalogue.machine.clients.diffs import diff
from catalogue.machine.clients.jsonc import BadJsonc
from catalogue.machine.clients.launchers import resolve
from catalogue.machine.clients.places import CLIENTS
from catalogue.machine.clients.wrap import (
    Edit,
    Format,
    Keys,
    LeftAlone,
    backups,
    command_at,
    relaunch,
    source,
    unwrap,
    wrapped,
)
from catalogue.machine.lookup import Shelf
from catalogue.machine.stack import behind
from catalogue.website.slugs import slug

_FORMATS = {client.name: client.format for client in CLIENTS}


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that would be written, and everything that would not with the reason."""

    edits: tuple[Edit, ...] = ()
    #: New policy files by path; an existing one is a person's and is never overwritten.
    policies: Mapping[Path, str] = {}
    left: tuple[str, ...] = ()
    #: What a person should know of the edits.
    notes: tuple[str, ...] = ()


def plan_fix(
    found: Iterable[Configured | Unreadable],
    knowledge: Shelf,
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
            left.append(f"{item.name} ({item.client}): {entry}")
            continue
        policy = folder / f"{entry.server.name.ecosystem}-{slug(entry.server.name.name)}.json"
        if not policy.exists():
            policies[policy] = write(entry)
        commands[item] = wrapped(item.command, proxy=proxy, policy=policy)
    edits, faults = _edits(commands)
    return Plan(edits=edits, policies=policies, left=(*left, *faults))


def plan_undo(found: Iterable[Configured | Unreadable]) -> Plan:
    """Take the proxy away from every server that has it; what was edited since then stays as it is now."""
    files: dict[Path, list[Configured]] = defaultdict(list)
    for item in found:
        if isinstance(item, Configured) and resolve(item.command).proxied:
            files[item.file].append(item)
    edits: list[Edit] = []
    faults: list[str] = []
    notes: list[str] = []
    for file, items in files.items():
        try:
            edit, told = _undone(file, items)
        except (LeftAlone, BadJsonc) as error:
            faults.append(_fault(file, error))
            continue
        edits.append(edit)
        notes += told
    return Plan(edits=tuple(edits), left=tuple(faults), notes=tuple(notes))


def _undone(file: Path, items: list[Configured]) -> tuple[Edit, list[str]]:
    form = _FORMATS[items[0].client]
    before, kept = source(file), backups(file)
    after, inexact = unwrap(before, form, {item.keys: item.command for item in items}, kept)
    notes = [
        f"{item.name} ({item.client}): {_why_inexact(kept, form, item)}"
        for item in items
        if item.keys in inexact
    ]
    if not notes and after not in kept:
        notes.append(
            f"{file}: it was edited after the proxy came in; those edits stay, and only the launch commands go back"
        )
    return Edit(file=file, before=before, after=after), notes


def _why_inexact(kept: list[str], form: Format, item: Configured) -> str:
    if not any(command_at(text, form, item.keys) for text in kept):
        return "there is no backup to compare with; what stands behind the proxy becomes the command"
    return (
        "its command was edited after the proxy came in; what stands behind the proxy now becomes the command"
    )


def _protectable(item: Configured, knowledge: Shelf) -> Entry | str:
    """The server's entry, or the sentence that says why it is left alone."""
    if item.strange:
        return item.strange
    if item.scope == "managed":
        return "an administrator wrote it"
    if not item.command:
        return "it is a remote server, and its credentials would have to move to the proxy"
    launch = resolve(item.command)
    if launch.proxied:
        return "the proxy stands before it already"
    name = behind(launch, item.url, knowledge)
    entry = knowledge.entry(name) if name else None
    if entry is None or entry.snapshot is None:
        return "the catalogue does not know its tools, so there is no policy to suggest"
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
        except (LeftAlone, BadJsonc) as error:
            faults.append(_fault(file, error))
    return tuple(edits), tuple(faults)


def _edit(file: Path, items: list[Configured], commands: Mapping[Configured, tuple[str, ...]]) -> Edit:
    before = source(file)
    changes: dict[Keys, tuple[str, ...]] = {item.keys: commands[item] for item in items}
    return Edit(file=file, before=before, after=relaunch(before, _FORMATS[items[0].client], changes))


def _fault(file: Path, error: LeftAlone | BadJsonc) -> str:
    return f"{file}: {error.reason if isinstance(error, LeftAlone) else error}"


def shown(plan: Plan) -> Iterator[str]:
    """The plan for a person to read, whole, before anything of it is written."""
    for path, text in plan.policies.items():
        yield diff(Edit(file=path, before=None, after=text), discreet=False)
    for edit in plan.edits:
        yield diff(edit)
    for sentence in plan.notes:
        yield f"note: {sentence}"
    for sentence in plan.left:
        yield f"left alone: {sentence}"
