"""A crawl ends every lead as a value, goes on past what is broken, and repeats nothing that is saved."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.fetch import FetchError
from crawler.ledger import Ledger, Validators
from crawler.run import NOWHERE, Deps, Ended, Event, Found, Result, SourceFailed, crawl
from crawler.servers import Repository, Server, ServerName
from crawler.snapshots import Method, Outcome, Skipped, SkipReason, Snapshot
from crawler.sources.leads import GONE, Lead, Reading, Unreadable
from crawler.tools import Tool

TIME = "2026-11-23T12:00:00Z"
TOOLS = (Tool.read({"name": "add_note"}),)


def name(item: str) -> ServerName:
    return ServerName("pypi", item)


class Shelf:
    """A source with items in a dictionary: item to (mark, Reading or error)."""

    name = "pypi"

    def __init__(self, items: dict[str, tuple[str, Any]], *, broken: bool = False) -> None:
        self.items = items
        self.broken = broken
        self.read_items: list[str] = []
        self.finished = 0

    async def leads(self, ledger: Ledger) -> AsyncIterator[Lead]:
        marks = ledger.marks(self.name)
        for item, (mark, _) in self.items.items():
            if marks.get(item) != mark:
                yield Lead(name=name(item), mark=mark, previous=marks.get(item))
        if self.broken:
            raise FetchError("https://index.example/", "answered 500", passing=True)

    async def read(self, lead: Lead, ledger: Ledger | None) -> Reading:  # noqa: ARG002 - part of the protocol
        self.read_items.append(lead.name.name)
        _, found = self.items[lead.name.name]
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, Reading)
        return found

    def finish(self, ledger: Ledger) -> None:  # noqa: ARG002 - part of the protocol
        self.finished += 1


def listed(item: str, version: str = "1.0", **fields: Any) -> Reading:
    server = Server(name=name(item), version=version, description=item, **fields)
    return Reading(servers=(server,), seen=((f"https://index.example/{item}/", Validators(etag=version)),))


def snapshot(item: str, release: str = "1.0") -> Snapshot:
    return Snapshot(server=name(item), release=release, method=Method.LIVE, tools=TOOLS, taken_at=TIME)


def skipped(item: str, reason: SkipReason, detail: str = "", release: str | None = None) -> Skipped:
    return Skipped(server=name(item), release=release, reason=reason, detail=detail, taken_at=TIME)


async def introspect(server: Server) -> Sequence[Outcome]:
    """Lists one tool; breaks, hangs up or times out where the name says so."""
    if server.name.name == "bug":
        raise ZeroDivisionError("a bug of ours")
    if server.name.name == "slow":
        return (skipped("slow", SkipReason.TIMEOUT, release=server.version),)
    return (snapshot(server.name.name, server.version or ""),)


def run(shelf: Shelf, ledger: Any, *, again: bool = False, day: int = 0, **options: Any) -> list[Event]:
    clock = lambda: datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(days=day)  # noqa: E731
    deps = Deps(sources={"pypi": shelf}, introspect=introspect, ledger=ledger, clock=clock, again=again)

    async def collect() -> list[Event]:
        return [event async for event in crawl(deps, **{"discover": ["pypi"], **options})]

    return asyncio.run(collect())


def ends(events: list[Event]) -> dict[str, Ended]:
    return {event.lead.name.name: event for event in events if isinstance(event, Ended)}


def states(events: list[Event]) -> dict[str, list[tuple[str, str]]]:
    """Item to (state, method or reason) of each of its results."""

    def word(result: Result) -> str:
        if not result.outcomes:
            return ""
        outcome = result.outcomes[0]
        return outcome.reason.value if isinstance(outcome, Skipped) else outcome.method.value

    return {item: [(r.state, word(r)) for r in end.results] for item, end in ends(events).items()}


def test_what_is_listed_is_introspected_and_saved(ledger: Any) -> None:
    """A lead becomes a listing, a snapshot, a mark and validators, and is told as it happens."""
    shelf = Shelf({"notes": ("7", listed("notes"))})
    lead = Lead(name=name("notes"), mark="7")

    assert run(shelf, ledger) == [
        Found(lead=lead),
        Ended(
            lead=lead, results=(Result(server=name("notes"), release="1.0", outcomes=(snapshot("notes"),)),)
        ),
    ]
    assert ledger.listings == {name("notes"): listed("notes").servers[0]}
    assert ledger.outcomes == {name("notes"): [snapshot("notes")]}
    assert ledger.marked == {"pypi": {"notes": "7"}}
    assert ledger.seen == dict(listed("notes").seen)
    assert shelf.finished == 1


def test_a_second_crawl_repeats_nothing(ledger: Any) -> None:
    """What kept its mark is not even read."""
    shelf = Shelf({"notes": ("7", listed("notes")), "other": ("8", Reading())})
    run(shelf, ledger)
    shelf.read_items.clear()

    assert run(shelf, ledger) == []
    assert shelf.read_items == []


def test_a_release_that_is_done_is_listed_anew_but_not_introspected(ledger: Any) -> None:
    """The source touched the item without releasing anything."""
    run(Shelf({"notes": ("7", listed("notes"))}), ledger)
    events = run(Shelf({"notes": ("8", listed("notes", title="Notes"))}), ledger)

    assert states(events) == {"notes": [("known", "")]}
    assert ledger.listings[name("notes")].title == "Notes"
    assert len(ledger.outcomes[name("notes")]) == 1


def test_a_page_that_was_no_servers_is_read_anew_when_it_is_asked_for(ledger: Any) -> None:
    """What it was as a candidate, unconfirmed and unchanged, does not answer the person who names it."""
    candidate, asked = Lead(name=name("x")), Lead(name=name("x"), asked=True)

    assert ends(
        run(Shelf({"x": ("1", Reading(unchanged=True))}), ledger, discover=[], named=[candidate])
    ) == {"x": Ended(lead=candidate)}
    events = run(Shelf({"x": ("1", listed("x"))}), ledger, discover=[], named=[asked])
    assert states(events) == {"x": [("new", "live")]}


def test_a_person_may_want_it_again(ledger: Any) -> None:
    """Asking for a method introspects also what is done."""
    shelf = Shelf({"notes": ("7", listed("notes"))})
    run(shelf, ledger)
    events = run(shelf, ledger, discover=[], named=[Lead(name=name("notes"), asked=True)], again=True)

    assert states(events) == {"notes": [("new", "live")]}


def test_one_broken_server_does_not_stop_the_others(ledger: Any) -> None:
    """A bug of ours is kept with its trace, and owed."""
    shelf = Shelf({item: ("1", listed(item)) for item in ("a", "bug", "b", "c")})
    events = run(shelf, ledger, jobs=1)
    outcome = ledger.outcomes[name("bug")][0]

    assert states(events) == {
        "a": [("new", "live")],
        "bug": [("new", "internal_error")],
        "b": [("new", "live")],
        "c": [("new", "live")],
    }
    assert "ZeroDivisionError: a bug of ours" in outcome.detail
    assert ledger.listings[name("bug")] == listed("bug").servers[0]
    assert ledger.marked["pypi"] == {"a": "1", "bug": "owed 1 1", "b": "1", "c": "1"}


def test_what_may_pass_is_tried_three_times_in_a_row_and_then_ever_more_seldom(ledger: Any) -> None:
    """A hanging server does not cost its time-out every night, and one that was only away comes back without a release."""
    shelf = Shelf({"slow": ("1", listed("slow"))})
    tried = []
    for day in range(60):
        before = len(shelf.read_items)
        run(shelf, ledger, day=day)
        tried += [day] * (len(shelf.read_items) - before)

    assert tried == [0, 1, 2, 9, 23, 51]
    assert ledger.marked["pypi"]["slow"] == "owed 6 2027-03-10 1"
    assert ledger.seen == {}


def test_a_person_need_not_wait_for_what_is_owed(ledger: Any) -> None:
    shelf = Shelf({"slow": ("1", listed("slow"))})
    for _ in range(4):
        run(shelf, ledger)
    run(shelf, ledger, again=True)

    assert shelf.read_items == ["slow"] * 4


GONE_FAULT = FetchError("https://index.example/x/", "answered 404", status=404)
DOWN_FAULT = FetchError("https://index.example/x/", "answered 500", status=500, passing=True)
ODD_FAULT = FetchError("https://index.example/x/", "redirected more than 5 times")
BOMB = Unreadable(SkipReason.ARCHIVE_BOMB, "too large")
HALF = Unreadable(SkipReason.HASH_MISMATCH, "the file is not the one that the index describes")


@pytest.mark.parametrize(
    ("fault", "known", "asked", "reason", "mark"),
    [
        (GONE_FAULT, False, True, SkipReason.NOT_FOUND, "1"),
        (GONE_FAULT, True, False, SkipReason.GONE, "1"),
        (GONE_FAULT, True, True, SkipReason.GONE, "1"),
        (GONE_FAULT, False, False, None, "1"),
        (DOWN_FAULT, True, False, SkipReason.TIMEOUT, "owed 1 1"),
        (DOWN_FAULT, False, True, SkipReason.TIMEOUT, "owed 1 1"),
        (DOWN_FAULT, False, False, None, "owed 1 1"),
        (ODD_FAULT, True, False, SkipReason.PROTOCOL_ERROR, "owed 1 1"),
        (ODD_FAULT, False, True, SkipReason.PROTOCOL_ERROR, "owed 1 1"),
        (ODD_FAULT, False, False, None, "owed 1 1"),
        (BOMB, False, True, SkipReason.ARCHIVE_BOMB, "1"),
        (BOMB, False, False, None, "1"),
        (HALF, True, False, SkipReason.HASH_MISMATCH, "owed 1 1"),
        (HALF, False, True, SkipReason.HASH_MISMATCH, "owed 1 1"),
        (HALF, False, False, None, "owed 1 1"),
    ],
)
def test_a_lead_that_cannot_be_read_ends_as_a_value_if_anybody_knows_it(
    ledger: Any, fault: Exception, *, known: bool, asked: bool, reason: SkipReason | None, mark: str
) -> None:
    """A mere candidate leaves no trace but its mark; a server that was known or asked for says why it is silent."""
    if known:
        ledger.save(listed("x").servers[0], [snapshot("x")])
    lead = Lead(name=name("x"), mark="1", asked=asked)
    run(Shelf({"x": ("1", fault)}), ledger, discover=[], named=[lead])
    news = ledger.outcomes.get(name("x"), [])[known:]
    detail = fault.detail if isinstance(fault, Unreadable) else str(fault)

    assert news == ([] if reason is None else [skipped("x", reason, detail)])
    assert ledger.marked == {"pypi": {"x": mark}}
    assert (name("x") in ledger.listings) == (known or reason is not None)


def test_a_withdrawn_server_is_not_started(ledger: Any) -> None:
    """Nobody could install it either; what it listed before is kept."""
    run(Shelf({"x": ("1", listed("x"))}), ledger)
    run(Shelf({"x": ("2", listed("x", yanked="malware"))}), ledger)

    assert ledger.outcomes[name("x")] == [
        snapshot("x"),
        skipped("x", SkipReason.GONE, "withdrawn: malware", release="1.0"),
    ]


MOVED = Repository(url="https://github.com/ann/new")


@pytest.mark.parametrize(
    ("found", "ended"),
    [
        (
            Reading(servers=(Server(name=name("x#b"), version="2"),), whole=True),
            [("new", "live"), ("new", "gone"), ("new", "gone")],
        ),
        (Reading(servers=(Server(name=name("x#b"), version="2"),)), [("new", "live")]),
        (Reading(whole=True), [("new", "gone")] * 3),
        (Unreadable(SkipReason.GONE, "renamed to new", (), MOVED), [("new", "gone")] * 3),
        (FetchError("https://x/", "answered 404", status=404), [("new", "gone")] * 3),
        (FetchError("https://x/", "answered 500", status=500, passing=True), [("new", "timeout")]),
    ],
)
def test_what_is_no_longer_in_a_repository_is_gone(
    ledger: Any, found: Any, ended: list[tuple[str, str]]
) -> None:
    """The servers of its folders too, once it was read as a whole or is there no longer; and only once."""
    for item in ("x", "x#a", "x#b", "xy"):
        ledger.save(listed(item).servers[0], [snapshot(item)])
    first, second = (states(run(Shelf({"x": (mark, found)}), ledger))["x"] for mark in ("1", "2"))

    assert first == ended
    assert len(second) <= 1
    assert ledger.listings[name("xy")] == listed("xy").servers[0]


def test_a_renamed_repository_keeps_where_it_went(ledger: Any) -> None:
    """So that what points at its old address is found to be the same server."""
    ledger.save(listed("x").servers[0], [snapshot("x")])
    run(Shelf({"x": ("1", Unreadable(SkipReason.GONE, "renamed to new", (), MOVED))}), ledger)

    assert ledger.listings[name("x")] == Server(name=name("x"), repository=MOVED)


def test_gone_stays_gone(ledger: Any) -> None:
    """An item that left its source's list is marked once."""
    ledger.save(listed("x").servers[0], [snapshot("x")])
    run(Shelf({"x": (GONE, GONE_FAULT)}), ledger)

    assert ledger.marked == {"pypi": {"x": GONE}}
    assert run(Shelf({"x": (GONE, GONE_FAULT)}), ledger) == []


def test_a_failing_source_is_told_and_what_it_listed_is_worked_on(ledger: Any) -> None:
    """Its own marks stay where they were, so that nothing is lost."""
    shelf = Shelf({"notes": ("7", listed("notes"))}, broken=True)
    events = run(shelf, ledger)

    assert states(events) == {"notes": [("new", "live")]}
    assert [event for event in events if isinstance(event, SourceFailed)] == [
        SourceFailed(source="pypi", fault="https://index.example/: answered 500")
    ]
    assert shelf.finished == 0


DOWN = ("1", DOWN_FAULT)


@pytest.mark.parametrize(
    ("items", "listed_too", "failed"),
    [
        ({"a": DOWN, "b": DOWN}, False, True),
        ({"a": DOWN, "b": ("1", listed("b"))}, False, False),
        ({"a": DOWN, "b": ("1", GONE_FAULT)}, False, False),
        ({"a": DOWN}, True, False),
        ({}, False, False),
    ],
)
def test_a_source_of_which_nothing_can_be_read_has_failed(
    ledger: Any, items: dict[str, Any], *, listed_too: bool, failed: bool
) -> None:
    """Who asks only for servers by name would take an index that is out of reach for slow servers."""
    leads = [Lead(name=name(item), asked=True) for item in items]
    events = run(Shelf(items), ledger, discover=["pypi"] if listed_too else [], named=leads)
    fault = "nothing could be read: https://index.example/x/: answered 500"

    assert [event for event in events if isinstance(event, SourceFailed)] == (
        [SourceFailed(source="pypi", fault=fault)] if failed else []
    )


def test_a_limit_leaves_the_rest_for_another_crawl(ledger: Any) -> None:
    """Marks of the source move only when its list was worked through."""
    shelf = Shelf({item: ("1", listed(item)) for item in "abcde"})

    assert sorted(ends(run(shelf, ledger, limit=2))) == ["a", "b"]
    assert shelf.finished == 0
    assert sorted(ends(run(shelf, ledger, limit=3))) == ["c", "d", "e"]
    assert shelf.finished == 1


def test_a_server_that_is_named_and_listed_is_worked_on_once(ledger: Any) -> None:
    """Two tasks on one server would be in each other's way."""
    shelf = Shelf({"notes": ("7", listed("notes"))})
    run(shelf, ledger, named=[Lead(name=name("notes"), asked=True)] * 2)

    assert shelf.read_items == ["notes"]


def test_a_listing_that_cannot_be_saved_does_not_stop_the_others(ledger: Any) -> None:
    """Its name and the trace are kept in its place."""
    save = ledger.save

    def picky(server: Server, outcomes: Sequence[Outcome]) -> None:
        if server.description == "b":
            raise ValueError("this text cannot be stored")
        save(server, outcomes)

    ledger.save = picky
    events = run(Shelf({item: ("1", listed(item)) for item in "abc"}), ledger)

    assert {item: found[0][1] for item, found in states(events).items()} == {
        "a": "live",
        "b": "internal_error",
        "c": "live",
    }


def test_a_named_server_of_a_source_that_is_nowhere_is_told(ledger: Any) -> None:
    """Such as npm's on a machine without npm; the source itself fails as a source."""
    lead = Lead(name=ServerName("npm", "x"), asked=True)
    events = run(Shelf({}), ledger, discover=["npm"], named=[lead])

    assert sorted((event for event in events if not isinstance(event, Found)), key=repr) == [
        Ended(lead=lead, fault=NOWHERE),
        SourceFailed(source="npm", fault=NOWHERE),
    ]


def test_what_a_lead_leads_to_is_worked_on_as_well(ledger: Any) -> None:
    """Once, and only where there is a source for it."""
    further = tuple(Lead(name=found, asked=True) for found in (name("b"), name("b"), ServerName("npm", "x")))
    shelf = Shelf(
        {"a": ("1", Reading(listings=listed("a").servers, further=further)), "b": ("2", listed("b"))}
    )
    events = run(shelf, ledger, jobs=1)

    assert states(events) == {"a": [("listed", "")], "b": [("new", "live")]}
    assert shelf.read_items == ["a", "b"]
    assert ledger.outcomes[name("a")] == []


class FullDisk(Exception):
    """What a ledger raises that can keep nothing any more."""


@pytest.mark.parametrize("method", ["save", "mark", "marks"])
def test_a_failing_ledger_ends_the_crawl_with_its_own_error(ledger: Any, method: str) -> None:
    """Working on without a memory would only repeat itself."""

    def fail(*_: object) -> None:
        raise FullDisk

    setattr(ledger, method, fail)
    with pytest.raises(FullDisk):
        run(Shelf({item: ("1", listed(item)) for item in "abcdefghij"}), ledger, jobs=2)


def test_a_crawl_that_is_left_early_stops_its_workers(ledger: Any) -> None:
    """Closing the stream, as an interrupt does, leaves no task behind."""
    shelf = Shelf({f"s{count}": ("1", listed(f"s{count}")) for count in range(100)})
    deps = Deps(
        sources={"pypi": shelf}, introspect=introspect, ledger=ledger, clock=lambda: datetime.now(UTC)
    )

    async def leave() -> int:
        stream = crawl(deps, discover=["pypi"])
        await anext(stream)
        await stream.aclose()
        return len(asyncio.all_tasks())

    assert asyncio.run(leave()) == 1
    assert shelf.finished == 0
