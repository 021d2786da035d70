"""The jobs of a build that can run in any process: survey an entry, print an entry or a part of the whole into the staging folder."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from catalogue.entries import Entry
from catalogue.website import downloads, fingerprints, staging
from catalogue.website.addresses import server_path
from catalogue.website.facts import ServerFacts
from catalogue.website.parts import PARTS
from catalogue.website.press import File, Late, Press
from catalogue.website.register import Register
from catalogue.website.server_files import Similar, server_files
from catalogue.website.survey import survey


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


def survey_entry(item: tuple[Entry, bytes]) -> tuple[ServerFacts, bytes, bytes]:
    """The facts of an entry, its stamp as given, and its part of the download."""
    entry, stamp = item
    return survey(entry), stamp, downloads.member(entry)


def print_entry(task: Task) -> tuple[str, Pages]:
    """Print one server; its name and its files."""
    files = server_files(_Workshop.press, task.entry, task.similar, own=task.own, graded=task.graded)
    pages = put(_Workshop.folder, files, task.known)
    if not task.own:
        tools = server_path(task.entry.server.name) + "t/"
        kept = {path: digest for path, digest in task.known.items() if not path.startswith(tools)}
        pages.digests.update(kept)
    return task.name, pages


def print_part(task: tuple[str, Mapping[str, bytes]]) -> tuple[str, Pages]:
    """Print one of `PARTS`, of whose files these digests are known by path; its name and its files."""
    name, known = task
    with closing(Register(_Workshop.register, reading=True)) as register:
        files = PARTS[name].files(_Workshop.press, register, _Workshop.register.parent)
        return name, put(_Workshop.folder, files, known)


def put(folder: Path, files: Iterable[File], known: Mapping[str, bytes]) -> Pages:
    """Write into *folder* those files that are not already known."""
    digests: dict[str, bytes] = {}
    written = 0
    for path, content in files:
        before = known.get(path)
        if isinstance(content, Late):
            now, new = content.stamp, content.stamp != before
            if new:
                staging.write(folder, path, content.print())
        elif isinstance(content, bytes):
            now = fingerprints.of_bytes(content)
            new = now != before
            if new:
                staging.write(folder, path, content)
        else:
            now, new = _put_large(folder, path, content, before)
        digests[path] = now
        written += new
    return Pages(digests, written)


def _put_large(folder: Path, path: str, pieces: Iterable[bytes], known: bytes | None) -> tuple[bytes, bool]:
    """Write a file piece by piece, and take it back if it is known after all."""
    with (folder / path).open("wb") as file:
        now = fingerprints.of_pieces(piece for piece in pieces if file.write(piece))
    if now == known:
        (folder / path).unlink()
    return now, now != known
