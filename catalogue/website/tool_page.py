"""Makes the page of one tool out of its server's entry."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from catalogue.entries import Entry
from catalogue.judged import Judged
from catalogue.website.marks import Piece, pieces
from catalogue.website.pages import Link, Provenance, ToolPage
from catalogue.website.parameters import Parameter, parameters
from classifier.evidence import Evidence, Finding, Signal, Trait
from crawler.snapshots import Snapshot

#: Longer descriptions and longer lists are cut on the page and whole in its JSON twin.
LONGEST_TEXT = 6000
LONGEST_NAME = 160
LONGEST_ROW = 600
MOST_ROWS = 40


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a tool's page needs beside its server's entry."""

    #: Path of the server's page.
    server_path: str
    schema: str
    policy: Any = None
    attacks: tuple[str, ...] = ()
    similar: tuple[Link, ...] = ()


def tool_page(entry: Entry, snapshot: Snapshot, one: Judged, around: Surroundings) -> ToolPage:
    """The page as data; *snapshot* is the one that *one* was listed in."""
    tool, verdict = one.tool, one.verdict
    return ToolPage(
        schema=around.schema,
        path=f"{around.server_path}t/{one.slug}/",
        server=str(entry.server.name),
        server_path=around.server_path,
        name=tool.name,
        title=tool.title or tool.annotations.title,
        description=tool.description,
        category=verdict.category,
        severity=verdict.severity,
        confidence=verdict.confidence,
        poisoned=verdict.poisoned,
        why=verdict.why,
        signals=verdict.signals,
        traits=verdict.traits,
        findings=verdict.findings,
        parameters=parameters(tool.input_schema),
        annotations=tool.annotations,
        digest=one.digest,
        unstable=tool.name in snapshot.unstable,
        profile=snapshot.profile.name,
        review=entry.reviews.get(one.digest),
        policy=around.policy,
        attacks=around.attacks,
        similar=around.similar,
        changes=tuple(change for change in entry.changes if change.tool == tool.name),
        provenance=provenance(snapshot, one),
        definition=tool.definition,
    )


def provenance(snapshot: Snapshot, one: Judged | None = None) -> Provenance:
    """Where the knowledge of a snapshot, or of one tool in it, comes from."""
    origin = one.tool.origin if one else None
    return Provenance(
        release=snapshot.release,
        method=snapshot.method,
        profile=snapshot.profile.name,
        taken_at=snapshot.taken_at,
        protocol_version=snapshot.protocol_version,
        classifier=one.verdict.version if one else None,
        origin=f"{origin.file}:{origin.line}" if origin else None,
    )


class ParameterRow(Struct, frozen=True, kw_only=True):
    """A parameter as the page shows it: its description marked, its risks beside it."""

    parameter: Parameter
    pieces: list[Piece]
    risks: tuple[str, ...]


class Marked(Struct, frozen=True, kw_only=True):
    """The texts of a tool with the words marked that counted."""

    name: list[Piece]
    description: list[Piece]
    #: Characters of the description that the page does not show.
    cut: int
    rows: list[ParameterRow]
    more_rows: int


def marked(page: ToolPage, labels: dict[str, str]) -> Marked:
    """The page's texts in pieces; *labels* gives the words for a code."""
    quotes = [(seen.evidence, labels.get(seen.code, seen.code)) for seen in _seen(page)]
    text = page.description or ""
    return Marked(
        name=pieces(page.name, _within(quotes, "name"), LONGEST_NAME),
        description=pieces(text, _within(quotes, "description"), LONGEST_TEXT),
        cut=max(0, len(text) - LONGEST_TEXT),
        rows=[_row(parameter, quotes, page) for parameter in page.parameters[:MOST_ROWS]],
        more_rows=max(0, len(page.parameters) - MOST_ROWS),
    )


def _row(parameter: Parameter, quotes: Sequence[tuple[Evidence, str]], page: ToolPage) -> ParameterRow:
    path = parameter.field
    risks = dict.fromkeys(one.code for one in _seen(page) if _concerns(one.evidence.field, path))
    text = pieces(parameter.description, _within(quotes, f"{path}.description"), LONGEST_ROW)
    cut = [Piece("…")] if len(parameter.description) > LONGEST_ROW else []
    return ParameterRow(parameter=parameter, pieces=[*text, *cut], risks=tuple(risks))


def _seen(page: ToolPage) -> list[Signal | Trait | Finding]:
    return [*page.signals, *page.traits, *page.findings]


def _concerns(field: str, path: str) -> bool:
    """Whether a field is the parameter at *path* itself or a keyword of it, not one nested in it."""
    if not field.startswith(path):
        return False
    rest = field[len(path) :]
    return not rest or (rest[0] == "." and not rest.startswith((".properties.", ".items.properties.")))


def _within(quotes: Iterable[tuple[Evidence, str]], field: str) -> list[tuple[Evidence, str]]:
    return [quote for quote in quotes if quote[0].field == field]
