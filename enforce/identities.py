"""Who may pass: bearer tokens, kept only as digests, each for its own servers until its own end."""

import hashlib
import hmac
from collections.abc import Sequence

from msgspec import Struct

#: Longer tokens are none of ours.
LONGEST_TOKEN = 512


class Identity(Struct, frozen=True, kw_only=True):
    """One holder of one token."""

    name: str
    #: SHA-256 of the token, in hexadecimal.
    token_sha256: str
    #: Seconds since the epoch; `None` for a token without an end.
    expires: float | None = None
    #: Policy files by the names of the servers that it may reach.
    grants: dict[str, str] = {}


class Identities:
    """All holders of tokens."""

    def __init__(self, identities: Sequence[Identity]) -> None:
        self._by_digest = {bytes.fromhex(each.token_sha256): each for each in identities}

    def __bool__(self) -> bool:
        return bool(self._by_digest)

    def find(self, authorization: bytes | None, now: float) -> Identity | None:
        """The holder of the bearer token in an `Authorization` header; `None` for anything that is not a valid one."""
        scheme, _, token = (authorization or b"").partition(b" ")
        token = token.strip()
        if scheme.lower() != b"bearer" or not token or len(token) > LONGEST_TOKEN:
            return None
        digest = hashlib.sha256(token).digest()
        # Looking up a digest tells nothing of the token by its time; comparing in constant time costs nothing more.
        found = self._by_digest.get(digest)
        if found is None or not hmac.compare_digest(digest, bytes.fromhex(found.token_sha256)):
            return None
        return None if found.expires is not None and now >= found.expires else found


def token_digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
