"""A server that speaks the HTTP of revision 2024-11-05 alone, behind the gate: its clients need not know."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import StdioServerParameters
from mcp.client.sse import sse_client

from enforce.audit.verify import verify
from enforce.transports.http import asking, oldserver
from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.credentials import NoCredentials
from enforce.transports.http.events import LARGEST
from tests.enforce.transports.running import ALLOW, Running, call
from tests.enforce.transports.sdk import transcript
from tests.enforce.transports.web import Upstream, ok, response, stream

SERVERS = Path(__file__).parents[1] / "servers"
HELLO = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}


@pytest.fixture(scope="module")
def notes() -> Iterator[str]:
    """The address of the notes server's stream."""
    server = subprocess.Popen(
        [sys.executable, str(SERVERS / "twoendpoints.py")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert server.stdout
    yield f"http://127.0.0.1:{int(server.stdout.readline())}/sse"
    server.terminate()
    server.communicate()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    """Starts gates before a server with two endpoints."""
    started: list[Running] = []

    def start(url: str) -> Running:
        (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
        options = ["--policy", str(tmp_path / "policy.json"), "--listen", "127.0.0.1:0"]
        started.append(Running(tmp_path, *options, "--sse", "--upstream", url))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.end()


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_clients_of_both_eras_reach_it_over_http(
    old: Callable[[str], Running], notes: str, mode: str
) -> None:
    """Each sees through the gate what it sees directly, over the two endpoints."""
    direct = asyncio.run(transcript(sse_client(notes), mode))
    running = old(notes)
    assert asyncio.run(transcript(running.url, mode)) == direct
    running.end()
    assert verify(running.audit).damages == ()


def test_clients_of_lines_reach_it(tmp_path: Path, notes: str) -> None:
    """And so does a client that starts the gate as its program."""
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    state = ["--audit", str(tmp_path / "audit.jsonl"), "--state", str(tmp_path / "state.db")]
    own = ["-m", "enforce", "stdio", "--policy", str(tmp_path / "policy.json"), *state, "--sse"]
    gate = StdioServerParameters(command=sys.executable, args=[*own, "--upstream", notes], cwd=Path.cwd())
    direct = asyncio.run(transcript(sse_client(notes), "legacy"))
    assert asyncio.run(transcript(gate, "legacy")) == direct


def serving(first: bytes) -> tuple[Upstream, str]:
    """A server that opens its stream with some bytes, and takes every message."""
    made = Upstream()
    made.say = lambda message: ok({}) if message else stream(first)
    return made, f"http://127.0.0.1:{made.port}/sse"


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (b"event: endpoint\ndata: http://127.0.0.2:1/messages\n\n", "sends messages elsewhere"),
        (b"event: endpoint\ndata: ftp://127.0.0.1/x\n\n", "is no address of the form"),
        (b"event: message\ndata: {}\n\n", "without saying where messages go"),
        (b"", "without saying where messages go"),
        (b"event: endpoint\ndata: https://[::1\n\n", "does not say where messages go"),
        (b"event: endpoint\ndata: http://127.0.0.1:x/\n\n", "is no address"),
        (b"event: endpoint\ndata: " + b"x" * LARGEST, "does not say where messages go"),
    ],
)
def test_a_server_that_leads_elsewhere_gets_nothing(old: Callable[[str], Running], first: bytes, words: str) -> None:  # fmt: skip
    """The stream must name a place at the same server, since our credentials go there."""
    upstream, url = serving(first)
    running = old(url)
    browser = running.browser()
    assert browser.post(HELLO, "/sse").status == 502
    for _ in range(2):  # whoever asks once more hears the same, in the new revision too
        assert browser.post(call(1, "x"), "/sse", mcp_protocol_version="2026-07-28").status == 502
    assert words in running.end()
    assert [method for method, _, _ in upstream.seen] == ["GET"] * 3
    upstream.close()


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\n\r\n:\n\n"])
def test_a_server_that_opens_no_stream_is_given_up(first: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for it would else wait as long as it likes, and whoever asks next with them."""
    monkeypatch.setattr(oldserver, "PATIENCE", 0.1)
    upstream = Upstream()
    upstream.say = lambda _: first
    way = asking.Upstream(Address.read(f"http://127.0.0.1:{upstream.port}/sse"))
    server = oldserver.OldServer(way, NoCredentials(), print, print, print)
    with pytest.raises(UpstreamFailed, match=r"has not answered within|does not say where messages go"):
        asyncio.run(server.start())
    upstream.close()


def test_a_server_without_a_stream_is_told(old: Callable[[str], Running]) -> None:
    """What speaks another HTTP is named as such."""
    upstream = Upstream()
    upstream.say = lambda _: response(405, "", b"")
    running = old(f"http://127.0.0.1:{upstream.port}/sse")
    assert running.browser().post(HELLO, "/sse").status == 502
    assert "opens no stream of events: status 405" in running.end()
    upstream.close()


def test_a_message_that_is_not_taken_is_answered(old: Callable[[str], Running]) -> None:
    """A client does not wait for an answer that cannot come."""
    upstream = Upstream()

    def say(message: Any) -> bytes:
        if message:
            return response(500, "", b"")
        return b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\n\r\nevent: endpoint\ndata: /messages?s=1\n\n"

    upstream.say = say
    answer = old(f"http://127.0.0.1:{upstream.port}/sse").browser().post(HELLO, "/sse").json()
    assert answer["error"]["message"] == "The server cannot be reached."
    upstream.close()
