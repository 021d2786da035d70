"""Releases on a Python package index: the file that fits an interpreter here, fetched and checked."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version
from pypi_simple import DistributionPackage, ProjectPage, UnsupportedRepoVersionError

from crawler.fetch import Answer, Client, FetchError, Manners
from crawler.introspect.packages.archive import below_root, read_archive
from crawler.introspect.packages.pythons import Python, pythons
from crawler.introspect.packages.record import read_wheel
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.sandboxes.outlet import host_and_port
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.sources.pypi import ACCEPT, release_files

_MOST_BYTES = 256 << 20


def fetch_wheel(name: str, version: str | None, *, workshop: Workshop, bench: Path) -> Release:
    """Fetch a release from the package index, a wheel if one fits here; raises Unavailable or BadArchive."""
    return asyncio.run(_fetch(name, version, workshop, bench))


def local_wheel(data: bytes, filename: str, bench: Path) -> Release:
    """A wheel or source archive that lies on this machine; raises Unavailable or BadArchive."""
    if not filename.endswith(".whl"):
        return _from_source(filename, "", data, None)
    try:
        name, version, _, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise Unavailable(SkipReason.ARCHIVE_REFUSED, str(error)) from error
    python = next((python for python in pythons() if tags & _tags(python)), None)
    return _from_wheel(name, str(version), data, None, bench / filename, python)


async def _fetch(name: str, version: str | None, workshop: Workshop, bench: Path) -> Release:
    index = workshop.index
    url = f"{index.url}{canonicalize_name(name)}/"
    async with Client(Manners(configured=(index.url,), certificates=index.certificates)) as client:
        try:
            files = release_files(_page(name, await client.get(url, accept=ACCEPT)), version)
            wheel = next(_fitting(files), None)
            if wheel is not None:
                file, python = wheel
                data = await _download(client, file)
                release = _from_wheel(
                    name, file.version or "", data, _digest(file), bench / file.filename, python
                )
                return replace(
                    release, released_at=file.upload_time.isoformat() if file.upload_time else None
                )
            for file in files:
                if file.package_type == "sdist":
                    data = await _download(client, file)
                    return _from_source(name, file.version or "", data, _digest(file))
        except FetchError as error:
            raise Unavailable(_meaning(error), str(error)) from error
    raise Unavailable(*_absence(files))


def index_hosts(workshop: Workshop) -> tuple[str, ...]:
    """`HOST:PORT` of the index, and of where it keeps its files; the only ones that an installer may reach."""
    return _index_hosts(workshop.index.url, workshop.index.certificates)


@cache
def _index_hosts(url: str, certificates: str | None) -> tuple[str, ...]:
    """Any project shows where files are kept; one is asked that every index of any size has."""

    async def ask() -> list[str]:
        async with Client(Manners(configured=(url,), certificates=certificates)) as client:
            page = _page("pip", await client.get(f"{url}pip/", accept=ACCEPT))
            return [file.url for file in page.packages]

    try:
        files = asyncio.run(ask())
    except FetchError:
        files = []
    return tuple(dict.fromkeys(host_and_port(address) for address in (url, *files)))


def _fitting(files: list[DistributionPackage]) -> Iterator[tuple[DistributionPackage, Python]]:
    """Wheels that an interpreter here can install, the best interpreter's first."""
    wheels = [file for file in files if file.package_type == "wheel"]
    for python in pythons() if wheels else ():
        tags = _tags(python)
        for file in wheels:
            if _admits(file.requires_python, python) and parse_wheel_filename(file.filename)[3] & tags:
                yield file, python


def _tags(python: Python) -> frozenset[Tag]:
    platforms = list(platform_tags())
    interpreter = f"cp{python.version[0]}{python.version[1]}"
    own = cpython_tags(python.version, platforms=platforms)
    return frozenset([*own, *compatible_tags(python.version, interpreter, platforms)])


def _admits(requirement: str | None, python: Python) -> bool:
    try:
        return Version(f"{python.version[0]}.{python.version[1]}.99") in SpecifierSet(requirement or "")
    except InvalidSpecifier:
        return True


def _from_wheel(
    name: str, version: str, data: bytes, sha256: str | None, path: Path, python: Python | None
) -> Release:
    files = read_wheel(data, sha256=sha256)
    path.write_bytes(data)
    path.chmod(0o644)
    return Release(
        name=name, version=version, files=files, archive=path if python is not None else None, python=python
    )


def _from_source(name: str, version: str, data: bytes, sha256: str | None) -> Release:
    return Release(name=name, version=version, files=below_root(read_archive(data, sha256=sha256)))


async def _download(client: Client, file: DistributionPackage) -> bytes:
    return (await client.get(file.url, most=_MOST_BYTES)).content


def _digest(file: DistributionPackage) -> str | None:
    return file.digests.get("sha256")


def _page(name: str, answer: Answer) -> ProjectPage:
    try:
        if "html" in answer.headers.get("content-type", ""):
            return ProjectPage.from_html(name, answer.text, base_url=answer.final)
        return ProjectPage.from_json_data(answer.read(dict), base_url=answer.final)
    except (ValueError, UnsupportedRepoVersionError) as error:
        raise FetchError(answer.url, f"no project page of a simple index: {error}") from error


def _meaning(error: FetchError) -> SkipReason:
    if error.missing:
        return SkipReason.NOT_FOUND
    return SkipReason.TIMEOUT if error.passing else SkipReason.PROTOCOL_ERROR


def _absence(files: list[DistributionPackage]) -> tuple[SkipReason, str]:
    if not files:
        return SkipReason.NOT_FOUND, "the index has no such release"
    if any(file.package_type == "wheel" for file in files):
        return SkipReason.NO_WHEEL, "none of its wheels fits an interpreter or the system here"
    return SkipReason.NO_WHEEL, "the release has neither a wheel nor a source archive"
