"""Runs inside the sandbox around a server that listens at a port and does not read its input: what comes in goes to it over HTTP.

Run as `python -I -S posting.py COMMAND...`. Each line of input is one message, each answer becomes one line of output; the server's
own output goes the way of its errors. Streamable HTTP is tried first, then the event stream of the oldest revision.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

#: Where servers are asked over streamable HTTP, and where the oldest revision's have their stream.
_PATHS, _STREAMS = ("/mcp", "/mcp/", "/", "/api/mcp"), ("/sse", "/mcp/sse")
#: Seconds until it must have answered somewhere after it first listens, and for one answer.
_FIRST, _ANSWER = 8.0, 60.0
_LISTENING = "0A"
_SAID = 300


class Refused(Exception):
    """No answer that is a message."""


class Streamable:
    """An endpoint to which each message is posted, with whatever identifies the session."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._path = path
        self._more: dict[str, str] = {}

    def ask(self, line: str) -> None:
        """Post one message and print what comes of it."""
        message = json.loads(line)
        version = message.get("params", {}).get("_meta", {}).get("io.modelcontextprotocol/protocolVersion")
        if version:
            self._more |= {"MCP-Protocol-Version": version, "Mcp-Method": message["method"]}
        answer = post(self._port, self._path, line, self._more)
        if session := answer.headers.get("Mcp-Session-Id"):
            self._more["Mcp-Session-Id"] = session
        for said in messages(answer):
            if "jsonrpc" not in said:
                raise Refused(f"{answer.status} from {self._path}: {json.dumps(said)[:_SAID]}")
            if isinstance(agreed := said.get("result"), dict) and "protocolVersion" in agreed:
                self._more["MCP-Protocol-Version"] = str(agreed["protocolVersion"])
            show(said)
            if said.get("id") == message.get("id"):
                return
        if "id" in message:
            raise Refused(f"no answer from {self._path}")


class Stream:
    """The oldest revision: answers come over one stream, which first tells where to post."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER)
        self._connection.request("GET", path, headers={"Accept": "text/event-stream"})
        answer = self._connection.getresponse()
        if "text/event-stream" not in answer.headers.get("Content-Type", ""):
            raise Refused(f"{answer.status} from {path}")
        self._events = events(answer)
        self._path = next((data for kind, data in self._events if kind == "endpoint"), "")
        if not self._path.startswith("/"):
            raise Refused(f"no place to post to from {path}")
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, line: str) -> None:
        """Post one message; what comes of it is printed when it comes."""
        post(self._port, self._path, line, {}).read()

    def _listen(self) -> None:
        with suppress(OSError, http.client.HTTPException, ValueError):
            for _, data in self._events:
                show(json.loads(data))


def post(port: int, path: str, line: str, more: dict[str, str]) -> http.client.HTTPResponse:
    """Post a message; raises Refused for any answer that is none of the protocol's."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER)
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **more}
    connection.request("POST", path, line.encode(), headers)
    answer = connection.getresponse()
    # A server of the newer era declines a handshake in the protocol, and with a status of the web's.
    declined = answer.status == 400 and "application/json" in answer.headers.get("Content-Type", "")
    if not (200 <= answer.status < 300 or declined):
        raise Refused(f"{answer.status} from {path}: {answer.read(_SAID).decode('utf-8', 'replace')}")
    return answer


def messages(answer: http.client.HTTPResponse) -> Iterator[Any]:
    """The messages of an answer, which is one or a stream of them."""
    if "text/event-stream" in answer.headers.get("Content-Type", ""):
        yield from (json.loads(data) for _, data in events(answer) if data)
    elif body := answer.read().strip():
        yield json.loads(body)


def events(answer: http.client.HTTPResponse) -> Iterator[tuple[str, str]]:
    """The kind and data of each event of a stream."""
    kind, data = "message", list[str]()
    for raw in answer:
        name, _, value = raw.decode("utf-8", "replace").rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif not name and not value and data:
            yield kind, "\n".join(data)
            kind, data = "message", []


def show(message: Any) -> None:
    """One message as one line."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def listening() -> set[int]:
    """The ports at which somebody in this sandbox listens."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError), open(table, encoding="ascii") as lines:  # noqa: PTH123 - starts fast
            entries = [line.split() for line in lines][1:]
            found |= {int(entry[1].rpartition(":")[2], 16) for entry in entries if entry[3] == _LISTENING}
    return found


def met(line: str, others: set[int], server: "subprocess.Popen[bytes]") -> Streamable | Stream:
    """Where the server answers the first message, once it listens."""
    until, refusals = None, list[str]()
    while until is None or time.monotonic() < until:
        if server.poll() is not None:
            sys.exit(server.returncode or 1)
        ports = sorted(listening() - others)
        if ports and until is None:
            until = time.monotonic() + _FIRST
        ways = [(Streamable, path) for path in _PATHS] + [(Stream, path) for path in _STREAMS]
        refusals = []
        for port in ports:
            for way, path in ways:
                try:
                    found = way(port, path)
                    found.ask(line)
                except (Refused, OSError, http.client.HTTPException, ValueError, AttributeError) as fault:
                    refusals.append(str(fault))
                else:
                    return found
        time.sleep(0.1)
    # That there is nothing at a path tells least.
    said = sorted(dict.fromkeys(refusals), key=lambda refusal: not refusal.startswith(("404 ", "405 ")))
    sys.exit("\n".join(["it listens, but answers no message over HTTP:", *said]))


def main(command: list[str]) -> None:
    """Start the server and carry messages to it, until the input ends or it answers no more."""
    others = listening()
    # Its input stays open, for some end when that does.
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=sys.stderr.fileno())
    endpoint: Streamable | Stream | None = None
    for line in sys.stdin:
        if endpoint is None:
            endpoint = met(line, others, server)
        else:
            try:
                endpoint.ask(line)
            except (Refused, OSError, http.client.HTTPException, ValueError) as fault:
                sys.exit(str(fault))


if __name__ == "__main__":
    main(sys.argv[1:])
