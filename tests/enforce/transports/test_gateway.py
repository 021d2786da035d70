"""Many servers and identities behind one port: each sees and does what its own policy allows."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from enforce.cli import main
from tests.enforce.transports.running import (
    MODERN,
    NOTES,
    RAW,
    Running,
    call,
    configuration,
    identity,
)
from tests.enforce.transports.sdk import STRICT
from tests.enforce.transports.web import Browser, Upstream, ok


def test_each_identity_reaches_its_own_servers_by_its_own_policy(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """No token, a wrong one, an expired one, one for another server; and the upstream gets its own credentials only."""
    (tmp_path / "web.headers").write_text("Authorization: Bearer upstream-token\nX-Key: k\n")
    (tmp_path / "deny.json").write_text('{"version": "1", "default": "deny"}')
    running = gateway(
        configuration(
            upstream.port,
            ann=identity("a-token", raw="policy.json", web="deny.json"),
            bob=identity("b-token", web="policy.json"),
            old=identity("o-token", "2020-01-01", raw="policy.json"),
        )
    )
    browser = running.browser()

    def status(path: str, token: str | None) -> int:
        given = {"authorization": token} if token else {}
        return browser.post(call(1, "echo"), path, **MODERN, **given).status

    assert [
        status("/raw", token) for token in (None, "Bearer x", "Basic a-token", "Bearer ", "Bearer o-token")
    ] == [401] * 5
    assert status("/nowhere", None) == 401
    assert status("/raw", "Bearer a-token") == 200
    assert status("/raw", "Bearer b-token") == 404
    assert status("/nowhere", "Bearer a-token") == 404
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": {}})
    denied = browser.post(call(1, "echo"), "/web/mcp", authorization="Bearer a-token", **MODERN).json()
    assert denied["result"]["isError"]
    assert upstream.seen == []
    assert (
        browser.post(call(1, "echo"), "/web/mcp", authorization="bearer b-token", **MODERN).json()["result"]
        == {}
    )
    (_, headers, _) = upstream.seen[0]
    assert (headers["authorization"], headers["x-key"]) == ("Bearer upstream-token", "k")
    running.end()
    log = running.audit.read_text()
    assert {
        record["identity"] for line in log.splitlines() if "identity" in (record := json.loads(line))
    } == {"ann", "bob"}
    assert "-token" not in log


def test_a_session_of_one_identity_is_no_other_s(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """Knowing a session's name is not enough."""
    (tmp_path / "web.headers").write_text("")
    who = {name: identity(f"{name}-token", raw="policy.json") for name in ("ann", "bob")}
    browser = gateway(configuration(upstream.port, **who)).browser()
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    session = browser.post(hello, "/raw", authorization="Bearer ann-token").headers["mcp-session-id"]
    assert (
        browser.post(call(1, "echo"), "/raw", authorization="Bearer bob-token", mcp_session_id=session).status
        == 404
    )
    assert (
        browser.post(call(1, "echo"), "/raw", authorization="Bearer ann-token", mcp_session_id=session).status
        == 200
    )


def test_an_identity_learns_nothing_of_servers_that_it_may_not_reach(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """Not by the numbers, not by a list that is kept for others; and no secret of an address is in the log."""
    (tmp_path / "web.headers").write_text("")
    config = configuration(
        upstream.port,
        ann=identity("a-token", raw="policy.json"),
        bob=identity("b-token", raw="policy.json", web="policy.json"),
    )
    config["servers"]["web"]["upstream"] += "?key=s3cret"
    running = gateway(config)
    browser, listed = (
        running.browser(),
        {"resultType": "complete", "tools": [], "ttlMs": 0, "cacheScope": "public"},
    )
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": listed})
    ann, bob = {"authorization": "Bearer a-token"}, {"authorization": "Bearer b-token"}
    asking = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    answer = browser.post(asking, "/web/mcp", **bob, **MODERN).json()
    assert answer["result"]["cacheScope"] == "private"
    for given, told in ((ann, False), (bob, True)):
        browser.send(b"", "/metrics", method="GET", content_type="", **given)
        assert (f"127.0.0.1:{upstream.port}" in browser.answer().body.decode()) is told
    assert "s3cret" not in running.end() + running.audit.read_text()


def test_a_token_can_be_taken_back_while_the_gateway_runs(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """Identities are read again when the file changes; a broken file changes nothing."""
    (tmp_path / "web.headers").write_text("")
    running = gateway(configuration(upstream.port, ann=identity("a-token", raw="policy.json")))
    browser, file = running.browser(), tmp_path / "gateway.json"
    given = {"authorization": "Bearer a-token", **MODERN}
    assert browser.post(call(1, "echo"), "/raw", **given).status == 200
    config = json.loads(file.read_text())

    def rewrite(text: str) -> None:
        (tmp_path / "new").write_text(text)
        (tmp_path / "new").rename(file)

    rewrite("{")
    running.said("the old one stays in force")
    assert browser.post(call(2, "echo"), "/raw", **given).status == 200
    rewrite(json.dumps({**config, "identities": {"bob": identity("b-token", raw="policy.json")}}))
    running.said("the identities have changed")
    assert browser.post(call(3, "echo"), "/raw", **given).status == 401
    given["authorization"] = "Bearer b-token"
    assert browser.post(call(4, "echo"), "/raw", **given).status == 200
    rewrite(json.dumps({**config, "identities": {}}))
    running.said("the identities have changed")
    assert browser.post(call(5, "echo"), "/raw", **given).status == 401


@pytest.mark.parametrize(
    "besides",
    [
        {"audit": "other.jsonl"},
        {"servers": {"other": {"command": RAW}}},
        {"identities": {"new": identity("n-token", raw="missing.json")}},
    ],
)
def test_what_is_taken_back_counts_whatever_else_has_changed(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path, besides: dict[str, Any]) -> None:  # fmt: skip
    """A change that waits for a new start, or names a broken policy, keeps no token alive; and nobody gets more by it."""
    (tmp_path / "web.headers").write_text("")
    names = {name: identity(f"{name}-token", raw="policy.json") for name in ("ann", "bob", "cyd", "dan")}
    names["dan"]["grants"]["web"] = "policy.json"
    running = gateway(configuration(upstream.port, **names))
    browser, file = running.browser(), tmp_path / "gateway.json"

    def status(who: str, path: str = "/raw") -> int:
        return browser.post(call(1, "echo"), path, authorization=f"Bearer {who}-token", **MODERN).status

    assert [status(who) for who in ("ann", "bob", "cyd", "dan")] == [200] * 4
    config = json.loads(file.read_text())
    config["identities"]["ann"]["token_sha256"] = "revoked"
    del config["identities"]["bob"]
    config["identities"]["cyd"] = identity("fresh-token", raw="policy.json")
    del config["identities"]["dan"]["grants"]["web"]
    for key, value in besides.items():
        config[key] = {**config[key], **value} if isinstance(value, dict) else value
    (tmp_path / "new").write_text(json.dumps(config))
    (tmp_path / "new").rename(file)
    running.said("only what was taken back counts")
    running.said("the identities have changed")
    assert [status(who) for who in ("ann", "bob", "cyd", "fresh", "dan", "new")] == [
        401,
        401,
        401,
        200,
        200,
        401,
    ]
    assert status("dan", "/web/mcp") == 404


@pytest.mark.parametrize(
    "change",
    [{"token_sha256": "revoked"}, {"expires": "2020-01-01"}, {"grants": {}}],
    ids=["revoked", "ended", "no grant"],
)
def test_a_stream_ends_with_its_token(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path, change: dict[str, Any]) -> None:  # fmt: skip
    """Who has opened one would otherwise hear all that is said there for as long as they like."""
    (tmp_path / "web.headers").write_text("")
    ann = identity("a-token", raw="policy.json", web="policy.json")
    running = gateway(configuration(upstream.port, ann=ann))
    hello = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    begun = b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    opened = ok({"jsonrpc": "2.0", "id": 0, "result": {}}, mcp_session_id="s")
    upstream.say = lambda message: opened if message.get("method") == "initialize" else begun
    given = {"authorization": "Bearer a-token"}
    listen = {"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": {"notifications": {}}}
    streams = [running.browser() for _ in range(3)]
    streams[0].send(listen, "/web/mcp", **given, **MODERN)
    for browser, server in zip(streams[1:], ("/web/mcp", "/raw"), strict=True):
        session = browser.post(hello, server, **given).headers["mcp-session-id"]
        browser.send(b"", server, "GET", content_type="", accept="text/event-stream", mcp_session_id=session, **given)  # fmt: skip
    assert [browser.head()[0] for browser in streams] == [200, 200, 200]
    config = json.loads((tmp_path / "gateway.json").read_text())
    (tmp_path / "new").write_text(json.dumps({**config, "identities": {"ann": {**ann, **change}}}))
    (tmp_path / "new").rename(tmp_path / "gateway.json")
    for browser in streams:
        with suppress(ConnectionResetError):
            assert browser.file.read() == b""


def test_a_task_is_its_caller_s_alone(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """The server knows everybody by the gate's own credentials, so it gives anybody's tasks to anybody."""

    def say(message: dict[str, Any]) -> bytes:
        handle = {"taskId": f"of {message['params'].get('name')}", "status": "working"}
        tasks = [{"taskId": f"of {name}"} for name in ("ann", "bob", "nobody")]
        said = {
            "tools/call": {"resultType": "task", **handle},
            "tasks/list": {"tasks": tasks},
        }.get(message["method"], {"status": "completed", "result": {"content": []}})
        return ok({"jsonrpc": "2.0", "id": message["id"], "result": said})

    upstream.say = say
    policy = str(tmp_path / "policy.json")
    server = {"path": "/mcp", "upstream": f"http://127.0.0.1:{upstream.port}/mcp"}
    config = {"servers": {"s": server}, "identities": {name: identity(name, s=policy) for name in ("ann", "bob")}}  # fmt: skip
    for again in (False, True):  # whoever it was that had begun them, before a new start of the gate too
        running = gateway(config)
        browser = running.browser()

        def ask(who: str, method: str, browser: Browser = browser, **params: Any) -> Any:
            message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
            given = {"authorization": f"Bearer {who}", "mcp_protocol_version": "2026-07-28"}
            return browser.post(message, **given).json()

        for name in () if again else ("ann", "bob"):
            assert ask(name, "tools/call", name=name)["result"]["taskId"] == f"of {name}"
        for method in ("tasks/get", "tasks/result", "tasks/cancel", "tasks/update"):
            assert "result" in ask("ann", method, taskId="of ann")
            for named in ({"taskId": "of bob"}, {"taskId": "of nobody"}, {"taskId": "of ann", "task_id": "of bob"}):  # fmt: skip
                assert "(another's task)" in ask("ann", method, **named)["error"]["message"]
        for wanted in (["of ann", "of bob"], ["of nobody"]):
            listens = ask("ann", "subscriptions/listen", notifications={"taskIds": wanted})
            assert "(another's task)" in listens["error"]["message"]
        assert [each["taskId"] for each in ask("bob", "tasks/list")["result"]["tasks"]] == ["of bob"]
        browser.close()
        running.end()
    told = [message["params"]["taskId"] for _, _, message in upstream.seen if "taskId" in message.get("params", {})]  # fmt: skip
    assert told == ["of ann"] * 8


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
def test_the_programs_of_who_may_not_come_any_more_are_ended(gateway: Callable[..., Running], tmp_path: Path) -> None:  # fmt: skip
    """Those of sessions and the one of the new revision alike; whoever else came keeps theirs."""
    file, policy = tmp_path / "gateway.json", str(tmp_path / "policy.json")
    config = {"servers": {"s": {"path": "/mcp", "command": RAW}}, "identities": {"ann": identity("a", s=policy), "bob": identity("b", s=policy)}}  # fmt: skip
    running = gateway(config)
    browser, hello = running.browser(), {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {}}
    for token in "ab":
        assert browser.post(call(1, "echo"), authorization=f"Bearer {token}", **MODERN).status == 200
        assert "mcp-session-id" in browser.post(hello, authorization=f"Bearer {token}").headers
    assert len(children(running.process.pid)) == 4
    changed = json.loads(file.read_text())
    changed["identities"]["ann"]["grants"] = {}
    (tmp_path / "new").write_text(json.dumps(changed))
    (tmp_path / "new").rename(file)
    while len(children(running.process.pid)) > 2:
        assert running.process.poll() is None
    assert browser.post(call(1, "echo"), authorization="Bearer a", **MODERN).status == 404
    assert browser.post(call(1, "echo"), authorization="Bearer b", **MODERN).status == 200


def test_an_sdk_client_passes_with_its_token(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """The official client, a token, a strict policy, a program."""
    (tmp_path / "web.headers").write_text("")
    (tmp_path / "strict.json").write_text(json.dumps(STRICT))
    config = configuration(upstream.port, ann=identity("a-token", notes="strict.json"))
    config["servers"]["notes"] = {"command": NOTES}
    running = gateway(config)

    @asynccontextmanager
    async def transport() -> Any:
        url = f"http://127.0.0.1:{running.port}/notes/mcp"
        async with (
            httpx2.AsyncClient(headers={"authorization": "Bearer a-token"}, timeout=30) as client,
            streamable_http_client(url, http_client=client) as streams,
        ):
            yield streams

    async def steps() -> list[Any]:
        async with Client(transport(), mode="auto") as client:
            listed = [tool.name for tool in (await client.list_tools()).tools]
            return [listed, (await client.call_tool("pay", {"amount": 101})).is_error]

    assert asyncio.run(steps()) == [["echo", "add_note", "pay", "broken", "ask"], True]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"servers": {"a": {"command": ["x"]}}}, "a server has a policy of its own where there are no identities"),
        ({"servers": {"a": {"command": ["x"], "upstream": "y", "policy": "p"}}}, "name either a command or an upstream"),
        ({"servers": {"a": {"command": ["x"], "policy": "missing.json"}}}, "missing.json"),
        ({"servers": {"a": {"command": ["x"], "polizy": "p"}}}, "'polizy' is not known here; did you mean 'policy'?"),
        ({"listen": "0.0.0.0:0", "servers": {}}, "can be reached from elsewhere: that needs identities"),
        ({"listen": "nowhere", "servers": {}}, "must be an address such as"),
        ({"servers": {}, "identities": {"a": {"token_sha256": "x"}}}, "token_sha256 must be 64 hexadecimal digits"),
        ({"servers": {}, "identities": {"a": identity("t", b="p.json")}}, "there is no server 'b' here"),
        ({"servers": {}, "identities": {"a": identity("t"), "b": identity("t")}}, "two identities have the token"),
        ({"servers": {}, "identities": {"a": identity("t", "soon")}}, "must be a date such as"),
        ({"servers": {}, "identities": {"local": identity("t")}}, "local is who comes where there are no identities"),
        ({"servers": {}, "identities": {"a\nb": identity("t")}}, "no signs that do not show"),
        ({"servers": {}, "identities": {"": identity("t")}}, "no signs that do not show"),
        ({"servers": {}, "origins": ["null"]}, "* and null would let in pages of anybody"),
        ({"servers": {}, "origins": ["*"]}, "* and null would let in pages of anybody"),
        ({"servers": {}, "origins": ["https://app.example/"]}, "must be an origin such as https://app.example"),
        ({"servers": {}, "hosts": ["https://gate.example"]}, "must be a name such as gate.example:8700"),
        ({"servers": {"a": {"path": "x", "command": ["x"]}}}, "must be a path such as"),
        ({"servers": {"a": {"path": "/a/../b", "command": ["x"]}}}, "must be a path such as"),
        ({"servers": {"a": {"path": "/metrics", "command": ["x"]}}}, "the gateway itself answers there"),
        ({"servers": {"a": {"path": "/a/", "command": ["x"]}}}, "must be a path such as"),
        ({"servers": {"a": {"path": "/a%2fb", "command": ["x"]}}}, "must be a path such as"),
        ({"servers": {"a": {"path": "/x", "command": ["x"]}, "b": {"path": "/x", "command": ["x"]}}}, "two servers have the path /x"),
        ({"servers": {}, "identities": {"a": identity("t", "9999-12-31T23:59:59-12:00")}}, "must be a date such as"),
        ({"servers": {}, "identities": {"a": {"jwt_subject": "a"}}}, "jwt is required where identities are named by jwt_subject"),
        ({"servers": {}, "jwt": {"keys": "k", "issuer": "", "audience": "x"}}, "must not be empty"),
        ({}, "servers is required"),
    ],
)  # fmt: skip
def test_a_gateway_with_a_mistake_does_not_start(
    tmp_path: Path, config: dict[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every mistake is named, with its line."""
    (tmp_path / "gateway.json").write_text(json.dumps(config))
    with pytest.raises(SystemExit) as ended:
        main(["http", "--config", str(tmp_path / "gateway.json")])
    assert ended.value.code in (1, 2)
    assert words in capsys.readouterr().err
