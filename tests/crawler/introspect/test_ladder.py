"""Packages that need more and more help, each introspected as the crawl does it."""

import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from platform import machine
from typing import Any

import pytest

from crawler.introspect.attempts import Attempts
from crawler.introspect.ladder import climb
from crawler.introspect.packages.pythons import none_satisfies, pythons
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.workshop import Workshop
from crawler.mcp.stdio import Patience
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Observation, Profile, Rung, Skipped, SkipReason, Snapshot
from crawler.tools import Tool
from tests.crawler.introspect.conftest import server_source, wheel

pytestmark = pytest.mark.sandbox

NAME = ServerName("pypi", "demo-mcp")
NOW = "2026-11-23T12:00:00Z"
PYTHON = f"Python {next(pythons()).release}"
DUMMY = "dummydummydummydummydummydum"
ECHO = Tool.read(
    {"name": "echo", "description": "Say it again.", "inputSchema": {"type": "object", "properties": {}}}
)


def configured(**entry: object) -> str:
    """A README that shows this configuration of a client."""
    block = {"mcpServers": {"demo": {"command": "uvx", "args": ["demo-mcp"], **entry}}}
    return f"# Demo\n\n```json\n{json.dumps(block, indent=2)}\n```\n"


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


SDK = """
class Server:
    def __init__(self, lifespan=None):
        self.lifespan = lifespan
"""


def test_a_server_can_list_without_the_login_of_its_lifespan(index: Any, workshop: Workshop) -> None:
    """The hook works on whatever module takes the place of the SDK."""
    before = "from mcp.server.lowlevel.server import Server\ndef login(server): sys.exit('no login')\nlifespan = Server(lifespan=login).lifespan\nif lifespan is login: lifespan(None)"
    packages = {f"mcp/{folder}__init__.py": b"" for folder in ("", "server/", "server/lowlevel/")}
    index.offer_server(
        "demo-mcp", before=before, extra={**packages, "mcp/server/lowlevel/server.py": SDK.encode()}
    )

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot)
    assert outcome.profile == Profile(
        command=("demo-mcp",), step="lifespan", runtime=PYTHON, sandbox=workshop.sandbox.name
    )


def test_a_server_can_list_without_what_asks_an_account_which_tools_to_list(
    index: Any, workshop: Workshop
) -> None:
    """Given as an option or added later."""
    sdk = SDK.replace("lifespan=None):", "lifespan=None, middleware=()):").replace("Server", "FastMCP")
    sdk += "        self.between = list(middleware)\n    def add_middleware(self, one): self.between.append(one)\n"
    before = """
        from fastmcp.server.server import FastMCP
        server = FastMCP(middleware=[1])
        server.add_middleware(2)
        if server.between: sys.exit("no account")
    """
    packages = {f"fastmcp/{folder}__init__.py": b"" for folder in ("", "server/")}
    index.offer_server(
        "demo-mcp", before=before, extra={**packages, "fastmcp/server/server.py": sdk.encode()}
    )

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.step == "lifespan"


#: Two classes in the SDK's place: the outer one has tools and serves, the inner one is a part of it.
FAST = """
import json, sys
class FastMCP:
    def __init__(self, name=""):
        self.tools = [{"name": name}] * len(name)
    async def list_tools(self):
        return self.tools
    def run(self, transport="http"):
        assert transport == "stdio"
        for line in sys.stdin:
            message = json.loads(line)
            hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {}}
            result = hello if message["method"] == "initialize" else {"tools": self.tools[:1]}
            if "id" in message:
                print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)
"""


def test_what_a_server_has_registered_is_served_where_its_program_fails(
    index: Any, workshop: Workshop
) -> None:
    """Where several are made, that with the most tools; nothing where a module failed that may have had more."""
    failing = 'from fastmcp.server.server import FastMCP\nFastMCP("a"), FastMCP("all"), FastMCP("no")\nraise ValueError("down")\n'
    packages = {f"fastmcp/{folder}__init__.py": b"" for folder in ("", "server/")}
    extra = {**packages, "fastmcp/server/server.py": FAST.encode(), "failing.py": failing.encode()}
    index.offer_server("demo-mcp", before=failing, extra=extra)
    index.offer_server("other-mcp", before="import failing", extra=extra)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")
    (other,) = climb(Server(name=ServerName("pypi", "other-mcp")), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.profile.step, [tool.name for tool in outcome.tools]) == ("lifespan", ["all"])
    assert isinstance(other, Skipped)
    assert "lifespan" in [rung.step for rung in other.rungs]


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
    listen = Attempts._listen
    monkeypatch.setattr(Attempts, "_listen", lambda *given: launched.append(given) or listen(*given))
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


def test_a_server_of_the_first_sdk_is_given_the_first_sdk(index: Any, workshop: Workshop) -> None:
    """The second one lacks what it imports; its own release stays the same."""
    for version, module in (("1.9", "fastmcp"), ("2.3", "mcpserver")):
        package = {"mcp/__init__.py": b"", "mcp/server/__init__.py": b""}
        index.offer_server(
            "mcp", version=version, extra={**package, f"mcp/server/{module}.py": b"FastMCP = 1"}
        )
    index.offer_server("demo-mcp", before="from mcp.server.fastmcp import FastMCP", requires=["mcp"])

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.release, outcome.resolved, outcome.profile.repairs) == ("1.0", {"mcp": "1.9"}, ("mcp<2",))
    assert [(rung.step, rung.outcome) for rung in outcome.rungs] == [("bare", "exited"), ("repair", "listed")]


def test_a_server_that_drifted_from_its_dependencies_is_given_those_of_its_day(
    index: Any, workshop: Workshop
) -> None:
    """Nothing that was uploaded later than a day after the release itself."""
    for version, day, source in (("1.0", "2026-01-01", b"old = 1"), ("2.0", "2026-06-01", b"new = 1")):
        index.offer_server("needed", version=version, extra={"needed_parts.py": source})
        index.uploaded[f"needed-{version}-py3-none-any.whl"] = day
    index.offer_server("demo-mcp", before="from needed_parts import old", requires=["needed"])
    index.uploaded["demo_mcp-1.0-py3-none-any.whl"] = "2026-02-01"

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.release, outcome.profile.repairs) == ("1.0", ("before 2026-02-02",))
    assert [(rung.step, rung.outcome) for rung in outcome.rungs] == [("bare", "exited"), ("repair", "listed")]


def test_a_server_is_given_the_generation_of_a_library_that_has_what_it_imports(
    index: Any, workshop: Workshop
) -> None:
    """One after the other, where nothing tells of which day its release is."""
    for version, module in (("2.9", "tool"), ("3.1", "other"), ("4.0", "other")):
        package = {"fastmcp/__init__.py": b"", "fastmcp/tools/__init__.py": b""}
        index.offer_server(
            "fastmcp", version=version, extra={**package, f"fastmcp/tools/{module}.py": b"Tool = 1"}
        )
    index.offer_server("demo-mcp", before="from fastmcp.tools.tool import Tool", requires=["fastmcp>=2"])

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.resolved, outcome.profile.repairs) == ({"fastmcp": "2.9"}, ("fastmcp<4", "fastmcp<3"))
    assert [rung.step for rung in outcome.rungs] == ["bare", "repair", "repair"]


BACKEND = b"""
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "needed-1.0-py3-none-any.whl"
    with zipfile.ZipFile(folder + "/" + name, "w") as archive:
        for path, content in FILES.items():
            archive.writestr(path, content)
    return name
"""


def test_a_dependency_of_the_day_without_a_wheel_is_built(index: Any, workshop: Workshop) -> None:
    """What was uploaded later has one, and is what the server fell over."""
    index.offer_sdist("needed", BACKEND)
    index.offer(
        "needed", "needed-2.0-py3-none-any.whl", wheel("needed", "raise ImportError('x')", version="2.0")
    )
    index.offer_server("demo-mcp", before="import needed", requires=["needed>=0.5"])
    index.uploaded |= {
        "needed-1.0.tar.gz": "2026-01-01",
        "demo_mcp-1.0-py3-none-any.whl": "2026-02-01",
        "needed-2.0-py3-none-any.whl": "2026-06-01",
    }

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.repairs == ("before 2026-02-02", "needed 1.0 built from source")


def test_a_dependency_without_a_wheel_is_built(index: Any, workshop: Workshop) -> None:
    """Its build sees no network, and the snapshot says that it was built."""
    index.offer_sdist("needed", BACKEND)
    index.offer_server("demo-mcp", before="import needed", requires=["needed"])

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.repairs == ("needed 1.0 built from source",)


def test_an_interpreter_that_a_dependency_wants_is_used(index: Any, workshop: Workshop) -> None:
    """The first one that the package fits is not the one that all of it fits; its release stays the same."""
    _, *others = pythons()
    if not others:
        pytest.xfail("this machine has one interpreter alone")
    second = others[0]
    major, minor = second.version
    own = f"cp{major}{minor}"
    index.offer("needed", f"needed-1.0-{own}-{own}-manylinux_2_17_{machine()}.whl", wheel("needed", ""))
    index.offer_server("demo-mcp", requires=["needed"])

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.release, outcome.profile.runtime) == ("1.0", f"Python {second.release}")


def test_a_package_for_an_interpreter_that_is_not_here_is_read(index: Any, workshop: Workshop) -> None:
    """Why it was not run is on record, and no older release is taken."""
    extra = {
        "other.py": b"from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef add(): ...\n"
    }
    index.offer_server("demo-mcp", version="1.0")
    index.offer_server("demo-mcp", version="2.0", extra=extra)
    index.wants["demo_mcp-2.0-py3-none-any.whl"] = ">=3.99"

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.release, outcome.method, outcome.profile.runtime) == ("2.0", Method.STATIC, "")
    assert outcome.rungs == (
        Rung(step="bare", outcome="no_wheel", detail=none_satisfies(">=3.99")),
        Rung(step="static", outcome="listed"),
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


@pytest.mark.parametrize("address", ["https://api.demo.example/version", "http://api.demo.example"])
def test_every_host_answers_where_a_service_is_played(address: str, index: Any, workshop: Workshop) -> None:
    """Encrypted too, with a certificate that the libraries of most languages believe; and that it was asked is told."""
    before = f"""
        import urllib.request
        for host in ("", "www."):
            found = json.load(urllib.request.urlopen({address!r}.replace("api.", host + "api.")))
            if not found["ok"]: raise SystemExit("no")
    """
    index.offer_server("demo-mcp", before=before)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "stub"]
    hosts = ("api.demo.example", "www.api.demo.example")
    assert outcome.observations == tuple(Observation(kind="host", what=host) for host in hosts)


def test_a_service_is_played_first_to_who_wants_one(index: Any, workshop: Workshop) -> None:
    """And what a server makes of answers that mean nothing to it is not why it lists nothing."""
    before = """
        import urllib.request
        urllib.request.urlopen(os.environ["DEMO_URL"])
        raise SystemExit("an answer without sense")
    """
    readme = configured(env={"DEMO_URL": "https://your-instance.example"})
    index.offer_server("demo-mcp", before=before, readme=readme)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "readme_env", "stub", "lifespan"]
    assert outcome.rungs[2].detail == "an answer without sense"
    assert "refused" in outcome.detail


ASKING = """
for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        result = {"result": answer(message)}
        error = {"error": {"code": -32603, "message": WHY}}
        said = result if message["method"] == "initialize" else error
        print(json.dumps({"jsonrpc": "2.0", "id": message["id"], **said}), flush=True)
"""


@pytest.mark.parametrize("why", ["fetch failed", "the storage token is not provided"])
def test_who_asks_an_account_for_its_tools_is_in_need_of_one(
    why: str, index: Any, workshop: Workshop
) -> None:
    """It speaks the protocol well, and nobody could list it without; what it logs besides is not the reason."""
    index.offer_server("demo-mcp", before=f"WHY = {why!r}\nprint('ready', file=sys.stderr)\n{ASKING}")

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped), outcome
    assert (outcome.reason, outcome.detail) == (SkipReason.NEEDS_CONFIG, why)


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
