"""A server with the two endpoints of revision 2024-11-05: it says everything on one stream, and is told by POST."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from urllib.parse import urljoin

from crawler.mcp.jsonrpc import encode, parse
from enforce.answers import INTERNAL_ERROR, error
from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.asking import Response, Upstream
from enforce.transports.http.credentials import Credentials
from enforce.transports.http.events import Event, Events, TooLong
from enforce.transports.http.messages import Headers, single
from enforce.transports.http.peer import TURN, Tell

#: Seconds in which the server must open its stream, and in which it must say where messages go.
PATIENCE = 10.0

#: Bytes of an answer to a POST, which nobody reads.
LARGEST_ANSWER = 1_000_000

_LISTEN: Headers = [(b"accept", b"text/event-stream")]
_POST: Headers = [(b"content-type", b"application/json")]


class OldServer:
    """One connection to such a server, which is one session."""

    def __init__(
        self,
        upstream: Upstream,
        credentials: Credentials,
        tell: Tell,
        on_line: Callable[[bytes], None],
        on_end: Callable[[], None],
    ) -> None:
        self._upstream = upstream
        self._credentials = credentials
        self._tell = tell
        self._on_line = on_line
        self._on_end = on_end
        self._posting: Upstream | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the stream, and learn where messages go; raises UpstreamFailed."""
        headers = [*_LISTEN, *await self._credentials.headers()]
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self._upstream.ask("GET", headers, b"")
        except TimeoutError as error:
            raise UpstreamFailed(f"the upstream has not answered within {PATIENCE:g} seconds") from error
        kind = (single(response.headers, b"content-type") or b"").partition(b";")[0].strip().lower()
        if response.status != 200 or kind != b"text/event-stream":
            response.close()
            raise UpstreamFailed(f"the upstream opens no stream of events: status {response.status}")
        events = _events(response)
        try:
            self._posting = Upstream(await self._post_box(events), self._upstream.context)
        except BaseException:
            response.close()
            raise
        self._reading = asyncio.create_task(self._read(events))

    async def write(self, lines: Sequence[bytes]) -> None:
        """Send messages, one after the other; one that is not taken is answered with an error in the server's place."""
        for line in lines:
            try:
                await self._post(line)
            except UpstreamFailed as failure:
                self._tell(str(failure))
                message = parse(line)
                if message.kind == "request":
                    self._on_line(encode(error(message.id, INTERNAL_ERROR, "The server cannot be reached.")))

    async def stop(self) -> None:
        """Leave."""
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._posting is not None:
            self._posting.close()

    async def _post(self, line: bytes) -> None:
        if self._posting is None:
            raise UpstreamFailed("the upstream is not connected")
        response = await self._posting.ask("POST", [*_POST, *await self._credentials.headers()], line)
        await response.body(LARGEST_ANSWER)
        if not 200 <= response.status < 300:
            raise UpstreamFailed(f"the upstream did not take a message: status {response.status}")

    async def _read(self, events: AsyncIterator[Event]) -> None:
        try:
            async for event in events:
                if event.data and event.event in (None, b"message"):
                    self._on_line(event.data)
        except (UpstreamFailed, TooLong) as failure:
            self._tell(str(failure) or "an event of the upstream is too long")
        finally:
            self._on_end()

    async def _post_box(self, events: AsyncIterator[Event]) -> Address:
        """Where messages go, as the server says first of all; raises UpstreamFailed."""
        try:
            async with asyncio.timeout(PATIENCE):
                return self._address(await _endpoint(events))
        except (TimeoutError, TooLong, ValueError) as error:
            raise UpstreamFailed("the upstream does not say where messages go") from error

    def _address(self, endpoint: str) -> Address:
        """Where messages go, which must be the same server, since anything else would get our credentials; raises UpstreamFailed or ValueError."""
        own = self._upstream.address
        found = Address.read(urljoin(own.url, endpoint))
        if (found.host, found.port, found.tls) != (own.host, own.port, own.tls):
            raise UpstreamFailed(f"the upstream sends messages elsewhere: {endpoint[:200]!r}")
        return found


async def _events(response: Response) -> AsyncIterator[Event]:
    events = Events()
    try:
        while piece := await response.piece():
            for count, event in enumerate(events.feed(piece), 1):
                yield event
                if count % TURN == 0:
                    await asyncio.sleep(0)
    finally:
        response.close()


async def _endpoint(events: AsyncIterator[Event]) -> str:
    async for event in events:
        if event.event == b"endpoint" and event.data:
            return event.data.decode("utf-8", "replace")
    raise UpstreamFailed("the upstream ended its stream without saying where messages go")
