"""What the statements of a Python file do to the names in scope, taking every branch that may run."""

import ast
from abc import abstractmethod
from collections.abc import Callable
from enum import Enum, auto

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.python import constants
from crawler.introspect.static.python.declarations import Declarations
from crawler.introspect.static.python.values import (
    Attribute,
    Function,
    Made,
    Module,
    Scope,
    plain,
    sureness,
)
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Modules that are read inside each other; deeper ones wait for their turn.
DEEPEST_MODULE = 10

#: What a branch is worth that hangs on something unknown, and one that runs only if somebody sets a variable.
UNDECIDED, UNSET = 0.9, 0.5

#: Steps on one branch that runs only if somebody sees to it.
MOST_STEPS_UNSET = 40_000


class Flow(Enum):
    """How a block ends."""

    NEXT = auto()
    RETURN = auto()
    BREAK = auto()
    #: What comes next in the round of a loop comes only if somebody sees to it.
    PASSED = auto()


class Statements(Declarations):
    """Reads blocks of statements."""

    _nesting = 0
    _modules = 0

    def run_module(self, module: Module, certainty: float = 1.0) -> None:
        """Read a module's body once; a module that is being read already is left alone."""
        if module.executed or self._modules >= DEEPEST_MODULE or self._depth > 100:
            return
        module.executed = True
        module.tree = module.tree or self.package.parse(module)
        if module.tree is None:
            return
        self._modules += 1
        before, self.certainty = self.certainty, certainty
        try:
            with self.budget.apart():
                self.run_block(module.tree.body, module.scope)
        except OutOfSteps:
            if self.budget.spent:
                raise
            self.notes.doubt(f"{module.file} is too intricate to be read to its end")
        finally:
            self._modules -= 1
            self.certainty = before

    def run_function(self, function: Function, scope: Scope) -> Value:
        """Read a function's body; what it returns, or the list of what it yields."""
        mark(function.node)
        function.runs += 1
        scope.names["__returns__"] = []
        self.run_block(function.block, scope)
        yields = scope.names.get("__yields__")
        if yields is not None:
            return yields[0] if function.kind == "context" and yields else yields
        value = _best(scope.names["__returns__"], scope.names.get("__settled__", 0))
        return Setting(value) if "__hangs__" in scope.names and constants.is_known(value) else value

    def run_block(self, body: list[ast.stmt], scope: Scope) -> Flow:
        """Read statements in order."""
        if self._nesting > 40:
            return Flow.NEXT
        self._nesting += 1
        try:
            for number, statement in enumerate(body):
                self.step()
                handler = _STATEMENTS.get(type(statement))
                flow = handler(self, statement, scope) if handler else Flow.NEXT
                if flow is Flow.PASSED:
                    with self.unsure(UNSET):
                        rest = self.run_block(body[number + 1 :], scope)
                    return Flow.PASSED if rest is Flow.NEXT else rest
                if flow is not None and flow is not Flow.NEXT:
                    return flow
        finally:
            self._nesting -= 1
        return Flow.NEXT

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        if type(node.value) is not ast.Constant:
            self.evaluate(node.value, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.bind(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if isinstance(node.target, ast.Name) and "__fields__" in scope.names:
            scope.names["__fields__"][node.target.id] = node.annotation
        if node.value is not None:
            self.bind(node.target, self.evaluate(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        current = self.evaluate(node.target, scope)
        if isinstance(current, list) and isinstance(node.op, ast.Add | ast.BitOr):
            self._list_method(current, "extend", [value])
        elif isinstance(current, dict) and isinstance(value, dict):
            current.update(value)
        else:
            new = constants.lifted(lambda a, b: constants.binary(type(node.op), a, b), current, value)
            self.bind(node.target, new, scope)

    def _return(self, node: ast.Return, scope: Scope) -> Flow:
        value = self.evaluate(node.value, scope) if node.value else None
        scope.names.setdefault("__returns__", []).append(value)
        return Flow.RETURN

    def _raise(self, *_: object) -> Flow:
        return Flow.RETURN

    def _break(self, *_: object) -> Flow:
        return Flow.BREAK

    @abstractmethod
    def answering(self, body: list[ast.stmt], scope: Scope) -> None:
        """Statements that run where a client asks for the list of tools."""

    def _if(self, node: ast.If, scope: Scope) -> Flow:
        if _asks_for_list(node.test):
            self.answering(node.body, scope)
        condition = self.evaluate(node.test, scope)
        if not isinstance(condition, Setting):
            truth = self.truth(condition)
            if truth is not None:
                return self.run_block(node.body if truth else node.orelse, scope)
            return self._both(node.body, node.orelse, scope, UNDECIDED)
        likely, other = node.body, node.orelse
        if self.truth(plain(condition)) is False:
            likely, other = other, likely
        return self._both(likely, other, scope, UNSET)

    def _both(self, likely: list[ast.stmt], other: list[ast.stmt], scope: Scope, factor: float) -> Flow:
        """Read two branches of which one runs; what the likely one assigns wins."""
        before = dict(scope.names)
        with self.unsure(UNDECIDED if factor == UNDECIDED else 1.0):
            likely_flow = self.run_block(likely, scope)
        returned = len(scope.names.get("__returns__", ()))
        if factor == UNSET and likely_flow is Flow.RETURN:
            scope.names.setdefault("__settled__", returned)
        assigned = {
            name: value
            for name, value in scope.names.items()
            if before.get(name, UNKNOWN) is not value and not isinstance(value, Unknown) and value is not None
        }
        if factor == UNDECIDED and not _is_exhaustive(other):
            flags = [
                name for name, value in assigned.items() if isinstance(value, str | bool) and name in before
            ]
            assigned |= {name: UNKNOWN for name in flags if not before[name]}
        settled = dict(scope.names) if factor == UNSET else {}
        with self.unsure(factor):
            other_flow = self._unset_block(other, scope) if factor == UNSET else self.run_block(other, scope)
        if factor == UNSET and (
            "__settled__" in scope.names or len(scope.names.get("__returns__", ())) > returned
        ):
            scope.names["__hangs__"] = True
        scope.names.update(assigned)
        for name, value in settled.items():
            known = isinstance(value, Setting) or not (value is None or isinstance(value, Unknown))
            if name in before and known and not _has_grown(value, scope.names.get(name)):
                scope.names[name] = value
        if factor == UNSET and likely_flow is Flow.BREAK and other_flow is not Flow.BREAK:
            return Flow.PASSED
        return likely_flow if likely_flow is other_flow and other else Flow.NEXT

    def _unset_block(self, body: list[ast.stmt], scope: Scope) -> Flow:
        """Read what an ordinary start does not come to, at less length."""
        try:
            with self.budget.at_most(MOST_STEPS_UNSET):
                return self.run_block(body, scope)
        except OutOfSteps:
            if self.budget.left <= 0:
                raise
        return Flow.NEXT

    def _for(self, node: ast.For | ast.AsyncFor, scope: Scope) -> Flow:
        items = self.items(self.evaluate(node.iter, scope))
        known = items is not None
        for item in [UNKNOWN] if items is None else items:
            self.bind(node.target, item, scope)
            with self.unsure(sureness(item) if known and not isinstance(item, Unknown) else UNDECIDED):
                flow = self.run_block(node.body, scope)
            if flow is Flow.RETURN and known:
                return flow
        self.run_block(node.orelse, scope)
        return Flow.NEXT

    def _while(self, node: ast.While, scope: Scope) -> Flow:
        self.evaluate(node.test, scope)
        self.run_block(node.body, scope)
        return Flow.NEXT

    def _try(self, node: ast.Try, scope: Scope) -> Flow:
        with self.unsure(UNSET if self._wants_missing(node, scope) else 1.0):
            flow = self.run_block(node.body, scope)
            if flow is Flow.NEXT:
                flow = self.run_block(node.orelse, scope)
        for handler in node.handlers:
            self._handler(handler, scope)
        final = self.run_block(node.finalbody, scope)
        return final if final is not Flow.NEXT else flow

    def _wants_missing(self, node: ast.Try, scope: Scope) -> bool:
        """Whether a body begins with an import of a file that a package of the source lacks, and goes on without where that fails."""
        first = next((one for one in node.body if not isinstance(one, ast.Expr)), None)
        if not isinstance(first, ast.ImportFrom) or first.level or not first.module or not node.handlers:
            return False
        folder, _, name = first.module.rpartition(".")
        around = self.package.find(folder, scope.module) if name else None
        return around is not None and around.package and self.package.submodule(around, name) is None

    def _handler(self, handler: ast.ExceptHandler, scope: Scope) -> None:
        """An `except` block only supplies names that the body did not give."""
        before = dict(scope.names)
        returns = list(scope.names.get("__returns__", ()))
        with self.unsure(UNSET):
            self.run_block(handler.body, scope)
        scope.names.update(before)
        if "__returns__" in scope.names:
            scope.names["__returns__"][:] = returns

    def _with(self, node: ast.With | ast.AsyncWith, scope: Scope) -> Flow:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if item.optional_vars is not None:
                self.bind(item.optional_vars, value, scope)
        return self.run_block(node.body, scope)

    def _match(self, node: ast.Match, scope: Scope) -> Flow:
        self.evaluate(node.subject, scope)
        for case in node.cases:
            if isinstance(case.pattern, ast.MatchValue) and _is_list(case.pattern.value):
                self.answering(case.body, scope)
            with self.unsure(UNDECIDED):
                self.run_block(case.body, scope)
        return Flow.NEXT

    def _global(self, node: ast.Global, scope: Scope) -> None:
        scope.globals.update(node.names)
        for name in node.names:
            scope.names.pop(name, None)

    def _delete(self, node: ast.Delete, scope: Scope) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                scope.names.pop(target.id, None)


def mark(node: ast.AST) -> None:
    """Note that a function's body has been read."""
    node.__dict__["_read"] = True


def is_marked(node: ast.AST) -> bool:
    """Whether a function's body has been read."""
    return "_read" in node.__dict__


def _is_vague(value: Value) -> bool:
    """Whether the source shows nothing of a value, nor of what it holds."""
    if isinstance(value, list | tuple):
        return all(map(_is_vague, value))
    outside = isinstance(value, Made) and isinstance(value.what, Attribute)
    return value is None or outside or isinstance(value, Unknown | Attribute)


def _is_exhaustive(other: list[ast.stmt]) -> bool:
    """Whether a chain of `elif` ends in an `else`."""
    while len(other) == 1 and isinstance(other[0], ast.If):
        other = other[0].orelse
    return bool(other)


def _asks_for_list(test: ast.expr) -> bool:
    """Whether a condition compares something with the name of the request."""
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.Eq)
        and any(map(_is_list, (test.left, *test.comparators)))
    )


def _is_list(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "tools/list"


def _has_grown(before: Value, value: Value) -> bool:
    """Whether a list is the same with more behind or before it."""
    if not isinstance(before, list) or not isinstance(value, list):
        return False
    return set(map(id, before)) <= set(map(id, value))


def _best(returned: list[Value], settled: int) -> Value:
    """Of several values that may be returned: the longest list, else the last that says something.

    The last of the first *settled* ones is returned where nobody sets anything; constants and lists of which nothing is
    known do not come before it, and nothing does before a function.
    """
    if settled and all(map(_is_vague, returned[settled:])):
        returned = returned[:settled]
    if settled and (all(map(constants.is_known, returned)) or isinstance(returned[settled - 1], Function)):
        return returned[settled - 1]
    lists = [value for value in returned if isinstance(value, list | dict) and value]
    if lists:
        return max(lists, key=len)
    known = [value for value in returned if value is not None and not isinstance(value, Unknown | Attribute)]
    if known and not (isinstance(known[-1], bool) and known[-1] is not returned[-1]):
        return known[-1]
    return returned[-1] if returned else None


_STATEMENTS: dict[type[ast.stmt], Callable[..., Flow | None]] = {
    ast.Expr: Statements._expression,
    ast.Assign: Statements._assign,
    ast.AnnAssign: Statements._annotated,
    ast.AugAssign: Statements._augmented,
    ast.Return: Statements._return,
    ast.Raise: Statements._raise,
    ast.Break: Statements._break,
    ast.Continue: Statements._break,
    ast.If: Statements._if,
    ast.For: Statements._for,
    ast.AsyncFor: Statements._for,
    ast.While: Statements._while,
    ast.Try: Statements._try,
    ast.TryStar: Statements._try,
    ast.With: Statements._with,
    ast.AsyncWith: Statements._with,
    ast.Match: Statements._match,
    ast.Global: Statements._global,
    ast.Delete: Statements._delete,
    ast.Import: Statements._import,
    ast.ImportFrom: Statements._import_from,
    ast.FunctionDef: Statements._function,
    ast.AsyncFunctionDef: Statements._function,
    ast.ClassDef: Statements._class,
}
