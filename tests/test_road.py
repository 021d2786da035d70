"""The whole road: a package on an index becomes pages and a policy, and the proxy holds the server to it."""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

BIN = Path(sys.executable).parent

#: A server in the standard library, so that nothing but its own wheel must be on the index.
SERVER = """
import json, sys

def tool(name, description, **properties):
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": description, "inputSchema": schema}

TEXT, AMOUNT = {"type": "string"}, {"type": "number"}
TOOLS = [
    tool("list_notes", "List all notes."),
    tool("add_note", "Create a new note with this text.", text=TEXT),
    tool("delete_note", "Permanently delete a note. This cannot be undone.", title=TEXT),
    tool("create_refund", "Refund a customer's payment.", amount=AMOUNT),
]

def answer(method, params):
    if method == "initialize":
        return {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": {"name": "n", "version": "1"}}
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        print("called", params["name"], file=sys.stderr, flush=True)
        return {"content": [{"type": "text", "text": "done " + params["name"]}]}

def main():
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        result = answer(message["method"], message.get("params", {}))
        reply = {"result": result} if result else {"error": {"code": -32601, "message": "Method not found"}}
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **reply}), flush=True)
"""


def _wheel() -> bytes:
    info = "toll_notes-1.0.dist-info"
    files = {
        "toll_notes.py": SERVER,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: toll-notes\nVersion: 1.0\nSummary: Notes.\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ntoll-notes = toll_notes:main\n",
    }
    lines = []
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(text.encode())}")
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A package index on loopback, as a mirror serves it: folders and HTML."""
    folder = tmp_path_factory.mktemp("index")
    content = _wheel()
    page = folder / "simple" / "toll-notes" / "index.html"
    page.parent.mkdir(parents=True)
    name = "toll_notes-1.0-py3-none-any.whl"
    (page.parent / name).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    page.write_text(f'<!DOCTYPE html><html><body><a href="{name}#sha256={digest}">{name}</a></body></html>')
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/simple/"
        server.shutdown()
        thread.join()


class Home:
    """One person's folders, and the two commands in them."""

    def __init__(self, folder: Path, index: str) -> None:
        self.folder = folder
        self.environment = {**os.environ, "TOLLHOUSE_HOME": str(folder), "PIP_INDEX_URL": index}

    def run(self, *words: str, code: int = 0) -> str:
        """What the command printed; it must exit with *code*."""
        program = BIN / ("tollhouse-proxy" if words[0] == "proxy" else "tollhouse")
        done = subprocess.run(
            [program, *words[words[0] == "proxy" :]],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, index: str) -> Home:
    """A home in which the crawl has been run once."""
    home = Home(tmp_path_factory.mktemp("home"), index)
    home.run("crawl", "--package", "toll-notes", "--package", "toll-missing")
    home.run("classify")
    return home


@pytest.mark.sandbox
def test_every_server_ends_as_a_value(home: Home) -> None:
    lines = [json.loads(line) for line in home.run("export").splitlines()]

    assert [line["server"]["name"] for line in lines] == ["pypi:toll-missing", "pypi:toll-notes"]
    assert lines[0]["skipped"]["reason"] == "not_found"
    assert lines[1]["snapshot"]["method"] == "live"
    assert [tool["name"] for tool in lines[1]["tools"]] == [
        "list_notes",
        "add_note",
        "delete_note",
        "create_refund",
    ]


@pytest.mark.sandbox
def test_each_tool_is_judged_and_has_a_page(home: Home, tmp_path: Path) -> None:
    home.run("build", "--out", str(tmp_path / "public"))

    shown = json.loads(home.run("show", "toll-notes", "--json"))
    pages = tmp_path / "public" / "s" / "pypi" / "toll-notes" / "t"

    assert {tool["name"]: tool["category"] for tool in shown["tools"]} == {
        "list_notes": "read",
        "add_note": "write",
        "delete_note": "destructive",
        "create_refund": "financial",
    }
    assert {page.parent.name for page in pages.glob("*/index.html")} == {
        tool["name"] for tool in shown["tools"]
    }


@pytest.mark.sandbox
@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_proxy_holds_the_server_to_the_suggested_policy(
    home: Home, tmp_path: Path, mode: Literal["legacy", "auto"]
) -> None:
    policy, module = tmp_path / "policy.json", tmp_path / "toll_notes.py"
    home.run("policy", "suggest", "toll-notes", "--preset", "strict", "-o", str(policy))
    module.write_text(SERVER + "\nmain()\n")
    audit = tmp_path / "audit.jsonl"
    proxy = StdioServerParameters(
        command=str(BIN / "tollhouse-proxy"),
        args=["stdio", "--policy", str(policy), "--audit", str(audit), "--", sys.executable, str(module)],
        env=home.environment,
    )

    async def converse() -> tuple[list[str], dict[str, str]]:
        said: dict[str, str] = {}
        with anyio.fail_after(60):
            async with Client(proxy, mode=mode) as client:
                tools = [tool.name for tool in (await client.list_tools()).tools]
                for name, arguments in (
                    ("list_notes", {}),
                    ("create_refund", {"amount": 5}),
                    ("delete_note", {"title": "x"}),
                    ("never_heard_of", {}),
                ):
                    try:
                        result = await client.call_tool(name, arguments)
                        said[name] = f"{'error' if result.is_error else 'fine'}: {result.content[0].text}"
                    except MCPError as error:
                        said[name] = f"refused: {error.error.message}"
        return tools, said

    tools, said = anyio.run(converse)

    assert tools == ["list_notes", "add_note", "create_refund"]
    assert said["list_notes"] == "fine: done list_notes"
    assert said["create_refund"].startswith("error: ")
    assert said["delete_note"] == "refused: Unknown tool: delete_note"
    assert not said["never_heard_of"].startswith("fine")
    home.run("proxy", "audit", "verify", str(audit))
    assert '"amount"' in audit.read_text(encoding="utf-8")
