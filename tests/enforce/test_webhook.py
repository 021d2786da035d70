"""A webhook hears of each held call, signed, and may answer; one that fails holds up nobody."""

import hmac
import json
import socket
import threading
from contextlib import suppress
from queue import Queue
from typing import Any

import pytest
from msgspec.structs import replace

from enforce import webhook as webhooks
from enforce.approvals import Question
from enforce.webhook import BadWebhook, Webhook
from tests.enforce.transports.web import Upstream, response

QUESTION = Question(
    id="3f9c21aa", server="notes", identity="local", tool="drop", arguments='{"n": 1}', why=None,
    asked=1000.0, expires=1600.0, state="waiting", answered_by=None,
)  # fmt: skip


def told(say: Any) -> tuple[Any, Upstream]:
    """What comes of one question: an answer, or words for the operator."""
    upstream = Upstream()
    upstream.say = say
    heard: Queue[Any] = Queue()
    webhook = Webhook(
        f"http://127.0.0.1:{upstream.port}/hook?x=1", b"key", lambda *answer: heard.put(answer), heard.put
    )
    webhook.announce(QUESTION)
    found = heard.get(timeout=30)
    upstream.close()
    return found, upstream


def test_a_webhook_is_told_and_answers_at_once() -> None:
    """The answer of the program is a person's answer under its name."""
    body = json.dumps({"answer": "approve", "by": "ann"}).encode()
    answer, upstream = told(lambda _: response(200, "application/json", body))
    assert answer == ("3f9c21aa", "approved", "ann (webhook)")
    ((method, headers, message),) = upstream.seen
    assert (method, message["type"], message["question"]["tool"]) == ("POST", "approval.asked", "drop")
    digest = hmac.digest(b"key", json.dumps(message).encode(), "sha256").hex()
    assert headers["x-tollhouse-signature"] == f"sha256={digest}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 401, 404])
def test_a_webhook_leads_nowhere_else(status: int) -> None:
    """What is told has arguments in it, and comes with our signature: whoever redirects sends it to no third one."""
    elsewhere = Upstream()
    approve = json.dumps({"answer": "approve"}).encode()
    elsewhere.say = lambda _: response(200, "application/json", approve)
    away = response(status, f"application/json\r\nlocation: http://127.0.0.1:{elsewhere.port}/", approve)
    found, upstream = told(lambda _: away)
    assert found == f"the webhook failed for question 3f9c21aa: status {status}"
    elsewhere.close()
    assert (len(upstream.seen), elsewhere.seen) == (1, [])


@pytest.mark.parametrize(
    ("said", "tries"),
    [
        (response(200, "application/json", b"{"), 1),
        (response(200, "application/json", b"[" * 90_000), 1),
        (b"nonsense\r\n\r\n", 3),
    ],
)
def test_a_broken_webhook_is_told(said: bytes, tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no HTTP may be another the next time; an answer is one, whatever it says."""
    monkeypatch.setattr(webhooks, "TRIES", (0.0, 0.01, 0.01))
    found, upstream = told(lambda _: said)
    assert "the webhook failed for question 3f9c21aa" in found
    assert len(upstream.seen) == tries


@pytest.mark.parametrize("body", [b'{"answer": "allow"}', b"[]", b'{"answer": ["approve"]}', b"true"])
def test_only_a_clear_word_is_an_answer(body: bytes) -> None:
    """After anything else the question waits for another hand: the next one is what is heard."""
    upstream = Upstream()
    bodies = [body, b'{"answer": "deny"}']
    upstream.say = lambda _: response(200, "application/json", bodies.pop(0))
    heard: Queue[Any] = Queue()
    webhook = Webhook(
        f"http://127.0.0.1:{upstream.port}/", b"key", lambda *answer: heard.put(answer), heard.put
    )
    webhook.announce(QUESTION)
    webhook.announce(QUESTION)
    assert heard.get(timeout=30) == ("3f9c21aa", "denied", "webhook")
    upstream.close()


@pytest.mark.parametrize("url", ["http://example.com/", "ftp://127.0.0.1/", "nothing", "http:///x"])
def test_questions_leave_this_machine_only_in_secret(url: str) -> None:
    with pytest.raises(BadWebhook, match="is no address for a webhook"):
        Webhook(url, b"key", print, print)


def dripping(listener: socket.socket) -> None:
    """Answer the first who comes with one byte after the other, without an end, and everybody after that at once."""
    body = b'{"answer": "deny", "by": "ann"}'
    slow, _ = listener.accept()
    slow.recv(100_000)

    def drip() -> None:
        with slow, suppress(OSError):
            slow.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n")
            while True:
                slow.sendall(b" ")
                threading.Event().wait(0.01)

    threading.Thread(target=drip, daemon=True).start()
    quick, _ = listener.accept()
    quick.recv(100_000)
    quick.sendall(response(200, "application/json", body))
    quick.close()


def test_a_webhook_that_drips_its_answer_holds_up_no_other_question(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second question is answered while the first is not, and the first is given up."""
    monkeypatch.setattr(webhooks, "PATIENCE", 1.0)
    monkeypatch.setattr(webhooks, "TRIES", (0.0,))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=dripping, args=(listener,), daemon=True).start()
        heard: Queue[Any] = Queue()
        port = listener.getsockname()[1]
        webhook = Webhook(f"http://127.0.0.1:{port}/", b"key", lambda *answer: heard.put(answer), heard.put)
        webhook.announce(QUESTION)
        webhook.announce(replace(QUESTION, id="00000002"))
        assert heard.get(timeout=30)[1:] == ("denied", "ann (webhook)")
        assert heard.get(timeout=30).endswith("it has not answered within 1 seconds")
