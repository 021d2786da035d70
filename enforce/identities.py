"""Who may pass: bearer tokens, kept only as digests or signed by an authority, each for its own servers until its own end."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

#: The identity of whoever asks where no tokens are needed, which is on loopback alone.
LOCAL = "local"

#: Longer tokens are none of ours.
LONGEST_TOKEN = 512


class Identity(Struct, frozen=True, kw_only=True):
    """One holder of a token."""

    name: str
    #: SHA-256 of the token, in hexadecimal; empty where it was taken back, or where tokens are signed.
    token_sha256: str = ""
    #: The token before, which is taken until then, in seconds since the epoch.
    old_sha256: str = ""
    old_until: float = 0.0
    #: Whom an authority's signed token must speak of.
    jwt_subject: str = ""
    #: Seconds since the epoch; `None` for a token without an end.
    expires: float | None = None
    #: Policy files by the names of the servers that it may reach.
    grants: dict[str, str] = {}


class Signed(Protocol):
    """Checks tokens that an authority signed."""

    def subject(self, token: bytes, now: float) -> str | None:
        """Whom a valid token speaks of."""


class _Known(Struct, frozen=True):
    digest: bytes
    identity: Identity
    until: float | None


class Identities:
    """All holders of tokens."""

    def __init__(self, identities: Sequence[Identity], signed: Signed | None = None) -> None:
        self._all = list(identities)
        self._signed = signed
        self._by_subject = {each.jwt_subject: each for each in identities if each.jwt_subject}
        known = [
            _Known(bytes.fromhex(each.token_sha256), each, None) for each in identities if each.token_sha256
        ]
        known += [
            _Known(bytes.fromhex(each.old_sha256), each, each.old_until)
            for each in identities
            if each.old_sha256
        ]
        self._by_digest = {each.digest: each for each in known}

    def __bool__(self) -> bool:
        return bool(self._all)

    def find(self, authorization: bytes | None, now: float) -> Identity | None:
        """The holder of the bearer token in an `Authorization` header; `None` for anything that is not a valid one."""
        scheme, _, token = (authorization or b"").partition(b" ")
        token = token.strip()
        if scheme.lower() != b"bearer" or not token:
            return None
        found = self._own(token, now) if len(token) <= LONGEST_TOKEN else None
        if found is None and self._signed is not None and token.count(b".") == 2:
            found = self._by_subject.get(self._signed.subject(token, now) or "")
        return None if found is None or (found.expires is not None and now >= found.expires) else found

    def _own(self, token: bytes, now: float) -> Identity | None:
        digest = hashlib.sha256(token).digest()
        # Looking up a digest tells nothing of the token by its time; comparing in constant time costs nothing more.
        known = self._by_digest.get(digest)
        if known is None or not hmac.compare_digest(digest, known.digest):
            return None
        return None if known.until is not None and now >= known.until else known.identity


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
