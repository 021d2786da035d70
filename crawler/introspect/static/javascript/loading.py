"""What a program takes in while it runs: its own modules, and the tables and folders that lie beside them."""

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.functions import Functions
from crawler.introspect.static.javascript.nodes import elements, string_of
from crawler.introspect.static.javascript.properties import foreign
from crawler.introspect.static.javascript.tables import json_value
from crawler.introspect.static.javascript.values import (
    Attribute,
    External,
    Made,
    Module,
    Namespace,
    Scope,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Value


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
    if not isinstance(value, Made) or not value.args:
        return ""
    parts: list[str] = []
    for arg in value.args:
        part = _shown_path(arg)
        parts = [*parts, part] if part and isinstance(plain(arg), str) else [part] if part else []
    # `new URL("./x.json", import.meta.url)` names the file first.
    return "/".join(parts) or (plain(value.args[0]) if isinstance(plain(value.args[0]), str) else "")
