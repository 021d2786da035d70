"""Servers on a Python package index, through the simple API."""

import hashlib
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC
from typing import Any

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import Version
from pypi_simple import (
    DistributionPackage,
    ProjectPage,
    ProjectStatus,
    UnexpectedRepoVersionWarning,
    UnsupportedRepoVersionError,
    parse_links_stream,
)

from crawler.fetch import Answer, Client, FetchError, known
from crawler.ledger import Ledger, Validators
from crawler.servers import Package, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.leads import GONE, Lead, Owed, Reading, Unreadable
from crawler.sources.metadata import (
    BadMetadata,
    Metadata,
    parse_metadata,
    plain,
    source_metadata,
    wheel_metadata,
)

JSON = "application/vnd.pypi.simple.v1+json"
#: Mirrors that know no JSON answer in HTML, which is parsed as well.
ACCEPT = f"{JSON}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
#: The list of all projects; bytes.
MOST_LIST = 256 * 2**20
MOST_ARCHIVE = 64 * 2**20


class ProjectSerial(msgspec.Struct, frozen=True, gc=False):
    """One line of the index's list."""

    name: str
    #: A number; some mirrors write it as text.
    serial: int | str = msgspec.field(name="_last-serial", default=0)


class ProjectList(msgspec.Struct, frozen=True):
    """The index's list of all projects, of which we want the names and serials."""

    projects: list[ProjectSerial]


class PyPI:
    """The packages of one index."""

    name = "pypi"

    def __init__(self, client: Client, index: str) -> None:
        self._client = client
        self._index = index
        self._seen: tuple[tuple[str, Validators], ...] = ()

    async def leads(self, ledger: Ledger) -> AsyncIterator[Lead]:
        """Projects that are called like a server and whose serial moved, those that are owed, those that went."""
        marks = ledger.marks(self.name)
        since = known(ledger, self._index)
        answer = await self._client.get(self._index, accept=ACCEPT, since=since, most=MOST_LIST)
        if answer.unchanged:
            serials = dict[str, str | None](
                (name, owed.mark) for name, mark in marks.items() if (owed := Owed.parse(mark))
            )
        else:
            serials = _candidates(answer)
            self._seen = answer.seen
        for name, serial in serials.items():
            if serial is None or marks.get(name) != serial:
                yield Lead(name=ServerName("pypi", name), mark=serial, previous=marks.get(name))
        if not answer.unchanged:
            for name in [name for name, mark in marks.items() if name not in serials and mark != GONE]:
                yield Lead(name=ServerName("pypi", name), mark=GONE, previous=marks[name])

    def finish(self, ledger: Ledger) -> None:
        """Ask for the list conditionally from now on."""
        for url, validators in self._seen:
            ledger.remember(url, validators)

    async def read(self, lead: Lead, ledger: Ledger | None) -> Reading:
        """The listing of one project, unless its newest release is done already."""
        url = f"{self._index}{lead.name.name}/"
        answer = await self._client.get(url, accept=ACCEPT, since=known(ledger, url))
        if answer.unchanged:
            return Reading(unchanged=True)
        # Where the list tells serials, a page is asked for only when it changed: no request of it is conditional.
        seen = answer.seen if lead.mark is None else ()
        page = _page(lead.name.name, answer)
        files = release_files(page, lead.release)
        if lead.release is not None and not files:
            raise Unreadable(SkipReason.NOT_FOUND, f"the index has no release {lead.release}")
        if files and ledger and not _withdrawn(page, files) and ledger.done(lead.name, files[0].version):
            return Reading(unchanged=True, release=files[0].version, seen=seen)
        metadata = await self._metadata(files)
        emptied = not files and ledger is not None and ledger.knows(lead.name)
        if not (lead.asked or metadata.speaks_mcp or emptied):
            return Reading(seen=seen)
        server = listing(lead.name, page, files, metadata)
        return Reading(servers=(server,), seen=seen)

    async def _metadata(self, files: list[DistributionPackage]) -> Metadata:
        """From the cheapest place that has it: the file beside the wheel, the wheel, the source archive."""
        try:
            for file in files:
                if file.has_metadata:
                    digests = file.metadata_digests or {}
                    return parse_metadata(await self._content(file.metadata_url, digests))
            for file in files:
                small = file.size is None or file.size <= MOST_ARCHIVE
                if file.package_type == "wheel" and small:
                    return parse_metadata(wheel_metadata(await self._content(file.url, file.digests)))
                if file.filename.endswith(".tar.gz") and small:
                    return parse_metadata(source_metadata(await self._content(file.url, file.digests)))
        except BadMetadata as error:
            reason = SkipReason.ARCHIVE_BOMB if error.bomb else SkipReason.ARCHIVE_REFUSED
            raise Unreadable(reason, str(error)) from error
        return Metadata()

    async def _content(self, url: str, digests: Mapping[str, str]) -> bytes:
        return _verified((await self._client.get(url, most=MOST_ARCHIVE)).content, digests.get("sha256"))


def release_files(page: ProjectPage, release: str | None) -> list[DistributionPackage]:
    """Files of the release to catalogue, the most useful first; empty if there is none.

    Without *release* that is the newest which is neither yanked nor a pre-release, unless there are only those.
    """
    if page.status is ProjectStatus.QUARANTINED:
        return []
    releases: dict[Version, list[DistributionPackage]] = {}
    for file in page.packages:
        if (version := _version(file.version)) is not None:
            releases.setdefault(version, []).append(file)
    if release is not None:
        chosen = _version(release)
    else:
        chosen = max(releases, key=lambda version: _rank(version, releases[version]), default=None)
    return sorted(releases.get(chosen, []) if chosen else [], key=_usefulness)


def listing(
    name: ServerName, page: ProjectPage, files: list[DistributionPackage], metadata: Metadata
) -> Server:
    """The project in the words of server.json."""
    newest = files[0] if files else None
    wheels = [file for file in files if file.package_type == "wheel"]
    package = Package(
        registry_type="pypi",
        identifier=name.name,
        version=newest.version if newest else None,
        sha256=wheels[0].digests.get("sha256") if wheels else None,
    )
    return Server(
        name=name,
        title=plain(page.project),
        description=metadata.summary,
        version=package.version,
        repository=metadata.repository,
        homepage=metadata.homepage,
        license=metadata.license,
        author=metadata.author,
        packages=(package,) if newest else (),
        mcp_name=metadata.mcp_name,
        keywords=metadata.keywords,
        readme=metadata.readme,
        released_at=_published(newest),
        yanked=_withdrawn(page, files),
    )


def _candidates(answer: Answer) -> dict[str, str | None]:
    """Normalised name to serial; `None` where the index tells no serials, so that each page has to be asked."""
    listed = list(_listed(answer))
    # A mirror that lost its list would have every server that we know looked for, and missed.
    if not listed:
        raise FetchError(answer.url, "an index without a single project", passing=True)
    found = {
        ServerName.maybe(f"pypi:{name}"): serial for name, serial in listed if called_like_a_server(name)
    }
    return {name.name: serial for name, serial in found.items() if name is not None}


def _listed(answer: Answer) -> Iterator[tuple[str, str | None]]:
    if "html" in answer.headers.get("content-type", ""):
        yield from ((link.text, None) for link in parse_links_stream([answer.text]))
        return
    for project in answer.read(ProjectList).projects:
        yield project.name, str(project.serial) if project.serial else None


def called_like_a_server(name: str) -> bool:
    """Whether a look at the release is worth a request; the name alone never makes a server."""
    lowered = name.lower()
    return "mcp" in lowered or "model-context" in lowered.replace("_", "-")


def _page(project: str, answer: Answer) -> ProjectPage:
    try:
        with warnings.catch_warnings():
            # A newer minor version only adds what we do not read.
            warnings.simplefilter("ignore", UnexpectedRepoVersionWarning)
            if "html" in answer.headers.get("content-type", ""):
                return ProjectPage.from_html(project, answer.text, base_url=answer.final)
            return _json_page(project, answer.read(dict), answer.final)
    except (ValueError, UnsupportedRepoVersionError) as error:
        raise FetchError(answer.url, f"no project page of a simple index: {error}", passing=True) from error


def _json_page(project: str, data: dict[str, Any], base_url: str) -> ProjectPage:
    files = data.get("files")
    if not isinstance(files, list):
        raise ValueError("it has no list of files")
    page = ProjectPage.from_json_data({**data, "files": []}, base_url=base_url)
    page.packages.extend(_file(project, file, base_url) for file in files)
    return page


def _file(project: str, data: Any, base_url: str) -> DistributionPackage:
    """A file of the page; the project is told only where its name does not come out, since it costs a regular
    expression of its own to look for it.
    """
    file = DistributionPackage.from_json_data(data, base_url=base_url)
    if file.project is not None and canonicalize_name(file.project) == project:
        return file
    return DistributionPackage.from_json_data(data, project, base_url)


def _verified(content: bytes, sha256: str | None) -> bytes:
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise Unreadable(SkipReason.HASH_MISMATCH, "the file is not the one that the index describes")
    return content


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except ValueError:  # InvalidVersion, or a number of more digits than Python converts
        return None


def _rank(version: Version, files: list[DistributionPackage]) -> tuple[bool, bool, Version]:
    return not all(file.is_yanked for file in files), not version.is_prerelease, version


def _usefulness(file: DistributionPackage) -> tuple[bool, bool, bool, str]:
    """Wheels for every platform, other wheels, source archives, the rest; by name, so that the order holds."""
    wheel = file.package_type == "wheel"
    anywhere = wheel and file.filename.endswith("-any.whl")
    return not anywhere, not wheel, file.package_type != "sdist", file.filename


def _published(file: DistributionPackage | None) -> str | None:
    if file is None or file.upload_time is None:
        return None
    try:
        return file.upload_time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:  # the first or the last day that there is, told in a zone beyond it
        return None


def _withdrawn(page: ProjectPage, files: list[DistributionPackage]) -> str | None:
    if page.status is ProjectStatus.QUARANTINED:
        return f"quarantined: {page.status_reason or 'the index gives no reason'}"
    if files and all(file.is_yanked for file in files):
        return next((reason for file in files if (reason := plain(file.yanked_reason))), "no reason given")
    return None
