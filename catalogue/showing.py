"""Records as a person reads them in a terminal, and as a script reads them."""

import textwrap
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from catalogue.changes import word_differences
from catalogue.codec import dump
from catalogue.entries import Change, Entry
from catalogue.errors import CatalogueError
from catalogue.grades import grade
from catalogue.judged import sole_profiles
from catalogue.plural import plural
from catalogue.website.visible import one_line, plain
from classifier.judged import as_json
from crawler.snapshots import Skipped
from crawler.tools import Tool

_WIDTH = 100
#: Characters of a line of `changes`: of all differences, of words that came or went together, and of those that
#: stayed on either side of them.
_SHORT, _PIECE, _AROUND = 400, 160, 40
#: Characters of a cell of a table.
_CELL = 200


_MARKS = {"removed": "[-{}-]", "added": "{{+{}+}}"}


class UnknownTool(CatalogueError):
    """A tool that the server does not have, and those with names like it."""

    def __init__(self, server: str, tool: str, near: tuple[str, ...]) -> None:
        super().__init__(server, tool, near)
        self.server = server
        self.tool = tool
        self.near = near

    def __str__(self) -> str:
        meant = f"; did you mean {' or '.join(map(repr, self.near))}?" if self.near else ""
        return f"{self.server} has no tool called {self.tool!r}{meant}"


def tools_of(entry: Entry) -> list[Tool]:
    """The tools of the newest snapshot, then those that only the widest profile brings."""
    tools = {} if entry.snapshot is None else {tool.name: tool for tool in reversed(entry.snapshot.tools)}
    listed = [] if entry.snapshot is None else list(entry.snapshot.tools)
    wider = () if entry.widest is None else entry.widest.tools
    return listed + [tool for tool in wider if tool.name not in tools]


def tool_named(entry: Entry, name: str) -> Tool:
    """The server's tool of that name; raises UnknownTool."""
    tools = tools_of(entry)
    for tool in tools:
        if tool.name == name:
            return tool
    near = get_close_matches(name, [tool.name for tool in tools])
    raise UnknownTool(str(entry.server.name), name, tuple(near))


def server_json(entry: Entry) -> str:
    """Everything about a server that a script may want, as one JSON object."""
    sole = sole_profiles(entry)
    tools = [_tool(entry, tool, sole) for tool in tools_of(entry)]
    return dump(_summary(entry) | {"conflicts": entry.conflicts, "tools": tools})


def row_json(entry: Entry) -> str:
    """A server as one line of JSON."""
    return dump(_summary(entry))


def tool_json(entry: Entry, name: str) -> str:
    """One tool with its definition, as one JSON object."""
    tool = tool_named(entry, name)
    return dump(_tool(entry, tool, sole_profiles(entry)) | {"definition": tool.definition})


def change_json(change: Change) -> str:
    """A change as one line of JSON, without what does not apply."""
    fields = {name: getattr(change, name) for name in change.__struct_fields__}
    return dump(
        {name: value for name, value in fields.items() if value is not None} | {"server": str(change.server)}
    )


def row_text(entry: Entry) -> str:
    """A server on one line: name, release, method or reason, number of tools, grade, the worst that one can do."""
    gravest = entry.worst
    return _columns(
        (str(entry.server.name), 40),
        (entry.server.version or "", 12),
        (_how(entry), 14),
        (plural(len(tools_of(entry)), "tool"), 11),
        (_letter(entry) or "-", 2),
        ("" if gravest is None else str(gravest), 11),
    )


def server_text(entry: Entry) -> str:
    """A server and its tools, the gravest first."""
    server = entry.server
    about = [one_line(f"{server.name} {server.version or ''}".rstrip()), *_wrapped(server.description)]
    about += [f"{label}: {one_line(value)}" for label, value in _facts(entry)]
    rows = sorted(tools_of(entry), key=lambda tool: -_gravity(entry, tool))
    sole = sole_profiles(entry)
    return "\n".join([*about, "", *(_tool_row(entry, tool, sole) for tool in rows)]).rstrip()


def tool_text(entry: Entry, name: str) -> str:
    """A tool with its verdict and the words that show it."""
    tool = tool_named(entry, name)
    lines = [one_line(f"{entry.server.name} {tool.name}"), *_wrapped(tool.description), ""]
    verdict = entry.verdicts.get(tool.digest)
    if verdict is None:
        return "\n".join([*lines, "not judged yet"])
    lines += [f"{verdict.category}, severity {verdict.severity}, {verdict.confidence:.0%} sure"]
    lines += [f"  {one_line(reason)}" for reason in verdict.why]
    lines += [
        f"{signal.code}: {plain(signal.evidence.quote)!r} in {one_line(signal.evidence.field)}"
        for signal in verdict.signals
    ]
    lines += [f"suspicious: {one_line(finding.message)}" for finding in verdict.findings]
    return "\n".join([*lines, f"digest {tool.digest}"])


def change_text(change: Change) -> str:
    """A change on one line, words that went as [-so-] and words that came as {+so+}."""
    what = " ".join(plain(part) for part in (str(change.server), change.tool) if part)
    shown = _cut(_difference(change), _SHORT)
    return f"{change.seen_at}  {change.kind:<13}  {what}  {shown}".rstrip()


def _difference(change: Change) -> str:
    if change.kind == "server_added":
        return change.release or ""
    if change.kind in {"reschemaed", "reannotated"}:
        # These are lines, and only those that differ.
        return "".join(
            _MARKS[kind].format(_cut(lines.replace("\n", ", "), _PIECE))
            for kind, lines in (("removed", change.before), ("added", change.after))
            if lines
        )
    if change.kind not in {"reworded", "released", "tool_renamed", "verdict_moved"}:
        return change.after or change.before or ""
    if change.kind != "reworded" and change.before and change.after:
        return f"{change.before} -> {change.after}" + (f" ({change.why})" if change.why else "")
    pieces = word_differences(change.before or "", change.after or "")
    return "".join(
        _around(piece.text, before=number > 0, after=number + 1 < len(pieces))
        if piece.kind == "same"
        else _MARKS[piece.kind].format(_cut(piece.text, _PIECE))
        for number, piece in enumerate(pieces)
    )


def _around(text: str, *, before: bool, after: bool) -> str:
    """Words that stayed, as far as they stand beside some *before* or *after* them that did not."""
    if len(text) <= _AROUND * (before + after):
        return text
    return f"{text[:_AROUND] if before else ''} ... {text[-_AROUND:] if after else ''}"


def _cut(text: str, length: int) -> str:
    """On one line, with nothing hidden, and no longer than that."""
    shown = one_line(text)
    return shown if len(shown) <= length else shown[: length - 4] + " ..."


def _summary(entry: Entry) -> dict[str, Any]:
    said, gravest = entry.snapshot, entry.worst
    return {
        "server": str(entry.server.name),
        "title": entry.server.title,
        "description": entry.server.description,
        "version": entry.server.version,
        "listings": [str(listing.name) for listing in entry.listings],
        "grade": _letter(entry),
        "category": gravest,
        "severity": None if gravest is None else gravest.severity,
        "tool_count": len(tools_of(entry)),
        "snapshot": None
        if said is None
        else {"method": said.method, "release": said.release, "taken_at": said.taken_at},
        "skipped": {"reason": entry.outcome.reason, "detail": entry.outcome.detail}
        if isinstance(entry.outcome, Skipped)
        else None,
        "first_seen": entry.first_seen,
        "last_seen": entry.last_seen,
    }


def _tool(entry: Entry, tool: Tool, sole: Mapping[str, str]) -> dict[str, Any]:
    verdict, review = entry.verdicts.get(tool.digest), entry.reviews.get(tool.digest)
    known = {"server": str(entry.server.name), "name": tool.name}
    judged = known if verdict is None else as_json(str(entry.server.name), tool, verdict)
    said = (
        None
        if review is None
        else {"author": review.author, "reason": review.reason, "at": review.reviewed_at}
    )
    return judged | {"digest": tool.digest, "only_profile": sole.get(tool.name), "review": said}


def _facts(entry: Entry) -> list[tuple[str, str]]:
    said, outcome, letter = entry.snapshot, entry.outcome, _letter(entry)
    facts = []
    if said is not None:
        release = f"release {said.release}, " if said.release else ""
        facts.append(("tools", f"{len(said.tools)}, {said.method}, {release}{said.taken_at}"))
    if isinstance(outcome, Skipped):
        facts.append(("skipped", f"{outcome.reason}, {outcome.taken_at}. {outcome.detail}"))
    if letter is not None:
        facts.append(("grade", letter))
    also = [str(listing.name) for listing in entry.listings if listing.name != entry.server.name]
    return (
        facts
        + ([("also", ", ".join(also))] if also else [])
        + [("conflict", claim) for claim in entry.conflicts]
    )


def _tool_row(entry: Entry, tool: Tool, sole: Mapping[str, str]) -> str:
    verdict = entry.verdicts.get(tool.digest)
    marks = [f"only with {sole[tool.name]} settings"] if tool.name in sole else []
    if verdict is None:
        return _columns(("not judged", 11), ("", 4), (tool.name, 40), (", ".join(marks), 0))
    marks += ["reviewed"] * (tool.digest in entry.reviews) + ["POISONED?"] * verdict.poisoned
    marks += dict.fromkeys(signal.code for signal in verdict.signals)
    return _columns(
        (verdict.category, 11), (f"{verdict.confidence:.0%}", 4), (tool.name, 40), (", ".join(marks), 0)
    )


def _gravity(entry: Entry, tool: Tool) -> int:
    verdict = entry.verdicts.get(tool.digest)
    return -1 if verdict is None else verdict.category.gravity


def _letter(entry: Entry) -> str | None:
    found = grade(entry)
    return None if found is None else found.letter


def _how(entry: Entry) -> str:
    return str(entry.outcome.reason if isinstance(entry.outcome, Skipped) else entry.outcome.method)


def _wrapped(text: str | None) -> Sequence[str]:
    return textwrap.wrap(plain(text), _WIDTH) if text else ()


def _columns(*cells: tuple[str, int]) -> str:
    """Cells on one line, each at least as wide as it asks for; what is far longer than any name is cut."""
    return "  ".join(_cut(text.strip(), _CELL).ljust(width) for text, width in cells).rstrip()
