"""A gate's long life over HTTP: broken streams, restarts, shutdowns, changed policies, and a thousand calls at once."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from tests.enforce.transports.running import ALLOW, MODERN, Running, call
from tests.enforce.transports.web import Browser, Upstream, enveloped, ok, response, stream

SERVERS = Path(__file__).parents[1] / "servers"
PATIENCE = [sys.executable, str(SERVERS / "patience.py")]
HELLO = {
    "jsonrpc": "2.0", "id": 0, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
}  # fmt: skip
BOTH = "application/json, text/event-stream"


class Web:
    """The patient server over HTTP, which can be started anew at the same port."""

    def __init__(self) -> None:
        self.port = 0
        self.start()
        self.url = f"http://127.0.0.1:{self.port}/mcp"

    def start(self) -> None:
        """Start it, or start it anew."""
        self.process = subprocess.Popen([*PATIENCE, str(self.port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
        assert self.process.stdout
        self.port = int(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """One for all: to load what it is made of takes longer than any of these tests. Whoever stops it starts it again."""
    made = Web()
    yield made
    made.stop()


def opened(browser: Browser) -> str:
    """A session, its handshake done."""
    session = browser.post(HELLO, accept=BOTH).headers["mcp-session-id"]
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert browser.post(note, accept=BOTH, mcp_session_id=session).status == 202
    return session


def waiting(browser: Browser, session: str, file: Path) -> str:
    """A call that has begun and waits for the file; the id of the event that said so."""
    body = call(1, "wait", file=str(file))
    body["params"]["_meta"] = {"progressToken": "p"}
    browser.send(body, accept=BOTH, mcp_session_id=session)
    assert browser.head()[0] == 200
    return next(id for id, message in events(browser) if message and "params" in message)


def events(browser: Browser) -> Iterator[tuple[str, Any]]:
    """Each event's id and message, as they come."""
    for piece in iter(browser.piece, b""):
        fields = dict(line.split(": ", 1) for line in piece.decode().splitlines() if ": " in line)
        if "id" in fields:
            yield fields["id"], json.loads(fields["data"]) if fields.get("data") else None


def taken_up(running: Running, session: str, event: str) -> Any:
    """The answer out of a broken stream that is taken up after an event; a stream that ends before it is taken up again."""
    while True:
        browser = running.browser()
        browser.send(
            b"", method="GET", accept="text/event-stream", mcp_session_id=session, last_event_id=event
        )
        assert browser.head()[0] == 200
        for _, message in events(browser):
            if message and "id" in message:
                return message


@pytest.mark.parametrize("kind", ["server over HTTP", "program"])
def test_a_broken_stream_is_taken_up_where_it_broke(gate: Callable[..., Running], web: Web, tmp_path: Path, kind: str) -> None:  # fmt: skip
    """The answer that came while nobody listened is heard afterwards, as often as it is asked for."""
    running = gate(PATIENCE if kind == "program" else web.url)
    first = running.browser()
    session = opened(first)
    event = waiting(first, session, tmp_path / "go")
    first.close()
    (tmp_path / "go").touch()
    other = running.browser().post(call(2, "echo", text="hi"), accept=BOTH, mcp_session_id=session)
    assert b'"hi"' in other.body
    for _ in range(2):
        answer = taken_up(running, session, event)
        assert (answer["id"], answer["result"]["content"][0]["text"]) == (1, "done")
    running.end()
    records = [json.loads(line) for line in running.audit.read_text().splitlines()]
    decided = [each["seq"] for each in records if each.get("gen_ai.tool.name") == "wait"]
    assert [each["status"] for each in records if each.get("of") in decided] == ["ok"]


def test_an_event_of_somebody_else_takes_nothing_up(gate: Callable[..., Running]) -> None:
    """Some servers keep the events of all sessions in one place, where a session could go on with another's."""
    upstream = Upstream()
    browser = gate(f"http://127.0.0.1:{upstream.port}/mcp").browser()
    hello = json.dumps({"jsonrpc": "2.0", "id": 0, "result": {}}).encode()
    for session in ("s-1", "s-2"):
        upstream.say = lambda _, session=session: stream(b"id: %s-1\ndata: %s\n\n" % (session.encode(), hello)).replace(b"\r\n\r\n", b"\r\nmcp-session-id: %s\r\n\r\n" % session.encode(), 1)  # type: ignore[misc]  # fmt: skip
        assert browser.post(HELLO, accept=BOTH).headers["mcp-session-id"] == session
    upstream.say = lambda _: stream(b":\n\n")
    for event, status in (("s-1-1", 200), ("s-2-1", 400), ("x", 400)):
        browser.send(b"", method="GET", mcp_session_id="s-1", last_event_id=event)
        assert browser.answer().status == status
    upstream.close()


def test_an_event_that_was_never_sent_takes_nothing_up(gate: Callable[..., Running]) -> None:
    browser = gate(PATIENCE).browser()
    session = opened(browser)
    for event in ("7-1", "x", "0"):
        browser.send(b"", method="GET", mcp_session_id=session, last_event_id=event)
        assert browser.answer().status == 400


def test_who_ends_their_session_ends_it(gate: Callable[..., Running], web: Web) -> None:
    """DELETE reaches the server, and the session is gone on both sides."""
    running = gate(web.url)
    browser = running.browser()
    session = opened(browser)
    browser.send(b"", method="DELETE", mcp_session_id=session)
    assert browser.answer().status == 200
    assert browser.post(call(1, "echo", text="x"), accept=BOTH, mcp_session_id=session).status == 404
    direct = Browser(web.port)
    assert direct.post(call(1, "echo", text="x"), accept=BOTH, mcp_session_id=session).status == 404
    direct.close()


def test_a_call_under_way_is_answered_before_the_gate_ends_and_listeners_hold_up_nobody(gate: Callable[..., Running], web: Web, tmp_path: Path) -> None:  # fmt: skip
    running = gate(web.url)
    browser, listener = running.browser(), running.browser()
    session = opened(browser)
    listener.send(b"", method="GET", accept="text/event-stream", mcp_session_id=session)
    assert listener.head()[0] == 200
    waiting(browser, session, tmp_path / "go")
    running.process.terminate()
    assert listener.file.read() in (b"", b"0\r\n\r\n")
    (tmp_path / "go").touch()
    (answer,) = [message for _, message in events(browser) if message and "id" in message]
    assert answer["result"]["content"][0]["text"] == "done"
    running.end()
    assert running.process.returncode == 0


def test_a_server_that_is_started_anew_is_found_again(gate: Callable[..., Running], web: Web) -> None:
    """While it is away clients are told; afterwards they learn that their session is gone, and open another."""
    browser = gate(web.url).browser()
    session = opened(browser)
    web.stop()
    gone = browser.post(call(1, "echo", text="x"), accept=BOTH, mcp_session_id=session)
    assert (gone.status, gone.json()["error"]["message"]) == (502, "The server cannot be reached.")
    web.start()
    assert browser.post(call(2, "echo", text="x"), accept=BOTH, mcp_session_id=session).status == 404
    assert b'"x"' in browser.post(call(3, "echo", text="x"), accept=BOTH, mcp_session_id=opened(browser)).body


def test_a_client_of_lines_does_not_notice_that_its_server_is_started_anew(web: Web, tmp_path: Path) -> None:
    """It cannot open another session, so the gate does it in its place."""
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    state = ["--audit", str(tmp_path / "audit.jsonl"), "--state", str(tmp_path / "state.db")]
    own = ["-m", "enforce", "stdio", "--policy", str(tmp_path / "policy.json"), *state, "--upstream", web.url]
    parameters = StdioServerParameters(command=sys.executable, args=own, cwd=Path.cwd())

    async def talk() -> list[Any]:
        async with Client(parameters, mode="legacy") as client:
            said: list[Any] = [await client.call_tool("echo", {"text": "one"})]
            web.stop()
            web.start()
            said += await asyncio.gather(*(client.call_tool("echo", {"text": str(n)}) for n in range(5)))
            return [each.content[0].text for each in said]

    assert asyncio.run(talk()) == ["one", "0", "1", "2", "3", "4"]


TELLING = """
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    if "id" not in m: continue
    if m["method"] == "initialize": r = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {"listChanged": True}}, "serverInfo": {"name": "t", "version": "1"}}
    elif m["method"] == "tools/list": r = {"tools": [{"name": "echo", "inputSchema": {"type": "object"}}]}
    elif m["method"] == "subscriptions/listen":
        print(json.dumps({"jsonrpc": "2.0", "method": "notifications/subscriptions/acknowledged", "params": {"_meta": {"io.modelcontextprotocol/subscriptionId": m["id"]}, "notifications": {"toolsListChanged": True}}}), flush=True)
        continue
    else: r = {}
    print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
"""  # fmt: skip


@pytest.mark.parametrize("modern", [False, True], ids=["older revisions", "new revision"])
def test_a_changed_policy_is_announced_to_who_listens_over_http(gate: Callable[..., Running], tmp_path: Path, modern: bool) -> None:  # fmt: skip
    """The tools that the new law hides vanish from the client's list as soon as it looks again."""
    (tmp_path / "telling.py").write_text(TELLING)
    running = gate([sys.executable, str(tmp_path / "telling.py")])
    browser, listener = running.browser(), running.browser()
    given = MODERN if modern else {"mcp_session_id": opened(browser)}
    listing = {"jsonrpc": "2.0", "id": 5, "method": "tools/list", "params": {}}
    assert len(browser.post(listing, **given).json()["result"]["tools"]) == 1
    if modern:
        wanted = {"notifications": {"toolsListChanged": True}}
        listen = {"jsonrpc": "2.0", "id": "l", "method": "subscriptions/listen", "params": wanted}
        listener.send(listen, accept=BOTH, **given)
        assert listener.head()[0] == 200
        assert b"acknowledged" in listener.piece()
    else:
        listener.send(b"", method="GET", accept="text/event-stream", **given)
        assert listener.head()[0] == 200
    (tmp_path / "new.json").write_text(json.dumps({**ALLOW, "hide": ["echo"]}))
    (tmp_path / "new.json").rename(tmp_path / "policy.json")
    said = json.loads(listener.piece().partition(b"data: ")[2])
    assert said["method"] == "notifications/tools/list_changed"
    if modern:
        assert said["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == "l"
    assert browser.post(listing, **given).json()["result"]["tools"] == []


BARRIER = """
import json, sys
calls = []
for line in sys.stdin:
    m = json.loads(line)
    if m.get("method") == "tools/call": calls.append(m["id"])
    if len(calls) == 1000:
        for id in calls: sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": id, "result": {"content": []}}) + "\\n")
        sys.stdout.flush()
        calls = []
"""


async def at_once(port: int, upstream: int | None) -> list[bytes]:
    """A thousand calls, each on its own connection, of which none is answered before all have come to the upstream."""
    arrived = asyncio.Barrier(1000)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        message = json.loads(await reader.readexactly(length))
        await arrived.wait()
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {"content": []}}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)  # fmt: skip
        writer.close()

    async def ask(number: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        body = json.dumps(enveloped(call(number, "x"))).encode()
        head = f"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\nmcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: x\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        said = await reader.read()
        writer.close()
        return said.partition(b"\r\n")[0] if b'"id":%d,' % number in said else said

    server = await asyncio.start_server(answer, "127.0.0.1", upstream, backlog=2000) if upstream else None
    try:
        return await asyncio.gather(*(ask(number) for number in range(1000)))
    finally:
        if server is not None:
            server.close()


@pytest.mark.parametrize("kind", ["server over HTTP", "program"])
def test_a_thousand_calls_are_under_way_at_once(
    gate: Callable[..., Running], tmp_path: Path, kind: str
) -> None:
    """Although the usual bound of open files allows half of them."""
    import resource
    import socket

    bounds = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        upstream = taken.getsockname()[1]
    (tmp_path / "barrier.py").write_text(BARRIER)
    program = [sys.executable, str(tmp_path / "barrier.py")]
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, bounds[1]))
    try:
        running = gate(program if kind == "program" else f"http://127.0.0.1:{upstream}/mcp")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, bounds)
    answers = asyncio.run(
        asyncio.wait_for(at_once(running.port, None if kind == "program" else upstream), 120)
    )
    assert set(answers) == {b"HTTP/1.1 200 OK"}


def test_clients_of_a_server_without_sessions_choose_ids_alike(gate: Callable[..., Running]) -> None:
    """A hundred calls under one id at once, each with its own answer."""

    async def talk() -> list[Any]:
        arrived = asyncio.Barrier(100)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            message = json.loads(await reader.readexactly(length))
            await arrived.wait()
            body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": message["params"]["arguments"]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)  # fmt: skip
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        running = gate(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp")
        browsers = [running.browser() for _ in range(100)]
        for number, browser in enumerate(browsers):
            browser.send(call(1, "x", n=number))
        found = [await asyncio.to_thread(browser.answer) for browser in browsers]
        server.close()
        return [each.json()["result"]["n"] for each in found]

    assert asyncio.run(talk()) == list(range(100))


NOTING = """
import json, sys
for line in sys.stdin:
    m = json.loads(line)
    if m.get("method") == "tools/call" and m["params"]["name"] == "noted": print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": {"seen": seen}}), flush=True)
    elif m.get("method") == "tools/call": seen = [m["id"]]; sys.stderr.write("begun\\n"); sys.stderr.flush()
    elif m.get("method") == "notifications/cancelled": seen.append(m["params"]["requestId"])
"""  # fmt: skip


def test_who_leaves_cancels_in_the_new_revision(gate: Callable[..., Running], tmp_path: Path) -> None:
    """The program is told under the id that it knows, and the record says that the call was lost."""
    (tmp_path / "noting.py").write_text(NOTING)
    running = gate([sys.executable, str(tmp_path / "noting.py")])
    first = running.browser()
    first.send(call(1, "long"), **MODERN)
    running.said("begun")
    first.close()
    browser = running.browser()
    seen: list[int] = []
    while len(seen) < 2:  # the leaving and the asking come on two connections, in either order
        seen = browser.post(call(2, "noted"), **MODERN).json()["result"]["seen"]
    assert seen[0] == seen[1]
    running.end()
    records = [json.loads(line) for line in running.audit.read_text().splitlines()]
    assert "lost" in [each.get("status") for each in records]


def test_a_client_that_does_not_read_holds_its_server_back(gate: Callable[..., Running]) -> None:
    """Of a stream without end the gate keeps little, whatever the server would send."""
    sent = 0
    stuck = asyncio.Event()

    async def pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        note = {
            "jsonrpc": "2.0",
            "method": "notifications/message",
            "params": {"level": "info", "data": "x" * 60_000},
        }
        event = b"data: " + json.dumps(note).encode() + b"\n\n"
        try:
            while sent < 200_000_000:
                writer.write(event)
                await asyncio.wait_for(writer.drain(), 2)
                sent += len(event)
        except TimeoutError:
            stuck.set()
        writer.transport.abort()

    async def talk() -> None:
        server = await asyncio.start_server(pour, "127.0.0.1", 0)
        running = gate(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp")
        browser = running.browser()
        browser.send(call(1, "x"), accept=BOTH, **MODERN)
        assert (await asyncio.to_thread(browser.head))[0] == 200
        await asyncio.wait_for(stuck.wait(), 90)
        server.close()
        await server.wait_closed()

    asyncio.run(talk())
    assert sent < 50_000_000


def test_a_call_given_up_in_a_session_leaves_nothing_behind(
    gate: Callable[..., Running], tmp_path: Path
) -> None:
    """The request is answered with nothing, as the program answers nothing."""
    (tmp_path / "noting.py").write_text(NOTING.replace("for line in sys.stdin:", "seen = []\nfor line in sys.stdin:").replace("    if m.get", "    if m.get(\"method\") == \"initialize\": print(json.dumps({\"jsonrpc\": \"2.0\", \"id\": 0, \"result\": {}}), flush=True)\n    elif m.get", 1))  # fmt: skip
    running = gate([sys.executable, str(tmp_path / "noting.py")])
    first, other = running.browser(), running.browser()
    session = opened(first)
    first.send(call(1, "long"), mcp_session_id=session)
    running.said("begun")
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert other.post(cancel, mcp_session_id=session).status == 202
    assert first.answer().status == 202
    assert other.post(call(2, "noted"), mcp_session_id=session).json()["result"]["seen"] == [1, 1]


@pytest.mark.parametrize("how", ["said all", "signal"])
def test_a_server_that_does_not_hear_that_its_client_leaves_keeps_nobody(tmp_path: Path, how: str) -> None:
    """The end of a session is said to it, and not waited for without an end."""
    upstream, silent = Upstream(), threading.Event()

    def say(message: Any) -> bytes:
        if not message:
            silent.wait()
            return b""
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}}
        return ok({"jsonrpc": "2.0", "id": message["id"], "result": hello}, mcp_session_id="s")

    upstream.say = say
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    own = ["stdio", "--policy", str(tmp_path / "policy.json"), "--upstream", f"http://127.0.0.1:{upstream.port}/"]  # fmt: skip
    running = subprocess.Popen(
        [sys.executable, "-m", "enforce", *own],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TOLLHOUSE_STATE_DIR": str(tmp_path)},
    )
    assert running.stdin
    assert running.stdout
    running.stdin.write(json.dumps(HELLO).encode() + b"\n")
    running.stdin.flush()
    assert running.stdout.readline()
    if how == "said all":
        running.stdin.close()
    else:
        running.terminate()
    assert running.wait(20) == (0 if how == "said all" else 128 + signal.SIGTERM)
    assert [method for method, _, _ in upstream.seen] == ["POST", "DELETE"]
    running.stdout.close()
    running.stdin.close()
    silent.set()
    upstream.close()


def test_a_client_of_lines_hears_the_rest_of_a_broken_stream(tmp_path: Path) -> None:
    """The gate takes the stream up in its place, also where the connection was cut off in its midst."""
    upstream = Upstream()
    hello = {"jsonrpc": "2.0", "id": 0, "result": {"protocolVersion": "2025-06-18", "capabilities": {}}}
    answer = {"jsonrpc": "2.0", "id": 1, "result": {"content": []}}

    def say(message: Any) -> bytes:
        if message.get("method") == "initialize":
            return ok(hello, mcp_session_id="s")
        if message.get("method") == "tools/call":
            cut = b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            begun = b"id: 7\nretry: 0\nretry: " + b"9" * 5_000 + b"\n\n"  # more digits than Python reads
            return cut + b"%x\r\n%b\r\n5\r\nda" % (len(begun), begun)
        if message:
            return response(202, "", b"")
        if upstream.seen[-1][1].get("last-event-id") == "7":
            return stream(b"id: 8\ndata: " + json.dumps(answer).encode() + b"\n\n")
        return response(405, "", b"")

    upstream.say = say
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    state = ["--audit", str(tmp_path / "audit.jsonl"), "--state", str(tmp_path / "state.db")]
    own = [
        "stdio",
        "--policy",
        str(tmp_path / "policy.json"),
        *state,
        "--upstream",
        f"http://127.0.0.1:{upstream.port}/",
    ]
    lines = [HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}, call(1, "x")]
    running = subprocess.Popen(
        [sys.executable, "-m", "enforce", *own],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdin
    assert running.stdout
    said = []
    for line in lines:
        running.stdin.write(json.dumps(line).encode() + b"\n")
        running.stdin.flush()
        if "id" in line:
            said.append(json.loads(running.stdout.readline()))
    running.communicate(timeout=30)
    assert said == [hello, answer]
    upstream.close()
