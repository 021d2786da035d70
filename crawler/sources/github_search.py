"""Finds every repository that a search of GitHub's has, though no search gives more than a thousand."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import msgspec

from crawler.sources.github_api import GitHubApi

PAGE = 100
#: A search gives no more, whatever its total.
MOST_RESULTS = 1_000
#: GitHub's first repositories.
BEGINNING = datetime(2008, 1, 1, tzinfo=UTC)
#: A window this small is not split any more.
SMALLEST = timedelta(seconds=2)


class License(msgspec.Struct, frozen=True):
    """A licence as GitHub detects it."""

    spdx_id: str | None = None


class Repo(msgspec.Struct, frozen=True):
    """A repository, as the search and the single answer give it."""

    full_name: str
    html_url: str
    #: Stays when the repository is renamed.
    id: int = 0
    description: str | None = None
    homepage: str | None = None
    fork: bool = False
    is_template: bool = False
    private: bool = False
    disabled: bool = False
    pushed_at: str | None = None
    license: License | None = None


class SearchPage(msgspec.Struct, frozen=True):
    """One page of a search."""

    total_count: int
    items: list[Repo]
    incomplete_results: bool = False


class Window(msgspec.Struct, frozen=True):
    """Repositories that were created from *start* to *end*, both included."""

    start: datetime
    end: datetime

    def __str__(self) -> str:
        return f"created:{_text(self.start)}..{_text(self.end)}"

    @property
    def small(self) -> bool:
        """Whether it cannot be split."""
        return self.end - self.start < SMALLEST

    def halves(self) -> tuple["Window", "Window"]:
        """The older and the newer half, with no second in both."""
        middle = self.start + (self.end - self.start) / 2
        middle = middle.replace(microsecond=0)
        return Window(self.start, middle), Window(middle + timedelta(seconds=1), self.end)


async def search(api: GitHubApi, query: str, window: Window) -> AsyncIterator[Repo]:
    """Every repository of the query in the window, the older ones first; one may come twice. Raises FetchError."""
    first = await _page(api, query, window, 1)
    if (first.total_count > MOST_RESULTS or first.incomplete_results) and not window.small:
        for half in window.halves():
            async for repo in search(api, query, half):
                yield repo
        return
    names: set[str] = set()
    # While pages are read repositories come and go, and what stands after them moves: a second look finds the rest.
    for look in range(2):
        page = first if look == 0 else await _page(api, query, window, 1)
        number = 1
        while page.items:
            for repo in page.items:
                names.add(repo.full_name)
                yield repo
            if number * PAGE >= min(page.total_count, MOST_RESULTS):
                break
            number += 1
            page = await _page(api, query, window, number)
        if len(names) >= min(first.total_count, MOST_RESULTS):
            return


async def _page(api: GitHubApi, query: str, window: Window, number: int) -> SearchPage:
    asked = {"q": f"{query} {window}", "sort": "updated", "order": "asc", "per_page": PAGE, "page": number}
    answer = await api.rest(f"/search/repositories?{urlencode(asked)}", shape=SearchPage)
    return answer.read(SearchPage)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
