"""Signed tokens: only those that the right authority signed, for us, now, with a key and a method that we take."""

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from enforce.identities import Identities, Identity
from enforce.keysets import BadKeys, KeySet

NOW = 1_800_000_000.0
CLAIMS = {"iss": "https://login.example", "aud": "https://gate.example", "sub": "ann", "exp": int(NOW) + 60}
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)
PUBLIC = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

#: Nested deeper than any reader follows.
DEEP = b'{"alg":"RS256","kid":"r","x":' + b"[" * 2_500 + b"]" * 2_500 + b"}"


def public(key: Any, kid: str, **more: Any) -> dict[str, Any]:
    made = RSAAlgorithm if isinstance(key, rsa.RSAPublicKey) else ECAlgorithm
    return {**json.loads(made.to_jwk(key)), "kid": kid, **more}


@pytest.fixture
def keys(tmp_path: Path) -> KeySet:
    """A set with a key of each kind."""
    listed = [public(RSA.public_key(), "r", alg="RS256"), public(EC.public_key(), "e")]
    (tmp_path / "keys.json").write_text(json.dumps({"keys": listed}))
    return KeySet(tmp_path / "keys.json", "https://login.example", "https://gate.example")


def token(key: Any = RSA, alg: str = "RS256", kid: str | None = "r", **claims: Any) -> bytes:
    said = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    return jwt.encode(said, key, alg, headers={"kid": kid} if kid else {}).encode()


def raw(header: Any, claims: Any = CLAIMS, signature: bytes = b"") -> bytes:
    texts = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in (header, claims)]
    parts = [base64.urlsafe_b64encode(each).rstrip(b"=") for each in texts]
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")])


def signed(header: Any = None, claims: Any = CLAIMS) -> bytes:
    """Right by its signature, whatever it says."""
    unsigned = raw(header or {"alg": "RS256", "kid": "r"}, claims).rpartition(b".")[0]
    signature = RSAAlgorithm(RSAAlgorithm.SHA256).sign(unsigned, RSA)
    return unsigned + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")


def hmac_with_public_key() -> bytes:
    unsigned = raw({"alg": "HS256", "kid": "r"}).rpartition(b".")[0]
    digest = hmac.new(PUBLIC, unsigned, hashlib.sha256).digest()
    return unsigned + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")


@pytest.mark.parametrize(
    "given", [token(), token(EC, "ES256", "e"), token(aud=["x", "https://gate.example"]), token(nbf=int(NOW))]
)
def test_a_right_token_names_its_subject(keys: KeySet, given: bytes) -> None:
    assert keys.subject(given, NOW) == "ann"


@pytest.mark.parametrize(
    "given",
    [
        token(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        token(EC, "ES256", "r"), token(kid="x"), token(kid=None), token(alg="PS256"),
        token(iss="https://evil.example"), token(iss=None), token(aud="https://other.example"), token(aud=None),
        token(exp=int(NOW) - 31), token(exp=None), token(nbf=int(NOW) + 31), token(sub=None), token(sub=""),
        raw({"alg": "none", "kid": "r"}), raw({"alg": "HS256", "kid": "r"}), hmac_with_public_key(),
        raw({"alg": "RS256", "kid": ["r"]}), raw([]), b"..", b"a.b.c", b"\xff.\xff.\xff",
        token()[:-4] + b"AAAA", token(x="y" * 9000), token(iss="https://login.exam"), token(iss="h"),
        raw(DEEP), signed({"alg": "RS256", "kid": "r", "crit": ["x"], "x": 1}),
        signed({"alg": "RS512", "kid": "r"}), signed({"alg": "RS256", "kid": "x", "jku": "http://127.0.0.1:1/"}),
        signed({"alg": "RS256", "kid": "x", "jwk": public(RSA.public_key(), "x")}), signed({"alg": "RS256", "kid": None}),
        signed(claims={**CLAIMS, "iss": ["https://login.example"]}), signed(claims={**CLAIMS, "aud": {"https://gate.example": 1}}),
        signed(claims={**CLAIMS, "sub": ["ann"]}), signed(claims={**CLAIMS, "exp": float("nan")}),
        signed(claims={**CLAIMS, "nbf": float("nan")}), signed(claims={**CLAIMS, "nbf": None}), signed(claims=DEEP),
        signed(claims=[CLAIMS]), raw({"alg": "ES256", "kid": "e"}, signature=bytes(64)), raw({"alg": "ES256", "kid": "e"}, signature=b"x"),
        raw({"alg": "RS256", "kid": "r"}, {**CLAIMS, "exp": True}),
    ],
)  # fmt: skip
def test_any_other_token_names_nobody(keys: KeySet, given: bytes) -> None:
    assert keys.subject(given, NOW) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it is no set of public keys"),
        ('{"keys": []}', "it holds no key"),
        ('{"keys": [1]}', "it is no set of public keys"),
        ('{"keys": [{"kty": "oct", "k": "AAAA", "kid": "o"}]}', "it holds no key"),
        (
            json.dumps({"keys": [public(RSA.public_key(), "a"), public(EC.public_key(), "a")]}),
            "two of one id",
        ),
        (json.dumps({"keys": [{**public(EC.public_key(), "e"), "kid": ["e"]}]}), "unhashable"),
        (json.dumps({"keys": [{**json.loads(RSAAlgorithm.to_jwk(RSA)), "kid": "p"}]}), "a private key"),
        (json.dumps({"keys": [public(WEAK.public_key(), "w")]}), "an RSA key of less than 2048 bits"),
    ],
)
def test_keys_that_cannot_be_trusted_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(BadKeys, match=words):
        KeySet(tmp_path / "keys.json", "i", "a")


def test_changed_keys_are_taken_over_and_broken_ones_are_not(keys: KeySet, tmp_path: Path) -> None:
    assert keys.reread() is None
    (tmp_path / "keys.json").write_text("{")
    assert [words and "the old ones stay in force" in words for words in looks(keys)] == [None, True, None]
    assert keys.subject(token(), NOW) == "ann"
    listed = tmp_path / "listed.json"
    listed.write_text(json.dumps({"keys": [public(EC.public_key(), "e")]}))
    before = (tmp_path / "keys.json").stat()
    os.utime(listed, ns=(before.st_atime_ns, before.st_mtime_ns))
    listed.rename(tmp_path / "keys.json")  # by a program that keeps times
    assert [words and "the keys have changed" in words for words in looks(keys)] == [None, True, None]
    assert keys.subject(token(), NOW) is None


def looks(keys: KeySet) -> list[str | None]:
    return [keys.reread() for _ in range(3)]


def test_signed_tokens_and_our_own_stand_side_by_side(keys: KeySet) -> None:
    """A subject without an identity is nobody, and a subject's end counts as a token's does."""
    digest = hashlib.sha256(b"own").hexdigest()
    old = hashlib.sha256(b"old").hexdigest()
    ann = Identity(name="ann", jwt_subject="ann", expires=NOW + 5)
    bob = Identity(name="bob", token_sha256=digest, old_sha256=old, old_until=NOW + 1)
    who = Identities([ann, bob], keys)
    assert who.find(b"Bearer " + token(), NOW) == ann
    assert who.find(b"Bearer " + token(), NOW + 5) is None
    assert who.find(b"Bearer " + token(sub="eve"), NOW) is None
    assert (who.find(b"Bearer own", NOW), who.find(b"Bearer old", NOW)) == (bob, bob)
    assert who.find(b"Bearer old", NOW + 1) is None
    assert Identities([ann]).find(b"Bearer " + token(), NOW) is None
    revoked = Identities([Identity(name="gone")])
    assert (bool(revoked), revoked.find(b"Bearer own", NOW)) == (True, None)
