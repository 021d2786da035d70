"""What a program takes in while it runs: its own modules, and the tables and folders that lie beside them."""

import posixpath
from functools import partial

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.functions import Functions
from crawler.introspect.static.javascript.nodes import elements, string_of
from crawler.introspect.static.javascript.paths import ROOT, joined, within
from crawler.introspect.static.javascript.properties import foreign
from crawler.introspect.static.javascript.sources import Module, Scope
from crawler.introspect.static.javascript.tables import json_value
from crawler.introspect.static.javascript.texts import tested
from crawler.introspect.static.javascript.values import (
    MISSING,
    Action,
    Attribute,
    External,
    Made,
    Namespace,
    Regex,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Value

#: By the name of what reads the disk, without `Sync`, and by that of what bundlers replace: how it is read.
_LOADERS = frozenset(
    {"readFile", "readdir", "exists", "stat", "lstat", "context", "webpackContext", "glob", "globEager"}
    | {"globby", "default", "sync"}
)

#: Libraries that find files by a pattern.
_FINDERS = frozenset({"glob", "fast-glob", "globby", "tinyglobby"})


class Loading(Functions):
    """Imports modules and reads files of the package."""

    def imported(self, given: SgNode, scope: Scope) -> Value:
        specifier = next(iter(elements(given)), None)
        if specifier is None:
            return UNKNOWN
        if specifier.kind() == "string":
            return self.import_of(string_of(specifier), scope)
        path = _shown_path(self.evaluate(specifier, scope))
        found = self.package.at(path, scope.module) if path else None
        return UNKNOWN if found is None else self._content(found)

    def loaded(self, function: Value, args: list[Value], scope: Scope) -> Value:
        """What a function that reads the disk, or that a bundler replaces, gives; `MISSING` for any other."""
        if not isinstance(function, External) or (name := function.last.removesuffix("Sync")) not in _LOADERS:
            return MISSING
        match name if is_of(function, "fs") or is_of(function, "fs-extra") else function.path:
            case "readFile":
                return self._file_of(args, scope)
            case "readdir":
                return self._folder_of(args, scope)
            case "exists":
                return self._is_there(args, scope) or UNKNOWN
            case "stat" | "lstat":
                return self._state_of(args, scope)
            case "require.context" | "import_meta.webpackContext":
                return self._context_of(args, scope)
            case "import_meta.glob" | "import_meta.globEager":
                return self._glob_of(args, scope)
        return self._found_by(args) if function.package in _FINDERS else MISSING

    def _found_by(self, args: list[Value]) -> Value:
        """The paths that a library finds by a pattern, from the folder that it is told or the package's; whole where they are asked to be."""
        options = plain(args[1]) if len(args) > 1 and isinstance(plain(args[1]), dict) else {}
        folder = within(_shown_path(options.get("cwd")))
        found: list[Value] = []
        for given in self.items(args[0]) or args[:1] if args else ():
            pattern = _shown_path(given)
            inside = within(pattern)
            place = posixpath.normpath(posixpath.join(folder or "", pattern)) if inside is None else inside
            whole = inside is not None or plain(options.get("absolute")) is True
            for path in self.package.fitting(place):
                found.append(f"{ROOT}/{path}" if whole else posixpath.relpath(path, folder or "."))
        return found or UNKNOWN

    def _file_of(self, args: list[Value], scope: Scope) -> Value:
        """What reading a file gives, where the source shows enough of its path."""
        path = _shown_path(args[0]) if args else ""
        content = self.package.data(path, scope.module) if path else None
        return UNKNOWN if content is None else content

    def _folder_of(self, args: list[Value], scope: Scope) -> Value:
        """The names that listing a folder of the package gives, or its entries."""
        path = _shown_path(args[0]) if args else ""
        found = self.package.folder(path, scope.module) if path else None
        if found is None:
            return UNKNOWN
        options = plain(args[1]) if len(args) > 1 else None
        if isinstance(options, dict) and plain(options.get("withFileTypes")) is True:
            return [
                {"name": name, "path": path, "parentPath": path, **_kind(folder)}
                for name, folder in found.items()
            ]
        return list(found)

    def _is_there(self, args: list[Value], scope: Scope) -> bool:
        path = _shown_path(args[0]) if args else ""
        return bool(path) and self.package.exists(path, scope.module)

    def _state_of(self, args: list[Value], scope: Scope) -> Value:
        if not self._is_there(args, scope):
            return UNKNOWN
        return _kind(self.package.folder(_shown_path(args[0]), scope.module) is not None)

    def _context_of(self, args: list[Value], scope: Scope) -> Value:
        """What a bundler makes of `require.context(folder, ...)`: a function that loads a file, and the names of all."""
        folder, *more = [plain(arg) for arg in args] or [None]
        options = more[0] if more and isinstance(more[0], dict) else {}
        wanted = options.get("regExp", next((one for one in more if isinstance(one, Regex)), None))
        deep = options.get("recursive", more[0] if more else True)
        if not isinstance(folder, str) or not folder.startswith("."):
            return UNKNOWN
        files = {
            f"./{name}": module
            for name, module in self.package.under(folder, scope.module)
            if (deep is not False or "/" not in name)
            and (not isinstance(wanted, Regex) or tested(wanted, f"./{name}") is not False)
        }
        context = Action(
            lambda given: self._content(files[name]) if (name := _named(given)) in files else UNKNOWN
        )
        context.names["keys"] = Action(lambda _: list(files))
        return context

    def _glob_of(self, args: list[Value], scope: Scope) -> Value:
        """What a bundler makes of `import.meta.glob(pattern, {eager})`: each file's path with its module, or what loads it."""
        given = plain(args[0]) if args else None
        patterns = [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)]
        options = plain(args[1]) if len(args) > 1 else None
        options = options if isinstance(options, dict) else {}
        eager, wanted = plain(options.get("eager")) is True, plain(options.get("import"))
        found: dict[str, Value] = {}
        for pattern in patterns:
            for path, module in self.package.matching(pattern, scope.module):
                load = partial(self._part_of, module, wanted)
                found[path] = load([]) if eager else Action(load)
        return found or UNKNOWN

    def _part_of(self, module: Module, name: Value, _: list[Value]) -> Value:
        return self.exported(module, name) if isinstance(name, str) and name != "*" else self._content(module)

    def import_of(self, specifier: str, scope: Scope) -> Value:
        """What importing a module gives."""
        if specifier.endswith(".json"):
            return json_value(self.package.data(specifier, scope.module))
        found = self.package.find(specifier, scope.module)
        if found is None:
            return foreign(specifier, "")
        return self._content(found)

    def _content(self, module: Module) -> Value:
        self.run_module(module)
        common = module.common["exports"]
        return common if common else Namespace(module)


def _named(args: list[Value]) -> Value:
    return plain(args[0]) if args and isinstance(plain(args[0]), str) else None


def _kind(folder: bool) -> dict[str, Value]:
    """The methods by which an entry of a folder says what it is."""
    return {
        "isDirectory": Action(lambda _: folder),
        "isFile": Action(lambda _: not folder),
        "isSymbolicLink": Action(lambda _: False),
    }


def is_of(value: Value, package: str) -> bool:
    return isinstance(value, External) and value.package.removeprefix("node:").partition("/")[0] == package


def addressed(value: Value) -> Value:
    """`new URL(address, import.meta.url)` as the text that it stands for; other values as they are."""
    given = [plain(arg) for arg in value.args] if isinstance(value, Made) else []
    if len(given) == 2 and isinstance(given[0], str) and isinstance(given[1], str) and within(given[1]):
        return joined(given[0], given[1])
    return value


def _shown_path(value: Value) -> str:
    """The end of a path that is joined of parts, as far back as the source shows it."""
    value = plain(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Attribute) and value.name in {"href", "pathname"}:
        value = plain(value.owner)
    value = addressed(value)
    if isinstance(value, str):
        return value
    if not isinstance(value, Made) or not value.args:
        return ""
    parts: list[str] = []
    for arg in value.args:
        part = _shown_path(arg)
        parts = [*parts, part] if part and isinstance(plain(arg), str) else [part] if part else []
    # `new URL("./x.json", import.meta.url)` names the file first.
    return "/".join(parts) or (plain(value.args[0]) if isinstance(plain(value.args[0]), str) else "")
