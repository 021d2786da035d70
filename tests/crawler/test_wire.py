"""The transport says what httpx's own would say, over fewer connections, and bounds what it takes in."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import httpx
import pytest

from crawler.wire import Wire

#: What the other side does with a connection.
Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def says(*answers: bytes, then_close: bool = True) -> Manner:
    """One of these bytes for each request, in order."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        if not then_close:
            await reader.read()

    return serve


@asynccontextmanager
async def serving(manner: Manner) -> AsyncIterator[tuple[str, list[asyncio.Task[Any]]]]:
    """The address of a server with this manner, and its connections."""
    connections: list[asyncio.Task[Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(cast(asyncio.Task[Any], asyncio.current_task()))
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await manner(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x?y=1", connections
        finally:
            server.close()
            await asyncio.gather(*connections)


def talk(
    manner: Manner, requests: int = 1, *, patience: float | None = 5.0
) -> tuple[list[httpx.Response], int]:
    """The answers to so many requests, one after the other, and over how many connections they came."""

    async def run() -> tuple[list[httpx.Response], int]:
        wire = Wire(ssl.create_default_context())
        async with serving(manner) as (url, connections):
            async with httpx.AsyncClient(transport=wire, timeout=httpx.Timeout(patience)) as client:
                answers = [await client.get(url) for _ in range(requests)]
            return answers, len(connections)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("sent", "status", "body"),
    [
        (HELLO, 200, b"hello"),
        (b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", 304, b""),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
            200,
            b"hello",
        ),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, b"until the end"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HELLO, 200, b"hello"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, b""),
    ],
    ids=["length", "no body", "chunks", "until the end", "interim", "empty"],
)
def test_every_way_to_frame_an_answer_is_read(sent: bytes, status: int, body: bytes) -> None:
    """Status and body come out whatever says where the body ends."""
    (answer,), _ = talk(says(sent))

    assert (answer.status_code, answer.content, "link" in answer.headers) == (status, body, False)


def test_a_connection_is_used_again() -> None:
    """Three requests to one origin cost one connection."""
    answers, connections = talk(says(HELLO, HELLO, HELLO), 3)

    assert ([answer.content for answer in answers], connections) == ([b"hello"] * 3, 1)


def test_a_connection_that_was_closed_meanwhile_is_replaced() -> None:
    """A server may close an idle connection at any time; the request is sent over another one."""
    answers, connections = talk(says(HELLO), 3)

    assert ([answer.content for answer in answers], connections) == ([b"hello"] * 3, 3)


@pytest.mark.parametrize(
    ("manner", "error"),
    [
        (says(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"), httpx.RemoteProtocolError),
        (
            says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhello"),
            httpx.RemoteProtocolError,
        ),
        (says(b"SSH-2.0-OpenSSH_9.2\r\n"), httpx.RemoteProtocolError),
        (says(b""), httpx.ReadError),
        (says(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), httpx.RemoteProtocolError),
        (says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000), httpx.RemoteProtocolError),
        (
            says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 100_000),
            httpx.RemoteProtocolError,
        ),
        (
            says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
            httpx.RemoteProtocolError,
        ),
    ],
    ids=[
        "cut off",
        "cut off in a chunk",
        "no HTTP",
        "nothing",
        "one long header",
        "many headers",
        "trailers",
        "lengths",
    ],
)
def test_what_is_no_whole_answer_is_an_error(manner: Manner, error: type[Exception]) -> None:
    """A body that was cut off is not taken for the whole, and headers do not fill the memory."""
    with pytest.raises(error):
        talk(manner)


def test_silence_ends() -> None:
    """Whoever says nothing for as long as one is patient is given up."""
    with pytest.raises(httpx.ReadTimeout):
        talk(says(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", then_close=False), patience=0.05)


def test_nobody_there_is_an_error() -> None:
    """A port on which nobody listens."""

    async def run() -> None:
        async with httpx.AsyncClient(transport=Wire(ssl.create_default_context())) as client:
            await client.get("http://127.0.0.1:9/")

    with pytest.raises(httpx.ConnectError):
        asyncio.run(run())


def test_a_compressed_body_is_opened_in_small_pieces() -> None:
    """A caller that counts bytes after decompression gets to say stop."""
    packed = gzip.compress(bytes(20_000_000))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)

    async def largest() -> int:
        async with (
            serving(says(head + packed)) as (url, _),
            httpx.AsyncClient(transport=Wire(ssl.create_default_context())) as client,
            client.stream("GET", url) as answer,
        ):
            return max([len(piece) async for piece in answer.aiter_bytes()])

    assert asyncio.run(largest()) < 18_000_000
