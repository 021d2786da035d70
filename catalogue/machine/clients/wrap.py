"""Puts our proxy in front of a configured server by changing its launch command, and takes it away again."""

import json
import os
import shutil
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, count
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

#: A long configuration is read once, however many servers stand in it: as it is, and as it was before.
_parsed = lru_cache(maxsize=4)(parse)


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
    return _rewritten(text, form, commands, {})


def unwrap(
    text: str, form: Format, commands: Mapping[Keys, tuple[str, ...]], kept: Sequence[str]
) -> tuple[str, list[Keys]]:
    """The text with our proxy taken away from the *commands* at these keys, each spelled as in the first of *kept*
    that starts the same; and the keys of those that none of them starts.
    """
    originals = {
        keys: next((one for one in kept if command_at(one, form, keys) == unwrapped(command)), None)
        for keys, command in commands.items()
    }
    spelled = {keys: original for keys, original in originals.items() if original is not None}
    bare = {keys: unwrapped(command) for keys, command in commands.items()}
    return _rewritten(text, form, bare, spelled), [keys for keys in commands if keys not in spelled]


def _rewritten(
    text: str, form: Format, commands: Mapping[Keys, tuple[str, ...]], spelled: Mapping[Keys, str]
) -> str:
    """The text with these commands, those in *spelled* written as in the text that is given for them."""
    pieces: list[tuple[int, int, str]] = []
    for keys, command in commands.items():
        original = spelled.get(keys)
        if form == "jsonc":
            pieces += (
                _jsonc_command(text, keys, command)
                if original is None
                else _jsonc_spelling(text, keys, original)
            )
        elif original is None:
            text = _toml_command(text, keys, command)
        else:
            text = _toml_spelling(text, keys, original)
    for start, end, new in sorted(pieces, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def command_at(text: str, form: Format, keys: Keys) -> tuple[str, ...] | None:
    """The launch command of the server at *keys*; `None` where there is no such server."""
    try:
        here: Any = tomllib.loads(text.removeprefix(_MARK)) if form == "toml" else _parsed(text).value
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
    backup = _new(edit.file.with_name(f"{edit.file.name}.tollhouse-{stamp}"))
    try:
        shutil.copy2(edit.file, backup)
        _replace(edit.file, edit.after)
    except OSError as error:
        raise LeftAlone(edit.file, str(error)) from error
    return backup


def _new(file: Path) -> Path:
    """The first name of these that nothing has: two edits within a second keep two backups."""
    names = chain([file], (file.with_name(f"{file.name}-{number}") for number in count(2)))
    return next(name for name in names if not name.exists())


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
    server = _parsed(text).at(*keys)
    program = server.at("command") if server else None
    if server is None or program is None:
        raise LeftAlone(Path(".".join(keys)), "it has no command")
    if program.members:  # Zed's older form keeps program and arguments one level down
        server, program = program, program.at("path")
        if program is None:
            raise LeftAlone(Path(".".join(keys)), "its command has no path")
    return program, server.at("args")


def _jsonc_command(text: str, keys: Keys, command: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """What to write in place of which part of the text."""
    program, arguments = _launched(text, keys)
    head, tail = json.dumps(command[0], ensure_ascii=False), json.dumps(list(command[1:]), ensure_ascii=False)
    if arguments is None:
        return [(program.start, program.end, f'{head}, "args": {tail}')]
    return [(program.start, program.end, head), (arguments.start, arguments.end, tail)]


def _jsonc_spelling(text: str, keys: Keys, original: str) -> list[tuple[int, int, str]]:
    program, arguments = _launched(text, keys)
    first, rest = _launched(original, keys)
    head = original[first.start : first.end]
    if arguments is None:
        return [(program.start, program.end, head)]
    if rest is None and text[program.end : arguments.start] == ', "args": ':
        return [(program.start, arguments.end, head)]
    tail = "[]" if rest is None else original[rest.start : rest.end]
    return [(program.start, program.end, head), (arguments.start, arguments.end, tail)]


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
