"""What a careless operator leaves open, and an agent would walk through: closed, or told at once."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from enforce.cli.careless import held_by_others, writable_by_all
from tests.enforce.transports.running import ALLOW, MODERN, RAW, Running, call, identity
from tests.enforce.transports.test_credentials import certify
from tests.enforce.transports.test_people import command, text

#: The same policy for two servers, by a name that both have.
NAMED = {
    "version": "1",
    "default": "allow",
    "server": "pypi:raw",
    "tools": {"drop": {"require_approval": True}},
    "all_tools": {"limits": [{"counter": "n", "window": "day", "max": 3, "scope": "server"}]},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys lie where the test looks."""
    monkeypatch.setenv("TOLLHOUSE_STATE_DIR", str(tmp_path / "keys"))


def test_an_approval_for_one_server_is_none_for_another_of_its_name(gateway: Callable[..., Running], tmp_path: Path) -> None:  # fmt: skip
    """The person says yes to what happens in a test database; the agent sends the same call to the real one."""
    servers = {name: {"command": [*RAW, name], "policy": "policy.json"} for name in ("staging", "production")}
    browser = gateway({"servers": servers}, policy=NAMED).browser()
    drop = call(1, "drop", table="customers")
    assert "Held by policy" in text(browser.post(drop, "/staging/mcp", **MODERN).json())
    (question,) = json.loads(command(tmp_path, "approvals", "list", "--json"))
    assert question["server"].startswith("pypi:raw (staging/")
    command(tmp_path, "approvals", "approve", question["id"])
    assert "Held by policy" in text(browser.post(drop, "/production/mcp", **MODERN).json())
    assert "isError" not in browser.post(drop, "/staging/mcp", **MODERN).json()["result"]


def test_an_approval_for_one_command_is_none_for_another_of_its_name(proxy: Callable[..., Any], tmp_path: Path) -> None:  # fmt: skip
    """The same over stdio, where two proxies share one state."""
    first, second = proxy(NAMED), proxy(NAMED, server="launcher.py")
    assert "Held by policy" in text(first.call(1, "drop"))
    (question,) = json.loads(command(tmp_path, "approvals", "list", "--json"))
    command(tmp_path, "approvals", "approve", question["id"])
    assert "Held by policy" in text(second.call(1, "drop"))
    assert "isError" not in first.call(2, "drop")["result"]


def test_a_limit_of_everybody_is_one_limit_whatever_their_policies_call_the_server(gateway: Callable[..., Running], tmp_path: Path) -> None:  # fmt: skip
    """One policy names the server and the other does not; three calls a day are three for both together."""
    (tmp_path / "plain.json").write_text(json.dumps({**NAMED, "server": "npm:other"}))
    who = {
        "ann": identity("a-token", raw="policy.json"),
        "bob": identity("b-token", raw="plain.json"),
    }
    browser = gateway({"servers": {"raw": {"command": RAW}}, "identities": who}, policy=NAMED).browser()
    tokens = ["a-token", "b-token"] * 3
    answers = [
        browser.post(call(1, "echo"), "/raw/mcp", authorization=f"Bearer {token}", **MODERN).json()
        for token in tokens
    ]
    assert ["isError" not in answer["result"] for answer in answers] == [True] * 3 + [False] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such bits")
def test_files_that_anybody_may_change_are_told(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """With them goes whatever they allow."""
    open_one, closed = tmp_path / "open", tmp_path / "closed"
    for file, mode in ((open_one, 0o666), (closed, 0o664)):
        file.touch()
        file.chmod(mode)
    assert writable_by_all([open_one, closed, None, tmp_path / "missing", open_one]) == [
        f"any user of this machine may change {open_one}: chmod o-w"
    ]
    before = os.umask(0)
    gate = proxy()
    os.umask(before)
    assert f"may change {gate.policy}" in gate.end()[1]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such bits")
def test_keys_by_which_anybody_could_come_in_are_told(
    gateway: Callable[..., Running], tmp_path: Path
) -> None:
    """Who may write into a key set signs tokens for everybody, and who may write a certificate answers in the gate's place."""
    certify(tmp_path, "one")
    key = ec.generate_private_key(ec.SECP256R1())
    listed = [{**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": "e"}]
    (tmp_path / "keys.json").write_text(json.dumps({"keys": listed}))
    for name in ("keys.json", "cert.pem", "key.pem"):
        (tmp_path / name).chmod(0o662)
    running = gateway(
        {
            "servers": {"raw": {"command": RAW}},
            "identities": {"ann": {"jwt_subject": "ann", "grants": {"raw": "policy.json"}}},
            "jwt": {
                "keys": "keys.json",
                "issuer": "https://login.example",
                "audience": "https://gate.example",
            },
            "tls": {"cert": "cert.pem", "key": "key.pem"},
        }
    )
    for name in ("keys.json", "cert.pem", "key.pem"):
        running.said(f"any user of this machine may change {tmp_path / name}")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such bits")
def test_who_may_change_what_the_gate_remembers_is_told(proxy: Callable[..., Any], tmp_path: Path) -> None:
    """Another user could approve calls there, or read the key by which approvals count."""
    keys, shared = tmp_path / "keys", tmp_path / "shared"
    keys.mkdir()
    shared.mkdir()
    shared.chmod(0o1777)
    (keys / "audit.key").write_text("ab" * 32)
    (shared / "state.db").touch()
    (shared / "state.db").chmod(0o666)
    for file, mode in ((keys / "audit.key", 0o644), (shared / "state.db", 0o666)):
        file.chmod(mode)
    said = proxy(ALLOW, "--state", str(shared / "state.db"), TOLLHOUSE_STATE_DIR=str(keys)).end()[1]
    assert f"any user of this machine may change {shared / 'state.db'}" in said
    assert f"any user of this machine may put files into {shared}" in said
    assert f"any user of this machine may read {keys / 'audit.key'}" in said
    assert len(said.splitlines()) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_state_of_another_user_is_told(tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.touch()
    os.chown(file, 12345, -1)
    assert held_by_others([file]) == [
        f"{file} belongs to another user of this machine: name a file of your own"
    ]


def test_what_had_better_not_be_is_told_at_the_start(tmp_path: Path) -> None:
    """Tokens and credentials that anybody on the way can read, a rule that speaks of nothing, and a gate that denies nothing."""
    (tmp_path / "web.headers").write_text("authorization: Bearer x")
    (tmp_path / "policy.json").write_text(json.dumps({**NAMED, "methods": {"resource/read": "deny"}}))
    web = {"upstream": "http://mcp.example/mcp", "headers_file": "web.headers"}
    config = {
        "listen": "127.0.0.2:0",
        "servers": {"web": web, "raw": {"command": RAW}},
        "identities": {"ann": identity("a-token", raw="policy.json")},
    }
    (tmp_path / "gateway.json").write_text(json.dumps(config))
    own = ["--audit", str(tmp_path / "audit.jsonl"), "--state", str(tmp_path / "state.db"), "--dry-run"]
    running = subprocess.Popen(
        [sys.executable, "-m", "enforce", "http", "--config", str(tmp_path / "gateway.json"), *own],
        stderr=subprocess.PIPE,
    )
    assert running.stderr
    for words in (
        "dry run: nothing is denied",
        "has no method resource/read, but it has resources/read",
        "web.headers, which holds a secret",
        "tokens come in as they are",
        "http://mcp.example/... is told its credentials as they are",
    ):
        while words not in (line := running.stderr.readline().decode()):
            assert line
    running.terminate()
    running.communicate(timeout=30)
