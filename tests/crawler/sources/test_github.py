"""GitHub: search in windows, one query for many repositories, monorepos, renames, limits.

The cassettes are written by hand from GitHub's public documentation; `test_github_schemas.py` holds them against
GitHub's own descriptions of its interfaces.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiolimiter import AsyncLimiter

from crawler.fetch import Client, FetchError
from crawler.servers import Package, Repository, Server, ServerName
from crawler.snapshots import SkipReason
from crawler.sources.github import GitHub
from crawler.sources.github_api import GitHubApi
from crawler.sources.github_search import Window, search
from crawler.sources.leads import GONE, Lead, Reading, Unreadable, owe
from crawler.sources.manifests import Manifest, read_manifest

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMMIT = "7d1f0c9f1c1e4d4bb3f1a9c0c6a7e5d4c3b2a190"
PUSHED = "2026-11-20T08:00:00Z"
QUERY = "topic:mcp-server"


def github(token: str | None = "a-token", **options: Any) -> Callable[[Client], GitHub]:
    """A source that never waits for its turn to search."""
    fast = AsyncLimiter(1_000_000, 1)
    return lambda client: GitHub(
        GitHubApi(client, token, searches=fast, **options), lambda: NOW, queries=(QUERY,)
    )


async def leads(source: GitHub, ledger: Any) -> list[Lead]:
    found = [lead async for lead in source.leads(ledger)]
    source.finish(ledger)
    return found


def server(name: str, package: tuple[str, str], **fields: Any) -> Server:
    path, _, folder = name.partition("#")
    return Server(
        **{
            "name": ServerName("github", name),
            "title": package[1],
            "version": COMMIT,
            "repository": Repository(
                url=f"https://github.com/{path}", source="github", subfolder=folder or None
            ),
            "license": "MIT",
            "author": "ann",
            "packages": (Package(registry_type=package[0], identifier=package[1]),),
            "released_at": PUSHED,
            **fields,
        }
    )


NOTES = server(
    "ann/notes",
    ("pypi", "mcp-notes"),
    description="Notes, from the manifest",
    mcp_name="io.github.ann/notes",
    readme="# Notes\n\n<!-- mcp-name: io.github.ann/notes -->",
)
TIME = server("ann/tools#src/time", ("pypi", "mcp-time"), description="Several servers", readme="# Time")
FETCH = server("ann/tools#src/fetch", ("npm", "@ann/fetch"), description="Several servers")


def test_a_search_and_one_query_tell_of_every_server(listen: Any, cassette: Any, ledger: Any) -> None:
    """Copies are left out, a monorepo gives its folders, and what went meanwhile is left to be read by itself."""
    with cassette("github.yaml") as played:
        found = listen(github(), lambda source: leads(source, ledger))

    assert found == [
        Lead(
            name=NOTES.name,
            mark=f"{PUSHED} 9000",
            reading=Reading(
                servers=(NOTES,), further=(Lead(name=ServerName("pypi", "mcp-notes")),), whole=True
            ),
        ),
        Lead(
            name=ServerName("github", "ann/tools"),
            mark=f"{PUSHED} 9100",
            reading=Reading(
                whole=True,
                servers=(TIME, FETCH),
                further=(
                    Lead(name=ServerName("pypi", "mcp-time")),
                    Lead(name=ServerName("npm", "@ann/fetch")),
                ),
            ),
        ),
        Lead(name=ServerName("github", "bob/gone"), mark=f"{PUSHED} 8000"),
        Lead(
            name=ServerName("github", "bob/minecraft-mcp"),
            mark=f"{PUSHED} 17000",
            reading=Reading(whole=True),
        ),
    ]
    assert played.all_played
    assert ledger.cursors == {"github": "2026-11-23T11:30:00Z"}


def test_a_repository_that_was_renamed_is_followed(listen: Any, cassette: Any) -> None:
    """The old name ends as gone and leads to the new one."""
    lead = Lead(name=ServerName("github", "ann/notebook"), asked=True)
    with cassette("github_repository.yaml"), pytest.raises(Unreadable) as caught:
        listen(github(), lambda source: source.read(lead, None))

    assert (caught.value.reason, str(caught.value), caught.value.further) == (
        SkipReason.GONE,
        "renamed to ann/notes",
        (Lead(name=NOTES.name, asked=True),),
    )
    assert caught.value.repository == Repository(url="https://github.com/ann/notes", source="github")


def test_a_repository_that_went_between_list_and_look_is_missing(listen: Any, cassette: Any) -> None:
    """Its name may be anybody's tomorrow."""
    with cassette("github_repository.yaml"), pytest.raises(FetchError) as caught:
        listen(github(), lambda source: source.read(Lead(name=ServerName("github", "bob/gone")), None))

    assert caught.value.missing


@pytest.mark.parametrize("token", ["a-token", None])
def test_one_repository_is_read_with_and_without_a_token(
    listen: Any, cassette: Any, token: str | None
) -> None:
    """Without one there is no request to spare for the commit; the time of the last push stands for it."""
    with cassette("github_repository.yaml") as played:
        reading = listen(github(token), lambda source: source.read(Lead(name=NOTES.name), None))
    (found,) = reading.servers

    assert found.version == (COMMIT if token else PUSHED)
    assert found.description == "Notes, from the manifest"
    asked = [request for request in played.requests if request.host == "api.github.com"]
    assert len([request for request in asked if "commits" in request.path]) == 1
    assert played.play_count == (9 if token else 8) - 1


def test_a_repository_that_did_not_change_is_one_conditional_request(
    listen: Any, site: Any, ledger: Any
) -> None:
    """GitHub counts no request whose answer is that nothing changed."""
    told = {"full_name": "ann/notes", "html_url": "https://github.com/ann/notes", "pushed_at": PUSHED}
    site.put("/repos/ann/notes", told, headers={"ETag": '"r1"'})
    site.put("/repos/ann/notes", status=304)
    site.put("/ann/notes/HEAD/server.json", {"name": "io.github.ann/notes", "description": "x"})
    lead = Lead(name=NOTES.name, asked=True)
    source = github(None, api=site.url, raw=site.url)

    first = listen(source, lambda source: source.read(lead, ledger), site.url)
    for url, validators in first.seen:
        ledger.remember(url, validators)
    asked = len(site.asked)
    second = listen(source, lambda source: source.read(lead, ledger), site.url)

    assert [server.name for server in first.servers] == [NOTES.name]
    assert second == Reading(unchanged=True)
    assert [ask.headers.get("if-none-match") for ask in site.asked[asked:]] == ['"r1"']


class Hub:
    """GitHub's search over repositories in memory, on the loopback server: created at these times, a minute apart."""

    def __init__(self, site: Any, count: int, *, most: int = 3) -> None:
        self.created = {f"ann/r{number}": NOW - timedelta(minutes=count - number) for number in range(count)}
        self.most = most
        self.asked: list[tuple[str, int]] = []
        self.incomplete: set[int] = set()
        self.vanish_after_first_page: str | None = None
        self.ids: dict[str, int] = {}
        site.put("/search/repositories", self.answer)

    def answer(self, ask: Any) -> dict[str, Any]:
        asked = parse_qs(urlsplit(ask.path).query)
        query, page, size = asked["q"][0], int(asked["page"][0]), int(asked["per_page"][0])
        start, end = re.search(r"created:(\S+)\.\.(\S+)", query).groups()  # type: ignore[union-attr]
        self.asked.append((query, page))
        names = [
            name
            for name, created in self.created.items()
            if datetime.fromisoformat(start) <= created <= datetime.fromisoformat(end)
        ]
        shown = names[: self.most][(page - 1) * size : page * size]
        if self.vanish_after_first_page in names and page == 1:
            del self.created[self.vanish_after_first_page]
            self.vanish_after_first_page = None
        body = {
            "total_count": len(names),
            "incomplete_results": len(self.asked) in self.incomplete,
            "items": [
                {"full_name": name, "html_url": f"https://github.com/{name}", "id": self.ids.get(name, 0)}
                for name in shown
            ],
        }
        return {"body": json.dumps(body).encode()}


def found_by(
    listen: Any, site: Any, monkeypatch: pytest.MonkeyPatch, *, page: int = 2, most: int = 3
) -> list[str]:
    """Names that a search finds when GitHub shows *most* results in pages of *page*."""
    monkeypatch.setattr("crawler.sources.github_search.PAGE", page)
    monkeypatch.setattr("crawler.sources.github_search.MOST_RESULTS", most)
    fast = AsyncLimiter(1_000_000, 1)
    window = Window(NOW - timedelta(days=1), NOW)

    async def use(api: GitHubApi) -> list[str]:
        return [repo.full_name async for repo in search(api, QUERY, window)]

    found = listen(lambda client: GitHubApi(client, None, api=site.url, searches=fast), use, site.url)
    assert isinstance(found, list)
    return found


def test_more_results_than_a_search_gives_are_found_by_halving(
    listen: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every repository once, though no single search would show them all."""
    hub = Hub(site, 20)

    assert found_by(listen, site, monkeypatch) == [f"ann/r{number}" for number in range(20)]
    assert len(hub.asked) > 7


def test_a_window_that_cannot_be_halved_gives_what_it_gives(
    listen: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five repositories of one second: three are shown, and the search ends."""
    hub = Hub(site, 5)
    hub.created = dict.fromkeys(hub.created, NOW - timedelta(hours=1))

    assert found_by(listen, site, monkeypatch) == ["ann/r0", "ann/r1", "ann/r2"]


def test_a_search_that_gave_up_is_asked_for_less(
    listen: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`incomplete_results` means that GitHub stopped looking."""
    hub = Hub(site, 2)
    hub.incomplete = {1}

    assert found_by(listen, site, monkeypatch) == ["ann/r0", "ann/r1"]
    assert len(hub.asked) == 3


def test_a_list_that_shrinks_while_it_is_paged_is_looked_at_twice(
    listen: Any, site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What moved from the second page to the first after that was read would be lost."""
    hub = Hub(site, 3)
    hub.vanish_after_first_page = "ann/r0"

    assert set(found_by(listen, site, monkeypatch)) == {"ann/r0", "ann/r1", "ann/r2"}


def test_later_crawls_ask_for_pushes_only(listen: Any, site: Any, ledger: Any) -> None:
    """And for what they owe; what kept its mark is no lead."""
    ledger.advance("github", "2026-11-22T11:30:00Z")
    ledger.mark("github", "ann/r0", "never 0")
    ledger.mark("github", "ann/slow", owe(None, PUSHED, date(2026, 12, 1)))
    hub = Hub(site, 2)
    found = listen(github(None, api=site.url), lambda source: leads(source, ledger), site.url)

    assert found == [
        Lead(name=ServerName("github", "ann/r1"), mark="never 0"),
        Lead(name=ServerName("github", "ann/slow"), mark=PUSHED, previous=f"owed 1 {PUSHED}"),
    ]
    assert hub.asked[0][0].startswith(f"{QUERY} pushed:>=2026-11-22T11:30:00Z created:")


def test_a_repository_with_a_new_name_is_looked_for_under_its_old_one(
    listen: Any, site: Any, ledger: Any
) -> None:
    """By its number, which stays; so the old name does not stand in the catalogue for ever."""
    hub = Hub(site, 2)
    hub.ids = {"ann/r0": 7, "ann/r1": 8}
    ledger.mark("github", "ann/was", f"{PUSHED} 7")
    ledger.mark("github", "ann/r1", "never 8")
    found = listen(github(None, api=site.url), lambda source: leads(source, ledger), site.url)

    assert found == [
        Lead(name=ServerName("github", "ann/was"), mark=GONE, previous=f"{PUSHED} 7"),
        Lead(name=ServerName("github", "ann/r0"), mark="never 7"),
    ]


def rest(listen: Any, site: Any, *paths: str, token: str | None = None) -> tuple[list[Any], list[float]]:
    """Answers or faults of these requests, and how long the client slept before them; the clock stands at 1000."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def use(api: GitHubApi) -> list[Any]:
        answers: list[Any] = []
        for path in paths:
            try:
                answers.append((await api.rest(path)).content)
            except FetchError as error:
                answers.append(error.status)
        return answers

    def build(client: Client) -> GitHubApi:
        return GitHubApi(client, token, api=site.url, now=lambda: 1000.0, sleep=sleep)

    return listen(build, use, site.url), slept


def test_the_last_request_of_a_limit_is_followed_by_its_pause(listen: Any, site: Any) -> None:
    """Instead of a refusal; other resources go on."""
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1090"}
    site.put("/repos/a/b", b"1", headers=spent)
    site.put("/repos/a/c", b"2")
    site.put("/orgs/a", b"3")

    assert rest(listen, site, "/repos/a/b", "/orgs/a", "/repos/a/c", "/repos/a/c") == (
        [b"1", b"3", b"2", b"2"],
        [91.0],
    )


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, b""),
        (429, {"Retry-After": "30"}, b""),
        (403, {}, b'{"message": "You have exceeded a secondary rate limit"}'),
        (500, {}, b""),
        (502, {}, b""),
    ],
)
def test_limits_and_faults_are_waited_out(
    listen: Any, site: Any, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Primary and secondary limits, and GitHub's bad days."""
    site.put("/repos/a/b", body, status=status, headers=headers)
    site.put("/repos/a/b", b"{}")

    assert rest(listen, site, "/repos/a/b") == ([b"{}"], [])


def test_a_token_goes_to_the_api_and_nowhere_else(listen: Any, site: Any) -> None:
    """Not to where raw files are, nor along a redirect to another host."""
    site.put(
        "/repos/a/b",
        status=302,
        headers={"Location": f"{site.url.replace('127.0.0.1', 'localhost')}/elsewhere"},
    )
    site.put("/elsewhere", b"{}")
    site.put("/a/b/HEAD/README.md", b"# Notes")
    elsewhere = site.url.replace("127.0.0.1", "localhost")

    async def use(api: GitHubApi) -> None:
        await api.rest("/repos/a/b")
        await api.file("a/b", "HEAD", "README.md")

    listen(lambda client: GitHubApi(client, "a-token", api=site.url, raw=site.url), use, site.url, elsewhere)

    assert [(ask.path, ask.headers.get("authorization")) for ask in site.asked] == [
        ("/repos/a/b", "Bearer a-token"),
        ("/elsewhere", None),
        ("/a/b/HEAD/README.md", None),
    ]


@pytest.mark.parametrize("status", [502, 504])
def test_a_query_that_takes_too_long_is_halved(listen: Any, site: Any, ledger: Any, status: int) -> None:
    """GitHub gives up after ten seconds, whatever was asked."""
    sizes: list[int] = []

    def answer(ask: Any) -> dict[str, Any]:
        sizes.append(len(json.loads(ask.body)["variables"]) // 2)
        return {"status": status} if sizes[-1] > 2 else {"body": b'{"data": {}}'}

    Hub(site, 3)
    site.put("/graphql", answer)
    found = listen(github(api=site.url), lambda source: leads(source, ledger), site.url)

    assert len(found) == 3
    assert sizes == [3, 3, 3, 1, 2]


@pytest.mark.parametrize("answer", [{"status": 500}, {"body": b"<html>"}, {"body": b'{"errors": []}'}])
def test_a_query_that_fails_leaves_its_repositories_to_be_read_one_by_one(
    listen: Any, site: Any, ledger: Any, answer: dict[str, Any]
) -> None:
    """The list goes on: one bad minute of GitHub's costs nobody a night."""
    Hub(site, 3)
    site.put("/graphql", lambda _: answer)
    found = listen(github(api=site.url), lambda source: leads(source, ledger), site.url)

    assert [(str(lead.name), lead.reading) for lead in found] == [
        (f"github:ann/r{n}", None) for n in range(3)
    ]
    assert "github" in ledger.cursors


@pytest.mark.parametrize(("status", "passing"), [(404, True), (403, False)])
def test_a_file_that_the_repository_lists_is_there(
    listen: Any, site: Any, status: int, passing: bool
) -> None:
    """If it cannot be had, its server is not lost: the repository is looked at again."""
    repo = {"full_name": "ann/tools", "html_url": "https://github.com/ann/tools", "pushed_at": PUSHED}
    site.put("/repos/ann/tools", repo)
    site.put("/repos/ann/tools/git/trees/HEAD", {"tree": [{"path": "src/time/pyproject.toml"}]})
    site.put("/ann/tools/HEAD/src/time/pyproject.toml", status=status)
    lead = Lead(name=ServerName("github", "ann/tools"))

    with pytest.raises(FetchError) as caught:
        listen(github(None, api=site.url, raw=site.url), lambda source: source.read(lead, None), site.url)
    assert caught.value.passing is passing
    assert caught.value.url.endswith("pyproject.toml")


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([{"errors": [{"type": "RATE_LIMITED", "message": "slow down"}]}, {"data": {"a": 1}}], None),
        ([{"errors": [{"type": "RATE_LIMITED", "message": "slow down"}]}] * 3, "slow down"),
        ([{"errors": [{"message": "Something went wrong"}]}], "Something went wrong"),
        ([{}], "neither data nor errors"),
        ([{"data": {"a": 1}, "errors": [{"type": "NOT_FOUND", "message": "no b"}]}], None),
    ],
)
def test_a_query_may_have_faults_beside_its_data(
    listen: Any, site: Any, answers: list[Any], fault: str | None
) -> None:
    """Only an answer without data is none."""
    for answer in answers:
        site.put("/graphql", answer)

    async def use(api: GitHubApi) -> Any:
        return await api.graphql("query { a }", {})

    def asked() -> Any:
        return listen(lambda client: GitHubApi(client, "a-token", api=site.url), use, site.url)

    if fault is None:
        assert asked() == {"a": 1}
    else:
        with pytest.raises(FetchError, match=fault):
            asked()


@pytest.mark.parametrize(
    ("files", "manifest"),
    [
        ({}, Manifest()),
        (
            {"pyproject.toml": '[project]\nname = "My_Server"\ndependencies = ["FastMCP>=2"]\n[tool.uv.workspace]\n'},
            Manifest(
                name="My_Server",
                packages=(Package(registry_type="pypi", identifier="my-server"),),
                speaks_mcp=True,
                workspaces=True,
            ),
        ),
        (
            {"package.json": '{"name": "root", "private": true, "workspaces": ["packages/*"]}'},
            Manifest(name="root", workspaces=True),
        ),
        (
            {"server.json": '{"name": "io.github.ann/notes", "description": "x"}'},
            Manifest(mcp_name="io.github.ann/notes", speaks_mcp=True),
        ),
        ({"server.json": '{"name": "my web server", "port": 80}'}, Manifest()),
        ({"go.mod": "require github.com/mark3labs/mcp-go v0.30.0\n"}, Manifest(speaks_mcp=True)),
        ({"Cargo.toml": '[dependencies]\nrmcp = "0.8"\n'}, Manifest(speaks_mcp=True)),
        ({"pyproject.toml": "][", "package.json": "[1]", "server.json": "{", "go.mod": "x"}, Manifest()),
        ({"pyproject.toml": "project = 1\n", "package.json": '{"name": 1}'}, Manifest()),
        ({"pyproject.toml": "[project]\nname = 1\ndependencies = [1]\n"}, Manifest()),
    ],
)  # fmt: skip
def test_a_folder_is_told_by_its_own_files(files: dict[str, str], manifest: Manifest) -> None:
    """In four languages; broken files read as absent."""
    assert read_manifest(files) == manifest
