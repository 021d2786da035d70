"""The search index finds what it should in few small files; read here as the browser reads it."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from catalogue.entries import Entry
from catalogue.website import search, tool_documents
from catalogue.website.documents import BLOCK, FIRST, Answer
from catalogue.website.downloads import member
from catalogue.website.postings import BITS, EMPTY, GAPS, encode, varint
from catalogue.website.register import Register
from catalogue.website.search import LEAF, Page, file_name, index_files, nodes
from catalogue.website.survey import survey
from catalogue.website.terms import MOST, name_terms, normal, text_terms
from classifier.categories import Category
from crawler.servers import Repository
from tests.catalogue.sample_entries import entries, hostile


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("create_video",), ["create", "video"]),
        (("getHTTPResponse",), ["get", "http", "response"]),
        (("list-Files.v2",), ["list", "file", "v2"]),
        (("a", "a b"), ["a", "b"]),
        (("café Ünïcode",), ["cafe", "unicode"]),
        (("天気予報",), ["天気", "気予", "予報"]),
        (("",), []),
    ],
)
def test_names_are_cut_into_terms(names: tuple[str, ...], expected: list[str]) -> None:
    assert name_terms(*names) == expected


@pytest.mark.parametrize(
    ("word", "expected"), [("files", "file"), ("status", "status"), ("class", "class"), ("is", "is"), ("gas", "gas"), ("analysis", "analysis")]
)  # fmt: skip
def test_a_plural_is_its_singular(word: str, expected: str) -> None:
    assert normal(word) == expected


def test_texts_leave_out_common_words_and_what_the_name_says() -> None:
    assert text_terms(["Deletes the file of a user"], ["file"]) == ["delete", "user"]
    assert len(text_terms([" ".join(f"w{number}" for number in range(500))])) == MOST


def decode(content: bytes) -> Iterator[tuple[str, list[int], list[int]]]:
    """Terms of a node with name hits and text hits, as `lookup.js` reads them."""
    at = 0

    def number() -> int:
        nonlocal at
        found, shift = 0, 0
        while True:
            byte = content[at]
            at += 1
            found |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return found

    def numbers() -> list[int]:
        nonlocal at
        kind = content[at]
        at += 1
        if kind == 0:
            return []
        end = number() + at
        found: list[int] = []
        if kind == GAPS:
            while at < end:
                found.append((found[-1] if found else -1) + number() + 1)
            return found
        start = at
        at = end
        return [
            8 * n + bit for n, byte in enumerate(content[start:end]) for bit in range(8) if byte >> bit & 1
        ]

    size = number()
    at += size
    while at < len(content):
        size = number()
        at += size
        yield content[at - size : at].decode(), numbers(), numbers()


def head(content: bytes) -> dict[str, Any]:
    """The ready answers of a node."""
    size, at, shift = 0, 0, 0
    while True:
        byte = content[at]
        size += (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            found: dict[str, Any] = json.loads(content[at : at + size])
            return found


def no_answer(names: Sequence[int], texts: Sequence[int]) -> Answer:
    return Answer(counts={}, total=len(names) + len(texts), best=[])


@given(st.sets(st.integers(0, 5000)))
def test_numbers_come_back_as_they_went_in(numbers: set[int]) -> None:
    content = varint(0) + varint(0) + encode(sorted(numbers)) + EMPTY

    assert list(decode(content)) == [("", sorted(numbers), [])]


@pytest.mark.parametrize(("numbers", "kind"), [(range(1000), BITS), (range(0, 100_000, 500), GAPS), ([], 0)])
def test_the_shorter_form_is_taken(numbers: range, kind: int) -> None:
    content = encode(list(numbers))

    assert content[0] == kind
    assert len(content) <= len(numbers) * 3 + 4


@given(
    st.dictionaries(
        st.text(st.sampled_from("abcdé天"), min_size=1, max_size=5),
        st.lists(st.integers(0, 300), min_size=1),
        max_size=60,
    )
)
def test_every_term_is_found_by_the_way_a_browser_goes(found: dict[str, list[int]]) -> None:
    terms: Any = {term: (sorted(set(numbers)), []) for term, numbers in found.items()}
    limit = search.LEAF
    search.LEAF = 40
    try:
        made = {prefix: (content, leaf) for prefix, content, leaf in nodes(terms, no_answer)}
    finally:
        search.LEAF = limit
    leaves = {prefix for prefix, (_, leaf) in made.items() if leaf}
    inner = {leaf[:length] for leaf in leaves for length in range(1, len(leaf))}

    assert inner == {prefix for prefix, (_, leaf) in made.items() if not leaf}
    for term in terms:
        node = (
            term
            if term in leaves | inner
            else next(term[:n] for n in range(len(term), 0, -1) if term[:n] in leaves)
        )
        assert terms[term][0] in [names for spelled, names, _ in decode(made[node][0]) if spelled == term]
        together = set().union(*(numbers for other, (numbers, _) in terms.items() if other.startswith(term)))
        if node in inner:
            assert (("", sorted(together), [])) in list(decode(made[node][0]))


def test_ready_answers_are_what_a_search_finds(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of prefixes with too many terms for a file, and those of terms that many documents have."""
    monkeypatch.setattr(search, "LEAF", 400)
    monkeypatch.setattr(search, "MANY", 20)
    files = dict(index_files(register, []))
    about = json.loads(files["search/index.json"])
    leaves = about["leaves"].split()
    found = [term for leaf in leaves for term in decode(files[f"search/t/{file_name(leaf)}"]) if term[0]]
    found += [
        term
        for path, content in files.items()
        if path.startswith("search/t/")
        for term in decode(content)
        if term[0] == path[10:-4]
    ]
    answers = {
        term or path[10:-4]: answer
        for path, content in files.items()
        if path.startswith("search/t/")
        for term, answer in head(content).items()
    }

    assert {"r", "record"} <= answers.keys()
    for beginning, answer in answers.items():
        hits = [(names, texts) for term, names, texts in found if term.startswith(beginning)]
        names = sorted(set().union(*(names for names, _ in hits)))
        texts = sorted(set().union(*(texts for _, texts in hits)).difference(names))
        best = [*names, *texts][:FIRST]
        assert answer["total"] == len(names) + len(texts) == sum(answer["counts"].values())
        assert answer["best"] == [
            [number, json.loads(files[f"search/d/{number // BLOCK}.json"])[number % BLOCK]] for number in best
        ]
        assert answer["counts"] == {
            kind: sum(start <= number < end for number in (*names, *texts))
            for (kind, start), (_, end) in zip(
                about["ranges"], [*about["ranges"][1:], ["", about["count"]]], strict=True
            )
        }


def test_a_server_is_found_by_the_address_of_its_repository() -> None:
    """Also one that is called otherwise, or shares it with others."""
    source = Repository(url="https://github.com/modelcontextprotocol/servers/tree/main/src/git")
    (entry,) = entries(1)
    facts = survey(structs.replace(entry, server=structs.replace(entry.server, repository=source)))

    assert {"modelcontextprotocol", "tree", "main", "src", "git"} <= set(facts.text_terms.split())


def test_a_page_is_found_by_what_others_call_it(register: Register) -> None:
    """Which is where it lies."""
    page = Page(
        title="Query injection", path="attacks/sql-injection/", kind="attack", says="A query that changes."
    )
    files = dict(index_files(register, [page]))
    found = [
        term for path, content in files.items() if path.startswith("search/t/") for term in decode(content)
    ]

    assert [names for term, names, _ in found if term == "sql"] == [[0]]


def test_the_commonest_words_are_told_for_whoever_mistypes_them(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that most documents have first, no numbers and no single letters among them."""
    every = dict(index_files(register, []))["search/words.txt"].decode().split()
    monkeypatch.setattr(search, "WORDS", 5)

    assert {"wipe", "video", "refund"} <= set(every)
    assert all(word.isalpha() and len(word) > 2 for word in every)
    assert dict(index_files(register, []))["search/words.txt"].decode().split() == every[:5]


def test_names_of_files_are_safe() -> None:
    assert [file_name(prefix) for prefix in ("con", "é", "a天")] == ["-con.bin", "-_e9_.bin", "-a_5929_.bin"]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    found = Register(tmp_path_factory.mktemp("register") / "register.sqlite")
    for entry in [*entries(60), *hostile()]:
        found.put(survey(entry), b"", member(entry))
    yield found
    found.close()


def test_the_index_ranks_by_gravity_and_names_every_document(register: Register) -> None:
    files = dict(
        index_files(
            register, [Page(title="Deletes data", path="signals/deletes-data/", kind="signal", says="Gone.")]
        )
    )
    about = json.loads(files["search/index.json"])
    records = [
        record
        for number in range(-(-about["count"] // BLOCK))
        for record in json.loads(files[f"search/d/{number}.json"])
    ]
    starts = [start for _, start in about["ranges"]]

    assert [kind for kind, _ in about["ranges"]] == [
        "page",
        "server",
        "financial",
        "destructive",
        "execute",
        "write",
        "read",
    ]
    assert starts == sorted(starts)
    assert len(records) == about["count"] == 1 + 60 + 13 + register.one("SELECT count(*) FROM tool")
    assert max(len(content) for path, content in files.items() if path.startswith("search/t/")) <= 2 * LEAF


def test_a_word_leads_to_every_tool_that_says_it(register: Register) -> None:
    files = dict(index_files(register, []))
    (leaf,) = [
        prefix
        for prefix in json.loads(files["search/index.json"])["leaves"].split()
        if "refund".startswith(prefix)
    ]
    (hits,) = [names for term, names, _ in decode(files[f"search/t/{file_name(leaf)}"]) if term == "refund"]
    found = [json.loads(files[f"search/d/{number // BLOCK}.json"])[number % BLOCK][1] for number in hits]

    assert sorted(found) == [
        path for (path,) in register.rows("SELECT path FROM tool WHERE name LIKE 'refund%' ORDER BY path")
    ]


def test_the_index_of_many_tools_stays_small_for_one_query(tmp_path: Path) -> None:
    """What a browser fetches before the first result grows with no list of all tools."""
    found = Register(tmp_path / "register.sqlite")
    for entry in entries(150, seed=random.Random(1).randrange(9)):
        found.put(survey(entry), b"", b"")
    files = dict(index_files(found, []))
    largest = {
        folder: max(len(c) for p, c in files.items() if p.startswith(f"search/{folder}/")) for folder in "tdf"
    }
    found.close()

    assert len(files["search/index.json"]) < 10_000
    assert largest["t"] < 2 * LEAF
    assert largest["d"] < 12_000


def with_changed_servers(folder: Path) -> Register:
    """A register whose servers say other things than they did, and whose tools are the same."""
    found = Register(folder / "register.sqlite")
    for number, entry in enumerate(entries(60)):
        words = f"Reworded: a page of records number {number}." if number % 7 == 0 else "Gives an invoice."
        server = structs.replace(entry.server, description=words, title="Refund")
        found.put(survey(structs.replace(entry, server=server)), b"", b"")
    return found


def test_as_long_as_no_tool_changed_the_last_index_gives_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LEAF", 400)
    monkeypatch.setattr(search, "MANY", 20)
    pages = [Page(title="Deletes data", path="signals/deletes-data/", kind="signal", says="Gone.")]
    before = Register(tmp_path / "before.sqlite")
    for entry in entries(60):
        before.put(survey(entry), b"", b"")
    first = dict(index_files(before, pages, tmp_path))
    now = with_changed_servers(tmp_path)
    afresh = dict(index_files(now, pages))

    with monkeypatch.context() as forbidden:
        forbidden.setattr(search, "numbered", None)
        taken_over = list(index_files(now, pages, tmp_path))
        again = dict(index_files(before, pages, tmp_path))

    assert dict(taken_over) == afresh != first
    assert [path for path, _ in taken_over] == list(afresh)
    assert again == first
    before.close()
    now.close()


def edited(entry: Entry, chance: random.Random) -> Entry:
    """The entry after a release with other tools, in another order, or judged by somebody else."""
    snapshot = entry.snapshot
    assert snapshot
    kind = chance.randrange(3)
    if kind == 0:
        return structs.replace(entry, snapshot=structs.replace(snapshot, tools=snapshot.tools[1:]))
    if kind == 1:
        return structs.replace(entry, snapshot=structs.replace(snapshot, tools=snapshot.tools[::-1]))
    digest = chance.choice(list(entry.verdicts))
    graver = structs.replace(entry.verdicts[digest], category=Category.FINANCIAL)
    return structs.replace(entry, verdicts={**entry.verdicts, digest: graver})


@pytest.mark.parametrize("seed", range(6))
def test_where_few_servers_changed_the_others_keep_what_was_known(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers come, go and change; each index is what it would be had there been none before."""
    monkeypatch.setattr(search, "LEAF", 400)
    monkeypatch.setattr(search, "MANY", 20)
    chance = random.Random(seed)
    there = {str(entry.server.name): entry for entry in entries(40)}
    later = list(entries(60))[40:]
    found = Register(tmp_path / "register.sqlite")
    for entry in there.values():
        found.put(survey(entry), b"", b"")
    list(index_files(found, [], tmp_path))
    for _ in range(5):
        for name in chance.sample(sorted(there), 3):
            there[name] = edited(there[name], chance)
            found.put(survey(there[name]), b"", b"")
        if chance.random() < 0.5:
            found.drop(gone := chance.choice(sorted(there)))
            del there[gone]
        if chance.random() < 0.5:
            fresh = later.pop()
            there[str(fresh.server.name)] = fresh
            found.put(survey(fresh), b"", b"")
        afresh = list(index_files(found, []))
        with monkeypatch.context() as forbidden:
            forbidden.setattr(tool_documents, "_afresh", None)
            assert list(index_files(found, [], tmp_path)) == afresh
    found.close()


def test_what_was_kept_of_other_tools_is_not_taken_over(tmp_path: Path) -> None:
    found = Register(tmp_path / "register.sqlite")
    made = list(entries(3))
    for entry in made:
        found.put(survey(entry), b"", b"")
    list(index_files(found, [], tmp_path))
    kept = (tmp_path / search.KNOWN).read_bytes()
    snapshot = made[1].snapshot
    assert snapshot
    fewer = structs.replace(made[1], snapshot=structs.replace(snapshot, tools=snapshot.tools[1:]))
    found.put(survey(fewer), b"", b"")

    expected = dict(index_files(found, []))

    assert dict(index_files(found, [], tmp_path)) == expected
    fresh = (tmp_path / search.KNOWN).read_bytes()
    assert fresh != kept
    for length in (0, 5, 30, len(fresh) // 2, len(fresh) - 1):
        (tmp_path / search.KNOWN).write_bytes(fresh[:length])
        assert dict(index_files(found, [], tmp_path)) == expected
        assert (tmp_path / search.KNOWN).read_bytes() == fresh
    found.close()
