"""What a program takes in while it runs: its own modules, and the tables and folders that lie beside them."""

from functools import partial

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.functions import Functions
from crawler.introspect.static.javascript.nodes import elements, string_of
from crawler.introspect.static.javascript.properties import foreign
from crawler.introspect.static.javascript.tables import json_value
from crawler.introspect.static.javascript.texts import tested
from crawler.introspect.static.javascript.values import (
    Action,
    Attribute,
    External,
    Made,
    Module,
    Namespace,
    Regex,
    Scope,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Value

#: What stands for the folder of the file itself, once it is joined with something.
_HERE = frozenset(
    {"__dirname", "__filename", "import_meta.url", "import_meta.dirname", "import_meta.filename"}
)


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

    def file_of(self, args: list[Value], scope: Scope) -> Value:
        """What reading a file gives, where the source shows enough of its path."""
        path = _shown_path(args[0]) if args else ""
        content = self.package.data(path, scope.module) if path else None
        return UNKNOWN if content is None else content

    def folder_of(self, args: list[Value], scope: Scope) -> Value:
        """The names that listing a folder of the package gives."""
        path = _shown_path(args[0]) if args else ""
        names = self.package.folder(path, scope.module) if path else None
        return UNKNOWN if names is None else names

    def context_of(self, args: list[Value], scope: Scope) -> Value:
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

    def glob_of(self, args: list[Value], scope: Scope) -> Value:
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


def is_context(value: Value) -> bool:
    """Whether it is a function by which bundlers take in a folder."""
    return isinstance(value, External) and value.path in {"require.context", "import_meta.webpackContext"}


def is_glob(value: Value) -> bool:
    """Whether it is a function by which bundlers take in the files that fit a pattern."""
    return isinstance(value, External) and value.path in {"import_meta.glob", "import_meta.globEager"}


def reads(value: Value, name: str) -> bool:
    """Whether it is a function of Node.js that reads from the disk, by the name that it has without `Sync`."""
    return isinstance(value, External) and value.last.removesuffix("Sync") == name and is_of(value, "fs")


def is_of(value: Value, package: str) -> bool:
    return isinstance(value, External) and value.package.removeprefix("node:").partition("/")[0] == package


def _shown_path(value: Value) -> str:
    """The end of a path that is joined of parts, as far back as the source shows it."""
    value = plain(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Attribute) and value.name == "href":
        value = value.owner
    if isinstance(value, External) and value.path in _HERE:
        return "."
    if not isinstance(value, Made) or not value.args:
        return ""
    parts: list[str] = []
    for arg in value.args:
        part = _shown_path(arg)
        if part == ".":
            parts = parts or [part]
            continue
        parts = [*parts, part] if part and isinstance(plain(arg), str) else [part] if part else []
    # `new URL("./x.json", import.meta.url)` names the file first.
    return "/".join(parts) or (plain(value.args[0]) if isinstance(plain(value.args[0]), str) else "")
