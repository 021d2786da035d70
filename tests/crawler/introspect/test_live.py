"""Hostile servers in the sandbox: each ends in its reason, and takes nothing with it."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.live import Heard, Launch, listen, unstable
from crawler.introspect.packages.install import Installation
from crawler.introspect.sandboxes.sandbox import find_sandbox
from crawler.mcp.stdio import Patience
from crawler.snapshots import SkipReason
from crawler.tools import Tool

pytestmark = pytest.mark.sandbox

SHORT = Patience(total=4, line=4_000_000, output=8_000_000, most_errors=2_000_000)
#: For those that say nothing for as long as they are borne.
SHORTER = replace(SHORT, total=2)

#: Answers initialize, then does with the request for the list what follows.
POLITE = """
import json, os, signal, socket, subprocess, sys, time
def say(value): sys.stdout.write(json.dumps(value) + "\\n"); sys.stdout.flush()
def listed(tools, **rest): say({"jsonrpc": "2.0", "id": request["id"], "result": {"tools": tools, **rest}})
for line in sys.stdin:
    request = json.loads(line)
    if request["method"] == "initialize":
        say({"jsonrpc": "2.0", "id": request["id"], "result": {"protocolVersion": "2025-06-18", "capabilities": {}}})
    elif request["method"] == "tools/list":
"""


def polite(behaviour: str) -> str:
    return POLITE + "\n".join("        " + line for line in behaviour.splitlines())


def hear(tmp_path: Path, source: str, patience: Patience = SHORT) -> Heard:
    """Launch a server of one file, installed by hand."""
    tmp_path.chmod(0o755)
    program = tmp_path / "server"
    python = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    program.write_text(f"#!{python} -IS\n{source}")
    program.chmod(0o755)
    installation = Installation(
        name="server",
        version="1",
        folder=tmp_path,
        programs=tmp_path,
        code=tmp_path,
        scripts=("server",),
        readable=(tmp_path, Path(sys.base_prefix)),
    )
    sandbox = find_sandbox()
    assert sandbox is not None
    return listen(Launch(command=("server",)), installation, sandbox=sandbox, patience=patience)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("while True: print('x' * 1000)", SkipReason.OUTPUT_LIMIT, id="endless output"),
        pytest.param("import sys\nwhile True: sys.stdout.write('x' * 100000)", SkipReason.OUTPUT_LIMIT, id="a line without end"),
        pytest.param("import sys\nwhile True: sys.stderr.write('x' * 100000)", SkipReason.OUTPUT_LIMIT, id="endless errors"),
        pytest.param("while True: print('{\"a\": 1}')", SkipReason.OUTPUT_LIMIT, id="endless JSON that is no message"),
        pytest.param("import time; time.sleep(600)", SkipReason.TIMEOUT, id="sleeping"),
        pytest.param("while True: pass", SkipReason.TIMEOUT, id="busy"),
        pytest.param(
            "import signal, time\nfor s in (1, 2, 3, 15): signal.signal(s, signal.SIG_IGN)\nwhile True: time.sleep(600)",
            SkipReason.TIMEOUT,
            id="deaf to signals",
        ),
        pytest.param(
            "import os, time\nif os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)\ntime.sleep(600)",
            SkipReason.EXITED,
            id="daemonised with our pipes",
        ),
        pytest.param("import os\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)", SkipReason.EXITED, id="killing all it sees"),
        pytest.param("import os\nwhile True:\n  try: os.fork()\n  except OSError: pass", SkipReason.TIMEOUT, id="a storm of forks"),
        pytest.param("bytearray(2 << 30)", SkipReason.EXITED, id="all the memory"),
        pytest.param("import os\nwith open(os.environ['HOME'] + '/x', 'wb') as f:\n  while True: f.write(bytes(1 << 20))", SkipReason.EXITED, id="all the disk"),
        pytest.param("raise SystemExit('no')", SkipReason.EXITED, id="ended"),
        pytest.param("print('{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": []}'); input()", SkipReason.PROTOCOL_ERROR, id="a broken handshake"),
        pytest.param(polite("listed([{'name': f't{n}'} for n in range(100000)])"), SkipReason.OUTPUT_LIMIT, id="a hundred thousand tools"),
        pytest.param(polite("listed([], nextCursor='again')"), SkipReason.PROTOCOL_ERROR, id="one cursor for ever"),
        pytest.param(polite("listed([], nextCursor='a' if request['params'].get('cursor') == 'b' else 'b')"), SkipReason.PROTOCOL_ERROR, id="cursors in a circle"),
        pytest.param(polite("n = int(request['params'].get('cursor', 0)); listed([], nextCursor=str(n + 1))"), SkipReason.OUTPUT_LIMIT, id="pages without end"),
        pytest.param(polite("listed([{'name': 'a', 'inputSchema': {'x': 'y' * 5000000}}])"), SkipReason.OUTPUT_LIMIT, id="an enormous schema"),
        pytest.param(polite("x = {}\nfor _ in range(500): x = {'a': x}\nlisted([{'name': 'a', 'inputSchema': x}])"), SkipReason.PROTOCOL_ERROR, id="a schema without ground"),
        pytest.param(polite("listed([{'title': 'no name'}])"), SkipReason.PROTOCOL_ERROR, id="a tool without a name"),
        pytest.param(polite("listed('tools')"), SkipReason.PROTOCOL_ERROR, id="a list that is none"),
    ],
)  # fmt: skip
def test_a_hostile_server_ends_in_its_reason(source: str, reason: SkipReason, tmp_path: Path) -> None:
    """Neither the machine nor its neighbours notice."""
    heard = hear(tmp_path, source, SHORTER if reason is SkipReason.TIMEOUT else SHORT)

    assert (heard.reason, heard.tools) == (reason, ())


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(polite("listed([{'name': f't{n}'} for n in range(1000000)])"), id="a million tools"),
        pytest.param(polite("listed([{'name': 'a', 'inputSchema': {'x': 'y' * 50000000}}])"), id="a schema of 50 MB"),
        pytest.param("import sys\nfor _ in range(1000): sys.stdout.write('x' * 1000000)", id="a line of a gigabyte"),
    ],
)  # fmt: skip
def test_what_is_far_too_much_ends_by_the_bounds_of_a_crawl(source: str, tmp_path: Path) -> None:
    """As a crawl asks, with all the patience that it has."""
    heard = hear(tmp_path, source, Patience())

    assert (heard.reason, heard.tools) == (SkipReason.OUTPUT_LIMIT, ())


@pytest.mark.parametrize(
    "attack",
    [
        "open('/etc/shadow').read()",
        "os.listdir('/root') and 1 / 0",
        "open('/proc/1/mem', 'rb').read(1)",
        "open('/proc/sys/kernel/core_pattern', 'w')",
        "os.mknod('/tmp/disk', 0o60660, os.makedev(8, 0)) or open('/tmp/disk', 'rb')",
        "os.chmod(sys.argv[0], 0o4777)",
        "socket.create_connection(('192.0.2.1', 80), 1)",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "subprocess.run(['unshare', '-U', 'true'], check=True, stderr=subprocess.DEVNULL)",
        "subprocess.run(['mount', '-t', 'tmpfs', 'x', '/tmp'], check=True, stderr=subprocess.DEVNULL)",
    ],
)
def test_reaching_out_fails_inside(attack: str, tmp_path: Path) -> None:
    """The server lives on and tells which error it met."""
    caught = f"try: {attack}; said = 'done'\nexcept BaseException as e: said = type(e).__name__\nlisted([{{'name': said}}])"

    heard = hear(tmp_path, polite(caught), Patience(total=30))

    assert len(heard.tools) == 1, heard
    assert heard.tools[0].name in {
        "PermissionError",
        "FileNotFoundError",
        "OSError",
        "CalledProcessError",
        "ZeroDivisionError" if attack.startswith("os.listdir") else "OSError",
    }


def test_junk_before_and_between_is_passed_by(tmp_path: Path) -> None:
    """Banners and logs on the wrong stream do not hide the tools."""
    source = "print('Welcome!')\nprint('\\x00\\xff')\n" + polite("print('listing'); listed([{'name': 'a'}])")

    assert [tool.name for tool in hear(tmp_path, source).tools] == ["a"]


def test_a_schema_that_refers_to_itself_is_kept_as_it_is(tmp_path: Path) -> None:
    """Nobody follows the reference."""
    schema = {"$ref": "#", "properties": {"x": {"$ref": "http://192.0.2.1/schema.json"}}}

    heard = hear(tmp_path, polite(f"listed([{{'name': 'a', 'inputSchema': {schema!r}}}])"))

    assert heard.tools[0].input_schema == schema


def test_a_server_of_the_newer_era_is_found(tmp_path: Path) -> None:
    """It declines the handshake; a second process is asked in its own way."""
    source = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    answer = {"jsonrpc": "2.0", "id": request["id"]}
    if "_meta" not in request["params"]:
        answer["error"] = {"code": -32022, "message": "Unsupported protocol version"}
    elif request["method"] == "server/discover":
        answer["result"] = {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}}
    else:
        answer["result"] = {"resultType": "complete", "tools": [{"name": "a"}], "ttlMs": 0, "cacheScope": "public"}
    print(json.dumps(answer), flush=True)
"""
    heard = hear(tmp_path, source)

    assert heard.listing is not None
    assert (heard.listing.protocol_version, [tool.name for tool in heard.tools]) == ("2026-07-28", ["a"])


def tool(**definition: Any) -> Tool:
    return Tool.read(definition)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ((tool(name="a", inputSchema={"required": ["y", "x"]}), tool(name="b")), ()),
        ((tool(name="b"), tool(name="a", inputSchema={"required": ["x", "y"]})), ()),
        ((tool(name="a", inputSchema={"required": ["x"]}), tool(name="b")), ("a",)),
        ((tool(name="a", inputSchema={"required": ["x", "y"]}), tool(name="c")), ("b", "c")),
    ],
)
def test_only_what_differs_beyond_order_is_unstable(
    second: tuple[Tool, ...], expected: tuple[str, ...]
) -> None:
    """Sets have no order, lists of tools neither."""
    assert (
        unstable((tool(name="a", inputSchema={"required": ["x", "y"]}), tool(name="b")), second) == expected
    )
