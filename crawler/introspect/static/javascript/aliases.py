"""What names in imports mean that a package gives itself: paths of tsconfig.json, workspaces, and `imports` of package.json."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping

_JSON_WITH_COMMENTS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|,(?=\s*[}\]])')
_TSCONFIG = re.compile(r"(?:^|/)[jt]sconfig(?:\.base)?\.json$")

#: Manifests looked at, of which a monorepo has hundreds, and names taken from them.
MOST_MANIFESTS, MOST_PATTERNS = 500, 500


class Aliases:
    """The names of a source tree, and the places that each may mean."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        #: Name or pattern with one `*`, and what it stands for, relative to the root.
        self._patterns: list[tuple[str, str]] = []
        #: Package name to its folder.
        self._packages: dict[str, str] = {}
        chosen = [path for path in files if _TSCONFIG.search(path) or _is_manifest(path)]
        for path in sorted(chosen, key=len)[:MOST_MANIFESTS]:
            found, folder = _parsed(files[path]), posixpath.dirname(path)
            if _is_manifest(path):
                self._manifest(found, folder)
            else:
                options = found.get("compilerOptions")
                self._paths(options if isinstance(options, dict) else {}, folder)
        del self._patterns[MOST_PATTERNS:]

    def _manifest(self, found: dict[str, object], folder: str) -> None:
        if isinstance(name := found.get("name"), str) and folder:
            self._packages.setdefault(name, folder)
        imports = found.get("imports")
        for pattern, target in imports.items() if isinstance(imports, dict) else ():
            if isinstance(target, dict):
                target = next((one for one in target.values() if isinstance(one, str)), None)
            if isinstance(target, str):
                self._patterns.append((pattern, posixpath.join(folder, target)))

    def _paths(self, options: dict[str, object], folder: str) -> None:
        base = options.get("baseUrl")
        start = posixpath.join(folder, base) if isinstance(base, str) else folder
        paths = options.get("paths")
        for pattern, targets in paths.items() if isinstance(paths, dict) else ():
            for target in targets if isinstance(targets, list) else ():
                if isinstance(target, str):
                    self._patterns.append((pattern, posixpath.join(start, target)))

    def places(self, specifier: str) -> Iterator[str]:
        """Paths without suffix that an import of this name may mean."""
        for pattern, target in self._patterns:
            before, star, after = pattern.partition("*")
            if specifier == pattern:
                yield posixpath.normpath(target)
            elif star and specifier.startswith(before) and specifier.endswith(after):
                inner = specifier[len(before) : len(specifier) - len(after)]
                yield posixpath.normpath(target.replace("*", inner, 1))

    def package(self, specifier: str) -> tuple[str, str] | None:
        """The folder of a package of the same tree, and what of it is imported."""
        parts = specifier.split("/")
        length = 2 if specifier.startswith("@") else 1
        folder = self._packages.get("/".join(parts[:length]))
        return (folder, "/".join(parts[length:])) if folder is not None else None


def _is_manifest(path: str) -> bool:
    return posixpath.basename(path) == "package.json" and "node_modules/" not in path


def _parsed(content: bytes) -> dict[str, object]:
    text = _JSON_WITH_COMMENTS.sub(lambda match: match[1] or "", content.decode("utf-8", "replace"))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
