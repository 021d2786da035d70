"""kill -9 under load, two hundred times over stdio and as often over HTTP: the limit holds, and whatever the server saw is on record.

`python bench/kill.py [TIMES] [--way stdio|http]` prints the counts, and ends with 1 where a promise was broken.
"""

import argparse
import json
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from enforce.audit.verify import verify

SERVER = """
import json, os, sys
seen = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
for line in sys.stdin:
    message = json.loads(line)
    os.write(seen, (json.dumps(message["id"]) + "\\n").encode())
    print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {"content": []}}), flush=True)
"""
IN_FLIGHT = 32
#: Runs the proxy in a folder, sends calls, takes so many answers, waits for so many seconds, and kills it.
Round = Callable[[Path, int, int, float], None]


def call(number: int, which: int) -> bytes:
    """One call of a round."""
    message = {"jsonrpc": "2.0", "id": f"{number}-{which}", "method": "tools/call", "params": {"name": "x"}}
    return json.dumps(message).encode() + b"\n"


def own(folder: Path) -> list[str]:
    """The proxy's policy, log and state."""
    audit, state = str(folder / "audit.jsonl"), str(folder / "state.db")
    return ["--policy", str(folder / "policy.json"), "--audit", audit, "--state", state]


def over_stdio(folder: Path, number: int, wanted: int, pause: float) -> None:
    """A proxy before a program of its own."""
    server = [sys.executable, "-c", SERVER, str(folder / "seen")]
    proxy = subprocess.Popen(
        [sys.executable, "-m", "enforce", "stdio", *own(folder), "--", *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert proxy.stdin
    assert proxy.stdout
    proxy.stdin.write(b"".join(call(number, which) for which in range(IN_FLIGHT)))
    proxy.stdin.flush()
    for _ in range(wanted):
        proxy.stdout.readline()
    time.sleep(pause)
    proxy.kill()
    proxy.communicate()


class Server(BaseHTTPRequestHandler):
    """Writes down whom it saw, then answers."""

    protocol_version = "HTTP/1.1"
    file: Path

    def do_POST(self) -> None:
        id = json.loads(self.rfile.read(int(self.headers["content-length"])))["id"]
        with self.file.open("a") as file:
            file.write(json.dumps(id) + "\n")
        body = json.dumps({"jsonrpc": "2.0", "id": id, "result": {"content": []}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Quiet(ThreadingHTTPServer):
    """Waits for its threads at the end, and says nothing of proxies that were killed."""

    daemon_threads = False

    def handle_error(self, *_: object) -> None:
        """That is what this is about."""


class OverHttp:
    """Proxies before one server, each with many clients."""

    def __init__(self, folder: Path) -> None:
        Server.file = folder / "seen"
        self._server = Quiet(("127.0.0.1", 0), Server)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __call__(self, folder: Path, number: int, wanted: int, pause: float) -> None:
        place = ["--upstream", f"http://127.0.0.1:{self._server.server_port}/mcp", "--listen", "127.0.0.1:0"]
        proxy = subprocess.Popen(
            [sys.executable, "-m", "enforce", "http", *place, *own(folder)], stderr=subprocess.PIPE
        )
        assert proxy.stderr
        port = int(proxy.stderr.readline().rpartition(b":")[2].partition(b"/")[0])
        clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(IN_FLIGHT)]
        for which, client in enumerate(clients):
            body = call(number, which)
            head = f"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
            client.sendall(head.encode() + b"content-length: %d\r\n\r\n%b" % (len(body), body))
        for client in clients[:wanted]:
            client.recv(65_536)
        time.sleep(pause)
        proxy.kill()
        proxy.communicate()
        for client in clients:
            client.close()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


def run(way: str, folder: Path, times: int, one_round: Round, end: Callable[[], None]) -> bool:
    """Run the rounds, compare what was promised with what happened, and print it; whether every promise was kept."""
    most = times * IN_FLIGHT // 2
    limit = {"counter": "all", "window": "day", "max": most}
    policy = {"version": "1", "default": "allow", "all_tools": {"limits": [limit]}}
    (folder / "policy.json").write_text(json.dumps(policy))
    chance = random.Random(1)
    answers = 0
    for number in range(times):
        wanted = chance.randrange(IN_FLIGHT)
        one_round(folder, number, wanted, chance.random() * 0.003)
        answers += wanted
    end()
    damages = verify(folder / "audit.jsonl").damages
    lines = [line for file in folder.glob("audit*.jsonl") for line in file.read_text().splitlines()]
    seen = [json.loads(line) for line in (folder / "seen").read_text().splitlines()]
    records = [json.loads(line) for line in lines]
    allowed = {record["jsonrpc.request.id"] for record in records if record.get("outcome") == "allow"}
    unrecorded = set(seen) - allowed
    print(
        f"{way}: {times} times killed, {answers} answers taken, {len(records)} records, {len(damages)} damages in the log"
    )
    print(
        f"  limit {most}: {len(allowed)} allowed, {len(seen)} reached the server, {len(unrecorded)} of them unrecorded"
    )
    return not (
        damages or unrecorded or len(allowed) > most or len(seen) > most or len(seen) != len(set(seen))
    )


def main() -> int:
    """Both ways, each in a folder of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("times", type=int, nargs="?", default=200, metavar="TIMES", help="by default 200")
    parser.add_argument("--way", choices=("stdio", "http"), help="only this one")
    options = parser.parse_args()
    if options.times < 1:
        parser.error("TIMES must be at least 1")
    kept = True
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        if options.way != "http":
            kept = run("stdio", Path(one), options.times, over_stdio, lambda: None)
        if options.way != "stdio":
            http = OverHttp(Path(other))
            kept = run("HTTP", Path(other), options.times, http, http.close) and kept
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
