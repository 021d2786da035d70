"""A ledger in memory and a web server on loopback, for everything that crawls."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina

from crawler.ledger import Settled, Validators
from crawler.servers import Server, ServerName
from crawler.snapshots import PASSING, Outcome, Skipped, SkipReason, Snapshot


class MemoryLedger:
    """The crawl's memory as dictionaries."""

    def __init__(self) -> None:
        self.seen: dict[str, Validators] = {}
        self.cursors: dict[str, str] = {}
        self.marked: dict[str, dict[str, str]] = {}
        self.listings: dict[ServerName, Server] = {}
        self.outcomes: dict[ServerName, list[Outcome]] = {}

    def validators(self, url: str) -> Validators | None:
        return self.seen.get(url)

    def remember(self, url: str, validators: Validators) -> None:
        self.seen[url] = validators

    def cursor(self, source: str) -> str | None:
        return self.cursors.get(source)

    def advance(self, source: str, cursor: str) -> None:
        self.cursors[source] = cursor

    def marks(self, source: str) -> Mapping[str, str]:
        return dict(self.marked.get(source, {}))

    def mark(self, source: str, item: str, mark: str) -> None:
        self.marked.setdefault(source, {})[item] = mark

    def knows(self, server: ServerName) -> bool:
        return self.listings.get(server, Server(name=server)) != Server(name=server)

    def parts(self, repository: ServerName) -> Sequence[ServerName]:
        names = (name for name in self.listings if f"{name}#".startswith(f"{repository}#"))
        return sorted(name for name in names if not self.gone(name))

    def gone(self, server: ServerName) -> bool:
        last = self.outcomes.get(server, [None])[-1]
        return isinstance(last, Skipped) and last.reason is SkipReason.GONE

    def done(self, server: ServerName, release: str | None) -> bool:
        return any(
            isinstance(outcome, Snapshot) or outcome.reason not in PASSING
            for outcome in self.outcomes.get(server, ())
            if outcome.release == release
        )

    def keep(self, settled: Sequence[Settled]) -> None:
        for one in settled:
            if one.server is not None:
                self.save(one.server, one.outcomes)
            for url, validators in one.seen:
                self.remember(url, validators)
            if one.mark is not None:
                self.mark(*one.mark)

    def save(self, server: Server, outcomes: Sequence[Outcome]) -> None:
        if server != Server(name=server.name) or server.name not in self.listings:
            self.listings[server.name] = server
        self.outcomes.setdefault(server.name, []).extend(outcomes)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the loopback server answers once."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Bytes that the answer promises; more than it has is a truncated answer.
    promised: int | None = None


@dataclass(frozen=True)
class Ask:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


class Site:
    """A web server on loopback that answers what a test lays out."""

    def __init__(self) -> None:
        self.pages: dict[str, list[Reply]] = {}
        self.asked: list[Ask] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def put(
        self,
        path: str,
        body: Any = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        promised: int | None = None,
    ) -> None:
        """Answer this path so; put several times, in turn, and the last one again and again.

        A body that is no bytes is sent as JSON; one that is a function gets the Ask and returns the Reply's fields.
        """
        if not isinstance(body, bytes) and not callable(body):
            body = json.dumps(body).encode()
        reply = Reply(body=body, status=status, headers=headers or {}, promised=promised)
        self.pages.setdefault(path, []).append(reply)

    def clear(self, path: str) -> None:
        """Forget what was put at this path."""
        self.pages.pop(path, None)

    @property
    def paths(self) -> list[str]:
        return [ask.path for ask in self.asked]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        replies = self.pages.get(ask.path) or self.pages.get(ask.path.partition("?")[0])
        if not replies:
            return Reply(status=404, body=b"no such page")
        reply = replies[0] if len(replies) == 1 else replies.pop(0)
        return Reply(**reply.body(ask)) if callable(reply.body) else reply

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = site.answer(Ask(self.command, self.path, headers, self.rfile.read(length)))
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 304:
                    self.send_header("Content-Length", str(reply.promised or len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Retries follow each other at once, three attempts at most."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield
