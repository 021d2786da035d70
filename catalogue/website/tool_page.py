"""Makes the page of one tool out of its server's entry."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from catalogue.entries import Entry
from catalogue.judged import Judged
from catalogue.website import legend
from catalogue.website.marks import marked
from catalogue.website.pages import Marked, ParameterRow, Provenance, Surroundings, ToolPage
from catalogue.website.parameters import parameters
from classifier.evidence import Evidence, Finding, Signal, Trait
from crawler.snapshots import Snapshot

#: Longer descriptions and longer lists are cut on the page and whole in its JSON twin.
LONGEST_TEXT = 6000
LONGEST_NAME = 160
LONGEST_ROW = 600
MOST_ROWS = 40
#: What a reason of a verdict quotes, and how a mark says that it did.
_SAID = re.compile("[Tt]he (name|description) says “(.+?)”")
_COUNTED = "counted in the verdict:"
#: Where the fields begin that speak of arguments.
ARGUMENTS = "inputSchema"


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


#: What a tool shows, of whatever kind.
Seen = Signal | Trait | Finding
#: Evidence in one field, each with what it is evidence of, in words.
Quotes = list[tuple[Evidence, str]]


def with_marks(page: ToolPage) -> Marked:
    """The page's texts as HTML."""
    labels = legend.labels()
    seen: list[Seen] = [*page.signals, *page.traits, *page.findings]
    text = page.description or ""
    quotes: dict[str, Quotes] = {}
    for one in seen:
        quotes.setdefault(one.evidence.field, []).append((one.evidence, labels.get(one.code, one.code)))
    for field, word in filter(None, map(_said, page.why)):
        if place := _word(page.name if field == "name" else text, field, word):
            quotes.setdefault(field, []).append((place, f"{_COUNTED} “{word}”"))
    return Marked(
        name=marked(page.name, quotes.get("name"), LONGEST_NAME),
        description=marked(text, quotes.get("description"), LONGEST_TEXT),
        cut=max(0, len(text) - LONGEST_TEXT),
        rows=list(_rows(page, quotes, seen)),
        more_rows=max(0, len(page.parameters) - MOST_ROWS),
    )


@lru_cache(maxsize=4000)
def _said(reason: str) -> tuple[str, str] | None:
    """The field and the word that a reason quotes; the same few reasons are given again and again."""
    found = _SAID.search(reason)
    return (found.group(1), found.group(2)) if found else None


def _word(text: str, field: str, word: str) -> Evidence | None:
    """Where a word that a reason quotes stands: in a name anywhere, in running text where a word begins, with its ending."""
    lower = text.lower()
    start = lower.find(word)
    if field != "name":
        while start > 0 and lower[start - 1].isalpha():
            start = lower.find(word, start + 1)
    if start < 0 or len(lower) != len(text):
        return None
    end = start + len(word)
    while field != "name" and end < len(text) and text[end].isalpha():
        end += 1
    return Evidence(field=field, quote=text[start:end], start=start, end=end)


def _rows(page: ToolPage, quotes: dict[str, Quotes], shown: Sequence[Seen]) -> Iterator[ParameterRow]:
    """The parameters of a page, each with what the tool has *shown* of it."""
    seen = [(one.evidence.field, one.code) for one in shown if one.evidence.field.startswith(ARGUMENTS)]
    for parameter in page.parameters[:MOST_ROWS]:
        path, text = parameter.field, parameter.description
        says = marked(text, quotes.get(path + ".description"), LONGEST_ROW)
        risks = [code for field, code in seen if field.startswith(path) and _concerns(field, path)]
        yield ParameterRow(
            parameter=parameter,
            says=says if len(text) <= LONGEST_ROW else says + "…",
            risks=list(dict.fromkeys(risks)) if len(risks) > 1 else risks,
        )


def _concerns(field: str, path: str) -> bool:
    """Whether a field that begins with *path* is the parameter there or a keyword of it, not one nested in it."""
    rest = field[len(path) :]
    return not rest or (rest[0] == "." and not rest.startswith((".properties.", ".items.properties.")))
