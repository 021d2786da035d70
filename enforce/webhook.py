"""Tells another program of each call that waits for a person; it may answer at once."""

import hmac
import json
import queue
import threading
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from enforce.approvals import Question
from enforce.credentials import shown
from enforce.errors import EnforceError

#: Questions that wait to be told; a program that takes none must not fill our memory.
MOST_WAITING = 100

#: Seconds that the program gets for one question, and seconds between our tries.
PATIENCE = 30.0
TRIES = (0.0, 1.0, 5.0)

#: Bytes of its answer.
LARGEST_ANSWER = 100_000

Answer = Callable[[str, Literal["approved", "denied"], str], object]


class BadWebhook(EnforceError):
    """An address to which questions must not be sent."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url

    def __str__(self) -> str:
        return f"{shown(self.url)!r} is no address for a webhook: it must be https, or http on this machine"


class Webhook:
    """One address. Everything happens in a thread of its own, so that no call waits for it; raises BadWebhook."""

    def __init__(self, url: str, key: bytes, answer: Answer, tell: Callable[[str], None]) -> None:
        try:
            parts = urlsplit(url)
            self._port = parts.port
        except ValueError as error:
            raise BadWebhook(url) from error
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not parts.hostname or parts.scheme not in (("http", "https") if local else ("https",)):
            raise BadWebhook(url)
        self._connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host = parts.hostname
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._key = key
        self._answer = answer
        self._tell = tell
        self._questions: queue.Queue[Question] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._pause = threading.Event()

    def announce(self, question: Question) -> None:
        """Tell of a question soon."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        try:
            self._questions.put_nowait(question)
        except queue.Full:
            self._tell(f"the webhook was not told of question {question.id}: too many wait for it")

    def _work(self) -> None:
        while True:
            question = self._questions.get()
            try:
                self._take(question, self._told(question))
            except (OSError, HTTPException, ValueError, EnforceError) as error:
                self._tell(f"the webhook failed for question {question.id}: {error or type(error).__name__}")

    def _told(self, question: Question) -> bytes:
        """Post the question, and again where that fails; the answer."""
        body = json.dumps({"type": "approval.asked", "question": msgspec.to_builtins(question)}).encode()
        for number, pause in enumerate(TRIES, 1):
            self._pause.wait(pause)
            try:
                return self._post(body)
            except (OSError, HTTPException):
                if number == len(TRIES):
                    raise
        return b""

    def _post(self, body: bytes) -> bytes:
        headers = {
            "Content-Type": "application/json",
            "X-Tollhouse-Signature": f"sha256={hmac.digest(self._key, body, 'sha256').hex()}",
        }
        connection = self._connect(self._host, self._port, timeout=PATIENCE)
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            answer = response.read(LARGEST_ANSWER)
            if response.status >= 500:
                raise HTTPException(f"status {response.status}")
            return answer if response.status == 200 else b""
        finally:
            connection.close()

    def _take(self, question: Question, answer: bytes) -> None:
        """Where the program answers `{"answer": "approve", "by": "ann"}`, that is the answer."""
        if not answer.strip():
            return
        found: Any = json.loads(answer)
        said = found.get("answer") if isinstance(found, dict) else None
        if said in ("approve", "deny"):
            by = found.get("by")
            who = f"{by[:100]} (webhook)" if isinstance(by, str) else "webhook"
            self._answer(question.id, "approved" if said == "approve" else "denied", who)
