"""A conversation with servers of every temper, scripted message by message."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from crawler.mcp.session import (
    Closed,
    ConversationFailed,
    Declined,
    Garbled,
    Listing,
    TooMuch,
    converse,
)

Answer = Callable[[dict[str, Any]], list[Any]]

HELLO = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {"name": "s", "version": "1"}}
DISCOVERY = {
    "resultType": "complete",
    "supportedVersions": ["2026-07-28"],
    "instructions": "Be kind.",
    "_meta": {"io.modelcontextprotocol/serverInfo": {"name": "s", "version": "2"}},
}
TOOL = {"name": "a", "description": "A.", "inputSchema": {"type": "object"}}


@dataclass
class Script:
    """A channel whose other end answers from a function."""

    answer: Answer
    waiting: list[bytes] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    version: str = ""

    def send(self, body: bytes) -> None:
        message = json.loads(body)
        self.sent.append(message)
        for reply in self.answer(message):
            self.waiting.append(reply if isinstance(reply, bytes) else json.dumps(reply).encode())

    def receive(self) -> bytes:
        if not self.waiting:
            raise Closed("nothing more")
        return self.waiting.pop(0)

    def settle(self, version: str) -> None:
        self.version = version


def reply(message: dict[str, Any], result: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


def refusal(message: dict[str, Any], code: int) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": code, "message": "no"}}


def legacy(list_tools: Answer) -> Answer:
    """A server of the handshake era with this tools list."""

    def answer(message: dict[str, Any]) -> list[Any]:
        if message.get("method") == "initialize":
            return [reply(message, HELLO)]
        return list_tools(message) if message.get("method") == "tools/list" else []

    return answer


def paged(message: dict[str, Any]) -> list[Any]:
    cursor = message["params"].get("cursor")
    following = {None: "", "": "2"}.get(cursor)
    page = {"tools": [{**TOOL, "name": f"tool-{cursor}"}]}
    return [reply(message, page if following is None else {**page, "nextCursor": following})]


def test_a_list_is_read_page_by_page_and_the_empty_string_is_a_cursor() -> None:
    """Only the absence of a cursor ends a list."""
    script = Script(legacy(paged))

    listing = converse(script)

    assert listing == Listing(
        tools=tuple({**TOOL, "name": name} for name in ("tool-None", "tool-", "tool-2")),
        protocol_version="2025-06-18",
        server_info={"name": "s", "version": "1"},
        instructions=None,
    )
    assert script.version == "2025-06-18"
    assert [message["method"] for message in script.sent] == [
        "initialize",
        "notifications/initialized",
        "tools/list",
        "tools/list",
        "tools/list",
    ]


def test_the_newer_era_is_spoken_without_a_handshake() -> None:
    """Every request then carries the protocol revision in its `_meta`."""

    def answer(message: dict[str, Any]) -> list[Any]:
        assert message["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] == "2026-07-28"
        if message["method"] == "server/discover":
            return [reply(message, DISCOVERY)]
        return [
            reply(message, {"resultType": "complete", "tools": [TOOL], "ttlMs": 0, "cacheScope": "public"})
        ]

    assert converse(Script(answer), modern=True) == Listing(
        tools=(TOOL,),
        protocol_version="2026-07-28",
        server_info={"name": "s", "version": "2"},
        instructions="Be kind.",
    )


def chatty(message: dict[str, Any]) -> list[Any]:
    return [
        b"Server running on stdio",
        b'{"level": "info"}',
        b"",
        {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"},
        {"jsonrpc": "2.0", "id": "s1", "method": "ping"},
        {"jsonrpc": "2.0", "id": "s2", "method": "roots/list"},
        {"jsonrpc": "2.0", "id": 99, "result": {"tools": []}},
        reply(message, {"tools": [TOOL]}),
    ]


def test_junk_and_notifications_are_passed_by_and_requests_are_answered() -> None:
    """A ping gets its result, everything else a refusal, and strange answers are not taken for ours."""
    script = Script(legacy(chatty))

    assert converse(script).tools == (TOOL,)
    assert script.sent[-2:] == [
        {"jsonrpc": "2.0", "id": "s1", "result": {}},
        {"jsonrpc": "2.0", "id": "s2", "error": {"code": -32601, "message": "this client only lists tools"}},
    ]


def test_a_server_without_tools_lists_none() -> None:
    """That it does not know the method is an answer, not a fault."""
    assert converse(Script(legacy(lambda message: [refusal(message, -32601)]))).tools == ()


def growing(message: dict[str, Any]) -> list[Any]:
    cursor = str(int(message["params"].get("cursor", "0")) + 1)
    return [reply(message, {"tools": [], "nextCursor": cursor})]


def in_a_circle(message: dict[str, Any]) -> list[Any]:
    cursor = {"a": "b", "b": "a"}.get(message["params"].get("cursor"), "a")
    return [reply(message, {"tools": [], "nextCursor": cursor})]


DEEP = b'{"jsonrpc":"2.0","id":2,"result":{"tools":[' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"]}}"


@pytest.mark.parametrize(
    ("list_tools", "failure", "detail"),
    [
        (lambda m: [reply(m, {"tools": [TOOL], "nextCursor": "x"})], Garbled, "the pages of the tools list go round in a circle"),
        (in_a_circle, Garbled, "the pages of the tools list go round in a circle"),
        (growing, TooMuch, "the tools list has more than 100 pages"),
        (lambda m: [reply(m, {"tools": [TOOL] * 2001})], TooMuch, "the server lists more than 2000 tools"),
        (lambda m: [reply(m, {"tools": {"a": TOOL}})], Garbled, "the tools list is not a list"),
        (lambda m: [reply(m, {"tools": [], "nextCursor": 7})], Garbled, "the pages of the tools list go round in a circle"),
        (lambda _: [b'{"jsonrpc":"2.0","id":2,"result":{"tools":[],"tools":[]}}'], Garbled, "an object names the same key twice"),
        (lambda _: [DEEP], Garbled, "the message is nested more than 100 deep"),
        (lambda m: [refusal(m, -32603)], Declined, "no"),
        (lambda _: [b"junk"] * 1001, TooMuch, "more than 1000 lines that are no message"),
        (lambda _: [], Closed, "nothing more"),
    ],
)  # fmt: skip
def test_a_server_that_does_not_list_ends_as_one_of_few_failures(
    list_tools: Answer, failure: type[ConversationFailed], detail: str
) -> None:
    """Cursors that lead nowhere, lists without end, broken messages: each has its name."""
    with pytest.raises(failure) as raised:
        converse(Script(legacy(list_tools)))

    assert str(raised.value) == detail


def test_a_revision_that_nobody_knows_is_not_spoken() -> None:
    """An answer with another revision than ours ends the conversation."""
    script = Script(lambda message: [reply(message, {**HELLO, "protocolVersion": "1999-01-01"})])

    with pytest.raises(Garbled, match="1999-01-01"):
        converse(script)
