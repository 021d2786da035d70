"""Which projects of a source tree are servers, where its root is none itself."""

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawler.introspect.packages.workspaces import is_workspace, manifest, members, needs

_SDKS = ("@modelcontextprotocol/", "fastmcp", "mcp-framework")
#: Are used by those who write servers, and by others.
_TOOLS = ("@modelcontextprotocol/inspector", "@modelcontextprotocol/client")
_PYTHON_SDK = re.compile(r"(?:mcp|fastmcp)(?![\w.-])")
#: At the root of a tree they tell that it is a project of another language, or of an older kind.
_OTHERS = (
    "go.mod",
    "Cargo.toml",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "composer.json",
    "setup.py",
)
_MOST_MANIFEST = 1 << 20
#: Projects of Python looked at, and folders in folders in which they lie.
_MOST, _DEEPEST = 100, 4


@dataclass(frozen=True, kw_only=True)
class _Project:
    """What the manifest of a project tells."""

    serves: bool
    names_program: bool
    published: bool
    #: The names by which others of the tree may need it, and what it needs itself.
    name: str = ""
    needs: frozenset[str] = frozenset()


def servers(tree: Mapping[str, bytes]) -> tuple[str, ...]:
    """The folders of the servers among the projects of a tree; none for a tree whose root is a project itself.

    They need an SDK. Where several do, those count that name a program, of these the ones that are published, and of these the
    ones of which no other is made. A tree whose root does not say that it is a workspace may hold anything: several of it are as
    good as none.
    """
    if _is_project(tree):
        return ()
    projects = {**dict(_of_python(tree)), **dict(_of_node(tree))}
    found = {place: project for place, project in projects.items() if project.serves}
    found = {place: project for place, project in found.items() if project.names_program} or found
    found = {place: project for place, project in found.items() if project.published} or found
    used = frozenset[str]().union(*(project.needs for project in found.values()))
    found = {place: project for place, project in found.items() if project.name not in used} or found
    together = is_workspace(tree) or "package.json" in tree or "pyproject.toml" in tree
    return tuple(sorted(found)) if together or len(found) == 1 else ()


def is_node(tree: Mapping[str, bytes]) -> bool:
    """Whether a tree is a package of npm; some of Python have such a manifest besides, only to be started by `npx`."""
    if "package.json" not in tree or "pyproject.toml" in tree:
        return False
    return "setup.py" not in tree or needs_sdk(manifest(tree, ""))


def needs_sdk(told: Mapping[str, object]) -> bool:
    """Whether a package of npm depends on what servers are made with, going by its manifest."""
    return any(_is_sdk(name) for name in needs(told))


def _is_sdk(name: str) -> bool:
    return name.startswith(_SDKS) and not name.startswith(_TOOLS)


def _is_project(tree: Mapping[str, bytes]) -> bool:
    if any(name in tree for name in _OTHERS):
        return True
    if "pyproject.toml" in tree:
        told = _pyproject(tree, "")
        return not _section(told, "tool", "uv", "workspace") or "scripts" in _section(told, "project")
    root = manifest(tree, "")
    return "name" in root and ("bin" in root or needs_sdk(root) or not is_workspace(tree))


def _of_node(tree: Mapping[str, bytes]) -> Iterator[tuple[str, _Project]]:
    for place in members(tree).values():
        told = manifest(tree, place)
        published = told.get("private") is not True
        yield (
            place,
            _Project(
                serves=needs_sdk(told),
                names_program="bin" in told,
                published=published,
                name=str(told.get("name")),
                needs=frozenset(needs(told)),
            ),
        )


def _of_python(tree: Mapping[str, bytes]) -> Iterator[tuple[str, _Project]]:
    places = (posixpath.dirname(path) for path in tree if path.endswith("/pyproject.toml"))
    for place in sorted(place for place in places if place.count("/") < _DEEPEST)[:_MOST]:
        told = _pyproject(tree, place)
        named = "scripts" in _section(told, "project") or bool(_section(told, "tool", "poetry", "scripts"))
        yield place, _Project(serves=_needs_python_sdk(told), names_program=named, published=True)


def _needs_python_sdk(told: Mapping[str, object]) -> bool:
    listed = _section(told, "project").get("dependencies")
    names = [*(listed if isinstance(listed, list) else ()), *_section(told, "tool", "poetry", "dependencies")]
    return any(isinstance(name, str) and _PYTHON_SDK.match(name) for name in names)


def _pyproject(tree: Mapping[str, bytes], place: str) -> dict[str, object]:
    content = tree[posixpath.join(place, "pyproject.toml")]
    try:
        return tomllib.loads(content[:_MOST_MANIFEST].decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return {}


def _section(told: object, *keys: str) -> dict[str, object]:
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told if isinstance(told, dict) else {}
