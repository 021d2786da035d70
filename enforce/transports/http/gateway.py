"""Many servers, identities and policies behind one port: who asks, at which door, by which law."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from enforce.clocks import Clock
from enforce.identities import LOCAL, Identities
from enforce.law import Law
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import Doorway, Turned, sentence
from enforce.transports.http.messages import Headers, Request
from enforce.transports.http.metadata import WELL_KNOWN, Metadata
from enforce.transports.http.pages import Pages
from enforce.transports.http.serving import Reply, Rest

#: Requests of one identity that may be under way at once: each takes files, of which there must be some for others.
MOST_OPEN = 2_000

#: Bytes of a request that weigh as much as one more request, since they are kept, several times over, until it is answered.
HEAVY = 50_000

_JSON: Headers = [(b"content-type", b"application/json")]
_TEXT: Headers = [(b"content-type", b"text/plain; version=0.0.4; charset=utf-8")]


class Relay(Protocol):
    """A way to one server."""

    def serve(self, booth: Booth, request: Request, reply: Reply) -> Rest:
        """Answer one request that the doorway let in."""

    def tick(self) -> None:
        """Give up what has not been answered for too long."""

    async def stop(self) -> None:
        """No more requests will come."""


class Door:
    """One server at its path: the way to it, and a booth for each identity that may come."""

    def __init__(self, relay: Relay, laws: Mapping[str, Law], booth: Callable[[Law, str], Booth]) -> None:
        self.relay = relay
        self._laws = dict(laws)
        self._make = booth
        self._booths: dict[str, Booth] = {}

    def booth(self, identity: str) -> Booth | None:
        """Where an identity is served; `None` where it has no grant for this server."""
        found = self._booths.get(identity)
        if found is None and (law := self._laws.get(identity)) is not None:
            found = self._booths[identity] = self._make(law, identity)
        return found

    def write_down(self) -> list[str]:
        """Record how calls have ended; words about what went wrong."""
        return [words for booth in self._booths.values() for words in booth.write_down()]

    def grant(self, laws: Mapping[str, Law]) -> None:
        """These may come from now on, and nobody else; their sessions end with a grant."""
        self._laws = dict(laws)
        for identity in set(self._booths) - set(laws):
            booth = self._booths.pop(identity)
            booth.closed = True
            booth.write_down()
        for identity, booth in self._booths.items():
            booth.adopt(laws[identity])

    def adopt(self, identity: str, law: Law) -> None:
        """Judge an identity by another law from now on."""
        self._laws[identity] = law
        if identity in self._booths:
            self._booths[identity].adopt(law)


class Gateway:
    """Answers every request on one port."""

    def __init__(
        self,
        doors: Mapping[str, Door],
        identities: Identities,
        doorway: Doorway,
        clock: Clock,
        metrics: Callable[[Collection[str] | None], str],
        metadata: Metadata,
        turned_away: Callable[[str], None],
        pages: Pages,
    ) -> None:
        """*turned_away* hears of whoever shows a token that is none, or comes from a wrong place."""
        self.doors = doors
        self.identities = identities
        self._doorway = doorway
        self._clock = clock
        self._metrics = metrics
        self._metadata = metadata
        self._turned_away = turned_away
        self._pages = pages
        self._open: Counter[str] = Counter()

    def handle(self, request: Request, reply: Reply) -> Rest:
        """Let a request in, or say why not."""
        reply.also = self._pages.answer_headers(request)
        try:
            if (asked := self._pages.preflight(request)) is not None:
                self._doorway.check_place(request)
                reply.send(204, asked)
                return None
            if request.method == "GET" and (page := self._page(request)) is not None:
                reply.send(200, *page)
                return None
            self._doorway.check(request)
            is_open = not self.identities
            identity = LOCAL if is_open else self._identity(request)
            door = self.doors.get(request.path)
            booth = door.booth(identity) if door is not None else None
            if door is None or booth is None:  # what an identity may not reach is not there for it
                raise Turned(404, "there is no such server here")
            weight = 1 + len(request.body) // HEAVY
            if not (is_open or reply.hold(self._open, identity, weight, MOST_OPEN)):
                raise Turned(503, "too many requests of this identity are under way, or too large ones")
        except Turned as turned:
            challenge = (b"www-authenticate", self._metadata.challenge(request))
            headers = [*_JSON, challenge] if turned.status == 401 else _JSON
            if turned.status in (403, 421) or (turned.status == 401 and b"authorization" in request.fields):
                self._turned_away(
                    f"{turned.status}, {turned.words}, at {request.path[:100]} from {reply.peer}"
                )
            reply.send(turned.status, headers, sentence(turned.words))
            return None
        return door.relay.serve(booth, request, reply)

    def admits(self, request: Request) -> bool:
        """Whether the token of a request opens what is asked for, or still does."""
        if not self.identities:
            return True
        identity = self.identities.find(request.header(b"authorization"), self._clock())
        door = self.doors.get(request.path)
        return identity is not None and door is not None and door.booth(identity.name) is not None

    def _page(self, request: Request) -> tuple[Headers, bytes] | None:
        """What the gateway says of itself; raises Turned where it says that not to everybody."""
        if request.path == "/healthz":
            return _TEXT, b"ok\n"
        if self.identities and request.path.startswith(WELL_KNOWN):
            self._doorway.check(request)
            return _JSON, self._metadata.document(request)
        if request.path == "/metrics":
            self._doorway.check(request)
            return _TEXT, self._metrics(self._reached(self._identity(request))).encode()
        return None

    def _reached(self, identity: str) -> Collection[str] | None:
        """The servers of which an identity may know; `None` for all."""
        if not self.identities:
            return None
        booths = [door.booth(identity) for door in self.doors.values()]
        return None if None not in booths else {booth.server for booth in booths if booth is not None}

    def _identity(self, request: Request) -> str:
        """Every request shows its token anew."""
        if not self.identities:
            return LOCAL
        identity = self.identities.find(request.header(b"authorization"), self._clock())
        if identity is None:
            raise Turned(401, "a valid bearer token is needed")
        return identity.name
