"""The preview serves a built site as a web host would."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from catalogue.website.preview import NoSite, server

LARGE = 32 << 20


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "index.html").write_text("home")
    (tmp_path / "404.html").write_text("lost")
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(LARGE)
    with server(tmp_path, 0) as running:
        # Whoever closes the server waits for what is being sent.
        running.daemon_threads = False
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_port
        running.shutdown()


def test_a_missing_page_is_the_sites_own(port: int) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/nothing/")
    answer = connection.getresponse()

    assert (answer.status, answer.read()) == (404, b"lost")
    connection.close()


def test_a_folder_without_a_site_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoSite, match="holds no site"):
        server(tmp_path, 0)


def test_a_browser_that_goes_on_is_no_fault(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/large.bin")
    assert connection.getresponse().read(1) == b"\0"
    connection.close()
    other = HTTPConnection("127.0.0.1", port)
    other.request("GET", "/")
    assert other.getresponse().read() == b"home"
    other.close()

    assert capfd.readouterr().err == ""


def test_a_site_below_a_folder_is_served_below_it(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static/site.css").write_text("css")
    (tmp_path / "index.html").write_text('<link rel="canonical" href="https://example.org/a/b/">home')
    with server(tmp_path, 0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        connection = HTTPConnection("127.0.0.1", running.server_port)
        found = []
        for path in ("/", "/a/b/", "/a/b/static/site.css", "/a/b/none"):
            connection.request("GET", path)
            answer = connection.getresponse()
            found.append((answer.status, answer.getheader("Location"), answer.read()[-4:]))
        connection.close()
        running.shutdown()

    assert found[:3] == [(302, "/a/b/", b""), (200, None, b"home"), (200, None, b"css")]
    assert found[3][0] == 404
