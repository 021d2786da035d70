"""ToolHive: Cedar policies whose conditions all stand on permits, since what errs there is denied.

An argument is an attribute of the tool: texts and truth values as they are, numbers as decimals of four places. A number
too large for that is left out as if it had not been given, and of lists, objects and null only that they are there is
told (https://github.com/stacklok/toolhive, pkg/authz/authorizers/cedar). So absence proves nothing about a number.
"""

import re
from decimal import Decimal

from crawler.tools import Json
from enforce import conditions
from enforce.export.expressions import ALWAYS, NEVER, member_steps, permission
from enforce.export.losses import Losses
from enforce.export.outline import default_without_globs, law_of, losses_of_all, names
from enforce.policy import Condition, Policy
from enforce.yamltext import dumped

_CALL = 'principal, action == Action::"call_tool", resource'
_ORDER = {"lt": "lessThan", "lte": "lessThanOrEqual", "gt": "greaterThan", "gte": "greaterThanOrEqual"}
#: Expressions that are true of a value of the kind and an error for any other; the number 2**63 / 10**4 wraps around.
_GUARDS = {
    "text": '({} like "*")',
    "number": '({}.greaterThan(decimal("-922337203685477.5808")))',
    "bool": "({} || true)",
}
#: Up to here a number of JSON times ten thousand is exact; a decimal has four digits behind the point.
_LARGEST, _PLACES = 2**53 // 10**4, 4
#: Characters that stand for themselves in a string and in a pattern.
_AS_IT_IS = re.compile(r"[ !#-)+-\[\]-~]*")
#: Texts that may be part of how a number is written.
_NUMERIC = re.compile(r"[0-9eE.+-]*")


def write(policy: Policy, server: str, losses: Losses) -> str:
    """An authorization file for `thv run --authz-config`."""
    del server  # one configuration serves one server
    document = {
        "version": "1.0",
        "type": "cedarv1",
        "cedar": {"policies": policies(policy, losses), "entities_json": "[]"},
    }
    return dumped(document)


def policies(policy: Policy, losses: Losses) -> list[str]:
    """The Cedar policies; whatever none of them permits is denied."""
    losses_of_all(policy, losses)
    law, dialect = law_of(policy), Cedar(losses)
    default = default_without_globs(policy, losses)
    standings = {name: permission(law.tool(name), dialect, losses) for name in names(policy)}
    written = []
    if default == "allow":
        named = ", ".join(_tool(name) for name in standings)
        written.append(
            f"permit({_CALL}) when {{ !([{named}].contains(resource)) }};" if named else f"permit({_CALL});"
        )
        written += [
            f'permit(principal, action == Action::"{action}", resource);'
            for action in ("get_prompt", "read_resource")
        ]
    for name, expression in standings.items():
        if expression is not NEVER:
            condition = "" if expression == ALWAYS else f" when {{ {expression} }}"
            written.append(f"permit({_CALL} == {_tool(name)}){condition};")
    return written or ["forbid(principal, action, resource);"]  # without any policy it does not start


class Cedar:
    """The dialect: no regular expressions, and numbers to four places after the point."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses

    def ask(self, condition: Condition, unsure: bool) -> str | None:
        """See `Dialect`; a value of another kind is an error, for which the call is denied either way."""
        steps = member_steps(condition)
        if steps is None or len(steps) != 1:
            return None
        name = f"arg_{steps[0]}"
        there = f"resource has {quoted(name)}"
        if condition.op == "exists":
            return self._given(condition, there, unsure)
        comparison = _comparison(condition, f"resource[{quoted(name)}]")
        if comparison is None:
            return None
        guard, holds = comparison
        if _kind_of(condition) == "number":
            self._losses.looser("", "numbers are compared to four places after the point")
        if not unsure:
            self._needs(condition)
            return f"{there} && {guard} && ({holds})"
        self._losses.stricter(
            "",
            "where one condition of a denial cannot be compared, the call is denied even if another does not hold",
        )
        if condition.op not in ("neq", "not_in") and _is_plain_text(condition):
            return f"resource has {quoted(f'{name}_present')} || {there} && {guard} && ({holds})"
        self._needs(condition)
        return f"!({there} && {guard} && !({holds}))"

    def _given(self, condition: Condition, there: str, unsure: bool) -> str:
        """Only a yes can be relied upon: what is not seen may be a large number, a list or an object."""
        self._needs(condition)
        if condition.value:
            return "true" if unsure else there
        return f"!({there})" if unsure else "false"

    def _needs(self, condition: Condition) -> None:
        self._losses.stricter(
            "",
            f"a call without {condition.path} is denied, and the tool is not listed, since it lists what may be called without arguments",
        )


def _kind_of(condition: Condition) -> str | None:
    """The one kind of all values of a condition."""
    values = condition.value if condition.op in ("in", "not_in") else [condition.value]
    kinds = {conditions.kind(item) for item in values}
    return kinds.pop() if len(kinds) == 1 else None


def _is_plain_text(condition: Condition) -> bool:
    """Whether no number could be taken for what is compared with, however it is written."""
    values = condition.value if condition.op == "in" else [condition.value]
    return all(isinstance(value, str) and not _NUMERIC.fullmatch(value) for value in values)


def _comparison(condition: Condition, value: str) -> tuple[str, str] | None:
    """A guard that errs for values of another kind, and what is asked behind it."""
    op, wanted = condition.op, condition.value
    if op in _ORDER:
        bound = _literal(wanted)
        return None if bound is None else (_GUARDS["number"].format(value), f"{value}.{_ORDER[op]}({bound})")
    if op == "contains" and isinstance(wanted, str):
        return _GUARDS["text"].format(value), f'{value} like "*{_escaped(wanted, stars=True)}*"'
    kind = _kind_of(condition)
    if op in ("contains", "regex") or kind not in _GUARDS:
        return None
    values = wanted if op in ("in", "not_in") else [wanted]
    literals = [_literal(item) for item in values]
    if None in literals or any(isinstance(item, Decimal) for item in values):
        return None  # 0.29 times ten thousand falls short of 2900, so fractions are never equal for certain
    equal = f"[{', '.join(text or '' for text in literals)}].contains({value})"
    return _GUARDS[kind].format(value), f"!({equal})" if op in ("neq", "not_in") else equal


def _literal(value: Json) -> str | None:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    number = conditions.exact(value)
    if number is None or not -_LARGEST <= number <= _LARGEST or _places(number) > _PLACES:
        return None
    whole, _, places = format(number, "f").partition(".")
    return f'decimal("{whole}.{places.rstrip("0") or "0"}")'


def _places(number: int | Decimal) -> int:
    """Digits behind the point."""
    return -number.as_tuple().exponent if isinstance(number, Decimal) else 0  # type: ignore[operator]  # it is finite


def _tool(name: str) -> str:
    return f"Tool::{quoted(name)}"


def quoted(text: str) -> str:
    """A Cedar string."""
    return f'"{_escaped(text)}"'


def _escaped(text: str, *, stars: bool = False) -> str:
    if _AS_IT_IS.fullmatch(text):
        return text
    return "".join(_character(character, stars) for character in text)


def _character(character: str, stars: bool) -> str:
    if character in '"\\' or (stars and character == "*"):
        return "\\" + character
    return character if " " <= character <= "~" else f"\\u{{{ord(character):x}}}"
