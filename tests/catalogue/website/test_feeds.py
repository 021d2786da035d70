"""Feeds, sitemap, badges and downloads are what their formats ask for, hostile text included."""

import gzip
import html
import json
import re
import sqlite3
import tomllib
from collections.abc import Callable
from contextlib import closing
from functools import reduce
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from catalogue.exchange import line_of
from catalogue.website import badge
from catalogue.website.addresses import safe_link
from catalogue.website.feeds import MOST
from catalogue.website.install import snippets
from catalogue.website.render import build
from crawler.servers import Package, Server, ServerName, Variable
from crawler.snapshots import Profile
from enforce.policyfile import load_policy
from tests.catalogue.sample_entries import entries, hostile, ordinary

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "public"
    kept = sorted([*entries(6), *hostile()], key=lambda entry: str(entry.server.name))
    build(
        lambda: iter(kept),
        out,
        base_url="https://example.org/x/",
        issues_url="https://example.org/issues/new",
    )
    return out


def test_every_feed_is_atom_with_entries_of_their_own(site: Path) -> None:
    feeds = list(site.rglob("*.atom"))

    assert len(feeds) == 2 + 6 + 13
    for file in feeds:
        feed = ElementTree.parse(file).getroot()
        ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
        assert feed.tag == f"{ATOM}feed"
        assert len(set(ids)) == len(ids) <= MOST
        assert feed.findtext(f"{ATOM}updated") == max(
            (str(entry.findtext(f"{ATOM}updated")) for entry in feed.iter(f"{ATOM}entry")),
            default="1970-01-01T00:00:00Z",
        )


def test_the_sitemap_lists_pages_that_exist(site: Path) -> None:
    index = ElementTree.parse(site / "sitemap.xml").getroot()
    maps = [str(place.text).removeprefix("https://example.org/x/") for place in index.iter(f"{MAP}loc")]
    pages = [
        str(place.text)
        for name in maps
        for place in ElementTree.parse(site / name).getroot().iter(f"{MAP}loc")
    ]

    written = {page.parent.relative_to(site).as_posix() + "/" for page in site.rglob("index.html")}
    # What is only a further part of a list, or made by a script, is found by its first page.
    further = {page for page in written if re.search(r"/\d+/$", page)} | {"search/"}

    assert len(pages) == len(set(pages))
    assert {page.removeprefix("https://example.org/x/") or "./" for page in pages} == written - further


def test_a_server_that_enters_with_dangerous_tools_is_told_in_their_feed(site: Path) -> None:
    feed = ElementTree.parse(site / "feeds/destructive.atom").getroot()
    titles = {str(entry.findtext(f"{ATOM}title")) for entry in feed.iter(f"{ATOM}entry")}
    able = {
        str(one.server.name)
        for one in entries(6)
        if any(verdict.category.gravity > 2 for verdict in one.verdicts.values())
    }

    assert titles == {
        f"{name}: The server entered the catalogue, with tools that destroy or pay" for name in able
    }


def test_every_badge_is_a_picture_that_states_a_fact(site: Path) -> None:
    for file in site.rglob("badge.svg"):
        assert ElementTree.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    ("counts", "text", "colour"),
    [
        ({}, "not known", "#5c564c"),
        ({"read": 7, "write": 2, "destructive": 1}, "7 read · 2 write · 1 destructive", "#9c1820"),
        ({"read": 1, "financial": 0}, "1 read", "#2b5a4c"),
    ],
)
def test_a_badge_counts_tools(counts: dict[str, int], text: str, colour: str) -> None:
    words = badge.words(counts)

    assert (words["text"], words["colour"]) == (text, colour)


def test_a_badge_of_a_server_that_looks_tampered_with_says_so() -> None:
    words = badge.words({"read": 2}, suspected=True)

    assert (words["text"], words["colour"]) == ("suspected of tampering", "#9c1820")


def test_the_lines_are_what_export_writes(site: Path) -> None:
    lines = gzip.decompress((site / "catalogue.ndjson.gz").read_bytes()).decode().rstrip("\n").split("\n")

    assert lines == sorted(lines, key=lambda line: json.loads(line)["server"]["name"])
    assert line_of(ordinary(1)) in lines
    assert len(lines) == 6 + 13


def test_the_question_that_the_page_about_the_data_gives_has_an_answer(site: Path) -> None:
    page = (site / "data/index.html").read_text()
    question = html.unescape(page.partition('<code class="sql">')[2].partition("</code>")[0])
    with closing(sqlite3.connect(site / "catalogue.sqlite")) as database:
        found = database.execute(question).fetchall()
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()

    assert found
    assert all(f"<code>{name}</code>" in page for (name,) in tables)


def test_the_database_answers_questions(site: Path) -> None:
    with closing(sqlite3.connect(site / "catalogue.sqlite")) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("servers", "tools", "signals")
        ]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    assert counts[0] == 19
    assert counts[1] == len(list(site.glob("s/**/t/*/index.html")))
    assert counts[2] > counts[1] / 2


@pytest.mark.parametrize("kind", ["server", "tool"])
def test_every_twin_fits_its_published_schema(site: Path, kind: str) -> None:
    schema = json.loads((site / f"schemas/{kind}-1.json").read_bytes())
    validator = jsonschema_rs.validator_for(schema)
    twins: list[dict[str, Any]] = [json.loads(file.read_bytes()) for file in site.glob("s/**/index.json")]
    mine = [twin for twin in twins if twin["schema"] == schema["$id"]]

    assert mine
    assert [str(error)[:300] for twin in mine for error in validator.iter_errors(twin)] == []


def test_every_policy_file_is_read_without_a_fault(site: Path) -> None:
    files = list(site.rglob("policies/recommended.json")) + list(site.rglob("policies/strict.json"))

    assert files
    for file in files:
        assert load_policy(file).default == "deny"


def test_a_page_that_is_wrong_leads_to_an_issue_about_it(site: Path) -> None:
    page = (site / "s/pypi/mcp-000001-page/index.html").read_text()

    assert (
        "https://example.org/issues/new?title=Wrong%3A+pypi%3Amcp-000001-page&amp;body=https%3A%2F%2Fexample.org%2Fx%2Fs%2Fpypi"
        in page
    )


def server(**more: Any) -> Server:
    package = Package(
        registry_type="pypi",
        identifier="mcp-x",
        version="1.0",
        environment=(Variable(name="KEY", required=True),),
    )
    return Server(**{"name": ServerName("pypi", "mcp-x"), "packages": (package,), **more})


def test_snippets_start_the_server_behind_the_gate() -> None:
    profile = Profile(command=("mcp-x", "--all tools"), repairs=("mcp<2",))
    found = {
        one.client: one.text for one in snippets(server(), profile, "0.9", server().packages[0].environment)
    }

    assert found["Claude Code"] == (
        "claude mcp add mcp-x -e KEY=... -- tollhouse-proxy stdio --policy ~/mcp-x.policy.json -- "
        "uvx --from mcp-x==0.9 --with 'mcp<2' mcp-x '--all tools'"
    )
    started = ["--", "uvx", "--from", "mcp-x==0.9", "--with", "mcp<2", "mcp-x", "--all tools"]
    for client, keys in (
        ("Cursor", ("mcpServers",)),
        ("VS Code", ("servers",)),
        ("Gemini CLI", ("mcpServers",)),
        ("Claude Desktop", ("mcpServers",)),
        ("Zed", ("context_servers",)),
        ("Codex", ("mcp_servers",)),
    ):
        read: Callable[[str], Any] = tomllib.loads if client == "Codex" else json.loads
        entry = reduce(lambda value, key: value[key], (*keys, "mcp-x"), read(found[client]))
        assert entry["command"] == "tollhouse-proxy"
        assert entry["args"][:2] == ["stdio", "--policy"]
        assert entry["args"][2].endswith("/mcp-x.policy.json")
        assert entry["args"][3:] == started
        assert entry["env"] == {"KEY": "..."}


def test_a_command_that_cannot_be_shown_has_no_snippet() -> None:
    assert snippets(server(), Profile(command=("mcp-x\n; rm -rf /",))) == ()
    assert snippets(server(packages=())) == ()
    assert safe_link("javascript:alert(1)") is None
