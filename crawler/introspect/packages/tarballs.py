"""Releases on an npm registry: the tarball, fetched and checked against the integrity that the registry names."""

import asyncio
import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from crawler.fetch import Client, FetchError, Manners
from crawler.introspect.packages.archive import BadArchive, below_root, read_archive
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.sandboxes.outlet import host_and_port
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.tools import Json

_MOST_BYTES = 256 << 20


def fetch_tarball(name: str, version: str | None, *, workshop: Workshop, bench: Path) -> Release:
    """Fetch a release, the newest unless *version* says which; raises Unavailable or BadArchive."""
    return asyncio.run(_fetch(name, version or "latest", workshop, bench))


def local_tarball(data: bytes, bench: Path) -> Release:
    """A tarball as `npm pack` makes it, kept in *bench*; raises BadArchive."""
    files = below_root(read_archive(data))
    manifest = _manifest(files.get("package.json", b""))
    path = bench / "package.tgz"
    path.write_bytes(data)
    return Release(
        ecosystem="npm",
        name=str(manifest.get("name", "")),
        version=str(manifest.get("version", "")),
        files=files,
        archive=path,
    )


async def _fetch(name: str, version: str, workshop: Workshop, bench: Path) -> Release:
    registry = workshop.npm_registry
    async with Client(Manners(configured=(registry,))) as client:
        try:
            answer = await client.get(f"{registry}{quote(name, safe='@')}/{quote(version)}", most=32 << 20)
            told = answer.read(dict)
            dist = told.get("dist", {})
            data = (await client.get(str(dist.get("tarball", "")), most=_MOST_BYTES)).content
        except FetchError as error:
            reason = SkipReason.NOT_FOUND if error.missing else SkipReason.PROTOCOL_ERROR
            raise Unavailable(SkipReason.TIMEOUT if error.passing else reason, str(error)) from error
    _check_integrity(data, dist)
    release = local_tarball(data, bench)
    if release.name != name:
        raise BadArchive(SkipReason.HASH_MISMATCH, f"the tarball is that of {release.name[:100]!r}")
    if _plain(release.version) != _plain(str(told.get("version"))):
        # The registry does not compare them, and what it tells is what everybody reads.
        raise BadArchive(
            SkipReason.HASH_MISMATCH, f"the tarball is that of version {release.version[:100]!r}"
        )
    return replace(release, hosts=(host_and_port(str(dist["tarball"])),))


def _plain(version: str) -> str:
    """A version as the registry spells it when it takes one in."""
    return version.strip().lstrip("v=").partition("+")[0]


def _check_integrity(data: bytes, dist: dict[str, Json]) -> None:
    """The strongest digest that the registry names must fit; without any nothing is believed."""
    named = re.findall(r"(sha512|sha384|sha256)-([A-Za-z0-9+/=]+)", str(dist.get("integrity", "")))
    for algorithm, value in sorted(named, reverse=True)[:1]:
        if base64.b64encode(hashlib.new(algorithm, data).digest()).decode() == value:
            return
    if not named and hashlib.sha1(data, usedforsecurity=False).hexdigest() == dist.get("shasum"):
        return
    raise BadArchive(SkipReason.HASH_MISMATCH, "the tarball is not the one that the registry describes")


def _manifest(content: bytes) -> dict[str, Json]:
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        manifest = None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("name"), str):
        raise BadArchive(SkipReason.ARCHIVE_REFUSED, "an npm package has a package.json that names it")
    return manifest
