"""The record keeps what it is told, once, and gives it back whole; the same on SQLite and on PostgreSQL."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event, func, select

from catalogue.entries import Change, Entry, Review
from catalogue.models import ChangeRow, DefinitionRow, OutcomeRow, OutcomeToolRow, ServerRow
from catalogue.store import Counts, Store
from classifier.categories import Category
from classifier.evidence import Evidence, Signal
from classifier.verdicts import Verdict
from crawler.identity import Merged, merge
from crawler.ledger import Validators
from crawler.servers import Package, Repository, Server, ServerName
from crawler.snapshots import Method, Observation, Outcome, Profile, Rung, Skipped, SkipReason, Snapshot
from crawler.tools import Origin, Tool

SORA = ServerName("pypi", "mcp-sora")
TIME = ServerName("pypi", "mcp-server-time")
NOW = "2026-01-02T03:04:05Z"
LATER = "2026-01-03T03:04:05Z"
LATEST = "2026-01-04T03:04:05Z"


def tool(name: str, description: str | None = None, **more: Any) -> Tool:
    entry = {"name": name, "description": description, "inputSchema": {"type": "object"}, **more}
    return Tool.read({key: value for key, value in entry.items() if value is not None})


def said(
    *tools: Tool, server: ServerName = SORA, release: str | None = "1.0", taken_at: str = NOW, **more: Any
) -> Snapshot:
    return Snapshot(
        server=server, release=release, method=Method.LIVE, tools=tools, taken_at=taken_at, **more
    )


def skipped(
    reason: SkipReason, *, server: ServerName = SORA, release: str | None = "1.0", taken_at: str = NOW
) -> Skipped:
    return Skipped(server=server, release=release, reason=reason, taken_at=taken_at)


def verdict(category: Category, version: str = "1") -> Verdict:
    return Verdict(category=category, confidence=0.9, why=(f"It looks like {category}.",), version=version)


def by_name(version: str = "1", **categories: Category) -> Any:
    """A classifier that knows the tools by name."""

    def classify_all(tools: Iterable[Tool]) -> Iterator[Verdict]:
        return (verdict(categories[tool.name], version) for tool in tools)

    return classify_all


def rows(store: Store, *tables: Any) -> tuple[int, ...]:
    with store.engine.connect() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
        )


FULL = Server(
    name=SORA,
    title="Sora",
    description="Makes videos.",
    version="1.0",
    repository=Repository(url="https://example.org/sora", source="github", subfolder="py"),
    packages=(Package(registry_type="pypi", identifier="mcp-sora"),),
    keywords=("video",),
    readme="# Sora",
)


def test_an_entry_comes_back_as_it_was_saved(store: Store) -> None:
    """Listing, snapshot and circumstances survive the round whole."""
    snapshot = said(
        Tool.read({"name": "make", "x-unknown": [1, {"a": None}]}, origin=Origin(file="a.py", line=3)),
        tool("list"),
        profile=Profile(command=("mcp-sora",), environment={"TOKEN": "dummy"}, step="readme_env"),
        server_info={"name": "sora", "icons": [{"src": "\x01"}]},
        instructions="Be kind.",
        observations=(Observation(kind="host", what="example.org"),),
        unstable=("list",),
        rungs=(
            Rung(step="bare", outcome="exited", detail="no token"),
            Rung(step="readme_env", outcome="listed"),
        ),
        resolved={"mcp": "1.30.0"},
    )

    store.save(FULL, [snapshot])

    assert store.entry(SORA) == Entry(
        server=FULL,
        listings=(FULL,),
        outcome=snapshot,
        snapshot=snapshot,
        changes=(Change(server=SORA, kind="server_added", seen_at=NOW, release="1.0"),),
        first_seen=NOW,
        last_seen=NOW,
    )


HOSTILE = [
    "a NUL \x00 in the middle",
    "a lone surrogate \ud800",
    "tags \U000e0041 and a reversal \u202e",
    "'; DROP TABLE servers; --",
    "%_\\",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_survives_everywhere(store: Store, text: str) -> None:
    """What no column can hold as it stands comes back unchanged, and its digest with it."""
    hostile = Tool.read(
        {"name": text, "description": text, "inputSchema": {text: [text]}, "_meta": {text: text}}
    )
    server = Server(name=SORA, title=text, description=text, version=text, author=text, keywords=(text,))
    snapshot = said(hostile, release=text, instructions=text, server_info={"name": text})
    review = Review(
        server=SORA,
        tool=text,
        digest=hostile.digest,
        category=Category.READ,
        reason=text,
        author=text,
        reviewed_at=NOW,
    )

    store.save(
        server,
        [snapshot, said(release=text, taken_at=NOW, instructions=text, profile=Profile(name="widest"))],
    )
    store.add_review(review)
    store.remember(text, Validators(etag=text))
    store.mark("pypi", "item", text.replace("\x00", "").replace("\ud800", ""))
    store.search(text)

    entry = store.entry(SORA)
    assert entry is not None
    assert (entry.server, entry.snapshot, entry.reviews) == (server, snapshot, {hostile.digest: review})
    assert store.done(SORA, text)
    assert store.validators(text) == Validators(etag=text)


def test_numbers_that_json_cannot_write_keep_their_digest(store: Store) -> None:
    """A definition with an infinite default comes back with the digest that its verdict hangs on."""
    endless = Tool.read({"name": "wait", "inputSchema": {"default": float("inf"), "maximum": 10**40}})

    store.save(Server(name=SORA), [said(endless)])

    assert store.definition(endless.digest) == endless


def test_a_definition_is_stored_once_for_all_servers(store: Store) -> None:
    """Two servers with one tool in common share its row, and keep their own order."""
    shared, own = tool("list", "Lists."), tool("make", "Makes.")

    store.save(Server(name=SORA), [said(shared, own)])
    store.save(Server(name=TIME), [said(own, shared, server=TIME)])

    assert rows(store, DefinitionRow, OutcomeToolRow) == (2, 4)
    assert [[one.name for one in entry.snapshot.tools] for entry in store.entries() if entry.snapshot] == [
        ["make", "list"],
        ["list", "make"],
    ]


def test_the_same_content_again_only_moves_when_it_was_seen(store: Store) -> None:
    """A snapshot that says what an earlier one said is no new one, even in another order and after another release."""
    store.save(Server(name=SORA, version="1.0"), [said(tool("a"), tool("b"))])
    store.save(Server(name=SORA, version="1.0"), [said(tool("b"), tool("a"), taken_at=LATER)])

    entry = store.entry(SORA)
    assert entry is not None
    assert entry.snapshot == said(tool("a"), tool("b"), taken_at=LATER)
    assert [change.kind for change in entry.changes] == ["server_added"]
    assert rows(store, OutcomeRow) == (1,)


def test_history_is_kept_and_changes_are_told(store: Store) -> None:
    """A new release with other tools is a second snapshot; the changes are those between the two."""
    store.save(Server(name=SORA, version="1.0"), [said(tool("make", "Makes a video."), tool("drop"))])
    store.save(
        Server(name=SORA, version="2.0"), [said(tool("make", "Makes a film."), release="2.0", taken_at=LATER)]
    )

    seen: dict[str, Any] = {"server": SORA, "seen_at": LATER, "release": "2.0"}
    assert list(store.changes(since=LATER)) == [
        Change(kind="released", before="1.0", after="2.0", **seen),
        Change(kind="tool_removed", tool="drop", **seen),
        Change(kind="reworded", tool="make", before="Makes a video.", after="Makes a film.", **seen),
    ]
    assert rows(store, OutcomeRow) == (2,)


def test_a_release_that_was_first_skipped_is_told_once(store: Store) -> None:
    """The release is told with the skip; the snapshot that a later attempt brings tells only the tools."""
    store.save(Server(name=SORA), [said(tool("a"))])
    store.save(Server(name=SORA), [skipped(SkipReason.TIMEOUT, release="2.0", taken_at=LATER)])
    store.save(Server(name=SORA), [said(tool("b"), release="2.0", taken_at=LATEST)])

    kinds = [(change.kind, change.seen_at) for change in store.changes(since=LATER)]
    assert kinds == [("released", LATER), ("tool_removed", LATEST), ("tool_added", LATEST)]


def test_a_skip_leaves_the_last_good_snapshot_standing(store: Store) -> None:
    """The newest outcome is the skip; the tools are those that were seen last."""
    good = said(tool("a"))
    missed = skipped(SkipReason.EXITED, release="2.0", taken_at=LATER)
    store.save(Server(name=SORA), [good])
    store.save(Server(name=SORA), [missed])

    entry = store.entry(SORA)
    assert entry is not None
    assert (entry.outcome, entry.snapshot) == (missed, good)


def test_a_server_that_went_is_told_once(store: Store) -> None:
    """The source that no longer has it is a change the first time, and the fuller listing stays."""
    store.save(FULL, [said(tool("a"))])
    for taken_at in (LATER, LATEST):
        store.save(Server(name=SORA), [skipped(SkipReason.GONE, taken_at=taken_at)])

    entry = store.entry(SORA)
    assert entry is not None
    assert [change.kind for change in entry.changes] == ["server_gone", "server_added"]
    assert entry.server == FULL


@pytest.mark.parametrize("release", ["1.0", None], ids=["yanked", "missing"])
def test_a_server_that_is_back_is_looked_at_again_and_told(store: Store, release: str | None) -> None:
    """A release may be yanked by mistake, and so may a project be removed."""
    store.save(FULL, [said(tool("a"))])
    store.save(FULL, [skipped(SkipReason.GONE, release=release, taken_at=LATER)])
    assert not store.done(SORA, "1.0")
    store.save(FULL, [skipped(SkipReason.TIMEOUT, release=release, taken_at=LATER)])
    store.save(FULL, [skipped(SkipReason.GONE, release=release, taken_at=LATER)])
    store.save(FULL, [said(tool("a"), taken_at=LATEST)])

    entry = store.entry(SORA)
    assert entry is not None
    assert store.done(SORA, "1.0")
    assert entry.outcome == entry.snapshot == said(tool("a"), taken_at=LATEST)
    kinds = [change.kind for change in entry.changes]
    assert (kinds[0], kinds.count("server_back"), set(kinds)) == (
        "server_back",
        1,
        {"server_back", "server_gone", "server_added"},
    )


def test_a_wider_profile_is_kept_beside_the_default_one(store: Store) -> None:
    """Tools that only the widest profile brings are told once; without a widest profile the old one falls."""
    wide = said(tool("a"), tool("admin"), profile=Profile(name="widest"))
    store.save(Server(name=SORA), [said(tool("a")), wide])
    first = store.entry(SORA)
    store.save(Server(name=SORA), [said(tool("b"), release="2.0", taken_at=LATER)])
    second = store.entry(SORA)

    assert first is not None
    assert second is not None
    assert (first.widest, second.widest) == (wide, None)


DONE = [
    (said(tool("a")), "1.0", True),
    (said(tool("a")), "1.1", False),
    (said(tool("a"), release=None), None, False),
    (skipped(SkipReason.NO_WHEEL), "1.0", True),
    (skipped(SkipReason.TIMEOUT), "1.0", False),
    (skipped(SkipReason.NO_SANDBOX), "1.0", False),
    (skipped(SkipReason.INTERNAL_ERROR), "1.0", False),
]


@pytest.mark.parametrize(("outcome", "release", "done"), DONE)
def test_what_is_done_is_not_done_again(
    store: Store, outcome: Outcome, release: str | None, done: bool
) -> None:
    """A snapshot is done, and so is a skip that will not pass by itself; nothing is where the release is unknown."""
    store.save(Server(name=SORA), [outcome])

    assert store.done(SORA, release) is done


def test_a_crawl_finds_its_memory_again(store: Store) -> None:
    """Validators, cursors and marks are kept per URL, source and item, and the last word counts."""
    for etag in ("a", "b"):
        store.remember("https://index.example/simple/" + "x" * 9_000, Validators(etag=etag))
    for cursor in ("1", "2"):
        store.advance("pypi", cursor)
        store.mark("pypi", "mcp-sora", cursor)
    store.mark("npm", "mcp-sora", "9")

    assert store.validators("https://index.example/simple/" + "x" * 9_000) == Validators(etag="b")
    assert store.validators("https://index.example/") is None
    assert (store.cursor("pypi"), store.cursor("npm")) == ("2", None)
    assert (store.marks("pypi"), store.marks("github")) == ({"mcp-sora": "2"}, {})
    assert (store.knows(SORA), store.done(SORA, "1.0")) == (False, False)


def test_the_servers_of_a_repository_are_its_own_and_those_of_its_folders(store: Store) -> None:
    """As long as they are not gone; names that only begin alike are others."""
    names = [
        ServerName("github", text)
        for text in ("ann/a", "ann/a#src/b", "ann/a#z", "ann/a-b", "ann/a.b#c", "bob/a")
    ]
    for name in names:
        store.save(Server(name=name), [said(server=name)])
    store.save(Server(name=names[2]), [skipped(SkipReason.GONE, server=names[2], taken_at=LATER)])

    assert store.parts(names[0]) == names[:2]
    assert store.parts(names[1]) == names[1:2]


def test_entries_come_in_the_order_of_code_points(store: Store) -> None:
    """Every database lists in the same order, whatever language it was installed in."""
    names = [ServerName("npm", name) for name in ("Zeta", "_a", "a-b", "a.b", "aB", "ab", "@x/y")]
    for name in names:
        store.save(Server(name=name), [skipped(SkipReason.NO_TOOLS, server=name)])

    assert [entry.server.name.name for entry in store.entries()] == [
        "@x/y",
        "Zeta",
        "_a",
        "a-b",
        "a.b",
        "aB",
        "ab",
    ]


def test_a_listing_that_was_never_introspected_is_no_entry_of_its_own(store: Store) -> None:
    """It waits until it is known whose listing it is."""
    store.save(Server(name=SORA, title="Sora"), [])

    assert (list(store.entries()), store.entry(SORA), store.knows(SORA)) == ([], None, True)


REGISTRY = ServerName("registry", "io.github.x/sora")


def test_several_listings_are_one_entry(store: Store) -> None:
    """The lead stands for all of them, is found by each of their names, and shows what contradicts it."""
    lead, other = Server(name=SORA), Server(name=REGISTRY, title="Sora")
    store.save(lead, [said(tool("a"))])
    store.save(other, [])

    store.regroup([Merged(server=SORA, listings=(SORA, REGISTRY), conflicts=("It does not point back.",))])

    entry = store.entry(REGISTRY)
    assert entry is not None
    assert entry == store.entry(SORA)
    assert (entry.listings, entry.conflicts) == ((lead, other), ("It does not point back.",))
    assert [one.server.name for one in store.entries()] == [SORA]
    assert store.find("registry:io.github.x/sora") == [SORA]
    store.regroup([Merged(server=SORA, listings=(SORA,)), Merged(server=REGISTRY, listings=(REGISTRY,))])
    assert [(one.listings, one.conflicts) for one in store.entries()] == [((lead,), ())]


def test_listings_are_merged_as_they_were_saved(store: Store) -> None:
    """What the record gives of each is enough to tell who it is."""
    source = Server(name=ServerName("github", "ann/sora"), packages=FULL.packages, mcp_name="com.ann/sora")
    package = msgspec.structs.replace(FULL, repository=Repository(url="https://github.com/ann/sora"))
    for server in (source, package):
        store.save(server, [])

    assert merge(store.listings()) == merge([source, package])
    assert len(merge(store.listings())) == 1


def test_a_listing_that_brought_tools_speaks_for_those_that_brought_none(store: Store) -> None:
    """Whichever of them leads."""
    other = ServerName("npm", "sora")
    good = said(tool("a"), server=other)
    store.save(Server(name=SORA), [skipped(SkipReason.NO_WHEEL)])
    store.save(Server(name=other), [good])
    store.regroup([Merged(server=SORA, listings=(SORA, other))])

    entry = store.entry(SORA)
    assert entry is not None
    assert (entry.server.name, entry.outcome, entry.snapshot) == (SORA, good, good)


FIND = [
    ("pypi:mcp-sora", ["pypi:mcp-sora"]),
    ("pypi:MCP_Sora", ["pypi:mcp-sora"]),
    ("mcp-sora", ["npm:@x/mcp-sora", "pypi:mcp-sora"]),
    ("@x/mcp-sora", ["npm:@x/mcp-sora"]),
    ("sora", ["github:y/servers#src/sora"]),
    ("npm:mcp-sora", []),
    ("nothing", []),
    ("%", []),
]


@pytest.mark.parametrize(("text", "names"), FIND)
def test_a_server_is_found_by_what_a_person_types(store: Store, text: str, names: list[str]) -> None:
    """A whole name is one server, a bare one may be several."""
    for name in ("pypi:mcp-sora", "npm:@x/mcp-sora", "github:y/servers#src/sora"):
        store.save(Server(name=ServerName.parse(name)), [])

    assert [str(name) for name in store.find(text)] == names


def test_a_misspelt_name_brings_what_is_near(store: Store) -> None:
    """The likeliest names come first."""
    paypal = ServerName.parse("npm:@paypal/mcp")
    for name in (SORA, TIME, paypal):
        store.save(Server(name=name), [])

    assert store.near("mcp-sorra") == [SORA]
    assert store.near("paypall-mcp") == store.near("npm:@paypall/mcp") == [paypal]
    assert store.near("pypi:mcp-sorra") == [SORA]
    assert store.near("xyz") == []
    tome = ServerName.parse("pypi:mcp-server-tome")
    store.save(Server(name=tome), [])
    assert store.near("mcp-server-tome-x") == [tome, TIME], "a listing that came meanwhile is known"


def test_whoever_looks_for_a_server_reads_no_listing_on_the_way(tmp_path: Path) -> None:
    """In SQLite, which would read the pages of every long one up to the column that is asked for."""
    store = Store.open(f"sqlite:///{tmp_path}/record.db")
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    store.search("video tool")
    store.offering("https://mcp.example/sse")
    store.near("mcp-sorra")
    with store.engine.connect() as connection:
        plans = [
            row[3]
            for words, given in (*asked, ("SELECT name, bare FROM servers", ()))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given)
            if "servers" in row[3]
        ]
    store.close()

    assert sum("COVERING INDEX ix_servers_found" in plan for plan in plans) == 3
    assert "SCAN servers" not in plans


SEARCH = [
    ("video", [SORA]),
    ("make_video", [SORA]),
    ("films VIDEO", [SORA]),
    ("video clock", []),
    ("%", []),
    ("", []),
]


@pytest.mark.parametrize(("words", "names"), SEARCH)
def test_servers_are_searched_by_words_of_their_listing_and_tools(
    store: Store, words: str, names: list[ServerName]
) -> None:
    """Every word must appear, in any case, and means only itself."""
    store.save(Server(name=SORA, description="Makes films."), [said(tool("make_video"))])
    store.save(Server(name=TIME, description="Tells the clock."), [said(tool("now"), server=TIME)])

    assert store.search(words) == names


def test_every_definition_is_judged_once_a_version(store: Store) -> None:
    """A second run has nothing to do; a tool that two servers share is judged once."""
    store.save(Server(name=SORA), [said(tool("list"), tool("make"))])
    store.save(Server(name=TIME), [said(tool("list"), server=TIME)])
    classify_all = by_name(list=Category.READ, make=Category.WRITE)

    assert (store.judge(classify_all, "1"), store.judge(classify_all, "1")) == (2, 0)
    assert (store.worst(SORA), store.worst(TIME)) == (Category.WRITE, Category.READ)
    assert store.counts() == Counts(
        servers=2,
        listed=2,
        skipped={},
        tools=3,
        definitions=2,
        categories={Category.READ: 2, Category.WRITE: 1},
    )


def test_a_new_classifier_tells_which_verdicts_moved(store: Store, clock: Any) -> None:
    """All is judged anew, and each server that offers a tool whose category moved is told, with the reason."""
    store.save(Server(name=SORA), [said(tool("list"), tool("make"))])
    store.save(Server(name=TIME), [said(tool("make"), server=TIME)])
    store.judge(by_name(list=Category.READ, make=Category.WRITE), "1")
    moved_at = clock.pass_days(1)

    assert store.judge(by_name("2", list=Category.READ, make=Category.FINANCIAL), "2") == 2

    moved: dict[str, Any] = {"before": "write", "after": "financial", "why": "It looks like financial."}
    assert list(store.changes(since=moved_at)) == [
        Change(server=TIME, kind="verdict_moved", seen_at=moved_at, tool="make", **moved),
        Change(server=SORA, kind="verdict_moved", seen_at=moved_at, tool="make", **moved),
    ]


def review(category: Category, of: Tool, reviewed_at: str = NOW, server: ServerName = SORA) -> Review:
    return Review(
        server=server,
        tool=of.name,
        digest=of.digest,
        category=category,
        reason="It only lists.",
        author="Ada",
        reviewed_at=reviewed_at,
    )


def test_a_review_counts_over_the_classifier(store: Store) -> None:
    """A person's word changes category and confidence, says so, and leaves the evidence."""
    list_ = tool("list")
    signals = (Signal(code="deletes", evidence=Evidence(field="name", quote="list", start=0, end=4)),)
    judged = msgspec.structs.replace(verdict(Category.DESTRUCTIVE), signals=signals)
    store.save(Server(name=SORA), [said(list_)])
    store.judge(lambda tools: [judged for _ in tools], "1")
    older, newer = review(Category.WRITE, list_), review(Category.READ, list_, LATER)

    assert [store.add_review(one) for one in (newer, older, older)] == [True, True, False]

    entry = store.entry(SORA)
    assert entry is not None
    assert entry.reviews == {list_.digest: newer}
    assert entry.verdicts[list_.digest] == msgspec.structs.replace(
        judged,
        category=Category.READ,
        confidence=1.0,
        why=("Ada judged it read: It only lists.", *judged.why),
    )
    assert store.reviews() == [older, newer]


def test_a_review_holds_for_one_server_and_as_long_as_the_definition(store: Store) -> None:
    """Another server with the same tool keeps the classifier's verdict; so does the tool once it is reworded."""
    list_, reworded = tool("list"), tool("list", "Lists and deletes.")
    for name in (SORA, TIME):
        store.save(Server(name=name), [said(list_, server=name)])
    store.judge(by_name(list=Category.WRITE), "1")
    store.add_review(review(Category.READ, list_))
    before = (store.worst(SORA), store.worst(TIME))

    store.save(Server(name=SORA), [said(reworded, release="2.0", taken_at=LATER)])
    store.judge(by_name(list=Category.WRITE), "1")

    assert (before, store.worst(SORA)) == ((Category.READ, Category.WRITE), Category.WRITE)


def test_many_may_save_at_once(store: Store) -> None:
    """Threads with the same servers and the same definitions get in nobody's way."""
    names = [ServerName("pypi", f"server-{number}") for number in range(5)]
    tools = [tool(f"tool_{number}") for number in range(20)]

    def save(turn: int) -> None:
        for name in names[turn:] + names[:turn]:
            store.save(Server(name=name), [said(*tools[turn:], *tools[:turn], server=name)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, range(4)))

    assert rows(store, ServerRow, OutcomeRow, DefinitionRow, OutcomeToolRow, ChangeRow) == (5, 5, 20, 100, 5)


def test_an_import_of_older_knowledge_is_history(store: Store) -> None:
    """What another catalogue saw earlier does not replace what this one saw later."""
    newer = said(tool("new"), release="2.0", taken_at=LATER)
    store.save(Server(name=SORA, version="2.0"), [newer])
    store.admit(Server(name=SORA, version="2.0"), [said(tool("old"))])

    entry = store.entry(SORA)
    assert entry is not None
    assert entry.snapshot == newer
    assert rows(store, OutcomeRow) == (2,)
