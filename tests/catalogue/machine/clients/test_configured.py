"""Configurations as they should not be: each is reported in one sentence, and nothing of it is used."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.machine.clients.configured import MAX_BYTES, Configured, Unreadable, read_place
from catalogue.machine.clients.places import CLIENTS, Place

CURSOR = next(client for client in CLIENTS if client.name == "Cursor")
CODEX = next(client for client in CLIENTS if client.name == "Codex")


def _read(path: Path, client: object = CURSOR) -> list[Configured | Unreadable]:
    return list(read_place(Place(client=client, path=path, scope="user")))  # type: ignore[arg-type]  # one of CLIENTS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"mcpServers": {', "line 1, column 17: a string should stand here, closed on its line"),
        (b"[]", "it does not hold an object"),
        (b"\xff\xfe", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b'{"mcpServers": []}', "mcpServers is not an object"),
        (b'{"mcpServers": {"a": "uvx"}}', "mcpServers.a is not an object"),
        (b"[" * 100, "line 1, column 66: nested deeper than 64"),
        (b" " * (MAX_BYTES + 1), f"it has {MAX_BYTES + 1} bytes, more than {MAX_BYTES}"),
    ],
    ids=["broken", "array", "bytes", "list of servers", "server as text", "deep", "huge"],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, text: bytes, reason: str) -> None:
    file = tmp_path / "mcp.json"
    file.write_bytes(text)

    assert _read(file) == [Unreadable(client="Cursor", file=file, reason=reason)]
    assert file.read_bytes() == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[mcp_servers.a]\ncommand = \n", "line 2"),
        (f"a = {'1' * 5000}", "4300 digits"),
        (f"a = {'[' * 5000}", "it is nested too deeply"),
    ],
    ids=["broken", "digits", "deep"],
)
def test_broken_toml_is_told_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)

    (told,) = _read(file, CODEX)

    assert isinstance(told, Unreadable)
    assert reason in told.reason


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize(
    ("make", "reason"),
    [(_pipe, "it is not a plain file"), (Path.mkdir, "it is not a plain file"), (_loop, "Too many levels")],
    ids=["pipe", "folder", "loop of links"],
)
def test_what_is_no_file_is_never_opened(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    path = tmp_path / "mcp.json"
    make(path)

    (told,) = _read(path)

    assert isinstance(told, Unreadable)
    assert reason in told.reason


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mcp.json"
    file.write_text("{}")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr(Path, "read_text", refuse)  # root, as whom containers run tests, may read everything

    (told,) = _read(file)

    assert isinstance(told, Unreadable)
    assert "Permission denied" in told.reason


def test_nothing_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text("")

    assert _read(tmp_path / "missing.json") == []
    assert _read(tmp_path / "empty.json" / "below.json") == []
    assert _read(tmp_path / "empty.json") == []


def test_a_link_is_read_and_marked(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text('{"mcpServers": {"a": {"command": "uvx"}}}')
    (tmp_path / "mcp.json").symlink_to(tmp_path / "real.json")

    (item,) = _read(tmp_path / "mcp.json")

    assert isinstance(item, Configured)
    assert item.linked


@pytest.mark.parametrize(
    ("entry", "strange"),
    [
        ('{"type": "carrier-pigeon", "command": "x"}', "its type 'carrier-pigeon' is none that this release knows"),
        ('{"type": {"a": 1}, "command": "x"}', "its type \"{'a': 1}\" is none that this release knows"),
        ('{"launch": {"v2": "x"}}', "it names neither a command nor an address, which this release does not know what to make of"),
        ('{"type": "streamable-http", "url": "https://x.example"}', None),
    ],
)  # fmt: skip
def test_a_shape_of_another_version_is_told(tmp_path: Path, entry: str, strange: str | None) -> None:
    file = tmp_path / "mcp.json"
    file.write_text('{"mcpServers": {"a": ' + entry + "}}")

    (item,) = _read(file)

    assert isinstance(item, Configured)
    assert item.strange == strange


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    """Somebody meant a configuration to be there."""
    link = tmp_path / "mcp.json"
    link.symlink_to(tmp_path / "gone.json")

    assert _read(link) == [Unreadable(client="Cursor", file=link, reason="it is a link that leads nowhere")]
