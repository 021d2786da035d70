"""GitHub's two interfaces, asked one request at a time and no faster than their headers allow."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiolimiter import AsyncLimiter

from crawler.fetch import Answer, Client, FetchError
from crawler.ledger import Validators

API = "https://api.github.com"
RAW = "https://raw.githubusercontent.com"
#: GitHub's own limits are full again after an hour at most; seconds.
PATIENCE = 3_700.0
#: Searches a minute, a little below what GitHub allows with and without a token.
SEARCHES = {True: 28, False: 9}
#: A file of a repository that is larger says nothing more about its server; bytes.
MOST_FILE = 2 * 2**20


class GraphError(msgspec.Struct, frozen=True):
    """One fault of a GraphQL answer; an answer may have faults and data."""

    message: str = ""
    type: str = ""


class GraphAnswer(msgspec.Struct, frozen=True):
    """A GraphQL answer."""

    data: dict[str, Any] | None = None
    errors: list[GraphError] = msgspec.field(default_factory=list)


class GitHubApi:
    """What the source asks of GitHub. Requests queue up: GitHub asks for one at a time."""

    def __init__(
        self,
        client: Client,
        token: str | None,
        *,
        api: str = API,
        raw: str = RAW,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        searches: AsyncLimiter | None = None,
    ) -> None:
        self.has_token = token is not None
        self._client = client
        self._api = api
        self._raw = raw
        self._now = now
        self._sleep = sleep
        self._headers = {"X-GitHub-Api-Version": "2022-11-28"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._searches = searches or AsyncLimiter(SEARCHES[self.has_token], 60)
        self._turn = asyncio.Lock()
        #: Resource, such as `core` or `search`, to the time from which it may be asked again.
        self._resume: dict[str, float] = {}

    def url(self, path: str) -> str:
        """Where a path of the REST interface is asked."""
        return f"{self._api}{path}"

    async def rest(self, path: str, since: Validators | None = None, *, shape: type | None = None) -> Answer:
        """GET below the API's address, as JSON of a *shape*; raises FetchError. A 304 costs nothing of the limit."""
        resource = path.strip("/").partition("/")[0]
        async with self._turn:
            if resource == "search":
                await self._searches.acquire()
            await self._wait(resource)
            answer = await self._client.get(
                self.url(path),
                accept="application/vnd.github+json",
                headers=self._headers,
                since=since,
                patience=PATIENCE,
                shape=shape,
            )
            self._note(resource, answer.headers)
            return answer

    async def graphql(self, query: str, variables: Mapping[str, str]) -> dict[str, Any]:
        """Data of a query, `None` where GitHub knows nothing; raises FetchError. Needs a token."""
        url = f"{self._api}/graphql"
        body = {"query": query, "variables": variables}
        async with self._turn:
            for _ in range(3):
                await self._wait("graphql")
                answer = await self._client.post(
                    url, body, headers=self._headers, patience=PATIENCE, shape=GraphAnswer
                )
                self._note("graphql", answer.headers)
                told = answer.read(GraphAnswer)
                if not any(error.type == "RATE_LIMITED" for error in told.errors):
                    break
        if told.data is None:
            faults = "; ".join(error.message for error in told.errors) or "neither data nor errors"
            raise FetchError(url, faults, passing=True)
        return told.data

    async def file(self, repository: str, ref: str, path: str, *, listed: bool = False) -> str | None:
        """A file's text from outside the metered interfaces, `None` if there is none, or one that is too large.

        Raises FetchError, also where there is no file though the repository's own tree had just *listed* it.
        """
        url = f"{self._raw}/{repository}/{ref}/{path}"
        try:
            answer = await self._client.get(url, most=MOST_FILE)
        except FetchError as error:
            if error.missing and listed:
                raise FetchError(url, "missing, though the repository lists it", passing=True) from error
            if error.missing or (error.status is None and not error.passing):
                return None
            raise
        return answer.text

    async def _wait(self, resource: str) -> None:
        pause = self._resume.pop(resource, 0.0) - self._now()
        if pause > 0:
            await self._sleep(pause)

    def _note(self, resource: str, headers: Mapping[str, str]) -> None:
        """The last allowed request was made: the next one waits, instead of being refused."""
        reset = headers.get("x-ratelimit-reset", "")
        if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
            self._resume[resource] = float(reset) + 1
