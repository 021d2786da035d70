"""Tokens that another authority signed, checked with its public keys from a file of ours."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from enforce.errors import EnforceError
from enforce.watched import Watched

#: Signatures that only the holder of a private key can make; anything else is refused.
ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip

#: Bits of an RSA key, as RFC 7518 wants them at least.
SHORTEST_RSA = 2_048

#: Longer tokens are refused unread.
LONGEST = 8_192

#: Tokens that are remembered.
REMEMBERED = 1_024

#: Seconds by which the authority's clock may differ from ours.
LEEWAY = 30.0


class BadKeys(EnforceError):
    """A key set that cannot be used."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(path, fault)
        self.path = path
        self.fault = fault

    def __str__(self) -> str:
        return f"{self.path}: {self.fault}"


class KeySet:
    """The keys of one authority, and what its tokens must say; raises BadKeys. `pip install 'tollhouse[jwt]'`."""

    def __init__(self, path: Path, issuer: str, audience: str) -> None:
        self._file = Watched(path)
        self._issuer = issuer
        self._audience = audience
        self._keys = _read(path)
        #: What tokens say whose signature was found right, by their digests: that takes a hundred times as long as the rest.
        self._said: dict[bytes, dict[str, Any]] = {}

    def reread(self) -> str | None:
        """Read the file again where it has changed; words for the operator. Broken keys change nothing."""
        if not self._file.has_changed():
            return None
        try:
            self._keys = _read(self._file.path)
        except BadKeys as error:
            return f"the changed keys are broken, and the old ones stay in force: {error}"
        self._said.clear()
        return f"the keys have changed: {self._file.path}"

    def subject(self, token: bytes, now: float) -> str | None:
        """Whom a valid token speaks of; `None` for any other token. *now* is in seconds since the epoch."""
        if len(token) > LONGEST:
            return None
        digest = sha256(token).digest()
        claims = self._said.get(digest)
        if claims is None:
            claims = self._claims(token)
            if claims is None:
                return None
            if len(self._said) >= REMEMBERED:
                self._said.clear()
            self._said[digest] = claims
        return _subject(claims, now)

    def _claims(self, token: bytes) -> dict[str, Any] | None:
        """What a token says that the authority has signed for us."""
        import jwt

        try:
            key = self._keys.get(jwt.get_unverified_header(token).get("kid"))
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                issuer=self._issuer,
                audience=self._audience,
                # Times are compared with our own clock, which nobody sets back.
                options={
                    "require": ["exp", "iss", "aud", "sub"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, RecursionError):  # the latter where it is nested without an end
            return None
        # Some releases take an issuer that is only a part of ours.
        return claims if claims["iss"] == self._issuer else None


def _subject(claims: dict[str, Any], now: float) -> str | None:
    ends, starts, subject = claims["exp"], claims.get("nbf", now), claims["sub"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (ends, starts)):
        return None
    in_time = starts <= now + LEEWAY and now - LEEWAY < ends  # so that no number is too large for it
    return subject if in_time and isinstance(subject, str) and subject else None


def _read(path: Path) -> dict[str | None, Any]:
    """The keys by their ids; a single key may have none."""
    try:
        import jwt
    except ImportError as error:
        raise BadKeys(path, "signed tokens need one more package: pip install 'tollhouse[jwt]'") from error
    try:
        listed = json.loads(path.read_bytes())["keys"]
        plain = [each for each in listed if each.get("kty") != "oct" and each.get("use", "sig") == "sig"]
        keys = [jwt.PyJWK(each) for each in plain]
        found: dict[str | None, Any] = {key.key_id: key for key in keys if key.algorithm_name in ALGORITHMS}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise BadKeys(path, f"it is no set of public keys: {error}") from error
    if not found or len(found) != len(keys):
        raise BadKeys(path, "it holds no key, two of one id, or one of a kind that is not taken")
    if any("d" in each for each in plain):
        raise BadKeys(path, "it holds a private key, which does not belong here")
    if any(
        getattr(key.key, "key_size", SHORTEST_RSA) < SHORTEST_RSA for key in keys if key.key_type == "RSA"
    ):
        raise BadKeys(path, f"it holds an RSA key of less than {SHORTEST_RSA} bits, which others can compute")
    return found
