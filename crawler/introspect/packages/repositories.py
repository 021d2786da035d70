"""Source archives of repositories on GitHub, read and perhaps built, never run as they are."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from crawler.fetch import Client, FetchError, Manners
from crawler.introspect.packages.archive import Folder, below_root, read_archive
from crawler.introspect.packages.build_node import source_tarball
from crawler.introspect.packages.projects import is_node, servers
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.workshop import Workshop
from crawler.servers import ServerName
from crawler.snapshots import SkipReason

_MOST_BYTES = 256 << 20
#: One of these lies at the root of a project of Python.
_PYTHON = frozenset({"pyproject.toml", "setup.py", "requirements.txt"})


@dataclass(frozen=True, kw_only=True)
class Place:
    """A folder of a repository at some commit."""

    repository: str
    #: Branch, tag or commit; `HEAD` is the newest of the default branch.
    ref: str = "HEAD"
    folder: str = ""

    @classmethod
    def of(cls, name: ServerName, ref: str | None = None) -> "Place":
        """The place that a name such as `github:OWNER/NAME#FOLDER` means."""
        repository, _, folder = name.name.partition("#")
        if ref is not None and ":" in ref:
            # The listing had no commit to name and says when the repository last changed.
            ref = None
        return cls(repository=repository, ref=ref or "HEAD", folder=folder.strip("/"))


def fetch_repository(place: Place, *, workshop: Workshop, bench: Path) -> Release:
    """Fetch the source of a place; raises Unavailable or BadArchive."""
    if ".." in f"{place.repository}/{place.ref}".split("/"):
        raise Unavailable(SkipReason.NOT_FOUND, f"no repository has a branch or tag {place.ref!r}")
    data = asyncio.run(_fetch(place, workshop))
    tree = below_root(read_archive(data, links="skip"))
    folder = place.folder
    if not folder and (found := servers(tree)):
        if len(found) > 1:
            said = f"a workspace of several packages; name one as #FOLDER: {', '.join(found)}"
            raise Unavailable(SkipReason.NOT_FOUND, said)
        folder = found[0]
    files: Mapping[str, bytes] = Folder(tree, folder + "/") if folder else tree
    if not files:
        raise Unavailable(SkipReason.NOT_FOUND, f"the repository has no folder {folder!r}")
    if is_node(files):
        return source_tarball(tree, folder, bench)
    name = folder.rpartition("/")[2] or place.repository.partition("/")[2]
    return Release(name=name, version="", files=files, buildable=not _PYTHON.isdisjoint(files))


async def _fetch(place: Place, workshop: Workshop) -> bytes:
    url = f"{workshop.archives}/{quote(place.repository)}/tar.gz/{quote(place.ref)}"
    async with Client(Manners(configured=(workshop.archives,))) as client:
        try:
            return (await client.get(url, most=_MOST_BYTES)).content
        except FetchError as error:
            reason = SkipReason.NOT_FOUND if error.missing else SkipReason.PROTOCOL_ERROR
            raise Unavailable(SkipReason.TIMEOUT if error.passing else reason, str(error)) from error
