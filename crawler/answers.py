"""What comes back from a request: an answer, or the fault that stands in its place."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import msgspec

from crawler.errors import CrawlerError
from crawler.ledger import Validators

T = TypeVar("T")

#: GitHub answers some exceeded limits without any time to wait, and asks for a minute at least; seconds.
SECONDARY_PAUSE = 60.0


class FetchError(CrawlerError):
    """A URL that did not give what was asked for, after every retry that made sense."""

    def __init__(
        self, url: str, fault: str, *, status: int | None = None, passing: bool = False, pause: float = 0.0
    ) -> None:
        super().__init__(url, fault)
        self.url = bare(url)
        self.fault = fault
        #: The last answer's status; `None` if there was no answer.
        self.status = status
        #: Whether asking again later may help.
        self.passing = passing
        #: Seconds that the other side wants to be left alone; 0 if it named none.
        self.pause = pause

    def __str__(self) -> str:
        return f"{self.url}: {self.fault}"

    @property
    def missing(self) -> bool:
        """Whether the other side says that there is no such thing, or no longer."""
        return self.status in {404, 410, 451}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A good answer: status 2xx, or 304 for a conditional request whose answer stayed the same."""

    #: The URL that was asked for, without credentials; `final` is where redirects led.
    url: str
    final: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def unchanged(self) -> bool:
        """Whether the ledger's last answer for this URL still holds."""
        return self.status == 304

    @property
    def seen(self) -> tuple[tuple[str, Validators], ...]:
        """What makes the next request for this URL conditional, if anything; for the ledger, once all is saved."""
        etag, modified = self.headers.get("etag"), self.headers.get("last-modified")
        if not etag and not modified:
            return ()
        return ((self.url, Validators(etag=etag, last_modified=modified)),)

    @property
    def text(self) -> str:
        """The content as UTF-8; what is not UTF-8 becomes the replacement character."""
        return self.content.decode("utf-8", "replace")

    def read(self, kind: type[T]) -> T:
        """The content as JSON of this type; raises FetchError."""
        return self.read_part(self.content, kind)

    def read_part(self, content: bytes | msgspec.Raw, kind: type[T]) -> T:
        """A part of the content that was left undecoded, as JSON of this type; raises FetchError."""
        try:
            return _decoded(content, kind)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise FetchError(self.url, f"not the JSON that was expected: {error}", passing=True) from error


def _decoded(content: bytes | msgspec.Raw, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        if "surrogate" not in str(error):
            raise
    # Half a pair of surrogates, such as npm leaves at the end of a README that it cuts: a question mark stands for it.
    whole = json.dumps(json.loads(bytes(content)), ensure_ascii=False)
    return msgspec.json.decode(whole.encode("utf-8", "replace"), type=kind)


def bare(url: str) -> str:
    """The URL without user name and password."""
    if "@" not in url:
        return url
    try:
        return str(httpx.URL(url).copy_with(userinfo=b""))
    except httpx.InvalidURL:
        return url


def wished_pause(response: httpx.Response, content: bytes, now: float) -> float:
    """Seconds that the other side wants to be left alone, from Retry-After or GitHub's rate headers."""
    wish = response.headers.get("retry-after")
    if wish is not None:
        return _seconds(wish, now)
    if response.status_code not in {403, 429}:
        return 0.0
    if response.headers.get("x-ratelimit-remaining") == "0":
        return max(1.0, _number(response.headers.get("x-ratelimit-reset", "")) - now)
    return SECONDARY_PAUSE if b"secondary rate limit" in content else 0.0


def _seconds(wish: str, now: float) -> float:
    if wish.strip().isdecimal():
        return float(wish)
    try:
        moment = parsedate_to_datetime(wish)
    except ValueError:
        return 0.0
    # A date whose zone is told as -0000 comes without one; HTTP knows no other than UTC.
    return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)


def _number(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0
