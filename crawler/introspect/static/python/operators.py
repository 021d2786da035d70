"""What operators make of values, and which values are lists or count as true."""

import ast
from abc import abstractmethod

from crawler.introspect.static.python import constants
from crawler.introspect.static.python.names import Names
from crawler.introspect.static.python.values import (
    Attribute,
    Class,
    External,
    FilePath,
    Function,
    Generic,
    Instance,
    Made,
    Member,
    Module,
    Scope,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Items of a list, or rounds of a loop; and how many are looked through in the time of one step.
MOST_ITEMS, ITEMS_A_STEP = 20_000, 8


class Operators(Names):
    """Evaluates what stands between operators."""

    @abstractmethod
    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression."""

    @abstractmethod
    def inner_path(self, folder: FilePath, name: Value) -> Value:
        """The path of something inside a folder of the package."""

    def items(self, value: Value) -> list[Value] | None:
        """What iterating gives; `None` if the source does not show it."""
        value = plain(value)
        match value:
            case list() | tuple() | dict() | set() | frozenset():
                return list(value)[:MOST_ITEMS]
            case FilePath():
                return None
            case str() if len(value) < 1000:
                return list(value)
            case Class() if value.is_enum:
                return [
                    Member(value, name, item)
                    for name, item in value.names.items()
                    if not name.startswith("_") and not isinstance(item, Function)
                ]
            case Instance():
                return self._iterated(value)
        return None

    def _iterated(self, value: Instance) -> list[Value] | None:
        """What the `__iter__` of an object's class gives."""
        method = self.instance_attribute(value, "__iter__")
        items = (
            self.call(method, [], {}, (value.cls.scope.module, 0)) if isinstance(method, Function) else None
        )
        return self.items(items) if isinstance(items, list | tuple | dict) else None

    def truth(self, value: Value) -> bool | None:
        """Whether the value counts as true; `None` if the source does not show it."""
        match value:
            case Unknown() | Attribute() | Made():
                return None
            case list() | dict() | set():
                return True if value else None  # an empty container may be filled where we do not look
            case Function() | Class() | Module() | External() | Instance() | Member() | Generic():
                return True
        return bool(value)

    def _binary(self, node: ast.BinOp, scope: Scope) -> Value:
        left, right = self.evaluate(node.left, scope), self.evaluate(node.right, scope)
        if isinstance(node.op, ast.BitOr) and (_is_type(left) or _is_type(right)):
            return Generic(External("typing.Union"), (left, right))
        if isinstance(node.op, ast.Div) and isinstance(left, FilePath):
            return self.inner_path(left, right)
        return constants.lifted(lambda a, b: constants.binary(type(node.op), a, b), left, right)

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Value:
        """The operand that decides; a setting counts as what it is when unset."""
        unset = False
        value: Value = UNKNOWN
        stop = isinstance(node.op, ast.Or)
        for operand in node.values:
            value = self.evaluate(operand, scope)
            truth = self.truth(value)
            if isinstance(value, Setting):
                unset, truth = True, self.truth(plain(value))
            if truth is None and isinstance(value, list | dict):
                truth = bool(value)
            if truth is None:
                return self._undecided(node, value, scope)
            if truth is stop:
                break
        return Setting(plain(value)) if unset and not isinstance(plain(value), Instance | Made) else value

    def _undecided(self, node: ast.BoolOp, value: Value, scope: Scope) -> Value:
        """`x or constant` gives the constant where nothing is known of x; anything else stays unknown."""
        last = self.evaluate(node.values[-1], scope)
        if isinstance(node.op, ast.Or) and not isinstance(last, Unknown) and not isinstance(value, Made):
            return Setting(last) if isinstance(last, str | int | None) else last
        return value if isinstance(value, Made) and isinstance(node.op, ast.Or) else UNKNOWN

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Value:
        value = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.Not):
            if isinstance(value, Setting):
                return Setting(not plain(value)) if self.truth(plain(value)) is not None else UNKNOWN
            truth = self.truth(value)
            return UNKNOWN if truth is None else not truth
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return -value
        return UNKNOWN

    def _compare(self, node: ast.Compare, scope: Scope) -> Value:
        left = self.evaluate(node.left, scope)
        if len(node.ops) != 1:
            return UNKNOWN
        right = self.evaluate(node.comparators[0], scope)
        if isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(right, list | tuple | dict | set):
            self.budget.charge(len(right) // ITEMS_A_STEP)
        left, right = _home(left, right, scope), _home(right, left, scope)
        return constants.lifted(lambda a, b: constants.compare(type(node.ops[0]), a, b), left, right)

    def _conditional(self, node: ast.IfExp, scope: Scope) -> Value:
        condition = self.evaluate(node.test, scope)
        truth = self.truth(plain(condition))
        if truth is not None:
            value = self.evaluate(node.body if truth else node.orelse, scope)
            return (
                Setting(value)
                if isinstance(condition, Setting) and (value is None or isinstance(value, str))
                else value
            )
        body, orelse = self.evaluate(node.body, scope), self.evaluate(node.orelse, scope)
        return orelse if isinstance(body, Unknown) or body is None or body == [] else body


def _home(value: Value, name: Value, scope: Scope) -> Value:
    """The `__module__` of a function or class that is compared with a module's name; other values as they are.

    A file is called as if it were started where it asks for its own name, and by its path from the root elsewhere.
    """
    if not (isinstance(value, Attribute) and value.name == "__module__" and isinstance(name, str)):
        return value
    # What wraps another function calls itself as that does.
    if not isinstance(value.owner, Function | Class) or getattr(value.owner, "attributes", None):
        return value
    home = value.owner.scope.module
    same = home is scope.module if name == "__main__" else f".{home.name}".endswith(f".{name}")
    return name if same else home.name


def _is_type(value: Value) -> bool:
    return value is None or isinstance(value, External | Class | Generic)
