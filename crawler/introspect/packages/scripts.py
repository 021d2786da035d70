"""Servers that are files of a Python project whose package names no program: how their authors start them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from crawler.introspect.configuration import commands
from crawler.tools import Json

#: A file that is a server, and one that starts itself.
_SDK = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(?:mcp|fastmcp)\b", re.MULTILINE)
_MAIN = re.compile(rb"""^if[ \t]+__name__[ \t]*==[ \t]*['"]__main__['"]""", re.MULTILINE)
#: What starts a server that a file only defines.
_LAUNCHERS = (("mcp", "run"), ("fastmcp", "run"))
#: Where no server of the project itself lies.
_ASIDE = frozenset({"test", "tests", "example", "examples", "docs", "scripts", "evals", "benchmarks"})
#: Where the modules of a project lie.
_ROOTS = ("", "src/")
#: A file in a command line, perhaps with the name of what it defines, and the folders of its path that are looked at.
_NAMED, _MOST_PARTS = re.compile(r"(.*?\.py)(?::\w+)?"), 20
#: What a container starts, in the form that no shell reads.
_CONTAINED = re.compile(r"^(?:ENTRYPOINT|CMD)\s+(\[[^\]\n]{1,500}\])", re.MULTILINE)
_MOST_BYTES = 1 << 20


def started(files: Mapping[str, bytes], readme: str) -> tuple[str, ...]:
    """The words by which a file of the tree is started; empty where nothing tells of one.

    They are `FILE` or `-m MODULE` for Python, or `mcp run FILE`. The README tells, or the manifest of a bundle, or what a
    container starts; else it is the only file that is a server and starts itself.
    """
    for words in (*commands(readme), *_bundled(files), *_contained(files)):
        if found := _started(words, files):
            return found
    alone = [path for path in files if _serves(path, files)]
    return (alone[0],) if len(alone) == 1 else ()


def file_of(words: Sequence[str], files: Mapping[str, bytes]) -> str:
    """The path in the tree of the file that such words start; empty where there is none."""
    return _module(words[-1], files)[1] if words[0] == "-m" else words[-1]


def starting(
    words: Sequence[str], files: Mapping[str, bytes], source: Path, programs: Path
) -> tuple[tuple[str, ...], Path]:
    """The command that starts it where the tree lies in the folder *source*, and the folder in which it does."""
    if words[0] == "-m":
        return (str(programs / "python"), *words), source / _module(words[-1], files)[0]
    *launcher, path = words
    program = programs / (launcher[0] if launcher else "python")
    return (str(program), *launcher[1:], str(source / path)), source


def root_of(tree: Mapping[str, bytes], files: Iterable[str]) -> str:
    """The folder of a tree in which the modules lie that a package has as these files."""
    modules = [path for path in files if path.endswith(".py")]
    return max(_ROOTS, key=lambda root: sum(root + path in tree for path in modules))


def called(words: Sequence[str]) -> str:
    """The name of the program that is started so, as a README names it."""
    return words[-1].rpartition("/")[2]


def _started(words: tuple[str, ...], files: Mapping[str, bytes]) -> tuple[str, ...]:
    for place, word in enumerate(words):
        if words[place - 1 : place] == ("-m",) and _module(word, files)[1]:
            return "-m", word
        if path := _file(word, files):
            launcher = words[max(0, place - 2) : place]
            needed = launcher in _LAUNCHERS and not _MAIN.search(files[path])
            return (*launcher, path) if needed else (path,)
    return ()


def _file(word: str, files: Mapping[str, bytes]) -> str:
    """The path in the tree of a file that a person would name by where they have put the tree."""
    named = _NAMED.fullmatch(word.replace("\\", "/"))
    parts = named[1].split("/")[-_MOST_PARTS:] if named else []
    paths = ["/".join(parts[place:]) for place in range(len(parts))]
    whole = next((path for path in paths if path in files), "")
    alike = (
        [path for path in files if path.endswith(f"/{parts[-1]}") and not _is_aside(path)] if parts else []
    )
    return whole or (alike[0] if len(alike) == 1 else "")


def _module(name: str, files: Mapping[str, bytes]) -> tuple[str, str]:
    """The folder in which a module lies, and the path of the file that Python starts for its name; else twice nothing."""
    for root in _ROOTS:
        path = root + name.replace(".", "/")
        for file in (f"{path}.py", f"{path}/__main__.py"):
            if file in files:
                return root, file
    return "", ""


def _bundled(files: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    try:
        told: Json = json.loads(files.get("manifest.json", b"")[:_MOST_BYTES])
    except (ValueError, RecursionError):
        return
    server = told.get("server") if isinstance(told, dict) else None
    entry = server.get("entry_point") if isinstance(server, dict) else None
    if isinstance(entry, str):
        yield (entry,)


def _contained(files: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    for found in _CONTAINED.finditer(files.get("Dockerfile", b"")[:_MOST_BYTES].decode("utf-8", "replace")):
        try:
            words: Json = json.loads(found[1])
        except ValueError:
            continue
        if isinstance(words, list):
            yield tuple(word for word in words if isinstance(word, str))


def _serves(path: str, files: Mapping[str, bytes]) -> bool:
    if not path.endswith(".py") or _is_aside(path):
        return False
    content = files[path]
    return bool(_SDK.search(content) and _MAIN.search(content))


def _is_aside(path: str) -> bool:
    *folders, name = path.split("/")
    return not _ASIDE.isdisjoint(folders) or name.startswith("test_") or name.endswith("_test.py")
