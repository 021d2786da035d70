"""A server's source out of the archive of its repository."""

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.packages.archive import BadArchive
from crawler.introspect.packages.release import Unavailable
from crawler.introspect.packages.repositories import Place, fetch_repository
from crawler.servers import ServerName
from crawler.snapshots import SkipReason

COMMIT = "7d1f0c9f1c1e4d4bb3f1a9c0c6a7e5d4c3b2a190"


def archive(files: dict[str, str]) -> bytes:
    """What GitHub packs: one folder around everything."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for path, text in files.items():
            info = tarfile.TarInfo(f"tools-{COMMIT}/{path}")
            info.size = len(text)
            packed.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


FILES = {"README.md": "# Tools", "src/time/server.py": "time", "src/fetch/server.py": "fetch"}


@pytest.mark.parametrize(
    ("name", "version", "path", "files"),
    [
        ("ann/tools", None, "/ann/tools/tar.gz/HEAD", FILES),
        ("ann/tools", COMMIT, f"/ann/tools/tar.gz/{COMMIT}", FILES),
        ("ann/tools", "2026-11-20T08:00:00Z", "/ann/tools/tar.gz/HEAD", FILES),
        ("ann/tools", "feature/one", "/ann/tools/tar.gz/feature/one", FILES),
        ("ann/tools#src/time", COMMIT, f"/ann/tools/tar.gz/{COMMIT}", {"server.py": "time"}),
    ],
)
def test_the_named_folder_at_the_named_commit_is_read(
    site: Any,
    make_workshop: Any,
    tmp_path: Path,
    name: str,
    version: str | None,
    path: str,
    files: dict[str, str],
) -> None:
    """A version that is no commit asks for the newest."""
    site.put(path, archive(FILES))
    place = Place.of(ServerName("github", name), version)
    release = fetch_repository(place, workshop=make_workshop(archives=site.url), bench=tmp_path)

    assert {key: value.decode() for key, value in release.files.items()} == files
    assert (release.archive, release.buildable) == (None, False)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("ann/tools#src/none", archive(FILES), SkipReason.NOT_FOUND),
        ("ann/tools", b"no archive", SkipReason.ARCHIVE_REFUSED),
        ("ann/nothing", archive(FILES), SkipReason.NOT_FOUND),
        ("ann/..", archive(FILES), SkipReason.NOT_FOUND),
    ],
)
def test_what_cannot_be_read_says_why(
    site: Any, make_workshop: Any, tmp_path: Path, name: str, body: bytes, reason: SkipReason
) -> None:
    """A folder that is not there, an archive that is none, a repository that is not there."""
    site.put("/ann/tools/tar.gz/HEAD", body)
    place = Place.of(ServerName("github", name))

    with pytest.raises((BadArchive, Unavailable)) as caught:
        fetch_repository(place, workshop=make_workshop(archives=site.url), bench=tmp_path)

    assert caught.value.reason is reason
