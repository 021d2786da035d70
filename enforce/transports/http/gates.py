"""Which gate judges a request: the one that knows what is open where it belongs."""

from crawler.mcp.jsonrpc import Id, Refused, parse
from enforce.elicitation import NAME
from enforce.gate import Gate
from enforce.results import HANDSHAKE
from enforce.transports.http.booth import Booth
from enforce.transports.http.doorway import SESSION
from enforce.transports.http.messages import Request

#: In each answer to a question of ours.
_OURS = NAME.encode()


def gate_for(booth: Booth, request: Request, modern: bool) -> Gate | None:
    """The gate for a request; `None` where it names a session that was not opened here."""
    if modern:
        return booth.gate()
    session = request.fields.get(SESSION)
    if session is not None:
        return booth.session(session)
    if _is_handshake(request.body):
        return booth.opening()
    question = _answered(request.body)
    return (question is not None and booth.gate_asking(question)) or booth.gate_without_session()


def _answered(body: bytes) -> Id | None:
    """The question to which a body is an answer, where it may be one of ours."""
    if body.find(_OURS) < 0:
        return None
    try:
        message = parse(body)
    except Refused:
        return None
    return message.id if message.kind == "response" else None


def _is_handshake(body: bytes) -> bool:
    """Whether a body is a handshake, and not one that only speaks of it."""
    if body.find(b'"initialize"') < 0:
        return False
    try:
        return parse(body).method == HANDSHAKE
    except Refused:
        return False
