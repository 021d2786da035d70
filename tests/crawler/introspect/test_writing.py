"""Servers that write into their own installation, which nobody may."""

from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.packages.install import Installation
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.workshop import Workshop
from crawler.introspect.writing import outermost, unwritable
from crawler.servers import Server, ServerName
from crawler.snapshots import COPIED, Skipped, SkipReason, Snapshot

NAME = ServerName("pypi", "demo-mcp")

#: Start-up code of a server that keeps something beside its own code, twice.
CACHE = """
import demo_parts
place = os.path.dirname(demo_parts.__file__)
for inner in ("cache", "cache/logs"):
    folder = os.path.join(place, inner)
    if os.path.exists(folder): sys.exit("somebody was here")
    os.mkdir(folder)
with open(os.path.join(folder, "today.txt"), "w") as file: file.write("x")
"""
PARTS = {"demo_parts/__init__.py": b""}


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "before",
    [
        pytest.param(CACHE, id="the system says where"),
        pytest.param(
            f"try:{CACHE.replace(chr(10), chr(10) + '    ')}\nexcept OSError: sys.exit('the cache: read-only file system')",
            id="it does not say where",
        ),
    ],
)
def test_a_server_that_writes_beside_its_code_is_given_a_copy(
    before: str, index: Any, workshop: Workshop
) -> None:
    """Each launch one of its own; what it wrote is told, and that it was helped."""
    index.offer_server("demo-mcp", before=before, extra=PARTS)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [(rung.step, rung.outcome) for rung in outcome.rungs] == [
        ("bare", "exited"),
        ("writable", "listed"),
    ]
    assert outcome.profile.repairs == (COPIED,)
    (seen,) = outcome.observations
    assert (seen.kind, seen.what.endswith("site-packages/demo_parts/cache/logs/today.txt")) == ("file", True)
    assert not seen.what.startswith("/")


@pytest.mark.sandbox
def test_what_else_it_needs_it_is_given_beside_its_copy(index: Any, workshop: Workshop) -> None:
    """The steps after it keep the copy."""
    before = f"{CACHE}\nif not os.environ.get('DEMO_TOKEN'): sys.exit('DEMO_TOKEN is not set')"
    index.offer_server("demo-mcp", before=before, extra=PARTS)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "writable", "stderr_env"]
    assert outcome.profile.repairs == (COPIED,)


@pytest.mark.sandbox
def test_who_writes_all_over_is_given_the_whole(index: Any, workshop: Workshop) -> None:
    """Beside the packages, and above them."""
    before = """
        open(os.path.join(os.path.dirname(__file__), "demo.log"), "w")
        open(os.path.join(sys.prefix, "demo.log"), "w")
    """
    index.offer_server("demo-mcp", before=before)

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Snapshot), outcome
    assert [rung.step for rung in outcome.rungs] == ["bare", "writable", "writable"]
    kinds = {seen.kind for seen in outcome.observations}
    names = {Path(seen.what).name for seen in outcome.observations}
    assert (kinds, names) == ({"file"}, {"demo.log"})


@pytest.mark.sandbox
def test_where_there_are_no_copies_the_reason_says_so(
    index: Any, make_workshop: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Landlock lays no folder over another."""
    index.offer_server("demo-mcp", before=CACHE, extra=PARTS)
    workshop = make_workshop(sandbox=Landlock.find(), folder=tmp_path_factory.mktemp("folder"))

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert (outcome.rungs[1].step, outcome.rungs[1].outcome) == ("writable", SkipReason.NO_SANDBOX)
    assert outcome.detail.startswith(
        "it writes into its own installation, of which landlock gives it no copy"
    )


@pytest.fixture
def installed(tmp_path: Path) -> Installation:
    """A package of Node.js beside two others, one of which is a link, and one too large to be copied."""
    modules = tmp_path / "node_modules"
    for name in ("@demo/mcp/dist", "other", "large"):
        (modules / name).mkdir(parents=True)
    (modules / "linked").symlink_to("/usr")
    with (modules / "large" / "file").open("wb") as file:
        for _ in range(129):
            file.write(b"x" * (1 << 20))
    return Installation(
        ecosystem="npm",
        name="@demo/mcp",
        version="1",
        folder=tmp_path,
        programs=modules / ".bin",
        code=modules / "@demo" / "mcp",
        scripts=("mcp",),
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Error: EROFS: read-only file system, mkdir 'ROOT/node_modules/@demo/mcp/.cache/x'", ["node_modules/@demo/mcp"]),
        ("EACCES: permission denied, open 'ROOT/node_modules/other/x'", ["node_modules/other"]),
        ("cannot write: Read-only file system", ["node_modules/@demo/mcp"]),
        ("ENOENT: no such file or directory, mkdir 'ROOT/node_modules/@demo/mcp/dist/.cache'", ["node_modules/@demo/mcp"]),
        ("ENOENT: no such file or directory, open 'ROOT/node_modules/@demo/mcp/x'", []),
        ("EROFS: read-only file system, mkdir '/var/lib/demo'", []),
        ("EROFS: read-only file system, mkdir 'ROOT/node_modules/../../x'", []),
        ("EROFS: read-only file system, mkdir 'ROOT/node_modules/linked/x'", []),
        ("EROFS: read-only file system, mkdir 'ROOT/node_modules/large/x'", []),
        ("EROFS: read-only file system, mkdir 'ROOT/logs'", []),
        ("it is installed in ROOT/node_modules/other", []),
        ("", []),
    ],
)  # fmt: skip
def test_which_folders_are_copied(said: str, expected: list[str], installed: Installation) -> None:
    """Those of the installation alone that it was refused, if they fit; no link leads out of it."""
    root = str(installed.folder)

    found = unwritable(said.replace("ROOT", root), installed)

    assert [str(path.relative_to(root)) for path in found] == expected


def test_a_copy_within_another_is_none() -> None:
    """The wider one holds it."""
    assert outermost((Path("/a/b"), Path("/c"), Path("/a"))) == (Path("/c"), Path("/a"))
