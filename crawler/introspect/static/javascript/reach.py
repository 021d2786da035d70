"""Which files a program comes to that is started by its package's name: what else lies there may be left over."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping

from crawler.introspect.static.javascript.sources import Module

_IMPORT = re.compile(rb"""\b(?:from|import|require\()\s*\(?\s*["'`]([^"'`\n$]{1,300})["'`]""")

#: A file is looked for whose name the source does not say.
_OPEN = re.compile(rb"\bimport\((?!\s*(?:/\*[^*]{0,200}\*/\s*)?[\"'])|\brequire\((?![\"'])")

#: The scripts of a manifest that start a program, and the paths in them.
_STARTS = ("start", "dev")
_FILE = re.compile(r"\.[cm]?[jt]sx?$")

Find = Callable[[str, Module], Module | None]


def programs(
    files: Mapping[str, bytes], find: Find, source_of: Callable[[str], Module | None]
) -> list[Module]:
    """The files in which the programs of the package start; where one is called like the package, only that.

    `find` resolves an import, `source_of` what a built file is made of.
    """
    importer = Module("package.json")
    found = [find("./" + path, importer) or source_of(path) for path in _paths(files)]
    return [module for module in found if module is not None]


def started(
    files: Mapping[str, bytes], find: Find, source_of: Callable[[str], Module | None]
) -> list[Module]:
    """The file that the package is, and those that its scripts start: programs of a package that installs none."""
    return _named(files, find, source_of, _STARTS)


def scripted(
    files: Mapping[str, bytes], find: Find, source_of: Callable[[str], Module | None]
) -> list[Module]:
    """The same with the files that any of its scripts names."""
    return _named(files, find, source_of, None)


def _named(
    files: Mapping[str, bytes],
    find: Find,
    source_of: Callable[[str], Module | None],
    names: tuple[str, ...] | None,
) -> list[Module]:
    manifest, importer = _manifest(files), Module("package.json")
    scripts = manifest.get("scripts")
    lines = [scripts.get(name) for name in names or scripts] if isinstance(scripts, dict) else []
    words = [
        manifest.get("main"),
        *(word for line in lines if isinstance(line, str) for word in line.split()),
    ]
    paths = [word for word in words if isinstance(word, str) and _FILE.search(word)]
    found = [find("./" + path, importer) or source_of(path) for path in map(posixpath.normpath, paths)]
    return [module for module in found if module is not None]


def _manifest(files: Mapping[str, bytes]) -> dict[str, object]:
    try:
        found = json.loads(files["package.json"]) if "package.json" in files else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _paths(files: Mapping[str, bytes]) -> Iterator[str]:
    """The paths that `bin` of the manifest gives."""
    manifest = _manifest(files)
    given = manifest.get("bin")
    if isinstance(given, dict):
        own = str(manifest.get("name", "")).rpartition("/")[2]
        given = [path for key, path in given.items() if key.rpartition("/")[2] == own] or list(given.values())
    for path in given if isinstance(given, list) else [given]:
        if isinstance(path, str):
            yield posixpath.normpath(path)


def reached(
    files: Mapping[str, bytes], start: list[str], find: Find, telling: set[str]
) -> frozenset[str] | None:
    """The files that a program comes to from the files in which it starts; `None` where nobody can say.

    `telling` are the files that speak of tools; a program that comes to none of them starts them in another way.
    """
    seen = set(start)
    if not start or telling <= seen:
        return None
    waiting = list(start)
    while waiting:
        path = waiting.pop()
        content = files[path]
        if _OPEN.search(content):
            return None
        for target in imports(content, Module(path), find):
            if target.file not in seen:
                seen.add(target.file)
                waiting.append(target.file)
    return frozenset(seen) if telling & seen else None


def imports(content: bytes, importer: Module, find: Find) -> Iterator[Module]:
    """The files of the package that a file imports."""
    targets = (find(match[1].decode("utf-8", "replace"), importer) for match in _IMPORT.finditer(content))
    return (target for target in targets if target is not None)
