"""The npm registry: a search with gaps, and packuments.

The cassette is written by hand from npm's public API documentation, with a stand-in for the host.
"""

from datetime import date
from typing import Any

import pytest

from crawler.fetch import FetchError
from crawler.ledger import Validators
from crawler.servers import Package, Repository, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.leads import GONE, Lead, Reading, Unreadable, owe
from crawler.sources.npm import Npm
from crawler.sources.packagejson import read_package_json, read_repository

REGISTRY = "https://npm.example/"
NOTES = ServerName("npm", "@ann/notes")


async def leads(source: Npm, ledger: Any) -> list[Lead]:
    return [lead async for lead in source.leads(ledger)]


def npm(client: Any) -> Npm:
    return Npm(client, REGISTRY)


def test_the_union_of_all_searches_is_what_counts(listen: Any, cassette: Any, ledger: Any) -> None:
    """Repeated results, impossible names and totals that are never reached do no harm."""
    with cassette("npm.yaml"):
        found = listen(npm, lambda source: leads(source, ledger))

    assert found == [
        Lead(name=NOTES, mark="1.2.0"),
        Lead(name=ServerName("npm", "left-pad"), mark="1.3.0"),
        Lead(name=ServerName("npm", "mcp-other"), mark="2.0.0"),
    ]


def test_what_a_search_does_not_find_is_looked_at_by_itself(listen: Any, cassette: Any, ledger: Any) -> None:
    """Only servers, not every candidate of old; what is unchanged or gone stays alone."""
    marks = {
        "@ann/notes": "1.2.0",
        "lost": "0.9",
        "slow": owe(None, "0.8", date(2026, 12, 1)),
        "left": GONE,
        "nobody": "1",
    }
    for item, mark in marks.items():
        ledger.mark("npm", item, mark)
        if item != "nobody":
            ledger.save(Server(name=ServerName("npm", item), version="1"), ())
    with cassette("npm.yaml"):
        found = listen(npm, lambda source: leads(source, ledger))

    assert found[2:] == [
        Lead(name=ServerName("npm", "lost"), mark="0.9", previous="0.9"),
        Lead(name=ServerName("npm", "slow"), mark="0.8", previous="owed 1 0.8"),
    ]


def test_a_listing_says_what_the_packument_says(listen: Any, cassette: Any) -> None:
    """The entry of the newest version, its time and the README."""
    with cassette("npm.yaml"):
        reading = listen(npm, lambda source: source.read(Lead(name=NOTES), None))

    assert reading == Reading(
        servers=(
            Server(
                name=NOTES,
                title="@ann/notes",
                description="Notes for a model",
                version="1.2.0",
                repository=Repository(
                    url="https://github.com/ann/notes", source="github", subfolder="packages/notes"
                ),
                homepage="https://notes.example",
                license="MIT",
                author="Ann Author",
                packages=(Package(registry_type="npm", identifier="@ann/notes", version="1.2.0"),),
                mcp_name="io.github.ann/notes",
                keywords=("mcp", "notes"),
                readme="# Notes",
                released_at="2026-11-20T08:00:00Z",
            ),
        ),
        seen=(("https://npm.example/@ann%2Fnotes", Validators(etag='"n1"')),),
    )


def test_a_candidate_that_does_not_speak_the_protocol_is_no_server(listen: Any, cassette: Any) -> None:
    """Search finds words, not servers."""
    with cassette("npm.yaml"):
        assert (
            listen(npm, lambda source: source.read(Lead(name=ServerName("npm", "left-pad")), None))
            == Reading()
        )


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("unpublished", "every version was unpublished"),
        ("seized", "the registry replaced the package by a security placeholder"),
    ],
)
def test_a_package_that_was_taken_away_is_gone(listen: Any, cassette: Any, name: str, detail: str) -> None:
    """With the reason that the registry shows."""
    with cassette("npm.yaml"), pytest.raises(Unreadable) as caught:
        listen(npm, lambda source: source.read(Lead(name=ServerName("npm", name)), None))

    assert (caught.value.reason, caught.value.detail) == (SkipReason.GONE, detail)


def test_a_package_that_does_not_exist_is_missing(listen: Any, cassette: Any) -> None:
    """Deleted between search and look, or never there."""
    with cassette("npm.yaml"), pytest.raises(FetchError) as caught:
        listen(npm, lambda source: source.read(Lead(name=ServerName("npm", "nothing")), None))

    assert caught.value.missing


def test_a_packument_that_did_not_change_is_one_conditional_request(
    listen: Any, site: Any, ledger: Any
) -> None:
    """The registry's tag is enough."""
    ledger.remember(f"{site.url}/@ann%2Fnotes", Validators(etag='"n1"'))
    site.put("/@ann%2Fnotes", status=304)
    reading = listen(
        lambda client: Npm(client, f"{site.url}/"),
        lambda source: source.read(Lead(name=NOTES), ledger),
        site.url,
    )

    assert reading == Reading(unchanged=True)
    assert site.asked[0].headers["if-none-match"] == '"n1"'


@pytest.mark.parametrize(
    ("data", "speaks"),
    [
        ({"dependencies": {"@modelcontextprotocol/sdk": "1"}}, True),
        ({"dependencies": {"fastmcp": "1"}}, True),
        ({"devDependencies": {"@modelcontextprotocol/sdk": "1"}}, False),
        ({"mcpName": "io.github.ann/notes"}, True),
        ({"keywords": ["MCP"], "bin": "x.js"}, True),
        ({"keywords": "mcp, notes", "bin": {"x": "x.js"}}, True),
        ({"keywords": ["mcp"]}, False),
        ({"name": "mcp-server", "bin": "x.js"}, False),
        ({"dependencies": ["@modelcontextprotocol/sdk"], "keywords": 7, "author": 1, "license": []}, False),
    ],
)
def test_a_package_is_confirmed_by_more_than_its_name(data: dict[str, Any], *, speaks: bool) -> None:
    """A dependency, a claimed registry name, or a keyword beside a program."""
    assert read_package_json(data).speaks_mcp == speaks


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("ann/notes", "https://github.com/ann/notes"),
        ("gitlab:ann/notes", "https://gitlab.com/ann/notes"),
        ("git+https://github.com/ann/notes.git", "https://github.com/ann/notes"),
        ("git://github.com/ann/notes.git", "https://github.com/ann/notes"),
        ({"url": "git@github.com:ann/notes.git"}, "https://github.com/ann/notes"),
        ({"url": "ssh://git@github.com/ann/notes"}, "https://github.com/ann/notes"),
        ({"url": "javascript:alert(1)"}, None),
        ({"url": 7}, None),
        (None, None),
    ],
)
def test_every_spelling_of_a_repository_is_one_address(value: Any, url: str | None) -> None:
    """As npm's documentation lists them; what is no web address is none."""
    found = read_repository(value)

    assert (found.url if found else None) == url
