"""The catalogue as an MCP server, asked by the official SDK's client in both eras of the protocol."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import anyio
import msgspec
import pytest
from mcp import Client, StdioServerParameters

from catalogue.database import driver_faults
from catalogue.mcp.server import RegistryServer
from catalogue.mcp.tools import QUESTIONS
from catalogue.store import Store
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

NAME = ServerName.parse("pypi:mail-box")
TOOLS = tuple(
    Tool.read(definition)
    for definition in (
        {"name": "read_mail", "description": "Read a mail.", "inputSchema": {"type": "object"}},
        {"name": "delete_mail", "description": "Delete a mail for good.", "inputSchema": {"type": "object"}},
    )
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder whose record holds one server, judged."""
    from classifier.verdicts import VERSION, classify_all

    store = Store.open(f"sqlite:///{tmp_path / 'tollhouse.db'}")
    server = Server(name=NAME, version="1.0", description="Mail for agents.")
    snapshot = Snapshot(
        server=NAME, release="1.0", method=Method.LIVE, tools=TOOLS, taken_at="2026-11-01T00:00:00Z"
    )
    store.save(server, (snapshot,))
    store.judge(classify_all, VERSION)
    store.close()
    return tmp_path


@pytest.fixture
def server(home: Path) -> Iterator[RegistryServer]:
    store = Store.open(f"sqlite:///{home / 'tollhouse.db'}")
    yield RegistryServer(store, version="0")
    store.close()


def _ask(server: RegistryServer, method: str, **params: Any) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    reply = server.answer(json.dumps(message).encode())
    assert reply is not None
    answer: dict[str, Any] = json.loads(reply)
    return answer


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_official_client_lists_and_calls_it(home: Path, mode: Literal["legacy", "auto"]) -> None:
    environment = {**os.environ, "TOLLHOUSE_HOME": str(home)}
    command = "import sys; sys.argv = ['tollhouse', 'mcp']; from catalogue.cli import main; main()"
    parameters = StdioServerParameters(command=sys.executable, args=["-c", command], env=environment)

    async def converse() -> tuple[list[str], dict[str, Any]]:
        with anyio.fail_after(60):
            async with Client(parameters, mode=mode) as client:
                listed = await client.list_tools()
                result = await client.call_tool("check_server", {"server": "mail-box"})
                assert not result.is_error
                return [tool.name for tool in listed.tools], result.structured_content

    names, answer = anyio.run(converse)

    assert names == [question.name for question in QUESTIONS]
    assert (answer["server"], answer["advice"]) == ("pypi:mail-box", "connect-with-rule")
    assert [rule["tool"] for rule in answer["rules"]] == ["delete_mail"]


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("check_server", {"server": "nothing-like-it"}, "is not in the catalogue"),
        ("check_server", {"server": "mail-bax"}, "near it is pypi:mail-box"),
        ("check_server", {"server": "https://mail.example/mail-bax"}, "and nothing near it is"),
        (
            "check_tool",
            {"server": "mail-box", "tool": "send"},
            "has no tool 'send'; it has read_mail, delete_mail",
        ),
        ("check_tool", {"server": "mail-box"}, "do not fit"),
        ("check_tool", {"server": "mail-box", "tool": "x", "more": 1}, "do not fit"),
        ("suggest_policy", {"server": "mail-box", "preset": "lax"}, "do not fit"),
        ("check_stack", {"servers": []}, "do not fit"),
        ("list_changes", {"since": "yesterday"}, "do not fit"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    server: RegistryServer, tool: str, given: dict[str, Any], said: str
) -> None:
    result = _ask(server, "tools/call", name=tool, arguments=given)["result"]

    assert result["isError"] is True
    assert said in result["content"][0]["text"]


def test_each_question_is_answered(server: RegistryServer) -> None:
    given: dict[str, dict[str, Any]] = {
        "check_server": {"server": "pypi:mail-box"},
        "search_servers": {"words": "mail"},
        "check_tool": {"server": "mail-box", "tool": "delete_mail"},
        "suggest_policy": {"server": "mail-box"},
        "list_changes": {},
        "check_stack": {"servers": ["mail-box", "unheard-of"]},
    }

    answers = {
        name: _ask(server, "tools/call", name=name, arguments=arguments)["result"]["structuredContent"]
        for name, arguments in given.items()
    }

    assert answers["search_servers"]["servers"] == [
        {"server": "pypi:mail-box", "description": "Mail for agents.", "tools": 2, "release": "1.0"}
    ]
    assert answers["check_tool"]["verdict"]["category"] == "destructive"
    assert answers["suggest_policy"]["policy"]["default"] == "deny"
    assert {change["kind"] for change in answers["list_changes"]["changes"]} >= {"server_added"}
    assert [item["advice"] for item in answers["check_stack"]["servers"]] == [
        "connect-with-rule",
        "ask-first",
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"nonsense", -32700),
        (b"[]", -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"resources/list"}', -32601),
        (b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"drop"}}', -32602),
        (
            b'{"jsonrpc":"2.0","id":1,"method":"tools/list","params":'
            b'{"_meta":{"io.modelcontextprotocol/protocolVersion":"1900-01-01"}}}',
            -32022,
        ),
    ],
)
def test_what_is_no_question_gets_the_protocols_error(server: RegistryServer, line: bytes, code: int) -> None:
    reply = server.answer(line)

    assert reply is not None
    assert json.loads(reply)["error"]["code"] == code


def test_a_notification_gets_no_answer(server: RegistryServer) -> None:
    assert server.answer(b'{"jsonrpc":"2.0","method":"notifications/initialized"}') is None


def test_long_answers_come_in_pages(tmp_path: Path) -> None:
    from classifier.verdicts import VERSION, classify_all

    store = Store.open(f"sqlite:///{tmp_path / 'tollhouse.db'}")
    tools = tuple(
        Tool.read(
            {
                "name": f"delete_{number:03}",
                "description": "Delete it for good.",
                "inputSchema": {"type": "object"},
            }
        )
        for number in range(120)
    )
    for number in range(60):
        name = ServerName.parse(f"pypi:mail-{number}")
        taken = Snapshot(
            server=name,
            release="1",
            method=Method.LIVE,
            tools=tools if number == 0 else (),
            taken_at="2026-11-01T00:00:00Z",
        )
        store.save(Server(name=name), (taken,))
    store.judge(classify_all, VERSION)
    server = RegistryServer(store, version="0")

    def pages(tool: str, key: str, **given: Any) -> list[int]:
        sizes, offset = [], 0
        while offset is not None:
            found = _ask(server, "tools/call", name=tool, arguments={**given, "offset": offset})["result"][
                "structuredContent"
            ]
            sizes.append(len(found["policy"]["tools"] if key == "policy" else found[key]))
            offset = found["next_offset"]
        return sizes

    assert pages("check_server", "rules", server="mail-0") == [50, 50, 20]
    assert pages("search_servers", "servers", words="mail") == [50, 10]
    assert sum(pages("list_changes", "changes")) >= 60
    assert pages("suggest_policy", "policy", server="mail-0") == [100, 20]
    store.close()


def _hostile(
    home: Path, definition: dict[str, Any], taken_at: str = "2026-11-02T05:06:07Z"
) -> RegistryServer:
    """A record that also holds a server with this tool, and half a pair of surrogates in its description."""
    store = Store.open(
        f"sqlite:///{home / 'tollhouse.db'}", lambda: datetime(2026, 11, 2, 5, 6, 7, tzinfo=UTC)
    )
    name = ServerName.parse("pypi:hostile")
    snapshot = Snapshot(
        server=name, release="\udfff", method=Method.LIVE, tools=(Tool.read(definition),), taken_at=taken_at
    )
    store.save(Server(name=name, description="\ud800" + "x" * 1000), (snapshot,))
    return RegistryServer(store, version="0", faults=driver_faults())


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("check_server", {"server": "hostile"}),
        ("search_servers", {"words": "hostile"}),
        ("check_tool", {"server": "hostile", "tool": "send"}),
        ("check_tool", {"server": "hostile", "tool": "x"}),
        ("suggest_policy", {"server": "hostile"}),
        ("list_changes", {}),
        ("check_stack", {"servers": ["hostile"]}),
    ],
)
def test_text_that_no_strict_reader_takes_ends_nothing(home: Path, tool: str, given: dict[str, Any]) -> None:
    server = _hostile(home, {"name": "send", "description": "\udbff", "inputSchema": {"type": "\ud800"}})
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": tool, "arguments": given},
    }

    reply = server.answer(json.dumps(message).encode())

    assert reply is not None
    msgspec.json.decode(reply)


def test_no_answer_is_longer_than_an_agent_can_read(home: Path) -> None:
    server = _hostile(home, {"name": "send", "description": "x" * 300_000, "inputSchema": {}})

    result = _ask(server, "tools/call", name="check_tool", arguments={"server": "hostile", "tool": "send"})
    found = _ask(server, "tools/call", name="search_servers", arguments={"words": "hostile"})["result"]

    assert "more than the 200000 that an agent is given" in result["result"]["content"][0]["text"]
    assert len(found["structuredContent"]["servers"][0]["description"]) <= 300


@pytest.mark.parametrize(
    ("since", "told"),
    [("2026-11-02T05Z", True), ("2026-11-02T05:06:07Z", True), ("2026-11-02T05:06:08Z", False)],
)
def test_changes_since_an_hour_are_told_from_its_beginning(home: Path, since: str, told: bool) -> None:
    server = _hostile(home, {"name": "send", "inputSchema": {}})

    found = _ask(server, "tools/call", name="list_changes", arguments={"since": since, "server": "hostile"})

    assert bool(found["result"]["structuredContent"]["changes"]) is told


def test_a_record_that_is_away_is_told_and_asked_again(home: Path) -> None:
    server = _hostile(home, {"name": "send", "inputSchema": {}})
    given = {"name": "check_server", "arguments": {"server": "hostile"}}
    with sqlite3.connect(home / "tollhouse.db") as record:
        record.execute("ALTER TABLE servers RENAME TO away")
    away = _ask(server, "tools/call", **given)["result"]
    with sqlite3.connect(home / "tollhouse.db") as record:
        record.execute("ALTER TABLE away RENAME TO servers")

    assert (away["isError"], "cannot be read" in away["content"][0]["text"]) == (True, True)
    assert _ask(server, "tools/call", **given)["result"]["isError"] is False
