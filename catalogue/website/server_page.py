"""Makes the page of one server out of its entry."""

import json
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from catalogue.entries import Entry, Grade, GradePart
from catalogue.grades import grade
from catalogue.judged import Judged, sole_profiles
from catalogue.plain import plain
from catalogue.policies.policy_files import PolicyFiles
from catalogue.website.pages import Listing, Row, ServerPage, Silence, Started
from catalogue.website.phantoms import phantoms
from catalogue.website.tool_page import provenance
from classifier.categories import Category
from classifier.poisoning import find_in_instructions
from classifier.startup import startup_signals
from crawler.servers import Server
from crawler.snapshots import Skipped, Snapshot

#: How sentences end, with so many characters as are not yet one.
_ENDS = ((". ", 20), ("。", 10))
#: What ends in a full stop within a sentence.
_SHORTENED = ("e.g", "i.e", "etc", "vs", "incl", "approx")
#: Where what a tool does gives way to other things: at an empty line, or where a docstring lists its arguments.
_LEAD_ENDS = re.compile(r"\n[ \t]*\n|\s(?:Args|Arguments|Parameters|Params|Returns?|Examples?):(?=\s)")
#: The fewest characters before such a place; a title is no sentence.
_LEAD = 12
#: A rough but steady measure: tool lists in JSON come to about four bytes a token.
BYTES_A_TOKEN = 4


def server_page(
    entry: Entry,
    tools: Sequence[Judged],
    path: str,
    schema: str,
    policies: PolicyFiles | None,
    only_widest: Sequence[Judged] = (),
    graded: bytes | None = None,
) -> ServerPage:
    """The page as data. *tools* are those of the default profile, *only_widest* those that the widest one adds.

    *graded* is the grade as the survey packed it, if that is known.
    """
    snapshot = entry.snapshot
    sole = sole_profiles(entry)
    counts = Counter(one.verdict.category for one in (*tools, *only_widest))
    return ServerPage(
        schema=schema,
        path=path,
        listing=_listing(entry.server),
        listings=tuple(_listing(server) for server in entry.listings),
        conflicts=entry.conflicts,
        packages=tuple(plain(package) for package in entry.server.packages),
        remotes=tuple(plain(remote) for remote in entry.server.remotes),
        grade=grade(entry, [one.verdict for one in tools]) if graded is None else unpacked(graded),
        counts={category.value: counts[category] for category in Category},
        tools=rows((*tools, *only_widest), path),
        widest=tuple(one.tool.name for one in only_widest),
        narrow=tuple(one.tool.name for one in tools if sole.get(one.tool.name) == "default"),
        phantoms=phantoms(str(entry.server.name), snapshot),
        tokens=tokens(snapshot) if snapshot else None,
        started=_started(snapshot) if snapshot else None,
        provenance=provenance(snapshot) if snapshot else None,
        silence=_silence(entry.outcome) if isinstance(entry.outcome, Skipped) else None,
        policies=policies.presets if policies else {},
        exports=policies.exports if policies else (),
        changes=entry.changes,
        first_seen=entry.first_seen,
        last_seen=entry.last_seen,
    )


def unpacked(graded: bytes) -> Grade | None:
    """A grade that was packed; whole points stay whole, as they are shown."""
    if not graded:
        return None
    found = msgspec.msgpack.decode(graded)
    return Grade(**found | {"parts": tuple(GradePart(**part) for part in found["parts"])})


def rows(tools: Sequence[Judged], path: str) -> tuple[Row, ...]:
    """The tools as their server's list shows them: what looks tampered with, then the gravest, then by name."""
    ordered = sorted(
        tools,
        key=lambda one: (
            not one.verdict.poisoned,
            -one.verdict.category.gravity,
            one.tool.name,
            one.slug,
        ),
    )
    return tuple(_row(one, path) for one in ordered)


def first_sentence(text: str | None, longest: int = 160) -> str:
    """The beginning of a description on one line, cut at a sentence or a word."""
    line = _on_one_line(_lead(text or "", longest), longest)
    if len(line) > longest:
        # Some scripts have no spaces, and some words no end.
        space = line.rfind(" ", longest // 2, longest)
        line = line[: space if space > 0 else longest] + "…"
    for end, least in _ENDS:
        at = line.find(end, least + 1)
        while line.endswith(_SHORTENED, 0, max(at, 0)):
            at = line.find(end, at + 1)
        if 0 < at < len(line) - len(end):
            return line[:at] + end.rstrip()
    return line


def _lead(text: str, longest: int) -> str:
    """The text up to where its first paragraph ends, unless that is a heading or only announces the next."""
    text = text.lstrip()
    found = _LEAD_ENDS.search(text, _LEAD, 4 * longest)
    lead = text[: found.start()].rstrip() if found else text
    return text if lead.startswith("#") or lead.endswith(":") else lead


def _on_one_line(text: str, longest: int) -> str:
    """At least *longest* characters of the text without line breaks and double spaces, as far as a few times as many give."""
    line = " ".join(text[: longest + 40].split())
    return line if len(line) > longest or len(text) <= longest + 40 else " ".join(text[: 4 * longest].split())


def tokens(snapshot: Snapshot) -> int:
    """About how many tokens the list of tools takes of a model's context."""
    definitions = [tool.definition for tool in snapshot.tools]
    try:
        return len(msgspec.json.encode(definitions)) // BYTES_A_TOKEN
    except UnicodeEncodeError:  # lone surrogates in hostile text
        return len(json.dumps(definitions, separators=(",", ":"))) // BYTES_A_TOKEN


def _row(one: Judged, path: str) -> Row:
    verdict = one.verdict
    return Row(
        name=one.tool.name,
        path=f"{path}t/{one.slug}/",
        category=verdict.category,
        severity=verdict.severity,
        confidence=verdict.confidence,
        signals=tuple(dict.fromkeys(signal.code for signal in verdict.signals)),
        poisoned=verdict.poisoned,
        says=first_sentence(one.tool.description),
    )


def _listing(server: Server) -> Listing:
    return Listing(
        name=str(server.name),
        title=server.title,
        description=server.description,
        version=server.version,
        released_at=server.released_at,
        repository=server.repository.url if server.repository else None,
        homepage=server.homepage,
        license=server.license,
        author=server.author,
        mcp_name=server.mcp_name,
        yanked=server.yanked,
    )


def _started(snapshot: Snapshot) -> Started:
    return Started(
        profile=snapshot.profile,
        rungs=snapshot.rungs,
        observations=snapshot.observations,
        signals=startup_signals(snapshot.observations),
        resolved=snapshot.resolved,
        server_info=snapshot.server_info,
        instructions=snapshot.instructions,
        findings=tuple(find_in_instructions(snapshot.instructions)) if snapshot.instructions else (),
    )


def _silence(skipped: Skipped) -> Silence:
    return Silence(
        reason=skipped.reason,
        detail=skipped.detail,
        release=skipped.release,
        taken_at=skipped.taken_at,
        rungs=skipped.rungs,
    )
