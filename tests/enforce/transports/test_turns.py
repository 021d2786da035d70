"""Requests over HTTP that come in at once are judged together, and answers that nobody asked for become nobody's."""

import json
import resource
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from enforce.audit.verify import verify
from tests.enforce.transports.running import Running
from tests.enforce.transports.web import Browser, Upstream, ok

LIMITED = {
    "version": "1",
    "default": "allow",
    "all_tools": {"limits": [{"counter": "n", "window": "day", "max": 12}]},
}


def call(id: int, name: str = "echo") -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": name}}


class Busy:
    """A proxy with a call under way, so that what comes in at once is judged at once."""

    def __init__(self, proxy: Running, upstream: Upstream) -> None:
        self._let_go = threading.Event()
        self._began = threading.Event()
        self.proxy = proxy

        def say(message: dict[str, Any]) -> bytes:
            if message["params"]["name"] == "wait":
                self._began.set()
                self._let_go.wait(30)
            return ok({"jsonrpc": "2.0", "id": message["id"], "result": {}})

        upstream.say = say
        assert (
            proxy.browser().post(call(1)).json()["result"] == {}
        )  # which leaves a connection to be used again
        self._waiting = proxy.browser()
        self._waiting.send(call(2, "wait"))
        assert self._began.wait(30)

    def at_once(self, ids: range) -> list[dict[str, Any]]:
        """The answers to calls of as many clients."""
        browsers = [(self.proxy.browser(), id) for id in ids]
        for browser, id in browsers:
            browser.send(call(id))
        return [browser.answer().json() for browser, _ in browsers]

    def end(self) -> None:
        self._let_go.set()
        assert self._waiting.answer().json()["id"] == 2


@pytest.fixture
def busy(gate: Callable[..., Running], upstream: Upstream) -> Iterator[Callable[[Any], Busy]]:
    """Starts a proxy and its call."""
    started: list[Busy] = []

    def start(policy: Any) -> Busy:
        started.append(Busy(gate(upstream.url, policy), upstream))
        return started[-1]

    yield start
    for each in started:
        each.end()


def seen(upstream: Upstream) -> list[int]:
    return sorted(message["id"] for _, _, message in upstream.seen)


def test_what_comes_in_at_once_is_counted_exactly(busy: Callable[[Any], Busy], upstream: Upstream) -> None:
    """Two calls are counted already; of forty more ten pass, each client hears of its own, and all is on record."""
    found = busy(LIMITED)
    answers = found.at_once(range(10, 50))
    passed = [answer["id"] for answer in answers if not answer["result"].get("isError")]
    assert [answer["id"] for answer in answers] == list(range(10, 50))
    assert (len(passed), seen(upstream)) == (10, sorted([1, 2, *passed]))
    assert verify(found.proxy.audit).damages == ()
    allowed = [each["jsonrpc.request.id"] for each in found.proxy.records() if each.get("outcome") == "allow"]
    assert sorted(allowed) == seen(upstream)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the files of a running process")
@pytest.mark.parametrize("policy", [{"version": "1", "default": "allow"}, LIMITED])
def test_what_cannot_be_recorded_together_is_denied_together(busy: Callable[[Any], Busy], upstream: Upstream, policy: Any) -> None:  # fmt: skip
    """No file may grow: each of forty calls is answered with a denial, and none reaches the server."""
    found = busy(policy)
    pid = found.proxy.process.pid
    free = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (found.proxy.audit.stat().st_size + 50, free[1]))
    answers = found.at_once(range(10, 50))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, free)
    assert all("error" in answer or answer["result"]["isError"] for answer in answers)
    assert [answer["id"] for answer in answers] == list(range(10, 50))
    assert seen(upstream) == [1, 2]
    assert found.at_once(range(50, 52))[0]["result"] == {}
    assert verify(found.proxy.audit).damages == ()


@pytest.mark.parametrize("later", [b"HTTP/1.1 200 OK\r\n", b"nonsense", None])
def test_an_answer_to_nothing_is_not_that_to_the_next(gate: Callable[..., Running], upstream: Upstream, later: bytes | None) -> None:  # fmt: skip
    """An upstream that answers more than once on a connection, by mistake or to slip something in, is heard once."""
    more = ok({"jsonrpc": "2.0", "id": 2, "result": {"slipped": "in"}}) if later is None else later

    def say(message: dict[str, Any]) -> bytes:
        return ok({"jsonrpc": "2.0", "id": message["id"], "result": {}}) + more

    upstream.say = say
    browser = gate(upstream.url).browser()
    assert [browser.post(call(id)).json() for id in range(1, 6)] == [
        {"jsonrpc": "2.0", "id": id, "result": {}} for id in range(1, 6)
    ]


def test_a_request_before_nonsense_goes_nowhere(gate: Callable[..., Running], upstream: Upstream) -> None:
    """Two readers could draw the line between them differently."""
    proxy = gate(upstream.url)
    browser = Browser(proxy.port)
    body = json.dumps(call(1)).encode()
    head = f"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:{proxy.port}\r\ncontent-type: application/json\r\n"
    answer = browser.raw(
        head.encode() + b"content-length: %d\r\n\r\n%b" % (len(body), body) + b"GARBAGE\r\n\r\n"
    )
    browser.close()
    assert (answer.status, upstream.seen) == (400, [])
