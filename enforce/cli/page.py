"""The command `approvals serve`: a small page on this machine on which a person answers held calls."""

import argparse
import hmac
import secrets
from datetime import UTC, datetime
from html import escape
from typing import Literal

from enforce.approvals import Question
from enforce.cli import FINE
from enforce.cli.answering import Desk
from enforce.cli.person import person
from enforce.cli.places import audit_file, state_file
from enforce.cli.words import plain, tell
from enforce.errors import EnforceError
from enforce.transports.http.doorway import Doorway, Turned
from enforce.transports.http.messages import Headers, Request
from enforce.transports.http.running import listen
from enforce.transports.http.serving import Reply

HOST = "127.0.0.1"

#: The page after an answer.
_ANSWERED = "answered"

_OUTCOMES: dict[str, Literal["approved", "denied"]] = {"approve": "approved", "deny": "denied"}

#: Seconds after which the page is shown anew: where nothing is to be read, and where something is.
_EMPTY, _READING = 5, 15

# When the page is shown anew, another call may stand where somebody is about to press: no button is there for the first second.
_STYLE = "@keyframes late{from{visibility:hidden}}button{animation:late 1s step-end}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}article{border:1px solid;padding:0 1rem 1rem;margin:1rem 0}pre{white-space:pre-wrap;overflow-wrap:anywhere}button{font:inherit;padding:.3rem 1rem}form{display:inline}"


def serve(options: argparse.Namespace) -> int:
    """Serve the page until a signal comes."""
    desk = Desk(state=state_file(options.state), audit=audit_file(options.audit))
    desk.waiting()  # who has named a wrong file hears of it now
    listen(HOST, options.port, ApprovalsPage(desk, person(options), secrets.token_urlsafe(24)))
    return FINE


class ApprovalsPage:
    """The page under an address that nobody can guess: other users and web pages of this machine cannot ask for it."""

    def __init__(self, desk: Desk, by: str, token: str) -> None:
        self._desk = desk
        self._by = by
        self._root = f"/{token}/"
        self._doorway: Doorway | None = None

    def ready(self, port: int) -> None:
        """Say where the page is."""
        self._doorway = Doorway([f"{name}:{port}" for name in (HOST, "localhost")])
        tell(f"answer calls at http://{HOST}:{port}{self._root}")

    def admits(self, request: Request) -> bool:  # noqa: ARG002 - whoever knows the address may see the page
        """Nobody is turned out."""
        return True

    def tick(self) -> None:
        """Nothing changes by itself."""

    async def stop(self) -> None:
        """Nothing is held."""

    async def handle(self, request: Request, reply: Reply) -> None:
        """Show the questions, or take an answer."""
        try:
            if self._doorway is None or not self._is_ours(request):
                raise Turned(404, "there is nothing here")
            self._doorway.check_place(request)
            if request.method == "GET" and request.path == self._root:
                self._show(reply)
            elif request.method == "GET" and request.path == f"{self._root}{_ANSWERED}":
                reply.send(200, _headers(secrets.token_urlsafe(16)), _answered(self._root))
            elif request.method == "POST":
                self._take(request.path.removeprefix(self._root), reply)
            else:
                raise Turned(405, "this page is read, and answers are posted")
        except Turned as turned:
            reply.send(turned.status, _headers(""), turned.words.encode())
        except EnforceError as error:
            reply.send(503, _headers(""), str(error).encode())

    def _is_ours(self, request: Request) -> bool:
        given = request.path[: len(self._root)]
        return hmac.compare_digest(given.encode(), self._root.encode())

    def _show(self, reply: Reply) -> None:
        nonce = secrets.token_urlsafe(16)
        articles = [_article(question) for question in self._desk.waiting()]
        body = "\n".join(articles) or "<p>No call waits.</p>"
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="{_READING if articles else _EMPTY}">'
            f'<title>({len(articles)}) Calls that wait</title><style nonce="{nonce}">{_STYLE}</style></head>'
            f"<body><h1>Calls that wait for you</h1>\n{body}\n</body></html>"
        )
        reply.send(200, _headers(nonce), page.encode())

    def _take(self, path: str, reply: Reply) -> None:
        question, _, word = path.partition("/")
        if word not in _OUTCOMES:
            raise Turned(404, "there is nothing here")
        if not self._desk.answer(question, _OUTCOMES[word], self._by):
            raise Turned(409, "no such call waits; it may have been answered or have expired")
        tell(f"{plain(question)} {_OUTCOMES[word]}")
        reply.send(303, [(b"location", f"{self._root}{_ANSWERED}".encode())])


def _answered(root: str) -> bytes:
    """What follows an answer: nothing that could be pressed, since the second half of a double click falls on it."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="refresh" content="2; url={root}"><title>Answered</title></head>'
        f'<body><p>Answered. The <a href="{root}">calls that wait</a> are shown again in a moment.</p></body></html>'
    ).encode()


def _article(question: Question) -> str:
    until = datetime.fromtimestamp(question.expires, UTC).strftime("%H:%M:%S UTC")
    facts = f"{question.identity} at {question.server}, until {until}"
    why = f"<p>{_shown(question.why)}</p>" if question.why else ""
    buttons = "".join(
        f'<form method="post" action="{question.id}/{word}"><button>{label}</button></form> '
        for word, label in (("approve", "Approve once"), ("deny", "Deny"))
    )
    return f"<article><h2>{_shown(question.tool)}</h2><p>{_shown(facts)}</p>{why}<pre>{_shown(question.arguments)}</pre>{buttons}</article>"


def _shown(text: str) -> str:
    """In ASCII and without markup: what an agent wrote must neither hide nor turn around."""
    return escape(plain(text))


def _headers(nonce: str) -> Headers:
    style = f"style-src 'nonce-{nonce}'; " if nonce else ""
    policy = f"default-src 'none'; {style}form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    kind = b"text/html; charset=utf-8" if nonce else b"text/plain; charset=utf-8"
    return [
        (b"content-type", kind),
        (b"content-security-policy", policy.encode()),
        (b"referrer-policy", b"same-origin"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
