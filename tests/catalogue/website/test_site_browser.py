"""The site in a real browser: searching, filtering, copying, themes, keys, phones, no JavaScript, hostile text."""

import queue
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from catalogue.website import search
from catalogue.website.preview import server
from catalogue.website.render import build
from enforce.policyfile import load_policy
from tests.catalogue.sample_entries import entries, hostile

playwright = pytest.importorskip("playwright.sync_api")

#: A browser on a machine that is busy with other things is slow, not wrong.
PATIENCE = 300_000
pytestmark = [pytest.mark.browser, pytest.mark.timeout(2 * PATIENCE / 1000)]

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TOOL = "s/pypi/mcp-000001-page/t/wipe_video/"
SERVER = "s/pypi/mcp-000001-page/"
#: One page of each kind.
KINDS = ("", "servers/", SERVER, TOOL, "categories/", "categories/destructive/", "severities/", "signals/", "signals/deletes-data/",
         "suspicions/", "suspicions/hidden-characters/", "model/",
         "attacks/", "attacks/force-push/", "statistics/", "changes/", "methodology/", "policy/", "glossary/", "data/", "about/",
         "search/?q=delete", "404.html")  # fmt: skip


CATEGORIES = ("read", "write", "execute", "destructive", "financial")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "public"
    found = sorted([*entries(12), *hostile()], key=lambda entry: str(entry.server.name))
    with pytest.MonkeyPatch.context() as large:
        # The index has everything that one of many tools has: prefixes with too many terms for a file, and ready answers.
        large.setattr(search, "LEAF", 200)
        large.setattr(search, "MANY", 10)
        build(lambda: iter(found), out, base_url="http://127.0.0.1/", processes=1)
    return out


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    with server(folder, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as running:
        launched = running.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS, timeout=PATIENCE
        )
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that fails its test when a script fails, a policy is violated or a file is missing."""
    context = opened(browser, viewport={"width": 1200, "height": 900})
    shown = context.new_page()
    faults: list[str] = []
    shown.on("pageerror", lambda error: faults.append(str(error)))
    shown.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    shown.on(
        "requestfailed", lambda request: None if "ABORTED" in request.failure else faults.append(request.url)
    )
    yield shown
    context.close()
    assert faults == []


def opened(browser: Any, **options: Any) -> Any:
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return context


def results(page: Any) -> list[str]:
    """The names of the results once the newest query is answered."""
    page.wait_for_selector("#results[data-ready]:not([aria-busy])", state="attached")
    return [link.inner_text() for link in page.query_selector_all("#results a")]


def settled(page: Any, act: Any) -> list[str]:
    """The results after *act* has asked once more."""
    before = int(page.evaluate("document.getElementById('results').dataset.ready"))
    act()
    page.wait_for_selector(f'#results[data-ready="{before + 1}"]', state="attached")
    return results(page)


def test_search_finds_what_is_typed(page: Any, base: str) -> None:
    page.goto(base + "search/")
    results(page)
    found = settled(page, lambda: page.fill("main input[type=search]", "wipe vid"))

    assert found
    assert found[0] == "wipe_video"
    assert page.url.endswith("?q=wipe+vid")
    assert "result" in page.inner_text("#status")


@pytest.mark.parametrize(
    "words", ["mcp-000001-page", "pypi:mcp-000001-page", "https://example.org/project/mcp-000001-page"]
)
def test_a_server_is_found_by_its_name_however_it_is_written(page: Any, base: str, words: str) -> None:
    page.goto(base + "search/?q=" + words)

    assert results(page)[0] == "pypi:mcp-000001-page"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("wpie video", "for “wipe video”"),
        ("wipevideo", "for “wipe video”"),
        ("wipe vi deo", "for “wipe video”"),
        ("wipe my own video xylophone", "with some of its words"),
        ("wpie xyq", "for “wipe”"),
    ],
)
def test_what_was_meant_is_found_where_nothing_has_all_words(
    page: Any, base: str, typed: str, told: str
) -> None:
    """Letters in the wrong place, words that belong together or apart, and words too many; and it is said."""
    page.goto(base + "search/?q=" + typed)

    assert results(page)[0] == "wipe_video"
    assert page.inner_text("#status").startswith(f"Nothing found for “{typed}”; ")
    assert page.inner_text("#status").endswith(f" {told}.")


def test_nothing_is_found_where_nothing_is_near(page: Any, base: str) -> None:
    page.goto(base + "search/?q=xylophone")

    assert results(page) == []
    assert page.inner_text("#status") == "Nothing found. Fewer words or filters may help."


@pytest.mark.parametrize("words", ["r", "record"])
def test_the_first_results_stand_before_the_rest_of_the_index_is_there(
    page: Any, base: str, words: str
) -> None:
    """For a beginning that many documents have; they are the ones that a search finds."""
    held: list[Any] = []
    page.route(re.compile(r"/search/d/.+\.json"), lambda route: held.append(route))
    page.goto(base + "search/?q=" + words)
    page.wait_for_selector("#results li", state="attached")
    first = [link.inner_text() for link in page.query_selector_all("#results a")]
    told = page.inner_text("#status")
    counts = page.locator("[data-count]").all_text_contents()
    while not page.evaluate("document.getElementById('results').dataset.ready"):
        for route in held:
            route.continue_()
        held.clear()
        page.wait_for_timeout(10)
    page.unroute_all()
    found = results(page)
    # With a filter, though it lets everything through, nothing stands ready.
    page.goto(
        base
        + "search/?kind=page&kind=server&"
        + "&".join(f"kind={one}" for one in CATEGORIES)
        + "&q="
        + words
    )

    assert len(first) == 6
    assert first == found[:6]
    assert len(found) > 6
    assert results(page) == found
    assert page.inner_text("#status") == told
    assert page.locator("[data-count]").all_text_contents() == counts


def test_a_page_out_of_a_cache_takes_the_index_that_is_there(page: Any, base: str) -> None:
    def old(route: Any) -> None:
        answer = route.fetch()
        html = re.sub(
            '"leaves":"[^"]*"', '"leaves":""', re.sub('"stamp":"[^"]*"', '"stamp":"old"', answer.text())
        )
        route.fulfill(response=answer, body=html)

    page.route("**/search/?q=wipe", old)
    page.goto(base + "search/?q=wipe")
    page.wait_for_selector('#results[data-ready="2"]', state="attached")

    assert results(page)[0].startswith("wipe_")


def test_the_filters_tell_how_much_they_let_through(page: Any, base: str) -> None:
    page.goto(base + "search/")
    told = page.locator("select option:not([value=''])")
    counts = [int(text.rpartition("(")[2][:-1]) for text in told.all_text_contents()]

    assert {0} < set(counts)
    assert [bool(count) for count in counts] == [told.nth(n).is_enabled() for n in range(len(counts))]


def test_filters_narrow_the_results_and_stand_in_the_address(page: Any, base: str) -> None:
    page.goto(base + "search/?q=message")
    everything = results(page)
    only = settled(page, lambda: page.check("input[value=destructive]"))
    page.reload()

    assert set(only) < set(everything) or len(only) < len(everything)
    assert "kind=destructive" in page.url
    assert results(page) == only
    assert page.is_checked("input[value=destructive]")


def test_signals_filter_too(page: Any, base: str) -> None:
    page.goto(base + "search/")
    results(page)
    page.click("summary")
    found = settled(page, lambda: page.select_option("select[name=signal]", "moves-money"))

    assert found
    assert all(name.split("_")[0] in ("pay", "refund", "transfer", "buy", "order") for name in found)
    assert page.url.endswith("?signal=moves-money")


def test_a_server_is_found_by_the_beginning_of_its_name(page: Any, base: str) -> None:
    page.goto(base + "search/?q=mcp-000001")

    assert results(page)[0] == "pypi:mcp-000001-page"


def test_everything_works_by_keyboard(page: Any, base: str) -> None:
    page.goto(base + "search/?q=delete")
    results(page)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#results') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/search/" not in page.url


def test_the_search_of_every_page_leads_to_the_results(page: Any, base: str) -> None:
    page.goto(base + TOOL)
    page.fill("header input[type=search]", "wipe")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=wipe")

    assert any("wipe" in name for name in results(page))


def test_a_policy_is_copied_whole(browser: Any, base: str, folder: Path) -> None:
    context = opened(browser, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(base + SERVER)
    page.click("button.copy >> nth=0")
    page.wait_for_selector("button.copy:has-text('Copied')")

    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()
    assert copied == (folder / SERVER / "policies/recommended.json").read_text()


def test_the_policy_of_a_tool_is_downloaded_as_a_policy(page: Any, base: str) -> None:
    page.goto(base + TOOL)
    with page.expect_download() as download:
        page.click("button.save")

    assert download.value.suggested_filename == "policy.json"
    assert (
        load_policy(
            Path(download.value.path()).rename(Path(download.value.path()).with_suffix(".json"))
        ).default
        == "deny"
    )


def test_the_theme_changes_and_stays(page: Any, base: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(base)
    light = page.evaluate(
        "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
    )
    page.click("button.theme")
    dark = page.evaluate(
        "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
    )
    page.goto(base + SERVER)

    assert light != dark
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_without_javascript_everything_but_search_is_there(browser: Any, base: str) -> None:
    context = opened(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(base + SERVER)
    shown = page.inner_text("main")
    buttons = [button.is_visible() for button in page.query_selector_all("button")]
    page.goto(base + "search/?q=delete")
    told = page.inner_text("noscript")
    context.close()

    assert "Recommended policy" in shown
    assert not any(buttons)
    assert "needs JavaScript" in told


def test_on_a_phone_a_long_name_has_its_line_for_itself(browser: Any, base: str) -> None:
    """Rather than break in the middle of a word beside its category; a short one shares its line."""
    context = opened(browser, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(base + SERVER)
    name = page.locator(".tolls a.code").first
    lines = "name => name.getClientRects().length"
    beside = (
        "name => name.nextElementSibling.getBoundingClientRect().top < name.getBoundingClientRect().bottom"
    )
    found = []
    for words in ("wipe", "remove_asset_from_watchlist_by_id"):
        name.evaluate("(name, words) => { name.textContent = words; }", words)
        found.append((name.evaluate(lines), name.evaluate(beside)))
    context.close()

    assert found == [(1, True), (1, False)]


@pytest.mark.parametrize(
    "path", ["", SERVER, TOOL, "s/npm/@silent/needs_config/", "statistics/", "search/?q=delete", "methodology/", "model/"]
)  # fmt: skip
def test_everything_fits_a_phone(browser: Any, base: str, path: str) -> None:
    context = opened(browser, viewport={"width": 360, "height": 740}, device_scale_factor=2)
    page = context.new_page()
    page.goto(base + path)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    heading = page.evaluate("document.querySelector('h1').getBoundingClientRect().width")
    context.close()

    assert wide <= 0
    assert heading > 200, "the heading has no room"


def test_hostile_text_runs_nowhere(page: Any, base: str, folder: Path) -> None:
    paths = [
        file.parent.relative_to(folder).as_posix() + "/"
        for file in sorted((folder / "s/github").rglob("index.html"))
    ]
    for path in ["", "servers/", "changes/", "categories/read/", "search/?q=window+pwned", *paths[:30]]:
        page.goto(base + path)
        if path.startswith("search"):
            assert results(page)
        assert page.evaluate(
            "window.pwned === undefined && !document.querySelector('main img:not([src$=\"/badge.svg\"]), main iframe')"
        ), path


EVIL = "s/github/evil/attack6~023~~0202e~gnp.exe~0200b~hidden~0e0041~~0e0042~/"


#: Rules that colours decide; in light all are asked, in dark these again.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def examined(browser: Any) -> Iterator[Any]:
    """A page into which the examiner may be put."""
    context = opened(browser, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", [*KINDS, EVIL])
def test_axe_finds_no_violation(examined: Any, base: str, path: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    examined.emulate_media(color_scheme="light")
    examined.goto(base + path)
    if path.startswith("search"):
        results(examined)
    violations = axe.Axe().run(examined).response["violations"]
    examined.emulate_media(color_scheme="dark")
    painted(examined)
    violations += examined.evaluate("rules => axe.run(document, rules)", COLOURS)["violations"]

    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []


#: Adds up what moved although nobody touched anything.
WATCH = (
    "window.shifts = []; window.watch = new PerformanceObserver(list => window.shifts.push(...list.getEntries()));"
    "window.watch.observe({type: 'layout-shift', buffered: true})"
)
#: Space between words has no ink, and Chromium gives a collapsed one the place of its whole line.
MOVED = (
    "(seen => "
    "window.shifts.concat(window.watch.takeRecords()).flatMap(one => one.sources.filter(seen).map(source => "
    "[source.node && (source.node.id || source.node.className || source.node.nodeName), JSON.stringify(source.previousRect), JSON.stringify(source.currentRect)])))"
    "(source => !source.node || source.node.nodeType !== Node.TEXT_NODE || source.node.data.trim())"
)


def painted(page: Any) -> None:
    """Wait until what is there has been drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


SCREENS = {"desk": (1200, 900), "phone": (360, 740), "wall": (2400, 1500)}
#: A busy browser may draw a page between any two of its words, once; what a page does wrong it does each time.
TIMES = 3


@pytest.fixture(scope="module")
def screens(browser: Any) -> Iterator[dict[str, Any]]:
    """A page for each screen, which watches what moves and keeps no file from one load to the next."""
    pages: dict[str, Any] = {}
    for screen, (width, height) in SCREENS.items():
        context = opened(browser, viewport={"width": width, "height": height})
        pages[screen] = context.new_page()
        pages[screen].add_init_script(WATCH)
        session = context.new_cdp_session(pages[screen])
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield pages
    for page in pages.values():
        page.context.close()


def moves(page: Any, load: Callable[[Any], None]) -> list[Any]:
    """What moves each time that *load* opens a page; nothing, if once nothing does."""
    shifts: list[Any] = []
    for _ in range(TIMES):
        # From a page of the same site a browser would keep the old picture until the new one is nearly done.
        page.goto("about:blank")
        load(page)
        painted(page)
        shifts = page.evaluate(MOVED)
        if not shifts:
            break
    return shifts


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_shifts_while_a_page_loads(screens: dict[str, Any], base: str, screen: str) -> None:
    shifts = {path: moves(screens[screen], lambda page, path=path: page.goto(base + path)) for path in KINDS}

    assert shifts == {path: [] for path in KINDS}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    "state",
    ["", "?q=delete", "?q=wipe+vid", "?q=zzzzzz", "?kind=read&signal=moves-money", "?from=npm&grade=none"],
)
def test_nothing_shifts_however_late_the_index_comes(
    screens: dict[str, Any], base: str, state: str, screen: str
) -> None:
    def load(page: Any) -> None:
        held: list[Any] = []
        page.route(re.compile(r"/search/.+\.(json|bin)"), lambda route: held.append(route))
        page.goto(base + "search/" + state)
        while not page.evaluate("document.getElementById('results').dataset.ready"):
            painted(page)
            for route in held:
                route.continue_()
            held.clear()
        page.unroute_all()

    assert moves(screens[screen], load) == []


class _InPieces(SimpleHTTPRequestHandler):
    """Hands out each page in pieces, the next one only when there is a turn for it."""

    PIECES = 8
    turns: ClassVar[queue.Queue[None]] = queue.Queue()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        head, main, rest = (
            content.partition(b"<main") if content.startswith(b"<!doctype") else (content, b"", b"")
        )
        # A browser draws nothing before it has the whole head, so that comes at once.
        outputfile.write(head + main)
        size = -(-len(rest) // self.PIECES)
        start = 0
        while start < len(rest):
            # A number that ends at the right moves while half of it is there, in any layout: no piece ends in a text.
            end = rest.find(b">", start + size) + 1 or len(rest)
            outputfile.write(rest[start:end])
            outputfile.flush()
            start = end
            self.turns.get()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def slow(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_InPieces, directory=str(folder))) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/"
        running.shutdown()


@pytest.mark.parametrize("screen", ["desk", "phone"])
@pytest.mark.parametrize("path", KINDS)
def test_nothing_shifts_while_a_page_comes_in_pieces(
    screens: dict[str, Any], slow: str, path: str, screen: str
) -> None:
    def load(page: Any) -> None:
        page.goto(slow + path, wait_until="commit")
        for _ in range(_InPieces.PIECES):
            painted(page)
            _InPieces.turns.put(None)
        page.wait_for_load_state()

    assert moves(screens[screen], load) == []
