"""Binding names and patterns to values, and assigning to what has them."""

from abc import abstractmethod

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.nodes import SKIPPED, elements
from crawler.introspect.static.javascript.operators import Operators, is_simple
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import Attribute, Zod, plain
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value


class Patterns(Operators):
    """Takes values apart."""

    @abstractmethod
    def key(self, node: SgNode | None, scope: Scope) -> Value:
        """The key of a property: a name, a constant, or something in brackets."""

    def bind(self, pattern: SgNode | None, value: Value, scope: Scope) -> None:
        """Bind a name or the names of a pattern."""
        if pattern is None:
            return
        match pattern.kind():
            case "identifier" | "shorthand_property_identifier_pattern":
                scope.names[pattern.text()] = value
            case "assignment_pattern" | "object_assignment_pattern":
                self.bind(
                    pattern.field("left"), self._or_default(value, pattern.field("right"), scope), scope
                )
            case "object_pattern":
                self._bind_properties(pattern, value, scope)
            case "array_pattern":
                number = 0
                for child in pattern.children():
                    number += child.kind() == ","
                    if child.kind() not in SKIPPED:
                        self.bind(child, self.get(value, number), scope)
            case "required_parameter" | "optional_parameter":
                self._bind_parameter(pattern, value, scope)
            case "rest_pattern":
                self.bind(pattern.child(1), value, scope)

    def _or_default(self, value: Value, default: SgNode | None, scope: Scope) -> Value:
        """The value, or the default where there is none; a setting stays one."""
        known = plain(value)
        if known is not None and not isinstance(known, Unknown | Attribute):
            return value
        given = self.evaluate(default, scope)
        return Setting(given) if isinstance(value, Setting) and is_simple(given) else given

    def _bind_parameter(self, node: SgNode, value: Value, scope: Scope) -> None:
        if (default := node.field("value")) is not None:
            value = self._or_default(value, default, scope)
        target = node.field("pattern")
        self.bind(target, value, scope)
        modifiers = {child.kind() for child in node.children()}
        if target is not None and modifiers & {"accessibility_modifier", "readonly"}:
            self.put(scope.this, target.text(), value)

    def _bind_properties(self, pattern: SgNode, value: Value, scope: Scope) -> None:
        taken: set[str] = set()
        for child in elements(pattern):
            match child.kind():
                case "pair_pattern":
                    key = self.key(child.field("key"), scope)
                    self.bind(child.field("value"), self.get(value, key), scope)
                case "rest_pattern":
                    left: Value = value if isinstance(value, Zod) else UNKNOWN
                    if isinstance(value, dict):
                        left = {k: v for k, v in value.items() if k not in taken}
                    self.bind(child.child(1), left, scope)
                    key = None
                case _:
                    target = child.field("left") or child
                    key = target.text()
                    self.bind(child, self.get(value, key), scope)
            taken.add(str(key))

    def assign(self, target: SgNode | None, value: Value, scope: Scope) -> None:
        """Assign to a name where it is declared, or to a property."""
        if target is None:
            return
        match target.kind():
            case "identifier":
                self._rebind(target.text(), value, scope)
            case "member_expression":
                name = target.field("property")
                self.put(
                    self.evaluate(target.field("object"), scope),
                    name.text().lstrip("#") if name else "",
                    value,
                )
            case "subscript_expression":
                owner = self.evaluate(target.field("object"), scope)
                self.put(owner, self.evaluate(target.field("index"), scope), value)
            case "parenthesized_expression":
                self.assign(target.child(1), value, scope)
            case _:
                self.bind(target, value, scope)

    def _rebind(self, name: str, value: Value, scope: Scope) -> None:
        here: Scope = scope
        while name not in here.names and here.parent is not None:
            here = here.parent
        here.names[name] = value
