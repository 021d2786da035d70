"""Runs inside the sandbox around a server: a service on loopback that says yes to everything, for servers that need one.

Run as `python -I -S stub.py GIVEN LESSONS COMMAND...`, with an empty word in place of the first where no supervisor gives it the ports
of the web. LESSONS are what its answers lack, in JSON: the path of a field and its kind. Those of the host that a guest means are then its certificates, of an authority for this run that the server is told to trust.
"""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = 8999
#: Descriptors 3 and 4 listen at ports 80 and 443.
GIVEN = "--given"
#: Where the authority keeps keys and certificates.
AUTHORITY = "/tmp/tollhouse-authority"  # noqa: S108 - in the sandbox
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,199}")
#: By which the libraries of most languages learn whom to trust.
_TRUSTED = (
    "SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "DENO_CERT",
)
_SELF = f"http://127.0.0.1:{PORT}"
#: Answers enough of what Docker, Kubernetes, search engines, logins and plain JSON services are asked first.
_ANSWER: dict[str, Any] = {
    "ApiVersion": "1.44",
    "MinAPIVersion": "1.24",
    "Version": "27.0.0",
    "version": {"number": "2.11.0", "distribution": "opensearch"},
    "status": "ok",
    "items": [],
    "data": [],
    "ok": True,
    "access_token": "dummydummydummydummydummydum",
    "refresh_token": "dummydummydummydummydummydum",
    "token_type": "Bearer",
    "expires_in": 3600,
    "issuer": _SELF,
    "authorization_endpoint": f"{_SELF}/authorize",
    "token_endpoint": f"{_SELF}/token",
}


#: What a field of each kind holds.
_VALUES: dict[str, Any] = {"array": [], "string": "1", "number": 1, "boolean": True}


def learn(lessons: list[list[str]]) -> None:
    """Answer from now on with these fields too."""
    for path, kind in lessons:
        if path == "POST":
            _Yes.posted = 201
            continue
        if not path:
            _Yes.listed = True
            continue
        *above, name = path.split(".")
        place: dict[str, Any] = _ANSWER
        for part in above:
            if not isinstance(place.get(part), dict):
                place[part] = {}
            place = place[part]
        if not (kind == "object" and isinstance(place.get(name), dict)):
            place[name] = {} if kind == "object" else _VALUES[kind]


class _Yes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    #: The status of what is posted.
    posted = 200
    #: Whether the answer is a list of one.
    listed = False

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps([_ANSWER] if self.listed else _ANSWER).encode()
        self.send_response(self.posted if self.command == "POST" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Api-Version", "1.44")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_PATCH = _answer  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        pass


class _Given(ThreadingHTTPServer):
    """Serves on a socket that listens already."""

    def __init__(self, descriptor: int, trust: ssl.SSLContext | None = None) -> None:
        super().__init__(("", 0), _Yes, bind_and_activate=False)
        self.socket.close()
        self.socket = socket.socket(fileno=descriptor)
        self.trust = trust

    def get_request(self) -> tuple[socket.socket, Any]:
        guest, sender = self.socket.accept()
        if self.trust is None:
            return guest, sender
        # The handshake is that guest's thread's.
        return self.trust.wrap_socket(guest, server_side=True, do_handshake_on_connect=False), sender

    def handle_error(self, *_: object) -> None:
        pass


def certificate(name: str, *authority: str) -> str:
    """The path of a certificate for a host, its key beside it, signed by the authority if one is given."""
    path = f"{AUTHORITY}/{name}.pem"
    command = ["/usr/bin/openssl", "req", "-out", path, "-x509", "-newkey", "ec", "-pkeyopt"]
    command += [
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        f"{path}.key",
        "-subj",
        "/CN=stub",
        "-days",
        "30",
    ]
    for signer in authority:
        command += ["-CA", signer, "-CAkey", f"{signer}.key", "-addext", f"subjectAltName=DNS:{name}"]
        command += ["-addext", "basicConstraints=critical,CA:FALSE"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    return path


def context(path: str) -> ssl.SSLContext:
    """What a server of TLS needs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path, f"{path}.key")
    return made


def trusting(root: str) -> ssl.SSLContext:
    """Shows to each guest a certificate of the host that it means, made when that is first asked for."""
    made: dict[str, ssl.SSLContext] = {}
    lock = threading.Lock()

    def named(guest: Any, name: str | None, _: ssl.SSLContext) -> None:
        if name and _HOST.fullmatch(name):
            with lock:
                if name not in made:
                    made[name] = context(certificate(name, root))
            guest.context = made[name]

    first = context(root)
    first.sni_callback = named
    return first


def web() -> list[ThreadingHTTPServer]:
    """Servers of the two ports that were given; the server is told to trust the second."""
    try:
        os.mkdir(AUTHORITY)  # noqa: PTH102 - starts fast
        root = certificate("authority")
        trust = trusting(root)
    except (OSError, subprocess.CalledProcessError):
        # There is no openssl here, and nobody listens at the second.
        os.close(4)
        return [_Given(3)]
    os.environ.update(dict.fromkeys(_TRUSTED, root))
    return [_Given(3), _Given(4, trust)]


def main(given: str, lessons: str, command: list[str]) -> None:
    """Serve in a child, become the command."""
    learn(json.loads(lessons))
    servers = [ThreadingHTTPServer(("127.0.0.1", PORT), _Yes), *(web() if given == GIVEN else ())]
    if os.fork() == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        for server in servers[1:]:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        servers[0].serve_forever()
    for server in servers:
        server.server_close()
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
