"""A gateway in a process of its own, and what tests say to it."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from enforce.identities import token_digest
from tests.enforce.transports.web import Browser

SERVERS = Path(__file__).parents[1] / "servers"
NOTES = [sys.executable, str(SERVERS / "notes.py")]
RAW = [sys.executable, str(SERVERS / "raw.py")]
ALLOW = {"version": "1", "default": "allow"}


#: The gate on the loop that it uses where there is one in C, and on that of the standard library, as on Windows.
_PLAIN = "from enforce.transports.http import running; running._fast_run = lambda: None; from enforce.cli import main; main()"
LOOPS = {"fast": ["-m", "enforce"], "plain": ["-c", _PLAIN]}
#: The gate with little room for bodies and answers that are still coming in.
_NARROW = "from enforce.transports.http import asking, gateway, incoming, serving; asking.MOST_GATHERED = 3_000_000; incoming.MOST_COMING = 10_000_000; serving.MOST_STALLED = 20_000_000; gateway.MOST_OPEN = 3; from enforce.cli import main; main()"
#: The gate that forgets what is over at each tick.
_TIDY = "from enforce.cli import main, service; service.TIDY = 0.0; main()"
GATES = {**LOOPS, "narrow": ["-c", _NARROW], "tidy": ["-c", _TIDY]}


class Running:
    """A running gateway."""

    def __init__(self, folder: Path, *options: str, loop: str = "fast") -> None:
        self.folder = folder
        self.audit = folder / "audit.jsonl"
        state = ["--audit", str(self.audit), "--state", str(folder / "state.db")]
        self.process = subprocess.Popen(
            [sys.executable, *GATES[loop], "http", *state, *options], stderr=subprocess.PIPE
        )
        assert self.process.stderr
        line = self.process.stderr.readline().decode()
        if "listening" not in line:
            pytest.fail(line + self.process.communicate()[1].decode())
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2].partition("/")[0])
        self._browsers: list[Browser] = []

    def browser(self) -> Browser:
        self._browsers.append(Browser(self.port))
        return self._browsers[-1]

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.audit.read_text().splitlines()]

    def said(self, words: str) -> None:
        """Wait until the gateway has said something."""
        assert self.process.stderr
        while words not in self.process.stderr.readline().decode():
            assert self.process.poll() is None

    def end(self) -> str:
        for browser in self._browsers:
            browser.close()
        self.process.terminate()
        return self.process.communicate(timeout=30)[1].decode()


def before(
    folder: Path, server: str | Sequence[str], policy: Any = ALLOW, *options: str, loop: str = "fast"
) -> Running:
    """A gate before one server: an address, or a command."""
    (folder / "policy.json").write_text(json.dumps(policy))
    own = ["--policy", str(folder / "policy.json"), "--listen", "127.0.0.1:0", *options]
    way = ["--upstream", server] if isinstance(server, str) else ["--", *server]
    return Running(folder, *own, *way, loop=loop)


def call(id: Any, name: str, **arguments: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": id,
        "method": "tools/call",
        "params": {"name": name, "arguments": arguments},
    }


MODERN = {"mcp_protocol_version": "2026-07-28"}


def configuration(upstream: int, **identities: Any) -> dict[str, Any]:
    servers = {
        "raw": {"path": "/raw", "command": RAW},
        "web": {
            "path": "/web/mcp",
            "upstream": f"http://127.0.0.1:{upstream}/",
            "headers_file": "web.headers",
        },
    }
    return {"servers": servers, "identities": identities}


def identity(token: str, expires: str = "2099-01-01", **grants: str) -> dict[str, Any]:
    return {"token_sha256": token_digest(token), "expires": expires, "grants": grants}
