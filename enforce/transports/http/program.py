"""HTTP clients of both eras before a program that speaks by lines, or a server with the two endpoints of old."""

from collections.abc import Callable

from enforce.transports.http.address import UpstreamFailed
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import is_modern, sentence
from enforce.transports.http.messages import Request
from enforce.transports.http.peer import Connect, Tell
from enforce.transports.http.serving import Reply
from enforce.transports.http.sessions import SessionRelay
from enforce.transports.http.sharing import SharingRelay
from enforce.transports.http.streams import JSON


class ProgramRelay:
    """Relays for one server: a child for each session, or for each identity where there are no sessions."""

    def __init__(self, connect: Connect, tell: Tell, clock: Callable[[], float]) -> None:
        self._sessions = SessionRelay(connect, tell, clock)
        self._sharing = SharingRelay(connect, tell)
        self._tell = tell

    async def serve(self, booth: Booth, request: Request, reply: Reply) -> None:
        """Answer one request that the doorway let in."""
        relay = self._sharing if is_modern(request) else self._sessions
        try:
            await relay.serve(booth, request, reply)
        except UpstreamFailed as failure:
            self._tell(str(failure))
            reply.send(502, JSON, sentence("The server cannot be started."))

    def tick(self) -> None:
        """Give up what has not been answered for too long."""
        self._sessions.tick()
        self._sharing.tick()

    async def stop(self) -> None:
        """End every child."""
        await self._sessions.stop()
        await self._sharing.stop()
