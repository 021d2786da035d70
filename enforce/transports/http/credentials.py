"""What an upstream needs to let us in, as headers: from a file of headers, or by OAuth with tokens that the operator gave."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from enforce.credentials import BadCredentials, read_headers
from enforce.locks import try_lock
from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.asking import Upstream
from enforce.transports.http.messages import Headers

#: Seconds before its end at which a token is renewed.
EARLY = 60.0

#: Seconds to wait for a new token, and while another process gets one for the same file.
PATIENCE = 15.0

#: Bytes of an answer with a token.
LARGEST_ANSWER = 100_000

_FORM: Headers = [
    (b"content-type", b"application/x-www-form-urlencoded"),
    (b"accept", b"application/json"),
]


class Credentials(Protocol):
    """Headers that are added to every request to one upstream."""

    def at_hand(self) -> Headers | None:
        """The headers as they are now; `None` where getting them takes time."""

    async def headers(self) -> Headers:
        """The headers as they are now; raises UpstreamFailed where there can be none."""

    async def renew(self) -> bool:
        """The upstream refused them: whether there are others now, with which asking again makes sense."""


class NoCredentials:
    """For an upstream that asks for none."""

    def at_hand(self) -> Headers:
        return []

    async def headers(self) -> Headers:
        return []

    async def renew(self) -> bool:
        return False


class HeaderFile:
    """Lines of `Name: value`, read again when the file has changed; raises BadCredentials where they cannot be read first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark = _mark(path)
        self._headers = read_headers(path)

    def at_hand(self) -> Headers:
        return self._headers

    async def headers(self) -> Headers:
        return self._headers

    async def renew(self) -> bool:
        """Whether another hand has written other headers meanwhile."""
        mark = _mark(self._path)
        if mark == self._mark:
            return False
        try:
            self._headers = read_headers(self._path)
        except BadCredentials as error:
            raise UpstreamFailed(str(error)) from error
        self._mark = mark
        return True


class OAuthFile(Struct, kw_only=True, omit_defaults=True):
    """What stands in the file; keys that we do not know are kept out, and none is ever logged."""

    access_token: str
    #: Seconds since the epoch.
    expires_at: float | None = None
    refresh_token: str | None = None
    token_endpoint: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    scope: str | None = None


class OAuthToken:
    """A bearer token from a file, renewed by its refresh token; who else changes the file is heard."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path = path
        self._now = now
        self._turn = asyncio.Lock()
        self._mark = _mark(path)
        self._token = _read(path)

    def at_hand(self) -> Headers | None:
        ends = self._token.expires_at
        if ends is not None and self._now() > ends - EARLY:
            return None
        return [(b"authorization", b"Bearer " + self._token.access_token.encode())]

    async def headers(self) -> Headers:
        known = self.at_hand()
        if known is None:
            await self._renew(self._token.access_token)
            known = [(b"authorization", b"Bearer " + self._token.access_token.encode())]
        return known

    async def renew(self) -> bool:
        used = self._token.access_token
        await self._renew(used)
        return self._token.access_token != used

    async def _renew(self, used: str) -> None:
        """Get a token other than *used*, by the file or else by the refresh token; raises UpstreamFailed."""
        try:
            async with self._turn, _alone(self._path):
                if _mark(self._path) != self._mark:
                    self._mark, self._token = _mark(self._path), _reread(self._path)
                if (
                    self._token.access_token == used
                    and self._token.refresh_token
                    and self._token.token_endpoint
                ):
                    self._token = await _refreshed(self._token, self._now())
                    _write(self._path, self._token)
                    self._mark = _mark(self._path)
        except OSError as error:
            fault = error.strerror or str(error)
            raise UpstreamFailed(f"the token cannot be renewed and kept in {self._path}: {fault}") from error


async def _refreshed(token: OAuthFile, now: float) -> OAuthFile:
    """Ask the token endpoint for the next token; raises UpstreamFailed, in words that hold no secret."""
    address = Address.read(token.token_endpoint or "")
    if not address.tls and address.host not in ("127.0.0.1", "::1", "localhost"):
        raise UpstreamFailed("the token endpoint must be https")
    form = {
        "grant_type": "refresh_token",
        "refresh_token": token.refresh_token,
        "client_id": token.client_id,
        "client_secret": token.client_secret,
        "scope": token.scope,
    }
    body = urlencode({key: value for key, value in form.items() if value is not None}).encode()
    endpoint = Upstream(address)
    try:
        async with asyncio.timeout(PATIENCE):  # everybody waits for it
            response = await endpoint.ask("POST", _FORM, body)
            answer = await response.body(LARGEST_ANSWER)
    except TimeoutError as error:
        raise UpstreamFailed(f"the token endpoint has not answered within {PATIENCE:g} seconds") from error
    finally:
        endpoint.close()
    if response.status != 200:
        raise UpstreamFailed(f"the token endpoint refuses to renew: status {response.status}")
    try:
        found = msgspec.json.decode(answer, type=_Renewed)
    except (ValueError, RecursionError) as error:
        raise UpstreamFailed("the token endpoint answers with no token") from error
    if not _fits_a_header(found.access_token):
        raise UpstreamFailed("the token endpoint answers with a token that cannot stand in a header")
    return msgspec.structs.replace(
        token,
        access_token=found.access_token,
        refresh_token=found.refresh_token or token.refresh_token,
        expires_at=None if found.expires_in is None else now + found.expires_in,
    )


class _Renewed(Struct, kw_only=True):
    access_token: str
    expires_in: float | None = None
    refresh_token: str | None = None


@asynccontextmanager
async def _alone(path: Path) -> AsyncIterator[None]:
    """One process at a time: a refresh token that is used twice may be taken back by who gave it."""
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not try_lock(lock):
            if asyncio.get_running_loop().time() > deadline:
                raise UpstreamFailed("another process renews the token, and does not end")
            await asyncio.sleep(0.05)
        yield
    finally:
        os.close(lock)


def _read(path: Path) -> OAuthFile:
    try:
        token = msgspec.json.decode(path.read_bytes(), type=OAuthFile)
    except OSError as error:
        raise BadCredentials(path, 0, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise BadCredentials(path, 0, "it is no JSON object with an access_token") from error
    if not _fits_a_header(token.access_token):
        raise BadCredentials(path, 0, "its access_token cannot stand in a header")
    return token


def _fits_a_header(token: str) -> bool:
    return token.isascii() and token.isprintable()


def _reread(path: Path) -> OAuthFile:
    try:
        return _read(path)
    except BadCredentials as error:
        raise UpstreamFailed(str(error)) from error


def _write(path: Path, token: OAuthFile) -> None:
    """Replace the file at once, readable by its owner alone."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(token)) + b"\n")
    fresh.replace(path)


def _mark(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_mtime_ns, found.st_size
