"""The exact versions of its dependencies with which the authors of a Python project tried it, as its `uv.lock` keeps them."""

import tomllib
from collections.abc import Iterator, Mapping

from packaging.requirements import InvalidRequirement, Requirement

from crawler.tools import Json

_MOST_BYTES = 8 << 20
_MOST = 400
#: How the lock says that a package is the project itself.
_OWN = ("editable", "virtual", "directory")


def locked(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Constraints such as `mcp==1.9.4` on what the project needs everywhere, and what that needs; none without a lock that can be read."""
    content = files.get("uv.lock", b"")
    try:
        lock = tomllib.loads(content.decode("utf-8")) if len(content) <= _MOST_BYTES else {}
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return ()
    listed = lock.get("package")
    packages = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    versions = {entry.get("name"): entry.get("version") for entry in packages if _is_plain(entry)}
    needs = {entry["name"]: [*_needs(entry)] for entry in packages if _is_plain(entry)}
    found = dict.fromkeys(name for entry in packages if _is_own(entry) for name in _needs(entry))
    waiting = list(found)
    while waiting and len(found) < _MOST:
        new = [name for name in needs.get(waiting.pop(), ()) if name not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(pin for name in found if (pin := _pin(name, versions.get(name))))


def _is_own(entry: dict[str, Json]) -> bool:
    source = entry.get("source")
    return isinstance(source, dict) and any(source.get(kind) == "." for kind in _OWN)


def _is_plain(entry: dict[str, Json]) -> bool:
    """Whether the package is on an index, with text for its name."""
    source = entry.get("source")
    return isinstance(source, dict) and "registry" in source and isinstance(entry.get("name"), str)


def _needs(entry: dict[str, Json]) -> Iterator[str]:
    needed = entry.get("dependencies")
    for one in needed if isinstance(needed, list) else ():
        # What only some machines need, another version may be locked of.
        if isinstance(one, dict) and isinstance(name := one.get("name"), str) and "marker" not in one:
            yield name


def _pin(name: str, version: Json) -> str:
    try:
        return str(Requirement(f"{name}=={version}")) if isinstance(version, str) else ""
    except InvalidRequirement:
        return ""
