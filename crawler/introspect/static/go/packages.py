"""Which folders of a Go module its programs come to by their imports."""

import re
from collections.abc import Mapping, Sequence

_MODULE = re.compile(rb"(?m)^module[ \t]+\"?([^\s\"]+)")
_MAIN = re.compile(rb"(?m)^package main\b")
#: A file that no build takes in.
_IGNORED = re.compile(rb"(?m)\A(?:[ \t]*(?://[^\n]*)?\n)*?//(?:go:build|[ \t]\+build) ignore[ \t]*$")
_IMPORTS = re.compile(rb'(?m)^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w.~/-]+)"')
_BODY = re.compile(rb"(?m)^(?:func|type|var|const)\b")


def reached(files: Mapping[str, bytes], paths: Sequence[str]) -> list[str]:
    """The files of the folders that programs are in or import; all where no program is found."""
    built = [path for path in paths if _IGNORED.match(files[path]) is None]
    modules = _modules(files)
    folders: dict[str, list[str]] = {}
    for path in built:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    waiting = [
        folder for folder, inside in folders.items() if any(_MAIN.search(files[path]) for path in inside)
    ]
    if not waiting or not modules:
        return built
    seen = set(waiting)
    while waiting:
        for path in folders[waiting.pop()]:
            for folder in _imported(files[path], modules):
                if folder in folders and folder not in seen:
                    seen.add(folder)
                    waiting.append(folder)
    return [path for path in built if path.rpartition("/")[0] in seen]


def _modules(files: Mapping[str, bytes]) -> dict[str, str]:
    """The paths of the modules in the tree, and their folders."""
    found: dict[str, str] = {}
    for path, content in files.items():
        name = _MODULE.search(content) if path.rpartition("/")[2] == "go.mod" else None
        if name is not None:
            found[name[1].decode("utf-8", "replace")] = path.rpartition("/")[0]
    return found


def _imported(content: bytes, modules: dict[str, str]) -> list[str]:
    """The folders of the tree that a file imports."""
    body = _BODY.search(content)
    found: list[str] = []
    for match in _IMPORTS.finditer(content, 0, body.start() if body is not None else len(content)):
        name = match[1].decode("utf-8", "replace")
        parts = name.split("/")
        for length in range(len(parts), 0, -1):
            root = modules.get("/".join(parts[:length]))
            if root is not None:
                found.append("/".join([*([root] if root else []), *parts[length:]]))
                break
    return found
