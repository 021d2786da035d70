"""The jobs of a build that can run in any process: survey an entry, print an entry or a part of the whole into the staging folder."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from catalogue.entries import Entry
from catalogue.policies.policy_files import policy_files
from catalogue.website import downloads, fingerprints, staging
from catalogue.website.addresses import server_path
from catalogue.website.facts import ServerFacts
from catalogue.website.parts import PARTS
from catalogue.website.press import File, Late, Press
from catalogue.website.register import Register
from catalogue.website.server_files import Similar, server_files
from catalogue.website.survey import survey

#: Files that are printed together, before any of them is written.
TOGETHER = 128


class Task(NamedTuple):
    """One server to print."""

    entry: Entry
    name: str
    similar: Similar
    #: The server's grade as the register has it.
    graded: bytes
    #: Digest by path of the files that are there already.
    known: Mapping[str, bytes]
    #: Whether its own files are to be printed as well as those of its tools; else they are as they were.
    own: bool


class Pages(NamedTuple):
    """The files of one owner."""

    #: What stands for the content, by path.
    digests: dict[str, bytes]
    #: How many of them were written because they are new or changed.
    written: int


class Owner(NamedTuple):
    """Whose files are to be put in place."""

    files: Iterable[File]
    #: Digest by path of those that are there already.
    known: Mapping[str, bytes]


class _Workshop:
    """What a process makes ready once."""

    press: Press
    folder: Path
    register: Path


def prepare(base_url: str, issues_url: str | None, compiled: Path, folder: Path, register: Path) -> None:
    """Make this process ready to print pages of a site at *base_url* into *folder*, from what is in the *register*.

    Templates are kept ready in the folder *compiled*.
    """
    _Workshop.press = Press(base_url, issues_url, compiled)
    _Workshop.folder = folder
    _Workshop.register = register


#: Templates of the pages of servers and tools, which take longest to compile.
_FIRST = ("server.html", "tool.html", "layout.html", "parts.html", "tools_table.html", "tool_attacks.html")


def warm_up() -> None:
    """Compile templates while other processes have no need of them yet, so that they find them ready beside the register."""
    for name in _FIRST:
        _Workshop.press.environment.get_template(name)


def survey_entries(items: Sequence[tuple[Entry, bytes]]) -> list[tuple[ServerFacts, bytes, bytes]]:
    """The facts of each entry, its stamp as given, and its part of the download."""
    facts = [survey(entry) for entry, _ in items]
    members = [downloads.member(entry) for entry, _ in items]
    return [(fact, stamp, member) for fact, (_, stamp), member in zip(facts, items, members, strict=True)]


def print_entries(tasks: Sequence[Task]) -> list[tuple[str, Pages]]:
    """Print some servers; the name of each and its files."""
    policies = iter(policy_files([task.entry for task in tasks if task.own]))
    owners = [
        Owner(
            server_files(
                _Workshop.press,
                task.entry,
                next(policies) if task.own else None,
                task.similar,
                own=task.own,
                graded=task.graded,
            ),
            task.known,
        )
        for task in tasks
    ]
    printed = put(_Workshop.folder, owners)
    for task, pages in zip(tasks, printed, strict=True):
        if not task.own:
            tools = server_path(task.entry.server.name) + "t/"
            kept = {path: digest for path, digest in task.known.items() if not path.startswith(tools)}
            pages.digests.update(kept)
    return [(task.name, pages) for task, pages in zip(tasks, printed, strict=True)]


def print_part(task: tuple[str, Mapping[str, bytes]]) -> tuple[str, Pages]:
    """Print one of `PARTS`, of whose files these digests are known by path; its name and its files."""
    name, known = task
    with closing(Register(_Workshop.register, reading=True)) as register:
        files = PARTS[name].files(_Workshop.press, register, _Workshop.register.parent)
        return name, put(_Workshop.folder, [Owner(files, known)])[0]


def put(folder: Path, owners: Sequence[Owner]) -> list[Pages]:
    """Write into *folder* those files that are not already known; the files that each owner has.

    Several are made, then printed, then written: a processor that does one kind of work for a while keeps the code for it
    at hand.
    """
    digests: list[dict[str, bytes]] = [{} for _ in owners]
    written = [0] * len(owners)
    files = ((index, file) for index, owner in enumerate(owners) for file in owner.files)
    while some := list(islice(files, TOGETHER)):
        fresh: list[tuple[str, bytes | Late]] = []
        for index, (path, content) in some:
            known = owners[index].known.get(path)
            if isinstance(content, Late):
                now = content.stamp
            elif isinstance(content, bytes):
                now = fingerprints.of_bytes(content)
            else:
                now = _put_large(folder, path, content, known)
            digests[index][path] = now
            if now != known:
                written[index] += 1
                if isinstance(content, Late | bytes):
                    fresh.append((path, content))
        ready = [(path, one.print() if isinstance(one, Late) else one) for path, one in fresh]
        for path, content in ready:
            staging.write(folder, path, content)
    return list(map(Pages, digests, written))


def _put_large(folder: Path, path: str, pieces: Iterable[bytes], known: bytes | None) -> bytes:
    """Write a file piece by piece, and take it back if it is known after all; what stands for it."""
    with (folder / path).open("wb") as file:
        now = fingerprints.of_pieces(piece for piece in pieces if file.write(piece))
    if now == known:
        (folder / path).unlink()
    return now
