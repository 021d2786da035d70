"""What is believed of an installed wheel, and what an installer may be made to do."""

from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.packages.install import source_text
from crawler.introspect.packages.install_python import install_python
from crawler.introspect.packages.wheels import fetch_wheel
from crawler.introspect.sandboxes.landlock import Landlock
from crawler.introspect.workshop import Workshop
from crawler.servers import Server, ServerName
from crawler.snapshots import Skipped, SkipReason, Snapshot

pytestmark = pytest.mark.sandbox

NAME = ServerName("pypi", "demo-mcp")


def test_only_what_was_checked_is_believed(index: Any, workshop: Workshop) -> None:
    """A wheel may bring more metadata under its own name: another release, another program, files of this machine."""
    fake = "demo_mcp-1.0.data/purelib/demo.mcp-99.dist-info"
    index.offer_server(
        "demo-mcp",
        extra={
            f"{fake}/METADATA": b"Metadata-Version: 2.1\nName: demo.mcp\nVersion: 99\n",
            f"{fake}/RECORD": f"{__file__},,\n../../../../../../..{__file__},,\n".encode(),
            f"{fake}/entry_points.txt": b"[console_scripts]\nevil = demo_mcp:main\n",
            "demo_mcp-1.0.data/purelib/more.py": b"# more of it",
        },
        scripts="[console_scripts]\ndemo-mcp = demo_mcp:main\nOther = demo_mcp:main\n",
    )
    with workshop.bench() as bench:
        release = fetch_wheel("demo-mcp", None, workshop=workshop, bench=bench)
        installation = install_python(release, release.pythons[0], workshop=workshop, bench=bench)
        source = source_text(installation.code, installation.files)

    assert (installation.version, installation.scripts) == ("1.0", ("Other", "demo-mcp"))
    assert "what an installer may be made to do" not in source
    assert "# more of it" in source


@pytest.mark.parametrize(
    ("requirement", "said"),
    [
        ("x @ git+https://127.0.0.1/x.git", "Git executable not found"),
        ("x @ git+file:///proc/self/cwd/x.git", "Git executable not found"),
        ("x @ http://127.0.0.1:22/x-1.0-py3-none-any.whl", "403 Forbidden"),
    ],
)
def test_nothing_but_the_index_is_asked(requirement: str, said: str, index: Any, workshop: Workshop) -> None:
    """No other program is found by the installer, and no other host."""
    index.offer_server("demo-mcp", requires=[requirement])

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert said in outcome.detail  # type: ignore[union-attr]


def test_an_index_that_does_not_answer_is_asked_another_day(index: Any, workshop: Workshop) -> None:
    """That a dependency cannot be had just now says nothing of the package."""
    index.offer_server("demo-mcp", requires=["other"])
    index.offer("other", "other-1.0-py3-none-any.whl", b"")
    index.broken.add("/simple/other/")

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

    assert isinstance(outcome, Skipped)
    assert (outcome.reason, "503" in outcome.detail) == (SkipReason.TIMEOUT, True), outcome


@pytest.mark.parametrize(("patient", "seen"), [(True, Skipped), (False, Snapshot)])
def test_a_crawl_waits_for_the_index_where_a_person_is_told_what_was_read(
    patient: bool, seen: type[Skipped | Snapshot], index: Any, workshop: Workshop
) -> None:
    """What was read in one bad night would else stand in place of what the server lists, until its next release."""
    tool = b"from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool\ndef echo(): ...\n"
    index.offer_server("demo-mcp", requires=["other"], extra={"more.py": tool})
    index.offer("other", "other-1.0-py3-none-any.whl", b"")
    index.broken.add("/simple/other/")

    (outcome,) = climb(Server(name=NAME), workshop=workshop, patient=patient)

    assert isinstance(outcome, seen), outcome


@pytest.mark.skipif(Landlock.find() is None, reason="this machine has no Landlock")
def test_another_sandbox_finds_a_cache_of_its_own(index: Any, make_workshop: Any, tmp_path: Path) -> None:
    """Whoever is given bubblewrap after Landlock, or loses it, is not kept from installing by files of another user."""
    index.offer_server("demo-mcp")
    for sandbox in filter(None, (make_workshop().sandbox, Landlock.find())):
        workshop = make_workshop(folder=tmp_path, sandbox=sandbox)
        (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live")

        assert isinstance(outcome, Snapshot), outcome
        assert outcome.profile.sandbox == sandbox.name
