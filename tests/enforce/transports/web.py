"""HTTP by hand, byte for byte: a client that can be rude, and an upstream that says what a test tells it to."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from msgspec import Struct


class Answer(Struct):
    """A response as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """One connection of a client."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rb")

    def raw(self, data: bytes) -> Answer:
        self.socket.sendall(data)
        return self.answer()

    def post(self, body: Any, path: str = "/mcp", **headers: str) -> Answer:
        self.send(body, path, **headers)
        return self.answer()

    def send(self, body: Any, path: str = "/mcp", method: str = "POST", **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"host": f"127.0.0.1:{self.port}", "content_type": "application/json", **headers}
        if given.get("mcp_protocol_version") == "2026-07-28" and isinstance(body, dict) and "method" in body:
            body = enveloped(body)
            params, data = body["params"], json.dumps(body).encode()
            given.setdefault("mcp_method", body["method"])
            named = params.get(
                {"tools/call": "name", "prompts/get": "name", "resources/read": "uri"}.get(body["method"], "")
            )
            given.setdefault("mcp_name", named if isinstance(named, str) and named.isascii() else "")
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
        first = f"{method} {path} HTTP/1.1"
        head = "\r\n".join([first, *lines, f"content-length: {len(data)}", "", ""])
        self.socket.sendall(head.encode() + data)

    def answer(self) -> Answer:
        status, headers = self.head()
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(iter(self.piece, b""))
        else:
            body = self.file.read(int(headers.get("content-length", 0)))
        return Answer(status, headers, body)

    def head(self) -> tuple[int, dict[str, str]]:
        first = self.file.readline()
        if not first:
            raise EOFError
        headers = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        return int(first.split()[1]), headers

    def piece(self) -> bytes:
        size = int(self.file.readline(), 16)
        piece = self.file.read(size)
        self.file.readline()
        return piece

    def close(self) -> None:
        self.file.close()
        self.socket.close()


class Upstream:
    """Reads requests and answers each with the bytes that a function gives for it."""

    def __init__(self) -> None:
        self.forget()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        threading.Thread(target=self._accept, daemon=True).start()

    def forget(self) -> None:
        """Be as new, for another test."""
        self.say: Callable[[dict[str, Any]], bytes] = lambda message: ok(
            {"jsonrpc": "2.0", "id": message.get("id"), "result": {}}
        )
        self.read: Callable[[bytes], Any] = json.loads
        self.seen: list[tuple[str, dict[str, str], Any]] = []

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever asks may be gone before the answer.
        with suppress(ConnectionError), connection, connection.makefile("rb") as file:
            while first := file.readline():
                headers = {}
                while line := file.readline().strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = file.read(int(headers.get("content-length", 0)))
                message = self.read(body) if body else {}
                self.seen.append((first.decode().split()[0], headers, message))
                data = self.say(message)
                connection.sendall(data)
                if b"connection: close" in data:
                    return

    def close(self) -> None:
        self._listener.close()


def response(status: int, kind: str, body: bytes, **headers: str) -> bytes:
    """A response with a length."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    kinds = [f"content-type: {kind}"] if kind else []
    head = "\r\n".join([f"HTTP/1.1 {status} x", *kinds, *lines, f"content-length: {len(body)}", "", ""])
    return head.encode() + body


def enveloped(message: dict[str, Any]) -> dict[str, Any]:
    """A message as the new revision wants it: with its own revision."""
    params = message.get("params", {})
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", **params.get("_meta", {})}
    return {**message, "params": {**params, "_meta": meta}}


def ok(message: Any, **headers: str) -> bytes:
    """A message as a plain response."""
    return response(200, "application/json", json.dumps(message).encode(), **headers)


def stream(body: bytes) -> bytes:
    """A stream of events that ends with its connection."""
    return b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + body
