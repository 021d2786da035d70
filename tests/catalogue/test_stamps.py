"""The record says which entries are what they were without putting them together; on SQLite and on PostgreSQL."""

from typing import Any

from catalogue.entries import Entry, Review
from catalogue.store import Store
from classifier.categories import Category
from classifier.verdicts import Verdict
from crawler.identity import Merged
from crawler.servers import Server, ServerName
from crawler.snapshots import Method, Profile, Skipped, SkipReason, Snapshot
from crawler.tools import Tool

SORA, TIME, OTHER = (ServerName("pypi", name) for name in ("mcp-sora", "mcp-time", "other"))
NOW, LATER, LATEST = (f"2026-01-0{day}T03:04:05Z" for day in (2, 3, 4))
LIST, MAKE = (Tool.read({"name": name, "inputSchema": {"type": "object"}}) for name in ("list", "make"))


def said(*tools: Tool, server: ServerName = SORA, taken_at: str = NOW, **more: Any) -> Snapshot:
    return Snapshot(server=server, release="1", method=Method.LIVE, tools=tools, taken_at=taken_at, **more)


def judged(version: str, category: Category = Category.READ) -> Any:
    def classify_all(tools: Any) -> list[Verdict]:
        return [Verdict(category=category, confidence=0.9, version=version) for _ in tools]

    return lambda store: store.judge(classify_all, version)


REVIEW = Review(
    server=SORA, tool="list", digest=LIST.digest, category=Category.WRITE, reason="I looked.", author="Ada", reviewed_at=NOW
)  # fmt: skip
#: What happens to a record, one after the other; each changes the entries of some servers.
STEPS = (
    lambda store: store.save(Server(name=SORA), [said(LIST, MAKE)]),
    lambda store: store.save(Server(name=TIME), [said(LIST, server=TIME)]),
    lambda store: store.save(Server(name=OTHER), []),
    judged("1"),
    lambda store: store.save(Server(name=SORA, description="Now says more."), []),
    lambda store: store.save(Server(name=SORA), [said(LIST, MAKE, taken_at=LATER)]),
    lambda store: store.save(Server(name=SORA), [said(MAKE, LIST, taken_at=LATER)]),
    lambda store: store.save(
        Server(name=SORA),
        [said(LIST, taken_at=LATER), said(LIST, MAKE, taken_at=LATER, profile=Profile(name="widest"))],
    ),
    lambda store: store.save(
        Server(name=TIME), [Skipped(server=TIME, release="2", reason=SkipReason.TIMEOUT, taken_at=LATER)]
    ),
    judged("2"),
    judged("3", Category.DESTRUCTIVE),
    lambda store: store.add_review(REVIEW),
    lambda store: store.add_review(REVIEW),
    lambda store: store.regroup(
        [Merged(server=SORA, listings=(SORA, OTHER), conflicts=("Does not point back.",))]
    ),
    lambda store: store.save(Server(name=OTHER, title="Other"), []),
    lambda store: store.regroup([Merged(server=TIME, listings=(TIME, SORA))]),
    lambda store: store.regroup([]),
    lambda store: store.save(Server(name=OTHER), [said(LIST, server=OTHER, taken_at=LATEST)]),
    lambda _: None,
)


def test_the_stamp_of_an_entry_is_another_exactly_when_the_entry_is(store: Store) -> None:
    entries: dict[str, Entry] = {}
    stamps: dict[str, bytes] = {}
    for step in STEPS:
        step(store)
        now = {str(entry.server.name): entry for entry in store.entries()}
        stamped = dict(store.stamps())
        assert list(stamped) == list(now)
        assert {name for name in now if stamped[name] != stamps.get(name)} == {
            name for name in now if now[name] != entries.get(name)
        }
        entries, stamps = now, stamped

    assert len(entries) == 3
