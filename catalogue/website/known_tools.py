"""What an index says of tools, kept beside the register: the next build takes it over, all of it as long as no tool changed."""

import marshal
import os
import shutil
from array import array
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from msgspec import Struct

from catalogue.website.documents import Documents, Postings, Written, opened

#: Bytes that are written together: all of them at once would lie in memory twice.
_TOGETHER = 2**20
_LENGTH = 8
_ENTRIES = "entries"

#: Documents other than tools that have a term in their names, and in their texts, as they lie in an array; and how it is written.
Entry = tuple[bytes, bytes, bytes]


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
    """How each term is written, with the documents other than tools that it was written for; told from one build to the next.

    Terms are asked for and noted in their order, so that only a few of them are in memory.
    """

    def __init__(
        self, documents: Documents, begun: Start, found: "Known | None", folder: Path | None
    ) -> None:
        self._documents = documents
        self._begun = begun
        self._parts = found.entries if found else iter(())
        self._part: dict[str, Entry] = {}
        self._last = ""
        self._fresh: dict[str, Entry] = {}
        self._size = 0
        #: What was noted, as it will be kept; nothing where the last index says the same.
        self._noted = TemporaryFile(dir=folder) if folder and not found else None  # noqa: SIM115 - until it is kept

    def known(self, term: str) -> bytes | None:
        """How it was written when the same documents had it; `None` where others did."""
        while self._last < term and (part := next(self._parts, None)) is not None:
            self._part, self._last = part, next(reversed(part))
        found = self._part.get(term)
        return found[2] if found and found[:2] == self._others(term) else None

    def note(self, term: str, content: bytes) -> None:
        """Keep how it is written now."""
        if self._noted is None:
            return
        entry = self._fresh[term] = *self._others(term), content
        self._size += len(term) + sum(map(len, entry))
        if self._size >= _TOGETHER:
            self._put(self._noted)

    def keep(self, file: IO[bytes]) -> None:
        """Append all that was noted to *file*."""
        if self._noted is None:
            return
        with self._noted as noted:
            self._put(noted)
            noted.seek(0)
            shutil.copyfileobj(noted, file)

    def _put(self, file: IO[bytes]) -> None:
        if self._fresh:
            file.write(_framed(marshal.dumps((_ENTRIES, self._fresh))))
        self._fresh, self._size = {}, 0

    def _others(self, term: str) -> tuple[bytes, bytes]:
        names, texts = self._begun.names.get(term, 0), self._begun.texts.get(term, 0)
        return (
            self._documents.names[term][:names].tobytes() if names else b"",
            self._documents.texts[term][:texts].tobytes() if texts else b"",
        )


class Tools(NamedTuple):
    """Whose tools an index tells of."""

    #: What stands for all that it was made from, by server.
    servers: dict[str, bytes]
    #: For each tool, in order of rank, the place of its server among these.
    owners: "array[int]"


class Known(Struct, kw_only=True):
    """An index from its first tool on."""

    #: How many documents there were before it, and in all.
    start: int
    count: int
    #: As `Tools` has them, the owners as they lie in an array.
    servers: dict[str, bytes]
    owners: bytes
    ranges: list[tuple[str, int]]
    #: Records of tools in a block that they share with servers, and the blocks behind it.
    records: list[bytes]
    blocks: list[bytes]
    #: Numbers of documents as they lie in an array.
    names: dict[str, bytes]
    texts: dict[str, bytes]
    facets: dict[str, bytes]
    #: Terms in their order, some at a time.
    entries: Iterator[dict[str, Entry]]

    def tools(self) -> Iterator[bytes]:
        """The record of each tool, in order of rank."""
        return map(bytes, chain(self.records, chain.from_iterable(map(opened, self.blocks))))


def known(path: Path, stamp: bytes) -> Known | None:
    """What was kept at *path* by a program for which *stamp* stands; `None` where that is not whole, or by another."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        # The one at the end is missing after a disk that filled up, or a power cut.
        if path.stat().st_size < 2 * len(_framed(stamp)) or file.read(len(_framed(stamp))) != _framed(stamp):
            return None
        file.seek(-len(_framed(stamp)), os.SEEK_END)
        if file.read() != _framed(stamp):
            return None
        file.seek(len(_framed(stamp)))
        begun, count, ranges, owners, records = marshal.loads(_piece(file))  # noqa: S302  # from a process of ours
        tables: dict[str, dict[str, Any]] = {
            name: {} for name in ("servers", "blocks", "names", "texts", "facets")
        }
        begin = file.tell()
        while (piece := _piece(file)) != stamp:
            table, found = marshal.loads(piece)  # noqa: S302  # as above
            if table == _ENTRIES:
                break
            tables[table] |= found
            begin = file.tell()
    blocks = list(tables.pop("blocks").values())
    entries = _entries(path, begin, stamp)
    return Known(
        start=begun,
        count=count,
        owners=owners,
        ranges=ranges,
        records=records,
        blocks=blocks,
        entries=entries,
        **tables,
    )


def _entries(path: Path, begin: int, stamp: bytes) -> Iterator[dict[str, Entry]]:
    with path.open("rb") as file:
        file.seek(begin)
        while (piece := _piece(file)) != stamp:
            yield marshal.loads(piece)[1]  # noqa: S302  # as above


def _piece(file: IO[bytes]) -> bytes:
    return file.read(int.from_bytes(file.read(_LENGTH), "little"))


def _framed(piece: bytes) -> bytes:
    return len(piece).to_bytes(_LENGTH, "little") + piece


def keep(
    path: Path, stamp: bytes, documents: Documents, begun: Start, tools: Tools, entries: Entries
) -> None:
    """Keep at *path* what is known of *tools*; *stamp* stands for the program."""
    fresh = path.with_suffix(".tmp")
    with fresh.open("wb") as file:
        # The stamp at either end shows that all of it is there.
        for piece in chain((stamp,), _pieces(documents, begun, tools)):
            file.write(_framed(piece))
        entries.keep(file)
        file.write(_framed(stamp))
    fresh.replace(path)


def _pieces(documents: Documents, begun: Start, tools: Tools) -> Iterator[bytes]:
    records, blocks = documents.since(begun.number)
    ranges, owners = documents.ranges[begun.ranges :], tools.owners.tobytes()
    yield marshal.dumps((begun.number, documents.count, ranges, owners, records))
    yield from _parts("servers", tools.servers.items())
    yield from _parts("blocks", ((str(number), block) for number, block in enumerate(blocks)))
    lists = {
        "names": (documents.names, begun.names),
        "texts": (documents.texts, begun.texts),
        "facets": (documents.facets, begun.facets),
    }
    for table, (postings, sizes) in lists.items():
        own = ((key, numbers[sizes.get(key, 0) :].tobytes()) for key, numbers in postings.items())
        yield from _parts(table, (pair for pair in own if pair[1]))


def _parts(table: str, pairs: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    part, size = dict[str, bytes](), 0
    for key, value in pairs:
        part[key] = value
        size += len(key) + len(value)
        if size >= _TOGETHER:
            yield marshal.dumps((table, part))
            part, size = {}, 0
    if part:
        yield marshal.dumps((table, part))


def take_over(documents: Documents, found: Known) -> Iterator[Written]:
    """Move to *documents* the tools that are known; gives back the files of their records."""
    documents.ranges += found.ranges
    yield from documents.take(found.records, found.blocks, found.count)
    _extend(documents.names, found.names)
    _extend(documents.texts, found.texts)
    _extend(documents.facets, found.facets)


def _extend(postings: Postings, own: dict[str, bytes]) -> None:
    # Emptied meanwhile, or all numbers would lie in memory twice.
    while own:
        key, numbers = own.popitem()
        if key in postings:
            postings[key].frombytes(numbers)
        else:
            postings[key] = array("I", numbers)
