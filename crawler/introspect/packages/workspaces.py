"""Packages of npm in one source tree that need each other: what lies beside a package."""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

#: Manifests looked at in one tree, and packages that are read together with the one that was named.
_MOST_MANIFESTS, _MOST_SIBLINGS = 500, 20
#: Folders upwards in which the root of a workspace is looked for.
_HIGHEST = 4
#: Under which keys a manifest names what it needs.
GROUPS = ("dependencies", "optionalDependencies", "peerDependencies", "devDependencies")
#: How a manifest names a package by where it lies, in the words of all package managers.
BESIDE = ("workspace:", "link:", "portal:", "file:")
#: What lies at the root of a tree of packages; a repository may hold several without saying so.
_ROOTS = ("pnpm-workspace.yaml", "lerna.json", "nx.json", "rush.json", ".git")
#: Bytes of a package's source that are looked through for what it imports.
_MOST_BYTES = 20_000_000
_SOURCE = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs")
_IMPORT = re.compile(
    rb"""\b(?:from|import|require\()\s*\(?\s*["']((?:@[\w.-]{1,100}/)?[a-zA-Z][\w.-]{0,100})[/"']"""
)


class Gathered(Mapping[str, bytes]):
    """Files of a tree under other paths."""

    def __init__(self, tree: Mapping[str, bytes], paths: Mapping[str, str]) -> None:
        """*paths* are those that are seen, each with the one in the tree."""
        self._tree = tree
        self._paths = paths

    def __getitem__(self, path: str) -> bytes:
        return self._tree[self._paths[path]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def workspace_root(folder: Path) -> Path | None:
    """The folder above that says it holds a workspace of npm packages, or that is a repository; `None` where none does."""
    return next((parent for parent in folder.parents[:_HIGHEST] if _is_root(parent)), None)


def with_siblings(tree: Mapping[str, bytes], folder: str) -> Mapping[str, bytes]:
    """The files of a package at *folder*, and under `node_modules/NAME/` those of packages of the tree that it needs."""
    paths = {path[len(folder) + 1 :]: path for path in tree if path.startswith(folder + "/")}
    for name, place in needed(tree, folder).items():
        paths |= {
            f"node_modules/{name}/{path[len(place) + 1 :]}": path
            for path in tree
            if path.startswith(place + "/")
        }
    return Gathered(tree, paths)


def needed(tree: Mapping[str, bytes], folder: str) -> dict[str, str]:
    """The folders, by name, of the packages of the tree that the one at *folder* needs, each after those that it needs itself."""
    return _needed(tree, folder, _named)


def linked(tree: Mapping[str, bytes], folder: str) -> dict[str, str]:
    """The same of those that are installed from where they lie: all of a workspace, else those of which a manifest says so."""
    return _needed(tree, folder, _named if is_workspace(tree) else _placed)


def _needed(
    tree: Mapping[str, bytes], folder: str, naming: Callable[[Mapping[str, bytes], str], Iterable[str]]
) -> dict[str, str]:
    """The same of those that *naming* gives the names of."""
    beside = members(tree)
    found: dict[str, str] = {}
    seen = {folder}

    def visit(here: str) -> None:
        for name in naming(tree, here) if len(beside) > 1 else ():
            place = beside.get(name)
            new = place is not None and place not in seen and not folder.startswith(place + "/")
            if place is not None and new and len(seen) <= _MOST_SIBLINGS:
                seen.add(place)
                visit(place)
                found[name] = place

    visit(folder)
    return found


def _named(tree: Mapping[str, bytes], folder: str) -> Iterable[str]:
    """What a package names in its manifest, and what its source imports."""
    return dict.fromkeys([*needs(manifest(tree, folder)), *sorted(_imported(tree, folder))])


def _placed(tree: Mapping[str, bytes], folder: str) -> Iterable[str]:
    """What the manifest of a package names by where it lies."""
    told = manifest(tree, folder)
    groups = [group for key in GROUPS if isinstance(group := told.get(key), dict)]
    return [name for group in groups for name in group if str(group[name]).startswith(BESIDE)]


def is_workspace(tree: Mapping[str, bytes]) -> bool:
    """Whether the root of a tree says that it holds several packages of npm which belong together."""
    return any(name in tree for name in _ROOTS) or "workspaces" in manifest(tree, "")


def _is_root(folder: Path) -> bool:
    if any((folder / name).exists() for name in _ROOTS):
        return True
    try:
        found = json.loads((folder / "package.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "workspaces" in found


def members(tree: Mapping[str, bytes]) -> dict[str, str]:
    """The folder of each package of the tree, by its name."""
    places = sorted(
        (posixpath.dirname(path) for path in tree if path.endswith("/package.json")),
        key=lambda place: (len(place), place),
    )
    found: dict[str, str] = {}
    for place in [one for one in places if "node_modules" not in one.split("/")][:_MOST_MANIFESTS]:
        if isinstance(name := manifest(tree, place).get("name"), str):
            found.setdefault(name, place)
    return found


def manifest(tree: Mapping[str, bytes], place: str) -> dict[str, object]:
    """What the manifest in a folder of the tree says; nothing where there is none that can be read."""
    try:
        found = json.loads(tree.get(posixpath.join(place, "package.json"), b""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _imported(tree: Mapping[str, bytes], folder: str) -> set[str]:
    """The names of the packages that the source in a folder imports, whatever its manifest says."""
    found, room = set[str](), _MOST_BYTES
    for path in tree:
        if path.startswith(folder + "/") and path.endswith(_SOURCE) and room > 0:
            content = tree[path]
            room -= len(content)
            found |= {match[1].decode() for match in _IMPORT.finditer(content)}
    return found


def needs(told: Mapping[str, object]) -> list[str]:
    """The names of the packages that a manifest needs, for whatever."""
    groups = [told.get(key) for key in GROUPS]
    return [name for group in groups if isinstance(group, dict) for name in group]
