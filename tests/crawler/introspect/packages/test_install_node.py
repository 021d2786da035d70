"""Packages of an npm registry on loopback, installed and launched for real."""

import base64
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.packages.nodes import machine_node
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Profile, Skipped, SkipReason, Snapshot

pytestmark = [pytest.mark.sandbox, pytest.mark.node]

NAME = ServerName("npm", "@scope/demo-mcp")
RELEASE = machine_node(Path(shutil.which("node") or "node")).release
TOOLS = "[{name: 'echo', inputSchema: {type: 'object'}}]"
LAZY = "throw new Error('Could not locate the bindings file. Tried: x')"
SERVER = """#!/usr/bin/env node
const lines = require('readline').createInterface({input: process.stdin})
const tools = TOOLS
lines.on('line', (line) => {
  const request = JSON.parse(line)
  if (request.id === undefined) return
  const hello = {protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {name: 'demo', version: '1'}}
  const result = request.method === 'initialize' ? hello : {tools}
  console.log(JSON.stringify({jsonrpc: '2.0', id: request.id, result}))
})
"""


@pytest.fixture
def registry(index: Any, workshop: Workshop) -> Any:
    """The index, answering as an npm registry too."""
    vars(workshop)["npm_registry"] = index.url.replace("/simple/", "/npm/")
    return index


def offer(
    registry: Any,
    *,
    integrity: str = "",
    before: str = "",
    after: str = "",
    tools: str = TOOLS,
    readme: str = "",
    more: dict[str, str] | None = None,
    **manifest: Any,
) -> None:
    """Offer the server; *before* is what it does first, *tools* what it lists."""
    package = {
        "name": NAME.name,
        "version": "1.2.3",
        "bin": {"demo-mcp": "server.js", "setup": "setup.js"},
        **manifest,
    }
    source = SERVER.replace("\n", f"\n{before}\n", 1).replace("TOOLS", tools) + after
    files = {
        "package.json": json.dumps(package),
        "server.js": source,
        "lazy.js": LAZY,
        "setup.js": "process.exit(9)",
        "README.md": readme,
        **(more or {}),
    }
    tarball = registry.tarred({f"package/{path}": text.encode() for path, text in files.items()})
    digest = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    origin = registry.url.replace("/simple/", "")
    dist = {"tarball": f"{origin}/archives/demo.tgz", "integrity": integrity or f"sha512-{digest}"}
    registry.archives["demo.tgz"] = tarball
    registry.pages["/npm/@scope%2Fdemo-mcp/latest"] = json.dumps({**package, "dist": dist}).encode()


def test_a_package_is_installed_and_lists_its_tools(registry: Any, workshop: Workshop) -> None:
    """The newest release, by the program that is called like it."""
    offer(registry)

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.release, outcome.method, [tool.name for tool in outcome.tools]) == (
        "1.2.3",
        Method.LIVE,
        ["echo"],
    )
    assert outcome.profile == Profile(
        command=("demo-mcp",),
        runtime=f"Node.js {RELEASE}",
        sandbox=workshop.sandbox.name,  # type: ignore[union-attr]
    )


def test_a_program_is_linked_without_its_scope(registry: Any, workshop: Workshop) -> None:
    """Some manifests call the program like the whole package."""
    offer(registry, bin={"@scope/demo-mcp": "server.js"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.command == ("demo-mcp",)


def test_scripts_of_a_package_do_not_run(registry: Any, workshop: Workshop) -> None:
    """An install script that would break the installation is not even started."""
    offer(registry, scripts={"preinstall": "exit 7", "install": "exit 7", "postinstall": "exit 7"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop)

    assert isinstance(outcome, Snapshot), outcome


def test_without_programs_the_file_is_started_that_its_authors_start(
    registry: Any, workshop: Workshop
) -> None:
    """It is no part of what is installed below `node_modules`, but finds what is."""
    offer(registry, bin=None, scripts={"start": "npm run build && node --no-warnings ./server.js"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.command == ("server.js",)


def test_a_program_that_does_not_say_what_runs_it_is_run_by_node(registry: Any, workshop: Workshop) -> None:
    """A shell would, which reads no JavaScript."""
    bare = "server.cjs"
    offer(registry, bin={"demo-mcp": bare}, more={bare: SERVER.partition("\n")[2].replace("TOOLS", TOOLS)})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.command == ("demo-mcp",)


def test_a_program_that_makes_folders_beside_itself_is_given_a_copy(
    registry: Any, workshop: Workshop
) -> None:
    """Node.js says of the first that it is not there."""
    offer(registry, before="require('fs').mkdirSync(__dirname + '/.cache/logs', { recursive: true });")

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "writable"]


def test_what_has_nothing_to_start_says_so(registry: Any, workshop: Workshop) -> None:
    """Nothing is installed for it."""
    offer(registry, bin={}, scripts={"start": "next start"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped), outcome
    assert (outcome.reason, outcome.detail) == (
        SkipReason.NO_WHEEL,
        "its package.json names no program, nor does its script `start` start a file of it",
    )


BINDINGS = r"""
const finder = (options) => {
  const caller = new Error().stack.split('\n')[2]
  if (typeof options === 'string') options = {bindings: options}
  if (!options.module_root && caller.includes('native.cjs')) throw new Error('Could not find module root given file: ' + caller)
  throw new Error('Could not locate the bindings file. Tried: ' + options.module_root)
}
finder.getRoot = (file) => require('path').dirname(file)
module.exports = finder
"""


def test_a_finder_of_compiled_modules_asks_for_whom_it_looks(registry: Any, workshop: Workshop) -> None:
    """By the stack, on which it would find what makes an absent one do nothing."""
    offer(
        registry,
        before="require('bindings')('thing').open();",
        more={"node_modules/bindings/index.js": BINDINGS},
    )

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "native"]


@pytest.mark.parametrize(
    "before",
    [
        "const { open } = require('./build/Release/thing.node'); new (open('x').Handle)(`${open}`).on('y', () => 0);",
        "require('./lazy');",
    ],
)
def test_a_module_that_an_install_script_would_compile_does_nothing(
    before: str, registry: Any, workshop: Workshop
) -> None:
    """Install scripts never run, and what does not need it is listed all the same; the profile says so."""
    offer(registry, before=before)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile == Profile(
        command=("demo-mcp",),
        step="native",
        repairs=("without compiled modules that are not there",),
        runtime=f"Node.js {RELEASE}",
        sandbox=workshop.sandbox.name,  # type: ignore[union-attr]
    )
    assert [rung.outcome for rung in outcome.rungs] == ["exited", "listed"]


def test_a_variable_that_stderr_says_to_export_is_set(registry: Any, workshop: Workshop) -> None:
    """Whatever its name, which others have to be long for."""
    offer(
        registry,
        before="if (!process.env.DSN) { console.error('Set it: export DSN=\"...\"'); process.exit(1); }",
    )

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.profile.step, dict(outcome.profile.environment)) == (
        "stderr_env",
        {"DSN": "sqlite:////tmp/x.db"},
    )


@pytest.mark.parametrize(
    "before",
    [
        "if (!process.env.TOKEN) { console.error('no'); process.exit(1); }",
        "setImmediate(() => { throw new Error('the service is down'); });",
        "Promise.reject(new Error('login failed')).catch(() => process.exit(2));",
    ],
)
def test_a_server_that_would_end_itself_goes_on(before: str, registry: Any, workshop: Workshop) -> None:
    """For want of a token, of a service or of a login: none of them is needed to list what there is."""
    offer(registry, before=before)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.step == "lifespan"
    assert [tool.name for tool in outcome.tools] == ["echo"]


@pytest.mark.parametrize(
    "login",
    [
        "fetch('https://api.demo.example/login')",
        "new Promise((done, failed) => require('https').get('https://api.demo.example', done).on('error', failed))",
        "new Promise((done, failed) => require('http').get('http://api.demo.example:8080', done).on('error', failed))",
    ],
)
def test_every_host_is_a_service_that_answers(login: str, registry: Any, workshop: Workshop) -> None:
    """Whom a server logs in to before it serves at all need not be told to it."""
    offer(registry, before=f"{login}.then(() => {{", after="}, () => process.exit(1))")

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.profile.step == "stub"
    assert [tool.name for tool in outcome.tools] == ["echo"]
    assert outcome.observations == ()


def test_tools_for_who_has_an_account_are_a_profile_of_their_own(registry: Any, workshop: Workshop) -> None:
    """A README that shows a key shows how to have more tools."""
    block = {"mcpServers": {"d": {"command": "npx", "args": [NAME.name], "env": {"DEMO_KEY": "your-key"}}}}
    offer(
        registry,
        before="setTimeout(() => 0, 0); const more = process.env.DEMO_KEY ? [{name: 'more', inputSchema: {type: 'object'}}] : [];",
        readme=f"```json\n{json.dumps(block)}\n```",
        tools="[...more, {name: 'echo', inputSchema: {type: 'object'}}]",
    )

    default, widest = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(default, Snapshot)
    assert isinstance(widest, Snapshot)
    assert [tool.name for tool in default.tools] == ["echo"]
    assert [tool.name for tool in widest.tools] == ["more", "echo"]
    assert (widest.profile.name, list(widest.profile.environment)) == ("widest", ["DEMO_KEY"])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"integrity": "sha512-AAAA"}, SkipReason.HASH_MISMATCH),
        ({"name": "somebody-else"}, SkipReason.HASH_MISMATCH),
        ({"dependencies": {"not-there": "^1"}}, SkipReason.NOT_FOUND),
        ({"dependencies": {"elsewhere": "http://192.0.2.1/x.tgz"}}, SkipReason.NOT_FOUND),
        ({"bin": {"setup": "setup.js", "remove": "setup.js"}}, SkipReason.NO_WHEEL),
    ],
)
def test_what_cannot_be_installed_says_why(
    options: dict[str, Any], reason: SkipReason, registry: Any, workshop: Workshop
) -> None:
    """Wrong digests, other packages, dependencies that are nowhere or elsewhere, no program that is a server."""
    offer(registry, **options)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert outcome.reason is reason, outcome


def test_no_program_clones_a_repository_that_a_package_names(registry: Any, workshop: Workshop) -> None:
    """What is cloned may say which program clones."""
    offer(registry, dependencies={"x": "git+file:///proc/self/cwd/x.git"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert "command /usr/bin/false" in outcome.detail


def test_a_link_out_of_an_installation_is_not_followed(
    registry: Any, workshop: Workshop, tmp_path: Path
) -> None:
    """A dependency may be a folder, and npm links it whatever it is."""
    (tmp_path / "package.json").write_text('{"version": "9.9.9"}')
    offer(registry, dependencies={"zod": f"file:{tmp_path}"})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.resolved == {}


def test_a_release_is_the_one_that_the_registry_tells(registry: Any, workshop: Workshop) -> None:
    """A tarball may say that it is another; nobody compares them when it is published."""
    offer(registry)
    page = "/npm/@scope%2Fdemo-mcp/latest"
    registry.pages[page] = json.dumps({**json.loads(registry.pages[page]), "version": "1.2.4"}).encode()

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert (outcome.reason, outcome.detail) == (
        SkipReason.HASH_MISMATCH,
        "the tarball is that of version '1.2.3'",
    )


def test_a_package_that_wants_a_newer_node_and_fails_says_so(registry: Any, workshop: Workshop) -> None:
    """One that starts all the same is listed, whatever it wants."""
    offer(registry, engines={"node": ">=900"})
    (listed,) = climb(Server(name=NAME), workshop=workshop, method="live")
    offer(registry, engines={"node": ">=900"}, before="if (;")
    (skipped,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(listed, Snapshot), listed
    assert isinstance(skipped, Skipped), skipped
    assert "it wants Node.js >=900, and here is " in skipped.detail


def test_a_package_that_wants_what_this_node_lacks_and_does_not_say_so_makes_us_guess(
    registry: Any, workshop: Workshop
) -> None:
    """It is said to be a guess, and what the program said stands beside it."""
    offer(registry, before="process.ofANewerOne();")
    (skipped,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(skipped, Skipped), skipped
    assert skipped.detail.startswith("perhaps it wants a newer one than Node.js ")
    assert "process.ofANewerOne is not a function" in skipped.detail
