"""Writes the search index: small files that a browser fetches as it needs them, ranked by risk beforehand.

Documents are numbered by rank: pages of the reference, then servers, then tools from the gravest category to the
lightest. So a list of numbers in ascending order is a ranked result, and category and kind are ranges that cost nothing.
Terms are spread over files by their first letters: a *leaf* holds all terms that begin with its prefix; a prefix with too
many for one file is an *inner* node, which holds the documents of all of them together, and has longer prefixes below it.
A node begins with answers that stand ready: what is found first by the prefix of an inner node, or by a term that many have.
"""

import hashlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from catalogue.website import fingerprints
from catalogue.website.documents import BLOCK, FOLDER, Answer, Answers, Documents, Hits, Written
from catalogue.website.known_tools import Entries, Tools, keep, known, start, take_over
from catalogue.website.postings import encode, merged, varint
from catalogue.website.register import Register
from catalogue.website.survey import SAYS
from catalogue.website.terms import STOP, name_terms, text_terms
from catalogue.website.tool_documents import facets, numbered
from catalogue.website.visible import plain, truncate

#: The file that says what there is.
INDEX = f"{FOLDER}index.json"
#: Bytes up to which terms share a file.
LEAF = 24_000
#: Documents from which on a beginning has its answer ready.
MANY = 500
#: Words that are known to be spelled right: some 70 kB.
WORDS = 8_000
#: Beside the register, what an index knows of tools.
KNOWN = "search.known"
VERSION = 2

_SERVERS = """
SELECT name, path, title, says, name_terms, text_terms, grade, gravest, suspected FROM server
ORDER BY (SELECT max(gravity) FROM tool WHERE server = server.name) DESC, tools DESC, name
"""

_encode = msgspec.json.Encoder().encode


class Page(Struct, frozen=True, kw_only=True):
    """A page of the reference that the search finds too."""

    title: str
    path: str
    kind: str
    says: str


def index_files(register: Register, pages: Sequence[Page], folder: Path | None = None) -> Iterator[Written]:
    """Every file of the index over *pages* and all that the register knows; the one that is read first comes last.

    What is known of tools is kept in *folder* for the next index.
    """
    documents = Documents()
    leaves: list[str] = []
    stamp = hashlib.blake2b(digest_size=6)
    for path, content in _files(documents, register, pages, leaves, folder and folder / KNOWN):
        stamp.update(content)
        yield path, content
    about = {
        "version": VERSION,
        #: Keeps a browser from mixing files of two builds.
        "stamp": stamp.hexdigest(),
        "count": documents.count,
        "block": BLOCK,
        "ranges": documents.ranges,
        "facets": {facet: len(numbers) for facet, numbers in sorted(documents.facets.items())},
        "stop": " ".join(sorted(STOP)),
        "leaves": " ".join(leaves),
    }
    yield INDEX, msgspec.json.encode(about)


def _files(
    documents: Documents, register: Register, pages: Sequence[Page], leaves: list[str], path: Path | None
) -> Iterator[Written]:
    yield from _pages(documents, pages)
    yield from _servers(documents, register)
    begun = start(documents)
    stamp = fingerprints.of_bytes(f"{register.about('program')} {BLOCK}".encode())
    servers, owners = register.tools_by_server(), array("I")
    found = known(path, stamp) if path else None
    same = found if found and (found.servers, found.start) == (servers, begun.number) else None
    if same:
        yield from take_over(documents, same)
    else:
        yield from numbered(documents, register, servers, owners, found)
    if documents.pending:
        yield documents.flush()
    entries = Entries(documents, begun, same, path and path.parent)
    terms = documents.terms()
    yield f"{FOLDER}words.txt", common(terms)
    for prefix, content, leaf in nodes(terms, documents.answer, entries):
        if leaf:
            leaves.append(prefix)
        yield f"{FOLDER}t/{file_name(prefix)}", content
    for facet, numbers in sorted(documents.facets.items()):
        yield f"{FOLDER}f/{facet}.bin", encode(numbers)
    if path and not same:
        keep(path, stamp, documents, begun, Tools(servers, owners), entries)


def nodes(
    terms: Mapping[str, Hits], answer: Answers, entries: Entries | None = None
) -> Iterator[tuple[str, bytes, bool]]:
    """Every node of the tree of prefixes: its prefix, its content, and whether it is a leaf; in order of prefix."""
    written: list[tuple[str, bytes]] = []
    for term in sorted(terms):
        content = entries.known(term) if entries else None
        if content is None:
            content = _entry(term, *terms[term])
        if entries:
            entries.note(term, content)
        written.append((term, content))
    for letter, group in groupby(written, lambda pair: pair[0][0]):
        yield from _node(letter, list(group), terms, answer)


def common(terms: Mapping[str, Hits]) -> bytes:
    """The words that most documents have, commonest first: one of them may have been meant by what nothing has."""
    words = (term for term in terms if len(term) > 2 and term.isascii() and term.isalpha())
    return " ".join(nsmallest(WORDS, words, key=lambda term: (-sum(map(len, terms[term])), term))).encode()


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


def _pages(documents: Documents, pages: Sequence[Page]) -> Iterator[Written]:
    for page in pages:
        # Its address is what others call it: what is “Query injection” here lies at attacks/sql-injection/.
        name = name_terms(page.title, page.path)
        record = _encode([page.title, page.path, page.kind, truncate(page.says, SAYS), 0])
        yield from documents.add("page", record, name, text_terms([page.says], name), ())


def _servers(documents: Documents, register: Register) -> Iterator[Written]:
    for name, path, title, says, names, texts, grade, gravest, suspected in register.rows(_SERVERS):
        record = _encode(
            [plain(name), path, plain(title)[:60], truncate(plain(says), SAYS), suspected, gravest, grade]
        )
        kinds = facets(name.partition(":")[0], grade, "", False)
        yield from documents.add("server", record, names.split(), texts.split(), kinds)
