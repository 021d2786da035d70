"""Runs inside the sandbox around a server: a service on loopback that says yes to everything, for servers that need one."""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 8999
_SELF = f"http://127.0.0.1:{PORT}"
#: Answers enough of what Docker, Kubernetes, search engines, logins and plain JSON services are asked first.
_ANSWER = {
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


class _Yes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(_ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Api-Version", "1.44")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_OPTIONS = do_PATCH = _answer  # noqa: N815 - the library's names

    def log_message(self, *_: object) -> None:
        pass


def main(command: list[str]) -> None:
    """Serve in a child, become the command."""
    server = ThreadingHTTPServer(("127.0.0.1", PORT), _Yes)
    if os.fork() == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        server.serve_forever()
    server.server_close()
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
