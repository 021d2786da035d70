"""What a command says, whatever its streams are and whatever strangers wrote into the record."""

import json
import os
import pwd
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.cli import command

Run = Callable[..., tuple[int, str, str]]

MAIN = "import sys; from catalogue.cli import main; sys.argv[0] = 'tollhouse'; main()"
HOSTILE = "1\x1b]0;owned\x07\r\u202e"
TOOL = {
    "name": "löschen\x1b[2J",
    "description": "Löscht alles.\r\x1b[1A",
    "inputSchema": {"type": "object"},
}


@pytest.fixture
def filled(tollhouse: Run, tmp_path: Path) -> Run:
    """A command line whose record holds a server that wants to steer the terminal."""
    server = {
        "name": "pypi:hostile",
        "version": HOSTILE,
        "description": HOSTILE,
        "author": HOSTILE,
        "title": HOSTILE,
    }
    snapshot = {"method": "live", "release": HOSTILE, "taken_at": "2026-01-02T00:00:00Z"}
    file = tmp_path / "servers.jsonl"
    file.write_text(json.dumps({"server": server, "tools": [TOOL], "snapshot": snapshot}))
    assert tollhouse("import", str(file))[0] == 0
    assert tollhouse("classify")[0] == 0
    review = ("--category", "read", "--reason", HOSTILE, "--author", HOSTILE)
    assert tollhouse("review", "pypi:hostile", TOOL["name"], *review)[0] == 0
    return tollhouse


COMMANDS = [
    ("show", "hostile"),
    ("show", "hostile", TOOL["name"]),
    ("show", "hostile", "\x1b[2J"),
    ("show", "\x1b[2J"),
    ("search", "hostile"),
    ("classify",),
    ("changes",),
    ("changes", "--server", "hostile", "--between", "0", "1"),
    ("precheck", "hostile"),
    ("precheck", "\x1b[2J"),
    ("policy", "suggest", "hostile", "-o", "/dev/null"),
    ("review", "list"),
    ("review", "hostile", TOOL["name"], "--category", "read", "--reason", "x", "--author", HOSTILE),
    ("import", "\x1b[2J"),
]


@pytest.mark.parametrize(
    "arguments", COMMANDS, ids=lambda arguments: " ".join(arguments).encode("unicode_escape")
)
def test_no_text_of_strangers_steers_the_terminal(filled: Run, arguments: tuple[str, ...]) -> None:
    """Neither on stdout nor on stderr is there anything but printable characters and line breaks."""
    _, out, err = filled(*arguments)

    assert out or err
    assert {character for character in out + err if not character.isprintable()} - {"\n"} == set()


def _run(home: Path, arguments: tuple[str, ...], **more: object) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"TOLLHOUSE_HOME": str(home / "home"), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-c", MAIN, *arguments]
    return subprocess.run(command, env=environment, stderr=subprocess.PIPE, check=False, **more)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    "arguments",
    [("show", "hostile"), ("show", "hostile", "--json"), ("classify", "--json"), ("export",)],
    ids=" ".join,
)
@pytest.mark.usefixtures("filled")
def test_data_is_utf_8_whatever_the_locale_says(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A pipe on Windows, a job of cron."""
    done = _run(tmp_path, arguments, stdout=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (0, b"")
    assert "löschen" in done.stdout.decode()


def test_a_closed_stdout_is_nobodys_file(filled: Run, tmp_path: Path) -> None:
    """The record's file, which is opened next, does not get its number."""
    before = filled("export")
    done = _run(tmp_path, ("export",), preexec_fn=lambda: os.close(1))

    assert (done.returncode, done.stderr) == (0, b"")
    assert filled("export") == before


def test_a_policy_on_stdin_that_is_no_text_is_told_by_its_byte(tmp_path: Path) -> None:
    """As one in a file is."""
    done = _run(tmp_path, ("policy", "check", "-"), input=b"\xff", stdout=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (1, b"-: byte 0 is no UTF-8\n")


def test_an_export_to_a_dash_goes_to_stdout(filled: Run) -> None:
    """It makes no file of that name."""
    assert filled("export", "-o", "-") == filled("export")
    assert not Path("-").exists()


@pytest.mark.parametrize("arguments", [("doctor",), ("stack",), ("show", "x")], ids=" ".join)
def test_a_user_without_a_home_is_told_what_to_set(
    tollhouse: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """A container may run as any number."""
    for name in ("HOME", "TOLLHOUSE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", _nobody)

    assert tollhouse(*arguments)[::2] == (
        3,
        "tollhouse: this user has no home folder; set TOLLHOUSE_HOME to a folder for what is kept, "
        "and HOME to where the clients' files are\n",
    )


def test_a_user_without_a_name_is_asked_for_one(filled: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's word counts over the classifier's."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", _nobody)

    code, _, err = filled("review", "hostile", TOOL["name"], "--category", "read", "--reason", "x")

    assert (code, "you have no login name" in err) == (2, True)


def _nobody(number: int) -> None:
    raise KeyError(number)


def test_a_port_that_somebody_has_is_named(tollhouse: Run, tmp_path: Path) -> None:
    """Before anybody looks for the site in vain."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = tollhouse("serve", "--out", str(tmp_path), "--port", str(port))

    assert (code, f"cannot listen on 127.0.0.1:{port}: " in err) == (3, True)


def test_help_says_of_a_switch_only_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    """And names no type that nobody can type."""
    for words in ("--help",), ("crawl", "--help"), ("policy", "suggest", "--help"):
        with pytest.raises(SystemExit):
            command()(words)
        assert "bool" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("worker",), ("crawl", "--queue", "--package", "x")], ids=" ".join)
@pytest.mark.parametrize("missing", ["procrastinate", "croniter"])
def test_a_queue_that_is_not_installed_is_told_in_a_sentence(
    tollhouse: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], missing: str
) -> None:
    """Whichever of its packages is looked for first."""
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "catalogue.queue", raising=False)
    monkeypatch.delattr("catalogue.queue", raising=False)

    code, _, err = tollhouse(*arguments)

    assert (code, err) == (3, "tollhouse: the queue is an extra: pip install 'tollhouse[queue]'\n")
