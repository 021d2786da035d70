"""The programs of a package: those that its manifest names, else the file or the module that its authors start."""

import posixpath
import re
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from crawler.introspect.packages.projects import needs_sdk
from crawler.tools import Json

_JOINED = re.compile(r"&&|\|\||[;|\n]")


def bins(manifest: Json) -> dict[str, str]:
    """Path in the package by name of a program, which may be that of the whole package with its scope."""
    entries = manifest if isinstance(manifest, dict) else {}
    named, name = entries.get("bin"), entries.get("name")
    if isinstance(named, str) and isinstance(name, str):
        named = {name: named}
    if not isinstance(named, dict):
        return {}
    # What stands before the last slash of a program's name, such as a scope, is not linked.
    return {key.rpartition("/")[2]: plain(path) for key, path in named.items() if isinstance(path, str)}


def started(manifest: Json) -> tuple[str, ...]:
    """The words after `node` by which the script `start` starts a file of the package; that file, its `main`, without one.

    Empty where a program is named, or nothing of that kind. A `main` is more often a library, so that it counts only in
    what needs an SDK.
    """
    entries = manifest if isinstance(manifest, dict) else {}
    if bins(manifest):
        return ()
    scripts, main = entries.get("scripts"), entries.get("main")
    start = scripts.get("start") if isinstance(scripts, dict) else None
    words = _after_node(start) if isinstance(start, str) else ()
    if words:
        return words
    return (plain(main),) if isinstance(main, str) and main and needs_sdk(entries) else ()


def file_of(words: tuple[str, ...]) -> str:
    """The file among such words; empty where there is none."""
    return next((plain(word) for word in words if not word.startswith("-")), "")


def starting(words: tuple[str, ...], package: Path) -> tuple[str, ...]:
    """The command that starts the file among the words of `started`, wherever it is called."""
    file = file_of(words)
    return ("node", *(str(package / file) if plain(word) == file else word for word in words))


def module(package: str, files: Iterable[str]) -> str | None:
    """The module of a wheel that `python -m` starts: that which is called like the package, else the only one."""
    found = sorted(
        path.partition("/")[0] for path in files if re.fullmatch(r"[A-Za-z_]\w*/__main__\.py", path)
    )
    alike = [name for name in found if canonicalize_name(name) == canonicalize_name(package)]
    return alike[0] if alike else found[0] if len(found) == 1 else None


def write_starter(name: str, command: Sequence[str], folder: Path, *, within: Path | None = None) -> str:
    """Write below the folder a program of this name, which may be a path, that becomes the command, in a folder of its own if it has one; its name."""
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    going = f"cd {shlex.quote(str(within))} && " if within else ""
    program.write_text(f'#!/bin/sh\n{going}exec {shlex.join(command)} "$@"\n', encoding="utf-8")
    for place in (program, *program.parents):
        if place.is_relative_to(folder):
            place.chmod(0o755)
    return name


def plain(path: str) -> str:
    """A path in a package as its files are listed, which never leads out of it."""
    return posixpath.normpath(posixpath.join("/", path)).lstrip("/")


def _after_node(script: str) -> tuple[str, ...]:
    for part in reversed(_JOINED.split(script)):
        try:
            words = shlex.split(part)
        except ValueError:
            continue
        while words and re.fullmatch(r"\w+=.*", words[0]):
            words = words[1:]
        if words[:1] == ["node"] and not re.search(r"[$`<>]", part) and file_of(tuple(words[1:])):
            return tuple(words[1:])
    return ()
