"""A proxy before a real server, spoken to over its standard streams."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.enforce.transports.running import ALLOW, SERVERS, Running, before
from tests.enforce.transports.web import Upstream

_MAIN = "from enforce.cli import main; main()"
#: The gate that gives others little time to end.
_HASTY = "from enforce.transports import ending; ending.PATIENCE = 0.3; "
#: The gate as it relays where pipes can be polled, and where they cannot.
WAYS = {"polling": "", "threads": "import select; del select.poll; "}


class Proxy:
    """A running `tollhouse-proxy stdio`."""

    def __init__(
        self,
        folder: Path,
        policy: Any,
        server: list[str],
        *options: str,
        way: str,
        hasty: bool,
        streams: dict[str, Any],
        env: dict[str, str],
    ) -> None:
        self.folder = folder
        self.audit = folder / "audit.jsonl"
        self.policy = folder / "policy.json"
        self.policy.write_text(policy if isinstance(policy, str) else json.dumps(policy))
        own = [
            "stdio",
            "--policy",
            str(self.policy),
            "--audit",
            str(self.audit),
            "--state",
            str(folder / "state.db"),
        ]
        before = WAYS[way] + (_HASTY if hasty else "")
        start = ["-c", before + _MAIN] if before else ["-m", "enforce"]
        self.process = subprocess.Popen(
            [sys.executable, *start, *own, *options, "--", *server],
            **dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | streams,
            env={**os.environ, **env},
        )

    def send(self, *messages: Any) -> None:
        lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in messages]
        assert self.process.stdin
        self.process.stdin.write(b"".join(line + b"\n" for line in lines))
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def call(self, id: Any, name: str, **arguments: Any) -> Any:
        self.send(
            {
                "jsonrpc": "2.0",
                "id": id,
                "method": "tools/call",
                "params": {"name": name, "arguments": arguments},
            }
        )
        return self.receive()

    def end(self) -> tuple[int, str]:
        """Close the client's side; the exit code, and what was said on standard error."""
        _, words = self.process.communicate(timeout=30)
        return self.process.returncode, words.decode()

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text().splitlines()]

    def stop(self) -> None:
        self.process.kill()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):  # what was never flushed
                    stream.close()
        self.process.wait()


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """Each way to relay in turn."""
    return str(request.param)


@pytest.fixture
def proxy(tmp_path: Path, way: str) -> Iterator[Callable[..., Proxy]]:
    """Starts proxies before a fixture server, `raw.py` unless told; ends those that are left.

    *streams* are what Popen calls `stdin`, `stdout` and `stderr`, where they are not pipes; a *hasty* gate waits for
    nobody for long once it is to end.
    """
    started: list[Proxy] = []

    def start(policy: Any = ALLOW, *options: str, server: str = "raw.py", streams: dict[str, Any] | None = None, hasty: bool = False, **env: str) -> Proxy:  # fmt: skip
        command = [sys.executable, str(SERVERS / server)]
        started.append(Proxy(tmp_path, policy, command, *options, way=way, hasty=hasty, streams=streams or {}, env=env))  # fmt: skip
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def gates() -> Iterator[list[Running]]:
    """Those of a test, which are ended after it."""
    started: list[Running] = []
    yield started
    for each in started:
        if each.process.poll() is None:
            each.end()


@pytest.fixture
def gate(tmp_path: Path, gates: list[Running]) -> Callable[..., Running]:
    """Starts gates before one server, as `before` does."""

    def start(server: str | Sequence[str], policy: Any = ALLOW, *options: str, loop: str = "fast") -> Running:
        gates.append(before(tmp_path, server, policy, *options, loop=loop))
        return gates[-1]

    return start


@pytest.fixture
def gateway(tmp_path: Path, gates: list[Running]) -> Callable[..., Running]:
    """Starts gateways by the content of their file, beside a policy."""

    def start(
        config: dict[str, Any], policy: Any = ALLOW, options: Sequence[str] = (), loop: str = "fast"
    ) -> Running:
        (tmp_path / "policy.json").write_text(json.dumps(policy))
        (tmp_path / "gateway.json").write_text(json.dumps({"listen": "127.0.0.1:0", **config}))
        gates.append(Running(tmp_path, "--config", str(tmp_path / "gateway.json"), *options, loop=loop))
        return gates[-1]

    return start


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """An upstream that a test tells what to say."""
    made = Upstream()
    yield made
    made.close()
