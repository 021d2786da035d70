"""Looking up names in the symbolic reader's world of JavaScript."""

from abc import abstractmethod
from collections.abc import Callable, Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.budget import Budget
from crawler.introspect.static.javascript.modules import Package
from crawler.introspect.static.javascript.paths import place
from crawler.introspect.static.javascript.properties import Properties
from crawler.introspect.static.javascript.sources import Lazy, Module, Part, Scope
from crawler.introspect.static.javascript.values import MISSING, External, ImportName, Namespace
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value

#: Steps in all, and on one file or function.
MOST_STEPS, MOST_STEPS_AT_ONCE = 1_500_000, 600_000


_GLOBALS = frozenset(
    {
        "Object",
        "Array",
        "Promise",
        "JSON",
        "String",
        "Number",
        "parseInt",
        "parseFloat",
        "Boolean",
        "Symbol",
        "Map",
        "WeakMap",
        "Set",
        "Math",
        "Reflect",
        "structuredClone",
    }
    | {
        "process",
        "console",
        "globalThis",
        "Error",
        "Date",
        "RegExp",
        "setTimeout",
        "import_meta",
        "require",
        "Deno",
        "Bun",
    }
)


#: What every file is told of itself.
_PLACES = frozenset({"__dirname", "__filename"})


#: Modules that export all of each other.
_MOST_STARRED = 500


class Names(Properties):
    """Names and imports; knows nothing of expressions and statements."""

    #: Whether what is read now runs where somebody asks for the list of tools, and nowhere else.
    _asked = False

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__()
        self.package = package
        self.notes = notes
        self.budget = Budget(MOST_STEPS, MOST_STEPS_AT_ONCE)
        self.step = self.budget.step
        #: 1 where the code surely runs; lowered inside branches that hang on something unknown.
        self.certainty = 1.0

    @abstractmethod
    def declare(self, lazy: Lazy, name: str) -> Value:
        """The value of a declaration."""

    @abstractmethod
    def evaluate(self, node: SgNode | None, scope: Scope) -> Value:
        """The value of an expression."""

    @abstractmethod
    def hoist(self, statements: list[SgNode], scope: Scope) -> None:
        """Bind what these statements declare, without evaluating it."""

    @abstractmethod
    def run_module(self, module: Module) -> None:
        """Read a module's body once."""

    @abstractmethod
    def assigned_later(self, module: Module, name: str) -> Value:
        """What a bundler's start-up code gives to a name that is declared without a value."""

    def lookup(self, name: str, scope: Scope) -> Value:
        """The value of a name."""
        here: Scope | None = scope
        while here is not None:
            if name in here.names:
                return self.force(here.names, name, scope.module if here.parent is None else None)
            here = here.parent
        if self._open_part(name, scope.module):
            return self.lookup(name, scope)
        if name in _PLACES:
            return place(scope.module.file, name)
        return External("", name) if name in _GLOBALS else UNKNOWN

    def declaration(self, name: str, scope: Scope) -> SgNode | None:
        """Where the module of a large file declares a name at its top."""
        here: Scope | None = scope
        while here is not None and here.parent is not None:
            if name in here.names:
                return None
            here = here.parent
        if name not in scope.module.names:
            self._open_part(name, scope.module)
        return scope.module.declared.get(name)

    def force(self, names: dict[str, Value], name: str, module: Module | None = None) -> Value:
        """A bound name's value, evaluated if nobody has wanted it before."""
        value = names[name]
        if isinstance(value, Lazy):
            names[name] = UNKNOWN
            asked, self._asked = self._asked, False  # what is declared elsewhere is no answer
            value = names[name] = self.declare(value, name)
            self._asked = asked
        if isinstance(value, ImportName):
            return self.exported(value.module, value.name)
        if value is MISSING:
            value = names[name] = self.assigned_later(module, name) if module is not None else None
        return value

    def _open_part(self, name: str, module: Module) -> bool:
        """Parse the part of a large file that declares a name."""
        known = module.heads.pop(name, None)
        perhaps = module.maybe.pop(name, ()) if name not in _GLOBALS else ()
        return any(self._opened(name, module, number) for number in (known, *perhaps) if number is not None)

    def open(self, module: Module, part: Part) -> None:
        """Parse a part and bind what it declares, once."""
        if not part.opened:
            part.opened = True
            self.hoist(self.package.parse(module, part), self.top(module, part))

    def _opened(self, name: str, module: Module, number: int) -> bool:
        self.open(module, module.parts[number])
        if isinstance(lazy := module.names.get(name), Lazy) and _is_empty_object(lazy.node.field("value")):
            for near in module.parts[number : number + 2]:
                self._fill_exports(name, near, module)
        return name in module.names

    def _fill_exports(self, name: str, part: Part, module: Module) -> None:
        """Run `__export(name, {...})`, by which bundlers fill what a namespace becomes."""
        if module.text.find(f"({name},", part.start, part.end) < 0:
            return
        for statement in self.package.parse(module, part):
            call = statement.child(0) if statement.kind() == "expression_statement" else None
            given = call.field("arguments") if call is not None and call.kind() == "call_expression" else None
            first = given.child(1) if given is not None else None
            if first is not None and first.kind() == "identifier" and first.text() == name:
                self.evaluate(call, self.top(module, part))

    def top(self, module: Module, part: Part) -> Scope:
        """The module's own scope, as seen from one of its parts."""
        return Scope(module, None, module.names, part)

    def exported(self, module: Module, name: str, depth: int = 0) -> Value:
        """What a module exports under a name; of what it does not say, that of the one package all of which it exports."""
        found = self._export_of(module, name, depth)
        if type(found) is not Unknown or name in module.exports:
            return found
        packages = [
            one for source in _starred(module) for one in source.starred if not isinstance(one, Module)
        ]
        return self.get(packages[0], name) if len(packages) == 1 else found

    def _export_of(self, module: Module, name: str, depth: int) -> Value:
        for source in _starred(module, self.run_module):
            found = self._own_export(source, name, depth)
            if source is module and (name in module.exports or found is not UNKNOWN):
                return found
            if not isinstance(found, Unknown) and found is not None:
                return found
        return UNKNOWN

    def _own_export(self, module: Module, name: str, depth: int) -> Value:
        """What a module exports under a name other than by exporting all of another."""
        if name in module.exports:
            local = module.exports[name]
            if isinstance(local, ImportName):
                return self.exported(local.module, local.name, depth + 1) if depth < 20 else UNKNOWN
            if isinstance(local, str):
                return self.lookup(local, self.top(module, module.parts[0])) if module.parts else UNKNOWN
            return self.force(module.exports, name)
        common = module.common["exports"]
        if name in {"*", "default"}:
            return common if common else Namespace(module)
        return self.get(common, name) if common else UNKNOWN

    def exports(self, module: Module) -> dict[str, Value]:
        """All that a module exports."""
        found: dict[str, Value] = {}
        for source in reversed(list(_starred(module, self.run_module))):
            found |= {name: self.exported(source, name) for name in list(source.exports)}
            common = source.common["exports"]
            found |= common if isinstance(common, dict) else {}
        return found


def _starred(module: Module, read: Callable[[Module], None] | None = None) -> Iterator[Module]:
    """A module and those all of whose names it exports, itself or by what it exports again, each once; *read* before it is asked."""
    seen: list[Module] = []
    waiting = [module]
    while waiting and len(seen) < _MOST_STARRED:
        here = waiting.pop()
        if here not in seen:
            seen.append(here)
            if read is not None:
                read(here)
            yield here
            waiting.extend(reversed([source for source in here.starred if isinstance(source, Module)]))


def _is_empty_object(node: SgNode | None) -> bool:
    return node is not None and node.kind() == "object" and len(node.children()) == 2
