"""A package index on loopback, filled by a line a release."""

import asyncio
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr

from crawler.fetch import Client, Manners
from crawler.sources.leads import Lead, Reading
from crawler.sources.pypi import PyPI

JSON = {"Content-Type": "application/vnd.pypi.simple.v1+json"}


def metadata(name: str, version: str, *lines: str, readme: str = "") -> bytes:
    """The METADATA file of a release."""
    head = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines]
    return ("\n".join(head) + "\n\n" + readme).encode()


def wheel(name: str, version: str, content: bytes) -> bytes:
    """A wheel with nothing but its METADATA."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name.replace('-', '_')}-{version}.dist-info/METADATA", content)
    return buffer.getvalue()


def sdist(name: str, version: str, content: bytes) -> bytes:
    """A source archive with nothing but its PKG-INFO."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo(f"{name}-{version}/PKG-INFO")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


class Index:
    """A package index that speaks the JSON simple API, with the features that a test wants."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.url = f"{site.url}/simple/"
        self.serials: dict[str, int] = {}
        self.projects: dict[str, dict[str, Any]] = {}

    def release(
        self,
        name: str,
        version: str,
        *lines: str,
        readme: str = "",
        kinds: tuple[str, ...] = ("wheel",),
        beside: bool = True,
        yanked: bool | str = False,
        content: bytes | None = None,
    ) -> None:
        """Publish a release; *kinds* are wheel and sdist, *beside* offers the metadata as a file of its own."""
        content = metadata(name, version, *lines, readme=readme) if content is None else content
        project = self.projects.setdefault(
            name, {"meta": {"api-version": "1.1"}, "name": name, "versions": [], "files": []}
        )
        project["versions"].append(version)
        for kind in kinds:
            body = wheel(name, version, content) if kind == "wheel" else sdist(name, version, content)
            ending = "-py3-none-any.whl" if kind == "wheel" else ".tar.gz"
            filename = f"{name.replace('-', '_')}-{version}{ending}"
            file: dict[str, Any] = {
                "filename": filename,
                "url": f"../../files/{filename}",
                "hashes": {"sha256": hashlib.sha256(body).hexdigest()},
                "size": len(body),
                "upload-time": "2026-11-20T08:00:00.123456Z",
                "yanked": yanked,
            }
            if beside and kind == "wheel":
                file["core-metadata"] = {"sha256": hashlib.sha256(content).hexdigest()}
                self.site.put(f"/files/{filename}.metadata", content)
            project["files"].append(file)
            self.site.put(f"/files/{filename}", body)
        self.touch(name)

    def html(self, name: str, links: str, *files: tuple[str, str]) -> None:
        """Publish the project as a page of links, with these versions and kinds of files behind them."""
        page = f"<!DOCTYPE html><html><body>{links}</body></html>"
        self.site.put(f"/simple/{name}/", page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        for version, kind in files:
            build, ending = (wheel, "-py3-none-any.whl") if kind == "wheel" else (sdist, ".tar.gz")
            filename = f"{name.replace('-', '_')}-{version}{ending}"
            self.site.put(f"/simple/{name}/{filename}", build(name, version, metadata(name, version)))

    def touch(self, name: str) -> None:
        """Publish the project's page and list anew, with the next serial."""
        self.serials[name] = max(self.serials.values(), default=100) + 1
        tag = f'"{name}-{self.serials[name]}"'
        self._publish(f"/simple/{name}/", self.projects[name], tag)
        self._list()

    def delete(self, name: str, *, from_list: bool = True) -> None:
        """Take the project away; from its page alone, if the list is read before that."""
        self.site.clear(f"/simple/{name}/")
        if from_list:
            del self.serials[name]
            self._list()

    def _list(self) -> None:
        projects = [{"name": name, "_last-serial": serial} for name, serial in self.serials.items()]
        last = max(self.serials.values(), default=0)
        page = {"meta": {"api-version": "1.1", "_last-serial": last}, "projects": projects}
        self._publish("/simple/", page, f'"list-{hash(tuple(self.serials.items()))}"')

    def _publish(self, path: str, page: Any, tag: str) -> None:
        def answer(ask: Any) -> dict[str, Any]:
            if ask.headers.get("if-none-match") == tag:
                return {"status": 304}
            return {"body": json.dumps(page).encode(), "headers": {**JSON, "ETag": tag}}

        self.site.clear(path)
        self.site.put(path, answer)

    def read(self, lead: Lead, ledger: Any = None) -> Reading:
        """What the source makes of one lead."""

        async def run() -> Reading:
            async with Client(Manners(configured=(self.url,), pace=None)) as client:
                return await PyPI(client, self.url).read(lead, ledger)

        return asyncio.run(run())

    def leads(self, ledger: Any, *, finish: bool = True) -> list[Lead]:
        """What the source lists, and then, if *finish*, the end of its crawl."""

        async def run() -> list[Lead]:
            async with Client(Manners(configured=(self.url,), pace=None)) as client:
                source = PyPI(client, self.url)
                found = [lead async for lead in source.leads(ledger)]
                if finish:
                    source.finish(ledger)
                return found

        return asyncio.run(run())


@pytest.fixture
def index(site: Any) -> Index:
    return Index(site)


@pytest.fixture
def cassette() -> Callable[[str], AbstractContextManager[Any]]:
    """Plays a conversation from a file; a request that is not in it fails the test."""
    folder = Path(__file__).parent / "cassettes"
    player = vcr.VCR(
        cassette_library_dir=str(folder), record_mode=vcr.mode.NONE, decode_compressed_response=True
    )
    return lambda name: player.use_cassette(name, allow_playback_repeats=False)


@pytest.fixture
def listen() -> Callable[..., Any]:
    """Runs `use(source)` with a source that is built on a client without pace, over a transport that cassettes know."""

    def run(build: Callable[[Client], Any], use: Callable[[Any], Any], *configured: str) -> Any:
        async def inside() -> Any:
            manners = Manners(configured=configured, pace=None)
            async with Client(manners, transport=httpx.AsyncHTTPTransport()) as client:
                return await use(build(client))

        return asyncio.run(inside())

    return run
