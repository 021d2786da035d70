"""A package index of generated projects: on loopback in a process of its own, or inside the crawl."""

import asyncio
import json
import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

#: One in so many servers has a new release once the index has changed.
CHANGED = 100


@dataclass(frozen=True)
class World:
    """What the index has. As many projects again are called nothing like a server."""

    servers: int
    changed: bool = False

    def answer(self, path: str) -> tuple[bytes, str, str]:
        """Body, type and entity tag."""
        kind = "application/vnd.pypi.simple.v1+json"
        if path == "/simple/":
            return self._list(), kind, f'"list-{int(self.changed)}"'
        name = path.split("/")[2]
        version = "1.1.0" if self._touched(int(name.split("-")[2])) else "1.0.0"
        if path.startswith("/simple/"):
            return _page(name, version), kind, f'"{name}-{version}"'
        return _metadata(name, version), "application/octet-stream", '"file"'

    def _touched(self, number: int) -> bool:
        return self.changed and number % CHANGED == 0

    def _list(self) -> bytes:
        projects = [
            {"name": f"mcp-server-{number}", "_last-serial": number + 1 + 10**9 * self._touched(number)}
            for number in range(self.servers)
        ]
        projects += [
            {"name": f"other-{number}", "_last-serial": number + 1} for number in range(self.servers)
        ]
        return json.dumps({"meta": {"api-version": "1.1"}, "projects": projects}).encode()


class Inside:
    """Answers inside the crawl, as a handler of httpx.MockTransport."""

    def __init__(self, world: World) -> None:
        self.requests = 0
        self._world = world

    def __call__(self, request: Any) -> Any:
        import httpx

        self.requests += 1
        body, kind, tag = self._world.answer(request.url.path)
        if request.headers.get("if-none-match") == tag:
            return httpx.Response(304, headers={"ETag": tag})
        return httpx.Response(200, headers={"Content-Type": kind, "ETag": tag}, content=body)


class Index:
    """The index's process, from outside."""

    def __init__(self, servers: int) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(servers, theirs), daemon=True)
        self._process.start()
        self.url = f"http://127.0.0.1:{self._pipe.recv()}/simple/"

    def ask(self, order: str) -> int:
        """`change` the world or just `count`: requests so far."""
        self._pipe.send(order)
        return int(self._pipe.recv())

    def stop(self) -> None:
        """End the process."""
        with suppress(OSError):
            self._pipe.send("stop")
        self._process.join(5)


class _Connection(asyncio.Protocol):
    """As little HTTP/1.1 with keep-alive as a client needs."""

    world = World(0)
    requests = 0

    def connection_made(self, transport: Any) -> None:
        self._write: Callable[[bytes], None] = transport.write
        self._left = b""

    def data_received(self, data: bytes) -> None:
        self._left += data
        while b"\r\n\r\n" in self._left:
            head, _, self._left = self._left.partition(b"\r\n\r\n")
            _Connection.requests += 1
            body, kind, tag = self.world.answer(head.split(b" ", 2)[1].decode())
            known = b"if-none-match: " + tag.encode() in head.lower()
            status, body = ("304 Not Modified", b"") if known else ("200 OK", body)
            lines = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nETag: {tag}\r\nContent-Length: {len(body)}"
            self._write(f"{lines}\r\n\r\n".encode() + body)


def _serve(servers: int, pipe: Connection) -> None:
    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_Connection, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while (order := await asyncio.to_thread(pipe.recv)) != "stop":
            if order == "change":
                _Connection.world = World(servers, changed=True)
            pipe.send(_Connection.requests)
        server.close()

    _Connection.world = World(servers)
    asyncio.run(run())


def _page(name: str, version: str) -> bytes:
    filename = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    wheel = {
        "filename": filename,
        "url": f"/files/{name}/{filename}",
        "hashes": {"sha256": "0" * 64},
        "size": 30_000,
        "core-metadata": True,
        "yanked": False,
        "upload-time": "2026-11-20T08:00:00.000000Z",
        "requires-python": ">=3.10",
    }
    sdist = {**wheel, "filename": f"{name}-{version}.tar.gz", "core-metadata": False}
    page = {"meta": {"api-version": "1.1"}, "name": name, "versions": [version], "files": [wheel, sdist]}
    return json.dumps(page).encode()


def _metadata(name: str, version: str) -> bytes:
    readme = f"# {name}\n\n<!-- mcp-name: io.github.ann/{name} -->\n" + "A server of tools for a model. " * 60
    return (
        f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: Server {name}\nLicense-Expression: MIT\n"
        f"Author-email: Ann Author <ann@notes.example>\nKeywords: mcp,notes\nRequires-Dist: mcp>=2\n"
        f"Project-URL: Repository, https://github.com/ann/{name}\n\n{readme}"
    ).encode()
