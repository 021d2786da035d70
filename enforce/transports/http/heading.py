"""What there is to know of the head of a response, looked at once for all that repeat its bytes."""

from msgspec import Struct

from enforce.transports.http.asking import Response
from enforce.transports.http.doorway import SESSION
from enforce.transports.http.messages import Headers, passed_on, single, status_line, upto_length
from enforce.transports.http.streams import JSON


class Heading(Struct, frozen=True, kw_only=True):
    """What there is to know of a response before its body is read."""

    is_stream: bool
    session: bytes | None
    #: Why nothing that says so is passed on.
    fault: str | None
    #: What is passed on of it, and the head of a reply in JSON up to its length; of each that of the older revisions
    #: and that of the new one, which has no sessions.
    headers: tuple[Headers, Headers]
    upto: tuple[bytes, bytes]


def heading(response: Response) -> Heading:
    """What there is to know of it."""
    known = response.head.made
    if not isinstance(known, Heading):
        known = response.head.made = _look(response)
    return known


def _look(response: Response) -> Heading:
    kind = single(response.headers, b"content-type") or b""
    older = passed_on(response.headers)
    newer = [pair for pair in older if pair[0] != SESSION]
    line = status_line(response.status)
    return Heading(
        is_stream=kind.partition(b";")[0].strip().lower() == b"text/event-stream",
        session=single(response.headers, SESSION),
        fault=_fault(response),
        headers=(older, newer),
        upto=(upto_length(line, older + JSON), upto_length(line, newer + JSON)),
    )


def _fault(response: Response) -> str | None:
    if 300 <= response.status < 400:
        return "the upstream answers with a redirect, which would lead around the gate"
    if response.status == 401:  # it is we who were refused; the client's own token was never shown
        return "the upstream refuses the gate's credentials"
    if any(key == b"content-encoding" and value != b"identity" for key, value in response.headers):
        return "the upstream compresses its answer, though it was asked not to"
    return None
