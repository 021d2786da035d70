"""Packages that list only without their login, or where somebody plays the service that they ask."""

from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName
from crawler.snapshots import Observation, Profile, Skipped, SkipReason, Snapshot
from tests.crawler.introspect.conftest import NAME, PYTHON, configured

pytestmark = pytest.mark.sandbox


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


def test_a_service_that_is_played_learns_what_it_has_yet_to_answer(index: Any, workshop: Workshop) -> None:
    """One thing after the other, and that something was made; the rungs tell of each."""
    before = """
        import urllib.request
        page = urllib.request.urlopen("http://api.demo.example", data=b"")
        found = json.load(page)
        if not isinstance(found["account"], str): raise SystemExit('Expected string, received object at "account"')
        if page.status != 201: raise SystemExit("it failed with HTTP 200")
    """
    index.offer_server("demo-mcp", before=before)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live", widest=False)

    assert [rung.step for rung in outcome.rungs] == ["bare", "stub", "stub", "stub", "stub"]
    assert isinstance(outcome, Snapshot), outcome


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
