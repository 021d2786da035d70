"""The page on which a person answers held calls: it shows them as they are, and takes answers from nobody else."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from enforce.approvals import Approvals
from enforce.audit.heads import load_key
from enforce.clocks import steady_clock
from enforce.decide import Call
from enforce.policy import Approval, Redact
from enforce.state import open_state
from tests.enforce.transports.web import Answer, Browser


class Page:
    """A running page, and the questions that it shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state: sqlite3.Connection = open_state(folder / "state.db")
        self.approvals = Approvals(self.state, load_key(folder / "audit.key"))
        options = ["--state", str(folder / "state.db"), "--audit", str(folder / "audit.jsonl"), "--by", "ann"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "enforce", "approvals", "serve", *options],
            stderr=subprocess.PIPE,
            env={"TOLLHOUSE_STATE_DIR": str(folder)},
        )
        assert self.process.stderr
        url = self.process.stderr.readline().decode().split()[-1]
        self.port = int(url.rpartition(":")[2].partition("/")[0])
        self.path = "/" + url.partition(str(self.port))[2].strip("/") + "/"
        self.browser = Browser(self.port)

    def ask(self, tool: str, **arguments: Any) -> str:
        call = Call(tool=tool, arguments=arguments, server="notes", identity="local")
        asked = self.approvals.ask(call, Approval(why="It <deletes>."), Redact(), "law", steady_clock()())
        assert asked.id
        return asked.id

    def get(self, path: str, **headers: str) -> Answer:
        self.browser.send(b"", path, "GET", **headers)
        return self.browser.answer()

    def end(self) -> None:
        self.browser.close()
        self.process.terminate()
        self.process.communicate()
        self.state.close()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    made = Page(tmp_path)
    yield made
    made.end()


FORM = {"content_type": "application/x-www-form-urlencoded"}


def test_calls_are_shown_and_answered(page: Page) -> None:
    """Markup of an agent stays text; the answers are recorded and used once each."""
    one, other = page.ask("<b>drop</b>", text="<script>\u202e"), page.ask("drop", n=2)
    shown = page.get(page.path)
    text = shown.body.decode()
    assert "&lt;b&gt;drop&lt;/b&gt;" in text
    assert "It &lt;deletes&gt;." in text
    assert "<script" not in text
    assert text.isascii()
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    taken = page.browser.post(b"", f"{page.path}{one}/approve", **FORM)
    assert (taken.status, taken.headers["location"]) == (303, f"{page.path}answered")
    # Whoever has clicked twice must not have approved what stands at that place now.
    after = page.get(page.path + "answered")
    assert ("<form" in after.body.decode(), "<button" in after.body.decode(), after.status) == (
        False,
        False,
        200,
    )
    assert "frame-ancestors 'none'" in after.headers["content-security-policy"]
    assert page.browser.post(b"", f"{page.path}{other}/deny", **FORM).status == 303
    assert [(each.state, each.answered_by) for each in page.approvals.listing()] == [
        ("approved", "ann"),
        ("denied", "ann"),
    ]
    assert page.browser.post(b"", f"{page.path}{one}/approve", **FORM).status == 409
    assert "No call waits." in page.get(page.path).body.decode()
    records = [json.loads(line) for line in (page.folder / "audit.jsonl").read_text().splitlines()]
    assert [(each["question"], each["outcome"], each["by"]) for each in records] == [(one, "approved", "ann"), (other, "denied", "ann")]  # fmt: skip


def test_nobody_else_can_look_or_answer(page: Page) -> None:
    """Not without the address, not under another name of this machine, not from a web page."""
    question = page.ask("drop")
    assert page.get("/").status == 404
    assert page.get("/" + "x" * (len(page.path) - 2) + "/").status == 404
    assert page.get(page.path, host="evil.example").status == 421
    path = f"{page.path}{question}/approve"
    assert page.browser.post(b"", path, origin="https://evil.example", **FORM).status == 403
    assert page.browser.post(b"", f"/{question}/approve", **FORM).status == 404
    assert page.browser.post(b"", f"{page.path}{question}/allow", **FORM).status == 404
    assert page.get(path).status == 405
    assert [each.state for each in page.approvals.listing()] == ["waiting"]


@pytest.mark.browser
def test_a_person_answers_in_a_real_browser(page: Page) -> None:
    """The buttons work under the page's own rules, and nothing that an agent wrote runs."""
    playwright = pytest.importorskip("playwright.sync_api")
    asked = page.ask("drop", text="</pre><script>document.title='run'</script><img src=x onerror=alert(1)>")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        view = browser.new_page()
        faults: list[str] = []
        view.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        view.on("dialog", lambda dialog: faults.append(dialog.message))
        view.goto(f"http://127.0.0.1:{page.port}{page.path}")
        assert view.title() == "(1) Calls that wait"
        # Whoever was about to answer a call that is not there any more must not have approved what stands in its place.
        place = view.locator("button").first.bounding_box()
        assert place
        view.reload()
        view.mouse.click(place["x"] + 5, place["y"] + 5)
        view.get_by_role("button", name="Deny").wait_for()
        assert page.approvals.waiting(0)
        view.get_by_role("button", name="Approve once").click()
        view.get_by_text("No call waits.").wait_for()
        browser.close()
    assert faults == []
    assert [(each.id, each.state) for each in page.approvals.listing()] == [(asked, "approved")]
