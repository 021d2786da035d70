"""The one HTTP client of the crawl: named, paced, patient, bounded, and never where it was not sent."""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Self
from urllib.request import getproxies

import httpx
import msgspec
import stamina
from aiolimiter import AsyncLimiter

from crawler.answers import Answer, FetchError, bare, wished_pause
from crawler.ledger import Ledger, Validators
from crawler.manners import Manners, user_agent
from crawler.mcp.addresses import is_public
from crawler.wire import Wire

__all__ = ["Answer", "Client", "FetchError", "Manners", "bare", "known"]

#: An answer may not be larger than this unless the caller says so; bytes after decompression.
MOST_BYTES = 16 * 2**20
#: So much of an error's body is read, to quote it.
MOST_ERROR_BYTES = 64 * 2**10
MOST_REDIRECTS = 5
#: A request that takes longer in all, however steadily it drips, has failed; seconds.
DEADLINE = 300.0

_TIMEOUT = httpx.Timeout(30.0, connect=10.0).as_dict()

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class _NoCookies(httpx.Cookies):
    """Nobody who is crawled gets to recognise us by more than our name."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Forget what was set."""


_NO_COOKIES = _NoCookies()


class _Http(httpx.AsyncClient):
    """httpx's client without cookies; even to forget them at every answer costs a fifth of its time."""

    @property
    def cookies(self) -> httpx.Cookies:
        """None, ever."""
        return _NO_COOKIES

    @cookies.setter
    def cookies(self, cookies: object) -> None:
        """Nothing to set."""


@dataclass(frozen=True)
class _Asked:
    """A request that has not been tried yet."""

    method: str
    url: str
    headers: Mapping[str, str]
    content: bytes | None = None
    #: Of what shape the answer's JSON must be, where whoever asks cannot go on with another.
    shape: type | None = None


class Client:
    """GET and POST with everything that a polite crawler owes. An asynchronous context manager."""

    def __init__(
        self,
        manners: Manners | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._manners = manners or Manners()
        self._now = now
        self._origins = {_origin(httpx.URL(url)) for url in self._manners.configured}
        self._limiters: dict[str, AsyncLimiter] = {}
        authorities = _authorities(self._manners.certificates)
        self._http = _Http(
            headers={"User-Agent": user_agent(self._manners.contact)},
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
            verify=authorities,
            # Only httpx's own transport knows proxies.
            transport=transport or (None if getproxies() else Wire(authorities)),
        )
        self._headers = dict(self._http.headers)

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
        since: Validators | None = None,
        most: int = MOST_BYTES,
        patience: float | None = None,
        shape: type | None = None,
    ) -> Answer:
        """Fetch a URL, if it changed *since*; *most* is in bytes, *patience* in seconds. Raises FetchError.

        An answer whose JSON is not of this *shape*, such as a proxy's page, counts as a failure that may pass.
        """
        sent = {"Accept": accept, **(headers or {}), **_conditions(since)}
        return await self._ask(_Asked("GET", url, sent, shape=shape), most, patience)

    async def post(
        self,
        url: str,
        body: object,
        *,
        headers: Mapping[str, str] | None = None,
        most: int = MOST_BYTES,
        patience: float | None = None,
        shape: type | None = None,
    ) -> Answer:
        """Send JSON to a URL whose repetition does no harm, such as a query; else as `get`. Raises FetchError."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return await self._ask(_Asked("POST", url, sent, msgspec.json.encode(body), shape), most, patience)

    async def _ask(self, asked: _Asked, most: int, patience: float | None) -> Answer:
        limit = self._manners.patience if patience is None else patience
        try:
            return await self._try(asked, most)
        except FetchError as error:
            if _again(error, limit) is False:
                raise
            failed: FetchError | None = error
        # To set up retries costs as much as to parse an answer, and nearly all requests need none: so they are set up
        # after the first failure, which counts as their first attempt.
        async for attempt in stamina.retry_context(
            on=lambda error: _again(error, limit),
            attempts=self._manners.attempts,
            timeout=None,
            wait_initial=0.5,
            wait_max=30.0,
        ):
            with attempt:
                if failed is not None:
                    fault, failed = failed, None
                    raise fault
                return await self._try(asked, most)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _try(self, asked: _Asked, most: int) -> Answer:
        """One attempt; whatever goes wrong on the wire becomes a FetchError that may pass."""
        try:
            async with asyncio.timeout(DEADLINE):
                answer = await self._follow(asked, most)
        except TimeoutError as error:
            raise FetchError(asked.url, f"not done after {DEADLINE:.0f} seconds", passing=True) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchError(asked.url, f"no usable address: {error}") from error
        except httpx.RequestError as error:
            raise FetchError(asked.url, str(error) or type(error).__name__, passing=True) from error
        if asked.shape is not None and not answer.unchanged:
            answer.read(asked.shape)
        return answer

    async def _follow(self, asked: _Asked, most: int) -> Answer:
        request = self._request(asked)
        for _ in range(MOST_REDIRECTS + 1):
            self._refuse_elsewhere(request.url)
            await self._pace(request.url.host)
            response = await self._http.send(request, stream=True, follow_redirects=False)
            try:
                if response.next_request is None:
                    return await self._answer(asked.url, response, most)
            finally:
                await response.aclose()
            request = response.next_request
        raise FetchError(asked.url, f"redirected more than {MOST_REDIRECTS} times")

    def _request(self, asked: _Asked) -> httpx.Request:
        """What httpx's client would build, in half the time: it merges addresses, cookies and queries that we have not."""
        own = {name.lower(): value for name, value in asked.headers.items()}
        return httpx.Request(
            asked.method,
            asked.url,
            headers=self._headers | own,
            content=asked.content,
            extensions={"timeout": _TIMEOUT},
        )

    async def _answer(self, asked: str, response: httpx.Response, most: int) -> Answer:
        good = response.is_success or (response.status_code == 304 and _is_conditional(response.request))
        content = await _body(response, most if good else MOST_ERROR_BYTES, strict=good)
        if not good:
            raise self._failure(asked, response, content)
        return Answer(
            url=bare(asked),
            final=bare(str(response.url)),
            status=response.status_code,
            headers=response.headers,
            content=content,
        )

    def _failure(self, url: str, response: httpx.Response, content: bytes) -> FetchError:
        pause = wished_pause(response, content, self._now())
        status = response.status_code
        return FetchError(
            url,
            f"answered {status} {response.reason_phrase}".rstrip(),
            status=status,
            passing=status in _PASSING or (status == 403 and pause > 0),
            pause=pause,
        )

    def _refuse_elsewhere(self, url: httpx.URL) -> None:
        if _origin(url) in self._origins:
            return
        if not url.host:
            raise FetchError(str(url), "no usable address: it names no host")
        if url.scheme != "https":
            raise FetchError(str(url), "only https is fetched, except from a configured index")
        if _inward(url.host):
            raise FetchError(str(url), "an address of this machine or network, which no source configured")

    async def _pace(self, host: str) -> None:
        pace = self._manners.pace
        if pace is None:
            return
        if host not in self._limiters:
            self._limiters[host] = AsyncLimiter(*pace)
        await self._limiters[host].acquire()


def _conditions(since: Validators | None) -> dict[str, str]:
    if since is None:
        return {}
    conditions = {"If-None-Match": since.etag, "If-Modified-Since": since.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _is_conditional(request: httpx.Request) -> bool:
    return "if-none-match" in request.headers or "if-modified-since" in request.headers


async def _body(response: httpx.Response, most: int, *, strict: bool) -> bytes:
    """The decoded body; past *most* bytes it is refused, or, of an error, cut."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > most:
            if strict:
                raise FetchError(str(response.url), f"larger than {most} bytes")
            break
    return bytes(content)


def _again(error: Exception, patience: float) -> bool | float:
    """Whether to try again, or the seconds after which."""
    if not isinstance(error, FetchError) or not error.passing or error.pause > patience:
        return False
    return error.pause or True


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _inward(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        # The spellings of old, such as 127.1 and 2130706433, that every look-up still understands.
        return not is_public(ipaddress.IPv4Address(socket.inet_aton(host)))
    except OSError:
        return False


@cache
def _authorities(certificates: str | None) -> ssl.SSLContext:
    """Reading the authorities takes longer than many a request, so every client of the process shares them."""
    return ssl.create_default_context(cafile=certificates) if certificates else httpx.create_ssl_context()


def known(ledger: Ledger | None, url: str) -> Validators | None:
    """What the ledger remembers of this URL; without a ledger everything is asked for anew."""
    return ledger.validators(bare(url)) if ledger else None
