"""What changed between two snapshots of a server."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from itertools import islice
from typing import Literal

from msgspec import Struct

from catalogue.entries import Change, ChangeKind
from catalogue.renames import renames
from crawler.snapshots import Method, Snapshot
from crawler.tools import Json, Tool, canonical, canonical_json

#: Words above which a text is shown as replaced whole; comparing takes quadratic time.
_WORDS = 1_000
#: Lines of a schema's difference that are kept on either side.
_LINES = 100

#: What the server itself lists; the other methods read what lies about it.
_LISTED = frozenset({Method.LIVE, Method.REMOTE, Method.MANIFEST})

_PARTS: dict[ChangeKind, tuple[str, ...]] = {
    "reworded": ("title", "description"),
    "reschemaed": ("inputSchema", "outputSchema"),
    "reannotated": ("annotations",),
}


class Piece(Struct, frozen=True):
    """A stretch of text that stayed, went or came."""

    kind: Literal["same", "removed", "added"]
    text: str


def differences(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Everything that changed from *old* to *new*: the release, tools that went, then the rest in the new order.

    A list read from source lacks what the server itself would tell of a tool, so where one snapshot was
    listed and the other read, only names are compared.
    """
    change = partial(Change, server=new.server, seen_at=new.taken_at, release=new.release)
    earlier, later = _by_name(old.tools), _by_name(new.tools)
    renamed = renames(
        [tool for name, tool in earlier.items() if name not in later],
        [tool for name, tool in later.items() if name not in earlier],
    )
    comparable = (old.method in _LISTED) == (new.method in _LISTED)
    gone = earlier.keys() - later.keys() - set(renamed.values())
    found: list[Change] = []
    if old.release != new.release:
        found.append(change(kind="released", before=old.release, after=new.release))
    for name in earlier:
        if name in gone:
            found.append(change(kind="tool_removed", tool=name, before=earlier[name].description))
    for name, tool in later.items():
        before = earlier.get(renamed.get(name, name))
        if before is None:
            found.append(change(kind="tool_added", tool=name, after=tool.description))
            continue
        if before.name != name:
            found.append(change(kind="tool_renamed", tool=name, before=before.name, after=name))
        if comparable:
            found += [
                change(kind=kind, tool=name, before=was, after=now) for kind, was, now in _parts(before, tool)
            ]
    return tuple(found)


def word_differences(before: str, after: str) -> tuple[Piece, ...]:
    """Pieces that make up *before* without the added ones, and *after* without the removed ones."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > _WORDS:
        old, new = [before], [after]
    pieces, went, came = list[Piece](), "", ""
    for kind, start, end, from_, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = "".join(old[start:end]), "".join(new[from_:to])
        if kind == "equal" and not (removed.isspace() and went and came):
            pieces += [Piece("removed", went), Piece("added", came), Piece("same", removed)]
            went = came = ""
        else:
            # Space between two words that were replaced was replaced with them.
            went, came = went + removed, came + added
    pieces += [Piece("removed", went), Piece("added", came)]
    return tuple(piece for piece in pieces if piece.text)


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _by_name(tools: Sequence[Tool]) -> dict[str, Tool]:
    """Of several tools under one name, the first."""
    named: dict[str, Tool] = {}
    for tool in tools:
        named.setdefault(tool.name, tool)
    return named


def _parts(before: Tool, after: Tool) -> Iterator[tuple[ChangeKind, str | None, str | None]]:
    """The parts that differ, what they were and what they are."""
    for kind, keys in _PARTS.items():
        was, now = ({key: canonical(tool.definition.get(key)) for key in keys} for tool in (before, after))
        differing = [key for key in keys if was[key] != now[key]]
        if kind == "reworded" and differing:
            # The description says more than the title.
            yield kind, _text(was[differing[-1]]), _text(now[differing[-1]])
        elif differing:
            yield kind, *_lines({key: was[key] for key in differing}, {key: now[key] for key in differing})


def _text(value: Json) -> str | None:
    return value if value is None or isinstance(value, str) else canonical_json(value).decode()


def _lines(before: Json, after: Json) -> tuple[str | None, str | None]:
    """The leaves that only one side has, one `path: value` a line."""
    was, now = list(_leaves(before)), list(_leaves(after))
    only_before, only_after = set(was) - set(now), set(now) - set(was)
    kept = [
        "\n".join(islice((line for line in lines if line in only), _LINES))
        for lines, only in ((was, only_before), (now, only_after))
    ]
    return kept[0] or None, kept[1] or None


def _leaves(value: Json, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{path}.{key}" if path else key)
    elif value is not None:
        yield f"{path}: {_text(value)}"
