"""Packages made by hand, an index on loopback that offers them, and a workshop that asks it."""

import base64
import hashlib
import io
import json
import tarfile
import textwrap
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.packages.pythons import pythons
from crawler.introspect.sandboxes.sandbox import find_sandbox
from crawler.introspect.workshop import Workshop
from crawler.mcp.stdio import Patience
from crawler.servers import ServerName
from crawler.sources.index import Index

NAME = ServerName("pypi", "demo-mcp")
PYTHON = f"Python {next(pythons()).release}"


#: A whole server in the standard library; `tools`, `before` and `environment` are what a fixture package changes.
SERVER = """
import json, os, sys
TOOLS = {tools}
def answer(message):
    if message["method"] == "initialize":
        return {{"protocolVersion": "2025-06-18", "capabilities": {{}}, "serverInfo": {{"name": "fixture", "version": "1"}}}}
    return {{"tools": TOOLS}}
def main():
{before}
    for line in sys.stdin:
        message = json.loads(line)
        if "id" in message and "method" in message:
            print(json.dumps({{"jsonrpc": "2.0", "id": message["id"], "result": answer(message)}}), flush=True)
"""

ECHO = {"name": "echo", "description": "Say it again.", "inputSchema": {"type": "object", "properties": {}}}


def configured(**entry: object) -> str:
    """A README that shows this configuration of a client."""
    block = {"mcpServers": {"demo": {"command": "uvx", "args": ["demo-mcp"], **entry}}}
    return f"# Demo\n\n```json\n{json.dumps(block, indent=2)}\n```\n"


def server_source(*, before: str = "", tools: str = json.dumps([ECHO])) -> str:
    """The source of a server that runs *before* when it starts, and lists what the expression *tools* says."""
    return SERVER.format(tools=tools, before=textwrap.indent(textwrap.dedent(before) or "pass", "    "))


def wheel(
    name: str,
    source: str,
    *,
    version: str = "1.0",
    readme: str = "",
    scripts: str | None = None,
    requires: Sequence[str] = (),
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """A wheel with one module and one console script."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    files = {
        f"{module}.py": source.encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\n{readme}".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": (scripts or f"[console_scripts]\n{name} = {module}:main\n").encode(),
        **(extra or {}),
    }
    files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
    return zipped(files)


def record(files: Mapping[str, bytes], path: str) -> bytes:
    """RECORD for these files."""
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    return "\n".join([*lines, f"{path},,", ""]).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    """A gzipped tar of these files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


@dataclass
class PackageIndex:
    """A simple index of files that tests put in, and how it is asked."""

    url: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    #: Source archives of repositories, by the end of their URL.
    archives: dict[str, bytes] = field(default_factory=dict)
    #: Other answers, by their path.
    pages: dict[str, bytes] = field(default_factory=dict)
    #: What the index says of a file's SHA-256 where that is not the truth.
    lies: dict[str, str] = field(default_factory=dict)
    #: File to the day of its upload, where the index tells it.
    uploaded: dict[str, str] = field(default_factory=dict)
    #: Paths that are answered as by a server that is out of order.
    broken: set[str] = field(default_factory=set)
    #: File to the Python that the index says it wants.
    wants: dict[str, str] = field(default_factory=dict)

    def offer(self, project: str, filename: str, content: bytes) -> None:
        self.files.setdefault(project, {})[filename] = content

    def offer_server(
        self, name: str, *, before: str = "", tools: str = json.dumps([ECHO]), **options: Any
    ) -> None:
        """Offer the wheel of a server; see `server_source` and `wheel`."""
        content = wheel(name, server_source(before=before, tools=tools), **options)
        version = options.get("version", "1.0")
        self.offer(name, f"{name.replace('-', '_')}-{version}-py3-none-any.whl", content)

    def offer_sdist(self, name: str, backend: bytes) -> None:
        """Offer a source archive that brings its own build backend, which finds the wheel's files in `FILES`."""
        info = f"{name}-1.0.dist-info"
        files = {
            f"{name}.py": b"",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
        project = f'[project]\nname = "{name}"\nversion = "1.0"\n[build-system]\nrequires = []\n'
        project += 'build-backend = "backend"\nbackend-path = ["."]\n'
        tree = {
            "pyproject.toml": project.encode(),
            "PKG-INFO": files[f"{info}/METADATA"],
            "backend.py": f"FILES = {files!r}\n".encode() + backend,
        }
        self.offer(
            name,
            f"{name}-1.0.tar.gz",
            tarred({f"{name}-1.0/{path}": content for path, content in tree.items()}),
        )

    def offer_repository(self, name: str, ref: str, files: Mapping[str, bytes]) -> None:
        """Offer a repository's source archive, in a folder of its own as GitHub packs it."""
        root = f"{name.replace('/', '-')}-{ref}"
        self.archives[f"{name}/tar.gz/{ref}"] = tarred({f"{root}/{path}": files[path] for path in files})

    zipped = staticmethod(zipped)
    tarred = staticmethod(tarred)
    server_source = staticmethod(server_source)
    record = staticmethod(record)

    def answer(self, path: str) -> bytes | None:
        parts = path.strip("/").split("/")
        if parts[0] == "simple" and parts[-1] in self.files:
            return json.dumps(self._page(parts[-1])).encode()
        if parts[0] == "files" and len(parts) == 3:
            return self.files.get(parts[1], {}).get(parts[2])
        return self.pages.get(path) or self.archives.get(path.removeprefix("/archives/"))

    def _page(self, project: str) -> dict[str, Any]:
        files = [
            {
                "filename": name,
                "url": f"../../files/{project}/{name}",
                **({"requires-python": self.wants[name]} if name in self.wants else {}),
                "hashes": {"sha256": self.lies.get(name) or hashlib.sha256(content).hexdigest()},
                **({"upload-time": f"{self.uploaded[name]}T08:00:00Z"} if name in self.uploaded else {}),
            }
            for name, content in self.files[project].items()
        ]
        return {"meta": {"api-version": "1.0"}, "name": project, "files": files}


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    """An empty package index on loopback."""
    index = PackageIndex()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = index.answer(self.path)
            status = 503 if self.path in index.broken else 404 if content is None else 200
            self.send_response(status)
            kind = (
                "application/vnd.pypi.simple.v1+json"
                if "/simple/" in self.path
                else "application/octet-stream"
            )
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content or b"")

        do_HEAD = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        index.url = f"http://127.0.0.1:{server.server_port}/simple/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield index
        server.shutdown()
        thread.join()


MakeWorkshop = Callable[..., Workshop]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workshops, so that installers find again what they know of the interpreters."""
    return tmp_path_factory.mktemp("workshop")


@pytest.fixture
def make_workshop(folder: Path, index: PackageIndex) -> MakeWorkshop:
    """Makes workshops whose clock stands still; options replace their fields."""

    def make(**options: Any) -> Workshop:
        defaults = {
            "folder": folder,
            "sandbox": find_sandbox(),
            "index": Index(url=index.url),
            "patience": Patience(total=20, after_traceback=1),
            "load": lambda: 1.0,
            "clock": lambda: datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        }
        return Workshop(**{**defaults, **options})

    return make


@pytest.fixture
def workshop(make_workshop: MakeWorkshop) -> Workshop:
    """A workshop with the sandbox of this machine."""
    return make_workshop()
