"""What an index says of tools, kept beside the register: the next build takes it over as long as no tool changed."""

import marshal
from array import array
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

from catalogue.website.documents import Documents, Postings, Written

#: Terms, or blocks, that are written together: all of them at once would lie in memory twice.
_TOGETHER = 2000
_LENGTH = 8


class Start(NamedTuple):
    """How far an index was when its first tool came: how many documents there were, and how many of them each list had."""

    number: int
    ranges: int
    names: dict[str, int]
    texts: dict[str, int]
    facets: dict[str, int]


def start(documents: Documents) -> Start:
    """How far *documents* are."""
    lists = (documents.names, documents.texts, documents.facets)
    sizes = [{key: len(numbers) for key, numbers in found.items()} for found in lists]
    return Start(documents.count, len(documents.ranges), *sizes)


class Entries:
    """How each term is written, with the documents other than tools that it was written for; told from one build to the next."""

    def __init__(self, documents: Documents, begun: Start, known: "Known | None") -> None:
        self._documents = documents
        self._begun = begun
        self._known = known.entries if known else {}
        self.written: dict[str, tuple[bytes, bytes, bytes]] = {}

    def known(self, term: str) -> bytes | None:
        """How it was written when the same documents had it; `None` where others did."""
        found = self._known.get(term)
        return found[2] if found and found[:2] == self._others(term) else None

    def note(self, term: str, content: bytes) -> None:
        """Keep how it is written now."""
        self.written[term] = *self._others(term), content

    def _others(self, term: str) -> tuple[bytes, bytes]:
        names, texts = self._begun.names.get(term, 0), self._begun.texts.get(term, 0)
        return (
            self._documents.names[term][:names].tobytes() if names else b"",
            self._documents.texts[term][:texts].tobytes() if texts else b"",
        )


class Known(Struct, kw_only=True):
    """An index from its first tool on."""

    count: int
    ranges: list[tuple[str, int]]
    #: Records of tools in a block that they share with servers, and the blocks behind it.
    records: list[bytes]
    blocks: list[bytes]
    #: Numbers of documents as they lie in an array.
    names: dict[str, bytes]
    texts: dict[str, bytes]
    facets: dict[str, bytes]
    entries: dict[str, tuple[bytes, bytes, bytes]]


def known(path: Path, stamp: bytes) -> Known | None:
    """What was kept at *path* for tools for which *stamp* stands; `None` where that is not whole, or of other tools."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(int.from_bytes(file.read(_LENGTH), "little")), b"")
        if next(pieces, b"") != stamp:
            return None
        *parts, last = [b"", *pieces]
    if last != stamp:  # a disk that filled up, or a power cut
        return None
    count, ranges, records = marshal.loads(parts[1])  # noqa: S302  # from a process of ours
    tables: dict[str, dict[str, Any]] = {
        name: {} for name in ("blocks", "names", "texts", "facets", "entries")
    }
    for part in parts[2:]:
        table, found = marshal.loads(part)  # noqa: S302  # as above
        tables[table] |= found
    blocks = list(tables.pop("blocks").values())
    return Known(count=count, ranges=ranges, records=records, blocks=blocks, **tables)


def keep(path: Path, stamp: bytes, documents: Documents, begun: Start, entries: Entries) -> None:
    """Keep at *path* what is known of tools, for which *stamp* stands."""
    fresh = path.with_suffix(".tmp")
    with fresh.open("wb") as file:
        # The stamp at either end shows that all of it is there.
        for piece in chain((stamp,), _pieces(documents, begun, entries), (stamp,)):
            file.write(len(piece).to_bytes(_LENGTH, "little") + piece)
    fresh.replace(path)


def _pieces(documents: Documents, begun: Start, entries: Entries) -> Iterator[bytes]:
    records, blocks = documents.since(begun.number)
    yield marshal.dumps((documents.count, documents.ranges[begun.ranges :], records))
    yield from _parts("blocks", ((str(number), block) for number, block in enumerate(blocks)))
    lists = {
        "names": (documents.names, begun.names),
        "texts": (documents.texts, begun.texts),
        "facets": (documents.facets, begun.facets),
    }
    for table, (postings, sizes) in lists.items():
        own = ((key, numbers[sizes.get(key, 0) :].tobytes()) for key, numbers in postings.items())
        yield from _parts(table, (pair for pair in own if pair[1]))
    yield from _parts("entries", iter(entries.written.items()))


def _parts(table: str, pairs: Iterator[tuple[str, object]]) -> Iterator[bytes]:
    while part := dict(islice(pairs, _TOGETHER)):
        yield marshal.dumps((table, part))


def take_over(documents: Documents, found: Known) -> Iterator[Written]:
    """Add to *documents* the tools that are known; gives back the files of their records."""
    documents.ranges += found.ranges
    yield from documents.take(found.records, found.blocks, found.count)
    _extend(documents.names, found.names)
    _extend(documents.texts, found.texts)
    _extend(documents.facets, found.facets)


def _extend(postings: Postings, own: Mapping[str, bytes]) -> None:
    for key, numbers in own.items():
        if key in postings:
            postings[key].frombytes(numbers)
        else:
            postings[key] = array("I", numbers)
