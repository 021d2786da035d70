"""The catalogue's MCP server on a port of this machine: a POST is a question, its body the answer, and nothing is a session."""

import asyncio
from collections.abc import Callable

from catalogue.mcp.server import METHOD_NOT_FOUND, Answer, RegistryServer
from crawler.mcp.jsonrpc import INVALID_PARAMS, Message, Refused
from enforce.transports.http.doorway import (
    HEADER_MISMATCH,
    METHOD,
    NAME,
    NAMED_BY,
    PROTOCOL_KEY,
    VERSION,
    Doorway,
    Turned,
    check_headers,
    is_modern,
    sentence,
)
from enforce.transports.http.messages import Headers, Request
from enforce.transports.http.serving import Reply

PATH = "/mcp"
#: Names by which a program of this machine reaches it; a page that a browser was lured to has another.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_JSON: Headers = [(b"content-type", b"application/json")]


class RegistryService:
    """Answers requests on one port, from clients of both eras."""

    def __init__(self, server: RegistryServer, tell: Callable[[str], None]) -> None:
        self._server = server
        self._tell = tell
        self._doorway = Doorway(())

    def ready(self, port: int) -> None:
        """Take requests for the names by which we are reached."""
        self._doorway = Doorway([f"{name}:{port}" for name in LOOPBACK])
        self._tell(f"listening on http://127.0.0.1:{port}{PATH}")

    async def handle(self, request: Request, reply: Reply) -> None:
        """Answer one request."""
        try:
            self._doorway.check(request)
            if request.path != PATH:
                raise Turned(404, f"the catalogue is at {PATH}")
        except Turned as turned:
            reply.send(turned.status, _JSON, sentence(turned.words))
            return
        if request.method != "POST":
            reply.send(405, [(b"allow", b"POST")])
            return
        answer = await asyncio.to_thread(self._answer, request)
        if answer is None:
            reply.send(202)
        else:
            reply.send(_status(answer, modern=is_modern(request)), _JSON, answer.body)

    def admits(self, request: Request) -> bool:  # noqa: ARG002 - the catalogue is everybody's
        """Nobody is turned out."""
        return True

    def tick(self) -> None:
        """Nothing changes by itself; every answer asks the record anew."""

    async def stop(self) -> None:
        """Nothing is held open."""

    def _answer(self, request: Request) -> Answer | None:
        modern = is_modern(request)
        return self._server.respond(
            request.body, lambda message: _checked(request, message) if modern else False
        )


def _checked(request: Request, message: Message) -> bool:
    """True, for a request whose headers tell what its body tells; raises Refused for any other."""
    meta = message.params.get("_meta")
    if not isinstance(meta, dict) or PROTOCOL_KEY not in meta:
        raise Refused(INVALID_PARAMS, f"the request lacks _meta {PROTOCOL_KEY}", message.id)
    wanted = [VERSION, METHOD, *([NAME] if message.method in NAMED_BY else [])]
    for name in wanted if message.kind == "request" else ():
        if request.header(name) is None:
            raise Refused(HEADER_MISMATCH, f"Header mismatch: {name.decode()} is missing", message.id)
    check_headers(request, message)
    return True


def _status(answer: Answer, *, modern: bool) -> int:
    """The older era puts errors of the protocol into answers that are fine; the newer one tells them by the status as well."""
    if answer.code is None:
        return 200
    if answer.code == METHOD_NOT_FOUND:
        return 404 if modern else 200
    return 400 if modern or b'"id":null' in answer.body else 200
