"""What an expression of JavaScript or TypeScript gives, as far as the source shows it."""

from abc import abstractmethod
from collections.abc import Callable

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.literals import FUNCTIONS, Literals
from crawler.introspect.static.javascript.nodes import (
    SKIPPED,
    elements,
    is_optional,
    string_of,
    unescaped,
)
from crawler.introspect.static.javascript.operators import joined
from crawler.introspect.static.javascript.outcomes import LIKELY
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import OPEN, Attribute, External, Made, Meta, Regex, plain
from crawler.introspect.static.unknown import SURE, UNKNOWN, Setting, Unknown, Value

#: Expressions nested deeper are unknown.
DEEPEST_EXPRESSION = 100


#: Items of a list, or rounds of a loop.
MOST_ITEMS = 10_000

#: Characters of a number that is still read, and the largest number that is sure to be exact, unless it is a BigInt.
LONGEST_NUMBER, MOST_EXACT = 200, 2**53

GENERATORS = frozenset({"generator_function", "generator_function_declaration"})


class Expressions(Literals):
    """Evaluates expressions; nothing is run, unknown parts stay unknown."""

    _depth = 0

    @abstractmethod
    def evaluate_call(self, node: SgNode, scope: Scope) -> Value:
        """What a call gives."""

    @abstractmethod
    def evaluate_new(self, node: SgNode, scope: Scope) -> Value:
        """What `new` gives."""

    @abstractmethod
    def make_class(self, node: SgNode, scope: Scope, name: str) -> Value:
        """The class that a class declaration or expression makes."""

    def evaluate(self, node: SgNode | None, scope: Scope) -> Value:
        """The value of an expression."""
        if node is None:
            return UNKNOWN
        self.step()
        handler = _EXPRESSIONS.get(node.kind())
        if handler is None or self._depth > DEEPEST_EXPRESSION:
            return UNKNOWN
        self._depth += 1
        try:
            return handler(self, node, scope)
        finally:
            self._depth -= 1

    def items(self, value: Value) -> list[Value] | None:
        """What iterating gives; `None` if the source does not show it."""
        value = plain(value)
        if isinstance(value, list):
            return value[:MOST_ITEMS]
        if isinstance(value, dict):  # a Map
            return [[key, self.force(value, key)] for key in list(value) if key not in (OPEN, SURE)]
        return None

    def truth(self, value: Value) -> bool | None:
        """Whether the value counts as true; `None` if the source does not show it."""
        if value is None or isinstance(value, bool | int | float | str):
            return bool(value)
        if value is LIKELY:
            return True
        vague = isinstance(value, Unknown | Attribute | Made | External)
        return None if vague else True

    def key(self, node: SgNode | None, scope: Scope) -> Value:
        """The key of a property: a name, a constant, or something in brackets."""
        if node is None:
            return UNKNOWN
        match node.kind():
            case "string":
                return string_of(node)
            case "computed_property_name":
                return plain(self.evaluate(node.child(1), scope))
        return node.text()

    def _string(self, node: SgNode, _: Scope) -> Value:
        return string_of(node)

    def _template(self, node: SgNode, scope: Scope) -> Value:
        parts: list[Value] = []
        setting = False
        for child in node.children():
            match child.kind():
                case "string_fragment":
                    parts.append(child.text())
                case "escape_sequence":
                    parts.append(unescaped(child.text()))
                case "template_substitution":
                    value = self.evaluate(child.child(1), scope)
                    setting = setting or isinstance(value, Setting)
                    parts.append(_written(value))
        whole = joined(parts)
        return Setting(whole) if setting and not isinstance(whole, Unknown) else whole

    def _number(self, node: SgNode, _: Scope) -> Value:
        digits = node.text().replace("_", "")
        if len(digits) > LONGEST_NUMBER:
            return UNKNOWN
        try:
            exact = int(digits.removesuffix("n"), 0)
            return exact if digits.endswith("n") or exact <= MOST_EXACT else float(exact)
        except ValueError:
            pass  # a fraction, or an octal number of old
        try:
            number = float(digits)
        except ValueError:
            return UNKNOWN
        return int(number) if number.is_integer() and number <= MOST_EXACT else number

    def _identifier(self, node: SgNode, scope: Scope) -> Value:
        return self.lookup(node.text(), scope)

    def _this(self, _: SgNode, scope: Scope) -> Value:
        return scope.this if scope.this is not None else UNKNOWN

    def _member(self, node: SgNode, scope: Scope) -> Value:
        name = node.field("property")
        owner = self.evaluate(node.field("object"), scope)
        if name is None or (owner is None and is_optional(node)):
            return UNKNOWN if name is None else None
        return self.get(owner, name.text().lstrip("#"))

    def _subscript(self, node: SgNode, scope: Scope) -> Value:
        owner = self.evaluate(node.field("object"), scope)
        index = plain(self.evaluate(node.field("index"), scope))
        return None if owner is None and is_optional(node) else self.get(owner, index)

    def _inner(self, node: SgNode, scope: Scope) -> Value:
        """What stands in parentheses, before `as`, `satisfies` or `!`, or behind a cast."""
        child = next((one for one in node.children() if one.kind() not in SKIPPED), None)
        return self.evaluate(child, scope)

    def _cast(self, node: SgNode, scope: Scope) -> Value:
        return self.evaluate(node.children()[-1], scope)

    def _yield(self, node: SgNode, scope: Scope) -> Value:
        """`yield x` and `yield* all`; what comes back into the generator is what compilers give back to it."""
        value = self.evaluate(node.children()[-1], scope)
        many = self.items(value) if any(child.kind() == "*" for child in node.children()[:2]) else None
        scope.yields.extend([value] if many is None else many)
        return value

    def _sequence(self, node: SgNode, scope: Scope) -> Value:
        value: Value = UNKNOWN
        for child in elements(node):
            value = self.evaluate(child, scope)
        return value

    def _function(self, node: SgNode, scope: Scope) -> Value:
        return self.function(node, scope, "")

    def _class(self, node: SgNode, scope: Scope) -> Value:
        """A class that is an expression: its own name is known inside it alone."""
        name = node.field("name")
        if name is None:
            return self.make_class(node, scope, "")
        inner = Scope(scope.module, scope, {}, scope.part)
        inner.names[name.text()] = found = self.make_class(node, inner, name.text())
        return found

    def _assignment(self, node: SgNode, scope: Scope) -> Value:
        target = node.field("left")
        value = self._property(node.field("right"), target.text()[:80] if target else "", scope)
        self.assign(target, value, scope)
        return value

    def _constant(self, node: SgNode, _: Scope) -> Value:
        return {"true": True, "false": False}.get(node.kind())

    def _meta(self, _: SgNode, scope: Scope) -> Value:
        return Meta(scope.module.file)


def _written(value: Value) -> Value:
    """A value in a template; what nobody has set is written out too."""
    known = plain(value)
    return "undefined" if known is None and isinstance(value, Setting) else known


_EXPRESSIONS: dict[str, Callable[..., Value]] = {
    "string": Expressions._string,
    "template_string": Expressions._template,
    "number": Expressions._number,
    "regex": lambda _, node, __: Regex(node.text()),
    "identifier": Expressions._identifier,
    "undefined": Expressions._constant,
    "null": Expressions._constant,
    "true": Expressions._constant,
    "false": Expressions._constant,
    "this": Expressions._this,
    "member_expression": Expressions._member,
    "subscript_expression": Expressions._subscript,
    "parenthesized_expression": Expressions._inner,
    "as_expression": Expressions._inner,
    "satisfies_expression": Expressions._inner,
    "non_null_expression": Expressions._inner,
    "type_assertion": Expressions._cast,
    "await_expression": Expressions._cast,
    "yield_expression": Expressions._yield,
    "sequence_expression": Expressions._sequence,
    "object": Expressions._object,
    "array": Expressions._array,
    "class": Expressions._class,
    "unary_expression": Expressions._unary,
    "binary_expression": Expressions._binary,
    "ternary_expression": Expressions._ternary,
    "assignment_expression": Expressions._assignment,
    "augmented_assignment_expression": Expressions._augmented,
    "update_expression": Expressions._update,
    "meta_property": Expressions._meta,
    "call_expression": lambda reader, node, scope: reader.evaluate_call(node, scope),
    "new_expression": lambda reader, node, scope: reader.evaluate_new(node, scope),
    **dict.fromkeys(FUNCTIONS, Expressions._function),
}
