"""Puts a built site in place: whole files only, all prepared beforehand, and finished after a crash."""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from catalogue.errors import CatalogueError
from catalogue.website import register, shelf, versioned

#: Lies in every site that we made, so that nothing else is ever overwritten.
MARKER = ".tollhouse-site"


class NotOurs(CatalogueError):
    """The folder to build into holds something that is no site of ours."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return (
            f"{self.folder} is not empty and holds no Tollhouse site; build into another folder or empty it"
        )


class Staging:
    """New files wait in a folder beside the site until all are there; then they are moved in one after the other.

    Before the first move a journal of all of them is written, so that a build killed half-way is finished by the next.
    A site that is not there yet appears by one rename, and one that is replaced as a whole steps aside by another.
    """

    def __init__(self, site: Path) -> None:
        self.site = site
        #: The build's own folder, beside the site, since renames stay within a file system.
        self.home = site.parent / f".{site.name}.build"
        self.files = self.home / "new"
        self.register = self.home / "register.sqlite"
        self.shelf = self.home / "shelf.sqlite"
        self._journal = self.home / "journal.json"
        #: The site that another one takes the place of.
        self._old = self.home / "old"

    def open(self) -> bool:
        """Make ready, finishing what a killed build had begun; whether the site that is there is known.

        Raises NotOurs.
        """
        if self.site.exists() and any(self.site.iterdir()) and not (self.site / MARKER).exists():
            raise NotOurs(self.site)
        self.home.mkdir(parents=True, exist_ok=True)
        if self._old.exists() and not self.site.exists():
            self._old.rename(self.site)
        shutil.rmtree(self._old, ignore_errors=True)
        if self._journal.exists():
            self._finish()
        shutil.rmtree(self.files, ignore_errors=True)
        self.files.mkdir()
        known = (
            (self.site / MARKER).exists()
            and versioned.readable(self.register, register.TABLES)
            and versioned.readable(self.shelf, shelf.TABLES)
        )
        if not known:
            for file in (self.register, self.shelf):
                file.unlink(missing_ok=True)
        return known

    def compiled(self, program: str) -> Path:
        """The folder in which *program* keeps its templates made ready; those of another program are thrown away."""
        folder = self.home / f"compiled-{program}"
        for other in self.home.glob("compiled-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        return folder

    def put(self, path: str, content: bytes) -> None:
        """Prepare one file; *path* is relative, with forward slashes."""
        write(self.files, path, content)

    def publish(self, gone: Iterable[str], *, fresh: bool) -> None:
        """Move everything in place and remove the paths in *gone*; with *fresh* whatever else is there goes too."""
        self.put(MARKER, b"A site made by Tollhouse; a build may replace or remove any file here.\n")
        if fresh:
            if self.site.exists():
                self.site.rename(self._old)
            self.files.rename(self.site)
            shutil.rmtree(self._old, ignore_errors=True)
            return
        moves = sorted(_below(self.files))
        content = json.dumps({"moves": moves, "gone": sorted(gone)})
        _replace(self._journal, content.encode())
        self._finish()

    def _finish(self) -> None:
        journal = json.loads(self._journal.read_bytes())
        for path in journal["moves"]:
            _move(f"{self.files}/{path}", f"{self.site}/{path}")
        for path in journal["gone"]:
            _remove(self.site, path)
        self._journal.unlink()


#: Folders that were made a moment ago; one is asked for as often as it has files.
_recent: set[str] = set()
_MOST_RECENT = 100
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def write(folder: Path, path: str, content: bytes) -> None:
    """Write one new file below *folder*, making the folders that it needs."""
    target = f"{folder}/{path}"
    parent = target[: target.rindex("/")]
    if parent not in _recent:
        _make(parent)
    try:
        handle = os.open(target, _NEW, 0o644)
    except FileNotFoundError:  # somebody has cleared away since
        _make(parent)
        handle = os.open(target, _NEW, 0o644)
    try:
        os.write(handle, content)
    finally:
        os.close(handle)


def _make(folder: str) -> None:
    if len(_recent) >= _MOST_RECENT:
        _recent.clear()
    try:
        os.mkdir(folder)  # noqa: PTH102  # pathlib takes three times as long
    except FileExistsError:
        pass
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  # the same
    _recent.add(folder)


def _move(source: str, target: str) -> None:
    """Move a file, making the folder that it needs; one that is not there was moved before the last build was killed."""
    try:
        os.replace(source, target)  # noqa: PTH105  # pathlib takes three times as long
    except FileNotFoundError:
        if os.path.exists(source):  # noqa: PTH110  # the same
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120  # the same
            os.replace(source, target)  # noqa: PTH105  # the same


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".tmp")
    fresh.write_bytes(content)
    fresh.replace(path)


def _below(folder: Path) -> Iterable[str]:
    base = len(str(folder)) + 1
    for parent, _, names in os.walk(folder):
        yield from (f"{parent}/{name}"[base:].replace(os.sep, "/") for name in names)


def _remove(site: Path, path: str) -> None:
    (site / path).unlink(missing_ok=True)
    for parent in (site / path).parents:
        if parent == site:
            break
        try:
            parent.rmdir()
        except OSError:  # not empty, or gone already
            break
