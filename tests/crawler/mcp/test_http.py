"""Hosted servers of every era, real ones of the official SDK, and some that are no servers at all."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import uvicorn
from mcp.server import MCPServer

from crawler.mcp.addresses import check_address
from crawler.mcp.http import Bounds, EventChannel, StreamableChannel, events
from crawler.mcp.session import Closed, ConversationFailed, Declined, Garbled, Silent, TooMuch, converse

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def hosted(app: Any) -> Iterator[str]:
    """An ASGI application on loopback; its origin."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A web server that answers every request in one way; its origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self)

        do_GET = do_DELETE = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def adding_server() -> MCPServer:
    server = MCPServer("adder")

    @server.tool()
    def add(a: int, b: int) -> int:
        """Add two numbers."""
        return a + b

    return server


@pytest.mark.parametrize(("modern", "version"), [(False, "2025-11-25"), (True, "2026-07-28")])
def test_streamable_http_is_spoken_in_both_eras(modern: bool, version: str) -> None:
    """The official SDK's server lists its tool either way."""
    with hosted(adding_server().streamable_http_app()) as origin:
        channel = StreamableChannel(check_address(f"{origin}/mcp"))
        listing = converse(channel, modern=modern)
        channel.close()

    assert ([tool["name"] for tool in listing.tools], listing.protocol_version) == (["add"], version)


def test_the_older_pair_of_stream_and_post_box_is_spoken() -> None:
    """The stream's first event names where to post."""
    with hosted(adding_server().sse_app()) as origin:
        channel = EventChannel(check_address(f"{origin}/sse"))
        listing = converse(channel)
        channel.close()

    assert [tool["name"] for tool in listing.tools] == ["add"]


def send(handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes, **headers: str) -> None:
    handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b": still here\n" * 100)
    except OSError:
        pass


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (lambda handler: send(handler, 404, "text/html", b"no"), Declined),
        (lambda handler: send(handler, 401, "text/plain", b"who are you?"), Declined),
        (lambda handler: send(handler, 302, "text/plain", b"", Location="http://169.254.169.254/"), Closed),
        (lambda handler: send(handler, 200, "application/json", b"[]" * 200), TooMuch),
        (lambda handler: send(handler, 200, "application/json", b""), Closed),
        (lambda handler: send(handler, 200, "text/event-stream", b"event: ping\ndata: x\n\n"), Closed),
        (endless, TooMuch),
        (lambda handler: handler.connection.shutdown(2), Closed),
        (
            lambda handler: send(handler, 200, "application/json", b"{}", **{"Mcp-Session-Id": "\xe9"}),
            Garbled,
        ),
    ],
)
def test_what_is_no_server_ends_as_a_failure(answer: Answer, failure: type[ConversationFailed]) -> None:
    """Other pages, closed doors, redirects into the inner network, answers without end."""
    with answering(answer) as origin:
        channel = StreamableChannel(check_address(f"{origin}/mcp"), Bounds(bytes=300, total=20))
        with pytest.raises(failure):
            converse(channel)
        channel.close()


def test_a_server_that_drips_runs_out_of_time() -> None:
    """The clock is an argument; it has run out when the answer comes."""
    ticks = iter([0.0, 0.0, *[99.0] * 9])
    with answering(lambda handler: send(handler, 200, "application/json", b"{}")) as origin:
        channel = StreamableChannel(check_address(f"{origin}/mcp"), Bounds(total=10), now=lambda: next(ticks))
        with pytest.raises(Silent):
            converse(channel)
        channel.close()


@pytest.mark.parametrize(
    "box", [b"http://192.0.2.1/messages", b"https://[::1", b"/\x01", b"/" + b"a" * 70_000]
)
def test_a_post_box_of_another_origin_is_not_used(box: bytes) -> None:
    """Who answers the stream may not send our messages elsewhere, nor to what is no address."""
    body = b"event: endpoint\ndata: " + box + b"\n\n"
    with (
        answering(lambda handler: send(handler, 200, "text/event-stream", body)) as origin,
        pytest.raises(Garbled),
    ):
        converse(EventChannel(check_address(f"{origin}/sse")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"data: a\n\ndata: b\n\n", [("message", b"a"), ("message", b"b")]),
        (b"event: x\r\ndata: a\r\ndata: b\r\n\r\n", [("x", b"a\nb")]),
        (b": comment\rid: 1\rdata:a\r\r", [("message", b"a")]),
        (b"data: cut off", []),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_events_are_read_however_they_arrive(
    text: bytes, expected: list[tuple[str, bytes]], size: int
) -> None:
    """Any of three line ends, cut into pieces anywhere."""
    assert list(events(iter([text[place : place + size] for place in range(0, len(text), size)]))) == expected
