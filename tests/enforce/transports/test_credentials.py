"""Who may come in, and what the gate shows upstream: TLS, signed tokens, metadata, OAuth, each against real programs."""

import asyncio
import json
import os
import socket
import ssl
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from jwt.algorithms import ECAlgorithm

from enforce.cli.certificates import BadCertificate, Certificate
from enforce.transports.http import credentials
from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.credentials import OAuthToken
from enforce.webhook import BadWebhook, Webhook
from tests.enforce.transports.running import MODERN, RAW, Running, call, identity
from tests.enforce.transports.web import Upstream, enveloped, ok, response


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    made = Upstream()
    yield made
    made.close()


def certify(folder: Path, name: str) -> None:
    """A certificate of its own for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "cert.pem").write_bytes(made.public_bytes(Encoding.PEM))


def ask(running: Running, context: ssl.SSLContext) -> Any:
    """One call over TLS."""
    request = urllib.request.Request(
        f"https://localhost:{running.port}/raw/mcp",
        json.dumps(enveloped(call(1, "echo", a=1))).encode(),
        {"content-type": "application/json", "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "echo", "authorization": "Bearer a-token"},
    )  # fmt: skip
    with urllib.request.urlopen(request, context=context, timeout=30) as answer:
        return json.loads(answer.read())["result"]["content"][0]["text"]


def test_connections_are_secured_by_files_and_a_renewed_certificate_is_taken_over(gateway: Callable[..., Running], tmp_path: Path) -> None:  # fmt: skip
    certify(tmp_path, "one")
    running = gateway(
        {
            "servers": {"raw": {"command": RAW}},
            "identities": {"ann": identity("a-token", raw="policy.json")},
            "tls": {"cert": "cert.pem", "key": "key.pem"},
        }
    )
    assert running.url.startswith("https://")
    old = ssl.create_default_context(cafile=tmp_path / "cert.pem")
    assert ask(running, old) == '{"a": 1}'
    (tmp_path / "cert.pem").write_text("nonsense")
    running.said("the old one stays in force")
    assert ask(running, old) == '{"a": 1}'
    certify(tmp_path, "two")
    running.said("the certificate has changed")
    assert ask(running, ssl.create_default_context(cafile=tmp_path / "cert.pem")) == '{"a": 1}'
    with pytest.raises(OSError, match="certificate verify failed"):
        ask(running, old)


def test_nobody_is_asked_for_a_pass_phrase(tmp_path: Path) -> None:
    """At a terminal every request would wait for the answer, from the start or once the key is renewed."""
    certify(tmp_path, "one")
    found = Certificate(tmp_path / "cert.pem", tmp_path / "key.pem")
    assert found.context.minimum_version >= ssl.TLSVersion.TLSv1_2
    key = load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    kept = BestAvailableEncryption(b"secret")
    (tmp_path / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kept))
    assert ["nobody is asked for a pass phrase" in (found.reread() or "") for _ in range(3)] == [
        False,
        True,
        False,
    ]
    with pytest.raises(BadCertificate, match="give the key without one"):
        Certificate(tmp_path / "cert.pem", tmp_path / "key.pem")


@pytest.mark.parametrize("place", ["notes.oauth.lock", f"notes.oauth.{os.getpid()}"])
def test_a_token_that_cannot_be_kept_is_told(upstream: Upstream, tmp_path: Path, place: str) -> None:
    """One that was given out all the same is used, since the one before counts no more."""
    file = tmp_path / "notes.oauth"
    file.write_text(json.dumps({"access_token": "first", "refresh_token": "r", "expires_at": 1.0, "token_endpoint": f"http://127.0.0.1:{upstream.port}/"}))  # fmt: skip
    (tmp_path / place).mkdir()
    upstream.read = lambda body: parse_qs(body.decode())
    upstream.say = lambda _: ok({"access_token": "second"})
    token = OAuthToken(file, time.time)
    with pytest.raises(UpstreamFailed, match=r"cannot be renewed and kept in .*notes\.oauth: Is a directory"):
        asyncio.run(token.headers())
    assert (token.at_hand() is None) is place.endswith(".lock")


def test_a_token_endpoint_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Everybody waits for the token meanwhile."""
    monkeypatch.setattr(credentials, "PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        file = tmp_path / "notes.oauth"
        file.write_text(json.dumps({"access_token": "first", "refresh_token": "r", "expires_at": 1.0, "token_endpoint": f"http://127.0.0.1:{silent.getsockname()[1]}/"}))  # fmt: skip
        with pytest.raises(UpstreamFailed, match="has not answered within"):
            asyncio.run(OAuthToken(file, time.time).headers())


@pytest.mark.parametrize("token", ["x\r\nhost: evil.example", "\u00e9", "x\0"])
def test_a_renewed_token_that_would_be_another_header_is_none(upstream: Upstream, tmp_path: Path, token: str) -> None:  # fmt: skip
    """Who renews tokens writes no requests to the server."""
    file = tmp_path / "notes.oauth"
    old = {"access_token": "first", "refresh_token": "r", "expires_at": 1.0, "token_endpoint": f"http://127.0.0.1:{upstream.port}/"}  # fmt: skip
    file.write_text(json.dumps(old))
    upstream.read = lambda body: parse_qs(body.decode())
    upstream.say = lambda _: ok({"access_token": token})
    with pytest.raises(UpstreamFailed, match="a token that cannot stand in a header"):
        asyncio.run(OAuthToken(file, time.time).headers())
    assert json.loads(file.read_text()) == old


def test_a_signed_token_opens_what_its_subject_was_granted_and_strangers_learn_where_to_get_one(gateway: Callable[..., Running], tmp_path: Path) -> None:  # fmt: skip
    """The metadata is the same for every path: it does not tell which servers there are."""
    key = ec.generate_private_key(ec.SECP256R1())
    listed = [{**json.loads(ECAlgorithm.to_jwk(key.public_key())), "kid": "e"}]
    (tmp_path / "keys.json").write_text(json.dumps({"keys": listed}))
    browser = gateway(
        {
            "servers": {"raw": {"path": "/raw", "command": RAW}},
            "jwt": {
                "keys": "keys.json",
                "issuer": "https://login.example",
                "audience": "https://gate.example",
            },
            "identities": {"ann": {"jwt_subject": "ann@example", "grants": {"raw": "policy.json"}}},
            "public_url": "https://gate.example",
        }
    ).browser()

    def bearer(subject: str) -> str:
        claims = {
            "iss": "https://login.example",
            "aud": "https://gate.example",
            "sub": subject,
            "exp": int(time.time()) + 60,
        }
        return "Bearer " + jwt.encode(claims, key, "ES256", headers={"kid": "e"})

    assert browser.post(call(1, "echo"), "/raw", authorization=bearer("ann@example"), **MODERN).status == 200
    refused = browser.post(call(1, "echo"), "/raw", authorization=bearer("eve@example"), **MODERN)
    address = "https://gate.example/.well-known/oauth-protected-resource/raw"
    challenge = f'Bearer resource_metadata="{address}", error="invalid_token"'
    assert (refused.status, refused.headers["www-authenticate"]) == (401, challenge)
    for path in ("/raw", "/nowhere"):
        browser.send(b"", f"/.well-known/oauth-protected-resource{path}", "GET")
        assert browser.answer().json() == {
            "resource": f"https://gate.example{path}",
            "bearer_methods_supported": ["header"],
            "authorization_servers": ["https://login.example"],
        }


def test_an_oauth_token_is_renewed_in_time_and_when_it_is_refused(gateway: Callable[..., Running], upstream: Upstream, tmp_path: Path) -> None:  # fmt: skip
    """The file is written back for its owner alone; the client sees nothing of it, and no secret is told."""
    issued = iter(["second", "third"])
    forms: list[Any] = []
    endpoint = Upstream()

    def renew(form: Any) -> bytes:
        forms.append(form)
        return ok({"access_token": next(issued), "expires_in": 3600, "refresh_token": f"r{len(forms)}"})

    endpoint.say = renew
    endpoint.read = lambda body: parse_qs(body.decode())
    upstream.say = lambda message: ok({"jsonrpc": "2.0", "id": message["id"], "result": {}})
    file = tmp_path / "notes.oauth"
    token = {
        "access_token": "first", "expires_at": time.time() + 5, "refresh_token": "r0", "client_id": "gate",
        "token_endpoint": f"http://127.0.0.1:{endpoint.port}/token",
    }  # fmt: skip
    file.write_text(json.dumps(token))
    servers = {
        "web": {
            "upstream": f"http://127.0.0.1:{upstream.port}/",
            "oauth_file": "notes.oauth",
            "policy": "policy.json",
        }
    }
    running = gateway({"servers": servers})
    browser = running.browser()

    def used() -> list[str]:
        assert browser.post(call(1, "x"), "/web/mcp", authorization="Bearer mine", **MODERN).status == 200
        return [headers["authorization"] for _, headers, _ in upstream.seen]

    assert used() == ["Bearer second"]
    assert json.loads(file.read_text())["refresh_token"] == "r1"
    assert file.stat().st_mode & 0o077 == 0
    refusals = [response(401, "", b"")]
    upstream.say = lambda message: (
        refusals.pop() if refusals else ok({"jsonrpc": "2.0", "id": message["id"], "result": {}})
    )
    assert used() == ["Bearer second", "Bearer second", "Bearer third"]
    assert [form["refresh_token"] for form in forms] == [["r0"], ["r1"]]
    file.write_text(json.dumps({"access_token": "by-hand"}))
    refusals.append(response(401, "", b""))
    assert used()[3:] == ["Bearer third", "Bearer by-hand"]
    refusals.append(response(401, "", b""))
    assert browser.post(call(1, "x"), "/web/mcp", **MODERN).status == 502
    words = running.end()
    assert "the upstream refuses the gate's credentials" in words
    assert not any(secret in words for secret in ("second", "third", "by-hand", "r1"))
    endpoint.close()


@pytest.mark.parametrize(
    "url",
    ["https://user:s3cret@mcp.example/mcp", "ftp://mcp.example/s3cret", "https://mcp.example:99999/s3cret", "https://mcp.example/mcp?key=s3cret#x",
     "u:s3cret@mcp.example", "mcp.example?key=s3cret"],
)  # fmt: skip
def test_no_secret_of_an_address_is_told(url: str) -> None:
    """One that cannot be used is named by its host alone, as that of a webhook is."""
    with pytest.raises(UpstreamFailed) as failed:
        Address.read(url)
    with pytest.raises(BadWebhook) as refused:
        Webhook(url.replace("https", "http"), b"key", lambda *_: None, lambda _: None)
    for said in (failed, refused):
        assert "mcp.example" in str(said.value)
        assert "s3cret" not in str(said.value)
