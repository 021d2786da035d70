"""Numbers the tools of the search index by rank: all afresh, or those of a few servers among the others, which keep what was known of them."""

from array import array
from bisect import insort
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import compress
from typing import Any

from catalogue.website.documents import Documents, Postings, Written
from catalogue.website.known_tools import Known
from catalogue.website.register import Register

#: The last index is of use as long as no more than one server in so many changed.
FEW = 5

_BY_RANK = "SELECT {} FROM tool ORDER BY gravity DESC, poisoned DESC, confidence DESC, name, server, position"
_ALL = _BY_RANK.format("server, category, record, poisoned, name_terms, text_terms, signals")
#: What is long is left out, since it would be sorted as well.
_PLACES = _BY_RANK.format("server, category, position")
_OF_SERVER = "SELECT position, record, poisoned, name_terms, text_terms, signals FROM tool WHERE server = ?"


def numbered(
    documents: Documents,
    register: Register,
    servers: Mapping[str, bytes],
    owners: "array[int]",
    found: Known | None,
) -> Iterator[Written]:
    """Add every tool to *documents*, and to *owners* which of the *servers* has it; gives back the files of their records.

    What stands for each server's tools is compared with what it was in the index that was *found*, if one was.
    """
    places = {server: place for place, server in enumerate(servers)}
    changed = {name for name, _ in servers.items() ^ found.servers.items()} if found else servers.keys()
    if found and len(changed) * FEW <= len(servers):
        yield from _among_others(documents, register, places, owners, found, changed)
    else:
        yield from _afresh(documents, register, places, owners)


def _afresh(
    documents: Documents, register: Register, places: Mapping[str, int], owners: "array[int]"
) -> Iterator[Written]:
    # Looked up here: a join takes as long as all the rest of the question.
    grades = dict(register.rows("SELECT name, grade FROM server"))
    for server, category, record, poisoned, names, texts, signals in register.rows(_ALL):
        owners.append(places[server])
        kinds = facets(server.partition(":")[0], grades[server], signals, bool(poisoned))
        yield from documents.add(category, record, names.split(), texts.split(), kinds)


def _among_others(
    documents: Documents,
    register: Register,
    places: Mapping[str, int],
    owners: "array[int]",
    found: Known,
    changed: Collection[str],
) -> Iterator[Written]:
    """The same where few servers *changed*: the tools of the others stand in the order in which they stood."""
    fresh = {server: _tools(register, server) for server in changed}
    is_kept = [server not in changed for server in found.servers]
    had = map(is_kept.__getitem__, array("I", found.owners))
    kept = compress(enumerate(found.tools(), found.start), had)
    #: By the number that a tool had, the one that it has now; where its server changed 0, which no tool has, since servers come first.
    moved = [0] * found.count
    added: list[tuple[int, Any]] = []
    for server, category, position in register.rows(_PLACES):
        owners.append(places[server])
        if server in changed:
            record, *terms = fresh[server][position]
            added.append((documents.count, terms))
        else:
            before, record = next(kept)
            moved[before] = documents.count
        yield from documents.add(category, record, (), (), ())
    lists = (documents.names, documents.texts, documents.facets)
    for postings, numbers in zip(lists, (found.names, found.texts, found.facets), strict=True):
        _move(postings, numbers, moved)
    for number, terms in added:
        for postings, keys in zip(lists, terms, strict=True):
            for key in keys:
                insort(postings[key], number)


def _tools(register: Register, server: str) -> dict[int, tuple[bytes, list[str], list[str], tuple[str, ...]]]:
    """Record, terms and facets of each tool of a server, by its position."""
    grade = next((grade for (grade,) in register.rows("SELECT grade FROM server WHERE name = ?", server)), "")
    ecosystem = server.partition(":")[0]
    return {
        position: (record, names.split(), texts.split(), facets(ecosystem, grade, signals, bool(poisoned)))
        for position, record, poisoned, names, texts, signals in register.rows(_OF_SERVER, server)
    }


def _move(postings: Postings, own: dict[str, bytes], moved: list[int]) -> None:
    """Add to *postings* the documents that had each key in the last index, by their new numbers."""
    while own:
        key, numbers = own.popitem()
        if now := array("I", filter(None, map(moved.__getitem__, array("I", numbers)))):
            postings[key].extend(now)


@lru_cache(maxsize=10_000)
def facets(ecosystem: str, grade: str, signals: str, suspected: bool) -> tuple[str, ...]:
    """By what a document can be picked; few combinations come up, and those again and again."""
    signs = (f"signal-{code}" for code in signals.split())
    found = (f"from-{ecosystem}", f"grade-{grade or 'none'}", *signs)
    return (*found, "suspected") if suspected else found
