"""Packages that need more and more help, each introspected as the crawl does it."""

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.launching import Launching
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.workshop import Workshop
from crawler.mcp.stdio import Patience
from crawler.servers import Server
from crawler.snapshots import Method, Observation, Profile, Rung, Skipped, SkipReason, Snapshot
from crawler.tools import Tool
from tests.crawler.introspect.conftest import NAME, PYTHON, configured, server_source, wheel

pytestmark = pytest.mark.sandbox

NOW = "2026-11-23T12:00:00Z"
DUMMY = "dummydummydummydummydummydum"
ECHO = Tool.read(
    {"name": "echo", "description": "Say it again.", "inputSchema": {"type": "object", "properties": {}}}
)


def unless(condition: str, words: str) -> str:
    """Start-up code that ends the server with these words unless the condition holds."""
    return f"if not ({condition}): sys.exit({words!r})"


#: Start-up code of a server that a person has to let in, by way of a browser.
LOGIN = """
import http.server, urllib.request, webbrowser
def ask(address): return json.load(urllib.request.urlopen(address))
found = ask(os.environ["DEMO_URL"] + "/.well-known/openid-configuration")
codes = []
class Back(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        codes.append(self.path)
        self.send_response(200)
        self.end_headers()
    def log_message(self, *given): pass
with http.server.HTTPServer(("127.0.0.1", 0), Back) as server:
    back = f"http://127.0.0.1:{server.server_port}/back"
    webbrowser.open(f"{found['authorization_endpoint']}?redirect_uri={back}&state=abc")
    server.timeout = 10
    server.handle_request()
if not codes or "state=abc" not in codes[0]: sys.exit("no login")
if not ask(found["token_endpoint"])["access_token"]: sys.exit("no token")
"""


@pytest.mark.parametrize(
    ("before", "readme", "profile", "outcomes"),
    [
        pytest.param("", "", {"command": ("demo-mcp",), "step": "bare"}, ["listed"], id="bare"),
        pytest.param(
            unless("sys.argv[1:] == ['--db', ':memory:']", "which database?"),
            configured(args=["demo-mcp@latest", "--db", ":memory:"]),
            {"command": ("demo-mcp", "--db", ":memory:"), "step": "readme_args"},
            ["exited", "listed"],
            id="arguments from the README",
        ),
        pytest.param(
            unless("os.environ.get('DEMO_TOKEN')", ""),
            configured(env={"DEMO_TOKEN": "<your token>", "DEMO_MODE": "fast"}),
            {
                "command": ("demo-mcp",),
                "environment": {"DEMO_TOKEN": DUMMY, "DEMO_MODE": "fast"},
                "step": "readme_env",
            },
            ["exited", "listed"],
            id="variables from the README",
        ),
        pytest.param(
            "if not os.environ.get('DEMO_URL'): sys.exit('DEMO_URL must be set, ' + 'far_away'.upper() + ' too')",
            "",
            {"command": ("demo-mcp",), "environment": {"DEMO_URL": "http://127.0.0.1:9"}, "step": "stderr_env"},
            ["needs_config", "listed"],
            id="a variable that stderr names",
        ),
        pytest.param(
            unless("os.environ.get('DEMO_URL', '').endswith('.demo.example')", "not a valid address (such as https://<you>.demo.example)")
            + "\nimport socket\ntry: socket.getaddrinfo('dummy.demo.example', 443)\nexcept OSError: pass",
            configured(env={"DEMO_URL": "https://..."}),
            {
                "command": ("demo-mcp",),
                "environment": {"DEMO_URL": "https://dummy.demo.example"},
                "step": "stderr_env",
            },
            ["exited", "exited", "listed"],
            id="an address of the kind that stderr shows",
        ),
        pytest.param(
            "with open(os.environ.get('DEMO_CREDENTIALS', ''), 'r+') as file:\n"
            "    keys = json.load(file)\n    assert keys['installed']['client_id'] == keys['client_id']",
            configured(env={"DEMO_CREDENTIALS": "/path/to/keys.json"}),
            {
                "command": ("demo-mcp",),
                "environment": {"DEMO_CREDENTIALS": "~/credentials.json"},
                "step": "stderr_env",
            },
            ["needs_config", "needs_config", "listed"],
            id="a file of credentials",
        ),
        pytest.param(
            unless("os.environ.get('DEMO_URL') and os.environ.get('DEMO_TOKEN')", "no environment variables are set"),
            "| Variable | |\n|---|---|\n| `DEMO_URL` | Where it is. |\n| `DEMO_TOKEN` | Who you are. |\n| `DEMO_LIMIT` | 1 |\n| `MCP_HOST` | |\n",
            {
                "command": ("demo-mcp",),
                "environment": {"DEMO_URL": "http://127.0.0.1:9", "DEMO_TOKEN": DUMMY},
                "step": "readme_env",
            },
            ["needs_config", "listed"],
            id="variables of an account that a table shows",
        ),
        pytest.param(
            unless("sys.argv[1:] == ['serve']", "usage: demo-mcp {login,serve} ..."),
            "",
            {"command": ("demo-mcp", "serve"), "step": "usage"},
            ["exited", "listed"],
            id="a subcommand that the usage names",
        ),
        pytest.param(
            "if '--help' in sys.argv: sys.exit('usage: demo-mcp [--serve-as {http,stdio}]')\n"
            + unless("sys.argv[1:] == ['--serve-as', 'stdio']", ""),
            "",
            {"command": ("demo-mcp", "--serve-as", "stdio"), "step": "usage"},
            ["exited", "listed"],
            id="an argument that only the help names",
        ),
        pytest.param(
            "import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument('--db-path', required=True)\n"
            + unless("parser.parse_args().db_path == '/tmp/x.db'", "no"),
            "",
            {"command": ("demo-mcp", "--db-path", "/tmp/x.db"), "step": "usage"},
            ["needs_config", "listed"],
            id="an argument that is required",
        ),
        pytest.param(
            unless("os.path.exists('/usr/bin/demo-cli')", "install demo-cli first"),
            "",
            {"command": ("demo-mcp",), "step": "lifespan"},
            ["exited", "listed"],
            id="a program that goes on where it would end itself",
        ),
        pytest.param(
            "import urllib.request\nurllib.request.urlopen(os.environ['DEMO_URL'] + '/version')",
            configured(env={"DEMO_URL": "https://your-instance.example"}),
            {
                "command": ("demo-mcp",),
                "environment": {"DEMO_URL": "http://127.0.0.1:8999", "DOCKER_HOST": "tcp://127.0.0.1:8999"},
                "step": "stub",
            },
            ["exited", "exited", "listed"],
            id="a service that answers",
        ),
        pytest.param(
            unless("sys.argv[1:] == ['serve']", "usage: demo-mcp {login,serve} ...")
            + "\nimport urllib.request\nurllib.request.urlopen(os.environ.get('DOCKER_HOST', 'http://127.0.0.1:9').replace('tcp', 'http') + '/version')",
            "",
            {
                "command": ("demo-mcp", "serve"),
                "environment": {"DOCKER_HOST": "tcp://127.0.0.1:8999"},
                "step": "stub",
            },
            ["exited", "exited", "listed"],
            id="a subcommand that the usage names, and a service that answers",
        ),
        pytest.param(
            LOGIN,
            configured(env={"DEMO_URL": "https://your-instance.example"}),
            {
                "command": ("demo-mcp",),
                "environment": {"DEMO_URL": "http://127.0.0.1:8999", "DOCKER_HOST": "tcp://127.0.0.1:8999"},
                "step": "stub",
            },
            ["exited", "exited", "listed"],
            id="a login in a browser",
        ),
        pytest.param(
            unless("os.environ.get('DEMO_TOKEN')", "") .replace("sys.exit('')", "TOOLS.clear()"),
            configured(env={"DEMO_TOKEN": "..."}),
            {"command": ("demo-mcp",), "environment": {"DEMO_TOKEN": DUMMY}, "step": "readme_env"},
            ["no_tools", "listed"],
            id="no tools and no error",
        ),
    ],
)  # fmt: skip
def test_the_least_help_that_suffices_is_found(
    before: str,
    readme: str,
    profile: dict[str, Any],
    outcomes: list[str],
    index: Any,
    workshop: Workshop,
) -> None:
    """Each step is tried only after those that help less, and all of them are on record."""
    index.offer_server("demo-mcp", before=before, readme=readme)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile == Profile(runtime=PYTHON, sandbox=workshop.sandbox.name, **profile)
    assert [rung.outcome for rung in outcome.rungs] == outcomes
    assert outcome.rungs[-1].step == profile["step"]
    assert outcome.tools == (ECHO,)
    assert outcome.observations == ()


@pytest.mark.parametrize(("load", "seen"), [(1.0, Skipped), (6_000.0, Snapshot)])
def test_a_busy_machine_waits_as_much_longer(
    load: float, seen: type[Skipped | Snapshot], index: Any, make_workshop: Any
) -> None:
    """Where everything takes longer, a server that is slow to start is listed all the same."""
    index.offer_server("demo-mcp")
    workshop = make_workshop(patience=Patience(total=0.01), load=lambda: load)

    outcome, *_ = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, seen), outcome


def test_a_snapshot_says_all_that_is_known(index: Any, workshop: Workshop) -> None:
    """Release, method, profile, time and what the server said of itself."""
    index.offer_server("demo-mcp", version="1.0")
    index.offer_server("demo-mcp", version="2.0")

    assert climb(Server(name=NAME, version="1.0"), workshop=workshop) == (
        Snapshot(
            server=NAME,
            release="1.0",
            method=Method.LIVE,
            profile=Profile(command=("demo-mcp",), runtime=PYTHON, sandbox=workshop.sandbox.name),
            tools=(ECHO,),
            taken_at=NOW,
            protocol_version="2025-06-18",
            server_info={"name": "fixture", "version": "1"},
            rungs=(Rung(step="bare", outcome="listed"),),
        ),
    )


def test_without_programs_the_module_is_started(index: Any, workshop: Workshop) -> None:
    """As with `python -m`, and with the arguments that a README gives after it."""
    main = "import sys\nif '--stdio' not in sys.argv: sys.exit('no')\nfrom demo_mcp import main\nmain()\n"
    source = wheel("demo-mcp", "", scripts="[x]\n", readme=configured(command="python", args=["-m", "demo_mcp", "--stdio"]),
                   extra={"demo_mcp/__init__.py": server_source().encode(), "demo_mcp/__main__.py": main.encode()})  # fmt: skip
    index.offer("demo-mcp", "demo_mcp-1.0-py3-none-any.whl", source)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.command == ("demo_mcp", "--stdio")


@pytest.mark.parametrize(
    ("scripts", "detail"),
    [
        ("[x]\n", "it names no program to start"),
        (
            "[console_scripts]\none = demo_mcp:main\ntwo = demo_mcp:main\n",
            "none of its programs is called like a server: one, two",
        ),
    ],
)
def test_what_cannot_be_started_says_so(scripts: str, detail: str, index: Any, workshop: Workshop) -> None:
    """Nothing is guessed."""
    index.offer("demo-mcp", "demo_mcp-1.0-py3-none-any.whl", wheel("demo-mcp", "", scripts=scripts))

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert outcome == skipped(
        SkipReason.NO_WHEEL, detail, Rung(step="bare", outcome="no_wheel", detail=detail)
    )


def test_the_widest_profile_is_a_second_outcome(index: Any, workshop: Workshop) -> None:
    """Where a flag that the help shows brings more tools; the default stays the first."""
    before = """
        if "--help" in sys.argv: sys.exit("usage: demo-mcp [options]\\n  --enable-writes  Allow writing.\\n")
        if "--enable-writes" in sys.argv: TOOLS.append({"name": "write"})
    """
    index.offer_server("demo-mcp", before=before)

    default, widest = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(default, Snapshot)
    assert isinstance(widest, Snapshot)
    assert (default.profile.name, [tool.name for tool in default.tools]) == ("default", ["echo"])
    assert (widest.profile.name, [tool.name for tool in widest.tools]) == ("widest", ["echo", "write"])
    assert widest.profile.command == ("demo-mcp", "--enable-writes")
    assert climb(Server(name=NAME), workshop=workshop, widest=False) == (default,)


@pytest.mark.parametrize(("seconds", "launches"), [(0, 4), (300, 2)])
def test_no_more_is_tried_once_it_has_taken_long(
    seconds: int, launches: int, index: Any, make_workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that lists at once may take all the time that it is given whenever it is asked for more."""
    moments = itertools.count()
    clock = lambda: datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=seconds * next(moments))  # noqa: E731
    launched = []
    listen = Launching._listen
    monkeypatch.setattr(Launching, "_listen", lambda *given: launched.append(given) or listen(*given))
    index.offer_server("demo-mcp", readme="`--enable-writes` allows writing, `--enable-deletes` deleting.")

    (outcome,) = climb(Server(name=NAME), workshop=make_workshop(clock=clock))

    assert isinstance(outcome, Snapshot)
    assert len(launched) == launches


def test_what_a_server_does_at_start_up_is_observed(index: Any, workshop: Workshop) -> None:
    """Hosts that it asks for, addresses that it listens on, files that it writes, programs that it starts."""
    before = """
        import socket, subprocess
        try: socket.getaddrinfo("telemetry.example.com", 443)
        except OSError: pass
        listener = socket.create_server(("0.0.0.0", 8000))
        with open(os.path.expanduser("~/.bashrc"), "w") as file: file.write("x")
        other = subprocess.Popen(["/usr/bin/sleep", "60"])
    """
    index.offer_server("demo-mcp", before=before)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot)
    assert outcome.observations == (
        Observation(kind="host", what="telemetry.example.com"),
        Observation(kind="listen", what="0.0.0.0:8000"),
        Observation(kind="file", what="~/.bashrc"),
        Observation(kind="process", what="/usr/bin/sleep 60"),
    )


def test_where_this_machine_keeps_things_is_not_told(index: Any, workshop: Workshop) -> None:
    """What a server says of its own place is known to whoever reads the catalogue."""
    index.offer_server("demo-mcp", before="raise SystemExit(f'not a place: {__file__}')")

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert str(workshop.folder) not in outcome.detail
    assert "demo_mcp.py" in outcome.detail
    home = Path.home()
    assert workshop.nameless(f"{home}/x {home}less {workshop.pool}/tmpabc/y") == f"~/x {home}less y"


def test_where_a_server_is_installed_is_the_same_everywhere(index: Any, workshop: Workshop) -> None:
    """It may say so in a definition, which would then tell of this machine, and be another one at each crawl."""
    tools = "[{'name': 'steady'}, {'name': 'placed', 'description': f'Reads {__file__}.'}]"
    index.offer_server("demo-mcp", tools=tools)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    placed = re.sub(r"python3\.\d+", "python", outcome.tools[1].description or "")
    assert placed == "Reads /opt/server/lib/python/site-packages/demo_mcp.py."
    assert outcome.unstable == ("placed",)


def test_without_a_loopback_nothing_answers_on_it(
    index: Any, make_workshop: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Landlock has none, which is on record; what is told last is what the server itself said."""
    index.offer_server("demo-mcp", before="raise SystemExit('it did not work')")
    workshop = make_workshop(sandbox=Landlock.find(), folder=tmp_path_factory.mktemp("folder"))

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert ([rung.step for rung in outcome.rungs], outcome.detail) == (
        ["bare", "lifespan", "stub"],
        "it did not work",
    )


def test_tools_that_differ_from_start_to_start_are_unstable(index: Any, workshop: Workshop) -> None:
    """Sets in a fixed order and a fixed hash seed are not enough for every server."""
    tools = "[{'name': 'steady', 'description': str({'a', 'b', 'c'})}, {'name': 'shaky', 'description': str(os.urandom(9))}]"
    index.offer_server("demo-mcp", tools=tools)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot)
    assert outcome.unstable == ("shaky",)


def test_a_server_that_no_help_starts_is_read_statically(index: Any, workshop: Workshop) -> None:
    """What the source registers is worth less than what the server lists, and marked so."""
    source = "@mcp.tool()\ndef add(a: int) -> int:\n    'Add one.'\n"
    extra = {"other.py": b"from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n" + source.encode()}
    index.offer_server("demo-mcp", before="raise SystemExit('no')", extra=extra)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot)
    assert (outcome.method, outcome.release, [tool.name for tool in outcome.tools]) == (
        Method.STATIC,
        "1.0",
        ["add"],
    )
    assert outcome.rungs == (
        *(Rung(step=step, outcome="exited", detail="no") for step in ("bare", "lifespan", "stub")),
        Rung(step="static", outcome="listed"),
    )


def test_tools_that_only_a_setting_brings_are_in_the_widest_profile(index: Any, workshop: Workshop) -> None:
    """Read from the source they are kept apart, as they are when the server lists them itself."""
    source = """
import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("x")

@mcp.tool()
def look(): ...

if os.environ.get("ALLOW_CHANGES") == "true":
    @mcp.tool()
    def change(): ...
"""
    index.offer_server("demo-mcp", before="raise SystemExit('no')", extra={"other.py": source.encode()})

    found = {
        outcome.profile.name: [tool.name for tool in outcome.tools]
        for outcome in climb(Server(name=NAME), workshop=workshop, method="static")
        if isinstance(outcome, Snapshot)
    }

    assert found == {"default": ["look"], "widest": ["look", "change"]}


def test_the_readme_is_the_last_resort_and_marked_as_such(index: Any, workshop: Workshop) -> None:
    """Neither the server nor its source shows a tool, so that the table for people is read."""
    readme = "# Demo\n\n## Tools\n\n| Tool | Description |\n|---|---|\n| `add_note` | Adds a note. |\n| `list_notes` | Lists notes. |\n"
    index.offer_server("demo-mcp", before="raise SystemExit('no')", readme=readme)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.method, outcome.profile.step, [tool.name for tool in outcome.tools]) == (
        Method.README,
        "readme",
        ["add_note", "list_notes"],
    )
    assert [rung.step for rung in outcome.rungs] == ["bare", "lifespan", "stub", "static", "readme"]


def skipped(reason: SkipReason, detail: str, *rungs: Rung) -> Skipped:
    return Skipped(server=NAME, reason=reason, detail=detail, taken_at=NOW, rungs=rungs)


def test_a_package_that_does_not_exist_is_not_found(index: Any, workshop: Workshop) -> None:
    """The index says so."""
    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert outcome == skipped(SkipReason.NOT_FOUND, f"{index.url}demo-mcp/: answered 404 Not Found")


def test_a_file_that_is_not_the_one_described_is_not_installed(index: Any, workshop: Workshop) -> None:
    """Its SHA-256 must be that of the index."""
    index.offer_server("demo-mcp")
    index.lies["demo_mcp-1.0-py3-none-any.whl"] = "0" * 64

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert outcome == skipped(SkipReason.HASH_MISMATCH, "the file is not the one that the index describes")


def test_without_a_sandbox_nothing_runs(index: Any, make_workshop: Any) -> None:
    """Where the source shows no tools either, the reason is the missing sandbox."""
    index.offer_server("demo-mcp", before="open('/tmp/ran', 'w')")

    (outcome,) = climb(Server(name=NAME), workshop=make_workshop(sandbox=None))

    detail = "this machine offers no sandbox, and nothing runs without one"
    assert isinstance(outcome, Skipped)
    assert (outcome.reason, outcome.detail) == (SkipReason.NO_SANDBOX, detail)
