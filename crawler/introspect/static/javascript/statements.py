"""What the statements of a JavaScript file do to the names in scope, taking every branch that may run."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.branches import Branches
from crawler.introspect.static.javascript.declarations import (
    CLASS_DECLARATIONS,
    FUNCTION_DECLARATIONS,
    pattern_names,
)
from crawler.introspect.static.javascript.expressions import GENERATORS
from crawler.introspect.static.javascript.loops import Flow
from crawler.introspect.static.javascript.modules import NAMING, TRIGGERS, Package
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.javascript.operators import UNSET, Choice, is_simple
from crawler.introspect.static.javascript.outcomes import best, is_hollow, is_narrower, waiting
from crawler.introspect.static.javascript.sources import Lazy, Module, Part, Scope
from crawler.introspect.static.javascript.values import (
    MARKABLE,
    Attribute,
    External,
    Function,
    Instance,
    Made,
    kept,
    plain,
)
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value
from crawler.introspect.static.words import holds_any

#: Modules that are read inside each other.
DEEPEST_MODULE = 12


#: A flag that the handler of an exception sets.
_FLAG = re.compile(r"(?<![\w$.])([\w$]+) = (true|false);")


class Statements(Branches):
    """Reads blocks of statements."""

    _nesting = 0
    _modules = 0

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__(package, notes)
        self._settled = {}
        self.late = {}

    def run_module(self, module: Module) -> None:
        """Read a module's body once; of a large one, the parts that have to do with tools."""
        if not self.package.load(module) or self._modules >= DEEPEST_MODULE or self._depth > 80:
            return
        module.state = "read"
        module.names.setdefault("module", module.common)
        module.names.setdefault("exports", module.common["exports"])
        self._modules += 1
        certainty, self.certainty = self.certainty, UNSET if self.package.aside(module) else 1.0
        try:
            self._run_parts(module)
        finally:
            self._modules -= 1
            self.certainty = certainty

    def _run_parts(self, module: Module) -> None:
        whole = len(module.parts) == 1
        chosen = [part for part in module.parts if whole or _wanted(module, part)]
        for part in chosen:
            self.open(module, part)
        for part in chosen:
            if not part.executed:
                part.executed = True
                self.run_block(self.package.parse(module, part), self.top(module, part))

    def run_body(self, function: Function, scope: Scope) -> Value:
        """Read a function's body; what it returns."""
        statements = function.body.statements
        if statements is None:
            return self.evaluate(function.body.block, scope)
        self.hoist(statements, scope)
        self.run_block(statements, scope)
        if not function.awaits and function.node.kind() in GENERATORS:
            return scope.yields
        if id(scope.returns) in self._settled:
            value = self._settled.pop(id(scope.returns))
            if is_hollow(value):
                return waiting([*scope.returns, *scope.perhaps])
            return Setting(value) if is_simple(value) else value
        return best(scope.returns or scope.perhaps)

    def run_block(self, statements: list[SgNode], scope: Scope) -> Flow:
        """Read statements in order."""
        if self._nesting > 40:
            return Flow.NEXT
        self._nesting += 1
        try:
            for number, statement in enumerate(statements):
                self.step()
                handler = _STATEMENTS.get(statement.kind())
                flow = handler(self, statement, scope) if handler else None
                if flow is Flow.WAIT:
                    with self.unsure(UNSET, unlikely=True):
                        self.run_block(statements[number + 1 :], scope)
                if flow is Flow.ASKED:
                    with self.asking():
                        return self.run_block(statements[number + 1 :], scope)
                if flow is not None and flow is not Flow.NEXT:
                    return flow
        finally:
            self._nesting -= 1
        return Flow.NEXT

    @contextmanager
    def unsure(self, factor: float, *, unlikely: bool = False) -> Iterator[None]:
        """Lower the certainty of what happens inside."""
        before, self.certainty = self.certainty, min(self.certainty, max(self.certainty * factor, 0.5))
        outer, self._unlikely = self._unlikely, self._unlikely or unlikely
        unset, waits = self._unset, self.waits
        if unlikely and factor == UNSET:
            self._unset = self.waits = True
        try:
            yield
        finally:
            self.certainty, self._unlikely, self._unset, self.waits = before, outer, unset, waits

    def _rebind(self, name: str, value: Value, scope: Scope) -> None:
        if self._unlikely or self._open:
            current = self.lookup(name, scope)
            if self._unlikely and current is not None and type(current) is not Unknown:
                return
            if self._open and is_narrower(value, current):
                return  # what leaves something out where something unknown holds
            if self._open and (not current or current is UNKNOWN) and isinstance(value, str | bool):
                value = UNKNOWN  # a flag or message that is set only if something unknown holds
        elsewhere = isinstance(value, Made | Attribute | External | Unknown)
        super()._rebind(name, self._later(value) if elsewhere else value, scope)

    def _later(self, value: Value) -> Value:
        """What a value is that is given only if somebody sets something, as long as nobody does."""
        if not self.waits or isinstance(value, Setting):
            return value
        if isinstance(value, MARKABLE):
            return kept(value, self.certainty)
        return Choice([], value) if isinstance(value, list) and value else Setting(None)

    def put(self, owner: Value, name: Value, value: Value) -> None:
        """Assign to a property, unless only an unlikely branch does, and it is a flag or has a value already."""
        there = owner.get(str(plain(name))) if isinstance(owner, dict) else None
        if isinstance(owner, Instance):
            there = owner.names.get(str(plain(name))) or None
        if id(owner) in self.late:
            super().put(owner, name, value)
        elif self._unlikely and isinstance(plain(value), bool | str | int | None):
            self.withheld[id(owner)] = owner
        elif not self._unlikely or there is None or isinstance(there, Unknown):
            super().put(owner, name, self._later(value))

    def _block(self, node: SgNode, scope: Scope) -> Flow:
        statements = elements(node) if node.kind() == "statement_block" else [node]
        inner = Scope(scope.module, scope, {}, scope.part)
        self.hoist(statements, inner)
        return self.run_block(statements, inner)

    def _expression(self, node: SgNode, scope: Scope) -> None:
        self.evaluate(node.child(0), scope)

    def _export(self, node: SgNode, scope: Scope) -> None:
        declaration = node.field("declaration")
        if declaration is not None:
            self.run_block([declaration], scope)
        elif "default" in scope.module.exports and node.field("value") is not None:
            self.force(scope.module.exports, "default")

    def _declaration(self, node: SgNode, scope: Scope) -> None:
        for declarator in elements(node):
            if declarator.kind() != "variable_declarator":
                continue
            target = declarator.field("name")
            if target is None:
                continue
            if scope.parent is None:
                if len(scope.module.parts) > 1 and not self._telling(declarator, scope):
                    continue
                for name in pattern_names(target):
                    if isinstance(scope.names.get(name), Lazy):
                        self.lookup(name, scope)
            else:
                self._bind_variable(declarator, target, scope)

    def _telling(self, declarator: SgNode, scope: Scope) -> bool:
        """Whether a declaration of a bundle, where most are of libraries, may register tools: by itself, or by what it calls."""
        if scope.part.triggered(declarator):
            return True
        value = declarator.field("value")
        if value is not None and value.kind() == "await_expression":
            value = value.child(1)
        called = value.field("function") or value.field("constructor") if value is not None else None
        if called is None or called.kind() != "identifier":
            return False
        source = self.declaration(called.text(), scope)
        return source is not None and holds_any(source.text(), TRIGGERS)

    def _bind_variable(self, declarator: SgNode, target: SgNode, scope: Scope) -> None:
        value = declarator.field("value")
        if target.kind() == "identifier":
            name = target.text()
            self.bind(target, self._property(value, name, scope) if value is not None else None, scope)
        else:
            self.bind(target, self.evaluate(value, scope), scope)

    def _named(self, node: SgNode, scope: Scope) -> None:
        """A function or class comes into being."""
        name = node.field("name")
        if name is not None:
            self.lookup(name.text(), scope)

    def _try(self, node: SgNode, scope: Scope) -> Flow:
        flow = self._branch(node.field("body"), scope)
        handler, final = node.field("handler"), node.field("finalizer")
        if handler is not None:
            before = list(scope.returns)
            with self.unsure(UNSET, unlikely=True):
                self._branch(handler.field("body"), scope)
            scope.returns[:] = before
            self._question(handler, scope)
        if final is not None:
            self._branch(final.field("body"), scope)
        return flow

    def _question(self, handler: SgNode, scope: Scope) -> None:
        """Which of two a flag is that says whether something went well, nobody knows."""
        for name, value in _FLAG.findall(scope.part.text(handler)):
            if self.lookup(name, scope) is (value == "false"):
                super()._rebind(name, UNKNOWN, scope)

    def _return(self, node: SgNode, scope: Scope) -> Flow:
        value = next(iter(elements(node)[1:]), None)
        given = self.evaluate(value, scope) if value is not None else None
        self.told([given], node, scope)
        (scope.perhaps if self._unset else scope.returns).append(given)
        return Flow.RETURN

    def _throw(self, *_: object) -> Flow:
        return Flow.RETURN

    def _break(self, *_: object) -> Flow:
        return Flow.BREAK

    def _labelled(self, node: SgNode, scope: Scope) -> Flow:
        return self._branch(node.field("body"), scope)


def _wanted(module: Module, part: Part) -> bool:
    if any(word not in NAMING for word in part.words) or module.text.startswith("export", part.start):
        return True
    return module.text.find("\nexport", part.start, part.end) >= 0


_STATEMENTS: dict[str, Callable[..., Flow | None]] = {
    "expression_statement": Statements._expression,
    "export_statement": Statements._export,
    "lexical_declaration": Statements._declaration,
    "variable_declaration": Statements._declaration,
    "if_statement": Statements._if,
    "for_in_statement": Statements._for_in,
    "for_statement": Statements._for,
    "while_statement": Statements._while,
    "do_statement": Statements._do,
    "try_statement": Statements._try,
    "return_statement": Statements._return,
    "throw_statement": Statements._throw,
    "break_statement": Statements._break,
    "continue_statement": Statements._break,
    "switch_statement": Statements._switch,
    "labeled_statement": Statements._labelled,
    "statement_block": Statements._block,
    **dict.fromkeys(FUNCTION_DECLARATIONS | CLASS_DECLARATIONS | {"enum_declaration"}, Statements._named),
}
