"""Links lead where they say, and only to where a browser may go."""

import pytest

from catalogue.website.addresses import Addresses, safe_link, server_path
from crawler.servers import ServerName


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pypi:mcp-sora", "s/pypi/mcp-sora/"),
        ("npm:thing", "s/npm/thing/"),
        ("npm:@scope/thing", "s/npm/@scope/thing/"),
        ("github:Owner/name#sub/folder", "s/github/~owner/name~023~sub~02f~folder/"),
        ("registry:io.github.a/b", "s/registry/io.github.a/b/"),
    ],
)
def test_a_server_has_a_guessable_folder(name: str, expected: str) -> None:
    assert server_path(ServerName.parse(name)) == expected


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "http://example.org:8080/"])
def test_web_addresses_are_links(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [None, "", "javascript:alert(1)", "data:text/html,x", "//example.org", "https://", "https://a b", "ftp://example.org/",
     "https://user:pw@example.org/", "https://example.org/\u202e", "https://[broken", "https://example.org:x/",
     'https://example.org/"onload="', "\nhttps://example.org"],
)  # fmt: skip
def test_anything_else_stays_text(url: str | None) -> None:
    assert safe_link(url) is None


@pytest.mark.parametrize(
    ("base", "link", "whole"),
    [
        ("https://example.org", "/a/", "https://example.org/a/"),
        ("https://example.org/tollhouse/", "/tollhouse/a/", "https://example.org/tollhouse/a/"),
    ],
)
def test_a_site_may_live_in_a_folder_of_its_host(base: str, link: str, whole: str) -> None:
    addresses = Addresses(base)

    assert (addresses.link("a/"), addresses.whole("a/")) == (link, whole)
