"""Where in a package things lie: what imports, and the paths that a program puts together, lead to."""

import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence

import re2  # type: ignore[import-untyped]  # ships no types

from crawler.introspect.static.javascript.aliases import Aliases
from crawler.introspect.static.javascript.paths import within
from crawler.introspect.static.javascript.sources import Module

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx")

#: What holds data that source may read.
TABLES = (".json", ".yaml", ".yml")

#: Folders into which source is built.
BUILT = re.compile(r"(?:^|(?<=/))(?:dist|build|lib|out)/(?:src/)?")

#: Files that a bundler takes in at once.
MOST_TAKEN = 2_000

#: What stands for anything in a pattern of paths.
_WILD = re.compile(r"\*\*/|\*+|[{},]|[^*{},]+")
_WILDS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "{": "(?:", "}": ")", ",": "|"}

#: The ending of a source that is compiled, and signs that the importer goes by it.
_COMPILED = re.compile(r"(?<!\.d)\.([cm]?)tsx?$")
_AS_WRITTEN = re.compile(r"""\.ts["'`)$|/]""")


class Places:
    """Finds the files of one package."""

    def __init__(self, files: Mapping[str, bytes], sources: Sequence[str]) -> None:
        self._files = files
        self._paths = frozenset(files)
        self._sources = sources
        self._modules: dict[str, Module] = {}
        self._aliases = Aliases(files)

    def module(self, path: str) -> Module:
        """The module of a file, which need not have been loaded."""
        return self._modules.setdefault(path, Module(path))

    def find(self, specifier: str, importer: Module) -> Module | None:
        """The file that an import means, `None` where it is not of the package."""
        folder = posixpath.dirname(importer.file)
        if specifier.startswith("."):
            place = posixpath.normpath(posixpath.join(folder, specifier))
            return self._at(place) or self._source_of(place)
        for place in self._aliases.places(specifier):
            if (found := self._at(place) or self._source_of(place)) is not None:
                return found
        if specifier[:2] in {"@/", "~/", "#/"}:
            return self._at("src/" + specifier[2:]) or self._at(specifier[2:])
        return self._in_dependency(specifier) or self._in_workspace(specifier) or self._at(specifier)

    def _in_workspace(self, specifier: str) -> Module | None:
        """A file of another package of the same source tree."""
        found = self._aliases.package(specifier)
        if found is None:
            return None
        folder, rest = found
        target = entry_point(self._files[f"{folder}/package.json"], f"./{rest}" if rest else ".")
        place = posixpath.normpath(f"{folder}/{target or rest}")
        return self._at(place) or self._source_of(place) or self._at(f"{folder}/src/{rest or 'index'}")

    def _source_of(self, path: str) -> Module | None:
        """The source that a built file is made of, where it has not been built."""
        match = BUILT.search(path)
        if match is None:
            return None
        before, rest = path[: match.start()], path[match.end() :]
        return self._at(f"{before}src/{rest}".lstrip("/")) or self._at(f"{before}{rest}".lstrip("/"))

    def at(self, path: str, importer: Module) -> Module | None:
        """The source that a path means which is put together at run time, see `_meant`."""
        return next(
            (
                found
                for place in self._meant(path, importer)
                if (found := self._at(place) or self._source_of(place))
            ),
            None,
        )

    def data(self, path: str, importer: Module) -> str | None:
        """The text of a table of the package that a path means, see `_meant`."""
        for place in self._meant(path, importer):
            if place.endswith(TABLES) and place in self._paths:
                return self._files[place].decode("utf-8", "replace")
        return None

    def folder(self, path: str, importer: Module) -> dict[str, bool] | None:
        """The names of what lies in a folder that a path means, see `_meant`, and whether each is a folder; `None` if there is none.

        Sources have the names that compiling gives them, unless the importer looks for those that they have here.
        """
        compiled = importer.file.endswith("ts") and not _AS_WRITTEN.search(importer.text)
        for place in self._meant(path, importer):
            start = "" if place == "." else place + "/"
            found: dict[str, bool] = {}
            for name in self._paths:
                if name.startswith(start):
                    first, inner, _ = name[len(start) :].partition("/")
                    found[first if inner or not compiled else _COMPILED.sub(r".\1js", first)] = bool(inner)
            if found:
                return dict(sorted(found.items()))
        return None

    def exists(self, path: str, importer: Module) -> bool:
        """Whether a path means something that lies in the package."""
        return self.at(path, importer) is not None or any(
            place in self._paths or place == "." or any(name.startswith(place + "/") for name in self._paths)
            for place in self._meant(path, importer)
        )

    def _meant(self, path: str, importer: Module) -> list[str]:
        """Where in the package a path may lead: inside `importer`'s folder, or from the root; where both are shown, there first."""
        folder = posixpath.dirname(importer.file)
        inside = within(path)
        if inside is not None:
            rest = re.sub(r"^(?:\.\./)+", "", posixpath.relpath(inside, folder or "."))
            return list(dict.fromkeys([inside, BUILT.sub("src/", inside, count=1), rest]))
        path = posixpath.normpath(path)
        source = BUILT.sub("src/", path, count=1)
        return list(dict.fromkeys([posixpath.normpath(posixpath.join(folder, path)), path, source]))

    def under(self, path: str, importer: Module) -> list[tuple[str, Module]]:
        """The sources in and below a folder that a path means inside `importer`, each with its path from there."""
        start = posixpath.normpath(posixpath.join(posixpath.dirname(importer.file), path)) + "/"
        names = sorted(name for name in self._sources if name.startswith(start))
        return [(name[len(start) :], self.module(name)) for name in names[:MOST_TAKEN]]

    def fitting(self, pattern: str) -> list[str]:
        """The paths of sources from the package's folder that fit a pattern, by the names that they have here or once compiled."""
        fits = _matcher(pattern)
        names = {name: _COMPILED.sub(r".\1js", name) for name in self._sources}
        found = [
            name if fits(name) else compiled
            for name, compiled in names.items()
            if fits(name) or fits(compiled)
        ]
        return sorted(found)[:MOST_TAKEN]

    def matching(self, pattern: str, importer: Module) -> list[tuple[str, Module]]:
        """The sources that fit a pattern of paths, relative to `importer` or from the root, each as a bundler calls it."""
        folder = posixpath.dirname(importer.file)
        whole = (
            pattern.lstrip("/")
            if pattern.startswith("/")
            else posixpath.normpath(posixpath.join(folder, pattern))
        )
        fits = _matcher(whole)
        names = [name for name in sorted(self._sources) if fits(name)][:MOST_TAKEN]
        return [
            (f"./{posixpath.relpath(name, folder)}" if pattern[0] == "." else f"/{name}", self.module(name))
            for name in names
        ]

    def _in_dependency(self, specifier: str) -> Module | None:
        """A file of another package, where the caller brought it along under `node_modules`."""
        parts = specifier.split("/")
        length = 2 if specifier.startswith("@") else 1
        name, rest = "/".join(parts[:length]), "/".join(parts[length:])
        root = f"node_modules/{name}"
        manifest = self._files.get(f"{root}/package.json") if f"{root}/package.json" in self._paths else None
        if manifest is None:
            return None
        target = entry_point(manifest, f"./{rest}" if rest else ".")
        place = posixpath.normpath(f"{root}/{target or rest}")
        return self._at(place) or self._source_of(place)

    def _at(self, stem: str) -> Module | None:
        bare = re.sub(r"\.[cm]?jsx?$", "", stem)
        names = [stem, *(bare + suffix for suffix in SUFFIXES)]
        names += [stem + suffix for suffix in SUFFIXES] + [f"{stem}/index{suffix}" for suffix in SUFFIXES]
        for name in names:
            if name in self._paths and name.endswith(SUFFIXES) and not name.endswith(".d.ts"):
                return self.module(name)
        return None


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a path fits a pattern with stars and braces; none does where the pattern is none."""
    options = re2.Options()
    options.log_errors = False
    try:
        fits = re2.compile(
            _WILD.sub(lambda sign: _WILDS.get(sign[0], re.escape(sign[0])), pattern[:1_000]), options
        )
    except re2.error:
        return lambda _: False
    return lambda path: fits.fullmatch(path) is not None


def entry_point(manifest: bytes, wanted: str) -> str | None:
    """The file that a `package.json` gives for an import of `wanted`, which is `.` or starts with `./`."""
    try:
        found = json.loads(manifest)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    exports = found.get("exports")
    target = exports.get(wanted, exports if wanted == "." else None) if isinstance(exports, dict) else exports
    for _ in range(6):
        if not isinstance(target, dict):
            break
        target = next(
            (target[key] for key in ("node", "import", "default", "require") if key in target), None
        )
    if isinstance(target, str):
        return target
    main = found.get("module") or found.get("main") or "index.js"
    return main if wanted == "." and isinstance(main, str) else None
