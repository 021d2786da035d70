"""What the site as a whole needs to know of a server: the few facts that lists, counts and neighbours are made of."""

import re
from collections.abc import Iterator

import msgspec
from msgspec import structs

from catalogue.entries import Change, Entry
from catalogue.grades import grade
from catalogue.judged import Judged, judged, only_widest
from catalogue.website.addresses import server_path
from catalogue.website.facts import ServerFacts, ToolFacts
from catalogue.website.server_page import first_sentence
from catalogue.website.terms import name_terms, text_terms
from catalogue.website.visible import plain, truncate
from crawler.servers import Server, ServerName
from crawler.snapshots import Skipped

#: Characters of a text that the search shows.
SAYS = 120
#: Changes of one server that lists and feeds keep; the server's own page has them all.
MOST_CHANGES = 20

_packed = msgspec.msgpack.Encoder().encode
#: What `lookup.js` leaves out of an address that somebody looks for, too.
_HOST = re.compile(r"^https?://[^/]+/")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def survey(entry: Entry) -> ServerFacts:
    """The facts of one entry."""
    path = server_path(entry.server.name)
    tools = judged(entry.snapshot, entry.verdicts)
    everything = (*tools, *only_widest(entry, tools))
    mark = grade(entry, [one.verdict for one in tools])
    gravest = max(
        (one.verdict.category for one in everything), key=lambda category: category.gravity, default=None
    )
    return ServerFacts(
        name=storable(str(entry.server.name)),
        path=path,
        title=storable(entry.server.title or ""),
        says=storable(first_sentence(entry.server.description)),
        grade=mark.letter if mark else "",
        points=mark.points if mark else 0.0,
        graded=_packed(mark) if mark else b"",
        gravest=gravest.value if gravest else "",
        suspected=mark is not None and mark.suspected,
        method=entry.snapshot.method.value if entry.snapshot else "",
        release=storable((entry.snapshot.release if entry.snapshot else entry.server.version) or ""),
        skipped=entry.outcome.reason.value if isinstance(entry.outcome, Skipped) else "",
        first_seen=entry.first_seen,
        last_seen=entry.last_seen,
        **_server_terms(entry.server),
        tools=tuple(_tools(everything, path, entry.server.name)),
        changes=tuple(_storable(change) for change in entry.changes[:MOST_CHANGES]),
    )


def storable(text: str) -> str:
    """The text with lone surrogates replaced, since SQLite and UTF-8 take none."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def key(name: str, server: str = "") -> str:
    """What kind of tool a name speaks of: its words in order, without those that only repeat the server's name."""
    own = {word.lower() for word in _WORDS.findall(server)}
    words = [word.lower() for word in _WORDS.findall(name)]
    kept = [word for word in words if word not in own and not word.isdigit()]
    return " ".join(kept if len(kept) > 1 else words)


def _tools(tools: tuple[Judged, ...], path: str, server: ServerName) -> Iterator[ToolFacts]:
    own = name_terms(server.name)
    shown = plain(storable(str(server)))
    for one in tools:
        verdict = one.verdict
        name, says = storable(one.tool.name), storable(first_sentence(one.tool.description))
        page = f"{path}t/{one.slug}/"
        record = [plain(name)[:120], page, shown, truncate(plain(says), SAYS), int(verdict.poisoned)]
        yield ToolFacts(
            name=name,
            path=page,
            category=verdict.category.value,
            gravity=verdict.category.gravity,
            confidence=verdict.confidence,
            poisoned=verdict.poisoned,
            says=says,
            key=key(one.tool.name, server.name),
            signals=tuple(dict.fromkeys(signal.code for signal in verdict.signals)),
            findings=tuple(dict.fromkeys(finding.code for finding in verdict.findings)),
            **_terms(one, own),
            record=msgspec.json.encode(record),
        )


def _terms(one: Judged, server: list[str]) -> dict[str, str]:
    """The terms of a tool; its server's name finds it too."""
    names = name_terms(one.tool.name, one.tool.title or "")
    texts = text_terms([" ".join(server), one.tool.description or ""], names)
    return {"name_terms": " ".join(names), "text_terms": " ".join(texts)}


def _server_terms(server: Server) -> dict[str, str]:
    names = name_terms(server.name.name, server.title or "")
    address = _HOST.sub("", server.repository.url) if server.repository else ""
    texts = [server.description or "", " ".join(server.keywords[:20]), address]
    return {"name_terms": " ".join(names), "text_terms": " ".join(text_terms(texts, names))}


def _storable(change: Change) -> Change:
    texts = {name: getattr(change, name) for name in ("tool", "release", "before", "after")}
    return structs.replace(change, **{name: text and storable(text[:500]) for name, text in texts.items()})
