"""What to do about a server before it is added: go ahead, connect with rules, or ask a person first. Never "safe"."""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

from catalogue.entries import Change, Entry, Grade
from catalogue.grades import grade
from catalogue.judged_tools import completed
from catalogue.machine.known import Reach, reach
from classifier.categories import DANGEROUS, Category
from crawler.servers import ServerName
from crawler.snapshots import Method

#: Changes shown, newest first.
RECENT = 10


class Advice(StrEnum):
    """What we would do; there is no "safe", for nobody can know that from a definition."""

    PROCEED = "proceed"
    WITH_RULE = "connect-with-rule"
    ASK_FIRST = "ask-first"


class Precheck(Struct, frozen=True, kw_only=True):
    """Everything that bears on adding one server."""

    #: As it was asked for.
    name: str
    server: ServerName | None
    advice: Advice
    #: Sentences, the gravest reason first.
    reasons: tuple[str, ...]
    #: Sentences: whose it is said to be, who says so, and since when it is known.
    identity: tuple[str, ...] = ()
    release: str | None = None
    method: Method | None = None
    taken_at: str | None = None
    grade: Grade | None = None
    #: Tools by category.
    tools: Mapping[str, int] = {}
    #: Tools that a rule should deny or hold, gravest first.
    rules: tuple[Reach, ...] = ()
    changes: tuple[Change, ...] = ()


def unknown(name: str, reason: str) -> Precheck:
    """The answer for a name that the catalogue does not know, or that means several servers."""
    return Precheck(name=name, server=None, advice=Advice.ASK_FIRST, reasons=(reason,))


def precheck(name: str, entry: Entry) -> Precheck:
    """Judge one known server; the advice is the gravest that any reason asks for."""
    entry = completed(entry)
    reaches = reach(str(entry.server.name), entry)
    rules = tuple(item for item in reaches if item.category in DANGEROUS)
    doubts = tuple(_doubts(entry))
    snapshot = entry.snapshot
    return Precheck(
        name=name,
        server=entry.server.name,
        advice=Advice.ASK_FIRST if doubts else Advice.WITH_RULE if rules else Advice.PROCEED,
        reasons=(*doubts, *_capabilities(rules), *(() if doubts or rules else (_NOTHING_GRAVE,))),
        identity=tuple(_identity(entry)),
        release=snapshot.release if snapshot else entry.outcome.release,
        method=snapshot.method if snapshot else None,
        taken_at=snapshot.taken_at if snapshot else None,
        grade=grade(entry) if snapshot else None,
        tools=dict(Counter(item.category.value for item in reaches)),
        rules=rules,
        changes=entry.changes[:RECENT],
    )


_NOTHING_GRAVE = "No tool of it executes, destroys or moves money by its definition; what it really does, no definition tells."


def _identity(entry: Entry) -> Iterator[str]:
    """What its listings claim; nobody proves who an author is, but listings that agree are harder to fake."""
    server = entry.server
    author = f"says that it is by {' '.join(server.author.split())}" if server.author else "names no author"
    source = f"has its source at {server.repository.url}" if server.repository else "names no source"
    yield f"It {author}, and {source}."
    listings = [str(listing.name) for listing in entry.listings if listing.name != server.name]
    if not listings:
        yield "It is listed in one place only, which nothing confirms."
    elif not entry.conflicts:  # which are told among the doubts
        yield f"It is listed as {' and '.join(listings[:3])} as well, and the listings agree."
    yield f"The catalogue has known it since {entry.first_seen[:10]}."


def _doubts(entry: Entry) -> Iterator[str]:
    """What a person should settle before the server is added at all."""
    if entry.server.yanked:
        yield f"Its newest release was withdrawn: {entry.server.yanked}"
    poisoned = (
        [tool for tool in entry.snapshot.tools if _poisoned(entry, tool.digest)] if entry.snapshot else []
    )
    if poisoned:
        names = ", ".join(tool.name for tool in poisoned[:5])
        yield f"The definition of {names} looks as if it were written to steer a model; see the finding before you decide."
    for conflict in entry.conflicts:
        yield f"Its listings contradict each other: {conflict}"
    if entry.snapshot is None:
        yield "Its tools could not be listed, so nobody can say what it does."
    elif entry.snapshot.method in (Method.STATIC, Method.README):
        yield "Its tools were read from its source or README, not from the running server; the list may be wrong."


def _poisoned(entry: Entry, digest: str) -> bool:
    verdict = entry.verdicts.get(digest)
    return verdict is not None and verdict.poisoned


def _capabilities(rules: tuple[Reach, ...]) -> Iterator[str]:
    """One sentence a dangerous category, naming up to three tools."""
    for category in (Category.FINANCIAL, Category.DESTRUCTIVE, Category.EXECUTE):
        names = [item.tool for item in rules if item.category is category]
        if names:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            yield f"{len(names)} of its tools {_DOES[category]}: {', '.join(names[:3])}{more}."


_DOES = {
    Category.FINANCIAL: "can move money",
    Category.DESTRUCTIVE: "can destroy what cannot be brought back",
    Category.EXECUTE: "run what the caller decides",
}
