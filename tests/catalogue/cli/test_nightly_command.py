"""How the nightly command ends: well though servers were skipped, with 1 if a source failed, with 3 if it could not run."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from catalogue.cli import application, main, service
from catalogue.crawling import Tally
from catalogue.store import Store
from crawler.run import SourceFailed

PROGRAM = Path(sys.executable).with_name("tollhouse")


class _Empty(BaseHTTPRequestHandler):
    """An index without a single project."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/simple/"
        server.shutdown()
        thread.join()


def nightly(home: Path, index: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command as a timer starts it, on the starter list."""
    environment = {**os.environ, "TOLLHOUSE_HOME": str(home), "PIP_INDEX_URL": index, **variables}
    command = [PROGRAM, "nightly", "--starter", "--out", str(home / "public")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_night_in_which_every_server_was_skipped_is_a_good_one(index: str, tmp_path: Path) -> None:
    """They are on record with their reason, and the site is there."""
    done = nightly(tmp_path, index)

    assert done.returncode == 0, done.stderr
    assert "10 servers: 10 not_found" in done.stdout
    assert (tmp_path / "public" / "index.html").exists()


def test_a_night_whose_source_failed_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others brought is published all the same."""
    failed = Tally(failed=[SourceFailed(source="npm", fault="away")])
    monkeypatch.setattr(service, "run_crawl", lambda *_, **__: failed)
    environment = {"TOLLHOUSE_HOME": str(tmp_path)}
    done = CliRunner().invoke(
        application(), ["nightly", "--starter", "--out", str(tmp_path / "public")], env=environment
    )

    assert done.exit_code == 1
    assert "source npm failed" in done.stdout
    assert (tmp_path / "public" / "index.html").exists()


def test_a_night_that_cannot_begin_ends_with_3(index: str, tmp_path: Path) -> None:
    """Because another one goes on, or the record is out of reach; neither asks anybody anything."""
    store = Store.open(f"sqlite:///{tmp_path}/tollhouse.db")
    with store.alone():
        locked = nightly(tmp_path, index)
    store.close()
    unreachable = nightly(
        tmp_path / "other", index, TOLLHOUSE_DATABASE_URL="postgresql://nobody@127.0.0.1:9/none"
    )

    assert (locked.returncode, unreachable.returncode) == (3, 3)
    assert "another nightly run is working on this catalogue" in locked.stderr
    assert "cannot open the database" in unreachable.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            sqlite3.OperationalError("database or disk is full"),
            "tollhouse.db failed: database or disk is full",
        ),
        (OSError(28, "No space left on device", "/srv/public"), "No space left on device: /srv/public"),
    ],
)
def test_a_night_whose_disk_is_full_ends_with_3(
    error: Exception,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a sentence, and with the code of what could not be done: 1 would say that a source failed."""

    def crawl(*_: object, **__: object) -> Tally:
        raise error

    monkeypatch.setattr(service, "run_crawl", crawl)
    monkeypatch.setenv("TOLLHOUSE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["tollhouse", "nightly", "--starter", "--out", str(tmp_path / "public")])
    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 3
    assert said in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("prlimit") is None, reason="prlimit is not installed")
def test_a_disk_that_is_full_under_the_site_is_not_blamed_on_the_record(tmp_path: Path) -> None:
    """Here no file may grow beyond what a look at the record needs."""
    Store.open(f"sqlite:///{tmp_path}/tollhouse.db").close()
    build = ["prlimit", "--fsize=40000", PROGRAM, "build", "--out", str(tmp_path / "public")]
    environment = {**os.environ, "TOLLHOUSE_HOME": str(tmp_path)}
    done = subprocess.run(build, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert f"cannot write {tmp_path / 'public'}: " in done.stderr
