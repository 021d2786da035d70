"""Which folders of an installation a server has to be given a copy of, since it writes into its own installation."""

import re
from collections.abc import Iterator
from pathlib import Path

from crawler.introspect.packages.install import Installation
from crawler.introspect.sandboxes.disk import holds_less
from crawler.introspect.sandboxes.sandbox import Limits

#: How the system says that something may not be written to; Node.js says of folders in folders that they are not there.
_REFUSED = re.compile(
    r"\bEROFS\b|\bEACCES\b|\[Errno (?:13|30)\]|read-only file system|permission denied|\bENOENT\b[^\n]{0,80}\bmkdir\b",
    re.IGNORECASE,
)
#: A path from the root.
_PATH = re.compile(r"(?<![\w.~])/[^\s'\"`<>|*?,;:()\[\]]{1,1000}")
#: Folders of one installation that are copied.
_MOST = 4


def unwritable(errors: str, installation: Installation) -> tuple[Path, ...]:
    """The folders that the server tried to write to in vain, going by its words; each is small enough to be copied.

    They are whole packages, its own where its words name no place, so that what it writes next is in them too.
    """
    refused = [line for line in errors.splitlines() if _REFUSED.search(line)]
    if not refused or installation.started_in is not None:
        return ()
    paths = [Path(path) for line in refused for path in _PATH.findall(line)]
    places = (_package(path, installation) for path in paths) if paths else _own(installation)
    found = [
        place for place in dict.fromkeys(places) if place is not None and _may_be_copied(place, installation)
    ]
    return outermost(tuple(found[:_MOST]))


def outermost(folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Those of the folders that lie in no other of them."""
    return tuple(folder for folder in folders if not any(other in folder.parents for other in folders))


def _package(path: Path, installation: Installation) -> Path | None:
    """The package in whose folder a path lies, else the folder of all packages, or the whole installation."""
    if ".." in path.parts or not path.is_relative_to(installation.folder):
        return None
    if path.is_relative_to(installation.code) and installation.ecosystem == "npm":
        return installation.code
    library = _library(installation)
    if not path.is_relative_to(library):
        return installation.folder
    parts = path.relative_to(library).parts
    package = library.joinpath(*parts[: 2 if parts and parts[0].startswith("@") else 1])
    return package if package.is_dir() else library


def _own(installation: Installation) -> Iterator[Path]:
    if installation.ecosystem == "npm":
        yield installation.code
    else:
        names = dict.fromkeys(
            path.partition("/")[0] for path in installation.files if path.endswith(".py") and "/" in path
        )
        yield from (installation.code / name for name in names)


def _library(installation: Installation) -> Path:
    return installation.folder / "node_modules" if installation.ecosystem == "npm" else installation.code


def _may_be_copied(place: Path, installation: Installation) -> bool:
    """Whether it is a folder of the installation itself, to which no link leads, that fits into what a run may write."""
    inside = place.resolve() == installation.folder.resolve() / place.relative_to(installation.folder)
    return inside and place.is_dir() and holds_less(place, Limits().scratch)
