"""Whatever a server does, what it did is told."""

import fcntl
import os
import sys
from pathlib import Path

import pytest

from crawler.introspect.sandboxes.bubblewrap import Bubblewrap
from crawler.introspect.sandboxes.sandbox import Confinement
from crawler.introspect.sandboxes.watch import Watch
from crawler.snapshots import Observation

pytestmark = pytest.mark.sandbox

LOOKUP = "import os, socket, sys, time\ntry: socket.getaddrinfo('wanted.example', 80)\nexcept OSError: pass\n"
READY = "\nprint('ready', flush=True)\nsys.stdin.read()"


def seen(source: str, *readable: Path) -> set[Observation]:
    """What is told of a program that looks a name up, does this, and then says that it is ready."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    program = str(Path(sys._base_executable))  # type: ignore[attr-defined]
    with Watch() as watch:
        confinement = Confinement(readable=(Path(sys.base_prefix), *readable), control=watch.descriptor)
        child = sandbox.start([program, "-I", "-S", "-c", LOOKUP + source + READY], confinement)
        assert child.stdout is not None
        said = child.stdout.readline()
        report = watch.report()
        child.kill()
        child.communicate()
    assert said == b"ready\n", said
    return set(report)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("os.chdir('/tmp')\nfor _ in range(3000): os.mkdir('d' * 40); os.chdir('d' * 40)", id="folders without ground"),
        pytest.param("for n in range(3000): open(f'/tmp/{n}', 'w').close()", id="very many files"),
        pytest.param(
            "for n in range(190): os.makedirs('/tmp/' + '/'.join(['\\udcff' * 250] * 8) + f'/{n}'); open('/tmp/' + '/'.join(['\\udcff' * 250] * 8) + f'/{n}/f', 'w')",
            id="names that are no text",
        ),
        pytest.param("os.mkdir('/tmp/closed', 0)", id="a closed folder"),
        pytest.param("[socket.create_server(('127.0.0.1', 0)) and keep.append(1) for keep in [[]] for _ in range(300)]", id="many ports"),
        pytest.param(
            "if os.fork() == 0:\n"
            "  while True:\n"
            "    for n in range(50): os.mkdir(f'/tmp/x{n}')\n"
            "    for n in range(50): os.rmdir(f'/tmp/x{n}')",
            id="folders that come and go",
        ),
        pytest.param("[os.set_blocking(n, False) or os.write(n, b'{}\\n') for n in range(3, 2000) if os.path.exists(f'/proc/self/fd/{n}')]", id="an answer of its own"),
        pytest.param("__import__('resource').setrlimit(7, (5, 5))\ntry: __import__('resource').prlimit(1, 7, (4, 4))\nexcept OSError: pass", id="bounds for the supervisor"),
    ],
)  # fmt: skip
def test_nothing_hides_which_hosts_were_wanted(source: str) -> None:
    """Not even what would be too much to tell."""
    assert Observation(kind="host", what="wanted.example") in seen(source)


def test_what_is_written_deep_down_is_told() -> None:
    """As far as anybody can name it."""
    written = seen("os.makedirs('/tmp/a/b'); open('/tmp/a/b/c', 'w'); open(os.environ['HOME'] + '/.x', 'w')")

    assert {Observation(kind="file", what="/tmp/a/b/c"), Observation(kind="file", what="~/.x")} <= written


def test_what_is_mounted_for_a_server_was_not_written_by_it(tmp_path: Path) -> None:
    """Files and folders below /tmp, where whoever installed us there has our hooks, too."""
    file, folder = tmp_path / "a hook.py", tmp_path / "folder"
    folder.mkdir()
    for path in (file, folder / "inner"):
        path.write_text("")

    written = seen("open('/tmp/own', 'w')", file, folder)

    assert {each.what for each in written if each.kind == "file"} == {"/tmp/own"}


def test_a_server_has_no_way_to_report_in_its_place() -> None:
    """However many descriptors this process has open, the server is given the three streams."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    with Watch() as watch:
        high = fcntl.fcntl(watch.descriptor, fcntl.F_DUPFD, 700)
        script = "for fd in /proc/$$/fd/*; do printf '%s ' ${fd##*/}; done; echo; cat"
        child = sandbox.start(["/bin/sh", "-c", script], Confinement(control=high))
        os.close(high)
        assert child.stdout is not None
        said = child.stdout.readline()
        child.kill()
        child.communicate()

    # The fourth is the folder in which it looks.
    assert set(said.split()) <= {b"0", b"1", b"2", b"3"}


def test_a_run_ends_with_its_server() -> None:
    """Whoever reads what it says hears of its end, though the supervisor keeps the streams open for a moment."""
    sandbox = Bubblewrap.find()
    assert sandbox is not None
    with Watch() as watch:
        confinement = Confinement(control=watch.descriptor)
        child = sandbox.start(["/bin/sh", "-c", "sleep 60 & echo ended"], confinement)
        output, errors = child.communicate(timeout=30)

    assert (output, errors) == (b"ended\n", b"")
