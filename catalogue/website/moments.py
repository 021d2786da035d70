"""Puts changes together that were seen of one server on one day, so that a release with many of them is one thing to read."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec import Struct

from catalogue.entries import Change
from catalogue.website import legend
from catalogue.website.lists import ListedChange

#: Tools that one part of a line names.
MOST_NAMES = 5
#: Kinds of changes of which it matters from what to what.
_MOVES = frozenset({"verdict_moved", "tool_renamed"})


class Moment(Struct, frozen=True, kw_only=True):
    """What was seen to have changed of a server on one day, with the release that brought it."""

    seen_at: str
    release: str | None
    #: The release before, where this one is new.
    after: str | None
    changes: list[Change]


class Part(Struct, frozen=True, kw_only=True):
    """Changes of one kind: what happened, and to which tools."""

    words: str
    tools: list[str]
    #: Tools that are not named.
    more: int


class Line(Struct, frozen=True, kw_only=True):
    """The same as one line in a list over all servers."""

    server: str
    #: Of the server's page.
    path: str
    seen_at: str
    release: str | None
    parts: list[Part]


def moments(changes: Sequence[Change]) -> list[Moment]:
    """The changes of one server, which are in order, by day and release."""
    return [
        _moment(day, release, list(group))
        for (day, release), group in groupby(changes, key=lambda one: (one.seen_at[:10], one.release))
    ]


def lines(changes: Sequence[ListedChange]) -> list[Line]:
    """The changes of many servers, which are in order, by server, day and release."""
    return [
        Line(server=server, path=path, seen_at=day, release=release, parts=list(_parts(list(group))))
        for (server, path, day, release), group in groupby(
            changes, key=lambda one: (one.server, one.path, one.seen_at[:10], one.release)
        )
    ]


def _moment(day: str, release: str | None, changes: list[Change]) -> Moment:
    released = next((one for one in changes if one.kind == "released"), None)
    rest = [one for one in changes if one is not released]
    return Moment(seen_at=day, release=release, after=released.before if released else None, changes=rest)


def _parts(changes: Sequence[ListedChange]) -> Iterator[Part]:
    for kind, words in legend.TOLD.items():
        found = [one for one in changes if one.kind == kind]
        if found:
            named = [_named(one) for one in found if one.tool]
            yield Part(words=words, tools=named[:MOST_NAMES], more=max(0, len(named) - MOST_NAMES))


def _named(change: ListedChange) -> str:
    moved = change.kind in _MOVES and change.before and change.after
    return f"{change.tool} ({change.before} → {change.after})" if moved else change.tool or ""
