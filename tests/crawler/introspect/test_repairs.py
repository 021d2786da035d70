"""Packages that start only with other dependencies, or another interpreter, than an installer gives them."""

from pathlib import Path
from platform import machine
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.packages.install import Installation
from crawler.introspect.packages.pythons import none_satisfies, pythons
from crawler.introspect.repairs import repairs
from crawler.introspect.workshop import Workshop
from crawler.servers import Server
from crawler.snapshots import Method, Rung, Snapshot
from tests.crawler.introspect.conftest import NAME, wheel

pytestmark = pytest.mark.sandbox


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


@pytest.mark.parametrize(
    ("released_at", "expected"),
    [
        ("2026-02-01T23:59:59.123456Z", [("before 2026-02-02",)]),
        ("2026-02-01", [("before 2026-02-02",)]),
        ("9999-12-31T00:00:00Z", []),
        ("soon", []),
        ("", []),
        (None, []),
    ],
)
def test_a_day_that_is_none_is_no_repair(
    released_at: str | None, expected: list[tuple[str, ...]], tmp_path: Path
) -> None:
    """What a registry says of a release's time may be any text."""
    installation = Installation(
        name="demo-mcp", version="1.0", folder=tmp_path, programs=tmp_path, code=tmp_path, scripts=("demo-mcp",), readable=()
    )  # fmt: skip
    said = (
        "Traceback (most recent call last):\nImportError: cannot import name 'old' from 'needed_parts' (/x)"
    )

    assert list(repairs(said, installation, released_at)) == expected


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
