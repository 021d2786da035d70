"""The official registry: its pages, its deletions, its listings.

The cassette is written by hand from the registry's public API documentation.
"""

from datetime import date
from typing import Any

import pytest

from crawler.fetch import FetchError
from crawler.servers import Package, Remote, Repository, Server, ServerName, Variable
from crawler.snapshots import SkipReason
from crawler.sources.leads import GONE, Lead, Reading, Unreadable, owe
from crawler.sources.registry import Registry
from crawler.sources.serverjson import read_server_json

NOTES = Server(
    name=ServerName("registry", "io.github.ann/notes"),
    title="Notes",
    description="Notes for a model",
    version="1.0.0",
    repository=Repository(url="https://github.com/ann/notes", source="github"),
    homepage="https://notes.example",
    packages=(
        Package(
            registry_type="pypi",
            identifier="mcp-notes",
            version="1.0.0",
            runtime_hint="uvx",
            arguments=("--root", "/notes", "notes.db"),
            environment=(
                Variable(name="NOTES_KEY", description="Key of the store", required=True, secret=True),
            ),
        ),
    ),
    mcp_name="io.github.ann/notes",
    released_at="2026-10-01T00:00:00Z",
)
HOSTED = Server(
    name=ServerName("registry", "com.example/hosted"),
    description="Notes for a model",
    version="1.0.0",
    remotes=(
        Remote(
            type="streamable-http",
            url="https://mcp.example.com/mcp",
            headers=(Variable(name="Authorization", required=True, secret=True),),
        ),
    ),
    mcp_name="com.example/hosted",
    released_at="2026-10-01T00:00:00Z",
)


async def leads(source: Registry, ledger: Any) -> list[Lead]:
    found = [lead async for lead in source.leads(ledger)]
    source.finish(ledger)
    return found


def test_every_latest_server_is_a_lead_that_needs_no_reading(listen: Any, cassette: Any, ledger: Any) -> None:
    """Two pages; old versions and impossible names are left out, and a package leads to its own source."""
    with cassette("registry.yaml"):
        found = listen(Registry, lambda source: leads(source, ledger))

    assert [(str(lead.name), lead.mark) for lead in found] == [
        ("registry:io.github.ann/notes", "2026-11-20T08:00:00.5Z"),
        ("registry:com.example/hosted", "2026-11-20T08:00:00.5Z"),
        ("registry:com.example/image", "2026-11-22T08:00:00Z"),
    ]
    assert found[0].reading == Reading(
        listings=(NOTES,), further=(Lead(name=ServerName("pypi", "mcp-notes"), asked=True),)
    )
    assert found[1].reading == Reading(servers=(HOSTED,))
    assert ledger.cursors == {"registry": "2026-11-22T08:00:00Z"}


def test_a_second_crawl_asks_for_updates_only(listen: Any, cassette: Any, ledger: Any) -> None:
    """What was deleted comes with them, and what is owed is read by itself."""
    ledger.advance("registry", "2026-11-22T08:00:00Z")
    ledger.mark("registry", "com.example/hosted", "2026-11-20T08:00:00.5Z")
    ledger.mark("registry", "com.example/image", owe(None, "2026-11-22T08:00:00Z", date(2026, 12, 1)))
    with cassette("registry.yaml"):
        found = listen(Registry, lambda source: leads(source, ledger))

    assert found == [
        Lead(name=HOSTED.name, mark=GONE, previous="2026-11-20T08:00:00.5Z"),
        Lead(
            name=ServerName("registry", "com.example/image"),
            mark="2026-11-22T08:00:00Z",
            previous="owed 1 2026-11-22T08:00:00Z",
        ),
    ]
    assert ledger.cursors == {"registry": "2026-11-23T09:00:00Z"}


def test_a_deleted_server_is_gone_with_the_registrys_reason(listen: Any, cassette: Any) -> None:
    """Most deletions are malware or spam."""
    lead = Lead(name=HOSTED.name, mark=GONE)
    with cassette("registry.yaml"), pytest.raises(Unreadable) as caught:
        listen(Registry, lambda source: source.read(lead, None))

    assert (caught.value.reason, str(caught.value)) == (
        SkipReason.GONE,
        "deleted from the registry: malware",
    )


def test_one_server_can_be_asked_for(listen: Any, cassette: Any) -> None:
    """By its name and release; one that is not there is missing."""
    image = Lead(name=ServerName("registry", "com.example/image"), release="1.0.0", asked=True)
    nothing = Lead(name=ServerName("registry", "com.example/nothing"), asked=True)
    with cassette("registry.yaml"):
        (server,) = listen(Registry, lambda source: source.read(image, None)).servers
        with pytest.raises(FetchError) as caught:
            listen(Registry, lambda source: source.read(nothing, None))

    assert server.packages == (Package(registry_type="oci", identifier="docker.io/example/image:1.0.0"),)
    assert caught.value.missing


def test_a_list_that_turns_in_a_circle_ends(listen: Any, site: Any, ledger: Any) -> None:
    """And its cursor stays where it was."""
    site.put("/v0.1/servers", {"servers": [], "metadata": {"nextCursor": "again"}})

    with pytest.raises(FetchError, match="does not end"):
        listen(lambda client: Registry(client, site.url), lambda source: leads(source, ledger), site.url)
    assert ledger.cursors == {}


def test_an_odd_item_spoils_no_other(listen: Any, site: Any, ledger: Any) -> None:
    """One that tells its name is read by itself, and owed until it makes sense; one without is nobody's."""
    good, odd = {"server": {"name": "a/good"}}, {"server": {"name": "a/odd"}, "_meta": 1}
    site.put("/v0.1/servers", {"servers": [odd, {"server": None}, good]})

    found = listen(lambda client: Registry(client, site.url), lambda source: leads(source, ledger), site.url)

    assert [(str(lead.name), lead.mark, lead.reading is None) for lead in found] == [
        ("registry:a/odd", "unread", True),
        ("registry:a/good", "", False),
    ]


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"servers": {}}', b'{"servers": [{}]}', b'{"error": 1}'])
def test_wrong_json_is_a_fault_of_the_source(listen: Any, site: Any, ledger: Any, body: bytes) -> None:
    """Not the end of its list."""
    site.put("/v0.1/servers", body)

    with pytest.raises(FetchError, match="not the JSON"):
        listen(lambda client: Registry(client, site.url), lambda source: leads(source, ledger), site.url)


@pytest.mark.parametrize(
    ("data", "server"),
    [
        ({"name": "a/b"}, Server(name=ServerName("registry", "a/b"), mcp_name="a/b")),
        (
            {
                "name": "a/b", "title": 1, "description": ["x"], "version": None, "repository": "x", "websiteUrl": "javascript:1",
                "packages": {"a": 1}, "remotes": [1, {"type": "sse", "url": "file:///x"}, {"url": "https://x.example"}],
            },
            Server(name=ServerName("registry", "a/b"), mcp_name="a/b"),
        ),
        (
            {
                "name": "a/b",
                "website_url": "https://b.example/",
                "packages": [{"registry_type": "npm", "identifier": "@a/b", "runtime_hint": "npx", "file_sha256": "00",
                              "environment_variables": [{"name": "A", "is_required": True, "is_secret": 1, "default": "x"}]}],
            },
            Server(
                name=ServerName("registry", "a/b"),
                homepage="https://b.example/",
                packages=(
                    Package(registry_type="npm", identifier="@a/b", runtime_hint="npx", sha256="00",
                            environment=(Variable(name="A", required=True, default="x"),)),
                ),
                mcp_name="a/b",
            ),
        ),
    ],
    ids=["bare", "wrong-types", "older-spelling"],
)  # fmt: skip
def test_a_hostile_or_old_listing_is_read_as_far_as_it_goes(data: dict[str, Any], server: Server) -> None:
    """Wrong types read as absent, and the underscores of older files are understood."""
    assert read_server_json(data) == server
