"""The documents of the search index while it is made: each with its number, its record and the terms that find it."""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import msgspec
from msgspec import Struct

from classifier.memo import Memo

FOLDER = "search/"
#: Documents whose records lie in one file.
BLOCK = 32
#: Results in an answer that stands ready: as many as a page shows at first.
FIRST = 6

#: The records of a block.
opened = msgspec.json.Decoder(list[msgspec.Raw]).decode

#: Path of a file, and its content.
Written = tuple[str, bytes]
#: Name hits and text hits of one term.
Hits = tuple["array[int]", "array[int]"]
#: By term, the documents that have it.
Postings = defaultdict[str, "array[int]"]


class Answer(Struct, frozen=True, kw_only=True):
    """What is found by one beginning of a word and nothing else."""

    #: How many documents there are of each kind, and of all.
    counts: dict[str, int]
    total: int
    #: The first of them, each with its record.
    best: list[tuple[int, msgspec.Raw]]


#: Makes an answer out of the documents that have something in their names, and of the others that have it in their texts.
Answers = Callable[[Sequence[int], Sequence[int]], Answer]


class Documents:
    """Collects documents in the order of their rank."""

    def __init__(self) -> None:
        #: By term, the documents that have it in their names, and the others that have it in their texts; by facet those that it picks.
        self.names: Postings = defaultdict(partial(array, "I"))
        self.texts: Postings = defaultdict(partial(array, "I"))
        self.facets: Postings = defaultdict(partial(array, "I"))
        self.ranges: list[tuple[str, int]] = []
        self.count = 0
        self._block: list[bytes] = []
        #: Blocks in files: ready answers need records out of any of them.
        self._blocks: list[bytes] = []
        self._opened: Memo[int, list[msgspec.Raw]] = Memo(self._open, 200)

    def add(
        self, kind: str, record: bytes, name: Iterable[str], text: Iterable[str], facets: Iterable[str]
    ) -> Iterator[Written]:
        """Number one document, of which a result shows *record*; gives back the file of its block once that is full."""
        number = self.count
        if not self.ranges or self.ranges[-1][0] != kind:
            self.ranges.append((kind, number))
        names, texts, kinds = self.names, self.texts, self.facets
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
        return opened(self._blocks[block])

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
            term: (self.names.get(term, none), self.texts.get(term, none))
            for term in self.names.keys() | self.texts.keys()
        }

    @property
    def pending(self) -> bool:
        """Whether some documents are in no file yet."""
        return bool(self._block)

    def since(self, number: int) -> tuple[list[bytes], list[bytes]]:
        """The records from document *number* on as far as they share a block with others, and the blocks behind it; all are in files."""
        block, place = divmod(number, BLOCK)
        if not place or block == len(self._blocks):
            return [], self._blocks[block:]
        return [bytes(record) for record in self._opened[block][place:]], self._blocks[block + 1 :]

    def take(self, records: Iterable[bytes], blocks: Iterable[bytes], count: int) -> Iterator[Written]:
        """Number the documents that `since` gave of an index with *count* of them; whoever has their terms adds these."""
        for record in records:
            self.count += 1
            self._block.append(record)
            if len(self._block) == BLOCK:
                yield self.flush()
        for content in blocks:
            self._blocks.append(content)
            yield f"{FOLDER}d/{len(self._blocks) - 1}.json", content
        self.count = count
