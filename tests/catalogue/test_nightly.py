"""A night is one run at a time, does everything in order, and tells what changed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catalogue.alone import AlreadyRunning
from catalogue.crawling import Tally
from catalogue.nightly import run_night
from catalogue.store import Store
from catalogue.website.render import BuildReport
from classifier.verdicts import VERSION
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Snapshot
from crawler.tools import Tool

SORA = ServerName("pypi", "mcp-sora")
BUILT = BuildReport(servers=1, tools=1, printed=1, written=1, removed=0, files=1)


def save(store: Store, release: str, description: str) -> Tally:
    tool = Tool.read({"name": "make_video", "description": description})
    said = Snapshot(server=SORA, release=release, method=Method.LIVE, tools=(tool,), taken_at=store.now())
    store.save(Server(name=SORA, version=release), [said])
    return Tally()


def test_a_night_crawls_then_judges_then_builds_then_reports(
    store: Store, tmp_path: Path, clock: Any
) -> None:
    """What the build sees is judged; the report tells what is new since the night began."""
    seen = []

    def build() -> BuildReport:
        seen.extend(verdict.version for entry in store.entries() for verdict in entry.verdicts.values())
        return BUILT

    first = run_night(store, lambda: save(store, "1", "Makes a video."), build, tmp_path / "reports")
    clock.pass_days(1)
    second = run_night(store, lambda: save(store, "2", "Makes a film."), build, tmp_path / "reports")

    assert seen == [VERSION, VERSION]
    assert (first.judged, first.changes, second.judged, second.changes) == (1, 1, 1, 2)
    assert second.report.read_text().splitlines() == [
        "2026-01-03T03:04:05Z  released       pypi:mcp-sora  1 -> 2",
        "2026-01-03T03:04:05Z  reworded       pypi:mcp-sora make_video  Makes a [-video-]{+film+}.",
    ]
    assert sorted((tmp_path / "reports").iterdir()) == sorted([first.report, second.report])


def test_what_a_killed_night_saw_is_in_the_next_report(store: Store, tmp_path: Path, clock: Any) -> None:
    """And in that one alone, as is what another crawl brought in between."""

    def dies() -> BuildReport:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_night(store, lambda: save(store, "1", "Makes a video."), dies, tmp_path)
    clock.pass_days(1)
    save(store, "2", "Makes a film.")
    nights = [run_night(store, Tally, lambda: BUILT, tmp_path / name) for name in ("next", "last")]

    assert [night.changes for night in nights] == [3, 0]
    assert [line.split()[1] for line in nights[0].report.read_text().splitlines()] == [
        "server_added", "released", "reworded",
    ]  # fmt: skip


def test_a_night_with_nothing_new_says_so(store: Store, tmp_path: Path) -> None:
    """An empty report, and no second judgement."""
    save(store, "1", "Makes a video.")
    run_night(store, Tally, lambda: BUILT, tmp_path / "a")
    store.engine.dispose()

    again = run_night(store, Tally, lambda: BUILT, tmp_path / "b")

    assert again.judged == 0


def test_a_second_night_is_refused_while_the_first_goes_on(store: Store, tmp_path: Path) -> None:
    """And leaves everything as it is; after the first has ended, it may."""
    other = Store(store.engine)

    def crawl() -> Tally:
        with pytest.raises(AlreadyRunning, match="another nightly run is working on this catalogue"):
            run_night(other, lambda: pytest.fail("it crawled"), lambda: BUILT, tmp_path)
        return save(store, "1", "Makes a video.")

    run_night(store, crawl, lambda: BUILT, tmp_path)

    assert run_night(other, Tally, lambda: BUILT, tmp_path).changes >= 0


HOLD = """
import sys
from catalogue.store import Store
with Store.open(sys.argv[1]).alone():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_night_that_is_killed_lets_go_of_the_lock(store: Store) -> None:
    """Nobody has to remove a file by hand."""
    url = store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", HOLD, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunning), store.alone():
            pass
        holder.kill()
        holder.wait()

    freed = False
    while not freed:
        # PostgreSQL notices a moment later that its client has gone.
        try:
            with store.alone():
                freed = True
        except AlreadyRunning:
            continue
