"""The proxy between real HTTP programs: official clients and servers, rude clients, and upstreams that lie."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import MCPError, StdioServerParameters
from mcp.client import Client

from enforce.audit.verify import verify
from tests.enforce.transports.running import ALLOW, Running, before
from tests.enforce.transports.sdk import STRICT, transcript
from tests.enforce.transports.web import Answer, Browser, Upstream, ok, response, stream

SERVERS = Path(__file__).parents[1] / "servers"
#: Where nobody listens.
NOWHERE = "http://127.0.0.1:1/mcp"


@pytest.fixture(scope="module")
def one_upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()


@pytest.fixture
def upstream(one_upstream: Upstream) -> Upstream:
    """One for all tests, of which each finds it as new."""
    one_upstream.forget()
    return one_upstream


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Running]]:
    """The gate before an address under a policy, one for all tests that look at nothing but answers: to start one takes longer than they do."""
    started: dict[str, Running] = {}

    def of(address: str, policy: Any = ALLOW) -> Running:
        key = json.dumps([address, policy])
        if key not in started:
            started[key] = before(tmp_path_factory.mktemp("gate"), address, policy)
        return started[key]

    yield of
    for each in started.values():
        each.end()


@pytest.fixture(scope="module")
def notes() -> Iterator[str]:
    """The notes server on the official SDK; its address."""
    with served() as address:
        yield address


@contextmanager
def served(*options: str) -> Iterator[str]:
    """That server as long as it is needed."""
    server = subprocess.Popen(
        [sys.executable, str(SERVERS / "web.py"), *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert server.stdout
    try:
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/mcp"
    finally:
        server.terminate()
        server.communicate()


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_an_open_gate_is_not_there_for_an_sdk_client(
    gate: Callable[..., Running], notes: str, mode: str
) -> None:
    """In both eras the official client sees through an allow-all policy exactly what it sees directly."""
    direct = asyncio.run(transcript(notes, mode))
    assert asyncio.run(transcript(gate(notes).url, mode)) == direct
    assert len(direct) == 17


@pytest.mark.parametrize(
    "said",
    [
        {"method": "notifications/message", "params": {"level": "info", "data": "x"}},
        {"id": 1, "method": "ping"},
        {"id": 2, "result": {}},
    ],
)
def test_a_plain_body_that_is_no_answer_is_replaced_by_one(
    gate: Callable[..., Running], upstream: Upstream, said: dict[str, Any]
) -> None:
    """A client takes it for the answer, and would wait for another that never comes."""
    browser = gate(upstream.url).browser()
    session = {"mcp_session_id": "s"}
    upstream.say = lambda message: ok(
        {"jsonrpc": "2.0", **({"id": 0, "result": {}} if message["method"] == "initialize" else said)},
        **session,
    )
    browser.post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}})
    answer = browser.post(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "echo"}}, **session
    )
    assert (answer.json()["id"], answer.json()["error"]["code"]) == (1, -32603)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_policy_holds_for_an_sdk_client(gate: Callable[..., Running], notes: str, mode: str) -> None:
    """Hidden, denied and limited calls over HTTP are what they are over stdio."""

    async def steps(url: str) -> list[Any]:
        async with Client(url, mode=mode) as client:
            said: list[Any] = [[tool.name for tool in (await client.list_tools()).tools]]
            for name, arguments in (
                ("pay", {"amount": 100.01}),
                ("add_note", {"text": "a"}),
                ("add_note", {}),
            ):
                result = await client.call_tool(name, arguments)
                said.append([result.is_error, result.content[0].text.partition(" It was")[0]])
            with pytest.raises(MCPError, match="Unknown tool: delete_notes"):
                await client.call_tool("delete_notes", {})
            return said

    proxy = gate(notes, STRICT)
    listed, paid, noted, again = asyncio.run(steps(proxy.url))
    assert listed == ["echo", "add_note", "pay", "broken", "ask"]
    assert paid == [True, "Blocked by policy: Too much."]
    assert noted[0] is False
    assert again == [True, "Blocked by policy: Limit reached: at most 1 calls per minute."]
    proxy.end()
    assert proxy.process.returncode == 0
    assert verify(proxy.audit).damages == ()


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_client_of_lines_sees_a_server_over_http_as_it_is(tmp_path: Path, notes: str, mode: str) -> None:
    """In both eras a client that only starts programs sees through the bridge what others see directly."""
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    own = [
        "--policy",
        str(tmp_path / "policy.json"),
        "--audit",
        str(tmp_path / "a"),
        "--state",
        str(tmp_path / "s"),
    ]
    command = ["-m", "enforce", "stdio", *own, "--upstream", notes]
    bridged = StdioServerParameters(command=sys.executable, args=command, cwd=Path.cwd())
    assert asyncio.run(transcript(bridged, mode)) == asyncio.run(transcript(notes, mode))
    assert verify(tmp_path / "a").damages == ()


CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "echo", "arguments": {}}}


def post(headers: str, body: bytes = b"{}") -> bytes:
    return (
        b"POST /mcp HTTP/1.1\r\n"
        + headers.format(length=len(body)).replace("\n", "\r\n").encode()
        + b"\r\n"
        + body
    )


GOOD = "host: localhost:PORT\ncontent-type: application/json\ncontent-length: {length}\n"
CHUNKED = GOOD.replace("content-length: {length}", "transfer-encoding: chunked")


@pytest.mark.parametrize(
    ("status", "request_"),
    [
        (421, post(GOOD.replace("localhost:PORT", "evil.example"))),
        (421, post(GOOD.replace("localhost:PORT", "localhost:1"))),
        (421, post(GOOD.replace("host: localhost:PORT\n", ""))),
        (403, post(GOOD + "origin: http://evil.example\n")),
        (403, post(GOOD + "origin: null\n")),
        (415, post(GOOD.replace("application/json", "text/plain"))),
        (415, post(GOOD.replace("content-type: application/json\n", ""))),
        (415, post(GOOD + "content-encoding: gzip\n")),
        (415, post(GOOD.replace("json", "json; charset=utf-16"))),
        (415, post(GOOD.replace("json", "json;Charset='UTF-7'"))),
        (400, post(GOOD + "host: localhost:PORT\n")),
        (400, post(GOOD + "mcp-session-id: a\nMcp-Session-Id: b\n")),
        (400, post(GOOD + "mcp-name: a\nmcp-name: a\n")),
        (400, post(GOOD + "mcp-param-city: a\nMcp-Param-City: b\n")),
        (400, post(GOOD + "connection: close, Mcp-Protocol-Version\nmcp-protocol-version: 2026-07-28\n")),
        (400, post(GOOD + "connection: upgrade\nupgrade: h2c\n")),
        (400, b"CONNECT localhost:PORT HTTP/1.1\r\nhost: localhost:PORT\r\n\r\n"),
        (400, post(GOOD + "transfer-encoding: chunked\n")),
        (400, post(CHUNKED.replace("chunked", "gzip, chunked"), b"2\r\n{}\r\n0\r\n\r\n")),
        (400, post(CHUNKED.replace("chunked", "chunked, identity"), b"2\r\n{}\r\n0\r\n\r\n")),
        (400, post(CHUNKED, b"2\n{}\n0\n\n")),
        (400, post(CHUNKED, b"2\r\n{}\r\n0\r\n\r\n").replace(b"HTTP/1.1", b"HTTP/1.0")),
        (400, post(GOOD + "content-length: 2\n")),
        (400, post(GOOD + "x: a\n b\n")),
        (400, post(GOOD.replace("host:", "host :"))),
        (400, b"POST /mcp HTTP/1.1\nhost: localhost:PORT\ncontent-length: 0\n\n"),
        (400, b"GET / HTTP/9.9\r\n\r\n"),
        (400, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (431, post(GOOD + "x: " + "y" * 70_000 + "\n")),
        (431, post(GOOD + "x: y\n" * 20_000)),
        (413, post(GOOD, b"x" * 10_100_000)),
        (404, post(GOOD).replace(b"/mcp", b"/other")),
        (404, post(GOOD).replace(b"/mcp", b"/MCP")),
        (404, post(GOOD).replace(b"/mcp", b"/mcp/")),
        (404, post(GOOD).replace(b"/mcp", b"/%6dcp")),
        (404, post(GOOD).replace(b"/mcp", b"/x/../mcp")),
        (404, post(GOOD).replace(b"/mcp", b"//mcp")),
        (404, post(GOOD).replace(b"/mcp", b"http://evil.example/mcp")),
        (404, post(GOOD + "mcp-session-id: stolen\n")),
        (405, b"PUT /mcp HTTP/1.1\r\nhost: localhost:PORT\r\n\r\n"),
        (400, post(GOOD, b"not json")),
        (400, post(GOOD, json.dumps([CALL]).encode())),
        (400, post(GOOD, b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}')),
        (202, post(GOOD, b'{"jsonrpc":"2.0","id":1,"result":{}}')),
    ],
)
def test_what_is_wrong_at_the_door_goes_nowhere(shared: Callable[..., Running], upstream: Upstream, status: int, request_: bytes) -> None:  # fmt: skip
    """Wrong hosts, origins and kinds, ambiguous headers, smuggling, strangers' sessions: answered, never forwarded."""
    proxy = shared(upstream.url)
    browser = proxy.browser()
    try:
        answer = browser.raw(request_.replace(b"PORT", str(proxy.port).encode()))
    except ConnectionError:  # the refusal came before all of the body was taken
        answer = Answer(413, {}, b"")
    assert (answer.status, upstream.seen) == (status, [])


MODERN = {"mcp_protocol_version": "2026-07-28", "mcp_method": "tools/call", "mcp_name": "echo"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"mcp_name": "=?base64?ZWNobw==?="}, 200),
        ({"mcp_name": "other"}, 400),
        ({"mcp_name": "Echo"}, 400),
        ({"mcp_name": "=?base64?ZWNobx==?="}, 400),
        ({"mcp_name": "=?base64?!?="}, 400),
        ({"mcp_method": "tools/list"}, 400),
        ({"mcp_protocol_version": "2027-01-01"}, 400),
    ],
)
def test_headers_that_differ_from_the_body_are_refused(shared: Callable[..., Running], upstream: Upstream, headers: dict[str, str], status: int) -> None:  # fmt: skip
    """What a header says is compared with the body that is judged, before anything is counted."""
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    call = {**CALL, "params": {"name": "echo", "arguments": {}, "_meta": meta}}
    answer = shared(upstream.url).browser().post(call, **{**MODERN, **headers})
    assert (answer.status, len(upstream.seen)) == (status, status == 200)
    if status == 400:
        assert answer.json()["error"]["code"] == -32020


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"POST /mcp HTTP/1.1\r\nx: ", b"y" * 60_000),
        (b"POST /", b"y" * 60_000),
        (b"POST /mcp HTTP/1.1\r\n", b"x: y\r\n" * 10_000),
        (b"POST /mcp HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n", b"2\r\n{}\r\n" * 9_000),
        (b"POST /mcp HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2;", b"y" * 60_000),
        (b"POST /mcp HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n" * 10_000),
    ],
)
def test_a_request_without_an_end_is_cut_off(
    shared: Callable[..., Running], head: bytes, piece: bytes
) -> None:
    """A stranger who never comes to the point, with a name, a header, chunks or trailers, fills no memory."""
    browser = shared(NOWHERE).browser()

    def flood() -> None:
        browser.socket.sendall(head)
        for _ in range(1_000):  # 60 MB, of which a twentieth is taken
            browser.socket.sendall(piece)

    with pytest.raises(ConnectionError):
        flood()


def test_only_what_the_protocol_knows_is_passed_on(
    shared: Callable[..., Running], upstream: Upstream
) -> None:
    """The upstream gets what concerns it: nothing that was meant for us, and nothing that steers what stands before it."""
    proxy = shared(upstream.url)
    browser = proxy.browser()
    upstream.say = lambda message: ok(
        {"jsonrpc": "2.0", "id": message["id"], "result": {}},
        set_cookie="a=b",
        retry_after="1",
        alt_svc="h2=evil.example:443",
        access_control_allow_origin="*",
        www_authenticate="Bearer resource_metadata=https://evil.example",
    )
    answer = browser.post(
        CALL, authorization="Bearer t0p", cookie="a=b", connection="x-hop", x_hop="1", mcp_param_city="Ulm",
        accept="application/json", accept_encoding="gzip", origin=f"http://127.0.0.1:{proxy.port}",
        content_type="application/json; charset=UTF-8", x_original_url="/admin", x_api_key="k", last_event_id="1",
        x_http_method_override="DELETE", traceparent="00-1-1-00", mcp_method="tools/list", mcp_name="other",
    )  # fmt: skip
    _, headers, message = upstream.seen[0]
    assert message == CALL
    assert headers == {
        "host": f"127.0.0.1:{upstream.port}", "content-type": "application/json",
        "accept": "application/json", "content-length": headers["content-length"], "traceparent": "00-1-1-00",
    }  # fmt: skip
    assert answer.headers.keys() == {"content-type", "content-length", "retry-after"}


def test_a_request_of_the_new_revision_has_no_session(
    shared: Callable[..., Running], upstream: Upstream
) -> None:
    """An upstream that keeps sessions all the same must not be led into somebody else's by it."""
    browser = shared(upstream.url).browser()
    upstream.say = lambda message: ok(
        {"jsonrpc": "2.0", "id": message["id"], "result": {"tools": [{"name": "echo"}]}}, mcp_session_id="s-2"
    )
    browser.post({**CALL, "method": "tools/list"}, mcp_protocol_version="2026-07-28")
    answer = browser.post(
        CALL, mcp_protocol_version="2026-07-28", mcp_session_id="s-1", last_event_id="7", mcp_param_city="Ulm"
    )
    _, headers, _ = upstream.seen[1]
    assert headers["mcp-param-city"] == "Ulm"
    assert headers.keys().isdisjoint({"mcp-session-id", "last-event-id"})
    assert (answer.status, "mcp-session-id" in answer.headers) == (200, False)


def test_headers_of_arguments_are_compared_with_the_last_list_that_anybody_saw(
    gate: Callable[..., Running], upstream: Upstream
) -> None:
    """Also one that another process has seen; of a tool that was never listed they go nowhere, as of one that is hidden."""
    marked = {"type": "object", "properties": {"city": {"type": "string", "x-mcp-header": "City"}}}
    tools = [{"name": name, "inputSchema": marked} for name in ("echo", "hidden")]
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": {"tools": tools}})
    lines = [
        {**CALL, "params": {"name": name, "arguments": {"city": "Bonn"}}}
        for name in ("echo", "hidden", "new")
    ]
    address, policy = upstream.url, {**ALLOW, "hide": ["hidden"]}

    def ask(browser: Browser) -> list[Any]:
        answers = [
            browser.post(line, mcp_protocol_version="2026-07-28", mcp_param_city=city)
            for line in lines
            for city in ("Ulm", "Bonn")
        ]
        return [answer.json().get("error", {}).get("code") for answer in answers]

    before = gate(address, policy).browser()
    assert ask(before) == [-32020] * 6
    before.post({**CALL, "method": "tools/list"}, mcp_protocol_version="2026-07-28")
    assert ask(before) == [-32020, None, *[-32020] * 4]
    assert ask(gate(address, policy).browser()) == [-32020, None, *[-32020] * 4]
    assert len(upstream.seen) == 3


TOOLS = {"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "echo"}, {"name": "delete_notes"}]}}
BODY = json.dumps(TOOLS).encode()


@pytest.mark.parametrize(
    "reply",
    [
        ok(TOOLS),
        response(200, "Application/JSON", BODY),
        response(200, "application/json ; charset=utf-8", BODY),
        response(201, "application/json", BODY),
        response(200, "text/plain", BODY),
        response(200, "", BODY),
        stream(b"event: message\nid: 1\ndata: " + BODY + b"\n\n"),
        stream(b"data: " + BODY.replace(b", ", b",\r\ndata:  ") + b"\r\n\r\n"),
        stream(b":hello\r\rdata:" + BODY + b"\r\r"),
    ],
)
def test_hidden_tools_leave_a_list_however_it_is_dressed(shared: Callable[..., Running], upstream: Upstream, reply: bytes) -> None:  # fmt: skip
    """Media type, status, stream and line ends make no way around the filter."""
    upstream.say = lambda _: reply
    answer = shared(upstream.url, STRICT).browser().post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert b"echo" in answer.body
    assert b"delete_notes" not in answer.body


@pytest.mark.parametrize(
    "reply",
    [
        response(200, "application/json", b"<html>"),
        response(200, "application/json", b'{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}'),
        response(200, "application/json", json.dumps([TOOLS]).encode()),
        response(200, "application/json", b'{"jsonrpc":"2.0","id":"1","result":{"tools":[]}}'),
        response(200, "application/json", b""),
        response(200, "application/json", BODY, content_encoding="gzip"),
        response(307, "application/json", BODY, location="http://evil.example/"),
        b"HTTP/1.1 200 x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 x\r\ncontent-length: 500\r\nconnection: close\r\n\r\n{",
        b"not http\r\nconnection: close\r\n\r\n",
        b"HTTP/1.1 200 x\r\nx: " + b"y" * 70_000 + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    ],
)
def test_an_answer_that_cannot_be_checked_becomes_an_error(gate: Callable[..., Running], upstream: Upstream, reply: bytes) -> None:  # fmt: skip
    """The client is answered under its own id, and sees nothing of what could not be read."""
    upstream.say = lambda _: reply
    proxy = gate(upstream.url)
    answer = proxy.browser().post(CALL)
    assert (answer.json()["id"], answer.json()["error"]["code"]) == (1, -32603)
    proxy.end()
    assert proxy.records()[-1]["event"] in ("outcome", "refused")


@pytest.mark.parametrize("headers", [{}, {"mcp_protocol_version": "2026-07-28"}])
@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (stream(b""), 200),
        (stream(b"data: " + BODY), 200),
        (stream(b"data: " + BODY.replace(b'"id": 1', b'"id": "1"') + b"\n\n"), 200),
        (stream(b"\xef\xbb\xbfdata: " + BODY + b"\n\n"), 200),
        (b"HTTP/1.1 204 x\r\nconnection: close\r\n\r\n", 502),
        (b"HTTP/1.1 304 x\r\nconnection: close\r\n\r\n", 502),
        (b"HTTP/1.1 101 x\r\nupgrade: x\r\nconnection: upgrade, close\r\n\r\n" + BODY, 502),
    ],
)
def test_an_answer_that_does_not_come_is_an_error(
    shared: Callable[..., Running], upstream: Upstream, headers: dict[str, str], reply: bytes, status: int
) -> None:
    """A stream that ends without an answer, a status without a body, another protocol: nobody is left waiting."""
    upstream.say = lambda _: reply
    answer = shared(upstream.url).browser().post(CALL, **headers)
    body = answer.body.rpartition(b"data: ")[2].strip()
    assert (answer.status, json.loads(body)["error"]["code"]) == (status, -32603)


def test_an_event_by_another_name_is_a_message_or_nothing(
    shared: Callable[..., Running], upstream: Upstream
) -> None:
    """Old clients would take an `endpoint` for the place to send messages to; a name with NUL is none."""
    upstream.say = lambda _: stream(b"event: endpoint\nid: a\0b\ndata: " + BODY + b"\n\n")
    answer = shared(upstream.url).browser().post(CALL)
    assert answer.body == b"data: " + json.dumps(TOOLS, separators=(",", ":")).encode() + b"\n\n"


def test_a_failed_status_passes_only_errors(shared: Callable[..., Running], upstream: Upstream) -> None:
    """Clients find out the era by the error in a 400; a result has no business there."""
    browser = shared(upstream.url).browser()
    problem = {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32022, "message": "x", "data": {"supported": []}},
    }
    upstream.say = lambda _: response(400, "application/json", json.dumps(problem).encode())
    answer = browser.post(CALL)
    assert (answer.status, answer.json()) == (400, problem)
    upstream.say = lambda message: response(
        500, "application/json", json.dumps({**TOOLS, "id": message["id"]}).encode()
    )
    answer = browser.post({**CALL, "id": 2})
    assert (answer.status, answer.json()["error"]["code"]) == (500, -32603)
    upstream.say = lambda _: response(404, "text/plain", b"Not here")
    assert browser.post({**CALL, "id": 3}).status == 404


def test_a_stream_is_passed_on_as_it_comes_and_each_event_is_judged(shared: Callable[..., Running], upstream: Upstream) -> None:  # fmt: skip
    """Progress passes, unasked answers and questions do not; ids and retry stay for resumption."""
    progress = {
        "jsonrpc": "2.0",
        "method": "notifications/progress",
        "params": {"progressToken": 1, "progress": 1},
    }
    question = {"jsonrpc": "2.0", "id": 9, "method": "sampling/createMessage", "params": {}}
    parts = [
        b"id: 0\nretry: 500\ndata:\n\n",
        b"id: 1\ndata: " + json.dumps(progress).encode() + b"\n\n",
        b"data: " + json.dumps({**TOOLS, "id": "spoof"}).encode() + b"\n\n",
        b"data: " + json.dumps(question).encode() + b"\n\n",
        b"data: " + BODY + b"\n\n",
    ]
    upstream.say = lambda message: (
        stream(b"".join(parts)) if message.get("method") else response(202, "", b"")
    )
    answer = shared(upstream.url).browser().post(CALL)
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.body == (
        b"id: 0\nretry: 500\ndata: \n\n"
        b"id: 1\ndata: " + json.dumps(progress, separators=(",", ":")).encode() + b"\n\n"
        b"data: " + json.dumps(TOOLS, separators=(",", ":")).encode() + b"\n\n"
    )
    (told,) = [message for _, _, message in upstream.seen[1:]]
    assert (told["id"], told["error"]["code"]) == (9, -32600)


def test_an_unreachable_upstream_is_an_error(shared: Callable[..., Running]) -> None:
    """Nobody listens there."""
    answer = shared(NOWHERE).browser().post(CALL)
    assert (answer.status, answer.json()["error"]["message"]) == (502, "The server cannot be reached.")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 x\r\n", response(200, "application/json", b"{")[:-1], stream(b":\n\n").replace(b"connection: close\r\n", b"")])  # fmt: skip
def test_an_upstream_that_never_answers_is_given_up(gate: Callable[..., Running], upstream: Upstream, said: bytes) -> None:  # fmt: skip
    """In the time that the operator allows, wherever it stops; the client hears so under its own id."""
    upstream.say = lambda _: said
    proxy = gate(upstream.url, ALLOW, "--timeout", "0.1")
    answer = proxy.browser().post(CALL)
    body = answer.body.partition(b"data: ")[2].strip() or answer.body
    assert json.loads(body)["error"]["message"] == "The server gave no answer within 0.1 seconds."
    proxy.end()
    assert proxy.records()[-1]["status"] == "lost"


def test_the_end_of_a_session_that_nobody_answers_is_given_up(gate: Callable[..., Running], upstream: Upstream) -> None:  # fmt: skip
    """The session has ended here all the same."""
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": 0, "result": {}}, mcp_session_id="s") if message else b""  # fmt: skip
    browser = gate(upstream.url, ALLOW, "--timeout", "0.1").browser()
    browser.post({"jsonrpc": "2.0", "id": 0, "method": "initialize"})
    browser.send(b"", method="DELETE", content_type="", mcp_session_id="s")
    assert browser.answer().status == 502
    assert browser.post(CALL, mcp_session_id="s").status == 404


def test_sessions_belong_to_who_opened_them(shared: Callable[..., Running], upstream: Upstream) -> None:
    """A name that the upstream gave is good; any other, and one that was ended, is not found."""
    browser = shared(upstream.url).browser()
    opened = {"jsonrpc": "2.0", "id": 0, "result": {"capabilities": {}}}
    upstream.say = lambda _: ok(opened, mcp_session_id="s-1")
    assert (
        browser.post({"jsonrpc": "2.0", "id": 0, "method": "initialize"}).headers["mcp-session-id"] == "s-1"
    )
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": {}})
    assert browser.post(CALL, mcp_session_id="s-1").status == 200
    assert browser.post(CALL, mcp_session_id="s-2").status == 404
    upstream.say = lambda _: response(200, "", b"")
    browser.send(b"", method="DELETE", content_type="", mcp_session_id="s-1")
    assert browser.answer().status == 200
    assert browser.post(CALL, mcp_session_id="s-1").status == 404


def test_requests_sent_ahead_are_answered_in_order(
    shared: Callable[..., Running], upstream: Upstream
) -> None:
    """One connection, many requests at once."""
    browser = shared(upstream.url).browser()
    for id in range(20):
        browser.send({**CALL, "id": id})
    assert [browser.answer().json()["id"] for _ in range(20)] == list(range(20))


def test_health_can_be_asked(shared: Callable[..., Running]) -> None:
    """Without any credentials, and without a body."""
    browser = shared(NOWHERE).browser()
    assert browser.raw(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").body == b"ok\n"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--listen", "0.0.0.0:0"], 2, "0.0.0.0 can be reached from elsewhere: that needs identities"),
        (["--upstream", "ftp://x/"], 3, "is no address of the form http://host:port/path"),
        (["--upstream", "http://user:pw@x/"], 3, "is no address of the form"),
        (["--policy", "missing.json"], 1, "missing.json"),
    ],
)
def test_a_proxy_that_cannot_hold_its_promise_does_not_start(tmp_path: Path, options: list[str], code: int, words: str) -> None:  # fmt: skip
    """One sentence and an exit code."""
    (tmp_path / "policy.json").write_text(json.dumps(ALLOW))
    given = [
        "--policy",
        str(tmp_path / "policy.json"),
        "--audit",
        str(tmp_path / "a"),
        "--state",
        str(tmp_path / "s"),
    ]
    command = [sys.executable, "-m", "enforce", "http", "--upstream", "http://127.0.0.1:1/", *given, *options]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert (ran.returncode, words in ran.stderr.decode()) == (code, True)


def test_numbers_can_be_scraped(gate: Callable[..., Running], upstream: Upstream) -> None:
    """What was decided and how it ended, for a monitoring system that names us rightly."""
    proxy = gate(upstream.url, STRICT)
    browser = proxy.browser()
    browser.post(CALL)
    browser.post({**CALL, "params": {"name": "ask"}})
    browser.post(b"[]")
    text = browser.raw(
        f"GET /metrics HTTP/1.1\r\nhost: 127.0.0.1:{proxy.port}\r\n\r\n".encode()
    ).body.decode()
    server = f'server="127.0.0.1:{upstream.port}/mcp"'
    assert f'tollhouse_decisions_total{{{server},outcome="allow"}} 1\n' in text
    assert f'tollhouse_decisions_total{{{server},outcome="deny"}} 1\n' in text
    assert 'tollhouse_outcomes_total{status="ok"} 1\n' in text
    assert 'tollhouse_refused_total{side="client"} 1\n' in text
    assert browser.raw(b"GET /metrics HTTP/1.1\r\nhost: evil.example\r\n\r\n").status == 421
