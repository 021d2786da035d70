"""The catalogue's MCP server over HTTP: who may ask, what each era is told, and the official client in both."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Literal

import anyio
import httpx
import pytest
from mcp import Client

from catalogue.store import Store
from classifier.verdicts import VERSION, classify_all
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

NEW = "2026-07-28"
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": NEW,
    "io.modelcontextprotocol/clientInfo": {"name": "t", "version": "0"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running server over a record of one server."""
    home = tmp_path_factory.mktemp("home")
    name = ServerName.parse("pypi:mail-box")
    tool = Tool.read(
        {"name": "delete_mail", "description": "Delete a mail for good.", "inputSchema": {"type": "object"}}
    )
    store = Store.open(f"sqlite:///{home / 'tollhouse.db'}")
    taken = Snapshot(
        server=name, release="1.0", method=Method.LIVE, tools=(tool,), taken_at="2026-11-01T00:00:00Z"
    )
    store.save(Server(name=name, version="1.0"), (taken,))
    store.judge(classify_all, VERSION)
    store.close()
    code = "import sys; sys.argv = ['tollhouse', 'mcp', '--http', '127.0.0.1:0']; from catalogue.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "TOLLHOUSE_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        found = re.search(r"http://\S+", said)
        assert found, said
        yield found[0]
        process.terminate()
        assert process.wait(30) == 0


def _post(url: str, message: dict[str, Any], **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(url, content=json.dumps(message), headers={"content-type": "application/json", **named})


def _message(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_official_client_lists_and_calls_it(url: str, mode: Literal["legacy", "auto"]) -> None:
    async def converse() -> tuple[set[bool | None], dict[str, Any], bool]:
        with anyio.fail_after(60):
            async with Client(url, mode=mode) as client:
                listed = await client.list_tools()
                known = await client.call_tool("check_server", {"server": "mail-box"})
                wrong = await client.call_tool("check_server", {"server": "mail-bax"})
                hints = {
                    tool.annotations.read_only_hint if tool.annotations else None for tool in listed.tools
                }
                return hints, known.structured_content, wrong.is_error

    hints, answer, is_error = anyio.run(converse)

    assert hints == {True}
    assert answer["advice"] == "connect-with-rule"
    assert is_error


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "attacker.example"}, 421),
        ({"origin": "https://attacker.example"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({}, 200),
    ],
)
def test_a_page_in_a_browser_cannot_ask(url: str, headers: dict[str, str], status: int) -> None:
    body = json.dumps(_message("tools/list"))

    answer = httpx.post(url, content=body, headers={"content-type": "application/json", **headers})

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("message", "headers", "status", "code"),
    [
        (_message("tools/list"), {}, 200, None),
        (_message("nothing/such"), {}, 200, -32601),
        (_message("tools/list"), {"mcp_protocol_version": "2025-11-25"}, 200, None),
        (
            _message("tools/list", _meta=ENVELOPE),
            {"mcp_protocol_version": NEW, "mcp_method": "tools/list"},
            200,
            None,
        ),
        (_message("tools/list", _meta=ENVELOPE), {"mcp_protocol_version": NEW}, 400, -32020),
        (
            _message("tools/list", _meta=ENVELOPE),
            {"mcp_protocol_version": NEW, "mcp_method": "ping"},
            400,
            -32020,
        ),
        (_message("tools/list"), {"mcp_protocol_version": NEW, "mcp_method": "tools/list"}, 400, -32602),
        (
            _message("nothing/such", _meta=ENVELOPE),
            {"mcp_protocol_version": NEW, "mcp_method": "nothing/such"},
            404,
            -32601,
        ),
        (
            _message(
                "tools/list", _meta={**ENVELOPE, "io.modelcontextprotocol/protocolVersion": "1900-01-01"}
            ),
            {"mcp_protocol_version": "1900-01-01", "mcp_method": "tools/list"},
            400,
            -32022,
        ),
    ],
)
def test_each_era_is_answered_in_its_own_way(
    url: str, message: dict[str, Any], headers: dict[str, str], status: int, code: int | None
) -> None:
    answer = _post(url, message, **headers)

    assert (answer.status_code, answer.json().get("error", {}).get("code")) == (status, code)


def test_what_is_no_question_is_told(url: str) -> None:
    kind = {"content-type": "application/json"}

    assert httpx.get(url).status_code == 405
    assert httpx.post(url, content="nonsense", headers=kind).status_code == 400
    assert httpx.post(f"{url}/elsewhere", content="{}", headers=kind).status_code == 404
    assert _post(url, {"jsonrpc": "2.0", "method": "notifications/initialized"}).status_code == 202
