"""What operators make of values, and of what they do when only one of them decides."""

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.names import Names
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.javascript.outcomes import ASKED, NOT_ASKED, either
from crawler.introspect.static.javascript.properties import ENVIRONMENTS
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.values import (
    MARKABLE,
    OPEN,
    Attribute,
    Class,
    External,
    Function,
    Made,
    as_asked,
    marked,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Characters of a string that is still folded.
LONGEST_TEXT = 200_000

#: The method by which a client asks for the tools.
LIST_METHOD = "tools/list"

#: What a branch is worth that hangs on something unknown, and one that runs only if somebody sets a variable.
UNDECIDED, UNSET = 0.9, 0.5

_COMPARED = frozenset({"===", "==", "!==", "!="})

_ACTING = frozenset(
    {"call_expression", "new_expression", "assignment_expression", "binary_expression", "ternary_expression"}
)


#: What may hold a list of tools without doing anything.
_TABLES = frozenset({"identifier", "array", "member_expression"})


class Choice(Setting):
    """What is so when nobody sets anything, with a list that counts if somebody does."""

    def __init__(self, default: Value, other: list[Value]) -> None:
        super().__init__(default)
        self.other = other


class Operators(Names):
    """Evaluates what stands between operators."""

    @abstractmethod
    def unsure(self, factor: float, *, unlikely: bool = False) -> AbstractContextManager[None]:
        """Lower the certainty of what happens inside."""

    @abstractmethod
    def asking(self, asked: bool = True) -> AbstractContextManager[None]:
        """What is read inside runs where a request asks for the tools, if *asked*."""

    @abstractmethod
    def truth(self, value: Value) -> bool | None:
        """Whether the value counts as true; `None` if the source does not show it."""

    @abstractmethod
    def assign(self, target: SgNode | None, value: Value, scope: Scope) -> None:
        """Assign to a name where it is declared, or to a property."""

    def _unary(self, node: SgNode, scope: Scope) -> Value:
        value = self.evaluate(node.field("argument"), scope)
        operator = node.field("operator")
        match operator.text() if operator else "":
            case "!":
                truth = self.truth(plain(value))
                negated: Value = UNKNOWN if truth is None else not truth
                return Setting(negated) if isinstance(value, Setting) and truth is not None else negated
            case "-" if isinstance(value, int | float):
                return -value
            case "void":
                return None
            case "typeof":
                return _type_name(plain(value))
        return UNKNOWN

    def _binary(self, node: SgNode, scope: Scope) -> Value:
        operator = node.field("operator")
        sign = operator.text() if operator else ""
        left = self.evaluate(node.field("left"), scope)
        if sign in {"&&", "||", "??"}:
            return self._logical(sign, as_asked(left) if sign == "&&" else left, node, scope)
        right = self.evaluate(node.field("right"), scope)
        if sign == "in":
            return self._has(right, plain(left))
        setting = isinstance(left, Setting) or isinstance(right, Setting)
        result = _combined(sign, plain(left), plain(right))
        if result is UNKNOWN and sign in _COMPARED and LIST_METHOD in (left, right):
            return ASKED if sign.startswith("=") else NOT_ASKED
        return Setting(result) if setting and not isinstance(result, Unknown) else result

    def _has(self, owner: Value, key: Value) -> Value:
        """`key in owner`."""
        if isinstance(owner, External) and owner.path in ENVIRONMENTS:
            return Setting(False)
        if not isinstance(owner, dict) or not isinstance(key, str | int) or OPEN in owner:
            return UNKNOWN
        if id(owner) in self.withheld:
            return Setting(str(key) in owner)
        return str(key) in owner if owner else UNKNOWN

    def _logical(self, sign: str, left: Value, node: SgNode, scope: Scope) -> Value:
        """The operand that decides; a setting counts as what it is when unset."""
        known = plain(left)
        other = node.field("right")
        truth = (
            (None if isinstance(known, Unknown | Attribute) else known is not None)
            if sign == "??"
            else self.truth(known)
        )
        if truth is None:
            with self.unsure(UNDECIDED if _acts(other) else 1.0):
                right = self.evaluate(other, scope)
            if sign == "&&" and plain(right) is False:
                return right  # whatever the other is
            if left is ASKED or right is ASKED:
                return ASKED
            fallback = sign != "&&" and not isinstance(left, Made)
            return (Setting(right) if isinstance(right, str | int | None) else right) if fallback else UNKNOWN
        if truth is (sign != "&&"):
            return self._besides(left, other, scope) if isinstance(left, Setting) else left
        right = self.evaluate(other, scope)
        if sign == "||" and isinstance(left, Setting) and type(right) is Unknown:
            # What a setting or something unknown opens is shut as long as nobody sets anything.
            return left
        return (
            Setting(plain(right))
            if isinstance(left, Setting) and not isinstance(right, dict | list)
            else right
        )

    def _besides(self, value: Value, node: SgNode | None, scope: Scope) -> Value:
        """What counts when nobody sets anything, together with what is there only if somebody does."""
        if not _acts(node) and (node is None or node.kind() not in _TABLES):
            return value
        with self.unsure(UNSET, unlikely=True):
            other = self.evaluate(node, scope)
        if not isinstance(plain(other), list) or not plain(other):
            return value
        if isinstance(value, Setting):
            return Choice(value.default, plain(other))
        return self.together(value, plain(other)) if isinstance(value, list) else value

    def together(self, items: list[Value], others: list[Value]) -> list[Value]:
        """A list with others that are in it only if somebody sets something; names stay out, since they cannot be marked."""
        known = {id(item) for item in items}
        new = [item for item in others if id(item) not in known]
        found = [*items, *(marked(item, UNSET) for item in new if isinstance(item, MARKABLE))]
        if len(found) < len(items) + len(new):
            self.withheld[id(found)] = found
        return found

    def _ternary(self, node: SgNode, scope: Scope) -> Value:
        condition = as_asked(self.evaluate(node.field("condition"), scope))
        likely, other = node.field("consequence"), node.field("alternative")
        truth = self.truth(plain(condition))
        if truth is not None:
            likely, other = (likely, other) if truth else (other, likely)
            value = self.evaluate(likely, scope)
            if not isinstance(condition, Setting):
                return value
            return self._besides(Setting(value) if is_simple(value) else value, other, scope)
        with self.unsure(UNDECIDED if _acts(likely) or _acts(other) else 1.0):
            with self.asking(condition is ASKED):
                first = self.evaluate(likely, scope)
            second = self.evaluate(other, scope)
        return either(first, second, UNDECIDED)

    def _augmented(self, node: SgNode, scope: Scope) -> Value:
        target = node.field("left")
        operator = node.field("operator")
        sign = operator.text().removesuffix("=") if operator else ""
        current, value = plain(self.evaluate(target, scope)), plain(self.evaluate(node.field("right"), scope))
        if sign in {"||", "??"}:
            result = current if self.truth(current) else value
        else:
            result = _combined(sign, current, value)
        self.assign(target, result, scope)
        return result

    def _update(self, node: SgNode, scope: Scope) -> Value:
        """`i++` and its kin."""
        target = node.field("argument")
        current = plain(self.evaluate(target, scope))
        step = -1 if "--" in node.text() else 1
        self.assign(target, current + step if isinstance(current, int) else UNKNOWN, scope)
        return current


def is_simple(value: Value) -> bool:
    """Whether a value is whole in itself, so that it may say that it hangs on a setting."""
    return value is None or value in ([], {}) or isinstance(value, str | bool | int)


def joined(parts: Sequence[Value], glue: str = "") -> Value:
    """One text of constants with *glue* between them; unknown where a part is none, or where it would be too long."""
    texts = [_spelled(part) for part in parts]
    if sum(len(text or "") + len(glue) for text in texts) > LONGEST_TEXT:
        return UNKNOWN
    whole = glue.join([text for text in texts if text is not None])
    return whole if None not in texts else UNKNOWN


def _spelled(value: Value) -> str | None:
    """A constant as JavaScript writes it into a text; `None` for anything else."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e21 else str(value)
    return None


def _acts(node: SgNode | None) -> bool:
    """Whether an operand does something rather than only being something."""
    while node is not None and node.kind() in {
        "parenthesized_expression",
        "await_expression",
        "sequence_expression",
    }:
        node = next(iter(elements(node)[-1:]), None)
    return node is not None and node.kind() in _ACTING


def _type_name(value: Value) -> Value:
    match value:
        case Unknown() | Attribute() | Made() | External():
            return UNKNOWN
        case None:
            return "undefined"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case Function() | Class():
            return "function"
    return "object"


def _combined(sign: str, left: Value, right: Value) -> Value:
    """`left sign right` for constants."""
    if sign in _COMPARED:
        return _equal(left, right, sign.startswith("="))
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return joined([left, right])
    if (
        not isinstance(left, int | float)
        or not isinstance(right, int | float)
        or max(abs(left), abs(right)) > 1e12
    ):
        return UNKNOWN
    operations: dict[str, Callable[[float, float], Value]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "<": lambda a, b: a < b,
        ">": lambda a, b: a > b,
        "<=": lambda a, b: a <= b,
        ">=": lambda a, b: a >= b,
    }
    return operations[sign](left, right) if sign in operations else UNKNOWN


def _equal(left: Value, right: Value, wanted: bool) -> Value:
    vague = Unknown | Attribute | Made | External
    if isinstance(left, vague) or isinstance(right, vague):
        return UNKNOWN
    plainly = str | int | float | bool | None
    if isinstance(left, plainly) and isinstance(right, plainly):
        return (left == right) is wanted
    return (left is right) is wanted
