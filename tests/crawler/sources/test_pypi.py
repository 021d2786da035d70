"""The package index: what is worth a look, which release counts, what its metadata says."""

import hashlib
from datetime import date
from typing import Any

import pytest

from crawler.fetch import FetchError
from crawler.servers import Package, Repository, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.leads import Lead, Owed, Reading, Unreadable, owe, waits
from crawler.sources.pypi import PyPI, called_like_a_server

NOTES = ServerName("pypi", "mcp-notes")
TODAY = date(2026, 12, 1)
ASKED = Lead(name=NOTES, asked=True)


def version_of(reading: Reading) -> str | None:
    (server,) = reading.servers
    return server.version


def test_a_listing_says_what_the_release_says(index: Any) -> None:
    """Every field of server.json that core metadata can fill is filled."""
    index.release(
        "mcp-notes",
        "1.2.0",
        "Summary: Notes for a model",
        "Author-email: Ann Author <ann@notes.example>",
        "License-Expression: MIT",
        "Keywords: mcp,notes",
        "Project-URL: Homepage, https://notes.example/",
        "Project-URL: Source Code, https://github.com/ann/notes",
        "Requires-Dist: mcp>=2",
        readme="# Notes\n\n<!-- mcp-name: io.github.ann/notes -->\n",
    )
    (server,) = index.read(ASKED).servers

    assert server == Server(
        name=NOTES,
        title="mcp-notes",
        description="Notes for a model",
        version="1.2.0",
        repository=Repository(url="https://github.com/ann/notes", source="github"),
        homepage="https://notes.example/",
        license="MIT",
        author="Ann Author",
        packages=(
            Package(
                registry_type="pypi",
                identifier="mcp-notes",
                version="1.2.0",
                sha256=index.projects["mcp-notes"]["files"][0]["hashes"]["sha256"],
            ),
        ),
        mcp_name="io.github.ann/notes",
        keywords=("mcp", "notes"),
        readme="# Notes\n\n<!-- mcp-name: io.github.ann/notes -->",
        released_at="2026-11-20T08:00:00Z",
    )
    assert index.site.paths == ["/simple/mcp-notes/", "/files/mcp_notes-1.2.0-py3-none-any.whl.metadata"]


def test_a_conversation_with_an_index_is_understood(listen: Any, cassette: Any, ledger: Any) -> None:
    """List, project, release metadata; a yanked release, a quarantined project, and a list that did not change."""

    async def crawl(source: PyPI) -> list[tuple[Lead, Reading]]:
        found = [(lead, await source.read(lead, None)) async for lead in source.leads(ledger)]
        source.finish(ledger)
        for lead, _ in found:
            ledger.mark("pypi", lead.name.name, lead.mark)
        assert [lead async for lead in source.leads(ledger)] == []
        return found

    with cassette("pypi.yaml") as played:
        (notes, told), (seized, silent) = listen(
            lambda client: PyPI(client, "https://index.example/simple/"), crawl
        )
    (server,) = told.servers

    assert [(str(lead.name), lead.mark) for lead in (notes, seized)] == [
        ("pypi:mcp-notes", "42885886"),
        ("pypi:mcp-seized", "42885990"),
    ]
    assert (server.version, server.description, server.released_at, server.yanked) == (
        "1.2.0",
        "Notes for a model",
        "2026-08-18T16:06:24Z",
        None,
    )
    assert silent.servers == ()
    assert played.all_played


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_metadata_comes_out_of_the_archive_where_the_index_does_not_serve_it(index: Any, kind: str) -> None:
    """An index without metadata files costs one more download, and no release is unpacked."""
    index.release("mcp-notes", "1.0", "Summary: Notes", kinds=(kind,), beside=False)

    (server,) = index.read(ASKED).servers

    assert server.description == "Notes"
    assert (server.packages[0].sha256 is None) == (kind == "sdist")


@pytest.mark.parametrize(
    ("releases", "newest", "withdrawn"),
    [
        ([("1.9", False), ("1.10", False)], "1.10", None),
        ([("1.0", False), ("2.0rc1", False)], "1.0", None),
        ([("2.0a1", False), ("2.0rc1", False)], "2.0rc1", None),
        ([("1.0", False), ("1.1", "broken")], "1.0", None),
        ([("1.0", "old"), ("1.1", "broken")], "1.1", "broken"),
        ([("1.0", True)], "1.0", "no reason given"),
        ([("1.0b1", False), ("1.1", True)], "1.0b1", None),
        ([("2013.1", False), ("not-a-version", False)], "2013.1", None),
    ],
)
def test_the_newest_release_that_stands_is_the_one(
    index: Any, releases: list[tuple[str, bool | str]], newest: str, withdrawn: str | None
) -> None:
    """Versions compare as versions; pre-releases and yanked ones count only where there is nothing else."""
    for version, yanked in releases:
        index.release("mcp-notes", version, yanked=yanked)

    (server,) = index.read(ASKED).servers

    assert (server.version, server.yanked) == (newest, withdrawn)


def test_a_release_can_be_asked_for_by_its_number(index: Any) -> None:
    """An old release is listed as it was."""
    index.release("mcp-notes", "1.0")
    index.release("mcp-notes", "2.0")

    assert version_of(index.read(Lead(name=NOTES, release="1.0", asked=True))) == "1.0"


def test_a_newer_page_of_the_same_kind_is_read_without_a_word(index: Any) -> None:
    """Minor versions of the interface only add."""
    index.release("mcp-notes", "1.0")
    index.projects["mcp-notes"]["meta"]["api-version"] = "1.99"

    assert version_of(index.read(ASKED)) == "1.0"


def test_a_release_that_is_not_there_is_not_found(index: Any) -> None:
    """Instead of it no other one is taken."""
    index.release("mcp-notes", "1.0")

    with pytest.raises(Unreadable) as caught:
        index.read(Lead(name=NOTES, release="9.0", asked=True))

    assert caught.value.reason is SkipReason.NOT_FOUND


def test_an_empty_project_is_no_server_unless_it_was_one(index: Any, ledger: Any) -> None:
    """A name that somebody registered says nothing; a server whose files were all taken away does."""
    index.projects["mcp-notes"] = {"meta": {"api-version": "1.1"}, "name": "mcp-notes", "files": []}
    index.touch("mcp-notes")
    lead = Lead(name=NOTES, mark="7", previous="6")
    before = index.read(lead, ledger)
    ledger.save(Server(name=NOTES, version="1.0"), ())

    assert before == Reading()
    assert index.read(lead, ledger).servers == (Server(name=NOTES, title="mcp-notes"),)


def test_too_large_a_wheel_is_not_fetched_for_its_metadata(index: Any) -> None:
    """The source archive says the same."""
    index.release("mcp-notes", "1.0", "Summary: Notes", kinds=("wheel", "sdist"), beside=False)
    index.projects["mcp-notes"]["files"][0]["size"] = 10**9
    (server,) = index.read(ASKED).servers

    assert server.description == "Notes"
    assert index.site.paths == ["/simple/mcp-notes/", "/files/mcp_notes-1.0.tar.gz"]


def test_a_quarantined_project_is_known_as_such(index: Any) -> None:
    """Its files are not touched, whatever the page still lists."""
    index.release("mcp-notes", "1.0")
    index.projects["mcp-notes"]["project-status"] = {"status": "quarantined", "reason": "malware"}

    (server,) = index.read(ASKED).servers

    assert (server.version, server.packages, server.yanked) == (None, (), "quarantined: malware")
    assert index.site.paths == ["/simple/mcp-notes/"]


def test_a_project_without_files_has_a_name_and_nothing_else(index: Any) -> None:
    """Names are registered long before anything is published."""
    index.projects["mcp-notes"] = {"meta": {"api-version": "1.1"}, "name": "mcp-notes", "files": []}
    index.touch("mcp-notes")

    assert index.read(ASKED).servers == (Server(name=NOTES, title="mcp-notes"),)


@pytest.mark.parametrize(
    ("lines", "readme", "confirmed"),
    [
        (["Requires-Dist: mcp>=1.2"], "", True),
        (["Requires-Dist: FastMCP[all] ; python_version > '3'"], "", True),
        (["Requires-Dist: mcp_types"], "", True),
        (["Requires-Dist: mcp; extra == 'server'"], "", False),
        (["Keywords: llm,Model Context Protocol"], "", True),
        (["Keywords: minecraft"], "", False),
        ([], "<!-- mcp-name: io.github.ann/notes -->", True),
        (["Summary: An MCP server"], "An MCP server", False),
        (["Requires-Dist: ((("], "", False),
    ],
)
def test_a_name_alone_makes_no_server(index: Any, lines: list[str], readme: str, *, confirmed: bool) -> None:
    """A candidate is confirmed by what its release says; one that was asked for needs no confirmation."""
    index.release("mcp-notes", "1.0", *lines, readme=readme)

    assert bool(index.read(Lead(name=NOTES, mark="1")).servers) == confirmed
    assert index.read(ASKED).servers


def test_a_page_that_did_not_change_is_one_conditional_request(index: Any, ledger: Any) -> None:
    """And a release that is done is not read again even where the page changed."""
    index.release("mcp-notes", "1.0", "Requires-Dist: mcp")
    first = index.read(ASKED, ledger)
    ledger.seen.update(first.seen)

    assert index.read(ASKED, ledger) == Reading(unchanged=True)
    assert index.site.paths[2:] == ["/simple/mcp-notes/"]


@pytest.mark.parametrize(
    ("links", "files", "version"),
    [
        (
            '<a href="mcp_notes-1.0-py3-none-any.whl">mcp_notes-1.0-py3-none-any.whl</a>',
            [("1.0", "wheel")],
            "1.0",
        ),
        (
            '<a data-yanked="bad" href="mcp_notes-2.0.tar.gz">mcp_notes-2.0.tar.gz</a>'
            '<a href="mcp_notes-1.0.tar.gz">mcp_notes-1.0.tar.gz</a><a href="/elsewhere">another page</a>',
            [("1.0", "sdist"), ("2.0", "sdist")],
            "1.0",
        ),
    ],
)
def test_a_mirror_that_speaks_only_html_is_read(
    index: Any, links: str, files: list[tuple[str, str]], version: str
) -> None:
    """Many mirrors serve nothing but pages of links; yanks stand in them."""
    index.html("mcp-notes", links, *files)

    assert version_of(index.read(ASKED)) == version


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[]", "application/json"),
        (b"{}", "application/json"),
        (b'{"name": "x", "files": 1, "meta": {"api-version": "1.0"}}', "application/json"),
        (b'{"name": "x", "files": [], "meta": {"api-version": "9.0"}}', "application/json"),
        (b'<meta name="pypi:repository-version" content="9.0">', "text/html"),
    ],
)
def test_a_page_that_is_none_is_a_fault_that_may_pass(index: Any, body: bytes, kind: str) -> None:
    """A proxy's error page is neither a project nor the end of one."""
    index.site.put("/simple/mcp-notes/", body, headers={"Content-Type": kind})

    with pytest.raises(FetchError) as caught:
        index.read(ASKED)

    assert caught.value.passing


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/files/mcp_notes-1.0-py3-none-any.whl", b"PK other", SkipReason.HASH_MISMATCH),
        ("/files/mcp_notes-1.0-py3-none-any.whl", None, SkipReason.ARCHIVE_REFUSED),
    ],
)
def test_a_wheel_that_is_not_what_it_says_ends_with_a_reason(
    index: Any, path: str, body: bytes | None, reason: SkipReason
) -> None:
    """Bytes other than those of the index, and bytes that are no archive, are told apart."""
    index.release("mcp-notes", "1.0", beside=False)
    broken = body or b"no archive"
    index.site.clear(path)
    index.site.put(path, broken)
    if body is None:
        index.projects["mcp-notes"]["files"][0]["hashes"]["sha256"] = hashlib.sha256(broken).hexdigest()

    with pytest.raises(Unreadable) as caught:
        index.read(ASKED)

    assert caught.value.reason is reason


def test_the_list_tells_what_changed(index: Any, ledger: Any) -> None:
    """After the first crawl only projects whose serial moved are leads, and an unchanged list is one request."""
    for name in ("mcp-notes", "requests", "Other_MCP"):
        index.release(name, "1.0")
    first = index.leads(ledger)
    for lead in first:
        ledger.mark("pypi", lead.name.name, lead.mark)
    index.site.asked.clear()

    assert [(str(lead.name), lead.mark) for lead in first] == [
        ("pypi:mcp-notes", "101"),
        ("pypi:other-mcp", "103"),
    ]
    assert index.leads(ledger) == []
    index.touch("mcp-notes")
    assert index.leads(ledger) == [Lead(name=NOTES, mark="104", previous="101")]
    assert index.site.paths == ["/simple/", "/simple/"]


def test_a_list_is_asked_for_whole_until_a_crawl_of_it_was_finished(index: Any, ledger: Any) -> None:
    """A crawl that was killed lists again what it had not reached."""
    index.release("mcp-notes", "1.0")

    assert index.leads(ledger, finish=False) == index.leads(ledger) != []


def test_a_project_that_left_the_list_is_a_lead_once(index: Any, ledger: Any) -> None:
    """It ends as gone, and is not asked for every night."""
    index.release("mcp-notes", "1.0")
    index.release("mcp-other", "1.0")
    index.leads(ledger)
    ledger.mark("pypi", "mcp-notes", "101")
    ledger.mark("pypi", "mcp-other", "102")
    index.delete("mcp-notes")
    gone = index.leads(ledger)
    ledger.mark("pypi", "mcp-notes", "gone")
    index.touch("mcp-other")
    ledger.mark("pypi", "mcp-other", "103")

    assert gone == [Lead(name=NOTES, mark="gone", previous="101")]
    assert index.leads(ledger) == []


def test_what_is_owed_is_a_lead_though_the_list_did_not_change(index: Any, ledger: Any) -> None:
    """A server that failed for a passing reason is tried again the next night, under its own mark."""
    index.release("mcp-notes", "1.0")
    index.leads(ledger)
    ledger.mark("pypi", "mcp-notes", owe("100", "101", TODAY))

    assert index.leads(ledger) == [Lead(name=NOTES, mark="101", previous="owed 1 101")]


def test_a_debt_waits_longer_each_time() -> None:
    """Who cannot be read for three nights is looked at again in a week, in two, in four, and at once when it changes."""
    marks: list[str | None] = [None]
    for _ in range(12):
        marks.append(owe(marks[-1], "7 x", TODAY))

    assert marks[1:6] == [
        "owed 1 7 x",
        "owed 2 7 x",
        "owed 3 2026-12-08 7 x",
        "owed 4 2026-12-15 7 x",
        "owed 5 2026-12-29 7 x",
    ]
    assert marks[-1] == "owed 12 2027-05-30 7 x"
    assert owe("owed 3 2026-12-08 7", "8", TODAY) == "owed 1 8"
    assert [
        Owed.parse(mark) for mark in ("owed 2 7", "owed 3 2026-12-08 7 x", "7", "owed", "owed x 7", None)
    ] == [
        Owed(2, "7"),
        Owed(3, "7 x", "2026-12-08"),
        *[None] * 4,
    ]


@pytest.mark.parametrize(
    ("previous", "mark", "day", "expected"),
    [
        ("owed 3 2026-12-08 7", "7", date(2026, 12, 7), True),
        ("owed 3 2026-12-08 7", "7", date(2026, 12, 8), False),
        ("owed 3 2026-12-08 7", "8", TODAY, False),
        ("owed 2 7", "7", TODAY, False),
        ("owed 3 2098-12-08 7", "7", TODAY, False),
        ("7", "8", TODAY, False),
        (None, "7", TODAY, False),
    ],
)
def test_only_what_failed_often_and_has_not_changed_waits(
    previous: str | None, mark: str, day: date, *, expected: bool
) -> None:
    assert waits(Lead(name=NOTES, mark=mark, previous=previous), day) is expected


@pytest.mark.parametrize("name", ["mcp-server-git", "MCP_sora", "xmcp", "model_context_protocol_server"])
def test_a_name_is_worth_a_look(name: str) -> None:
    """Generous, since the release confirms."""
    assert called_like_a_server(name)
    assert not called_like_a_server("requests")


def test_a_project_whose_name_is_none_is_passed_over(index: Any, ledger: Any) -> None:
    """An index can list anything; under such a name nothing could be kept and found again."""
    names = [
        "mcp notes",
        "mcp/../../x",
        "mcp?x=1",
        "mcp\nHost: evil",
        "-mcp-",
        "mcp-ünï",
        "mcp" * 99,
        "mcp-notes",
    ]
    index.site.put("/simple/", {"projects": [{"name": name, "_last-serial": 1} for name in names]})

    assert index.leads(ledger) == [Lead(name=NOTES, mark="1")]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("upload-time", "0001-01-01T00:00:00+23:00"),
        ("upload-time", "9999-12-31T23:59:59-23:00"),
        ("filename", f"mcp_notes-{'9' * 5_000}-py3-none-any.whl"),
    ],
)
def test_a_number_beyond_all_bounds_is_none(index: Any, key: str, value: str) -> None:
    """A day that no calendar has, a version of five thousand digits: the rest of the page is read."""
    index.release("mcp-notes", "1.0")
    index.projects["mcp-notes"]["files"][0][key] = value
    index.touch("mcp-notes")
    (server,) = index.read(ASKED).servers

    assert (server.name, server.released_at) == (NOTES, None)


def test_an_empty_list_is_a_fault(index: Any, ledger: Any) -> None:
    """A mirror that lost its list does not make every server look gone."""
    index.release("mcp-notes", "1.0")
    ledger.mark("pypi", "mcp-notes", "101")
    index.delete("mcp-notes")

    with pytest.raises(FetchError, match="without a single project"):
        index.leads(ledger)


def test_a_list_without_serials_has_every_page_asked(index: Any, ledger: Any) -> None:
    """A mirror's list of links names projects and tells no change of them: one conditional request finds out."""
    index.site.put(
        "/simple/",
        b'<a href="/simple/mcp-notes/">mcp_notes</a> <a href="/simple/requests/">requests</a>',
        headers={"Content-Type": "text/html"},
    )

    assert index.leads(ledger) == index.leads(ledger) == [Lead(name=NOTES)]


def test_a_project_that_went_between_list_and_look_is_missing(index: Any, ledger: Any) -> None:
    """The list still names it, its page is gone."""
    index.release("mcp-notes", "1.0")
    (lead,) = index.leads(ledger)
    index.delete("mcp-notes", from_list=False)

    with pytest.raises(FetchError) as caught:
        index.read(lead)

    assert caught.value.missing
