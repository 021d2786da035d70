"""Changes that belong together are told together."""

from typing import Any, get_args

import msgspec
import pytest

from catalogue.entries import Change
from catalogue.website import legend
from catalogue.website.lists import ListedChange
from catalogue.website.moments import Line, Moment, Part, lines, moments
from crawler.servers import ServerName


def listed(server: str, day: int, kind: str, tool: str | None = None, **more: Any) -> ListedChange:
    """A change as lists name it, of release 2 unless it is said."""
    values = {"release": "2", "before": None, "after": None, **more}
    return ListedChange(
        server=server,
        path=f"s/{server}/",
        seen_at=f"2026-11-{day:02d}T03:00:00Z",
        kind=kind,
        tool=tool,
        **values,
    )


def test_a_release_with_many_changes_is_one_line() -> None:
    found = lines([
        listed("a", 9, "tool_added", "x"),
        *(listed("a", 9, "reworded", f"r{number}") for number in range(7)),
        listed("a", 9, "released", before="1"),
        listed("b", 9, "verdict_moved", "y", before="read", after="write", release=None),
        listed("a", 8, "server_added"),
    ])  # fmt: skip

    assert found == [
        Line(server="a", path="s/a/", seen_at="2026-11-09", release="2", parts=[
            Part(words="came out", tools=[], more=0),
            Part(words="added", tools=["x"], more=0),
            Part(words="reworded", tools=["r0", "r1", "r2", "r3", "r4"], more=2),
        ]),
        Line(server="b", path="s/b/", seen_at="2026-11-09", release=None, parts=[
            Part(words="judged otherwise", tools=["y (read → write)"], more=0)]),
        Line(server="a", path="s/a/", seen_at="2026-11-08", release="2", parts=[
            Part(words="entered the catalogue", tools=[], more=0)]),
    ]  # fmt: skip


def test_the_history_of_a_server_is_told_by_release() -> None:
    def change(day: int, kind: str, release: str, **more: Any) -> Change:
        whole = {
            "server": ServerName("pypi", "a"),
            "kind": kind,
            "seen_at": f"2026-11-0{day}T03:00:00Z",
            "release": release,
        }
        return msgspec.convert(whole | more, Change)

    added, out = change(9, "tool_added", "2", tool="x"), change(9, "released", "2", before="1")
    entered = change(3, "server_added", "1")

    assert moments([added, out, entered]) == [
        Moment(seen_at="2026-11-09", release="2", after="1", changes=[added]),
        Moment(seen_at="2026-11-03", release="1", after=None, changes=[entered]),
    ]


def test_every_kind_of_change_has_words() -> None:
    kinds = set(get_args(Change.__annotations__["kind"]))
    if not kinds:
        pytest.fail("the kinds of changes are no longer a literal")
    assert set(legend.CHANGES) == set(legend.TOLD) == kinds
