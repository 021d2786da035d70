"""Writes the search index: small files that a browser fetches as it needs them, ranked by risk beforehand.

Documents are numbered by rank: pages of the reference, then servers, then tools from the gravest category to the
lightest. So a list of numbers in ascending order is a ranked result, and category and kind are ranges that cost nothing.
Terms are spread over files by their first letters: a *leaf* holds all terms that begin with its prefix; a prefix with too
many for one file is an *inner* node, which holds the documents of all of them together, and has longer prefixes below it.
A node begins with answers that stand ready: what is found first by the prefix of an inner node, or by a term that many have.
"""

import hashlib
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby

import msgspec
from msgspec import Struct

from catalogue.website.postings import encode, merged, varint
from catalogue.website.register import Register
from catalogue.website.survey import SAYS
from catalogue.website.terms import STOP, name_terms, text_terms
from catalogue.website.visible import plain, truncate
from classifier.memo import Memo

FOLDER = "search/"
#: The file that says what there is.
INDEX = f"{FOLDER}index.json"
#: Documents whose records lie in one file.
BLOCK = 32
#: Bytes up to which terms share a file.
LEAF = 24_000
#: Documents from which on a beginning has its answer ready, and results in such an answer: as many as a page shows at first.
MANY, FIRST = 500, 6
VERSION = 2

_TOOLS = """
SELECT record, server, poisoned, name_terms, text_terms, category, signals FROM tool
ORDER BY gravity DESC, poisoned DESC, confidence DESC, name, server, position
"""
_SERVERS = """
SELECT name, path, title, says, name_terms, text_terms, grade, gravest, suspected FROM server
ORDER BY (SELECT max(gravity) FROM tool WHERE server = server.name) DESC, tools DESC, name
"""

_encode = msgspec.json.Encoder().encode
_records = msgspec.json.Decoder(list[msgspec.Raw]).decode

#: Path of a file, and its content.
Written = tuple[str, bytes]
#: Name hits and text hits of one term.
Hits = tuple["array[int]", "array[int]"]
#: By term, the documents that have it.
Postings = defaultdict[str, "array[int]"]


class Page(Struct, frozen=True, kw_only=True):
    """A page of the reference that the search finds too."""

    title: str
    path: str
    kind: str
    says: str


class Answer(Struct, frozen=True, kw_only=True):
    """What is found by one beginning of a word and nothing else."""

    #: How many documents there are of each kind, and of all.
    counts: dict[str, int]
    total: int
    #: The first of them, each with its record.
    best: list[tuple[int, msgspec.Raw]]


#: Makes an answer out of the documents that have something in their names, and of the others that have it in their texts.
Answers = Callable[[Sequence[int], Sequence[int]], Answer]


class _Index:
    """Collects documents in the order of their rank."""

    def __init__(self) -> None:
        self._names: Postings = defaultdict(partial(array, "I"))
        self._texts: Postings = defaultdict(partial(array, "I"))
        self.facets: Postings = defaultdict(partial(array, "I"))
        self.ranges: list[tuple[str, int]] = []
        self.count = 0
        self._block: list[bytes] = []
        #: Full blocks: ready answers need records out of any of them.
        self._blocks: list[bytes] = []
        self._opened: Memo[int, list[msgspec.Raw]] = Memo(self._open, 200)

    def add(
        self, kind: str, record: bytes, name: Iterable[str], text: Iterable[str], facets: Iterable[str]
    ) -> Iterator[Written]:
        """Number one document, of which a result shows *record*; gives back the file of its block once that is full."""
        number = self.count
        if not self.ranges or self.ranges[-1][0] != kind:
            self.ranges.append((kind, number))
        names, texts, kinds = self._names, self._texts, self.facets
        for term in name:
            names[term].append(number)
        for term in text:
            texts[term].append(number)
        for facet in facets:
            kinds[facet].append(number)
        self.count += 1
        self._block.append(record)
        if len(self._block) == BLOCK:
            yield self.flush()

    def flush(self) -> tuple[str, bytes]:
        """The file of the documents since the last full block."""
        number = (self.count - 1) // BLOCK
        content = b"[" + b",".join(self._block) + b"]"
        self._block = []
        self._blocks.append(content)
        return f"{FOLDER}d/{number}.json", content

    def _open(self, block: int) -> list[msgspec.Raw]:
        return _records(self._blocks[block])

    def answer(self, names: Sequence[int], texts: Sequence[int]) -> Answer:
        """What is found by documents that have something in their names, and by others that have it in their texts."""
        counts = dict.fromkeys((kind for kind, _ in self.ranges), 0)
        for found in (names, texts):
            bounds = [bisect_left(found, start) for _, start in self.ranges] + [len(found)]
            for (kind, _), start, end in zip(self.ranges, bounds, bounds[1:], strict=False):
                counts[kind] += end - start
        best = [*names[:FIRST], *texts[:FIRST]][:FIRST]
        return Answer(
            counts=counts,
            total=len(names) + len(texts),
            best=[(number, self._opened[number // BLOCK][number % BLOCK]) for number in best],
        )

    def terms(self) -> dict[str, Hits]:
        """Every term with the documents that have it in their names, and in their texts."""
        none = array("I")
        return {
            term: (self._names.get(term, none), self._texts.get(term, none))
            for term in self._names.keys() | self._texts.keys()
        }

    @property
    def pending(self) -> bool:
        """Whether some documents are in no file yet."""
        return bool(self._block)


def index_files(register: Register, pages: Sequence[Page]) -> Iterator[Written]:
    """Every file of the index over *pages* and all that the register knows; the one that is read first comes last."""
    index = _Index()
    leaves: list[str] = []
    stamp = hashlib.blake2b(digest_size=6)
    for path, content in _files(index, register, pages, leaves):
        stamp.update(content)
        yield path, content
    about = {
        "version": VERSION,
        #: Keeps a browser from mixing files of two builds.
        "stamp": stamp.hexdigest(),
        "count": index.count,
        "block": BLOCK,
        "ranges": index.ranges,
        "facets": {facet: len(numbers) for facet, numbers in sorted(index.facets.items())},
        "stop": " ".join(sorted(STOP)),
        "leaves": " ".join(leaves),
    }
    yield INDEX, msgspec.json.encode(about)


def _files(index: _Index, register: Register, pages: Sequence[Page], leaves: list[str]) -> Iterator[Written]:
    yield from _pages(index, pages)
    yield from _servers(index, register)
    yield from _tools(index, register)
    if index.pending:
        yield index.flush()
    for prefix, content, leaf in nodes(index.terms(), index.answer):
        if leaf:
            leaves.append(prefix)
        yield f"{FOLDER}t/{file_name(prefix)}", content
    for facet, numbers in sorted(index.facets.items()):
        yield f"{FOLDER}f/{facet}.bin", encode(numbers)


def nodes(terms: Mapping[str, Hits], answer: Answers) -> Iterator[tuple[str, bytes, bool]]:
    """Every node of the tree of prefixes: its prefix, its content, and whether it is a leaf; in order of prefix."""
    written = [(term, _entry(term, *terms[term])) for term in sorted(terms)]
    for letter, group in groupby(written, lambda pair: pair[0][0]):
        yield from _node(letter, list(group), terms, answer)


def file_name(prefix: str) -> str:
    """Name of a node's file, such as `-del.bin`; other characters than a-z and 0-9 become `_e9_`."""
    return "-" + "".join(c if c.isascii() and c.isalnum() else f"_{ord(c):x}_" for c in prefix) + ".bin"


def _node(
    prefix: str, entries: list[tuple[str, bytes]], terms: Mapping[str, Hits], answer: Answers
) -> Iterator[tuple[str, bytes, bool]]:
    size = sum(len(content) for _, content in entries)
    if size <= LEAF or len(entries) == 1:
        ready = {term: answer(*found) for term, found in _common([term for term, _ in entries], terms)}
        yield prefix, _head(ready) + b"".join(content for _, content in entries), True
        return
    below = entries
    own = b""
    if entries[0][0] == prefix:
        own, below = entries[0][1], entries[1:]
    names, texts = _union([term for term, _ in entries], terms)
    yield prefix, _head({"": answer(names, texts)}) + _entry("", names, texts) + own, False
    for longer, group in groupby(below, lambda pair: pair[0][: len(prefix) + 1]):
        yield from _node(longer, list(group), terms, answer)


def _head(ready: Mapping[str, Answer]) -> bytes:
    content = _encode(ready)
    return varint(len(content)) + content


def _common(group: Sequence[str], terms: Mapping[str, Hits]) -> Iterator[tuple[str, Hits]]:
    """Terms of a leaf that many documents have, each with those of all terms that begin with it."""
    for number, term in enumerate(group):
        if sum(map(len, terms[term])) >= MANY:
            yield term, _union([longer for longer in group[number:] if longer.startswith(term)], terms)


def _union(group: Sequence[str], terms: Mapping[str, Hits]) -> Hits:
    """The documents that have one of the terms in their names, and the others that have one in their texts."""
    names = merged(terms[term][0] for term in group)
    return names, merged((terms[term][1] for term in group), without=names)


def _entry(term: str, names: Sequence[int], texts: Sequence[int]) -> bytes:
    """A term with its documents; the empty term stands for all that begin with the prefix."""
    spelled = term.encode()
    return varint(len(spelled)) + spelled + encode(names) + encode(texts)


def _pages(index: _Index, pages: Sequence[Page]) -> Iterator[Written]:
    for page in pages:
        name = name_terms(page.title)
        record = _encode([page.title, page.path, page.kind, page.says[:SAYS], 0])
        yield from index.add("page", record, name, text_terms([page.says], name), ())


def _servers(index: _Index, register: Register) -> Iterator[Written]:
    for name, path, title, says, names, texts, grade, gravest, suspected in register.rows(_SERVERS):
        record = _encode(
            [plain(name), path, plain(title)[:60], truncate(plain(says), SAYS), suspected, gravest, grade]
        )
        facets = _facets(name.partition(":")[0], grade, "", False)
        yield from index.add("server", record, names.split(), texts.split(), facets)


def _tools(index: _Index, register: Register) -> Iterator[Written]:
    # Looked up here: a join takes as long as all the rest of the question.
    grades = dict(register.rows("SELECT name, grade FROM server"))
    for record, server, poisoned, names, texts, category, signals in register.rows(_TOOLS):
        facets = _facets(server.partition(":")[0], grades[server], signals, bool(poisoned))
        yield from index.add(category, record, names.split(), texts.split(), facets)


#: Few combinations come up, and those again and again.
@lru_cache(maxsize=10_000)
def _facets(ecosystem: str, grade: str, signals: str, suspected: bool) -> tuple[str, ...]:
    signs = (f"signal-{code}" for code in signals.split())
    found = (f"from-{ecosystem}", f"grade-{grade or 'none'}", *signs)
    return (*found, "suspected") if suspected else found
