"""Servers that listen at a port and do not read their input are asked there, in whichever way they speak."""

import textwrap
from typing import Any

import pytest

from crawler.introspect.ladder import climb
from crawler.introspect.workshop import Workshop
from crawler.mcp.stdio import Patience
from crawler.servers import Server
from crawler.snapshots import POSTED, Skipped, Snapshot
from tests.crawler.introspect.conftest import ECHO, NAME

pytestmark = pytest.mark.sandbox

#: `respond(handler, message)` is each server's own; it stands for what a framework of the web does.
SERVER = f"""
import json, queue, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
TOOLS = [{ECHO!r}]
def result(message):
    hello = {{"protocolVersion": "2025-06-18", "capabilities": {{}}, "serverInfo": {{"name": "x", "version": "1"}}}}
    found = hello if message["method"] == "initialize" else {{"tools": TOOLS}}
    return json.dumps({{"jsonrpc": "2.0", "id": message["id"], "result": found}})
class Web(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def say(self, status, body="", kind="application/json", **more):
        self.send_response(status)
        for name, value in {{"Content-Type": kind, "Content-Length": str(len(body)), **more}}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body.encode())
    def do_POST(self):
        respond(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
    def do_GET(self):
        stream(self)
    def log_message(self, *_): pass
def stream(handler):
    handler.say(405)
def serve():
    with ThreadingHTTPServer(("127.0.0.1", 8123), Web) as server:
        print("Server running at http://127.0.0.1:8123", flush=True)
        server.serve_forever()
"""
PLAIN = """
def respond(handler, message):
    if handler.path != "/mcp":
        handler.say(404)
    elif "id" not in message:
        handler.say(202)
    elif message["method"] == "initialize":
        handler.say(200, result(message), Mcp_Session_Id="one")
    elif (handler.headers["Mcp-Session-Id"], handler.headers["MCP-Protocol-Version"]) != ("one", "2025-06-18"):
        handler.say(400)
    else:
        note = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": {}})
        handler.say(200, f": hello\\n\\nevent: message\\ndata: {note}\\n\\nevent: message\\ndata: {result(message)}\\n\\n", "text/event-stream")
"""
OLDEST = """
answers = queue.Queue()
def stream(handler):
    if handler.path != "/sse": return handler.say(404)
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    answer = "event: endpoint\\ndata: /messages?session=1\\n\\n"
    while True:
        handler.wfile.write(answer.encode())
        handler.wfile.flush()
        answer = f"event: message\\ndata: {answers.get()}\\n\\n"
def respond(handler, message):
    if handler.path != "/messages?session=1": return handler.say(404)
    if "id" in message: answers.put(result(message))
    handler.say(202)
"""


NEWER = """
def respond(handler, message):
    version = message.get("params", {}).get("_meta", {}).get("io.modelcontextprotocol/protocolVersion")
    if handler.path != "/mcp":
        handler.say(400, json.dumps({"message": "nothing here"}))
    elif version is None:
        error = {"code": -32602, "message": "no version"}
        handler.say(400, json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}))
    elif (handler.headers["MCP-Protocol-Version"], handler.headers["Mcp-Method"]) != (version, message["method"]):
        handler.say(400)
    else:
        handler.say(200, result(message))
"""


def offer(index: Any, source: str) -> None:
    index.offer_server("demo-mcp", before=f"exec({textwrap.dedent(SERVER + source + 'serve()')!r}, {{}})")


@pytest.mark.parametrize(
    "source", [PLAIN, OLDEST, NEWER], ids=["streamable", "the oldest revision", "the newer era"]
)
def test_a_server_that_listens_is_asked_at_its_port(source: str, index: Any, make_workshop: Any) -> None:
    """Its silence is not borne for long, since it said that it listens; the profile tells how it was asked."""
    offer(index, source)
    workshop = make_workshop(patience=Patience(total=60, after_listening=0.5))

    (outcome,) = climb(Server(name=NAME), workshop=workshop, widest=False)

    assert isinstance(outcome, Snapshot), outcome
    assert (outcome.profile.step, outcome.profile.repairs) == ("http", (POSTED,))
    assert [tool.name for tool in outcome.tools] == ["echo"]
    assert [rung.outcome for rung in outcome.rungs] == ["timeout", "listed"]


def test_a_server_that_answers_no_message_says_what_it_answers(index: Any, make_workshop: Any) -> None:
    """Nothing else at a port is taken for one."""
    offer(index, "def respond(handler, message):\n    handler.say(401, 'who are you?')\n")
    workshop: Workshop = make_workshop(patience=Patience(total=20, after_listening=0.5))

    (outcome,) = climb(Server(name=NAME), workshop=workshop, method="live", widest=False)

    assert isinstance(outcome, Skipped)
    details = [rung.detail for rung in outcome.rungs if rung.step == "http"]
    assert details == ["401 from /api/mcp: who are you?"]
