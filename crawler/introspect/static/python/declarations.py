"""What imports, functions and classes do to the names in scope."""

import ast
from abc import abstractmethod

from crawler.introspect.static.python.calls import Calls
from crawler.introspect.static.python.options import note_option
from crawler.introspect.static.python.values import (
    Attribute,
    Class,
    External,
    Function,
    LazyImport,
    Made,
    Scope,
)
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value

_KINDS = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "functools.cached_property": "property",
    "contextlib.contextmanager": "context",
    "contextlib.asynccontextmanager": "context",
}


class Declarations(Calls):
    """Reads statements that give a name to something new."""

    @abstractmethod
    def run_block(self, body: list[ast.stmt], scope: Scope) -> object:
        """Read statements in order."""

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            found = self.package.find(alias.name, scope.module)
            root = alias.name.partition(".")[0]
            if alias.asname:
                scope.names[alias.asname] = found or External(alias.name)
            else:
                scope.names[root] = self.package.find(root, scope.module) or External(root)
                if found is not None and root != alias.name:
                    self.run_module(found)

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        name = node.module or ""
        here = scope.module
        find = self.package.find
        source = self.package.find_relative(name, node.level, here) if node.level else find(name, here)
        for alias in node.names:
            if alias.name == "*":
                if source is not None and source is not here:
                    scope.names.setdefault("*", []).append(source)
                continue
            bound: Value = UNKNOWN
            if source is not None:
                bound = LazyImport(source, alias.name)
                inner = self.package.submodule(source, alias.name)
                if inner is not None and self.package.tells_others(inner):
                    self.run_module(inner)
            elif node.level:
                bound = (
                    self.package.find_relative(f"{name}.{alias.name}".strip("."), node.level, here) or UNKNOWN
                )
            else:
                bound = find(f"{name}.{alias.name}", here) or External(f"{name}.{alias.name}")
            scope.names[alias.asname or alias.name] = bound

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        function = Function(node, scope if "__fields__" not in scope.names else scope.parent or scope)
        if "__fields__" in scope.names:
            function.owner = scope.names.get("__class__")
        self.evaluate_defaults(function, node.args, scope)
        value: Value = function
        for decorator in reversed(node.decorator_list):
            value = self._decorated(value, self.evaluate(decorator, scope), scope, node.lineno)
        scope.names[node.name] = value
        self.defined(function)

    @abstractmethod
    def defined(self, function: Function) -> None:
        """A function came into being; the reader may want to look into it later."""

    def _decorated(self, value: Value, decorator: Value, scope: Scope, line: int) -> Value:
        if isinstance(decorator, External) and decorator.path in _KINDS:
            if isinstance(value, Function):
                value.kind = _KINDS[decorator.path]
            return value
        if isinstance(decorator, Attribute) and decorator.name in {"setter", "getter"}:
            return value
        if isinstance(value, Function) and note_option(value, decorator):
            return value
        result = self.call(decorator, [value], {}, (scope.module, line))
        return value if result is None or isinstance(result, Unknown | Made | Attribute) else result

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        bases = [self.evaluate(base, scope) for base in node.bases]
        cls = Class(node, scope, bases)
        for ancestor in bases:
            parent = getattr(ancestor, "base", ancestor)
            if isinstance(parent, Class) and parent is not cls:
                parent.subclasses.append(cls)
        names: dict[str, Value] = {"__fields__": cls.fields, "__class__": cls}
        inner = Scope(scope.module, scope, names)
        self.run_block(node.body, inner)
        cls.names = names
        del names["__fields__"], names["__class__"]
        self._number_members(cls)
        scope.names[node.name] = cls
        self._announce(cls, node, scope)
        for decorator in reversed(node.decorator_list):
            self.call(self.evaluate(decorator, scope), [cls], {}, (scope.module, node.lineno))

    def _number_members(self, cls: Class) -> None:
        """`auto()` in a StrEnum is the name in lower case."""
        if not cls.is_enum:
            return
        for name, value in cls.names.items():
            if isinstance(value, Made) and isinstance(value.what, External) and value.what.last == "auto":
                cls.names[name] = name.lower()

    def _announce(self, cls: Class, node: ast.ClassDef, scope: Scope) -> None:
        """Tell the nearest ancestor that listens with `__init_subclass__`."""
        hook = self.class_attribute(cls, "__init_subclass__", cls, after=cls)
        if isinstance(hook, Function):
            kwargs = {word.arg: self.evaluate(word.value, scope) for word in node.keywords if word.arg}
            self.call_function(hook.bind(cls), [], kwargs)
