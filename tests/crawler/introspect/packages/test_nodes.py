"""A Node.js that is newer than the machine's, where a package wants one: what the registry has, fetched once, and used."""

import base64
import gzip
import hashlib
import io
import json
import platform
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.workshop import Workshop
from crawler.servers import Server
from crawler.snapshots import Rung, Skipped, Snapshot
from tests.crawler.introspect.packages.test_install_node import NAME, offer

pytestmark = [pytest.mark.sandbox, pytest.mark.node]

PACKAGE = f"node-linux-{ {'x86_64': 'x64', 'aarch64': 'arm64'}.get(platform.machine(), platform.machine()) }"
REAL = Path(__file__).parents[4] / ".node" / "node_modules" / PACKAGE / "bin" / "node"
#: Says which one it is, and leaves the rest to the machine's own.
PROGRAM = f"""#!/bin/sh
export NEWER={{release}}
exec {Path(shutil.which("node") or "node").resolve()} "$@"
"""
ONLY_NEWER = "if (!process.env.NEWER) process.ofANewerOne();"
TOLD = "[{name: 'echo', description: process.env.NEWER, inputSchema: {type: 'object'}}]"


@pytest.fixture
def registry(index: Any, workshop: Workshop) -> Any:
    """The index, answering as an npm registry too."""
    vars(workshop)["npm_registry"] = index.url.replace("/simple/", "/npm/")
    return index


def offer_nodes(registry: Any, releases: Sequence[str], *, program: bytes = b"", integrity: str = "") -> None:
    """Offer the package of Node.js, in these releases; the last is the latest."""
    origin = registry.url.replace("/simple/", "")
    versions = {}
    for release in releases:
        manifest = {"name": PACKAGE, "version": release, "bin": {"node": "bin/node"}}
        content = program or PROGRAM.format(release=release).encode()
        tarball = _tarball(
            {"package/package.json": json.dumps(manifest).encode(), "package/bin/node": content}
        )
        digest = base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        dist = {
            "tarball": f"{origin}/archives/node-{release}.tgz",
            "integrity": integrity or f"sha512-{digest}",
        }
        registry.archives[f"node-{release}.tgz"] = tarball
        versions[release] = {**manifest, "dist": dist}
    page = {"name": PACKAGE, "dist-tags": {"latest": releases[-1]}, "versions": versions}
    registry.pages[f"/npm/{PACKAGE}"] = json.dumps(page).encode()


def _tarball(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o755
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 0)


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (">=900", "900.2.0"),
        (">=899.5 <950", "900.2.0"),
        ("^899.1.0", "899.3.1"),
        ("^899.1.0 || >= 902.1", "902.1.0"),
        ("902.x", "902.1.0"),
    ],
)
def test_the_newest_release_of_the_line_that_a_manifest_wants_runs_it(
    wanted: str, taken: str, registry: Any, workshop: Workshop
) -> None:
    """The oldest line that is maintained for long, for that is the one which the author has tried."""
    offer(registry, engines={"node": wanted}, before=ONLY_NEWER, tools=TOLD)
    offer_nodes(registry, ["899.3.1", "900.0.0", "900.2.0", "901.0.0", "902.1.0", "904.0.0-rc.1"])

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert outcome.rungs == (Rung(step="bare", outcome="listed"),)
    assert (outcome.profile.runtime, outcome.profile.repairs) == (f"Node.js {taken}", ())
    assert [tool.description for tool in outcome.tools] == [taken]


def test_the_newest_of_all_is_tried_where_a_program_falls_over_what_only_newer_ones_have(
    registry: Any, workshop: Workshop
) -> None:
    """Its manifest does not say so; that it was a guess is on record."""
    offer(registry, before=ONLY_NEWER, tools=TOLD)
    offer_nodes(registry, ["900.0.0", "901.5.0"])

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [(rung.step, rung.outcome) for rung in outcome.rungs] == [("bare", "exited"), ("repair", "listed")]
    assert (outcome.profile.runtime, outcome.profile.repairs) == ("Node.js 901.5.0", ("the newest Node.js",))
    assert "perhaps it wants a newer one than Node.js" in outcome.rungs[0].detail


def test_a_real_one_runs_a_server(registry: Any, workshop: Workshop) -> None:
    """Not a script that stands for it: a program of a hundred megabytes, out of the cache the second time."""
    if not REAL.is_file():
        pytest.skip(f"{PACKAGE} is not installed in .node; `make test` installs it")
    offer(
        registry, engines={"node": ">=922"}, tools="[{name: process.version, inputSchema: {type: 'object'}}]"
    )
    offer_nodes(registry, ["922.0.0"], program=REAL.read_bytes())
    (first,) = climb(Server(name=NAME), workshop=workshop, method="live")
    del registry.archives["node-922.0.0.tgz"]
    (second,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(first, Snapshot), first
    release = json.loads((REAL.parents[1] / "package.json").read_text())["version"]
    assert [tool.name for tool in first.tools] == [f"v{release}"]
    assert second == first


def test_one_that_is_not_what_the_registry_says_is_not_used(registry: Any, workshop: Workshop) -> None:
    """The machine's own is, then; and why it did not do is said."""
    offer(registry, engines={"node": ">=930"}, before=ONLY_NEWER)
    offer_nodes(registry, ["930.0.0"], integrity="sha512-" + base64.b64encode(bytes(64)).decode())

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped), outcome
    assert outcome.detail.startswith("it wants Node.js >=930, and here is ")
    assert not list(workshop.cache.glob("node-930*"))


@pytest.mark.parametrize(
    "wanted", ["file:///etc", "npm:left-pad", ">=900 $(id)", "latest", ">=900\u00a0<999; x"]
)
def test_nothing_but_a_range_is_asked_for(wanted: str, registry: Any, workshop: Workshop) -> None:
    """A manifest's words go to npm."""
    offer(registry, engines={"node": wanted})

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert not outcome.profile.runtime.startswith("Node.js 9")
