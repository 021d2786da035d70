"""Tells another program of each call that waits for a person; it may answer at once."""

import asyncio
import hmac
import json
import threading
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from enforce.approvals import Question
from enforce.credentials import shown
from enforce.errors import EnforceError
from enforce.transports.http.address import Address, UpstreamFailed
from enforce.transports.http.asking import Upstream
from enforce.transports.http.messages import Headers

#: Questions that are told at once; a program that takes none must not fill our memory.
MOST_WAITING = 100

#: Seconds that the program gets for all of one exchange, connecting included, and seconds between our tries.
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


class NotTaken(EnforceError):
    """The program does not want to hear of it, or is somewhere else."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status

    def __str__(self) -> str:
        return f"status {self.status}"


def address_of(url: str) -> Address:
    """Where questions are sent; raises BadWebhook."""
    try:
        parts = urlsplit(url)
        address = Address.read(url)
    except (ValueError, UpstreamFailed) as error:
        raise BadWebhook(url) from error
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme not in (("http", "https") if local else ("https",)):
        raise BadWebhook(url)
    return address


class Webhook:
    """One address. Everything happens in a thread of its own, so that no call waits for it; raises BadWebhook.

    No question waits for another there: a program may take its time over one of them.
    """

    def __init__(self, url: str, key: bytes, answer: Answer, tell: Callable[[str], None]) -> None:
        self._address = address_of(url)
        self._key = key
        self._answer = answer
        self._tell = tell
        self._room = threading.BoundedSemaphore(MOST_WAITING)
        self._loop: asyncio.AbstractEventLoop | None = None
        #: Answers are recorded one after the other, in one file.
        self._turn = asyncio.Lock()

    def announce(self, question: Question) -> None:
        """Tell of a question soon."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            threading.Thread(target=self._loop.run_forever, daemon=True).start()
        if self._room.acquire(blocking=False):
            asyncio.run_coroutine_threadsafe(self._work(question), self._loop)
        else:
            self._tell(f"the webhook was not told of question {question.id}: too many wait for it")

    async def _work(self, question: Question) -> None:
        try:
            await self._take(question, await self._told(question))
        except (OSError, ValueError, RecursionError, EnforceError) as error:
            self._tell(f"the webhook failed for question {question.id}: {error or type(error).__name__}")
        finally:
            self._room.release()

    async def _told(self, question: Question) -> bytes:
        """Post the question, and again where that fails; the answer."""
        body = json.dumps({"type": "approval.asked", "question": msgspec.to_builtins(question)}).encode()
        for number, pause in enumerate(TRIES, 1):
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._post(body)
            except (OSError, UpstreamFailed) as error:
                if number == len(TRIES):
                    late = f"it has not answered within {PATIENCE:g} seconds"
                    raise UpstreamFailed(late if isinstance(error, TimeoutError) else str(error)) from error
        return b""

    async def _post(self, body: bytes) -> bytes:
        headers: Headers = [
            (b"content-type", b"application/json"),
            (b"x-tollhouse-signature", f"sha256={hmac.digest(self._key, body, 'sha256').hex()}".encode()),
        ]
        upstream = Upstream(self._address)
        try:
            response = await upstream.ask("POST", headers, body)
            try:
                answer = await response.body(LARGEST_ANSWER)
            finally:
                response.close()
        finally:
            upstream.close()
        if response.status >= 500:
            raise UpstreamFailed(f"status {response.status}")
        if (
            response.status >= 300
        ):  # also where it leads elsewhere: nobody follows, and asking again changes nothing
            raise NotTaken(response.status)
        return answer if response.status == 200 else b""

    async def _take(self, question: Question, answer: bytes) -> None:
        """Where the program answers `{"answer": "approve", "by": "ann"}`, that is the answer."""
        if not answer.strip():
            return
        found: Any = msgspec.json.decode(answer)
        said = found.get("answer") if isinstance(found, dict) else None
        if said in ("approve", "deny"):
            by = found.get("by")
            who = f"{by[:100]} (webhook)" if isinstance(by, str) else "webhook"
            async with self._turn:  # it may have to wait for a disk, which is no reason to say less meanwhile
                state: Literal["approved", "denied"] = "approved" if said == "approve" else "denied"
                await asyncio.to_thread(self._answer, question.id, state, who)
