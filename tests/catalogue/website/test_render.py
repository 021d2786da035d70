"""A build is whole, repeatable, and writes no more than it must."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml.html import fromstring
from msgspec import structs

from catalogue.entries import Change, Entry
from catalogue.website import fingerprints, reference
from catalogue.website.addresses import server_path
from catalogue.website.render import BuildReport, build
from catalogue.website.staging import NotOurs, Staging
from classifier.categories import Category
from classifier.evidence import Evidence, Finding, Signal, Trait
from classifier.signals import PROBES
from classifier.verdicts import Verdict
from crawler.servers import Package, Server, ServerName, Variable
from crawler.snapshots import Method, Observation, Profile, Rung, Snapshot
from crawler.tools import Tool
from tests.catalogue.sample_entries import entries, hostile, ordinary

BASE = "https://example.org/"
#: Kinds of script elements that no browser runs.
DATA = ("application/ld+json", "application/json")


def made(entries: Iterable[Entry], out: Path) -> BuildReport:
    kept = sorted(entries, key=lambda entry: str(entry.server.name))
    return build(lambda: iter(kept), out, base_url=BASE)


def made_by_stamps(entries: Iterable[Entry], out: Path) -> BuildReport:
    """As a record does it: entries that are as they were are not read."""
    kept = {
        str(entry.server.name): entry for entry in sorted(entries, key=lambda entry: str(entry.server.name))
    }
    return build(
        lambda: iter(kept.values()),
        out,
        base_url=BASE,
        pick=lambda name: kept.get(str(name)),
        stamps=lambda: ((name, fingerprints.of_entry(entry)) for name, entry in kept.items()),
    )


#: Both ways of building.
Made = Callable[[Iterable[Entry], Path], BuildReport]
WAYS = pytest.mark.parametrize("make", [made, made_by_stamps])


def contents(out: Path) -> dict[str, bytes]:
    return {file.relative_to(out).as_posix(): file.read_bytes() for file in out.rglob("*") if file.is_file()}


def times(out: Path) -> dict[str, int]:
    return {
        file.relative_to(out).as_posix(): file.stat().st_mtime_ns for file in out.rglob("*") if file.is_file()
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "public"
    made([*entries(12), *hostile()], out)
    return out


def test_two_builds_of_one_catalogue_are_the_same_byte_for_byte(whole: Path, tmp_path: Path) -> None:
    made([*entries(12), *hostile()], tmp_path / "public")

    assert contents(tmp_path / "public") == contents(whole)


@WAYS
def test_a_build_with_nothing_changed_writes_nothing(tmp_path: Path, make: Made) -> None:
    make(entries(5), tmp_path / "public")
    before = times(tmp_path / "public")
    report = make(entries(5), tmp_path / "public")

    assert (report.printed, report.written, report.removed) == (0, 0, 0)
    assert {path: time for path, time in times(tmp_path / "public").items() if path != ".tollhouse-site"} == {
        path: time for path, time in before.items() if path != ".tollhouse-site"
    }


@WAYS
def test_a_server_whose_neighbours_changed_keeps_its_own_files(tmp_path: Path, make: Made) -> None:
    first, second = ordinary(1), ordinary(2)
    assert first.snapshot is not None
    # Both list the same tools, so each tool has one like it elsewhere.
    twin = structs.replace(
        second, snapshot=structs.replace(first.snapshot, server=second.server.name), verdicts=first.verdicts
    )
    make([first, twin], tmp_path / "grown")
    report = make([first, with_a_tool_less(twin)], tmp_path / "grown")
    made([first, with_a_tool_less(twin)], tmp_path / "fresh")

    assert contents(tmp_path / "grown") == contents(tmp_path / "fresh")
    assert (report.printed, report.files) == (2, len(contents(tmp_path / "fresh")) - 1)
    make([with_a_tool_less(twin)], tmp_path / "grown")
    assert not (tmp_path / "grown" / server_path(first.server.name)).exists()


@WAYS
def test_an_incremental_build_ends_where_a_full_one_does(tmp_path: Path, make: Made) -> None:
    last = [ordinary(number) for number in range(8) if number != 3]
    last[5] = structs.replace(
        last[5], server=structs.replace(last[5].server, description="Says something else.")
    )
    make(entries(6), tmp_path / "grown")
    report = make(last, tmp_path / "grown")
    made(last, tmp_path / "fresh")

    assert contents(tmp_path / "grown") == contents(tmp_path / "fresh")
    assert report.printed < 8
    assert report.removed > 0


def reworded(entry: Entry) -> Entry:
    return structs.replace(entry, server=structs.replace(entry.server, description="Says something else."))


def with_a_tool_less(entry: Entry) -> Entry:
    assert entry.snapshot is not None
    return structs.replace(
        entry, snapshot=structs.replace(entry.snapshot, tools=entry.snapshot.tools[1:]), changes=()
    )


def with_a_change_more(entry: Entry) -> Entry:
    seen = Change(server=entry.server.name, seen_at="2026-11-20T00:00:00Z", kind="released", release="9.9.9")
    return structs.replace(entry, changes=(seen, *entry.changes))


def with_other_doubts(entry: Entry) -> Entry:
    """Only the definitions' verdicts differ, and so little that no list shows it."""
    verdicts = {
        digest: structs.replace(one, why=(*one.why, "So it seems.")) for digest, one in entry.verdicts.items()
    }
    return structs.replace(entry, verdicts=verdicts)


@WAYS
@pytest.mark.parametrize("edit", [reworded, with_a_tool_less, with_a_change_more, with_other_doubts])
def test_whatever_changes_an_incremental_build_ends_where_a_full_one_does(
    tmp_path: Path, make: Made, edit: Callable[[Entry], Entry]
) -> None:
    before = [*entries(4), *hostile()]
    after = [*before[:2], edit(before[2]), *before[3:]]
    make(before, tmp_path / "grown")
    make(after, tmp_path / "grown")
    made(after, tmp_path / "fresh")

    assert after != before
    assert contents(tmp_path / "grown") == contents(tmp_path / "fresh")


def test_what_has_the_same_neighbours_is_not_printed_again(tmp_path: Path) -> None:
    """However often a server changes that is nobody's neighbour."""
    lonely = structs.replace(ordinary(5), snapshot=None, verdicts={})
    with_tools = ordinary(5)
    assert with_tools.snapshot
    tools = tuple(
        Tool.read({**tool.definition, "name": f"unheard-of {number}"})
        for number, tool in enumerate(with_tools.snapshot.tools)
    )
    verdicts = dict(zip([tool.digest for tool in tools], with_tools.verdicts.values(), strict=True))
    heard = structs.replace(
        with_tools, snapshot=structs.replace(with_tools.snapshot, tools=tools), verdicts=verdicts
    )
    made([*entries(5), lonely], tmp_path / "public")

    assert [made([*entries(5), one], tmp_path / "public").printed for one in (heard, lonely)] == [1, 1]


def test_what_a_killed_build_had_found_is_printed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register knows it already, the site does not show it yet."""
    site, after = tmp_path / "public", [*entries(3), *map(with_a_tool_less, [ordinary(7)])]
    made([*entries(3), ordinary(7)], site)
    with monkeypatch.context() as broken:
        broken.setattr(Staging, "publish", lambda *_, **__: map(int, ["killed"]).__next__())
        with pytest.raises(ValueError, match="killed"):
            made(after, site)
    made(after, site)
    made(after, tmp_path / "fresh")

    assert contents(site) == contents(tmp_path / "fresh")


def test_entries_that_are_as_they_were_are_not_read(tmp_path: Path) -> None:
    kept = {str(entry.server.name): entry for entry in entries(8)}
    stamps = {name: fingerprints.of_entry(entry) for name, entry in kept.items()}
    made(kept.values(), tmp_path / "public")
    changed = reworded(ordinary(3))
    stamps[str(changed.server.name)] = fingerprints.of_entry(changed)
    read: list[str] = []

    def pick(name: ServerName) -> Entry:
        read.append(str(name))
        return changed

    report = build(
        lambda: map(int, ["not to be asked for"]),  # type: ignore[arg-type,return-value]  # fails when it is
        tmp_path / "public",
        base_url=BASE,
        pick=pick,
        stamps=stamps.items,
    )

    assert report.printed == 1
    assert set(read) == {str(changed.server.name)}


def test_a_part_whose_facts_did_not_move_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(entries(3), tmp_path / "public")
    monkeypatch.setattr(reference, "files", lambda *_: map(int, ["not to be asked for"]))
    made(map(reworded, entries(3)), tmp_path / "public")

    assert b"Says something else." in (tmp_path / "public/servers/index.html").read_bytes()


def test_a_folder_that_is_no_site_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "thesis.txt").write_text("ten years of work")

    with pytest.raises(NotOurs):
        made(entries(1), tmp_path / "public")
    assert contents(tmp_path / "public") == {"thesis.txt": b"ten years of work"}


def killed_after(moves: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the process "die" at the given move into place."""
    left = [moves]
    real = os.replace

    def replace(source: str | Path, target: str | Path) -> None:
        if Path(source).suffix != ".tmp":
            left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    return monkeypatch.undo


def test_a_build_killed_while_moving_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(entries(2), tmp_path / "public")
    revive = killed_after(7, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        made(entries(4), tmp_path / "public")
    revive()
    made(entries(4), tmp_path / "public")
    made(entries(4), tmp_path / "fresh")

    assert contents(tmp_path / "public") == contents(tmp_path / "fresh")


def test_a_build_that_fails_while_printing_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    made(entries(2), tmp_path / "public")
    before = contents(tmp_path / "public")

    def broken() -> Iterator[Entry]:
        yield from entries(3)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        build(broken, tmp_path / "public", base_url=BASE)
    assert contents(tmp_path / "public") == before


def test_every_page_has_its_twin_in_json(whole: Path) -> None:
    """The further pages of a server's list of tools have the server's."""
    found = contents(whole)
    pages = {path for path in found if path.endswith("index.html") and "/tools/" not in path}
    twins = {path.replace("index.html", "index.json") for path in pages}

    assert twins - found.keys() == set()
    assert all(json.loads(found[twin]) for twin in twins)


def test_pages_stay_under_sixty_kilobytes(whole: Path) -> None:
    assert {
        path: len(page)
        for path, page in contents(whole).items()
        if path.endswith(".html") and len(page) > 60_000
    } == {}


def test_hostile_text_becomes_neither_element_nor_attribute_nor_address(whole: Path) -> None:
    for path, page in contents(whole).items():
        if not path.endswith(".html"):
            continue
        for element in fromstring(page.decode()).iter("*"):
            assert not [name for name in element.attrib if str(name).startswith("on")], path
            assert (
                element.tag != "img" or element.get("src") == f"/{path.removesuffix('index.html')}badge.svg"
            ), path
            if element.tag == "script" and element.get("type") not in DATA:
                assert element.get("src", "").startswith("/static/"), path
            href = element.get("href", "/")
            assert href.startswith(("/", "#", "https://github.com/example/", BASE)), path


def test_names_are_safe_on_every_file_system(whole: Path) -> None:
    paths = [path for path in contents(whole) if path.startswith("s/")]

    assert len({path.lower() for path in paths}) == len(paths)
    assert all(len(os.fsencode(part)) <= 255 for path in paths for part in path.split("/"))


def test_every_internal_link_and_anchor_resolves(whole: Path) -> None:
    anchors: dict[str, set[str]] = {}
    links: set[tuple[str, str]] = set()
    for path, page in contents(whole).items():
        if path.endswith(".html"):
            tree = fromstring(page.decode())
            here = "/" + path.removesuffix("index.html")
            ids = [found for element in tree.iter("*") if (found := element.get("id"))]
            assert len(set(ids)) == len(ids), f"{path}: an id stands twice"
            anchors[here] = set(ids)
            hrefs = {element.get(name) for name in ("href", "src", "action") for element in tree.iter("*")}
            links |= {
                (here, href) for href in hrefs if href and not href.startswith(("https://github.com", BASE))
            }
    broken = [
        (page, href)
        for page, href in sorted(links)
        for target, _, anchor in [href.partition("#")]
        if not _exists(whole, unquote(target or page))
        or (anchor and target.endswith("/") and anchor not in anchors[target or page])
    ]

    assert broken == []


def _exists(site: Path, target: str) -> bool:
    return (site / (target.lstrip("/") + ("index.html" if target.endswith("/") else ""))).is_file()


def test_every_page_is_reached_from_home(whole: Path) -> None:
    """A way on and a way back: following links from the home page meets every page, and each leads home again."""
    pages = {
        "/" + path.removesuffix("index.html"): page
        for path, page in contents(whole).items()
        if path.endswith("index.html")
    }
    leads = {
        path: {
            unquote(str(href)).partition("#")[0]
            for link in fromstring(page.decode()).iter("a")
            if (href := link.get("href"))
        }
        for path, page in pages.items()
    }
    reached, ahead = set(), ["/"]
    while ahead:
        here = ahead.pop()
        if here in pages and here not in reached:
            reached.add(here)
            ahead += leads[here]

    assert set(pages) - reached == {"/search/"} - reached
    assert [path for path, found in leads.items() if "/" not in found] == []


def test_a_long_list_of_tools_is_paged(tmp_path: Path) -> None:
    made([ordinary(1, tools=350)], tmp_path / "public")
    server = tmp_path / "public/s/pypi/mcp-000001-page"

    assert (
        max(len(page) for path, page in contents(tmp_path / "public").items() if path.endswith(".html"))
        < 60_000
    )
    assert 'href="/s/pypi/mcp-000001-page/tools/2/"' in (server / "index.html").read_text()
    assert 'href="/s/pypi/mcp-000001-page/"' in (server / "tools/2/index.html").read_text()


def test_more_processes_make_the_same_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.website.crew.PATIENCE_AFRESH", 2)
    kept = [*entries(8), *hostile()]
    for processes in (1, 2):
        build(lambda: iter(kept), tmp_path / str(processes), base_url=BASE, processes=processes)

    assert contents(tmp_path / "1") == contents(tmp_path / "2")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build(lambda: entries(2), tmp_path / "public", base_url=BASE, progress=lambda *what: told.append(what))

    assert told[:4] == [("Surveying", 1, 0), ("Surveying", 2, 0), ("Printing", 1, 2), ("Printing", 2, 2)]


def gigantic() -> Entry:
    """A server that says as much as it can, in the characters that take most room on a page."""
    name = ServerName("pypi", "x" * 200)
    long = "\u200b<\u202e&" * 3_000
    properties = {
        f"{long[:500]}{number}": {
            "type": long,
            "description": long,
            "enum": [long[:800]] * 99,
            "default": long,
            "pattern": long,
        }
        for number in range(50)
    }
    tools = tuple(
        Tool.read(
            {
                "name": f"{number} {long}",
                "title": long,
                "description": long,
                "inputSchema": {"properties": properties},
            }
        )
        for number in range(2)
    )
    quotes = [
        Evidence(field="description", quote=long[start : start + 4], start=start, end=start + 4)
        for start in range(0, 4000, 4)
    ]
    signals = tuple(
        Signal(code=probe.code, evidence=quotes[n]) for n, probe in enumerate(PROBES) for _ in range(20)
    )
    findings = tuple(
        Finding(code="hidden-characters", strength="hard", message=long, evidence=quote) for quote in quotes
    )
    traits = tuple(Trait(code="takes-url", evidence=quote) for quote in quotes)
    verdict = Verdict(
        category=Category.READ,
        confidence=0.5,
        signals=signals,
        findings=findings,
        traits=traits,
        why=(long,) * 99,
        version=long,
    )
    server = Server(name=name, title=long, description=long, version=long, license=long, author=long, homepage="https://example.org/" + "x" * 1900,
                    packages=(Package(registry_type="pypi", identifier=long, environment=(Variable(name=long),) * 99),))  # fmt: skip
    many = tuple(Change(server=name, kind="reworded", seen_at="2026-11-01T00:00:00Z", tool=tools[0].name, release=long, before=long, after=long[1:], why=long)
                 for _ in range(99))  # fmt: skip
    snapshot = Snapshot(
        server=name, release=long, method=Method.LIVE, tools=tools, taken_at="2026-11-01T00:00:00Z", protocol_version=long,
        profile=Profile(command=(long,) * 99, environment={f"{n}{long}": long for n in range(99)}, repairs=(long,) * 99, sandbox=long),
        instructions=long, observations=(Observation(kind="host", what=long),) * 99, resolved={f"{n}{long}": long for n in range(99)},
        rungs=(Rung(step=long, outcome=long, detail=long),) * 99,
    )  # fmt: skip
    return Entry(
        server=server, listings=(server,) * 99, conflicts=(long,) * 99, outcome=snapshot, snapshot=snapshot, widest=snapshot,
        verdicts={tool.digest: verdict for tool in tools}, changes=many, first_seen="2026-11-01T00:00:00Z", last_seen="2026-11-01T00:00:00Z",
    )  # fmt: skip


def test_no_text_makes_a_page_too_large(tmp_path: Path) -> None:
    made([gigantic()], tmp_path / "public")
    sizes = {
        path: len(page)
        for path, page in contents(tmp_path / "public").items()
        if path.endswith((".html", ".svg", ".atom"))
    }

    assert {path: size for path, size in sizes.items() if size > 60_000 and not path.endswith(".atom")} == {}
    assert max(sizes.values()) < 400_000


def loud(number: int, tools: int = 1) -> Entry:
    """A server whose every row in a list is as long as a row can be."""
    text = "\u200b&" * 200
    entry = ordinary(number, tools=1)
    name = ServerName("github", f"{number:03d}{text[:150]}/{text[:150]}")
    verdict = Verdict(
        category=Category.DESTRUCTIVE, confidence=0.9, version="rules-1",
        signals=tuple(Signal(code=probe.code, evidence=Evidence(field="name", quote=text[:2], start=0, end=2)) for probe in PROBES),
        findings=(Finding(code="hidden-characters", strength="hard", message=text, evidence=Evidence(field="name", quote=text[:2], start=0, end=2)),),
    )  # fmt: skip
    made = [
        Tool.read({"name": f"{text}{one}", "description": text, "inputSchema": {}}) for one in range(tools)
    ]
    assert entry.snapshot
    snapshot = structs.replace(entry.snapshot, server=name, release=text, tools=tuple(made))
    return structs.replace(
        entry, server=Server(name=name, title=text, description=text), listings=(), outcome=snapshot, snapshot=snapshot,
        verdicts={tool.digest: verdict for tool in made},
        changes=tuple(Change(server=name, kind="verdict_moved", seen_at="2026-11-01T00:00:00Z", tool=text, release=text, before=text, after=text[1:])
                      for _ in range(2)),
    )  # fmt: skip


def test_no_number_of_long_rows_makes_a_page_too_large(tmp_path: Path) -> None:
    made([*(loud(number) for number in range(60)), loud(60, tools=40)], tmp_path / "public")
    pages = {path: page for path, page in contents(tmp_path / "public").items() if path.endswith(".html")}

    assert {path: len(page) for path, page in pages.items() if len(page) > 60_000} == {}
    assert (
        sum(page.count(b'class="name"') for path, page in pages.items() if path.startswith("servers/")) == 61
    )
    assert (
        sum(
            page.count(b'<li><a class="code"')
            for path, page in pages.items()
            if path.startswith("categories/")
        )
        == 100
    )


def test_what_another_program_remembered_is_not_relied_upon(tmp_path: Path) -> None:
    site = tmp_path / "public"
    made(list(entries(2)), site)
    register = tmp_path / ".public.build/register.sqlite"
    before = contents(site)
    with closing(sqlite3.connect(register)) as database:
        database.executescript("PRAGMA user_version = 7; DROP TABLE tool; CREATE TABLE tool (other TEXT)")

    assert made(list(entries(2)), site).written == len(before) - 1
    assert contents(site) == before


def test_a_site_that_stepped_aside_for_one_that_never_came_is_back(tmp_path: Path) -> None:
    site = tmp_path / "public"
    made(list(entries(2)), site)
    before = contents(site)
    site.rename(tmp_path / ".public.build/old")

    assert made(list(entries(2)), site).written == 0
    assert contents(site) == before


def test_home_names_one_tool_of_a_server(tmp_path: Path) -> None:
    made([*entries(30), *hostile()], tmp_path / "public")
    home = json.loads((tmp_path / "public/index.json").read_bytes())

    for part, most in (("gravest", 9), ("suspected", 5)):
        found = [tool["server"] for tool in home[part]]
        assert len(found) == len(set(found)) == most
    gravities = [Category(tool["category"]).gravity for tool in home["gravest"]]
    assert gravities == sorted(gravities, reverse=True)
    assert gravities[0] == max(category.gravity for category in Category)
