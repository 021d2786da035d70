"""Packages of Node.js made of their source: what a build leaves is one archive or nothing."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.packages.build_node import build_package, source_tarball, unbuilt
from crawler.introspect.packages.install import NotInstalled
from crawler.introspect.packages.install_release import install_release
from crawler.introspect.packages.release import Release
from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.targets import Wish, introspect
from crawler.introspect.workshop import Workshop
from crawler.snapshots import Method, Snapshot

SERVER = """#!/usr/bin/env node
require('readline').createInterface({input: process.stdin}).on('line', (line) => {
  const request = JSON.parse(line)
  if (request.id === undefined) return
  const hello = {protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {name: 'demo', version: '1'}}
  const result = request.method === 'initialize' ? hello : {tools: [{name: 'echo', inputSchema: {type: 'object'}}]}
  console.log(JSON.stringify({jsonrpc: '2.0', id: request.id, result}))
})
"""
#: Takes the place of a compiler: it copies what it compiles, and prints.
COMPILER = """#!/usr/bin/env node
const fs = require('fs')
console.log('compiling')
if (fs.existsSync('wants-root') && process.argv.slice(2).join() !== '--rootDir,src') process.exit(1)
fs.mkdirSync('dist')
fs.copyFileSync('src/index.ts', 'dist/index.js')
"""


def project(**manifest: Any) -> dict[str, bytes]:
    """A server whose program only its build makes."""
    package = {
        "name": "demo-mcp",
        "version": "1.0.0",
        "bin": "./dist/index.js",
        "files": ["dist"],
        "scripts": {"build": "tsc"},
        "devDependencies": {"compiler": "1.0.0"},
        **manifest,
    }
    return {
        "package.json": json.dumps(package).encode(),
        "src/index.ts": SERVER.encode(),
        "tsconfig.json": b"{}",
        ".npmrc": b"registry=http://127.0.0.1:9/\n",
    }


@pytest.fixture
def registry(index: Any) -> Any:
    """A registry of npm that has the compiler."""
    package = {"name": "compiler", "version": "1.0.0", "bin": {"tsc": "tsc.js"}}
    tarball = index.tarred(
        {"package/package.json": json.dumps(package).encode(), "package/tsc.js": COMPILER.encode()}
    )
    digest = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    origin = index.url.replace("/simple/", "")
    dist = {"tarball": f"{origin}/archives/compiler.tgz", "integrity": f"sha512-{digest}"}
    index.archives["compiler.tgz"] = tarball
    told = {
        "name": "compiler",
        "dist-tags": {"latest": "1.0.0"},
        "versions": {"1.0.0": {**package, "dist": dist}},
    }
    index.pages["/npm/compiler"] = json.dumps(told).encode()
    return index


@pytest.fixture(params=[Bubblewrap, Landlock], ids=["bubblewrap", "landlock"])
def confining(
    request: pytest.FixtureRequest,
    make_workshop: Callable[..., Workshop],
    registry: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Workshop:
    """A workshop with each sandbox in which builds run."""
    workshop = make_workshop(sandbox=request.param.find(), folder=tmp_path_factory.mktemp("folder"))
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    return workshop


def built(files: dict[str, bytes], workshop: Workshop, bench: Path) -> Release:
    bench.chmod(0o777)
    return build_package(source_tarball(files, "", bench), workshop=workshop, bench=bench / "built")


@pytest.mark.sandbox
@pytest.mark.node
def test_a_folder_is_built_and_lists_its_tools(confining: Workshop, tmp_path: Path) -> None:
    """With the compiler that it names, from a registry that it does not."""
    for path, content in project().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)

    (outcome,) = introspect([str(tmp_path)], Wish(workshop=confining, folder=tmp_path, widest=False))

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.method, outcome.release, [tool.name for tool in outcome.tools]) == (
        Method.LIVE,
        "1.0.0",
        ["echo"],
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".npmrc",
        "package.json",
        "src",
        "tsconfig.json",
    ]


@pytest.mark.sandbox
@pytest.mark.node
@pytest.mark.parametrize(
    "build",
    ["pnpm run compile && yarn check", "exit 1", "nothing-of-the-kind"],
    ids=["other package managers", "a script that fails", "a program that is not here"],
)
def test_the_compiler_is_enough(build: str, registry: Any, workshop: Workshop) -> None:
    """Where the script cannot do all that it does for its authors."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    scripts = {"build": build, "compile": "tsc", "check": "true"}
    with workshop.bench() as bench:
        release = built(project(scripts=scripts), workshop, bench)

    assert sorted(release.files) == ["dist/index.js", "package.json"]


@pytest.mark.sandbox
@pytest.mark.node
def test_a_lock_that_names_what_is_gone_is_left_out(registry: Any, workshop: Workshop) -> None:
    """The versions that the manifest admits will do."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    gone = {
        "version": "1.0.1",
        "resolved": registry.url.replace("/simple/", "/archives/gone.tgz"),
        "dev": True,
    }
    packages = {"": {"devDependencies": {"compiler": "^1.0.0"}}, "node_modules/compiler": gone}
    lock = json.dumps({"lockfileVersion": 3, "packages": packages}).encode()
    tree = project(devDependencies={"compiler": "^1.0.0"}) | {"package-lock.json": lock}
    with workshop.bench() as bench:
        release = built(tree, workshop, bench)

    assert sorted(release.files) == ["dist/index.js", "package.json"]


@pytest.mark.sandbox
@pytest.mark.node
def test_tools_that_nobody_else_has_are_left_out(registry: Any, workshop: Workshop) -> None:
    """What the package itself needs is not."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    tools = {"@own/rules": "^1.0.0", "compiler": "1.0.0", "own-style": "2.0.0"}
    with workshop.bench() as bench:
        release = built(project(devDependencies=tools), workshop, bench)
    with workshop.bench() as bench, pytest.raises(NotInstalled, match="E404"):
        built(project(dependencies={"own-kit": "1.0.0"}), workshop, bench)

    assert sorted(release.files) == ["dist/index.js", "package.json"]


@pytest.mark.sandbox
@pytest.mark.node
def test_a_newer_compiler_is_told_where_the_source_is(registry: Any, workshop: Workshop) -> None:
    """Where it makes nothing otherwise."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    with workshop.bench() as bench:
        release = built(project() | {"wants-root": b""}, workshop, bench)

    assert sorted(release.files) == ["dist/index.js", "package.json"]


@pytest.mark.sandbox
@pytest.mark.node
def test_what_a_script_made_before_it_failed_is_kept(registry: Any, workshop: Workshop) -> None:
    """The compiler alone would write something else in its place."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    build = "mkdir -p dist && echo bundled > dist/index.js && cd nowhere"
    with workshop.bench() as bench:
        release = built(project(scripts={"build": build}), workshop, bench)

    assert release.files["dist/index.js"] == b"bundled\n"


@pytest.mark.sandbox
@pytest.mark.node
@pytest.mark.parametrize(
    "build",
    [
        pytest.param("mkdir dist; ln -s /etc/passwd dist/index.js", id="a link"),
        pytest.param("mkdir dist ../out/1; touch ../out/1/b.tgz dist/index.js", id="several archives"),
        pytest.param("rm -rf src tsconfig.json", id="nothing"),
        pytest.param(
            "node -e \"fetch('http://127.0.0.1:1').catch(() => process.exit(1))\" && tsc; rm tsconfig.json", id="no network"
        ),
    ],
)  # fmt: skip
def test_a_build_that_leaves_something_else_is_refused(build: str, registry: Any, workshop: Workshop) -> None:
    """Nothing of what it wrote is on this machine."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    with workshop.bench() as bench, pytest.raises(NotInstalled) as refusal:
        built(project(scripts={"build": build}), workshop, bench)

    assert str(refusal.value).startswith("no package could be built of its source: ")


@pytest.mark.sandbox
@pytest.mark.node
def test_what_has_its_programs_is_installed_as_it_is_where_its_build_fails(
    registry: Any, workshop: Workshop
) -> None:
    """What it would ship besides may not be needed."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    files = {**project(bin="cli.js", scripts={"build": "rm package.json"}), "cli.js": SERVER.encode()}
    with workshop.bench() as bench:
        release = built(files, workshop, bench)

    assert (release.version, set(release.files)) == ("1.0.0", set(files))


@pytest.mark.parametrize(
    ("manifest", "more", "expected"),
    [
        ({}, {}, True),
        ({}, {"dist/index.js": b""}, False),
        ({"bin": {"a": "dist/a.js", "b": "./src/index.ts"}}, {}, True),
        ({"bin": {"b": "./src/index.ts"}, "files": ["src"]}, {}, False),
        ({"bin": None, "files": None}, {}, False),
        (
            {"bin": "cli.js"},
            {"cli.js": b"#!/usr/bin/env node\nimport {\n  run,\n} from './dist/run.js'\n"},
            True,
        ),
        ({"bin": "cli.js"}, {"cli.js": b"import { run } from './dist/run.js'\nrun()\n"}, True),
        ({"bin": "cli.js"}, {"cli.js": b"run()"}, True),
        ({"bin": "cli.js", "files": ["cli.js", "*.md", "/src/*"]}, {"cli.js": b"run()"}, False),
        ({"bin": "cli.js"}, {"cli.js": b"const run = require('./dist')\n"}, True),
        (
            {"bin": "bin/cli.js", "files": ["bin"]},
            {"bin/cli.js": b"await import('../src/index.ts')\n"},
            False,
        ),
        (
            {"bin": "cli.js", "files": []},
            {"cli.js": b"// as in import './dist/run.js'\nlet x = \"require('./no')\"\n"},
            False,
        ),
        ({"scripts": {"prepare": "tsc"}}, {}, True),
        ({"scripts": {"test": "x"}}, {}, False),
        ({"scripts": []}, {}, False),
    ],
)
def test_only_what_lacks_its_programs_is_built(
    manifest: dict[str, Any], more: dict[str, bytes], expected: bool
) -> None:
    """And says how it is built."""
    assert unbuilt({**project(**manifest), **more}) is expected
    assert unbuilt({"package.json": b"[]"}) is False


@pytest.mark.sandbox
@pytest.mark.node
def test_a_package_is_built_with_those_of_its_workspace_that_it_needs(
    registry: Any, workshop: Workshop
) -> None:
    """In the words of another package manager; what it needs to run is installed with it, what it needs to be built is not."""
    vars(workshop)["npm_registry"] = registry.url.replace("/simple/", "/npm/")
    needs = {"dependencies": {"@x/kit": "workspace:^"}, "devDependencies": {"@x/rules": "workspace:*"}}
    scripts = {"build": "tsc && cp ../../shared.ts ../kit/dist/index.js dist && mv dist/shared.ts dist/x"}
    server = project(scripts=scripts, bin="dist/index.js", **needs)
    kit = project(name="@x/kit", bin=None, version=None, devDependencies={"compiler": "catalog:"})
    rules = {"package.json": json.dumps({"name": "@x/rules", "private": True}).encode()}
    tree = {
        "package.json": json.dumps({"private": True, "devDependencies": {"gone": "link:../gone"}}).encode(),
        "pnpm-workspace.yaml": b"packages: ['packages/*']\ncatalog:\n  compiler: ^1.0.0\n",
        "shared.ts": b"",
        "elsewhere/package.json": b'{"name": "elsewhere", "dependencies": {"@x/none": "1.0.0"}}',
        **{f"packages/server/{path}": content for path, content in server.items()},
        **{f"packages/kit/{path}": content for path, content in kit.items()},
        **{f"packages/rules/{path}": content for path, content in rules.items()},
    }
    with workshop.bench() as bench:
        bench.chmod(0o777)
        release = source_tarball(tree, "packages/server", bench)
        made = build_package(release, workshop=workshop, bench=bench / "built")
        installation = install_release(made, workshop=workshop, bench=bench / "installed")
        kept = sorted(
            path.relative_to(installation.folder).as_posix()
            for path in installation.folder.glob("node_modules/**/package.json")
        )

    assert sorted(made.files) == ["dist/index.js", "dist/x", "package.json"]
    assert json.loads(made.files["package.json"])["dependencies"] == {"@x/kit": "0.0.0"}
    assert kept == ["node_modules/@x/kit/package.json", "node_modules/demo-mcp/package.json"]
