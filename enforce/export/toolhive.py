"""ToolHive: Cedar policies whose conditions all stand on permits, since a policy that errs is passed over."""

from crawler.tools import Json
from enforce import conditions
from enforce.export.expressions import ALWAYS, NEVER, member_steps, permission
from enforce.export.losses import Losses
from enforce.export.outline import default_without_globs, law_of, losses_of_all, names
from enforce.policy import Condition, Policy
from enforce.yamltext import dumped

_CALL = 'principal, action == Action::"call_tool", resource'
_ORDER = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
#: Expressions that are true of a value of the kind and an error for any other.
_GUARDS = {
    "text": '({} like "*")',
    "number": "({} >= 0 || true)",
    "bool": "({} || true)",
}


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
    return written


class Cedar:
    """The dialect. Cedar has whole numbers and no regular expressions, and an argument is an attribute of the tool."""

    def __init__(self, losses: Losses) -> None:
        self._losses = losses

    def ask(self, condition: Condition, unsure: bool) -> str | None:
        """See `Dialect`; what cannot be compared is an error, for which the whole permit is passed over: denied either way."""
        steps = member_steps(condition)
        if steps is None or len(steps) != 1:
            return None
        name = quoted(f"arg_{steps[0]}")
        there, value = f"resource has {name}", f"resource[{name}]"
        if condition.op == "exists":
            return there if condition.value else f"!({there})"
        comparison = _comparison(condition, value)
        if comparison is None:
            return None
        if unsure:
            self._losses.stricter(
                "",
                "where one condition of a denial cannot be compared, the call is denied even if another does not hold",
            )
        if condition.op in ("neq", "not_in"):
            return f"!({there}) || ({comparison})"
        return f"{there} && ({comparison})"


def _comparison(condition: Condition, value: str) -> str | None:
    op, wanted = condition.op, condition.value
    if op in _ORDER:
        bound = _literal(wanted)
        return None if bound is None else f"{value} {_ORDER[op]} {bound}"
    if op == "contains" and isinstance(wanted, str):
        return f'{value} like "*{_escaped(wanted, stars=True)}*"'
    if op in ("contains", "regex"):
        return None
    values = wanted if op in ("in", "not_in") else [wanted]
    kinds = {conditions.kind(item) for item in values}
    literals = [_literal(item) for item in values]
    if None in literals or len(kinds) != 1 or not kinds <= set(_GUARDS):
        return None
    equal = f"[{', '.join(text or '' for text in literals)}].contains({value})"
    return (
        f"{_GUARDS[kinds.pop() or ''].format(value)} && {f'!({equal})' if op in ('neq', 'not_in') else equal}"
    )


def _literal(value: Json) -> str | None:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) < 2**63:
        return str(value)
    return None


def _tool(name: str) -> str:
    return f"Tool::{quoted(name)}"


def quoted(text: str) -> str:
    """A Cedar string."""
    return f'"{_escaped(text)}"'


def _escaped(text: str, *, stars: bool = False) -> str:
    return "".join(_character(character, stars) for character in text)


def _character(character: str, stars: bool) -> str:
    if character in '"\\' or (stars and character == "*"):
        return "\\" + character
    return character if " " <= character <= "~" else f"\\u{{{ord(character):x}}}"
