"""Releases on a Python package index: the file that fits an interpreter here, fetched and checked."""

import asyncio
import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from packaging.metadata import parse_email
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from pypi_simple import DistributionPackage, ProjectPage, UnsupportedRepoVersionError

from crawler.fetch import Answer, Client, FetchError, Manners
from crawler.introspect.packages.archive import below_root, read_archive
from crawler.introspect.packages.pythons import Python, none_satisfies, pythons
from crawler.introspect.packages.record import read_wheel
from crawler.introspect.packages.release import Release, Unavailable
from crawler.introspect.sandboxes.outlet import host_and_port
from crawler.introspect.workshop import Workshop
from crawler.snapshots import SkipReason
from crawler.sources.pypi import ACCEPT, release_files

_MOST_BYTES = 256 << 20
_MOST_METADATA = 1 << 20
_METADATA = re.compile(r"[^/]+\.dist-info/METADATA")
_ELSEWHERE = "none of its wheels fits an interpreter or the system here"


def fetch_wheel(name: str, version: str | None, *, workshop: Workshop, bench: Path) -> Release:
    """Fetch a release from the package index, a wheel if one fits here; raises Unavailable or BadArchive."""
    return asyncio.run(_fetch(name, version, workshop, bench))


def fetch_source(name: str, wanted: str, *, before: str | None, workshop: Workshop) -> Release:
    """Fetch the newest source archive that a specifier admits, of those uploaded up to a day if one is told; raises
    Unavailable or BadArchive.
    """
    return asyncio.run(_fetch_source(name, wanted, before, workshop))


def local_wheel(data: bytes, filename: str, bench: Path) -> Release:
    """A wheel or source archive that lies on this machine; raises Unavailable or BadArchive."""
    if not filename.endswith(".whl"):
        return _from_source(filename, "", data, None)
    try:
        name, version, _, _ = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise Unavailable(SkipReason.ARCHIVE_REFUSED, str(error)) from error
    return _from_wheel(name, str(version), data, bench / filename)


async def _fetch(name: str, version: str | None, workshop: Workshop, bench: Path) -> Release:
    index = workshop.index
    url = f"{index.url}{canonicalize_name(name)}/"
    async with Client(Manners(configured=(index.url,), certificates=index.certificates)) as client:
        try:
            files = release_files(_page(name, await client.get(url, accept=ACCEPT)), version)
            file = _best(files)
            data = await _download(client, file)
        except FetchError as error:
            raise Unavailable(_meaning(error), str(error)) from error
    version, digest = file.version or "", _digest(file)
    if file.package_type == "wheel":
        path, wanted = bench / file.filename, file.requires_python
        release = _from_wheel(name, version, data, path, sha256=digest, requirement=wanted)
    else:
        release = replace(_from_source(name, version, data, digest), unfit=_unfit(files))
    return replace(release, released_at=file.upload_time.isoformat() if file.upload_time else None)


async def _fetch_source(name: str, wanted: str, before: str | None, workshop: Workshop) -> Release:
    index, specifier = workshop.index, SpecifierSet(wanted)
    url = f"{index.url}{canonicalize_name(name)}/"
    async with Client(Manners(configured=(index.url,), certificates=index.certificates)) as client:
        try:
            page = _page(name, await client.get(url, accept=ACCEPT))
            sources = [
                file
                for file in page.packages
                if file.package_type == "sdist"
                and specifier.contains(file.version or "", prereleases=True)
                and (before is None or (file.upload_time and file.upload_time.date().isoformat() <= before))
            ]
            file = next(iter(release_files(replace(page, packages=sources), None)), None)
            if file is None:
                raise Unavailable(SkipReason.NO_WHEEL, "it has neither a wheel nor a source that would do")
            data = await _download(client, file)
        except FetchError as error:
            raise Unavailable(_meaning(error), str(error)) from error
    return _from_source(name, file.version or "", data, _digest(file))


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


def _best(files: list[DistributionPackage]) -> DistributionPackage:
    """The wheel that the best interpreter here can install; without one what can be read, the source first. Raises Unavailable."""
    wheels = [file for file in files if file.package_type == "wheel"]
    fitting = (
        file
        for python in pythons()
        for file in wheels
        if python.satisfies(file.requires_python) and _tags_of(file.filename) & _tags(python)
    )
    sources = (file for file in files if file.package_type == "sdist")
    best = next(itertools.chain(fitting, sources, wheels), None)
    if best is not None:
        return best
    if not files:
        raise Unavailable(SkipReason.NOT_FOUND, "the index has no such release")
    raise Unavailable(SkipReason.NO_WHEEL, "the release has neither a wheel nor a source archive")


def _unfit(files: list[DistributionPackage]) -> str:
    """Why none of the wheels may be installed here; empty where there are none."""
    reasons = [_misfit(file.filename, file.requires_python) for file in files if file.package_type == "wheel"]
    return next((reason for reason in reasons if reason != _ELSEWHERE), reasons[0] if reasons else "")


def _misfit(filename: str, requirement: str | None) -> str:
    """Why no interpreter here can install a wheel."""
    if requirement and any(_tags_of(filename) & _tags(python) for python in pythons()):
        return none_satisfies(requirement)
    return _ELSEWHERE


def _tags_of(filename: str) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(filename)[3]
    except InvalidWheelFilename:
        return frozenset()


def _tags(python: Python) -> frozenset[Tag]:
    platforms = list(platform_tags())
    interpreter = f"cp{python.version[0]}{python.version[1]}"
    own = cpython_tags(python.version, platforms=platforms)
    return frozenset([*own, *compatible_tags(python.version, interpreter, platforms)])


def _from_wheel(
    name: str,
    version: str,
    data: bytes,
    path: Path,
    *,
    sha256: str | None = None,
    requirement: str | None = None,
) -> Release:
    files = read_wheel(data, sha256=sha256)
    requirement = requirement or _requires_python(files)
    fitting = tuple(
        python
        for python in pythons()
        if python.satisfies(requirement) and _tags_of(path.name) & _tags(python)
    )
    path.write_bytes(data)
    path.chmod(0o644)
    return Release(
        name=name,
        version=version,
        files=files,
        archive=path if fitting else None,
        pythons=fitting,
        unfit="" if fitting else _misfit(path.name, requirement),
    )


def _requires_python(files: Mapping[str, bytes]) -> str | None:
    metadata = next((path for path in files if _METADATA.fullmatch(path)), None)
    return parse_email(files[metadata][:_MOST_METADATA])[0].get("requires_python") if metadata else None


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
