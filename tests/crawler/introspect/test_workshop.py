"""What the introspections of several servers share, and what each has for itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.introspect.packages.install import NotInstalled, finish
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.targets import Wish, introspect
from crawler.introspect.workshop import Workshop
from crawler.snapshots import Method, SkipReason, Snapshot

PROJECT = b'[project]\nname = "demo"\nversion = "1"\n[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
BACKEND = b"import time\ndef build_wheel(*_, **__):\n    time.sleep(60)\n"
TOOL = b"from mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool()\ndef add(a: int) -> int:\n    'Add.'\n"


def test_each_server_has_a_share_of_time(make_workshop: Callable[..., Workshop]) -> None:
    """Of which each step takes what it took; longer on a busy machine. A workshop for none in particular has it anew."""
    times = iter([0.0, 500.0, 500.0, 900.0, 0.0, 0.0])
    workshop = make_workshop(load=lambda: 2.0)
    server = workshop.climbing()

    lefts = []
    for one in (server, server, workshop):
        with one.preparing(now=lambda: next(times)) as seconds:
            lefts.append(seconds)

    assert lefts == [600, 100, 600]
    assert server.share is not None
    assert server.share.seconds == -300
    assert (workshop.share, server.pool) == (None, workshop.pool)


@pytest.mark.sandbox
def test_a_build_without_end_is_ended_and_the_source_read(
    make_workshop: Callable[..., Workshop], tmp_path: Path
) -> None:
    """Whatever else would have to be built is not begun."""
    workshop = make_workshop(load=lambda: 0.02)
    for name, content in {"pyproject.toml": PROJECT, "backend.py": BACKEND, "demo.py": TOOL}.items():
        (tmp_path / name).write_bytes(content)

    (outcome,) = introspect([str(tmp_path)], Wish(workshop=workshop, folder=tmp_path, widest=False))

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.method, [rung.outcome for rung in outcome.rungs]) == (
        Method.STATIC,
        [SkipReason.TIMEOUT, "listed"],
    )


@pytest.mark.sandbox
def test_nothing_is_begun_when_no_time_is_left(make_workshop: Callable[..., Workshop]) -> None:
    """It says so."""
    server = make_workshop(load=lambda: 0.0).climbing()

    with pytest.raises(NotInstalled, match="no time is left"):
        finish(server, ["/usr/bin/true"], Confinement(readable=()))
