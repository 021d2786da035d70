"""A rule that many tools of a policy repeat, said once for all of them under a selector."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from enforce.paths import parse
from enforce.policy import Approval, Policy, Rule, ToolRules

#: What may be shared: a rule that decides alike wherever it stands.
SHARED: tuple[Literal["deny_if", "require_approval"], ...] = ("deny_if", "require_approval")
#: Tools from which on a rule is worth a selector.
_MANY = 3

_Rule = Rule | Approval
_encode = msgspec.json.Encoder(decimal_format="number", order="deterministic").encode


def shared(policy: Policy) -> Policy:
    """The same law; rules about arguments that many tools repeat stand under a selector that names these tools."""
    groups = {key: _repeated(policy.tools, key) for key in SHARED}
    selectors = dict(policy.selectors)
    added: dict[str, ToolRules] = {}
    for key in SHARED:
        for rule, names in groups[key].values():
            selector = _selector(rule, selectors)
            selectors[selector] = tuple(names)
            added[selector] = ToolRules(**{key: (rule,)})  # type: ignore[arg-type]  # of the kind that the key holds
    if not added:
        return policy
    moved = {key: groups[key].keys() for key in SHARED}
    tools = {name: _without(rules, moved) for name, rules in policy.tools.items()}
    return replace(policy, tools=tools | added, selectors=selectors)


def _repeated(tools: Mapping[str, ToolRules], key: str) -> dict[bytes, tuple[_Rule, list[str]]]:
    """Rules with conditions that stand in many tools, by what they say, with these tools."""
    where: dict[bytes, tuple[_Rule, list[str]]] = {}
    for name, rules in tools.items():
        conditional = [rule for rule in getattr(rules, key) if rule.conditions]
        for says, rule in {_says(rule): rule for rule in conditional}.items():
            where.setdefault(says, (rule, []))[1].append(name)
    return {says: found for says, found in where.items() if len(found[1]) >= _MANY}


def _without(rules: ToolRules, moved: Mapping[Any, Iterable[bytes]]) -> ToolRules:
    kept: dict[str, Any] = {}
    for key in SHARED:
        before = getattr(rules, key)
        after = tuple(rule for rule in before if not rule.conditions or _says(rule) not in moved[key])
        if len(after) < len(before):
            kept[key] = after
    return replace(rules, **kept) if kept else rules


def _selector(rule: _Rule, taken: Mapping[str, Any]) -> str:
    """Named by the argument that the rule is about."""
    steps = parse(rule.conditions[-1].path, ("args",)) or ("rule",)
    argument = ".".join(steps)
    name = f"@{argument if argument.isprintable() and argument.strip() else 'argument'}"
    numbers = (f"{name}-{number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbers if one not in taken)


def _says(rule: _Rule) -> bytes:
    return _encode(rule)
