"""A head that comes again is taken as the parser took it, and never where the parser would not take it."""

import asyncio
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.asking import Response, Upstream
from enforce.transports.http.asking import _Connection as Asking
from enforce.transports.http.heads import LONGEST, MOST, Heads
from enforce.transports.http.incoming import Load
from enforce.transports.http.messages import Headers, Request
from enforce.transports.http.serving import Connection, Reply

POST = b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nAccept: */*\r\n\r\n%b"


def whole(body: bytes) -> bytes:
    return POST % (len(body), body)


LATER = [
    pytest.param(whole(b"other"), b"other", id="the same head"),
    pytest.param(whole(b"x" * 1234), b"x" * 1234, id="another length"),
    pytest.param(whole(b""), b"", id="no body"),
    pytest.param(whole(b"five!")[:-1], None, id="a body that has not come whole"),
    pytest.param(whole(b"five!") + b"P", None, id="something after the body"),
    pytest.param(whole(b"five!").replace(b": 5", b": +5"), None, id="a sign"),
    pytest.param(whole(b"five!").replace(b": 5", b": 5 "), None, id="white space after the length"),
    pytest.param(whole(b"five!").replace(b": 5", b": 5, 5"), None, id="two lengths in one"),
    pytest.param(whole(b"five!").replace(b": 5", b": "), None, id="no length"),
    pytest.param(
        whole(b"five!").replace(b": 5", b": \xd9\xa5"), None, id="a digit that is none to the protocol"
    ),
    pytest.param(whole(b"five!").replace(b"/mcp", b"/other"), None, id="another path"),
    pytest.param(whole(b"five!").replace(b"Accept", b"accept"), None, id="another spelling"),
    pytest.param(whole(b"five!").replace(b"\r\n\r\n", b"\r\nX: y\r\n\r\n"), None, id="one header more"),
    pytest.param(b"\r\n" + whole(b"five!"), None, id="a line before it"),
    pytest.param(
        whole(b"").replace(b": 0", b": 99999999") + b"x", None, id="a length that is left to the parser"
    ),
]


@pytest.mark.parametrize(("data", "body"), LATER)
def test_a_head_is_known_by_its_very_bytes(data: bytes, body: bytes | None) -> None:
    heads: Heads[str] = Heads()
    heads.note(whole(b"first"), "read", b"5", b"first")
    assert heads.find(data) == (None if body is None else ("read", body))


@pytest.mark.parametrize(
    ("data", "length", "body"),
    [
        (whole(b"first"), b"6", b"first"),
        (whole(b"first"), b"5", b"irst"),
        (POST % (5, b"a\r\n\r\n"), b"5", b""),
        (whole(b"first").replace(b"Host: x", b"Host: " + b"x" * LONGEST), b"5", b"first"),
        (whole(b"first").replace(b"Content-Length:", b"Content-Length:\t"), b"5", b"first"),
    ],
)
def test_what_is_not_written_as_usual_is_not_remembered(data: bytes, length: bytes, body: bytes) -> None:
    heads: Heads[str] = Heads()
    heads.note(data, "read", length, body)
    assert heads.find(data) is None


def test_few_heads_are_remembered() -> None:
    heads: Heads[int] = Heads()
    different = [whole(b"first").replace(b"Host: x", b"Host: %d" % number) for number in range(MOST + 1)]
    for number, data in enumerate(different):
        heads.note(data, number, b"5", b"first")
    assert [heads.find(data) is not None for data in different] == [False, *[True] * MOST]


class _Wire(asyncio.Transport):
    """A transport that goes nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.said.append(data)

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


def without_length(headers: Headers) -> Headers:
    return [pair for pair in headers if pair[0] != b"content-length"]


def served(pieces: list[bytes], *, remembers: bool = True) -> list[Any]:
    """Everything that becomes of what a client sends; where nothing is remembered, all is read by the parser."""
    taken: list[Any] = []

    def handle(request: Request, reply: Reply) -> None:
        fields = {name: value for name, value in request.fields.items() if name != b"content-length"}
        taken.append((request.method, request.path, without_length(request.headers), fields, request.body))
        reply.send(200, [], b"ok")

    async def run() -> list[Any]:
        wire = _Wire()
        connection = Connection(handle, set(), lambda _: True, Load())
        connection.connection_made(wire)
        for piece in pieces:
            if not remembers:
                connection._known.forget()
            if not wire.closed:
                connection.data_received(piece)
        connection.connection_lost(None)
        return [*taken, wire.said, wire.closed]

    return asyncio.run(run())


def asked(pieces: list[bytes], *, remembers: bool = True) -> list[Any]:
    """Everything that becomes of what a server answers, a request being sent whenever the connection is free."""
    taken: list[Any] = []

    async def run() -> list[Any]:
        wire, upstream = _Wire(), Upstream(Address.read("http://x/"))
        connection = Asking(upstream)
        connection.connection_made(wire)

        def then(response: Response | UpstreamFailed) -> None:
            if isinstance(response, UpstreamFailed):
                taken.append(str(response))
            else:
                body = response.at_hand() if response.is_whole() else None
                taken.append((response.status, without_length(response.headers), body))

        for piece in pieces:
            if not remembers:
                connection._known.forget()
            if not wire.closed:
                if connection._then is None and not connection._asked:
                    connection.send(b"", then)
                connection.data_received(piece)
        return [*taken, wire.closed, connection._asked]

    return asyncio.run(run())


_LINES = [
    b"Host: x", b"host: y", b"Accept: a", b"Connection: close", b"Connection: keep-alive", b"Connection: content-length",
    b"Transfer-Encoding: chunked", b"Content-Length: 3", b"content-length:4", b"CONTENT-LENGTH: 05 ", b" folded: 3",
    b"Expect: 100-continue", b"Upgrade: x", b"Content-Length : 3", b"X: a\r", b"X: a\ncontent-length: 2", b"",
]  # fmt: skip
_OPENINGS = [b"POST /a HTTP/1.1", b"POST /a HTTP/1.0", b"POST /b HTTP/1.1", b"GET /a HTTP/1.1", b"HEAD /a HTTP/1.1", b"\r\nPOST /a HTTP/1.1"]  # fmt: skip
_ANSWERS = [b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK", b"HTTP/1.1 202 Accepted", b"HTTP/1.1 304 Not Modified", b"HTTP/1.1 100 Continue", b"HTTP/1.1 204 No Content"]  # fmt: skip
_BODIES = [b"", b"abc", b"abcd", b"abcde", b"3\r\nabc\r\n0\r\n\r\n", b"a\r\n\r\n", b"abc\r\n\r\n", b"abcPOST"]


def _messages(openings: list[bytes]) -> st.SearchStrategy[list[bytes]]:
    """Messages of few kinds, so that heads come again, each in one piece or in two, or two in one."""
    head = st.tuples(st.sampled_from(openings), st.lists(st.sampled_from(_LINES), max_size=3))
    message = st.builds(
        lambda head, length, body: b"\r\n".join([
            head[0], *head[1], *([b"Content-Length: %d" % (len(body) + length)] if length < 2 else []), b"", body,
        ]),
        head, st.sampled_from([0, 0, 0, 0, 1, -1, 2]), st.sampled_from(_BODIES),
    )  # fmt: skip
    pair = st.tuples(message, message, st.integers(1, 80))
    pieces = st.one_of(
        message.map(lambda one: [one, one]),
        st.tuples(message, st.integers(1, 80)).map(lambda cut: [cut[0][: cut[1]], cut[0][cut[1] :]]),
        pair.map(lambda two: [two[0] + two[1]]),
        pair.map(lambda two: [two[0], two[0][: two[2]] + two[1]]),
    )
    return st.lists(pieces, min_size=1, max_size=5).map(
        lambda each: [piece for part in each for piece in part if piece]
    )


@given(_messages(_OPENINGS))
@example(
    [
        whole(b"first"),
        whole(b"second"),
        POST.replace(b"Host: x", b"Connection: close") % (1, b"1"),
        whole(b"3"),
    ]
)
@example([whole(b"1"), whole(b"2") + POST.replace(b"Host: x", b"Connection: close") % (1, b"1"), whole(b"3")])
def test_requests_are_those_that_the_parser_reads(pieces: list[bytes]) -> None:
    assert served(pieces) == served(pieces, remembers=False)


@given(_messages(_ANSWERS))
@example(
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        for body in (b"1", b"22", b"", b"3")
    ]
)
@example(
    [b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12"]
)
def test_answers_are_those_that_the_parser_reads(pieces: list[bytes]) -> None:
    assert asked(pieces) == asked(pieces, remembers=False)


def test_nobody_is_told_to_go_on_in_the_midst_of_another_answer() -> None:
    """It would become a part of that answer, perhaps to somebody else behind the same proxy."""
    head = b"POST /mcp HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n"

    async def run() -> list[bytes]:
        said: list[bytes] = []
        for before in (b"", head + b"{}"):
            wire = _Wire()
            connection = Connection(lambda _, reply: reply.later(), set(), lambda _: True, Load())
            connection.connection_made(wire)
            connection.data_received(before)
            already = len(wire.said)
            connection.data_received(head)
            said += wire.said[already:]
            connection.connection_lost(None)
        return said

    assert asyncio.run(run()) == [b"HTTP/1.1 100 Continue\r\n\r\n"]
