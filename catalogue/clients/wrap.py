"""Puts our proxy in front of a configured server by changing its launch command, and takes it away again."""

import difflib
import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import tomlkit
import tomlkit.exceptions
from msgspec import Struct

from catalogue.clients.jsonc import Node, parse
from catalogue.errors import CatalogueError

Format = Literal["jsonc", "toml"]
Keys = tuple[str, ...]


class LeftAlone(CatalogueError):
    """A configuration that is not changed, and why."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(file, reason)
        self.file = file
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.file} was left alone: {self.reason}"


class Edit(Struct, frozen=True, kw_only=True):
    """One file as it is and as it would be."""

    file: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """Unified diff for a person to read before anything is written."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            fromfile=str(self.file),
            tofile=f"{self.file} (with the proxy)",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


def relaunch(text: str, form: Format, commands: Mapping[Keys, tuple[str, ...]]) -> str:
    """The text with the launch command of the server at each of these keys replaced; all else stays as written."""
    for keys, command in commands.items():
        text = _toml(text, keys, command) if form == "toml" else _jsonc(text, keys, command)
    return text


def wrapped(command: tuple[str, ...], *, proxy: str, policy: Path) -> tuple[str, ...]:
    """The command with our proxy in front."""
    return (proxy, "stdio", "--policy", str(policy), "--", *command)


def unwrapped(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command behind our proxy."""
    return command[command.index("--") + 1 :] if "--" in command else command


def apply(edit: Edit, *, stamp: str) -> Path:
    """Write the edit in one step beside a backup named by *stamp*; returns the backup. Raises LeftAlone."""
    if edit.file.is_symlink():
        raise LeftAlone(edit.file, "it is a link; change the file that it points to")
    try:
        current = edit.file.read_text(encoding="utf-8")
        if current != edit.before:
            raise LeftAlone(edit.file, "it changed since the difference was shown")
        backup = edit.file.with_name(f"{edit.file.name}.tollhouse-{stamp}")
        shutil.copy2(edit.file, backup)
        _replace(edit.file, edit.after)
    except OSError as error:
        raise LeftAlone(edit.file, str(error)) from error
    return backup


def _replace(file: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        shutil.copymode(file, temporary)
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _jsonc(text: str, keys: Keys, command: tuple[str, ...]) -> str:
    server = parse(text).at(*keys)
    program = server.at("command") if server else None
    if server is None or program is None:
        raise LeftAlone(Path(".".join(keys)), "it has no command")
    if program.members:  # Zed's older form keeps program and arguments one level down
        server, program = program, program.at("path")
        if program is None:
            raise LeftAlone(Path(".".join(keys)), "its command has no path")
    head, tail = json.dumps(command[0], ensure_ascii=False), json.dumps(list(command[1:]), ensure_ascii=False)
    arguments = server.at("args")
    if arguments is None:
        return _put(text, (program, f'{head}, "args": {tail}'))
    return _put(text, (program, head), (arguments, tail))


def _put(text: str, *replacements: tuple[Node, str]) -> str:
    for node, new in sorted(replacements, key=lambda pair: -pair[0].start):
        text = text[: node.start] + new + text[node.end :]
    return text


def _toml(text: str, keys: Keys, command: tuple[str, ...]) -> str:
    try:
        document = tomlkit.parse(text)
    except tomlkit.exceptions.ParseError as error:
        raise LeftAlone(Path(".".join(keys)), str(error)) from error
    server: Any = document
    for key in keys:
        server = server[key]
    server["command"] = command[0]
    server["args"] = list(command[1:])
    changed = tomlkit.dumps(document)
    tomllib.loads(changed)  # what we write must be read by the standard reader too
    return changed
