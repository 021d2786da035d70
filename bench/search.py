"""How soon the first results of a search stand on a built site, in a browser that was just started, over loopback.

    python bench/search.py SITE [WORDS ...] [--runs N]

Two times for each query, the middle and the best of all runs. *Opened*: from the load event of `/search/?q=WORDS` to the first row of the
list in the document; below nothing where the row came first. *Typed*: the page without words has loaded and rests, the words come in at
once, and the time runs from the input event to the first row of the new list. Bytes are those of all bodies before the first row of an opened page.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.parse import quote_plus

from playwright.sync_api import Browser, Page, sync_playwright

#: A prefix of one letter, of two, common words, two words, words beside a beginning; all of them in the made-up catalogue.
WORDS = ("d", "de", "delete", "invoice", "create invoice", "get record pa")
#: Notes when the page had loaded, when words were typed, and when a first row came after each.
WATCH = """
window.seen = {};
addEventListener("load", () => { window.seen.loaded = performance.now(); });
addEventListener("input", () => { window.seen.typed = performance.now(); delete window.seen.next; }, true);
new MutationObserver(changes => {
  if (!changes.some(change => change.target.id === "results" && change.addedNodes.length)) return;
  const now = performance.now();
  window.seen.first = window.seen.first || now;
  window.seen.next = window.seen.next || now;
}).observe(document, { childList: true, subtree: true });
"""
BYTES = """
performance.getEntries().filter(one => one.encodedBodySize && one.responseEnd <= window.seen.first)
  .map(one => one.encodedBodySize).reduce((sum, size) => sum + size, 0)
"""
#: The preview in a process of its own.
SERVE = """
import sys, pathlib
from catalogue.website.preview import server
running = server(pathlib.Path(sys.argv[1]), 0)
print(running.server_port, flush=True)
running.serve_forever()
"""


class Run(NamedTuple):
    """Milliseconds and bytes of one try."""

    opened: float
    typed: float
    size: int


def main() -> None:
    """Print one line a query."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("site", type=Path)
    asked.add_argument("words", nargs="*", default=WORDS)
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--browser", default="/usr/bin/chromium")
    given = asked.parse_args()
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, given.site], stdout=subprocess.PIPE, text=True
    ) as preview:
        assert preview.stdout
        base = f"http://127.0.0.1:{int(preview.stdout.readline())}/search/"
        try:
            with sync_playwright() as player:
                for words in given.words:
                    runs = [fresh(player, given.browser, base, words) for _ in range(given.runs)]
                    print(f"{words:14}{_told('opened', [run.opened for run in runs])}{_told('typed', [run.typed for run in runs])}"
                          f"{runs[0].size / 1000:6.0f} kB", flush=True)  # fmt: skip
        finally:
            preview.terminate()


def fresh(player: Any, program: str, base: str, words: str) -> Run:
    """Both tries in one browser that has seen nothing yet."""
    browser: Browser = player.chromium.launch(executable_path=program)
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{base}?q={quote_plus(words)}")
    opened = _waited(page, "window.seen.first - window.seen.loaded")
    size = page.evaluate(BYTES)
    page.goto(base)
    _waited(page, "document.querySelector('#results').dataset.ready")
    page.wait_for_timeout(500)
    page.focus("main input[type=search]")
    page.keyboard.insert_text(words)
    typed = _waited(page, "window.seen.next - window.seen.typed")
    browser.close()
    return Run(opened, typed, size)


def _waited(page: Page, what: str) -> float:
    # The pages allow no text to be run as a script, so the browser cannot do the waiting.
    while (found := page.evaluate(what)) is None or found != found:
        time.sleep(0.02)
    return float(found)


def _told(what: str, times: list[float]) -> str:
    return f"{what} {median(times):5.0f} ms (best {min(times):.0f})   "


if __name__ == "__main__":
    main()
