"""The way out of an installer's sandbox, to one web server and not to another."""

import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.introspect.packages.install import finish
from crawler.introspect.sandboxes.outlet import Outlet, host_and_port
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.workshop import Workshop


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://index.example/simple/", "index.example:443"),
        ("http://Index.Example/", "index.example:80"),
        ("http://127.0.0.1:8000/x", "127.0.0.1:8000"),
    ],
)
def test_a_url_names_a_host_and_a_port(url: str, expected: str) -> None:
    """The port is that of its scheme unless it says otherwise."""
    assert host_and_port(url) == expected


def ask(path: Path, request: bytes) -> bytes:
    """Say something to the outlet and hear all that comes back."""
    with socket.socket(socket.AF_UNIX) as guest:
        guest.settimeout(20)
        guest.connect(str(path))
        guest.sendall(request)
        return b"".join(iter(lambda: guest.recv(65536), b""))


def test_only_what_is_allowed_is_reached(index: Any, tmp_path: Path) -> None:
    """Whole requests are passed on, tunnels opened, and everything else refused."""
    index.offer("demo", "demo-1.0.tar.gz", b"x")
    allowed = host_and_port(index.url)
    with Outlet(tmp_path / "out", [allowed]) as outlet:
        whole = ask(
            outlet.path, f"GET {index.url}demo/ HTTP/1.1\r\nHost: {allowed}\r\nProxy-Auth: x\r\n\r\n".encode()
        )
        tunnel = ask(
            outlet.path, f"CONNECT {allowed} HTTP/1.1\r\n\r\nGET /simple/demo/ HTTP/1.0\r\n\r\n".encode()
        )
        refused = [
            ask(outlet.path, request)
            for request in (
                b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n",
                b"GET http://169.254.169.254/latest HTTP/1.1\r\n\r\n",
            )
        ]
        broken = [
            ask(outlet.path, request) for request in (b"junk\r\n\r\n", b"\xff\xff\r\n\r\n", b"x" * 20_000)
        ]

    assert b"demo-1.0.tar.gz" in whole
    assert tunnel.startswith(b"HTTP/1.1 200 Connection established\r\n\r\n")
    assert b"demo-1.0.tar.gz" in tunnel
    assert [answer.partition(b"\r\n")[0] for answer in refused] == [b"HTTP/1.1 403 Forbidden"] * 2
    assert broken == [b"", b"", b""]


@pytest.mark.sandbox
def test_an_installer_in_the_sandbox_reaches_the_index_alone(index: Any, workshop: Workshop) -> None:
    """Through the relay on its loopback; a connection of its own leads nowhere."""
    index.offer("demo", "demo-1.0.tar.gz", b"x")
    source = (
        "import socket, sys, urllib.request\n"
        f"page = urllib.request.urlopen({index.url + 'demo/'!r}, timeout=20).read()\n"
        "try: urllib.request.urlopen('http://192.0.2.1/', timeout=20); sys.exit('out')\n"
        "except OSError as error: print(getattr(error, 'code', 0), file=sys.stderr)\n"
        f"try: socket.create_connection(('127.0.0.1', {host_and_port(index.url).rpartition(':')[2]}), 3); sys.exit('out')\n"
        "except OSError: print('alone', file=sys.stderr)\n"
    )
    program = str(Path(sys._base_executable).resolve())  # type: ignore[attr-defined]
    confinement = Confinement(readable=(Path(sys.base_prefix),), reach=(host_and_port(index.url),))

    assert finish(workshop, [program, "-I", "-S", "-c", source], confinement) == (0, b"", "403\nalone\n")
