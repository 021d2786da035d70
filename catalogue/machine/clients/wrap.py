"""Puts our proxy in front of a configured server by changing its launch command, and takes it away again."""

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

from catalogue.errors import CatalogueError
from catalogue.machine.clients.configured import command_of
from catalogue.machine.clients.jsonc import Node, parse

Format = Literal["jsonc", "toml"]
Keys = tuple[str, ...]

_MARK = "\ufeff"


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
    #: `None` where there is no such file yet.
    before: str | None
    after: str


def wrapped(command: tuple[str, ...], *, proxy: str, policy: Path) -> tuple[str, ...]:
    """The command with our proxy in front."""
    return (proxy, "stdio", "--policy", str(policy), "--", *command)


def unwrapped(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command behind our proxy."""
    return command[command.index("--") + 1 :] if "--" in command else command


def source(file: Path) -> str:
    """The text of a configuration, line ends and all; raises LeftAlone."""
    if file.is_symlink():
        raise LeftAlone(file, "it is a link; change the file that it points to")
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LeftAlone(file, str(error)) from error


def relaunch(text: str, form: Format, commands: Mapping[Keys, tuple[str, ...]]) -> str:
    """The text with the launch command of the server at each of these keys replaced; all else stays as written."""
    for keys, command in commands.items():
        text = _toml_command(text, keys, command) if form == "toml" else _jsonc_command(text, keys, command)
    return text


def restore(text: str, form: Format, keys: Keys, original: str) -> str | None:
    """The text with the launch command at *keys* spelled as in *original*.

    `None` where *original* starts another command there than the one behind the proxy in *text*.
    """
    now, then = command_at(text, form, keys), command_at(original, form, keys)
    if now is None or then is None or unwrapped(now) != then or "--" not in now:
        return None
    return _toml_spelling(text, keys, original) if form == "toml" else _jsonc_spelling(text, keys, original)


def command_at(text: str, form: Format, keys: Keys) -> tuple[str, ...] | None:
    """The launch command of the server at *keys*; `None` where there is no such server."""
    try:
        here: Any = tomllib.loads(text.removeprefix(_MARK)) if form == "toml" else parse(text).value
    except (CatalogueError, ValueError, RecursionError):
        return None
    for key in keys:
        here = here.get(key) if isinstance(here, dict) else None
    return command_of(here) if isinstance(here, dict) else None


def apply(edit: Edit, *, stamp: str) -> Path | None:
    """Write the edit in one step beside a backup named by *stamp*; returns the backup. Raises LeftAlone."""
    if edit.before is None:
        _create(edit)
        return None
    if source(edit.file) != edit.before:
        raise LeftAlone(edit.file, "it changed since the difference was shown")
    backup = edit.file.with_name(f"{edit.file.name}.tollhouse-{stamp}")
    try:
        shutil.copy2(edit.file, backup)
        _replace(edit.file, edit.after)
    except OSError as error:
        raise LeftAlone(edit.file, str(error)) from error
    return backup


def backups(file: Path) -> list[str]:
    """Texts of the backups of a file, the newest first."""
    kept = sorted(file.parent.glob(f"{file.name}.tollhouse-*"), reverse=True)
    return [one.read_bytes().decode("utf-8", "replace") for one in kept if one.is_file()]


def _create(edit: Edit) -> None:
    try:
        edit.file.parent.mkdir(parents=True, exist_ok=True)
        with edit.file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(edit.after)
    except OSError as error:
        raise LeftAlone(edit.file, str(error)) from error


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


def _launched(text: str, keys: Keys) -> tuple[Node, Node | None]:
    """Where the program and its arguments stand; raises LeftAlone."""
    server = parse(text).at(*keys)
    program = server.at("command") if server else None
    if server is None or program is None:
        raise LeftAlone(Path(".".join(keys)), "it has no command")
    if program.members:  # Zed's older form keeps program and arguments one level down
        server, program = program, program.at("path")
        if program is None:
            raise LeftAlone(Path(".".join(keys)), "its command has no path")
    return program, server.at("args")


def _jsonc_command(text: str, keys: Keys, command: tuple[str, ...]) -> str:
    program, arguments = _launched(text, keys)
    head, tail = json.dumps(command[0], ensure_ascii=False), json.dumps(list(command[1:]), ensure_ascii=False)
    if arguments is None:
        return _put(text, (program, f'{head}, "args": {tail}'))
    return _put(text, (program, head), (arguments, tail))


def _jsonc_spelling(text: str, keys: Keys, original: str) -> str:
    program, arguments = _launched(text, keys)
    first, rest = _launched(original, keys)
    head = original[first.start : first.end]
    if arguments is not None and rest is not None:
        return _put(text, (program, head), (arguments, original[rest.start : rest.end]))
    if arguments is not None and text[program.end : arguments.start] == ', "args": ':
        return text[: program.start] + head + text[arguments.end :]
    return _put(text, (program, head), *([(arguments, "[]")] if arguments else []))


def _put(text: str, *replacements: tuple[Node, str]) -> str:
    for node, new in sorted(replacements, key=lambda pair: -pair[0].start):
        text = text[: node.start] + new + text[node.end :]
    return text


def _toml_command(text: str, keys: Keys, command: tuple[str, ...]) -> str:
    document, server = _toml_server(text, keys)
    server["command"] = command[0]
    server["args"] = list(command[1:])
    return _toml_text(document, text)


def _toml_spelling(text: str, keys: Keys, original: str) -> str:
    document, server = _toml_server(text, keys)
    _, then = _toml_server(original, keys)
    server["command"] = then["command"]
    if "args" in then:
        server["args"] = then["args"]
    else:
        server.remove("args")
    return _toml_text(document, text)


def _toml_server(text: str, keys: Keys) -> tuple[Any, Any]:
    try:
        document = tomlkit.parse(text.removeprefix(_MARK))
    except tomlkit.exceptions.ParseError as error:
        raise LeftAlone(Path(".".join(keys)), str(error)) from error
    server: Any = document
    for key in keys:
        server = server[key]
    return document, server


def _toml_text(document: Any, before: str) -> str:
    changed = tomlkit.dumps(document)
    tomllib.loads(changed)  # what we write must be read by the standard reader too
    return (_MARK if before.startswith(_MARK) else "") + changed
