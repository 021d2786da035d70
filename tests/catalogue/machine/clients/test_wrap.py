"""Putting the proxy in front of a server, and taking it away again."""

import tomllib
from pathlib import Path
from typing import Literal

import pytest

from catalogue.machine.clients.configured import load
from catalogue.machine.clients.wrap import (
    Edit,
    LeftAlone,
    apply,
    backups,
    command_at,
    relaunch,
    unwrap,
    unwrapped,
    wrapped,
)

COMMAND = ("uvx", "mcp-sora")
PROXIED = ("tollhouse-proxy", "stdio", "--policy", "/p/sora.json", "--", "uvx", "mcp-sora")

JSONC = """{
  // servers of mine
  "mcpServers": {
    "sora": {
      "command": "uvx",
      "args": ["mcp-sora"], // paid
      "env": {"TOKEN": "secret"},
    },
    "bare": {"command": "mcp-sora"},
  },
}
"""


def test_a_command_is_wrapped_and_unwrapped() -> None:
    assert wrapped(COMMAND, proxy="tollhouse-proxy", policy=Path("/p/sora.json")) == PROXIED
    assert unwrapped(PROXIED) == COMMAND


def test_only_the_command_changes_and_comments_stay() -> None:
    text = relaunch(JSONC, "jsonc", {("mcpServers", "sora"): PROXIED, ("mcpServers", "bare"): PROXIED})

    servers = load(text, "jsonc")["mcpServers"]
    assert servers["sora"] == {"command": PROXIED[0], "args": list(PROXIED[1:]), "env": {"TOKEN": "secret"}}
    assert servers["bare"] == {"command": PROXIED[0], "args": list(PROXIED[1:])}
    assert "// servers of mine" in text
    assert "// paid" in text


def test_unwrapping_gives_the_text_back() -> None:
    there = relaunch(JSONC, "jsonc", {("mcpServers", "sora"): PROXIED})

    assert relaunch(there, "jsonc", {("mcpServers", "sora"): COMMAND}) == JSONC


def test_toml_keeps_its_comments() -> None:
    text = '# mine\n[mcp_servers.sora]\ncommand = "uvx"  # fast\nargs = ["mcp-sora"]\nenv = {TOKEN = "x"}\n'

    changed = relaunch(text, "toml", {("mcp_servers", "sora"): PROXIED})

    assert tomllib.loads(changed)["mcp_servers"]["sora"] == {
        "command": PROXIED[0],
        "args": list(PROXIED[1:]),
        "env": {"TOKEN": "x"},
    }
    assert changed.startswith("# mine\n")
    assert "# fast" in changed


TOML = '# mine\n[mcp_servers.sora]  # the one\ncommand = "uvx"  # fast\nargs = [\n  "mcp-sora", # paid\n]\n'


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("text", "form", "keys", "edited"),
    [
        (
            JSONC.replace('["mcp-sora"]', '[\n        "mcp-sora"\n      ]'),
            "jsonc",
            ("mcpServers", "sora"),
            ("secret", "other"),
        ),
        (JSONC.replace('"mcp-sora"}', '"uvx"}'), "jsonc", ("mcpServers", "bare"), ("paid", "free")),
        (TOML, "toml", ("mcp_servers", "sora"), ("# mine", "# yours")),
    ],
)
def test_undoing_gives_back_every_character_but_what_was_edited_since(
    text: str,
    form: Literal["jsonc", "toml"],
    keys: tuple[str, ...],
    edited: tuple[str, str],
    ends: str,
    mark: str,
) -> None:
    original = mark + text.replace("\n", ends)
    command = command_at(original, form, keys)
    assert command is not None
    behind = {keys: wrapped(command, proxy="p", policy=Path("x"))}
    proxied = relaunch(original, form, behind)
    changed = proxied.replace(*edited)

    assert proxied != original
    assert unwrap(proxied, form, behind, [proxied, original]) == (original, [])
    assert changed != proxied
    assert unwrap(changed, form, behind, [proxied, original]) == (original.replace(*edited), [])


def test_a_command_that_was_edited_since_is_not_taken_back() -> None:
    keys, edited = ("mcpServers", "sora"), (*PROXIED, "--loud")
    there = relaunch(JSONC, "jsonc", {keys: edited})

    after, inexact = unwrap(there, "jsonc", {keys: edited}, [JSONC])

    assert (command_at(after, "jsonc", keys), inexact) == ((*COMMAND, "--loud"), [keys])


def test_many_servers_of_one_file_are_all_put_back() -> None:
    """The file is read once, however many there are."""
    servers = ",\n".join(
        f'  "{number}": {{"args": ["{number}"], "command": "uvx"}}' for number in range(3000)
    )
    text = f'{{"mcpServers": {{\n{servers}}}}}\n'
    behind = {
        ("mcpServers", str(number)): wrapped(("uvx", str(number)), proxy="p", policy=Path("x"))
        for number in range(3000)
    }
    there = relaunch(text, "jsonc", behind)

    assert unwrap(there, "jsonc", behind, [there, text]) == (text, [])


def test_a_new_file_is_never_put_over_another(tmp_path: Path) -> None:
    file = tmp_path / "a" / "settings.json"
    edit = Edit(file=file, before=None, after="{}")

    assert apply(edit, stamp="1") is None
    with pytest.raises(LeftAlone):
        apply(edit, stamp="1")


def test_an_edit_is_written_beside_a_backup(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    file.write_text("{}")
    file.chmod(0o600)

    backup = apply(Edit(file=file, before="{}", after='{"a": 1}'), stamp="1")

    assert backup is not None
    assert (file.read_text(), file.stat().st_mode & 0o777, backup.read_text()) == ('{"a": 1}', 0o600, "{}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mcp.json", "mcp.json.tollhouse-1"]


def test_two_edits_within_a_second_keep_two_backups(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    file.write_text("1")
    for before, after in (("1", "2"), ("2", "3")):
        apply(Edit(file=file, before=before, after=after), stamp="20261130T000000Z")

    assert backups(file) == ["2", "1"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "mcp.json"
    file.write_text("{ }")

    with pytest.raises(LeftAlone, match="changed since"):
        apply(Edit(file=file, before="{}", after="[]"), stamp="1")

    assert file.read_text() == "{ }"


def test_a_link_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "real.json"
    target.write_text("{}")
    link = tmp_path / "mcp.json"
    link.symlink_to(target)

    with pytest.raises(LeftAlone, match="link"):
        apply(Edit(file=link, before="{}", after="[]"), stamp="1")

    assert target.read_text() == "{}"
