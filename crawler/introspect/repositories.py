"""Source of a server in a repository on GitHub: the archive of one commit, read and never built unasked."""

import asyncio
from pathlib import Path

from crawler.fetch import Client, FetchError, Manners
from crawler.introspect.archive import BadArchive, Folder, below_root, read_archive
from crawler.introspect.ladder import Way, climb_release
from crawler.introspect.release import Release, Unavailable
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName
from crawler.snapshots import Outcome, SkipReason

ARCHIVES = "https://codeload.github.com"
MOST_BYTES = 64 << 20
#: As git spells a commit; anything else in a listing's version is no name of one.
_COMMIT_DIGITS = 40


def climb_repository(
    server: Server, *, workshop: Workshop, method: Way = "auto", archives: str = ARCHIVES
) -> tuple[Outcome, ...]:
    """Introspect a server by its source alone, whatever packages its listing names; blocks, as `climb` does."""

    def fetch(_bench: Path) -> Release:
        return fetch_repository(server.name, server.version, archives=archives)

    return climb_release(server, fetch, workshop=workshop, method=method)


def fetch_repository(name: ServerName, version: str | None, *, archives: str = ARCHIVES) -> Release:
    """The folder that the name says, at this commit or else the newest; raises Unavailable or BadArchive."""
    repository, _, folder = name.name.partition("#")
    commit = version if version and _is_commit(version) else "HEAD"
    try:
        data = asyncio.run(_download(f"{archives}/{repository}/tar.gz/{commit}", archives))
    except FetchError as error:
        reason = SkipReason.NOT_FOUND if error.missing else SkipReason.PROTOCOL_ERROR
        raise Unavailable(SkipReason.TIMEOUT if error.passing else reason, str(error)) from error
    files = below_root(read_archive(data))
    if folder:
        files = Folder(files, folder.strip("/") + "/")
    if not files:
        raise BadArchive(SkipReason.NOT_FOUND, f"the repository has no folder {folder}")
    return Release(name=repository, version=version or "", files=files)


async def _download(url: str, archives: str) -> bytes:
    async with Client(Manners(configured=(archives,))) as client:
        return (await client.get(url, most=MOST_BYTES)).content


def _is_commit(version: str) -> bool:
    return len(version) == _COMMIT_DIGITS and all(digit in "0123456789abcdef" for digit in version)
