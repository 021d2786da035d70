"""Serves a built site on this machine, for looking at it; not meant to face a network."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from catalogue.errors import CatalogueError

_CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')


class NoSite(CatalogueError):
    """There is no built site in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def __str__(self) -> str:
        return f"{self.folder} holds no site; build one with `tollhouse build --out {self.folder}`"


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for the site in *folder*, on loopback only; raises NoSite."""
    return ThreadingHTTPServer(
        ("127.0.0.1", port), partial(_Handler, directory=str(folder), root=root(folder))
    )


def root(folder: Path) -> str:
    """The path below which the site in *folder* was built to stand, such as `/tollhouse/`; raises NoSite."""
    home = folder / "index.html"
    if not home.is_file():
        raise NoSite(folder)
    address = _CANONICAL.search(home.read_text("utf-8"))
    return urlsplit(address.group(1)).path or "/" if address else "/"


class _Handler(SimpleHTTPRequestHandler):
    """Types as a web host would give them, and no line on the terminal for every file."""

    # Connections stay open, since a search asks for many small files; what is small leaves at once.
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    extensions_map = {  # noqa: RUF012  # the base class declares it so
        **SimpleHTTPRequestHandler.extensions_map,
        ".atom": "application/atom+xml",
        ".json": "application/json",
        ".svg": "image/svg+xml",
        ".bin": "application/octet-stream",
        ".gz": "application/gzip",
        "": "application/octet-stream",
    }

    def __init__(self, *rest: Any, directory: str, root: str) -> None:
        self._root = root
        super().__init__(*rest, directory=directory)

    def send_head(self) -> Any:
        """Lead from the top of the host to a site that stands below a folder of it."""
        if self.path == "/" != self._root:
            self.send_response(302)
            self.send_header("Location", self._root)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return super().send_head()

    def translate_path(self, path: str) -> str:
        """The file at a path of the site, which begins with its root."""
        return super().translate_path("/" + path.removeprefix(self._root))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file; a browser that has gone on to another page takes no more of it, which is no fault."""
        try:
            super().copyfile(source, outputfile)
        except ConnectionError:
            self.close_connection = True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Show the site's own page where a file is missing."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        content = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
