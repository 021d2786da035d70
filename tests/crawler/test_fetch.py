"""The client asks as a polite crawler does, and believes nothing that it cannot bound."""

import asyncio
import gzip
from typing import Any

import pytest

from crawler.fetch import Answer, Client, FetchError, Manners, bare, known
from crawler.ledger import Validators
from crawler.manners import user_agent

#: As many attempts as the fixture allows.
ATTEMPTS = 3
NOW = 1_000_000.0


def ask(
    site: Any, path: str = "/x", *, url: str | None = None, manners: Any = None, **options: Any
) -> Answer:
    async def run() -> Answer:
        settings = Manners(configured=(site.url,), pace=None, **(manners or {}))
        async with Client(settings, now=lambda: NOW) as client:
            return await client.get(url or site.url + path, **options)

    return asyncio.run(run())


def fault(site: Any, path: str = "/x", **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        ask(site, path, **options)
    return caught.value


def test_a_request_names_the_crawler_and_how_to_reach_it(site: Any) -> None:
    """Whoever runs the other side can tell who we are."""
    site.put("/x", b"yes")

    answer = ask(site, accept="text/plain", manners={"contact": "https://catalogue.example/crawler"})

    assert answer.text == "yes"
    assert site.asked[0].headers["user-agent"] == user_agent("https://catalogue.example/crawler")
    assert site.asked[0].headers["accept"] == "text/plain"


def test_an_answer_says_how_to_ask_for_changes_only(site: Any, ledger: Any) -> None:
    """What the ledger remembers of an answer makes the next request conditional, and 304 is an answer."""
    site.put("/x", b"one", headers={"ETag": '"1"', "Last-Modified": "Mon, 23 Nov 2026 00:00:00 GMT"})
    site.put("/x", status=304)

    first = ask(site)
    for url, validators in first.seen:
        ledger.remember(url, validators)
    second = ask(site, since=known(ledger, f"{site.url}/x"))

    assert first.seen == (
        (f"{site.url}/x", Validators(etag='"1"', last_modified="Mon, 23 Nov 2026 00:00:00 GMT")),
    )
    assert (first.unchanged, second.unchanged) == (False, True)
    assert site.asked[1].headers["if-none-match"] == '"1"'
    assert site.asked[1].headers["if-modified-since"] == "Mon, 23 Nov 2026 00:00:00 GMT"


def test_not_modified_answers_only_who_asked_for_changes(site: Any) -> None:
    """From a proxy that says it to everybody, nothing is known."""
    site.put("/x", status=304)

    assert fault(site).fault == "answered 304 Not Modified"


def test_an_answer_without_validators_leaves_nothing_to_remember(site: Any) -> None:
    """The ledger is not filled with rows that make no request conditional."""
    site.put("/x", b"one")

    assert ask(site).seen == ()


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_status_that_may_pass_is_tried_again(site: Any, status: int) -> None:
    """A server that was unwell for a moment costs nothing but the repeated request."""
    site.put("/x", status=status, headers={"Retry-After": "7"} if status == 429 else {})
    site.put("/x", b"well again")

    assert ask(site).text == "well again"
    assert len(site.asked) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_a_status_that_stays_is_not_tried_again(site: Any, status: int) -> None:
    """Asking for the same missing thing again is impolite."""
    site.put("/x", status=status)

    error = fault(site)

    assert (error.status, error.passing, error.missing) == (status, False, status in {404, 410})
    assert len(site.asked) == 1


def test_attempts_end(site: Any) -> None:
    """A server that stays unwell is left alone, and the error tells its status and that it may pass."""
    site.put("/x", status=503)

    error = fault(site)

    assert (error.status, error.passing, str(error)) == (
        503,
        True,
        f"{site.url}/x: answered 503 Service Unavailable",
    )
    assert len(site.asked) == ATTEMPTS


@pytest.mark.parametrize(
    ("status", "headers", "body", "pause"),
    [
        (429, {"Retry-After": "30"}, b"", 30.0),
        (503, {"Retry-After": "Mon, 12 Jan 1970 13:47:10 GMT"}, b"", 30.0),
        (503, {"Retry-After": "Mon, 12 Jan 1970 13:47:10 -0000"}, b"", 30.0),
        (503, {"Retry-After": "soon"}, b"", 0.0),
        (429, {"Retry-After": "\u00b2"}, b"", 0.0),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000090"}, b"", 90.0),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "999000"}, b"", 1.0),
        (429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "\u00b2"}, b"", 1.0),
        (403, {}, b"You have exceeded a secondary rate limit.", 60.0),
        (403, {"X-RateLimit-Remaining": "12"}, b"Resource not accessible", 0.0),
    ],
)
def test_the_wish_to_be_left_alone_is_read_from_every_spelling(
    site: Any, status: int, headers: dict[str, str], body: bytes, pause: float
) -> None:
    """Retry-After in seconds or as a date, and GitHub's primary and secondary limits; seconds."""
    site.put("/x", body, status=status, headers=headers)

    assert fault(site).pause == pause


def test_too_long_a_wish_ends_the_attempts(site: Any) -> None:
    """A crawl does not hang for an hour on one page unless its caller has that patience."""
    site.put("/x", status=429, headers={"Retry-After": "3600"})

    assert fault(site).passing
    assert len(site.asked) == 1
    fault(site, patience=4000.0)
    assert len(site.asked) == 1 + ATTEMPTS


def test_a_truncated_body_is_tried_again(site: Any) -> None:
    """An answer that ends before its promised length is no answer."""
    site.put("/x", b"half", promised=8)
    site.put("/x", b"complete")

    assert ask(site).text == "complete"


def test_a_body_that_stays_truncated_is_a_fault_that_may_pass(site: Any) -> None:
    """Half an answer is never handed on."""
    site.put("/x", b"half", promised=8)

    error = fault(site)

    assert (error.status, error.passing) == (None, True)


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"x" * 101, {}), (gzip.compress(b"x" * 100_000), {"Content-Encoding": "gzip"})],
    ids=["plain", "compressed"],
)
def test_too_large_an_answer_is_refused(site: Any, body: bytes, headers: dict[str, str]) -> None:
    """The cap counts bytes after decompression, so a bomb does not get through."""
    site.put("/x", body, headers=headers)

    error = fault(site, most=100)

    assert (error.fault, error.passing) == ("larger than 100 bytes", False)


def test_redirects_are_followed_to_where_they_lead(site: Any) -> None:
    """A renamed thing is found, and the answer tells both addresses."""
    site.put("/x", status=301, headers={"Location": "/y"})
    site.put("/y", b"here")

    answer = ask(site)

    assert (answer.text, answer.url, answer.final) == ("here", f"{site.url}/x", f"{site.url}/y")


def test_redirects_in_a_circle_end(site: Any) -> None:
    """Five hops are enough for anybody."""
    site.put("/x", status=302, headers={"Location": "/x"})

    assert fault(site).fault == "redirected more than 5 times"
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "target",
    [
        "http://index.example/x",
        "file:///etc/passwd",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://127.1/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://[64:ff9b::7f00:1]/x",
        "ftp://index.example/x",
    ],
)
def test_nothing_but_https_to_the_outside_is_fetched(site: Any, target: str) -> None:
    """Neither asked for nor by a redirect; only a configured index may be elsewhere."""
    site.put("/x", status=302, headers={"Location": target})

    assert not fault(site).passing
    assert not fault(site, url=target).passing


@pytest.mark.parametrize("url", ["https://", "nonsense", "https://exam\x00ple/", "http://[::1"])
def test_an_address_that_is_none_is_a_fault(site: Any, url: str) -> None:
    """Listings are hostile: what they call a URL may be anything."""
    assert not fault(site, url=url).passing


def test_credentials_of_an_index_are_sent_but_never_told(site: Any) -> None:
    """An index behind a password works, and its password stays out of errors and of the ledger."""
    url = site.url.replace("http://", "http://user:secret@")
    site.put("/x", b"yes", headers={"ETag": "1"})

    answer = ask(site, url=f"{url}/x")
    error = fault(site, url=f"{url}/missing")

    assert site.asked[0].headers["authorization"].startswith("Basic ")
    assert bare(f"{url}/x") == answer.url == answer.seen[0][0] == f"{site.url}/x"
    assert "secret" not in str(error) + str(answer)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"a": "1"}', b"\xff", b'{"\xff": 1}', b"[" * 100_000])
def test_json_of_another_shape_is_a_fault(site: Any, body: bytes) -> None:
    """A proxy's error page with status 200 does not become data."""
    site.put("/x", body)
    answer = ask(site)

    with pytest.raises(FetchError, match="not the JSON that was expected"):
        answer.read(dict[str, int])


def test_an_answer_of_another_shape_is_asked_for_again(site: Any) -> None:
    """Where a list would end at it: a proxy's page or half a body is often gone a moment later."""
    for body in (b"<html>Please sign in</html>", b'{"a": ', b'{"a": 1}'):
        site.put("/x", body)

    assert ask(site, shape=dict[str, int]).read(dict[str, int]) == {"a": 1}
    assert len(site.asked) == 3


def test_an_answer_that_keeps_another_shape_is_a_fault_that_may_pass(site: Any) -> None:
    """Tomorrow's may make sense."""
    site.put("/x", b"[]")

    assert fault(site, shape=dict[str, int]).passing
    assert len(site.asked) == ATTEMPTS


def test_half_a_pair_of_surrogates_spoils_nothing_else(site: Any) -> None:
    """Listings hold texts of strangers, and texts that were cut anywhere; Python's own reader takes them too."""
    site.put("/x", b'[{"text": "cut \\ud83d"}, {"text": "whole \\ud83d\\ude00"}]')

    assert ask(site).read(list[dict[str, str]]) == [{"text": "cut ?"}, {"text": "whole \U0001f600"}]


def test_cookies_are_not_kept(site: Any) -> None:
    """Each request stands for itself."""
    site.put("/x", b"yes", headers={"Set-Cookie": "id=1; Path=/"})

    async def run() -> None:
        async with Client(Manners(configured=(site.url,), pace=None)) as client:
            await client.get(f"{site.url}/x")
            await client.get(f"{site.url}/x")

    asyncio.run(run())

    assert ["cookie" in ask.headers for ask in site.asked] == [False, False]


def test_posts_carry_json(site: Any) -> None:
    """A query goes out as JSON and may be repeated."""
    site.put("/q", status=502)
    site.put("/q", {"data": 1})

    async def run() -> Answer:
        async with Client(Manners(configured=(site.url,), pace=None)) as client:
            return await client.post(f"{site.url}/q", {"query": "{a}"})

    assert asyncio.run(run()).read(dict[str, int]) == {"data": 1}
    assert [(ask.method, ask.body) for ask in site.asked] == [("POST", b'{"query":"{a}"}')] * 2
