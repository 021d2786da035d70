"""What object and array literals, and the functions in them, become."""

from abc import abstractmethod

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.commandline import Options
from crawler.introspect.static.javascript.nodes import kinds
from crawler.introspect.static.javascript.operators import Choice
from crawler.introspect.static.javascript.protocol import Protocol
from crawler.introspect.static.javascript.sources import Body, Scope
from crawler.introspect.static.javascript.values import (
    OPEN,
    Function,
    Getter,
    Instance,
    Namespace,
    Zod,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Value

FUNCTIONS = frozenset({"arrow_function", "function_expression", "function", "generator_function"})


class Literals(Protocol):
    """Makes objects, arrays and functions."""

    #: Whether what is read now runs only if somebody sets something, and the objects, by identity, that are made then.
    waits = False
    late: dict[int, Value]

    @abstractmethod
    def items(self, value: Value) -> list[Value] | None:
        """What iterating gives; `None` if the source does not show it."""

    @abstractmethod
    def defined(self, function: Function) -> None:
        """A function came into being; the reader may want to look into it later."""

    def _object(self, node: SgNode, scope: Scope) -> Value:
        found: dict[str, Value] = {}
        for child, kind in kinds(node):
            match kind:
                case "pair":
                    key = self.key(child.field("key"), scope)
                    if isinstance(key, str | int):
                        found[str(key)] = self._property(child.field("value"), str(key), scope)
                case "shorthand_property_identifier":
                    found[child.text()] = self.lookup(child.text(), scope)
                case "spread_element":
                    self._spread(self.evaluate(child.child(1), scope), found)
                case "method_definition":
                    self._method(child, found, scope)
        for value in found.values():
            if isinstance(value, Function):
                value.table = value.table or found
                if value.this is None and value.node.kind() != "arrow_function":
                    value.this = found
        if self.waits:
            self.late[id(found)] = found
        self.made(found, node, scope)
        return found

    def _property(self, node: SgNode | None, name: str, scope: Scope) -> Value:
        if node is not None and node.kind() in FUNCTIONS:
            return self.function(node, scope, name)
        return self.evaluate(node, scope)

    def _spread(self, value: Value, found: dict[str, Value]) -> None:
        value = plain(value)
        if isinstance(value, dict):
            found.update(value)
            if id(value) in self.withheld:
                self.withheld[id(found)] = found
        elif isinstance(value, Zod):
            found.update(value.schema)
        elif isinstance(value, Instance):
            found.update(value.names)
        elif isinstance(value, Namespace):
            found.update(self.exports(value.module))
        elif isinstance(value, Options):
            found.update(value.over(found))
        elif value is not None:
            found[OPEN] = True

    def _method(self, node: SgNode, found: dict[str, Value], scope: Scope) -> None:
        key = self.key(node.field("name"), scope)
        if isinstance(key, str):
            function = self.function(node, scope, key)
            getter = any(child.kind() == "get" for child in node.children()[:3])
            found[key] = Getter(function.bind(found)) if getter else function

    def _array(self, node: SgNode, scope: Scope) -> Value:
        found: list[Value] = []
        for child, kind in kinds(node):
            if kind == "spread_element":
                more = self._spread_items(self.evaluate(child.child(1), scope))
                found.extend(more)
                if id(more) in self.withheld:
                    self.withheld[id(found)] = found
            else:
                found.append(self.evaluate(child, scope))
        return found

    def _spread_items(self, value: Value) -> list[Value]:
        """What a spread brings into a list."""
        more = self.items(value)
        if isinstance(value, Choice):
            return self.together(more or [], value.other)
        return [UNKNOWN] if more is None else more

    def function(self, node: SgNode, scope: Scope, name: str) -> Function:
        """The function that an expression or definition makes."""
        own = node.field("name")
        key = hash(node)
        body = scope.part.bodies.get(key)
        if body is None:
            body = scope.part.bodies[key] = Body(node, scope.part)
        function = Function(node, scope, name or (own.text() if own else ""), body)
        self.defined(function)
        return function
