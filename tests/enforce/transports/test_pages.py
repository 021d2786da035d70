"""Pages in browsers: those that the operator has named may ask and read, all others may do neither."""

from collections.abc import Callable
from typing import Any

import pytest

from enforce.transports.http.messages import Request
from enforce.transports.http.pages import Pages
from tests.enforce.transports.running import MODERN, Running, call, configuration, identity
from tests.enforce.transports.web import Upstream, response

PAGE = "https://app.example"
ASKS = {
    "access_control_request_method": "POST",
    "access_control_request_headers": "Authorization,x-y,mcp-name",
}
READS = {
    "access-control-allow-origin": PAGE,
    "access-control-expose-headers": "mcp-session-id, mcp-protocol-version, www-authenticate, retry-after",
    "vary": "origin",
}

#: Asks as a page does, and says what it got to read.
ASK = """async ([address, token]) => {
  const headers = {'content-type': 'application/json', authorization: token}
  const body = JSON.stringify({jsonrpc: '2.0', id: 1, method: 'initialize', params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'page', version: '1'}}})
  try {
    const answer = await fetch(address, {method: 'POST', headers, body})
    return [answer.status, answer.headers.get('mcp-session-id') !== null, await answer.text()]
  } catch (error) {
    return [0, false, error.name]
  }
}"""


def asked(**headers: str) -> Request:
    fields = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    return Request(method="OPTIONS", path="/", headers=list(fields.items()), fields=fields, body=b"")


@pytest.mark.parametrize("origin", ["https://other.example", "null", "*", "https://app.example.evil", ""])
def test_nobody_else_hears_that_they_may(origin: str) -> None:
    pages = Pages([PAGE])
    request = asked(origin=origin, **ASKS)
    assert (pages.answer_headers(request), pages.preflight(request)) == ([], None)
    assert pages.preflight(asked(**ASKS)) is None
    assert Pages().preflight(asked(origin=origin, **ASKS)) is None


def gate_for(gateway: Callable[..., Running], origin: str, upstream: int = 9) -> Running:
    ann = identity("a-token", raw="policy.json", web="policy.json")
    config = {**configuration(upstream, ann=ann), "origins": [origin]}
    del config["servers"]["web"]["headers_file"]
    return gateway(config)


def test_a_named_page_may_ask_and_read(gateway: Callable[..., Running]) -> None:
    """Whatever the answer is, so that the page sees why it was turned away; another host or page hears nothing."""
    browser = gate_for(gateway, PAGE).browser()

    def answer(method: str, body: Any = b"", **headers: str) -> tuple[int, dict[str, str]]:
        got = browser.post(body, "/raw", method=method, **headers)
        return got.status, {name: value for name, value in got.headers.items() if name in READS | SENT}

    SENT = {
        "access-control-allow-methods": "GET, POST, DELETE",
        "access-control-allow-headers": "authorization, mcp-name",
        "access-control-max-age": "600",
    }
    assert answer("OPTIONS", origin=PAGE, **ASKS) == (204, READS | SENT)
    assert answer("OPTIONS", origin="https://other.example", **ASKS) == (403, {})
    assert answer("OPTIONS", origin=PAGE, host="evil.example", **ASKS) == (421, READS)
    assert answer("POST", call(1, "echo"), origin=PAGE) == (401, READS)
    assert answer("POST", call(1, "echo"), origin=PAGE, authorization="Bearer a-token") == (400, READS)
    assert answer("POST", call(1, "echo"), authorization="Bearer a-token") == (400, {})


def test_answers_under_a_head_that_came_before_are_for_the_page_that_asked(
    gateway: Callable[..., Running], upstream: Upstream
) -> None:
    """What a server's head becomes is kept for all who ask; whose page may read it is not."""
    browser = gate_for(gateway, PAGE, upstream.port).browser()
    seen = [
        browser.post(call(1, "echo"), "/web/mcp", authorization="Bearer a-token", **MODERN, **headers)
        for headers in ({}, {"origin": PAGE}, {"origin": PAGE}, {})
    ]
    assert [each.headers.get("access-control-allow-origin") for each in seen] == [None, PAGE, PAGE, None]
    assert [each.json() for each in seen] == [{"jsonrpc": "2.0", "id": 1, "result": {}}] * 4


@pytest.mark.browser
def test_a_real_browser_lets_the_named_page_alone_read(
    gateway: Callable[..., Running], upstream: Upstream
) -> None:
    """The same page under two names, of which one is an origin that was named."""
    playwright = pytest.importorskip("playwright.sync_api")
    upstream.say = lambda _: response(
        200, "text/html", b"<!doctype html><title>page</title>", connection="close"
    )
    running = gate_for(gateway, f"http://127.0.0.1:{upstream.port}")
    found = []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for host, token in (("127.0.0.1", "Bearer a-token"), ("127.0.0.1", "Bearer x"), ("localhost", "Bearer a-token")):  # fmt: skip
            page = browser.new_page()
            page.goto(f"http://{host}:{upstream.port}/")
            found.append(page.evaluate(ASK, [f"http://127.0.0.1:{running.port}/raw", token]))
        browser.close()
    assert [(status, named) for status, named, _ in found] == [(200, True), (401, False), (0, False)]
    assert '"result"' in found[0][2]
