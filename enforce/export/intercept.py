"""Intercept: rules that must hold, so that what denies has to be turned round."""

from typing import Any

from crawler.tools import Json
from enforce import conditions, paths
from enforce.export.losses import Losses
from enforce.export.outline import limit_words, losses_of_all, restricts
from enforce.export.outline import names as names_of
from enforce.paths import pointer
from enforce.policy import Condition, Limit, Policy, Rule, ToolRules
from enforce.policywrite import yaml_text
from enforce.selectors import is_glob, speaks_of

_OPPOSITE = {
    "eq": "neq", "neq": "eq", "lt": "gte", "gte": "lt", "gt": "lte", "lte": "gt", "in": "not_in", "not_in": "in",
}  # fmt: skip
#: Conditions that values of one kind pass, and no others.
_GUARDS: dict[str, dict[str, Json]] = {
    "text": {"op": "regex", "value": "(?s).*"},
    "number": {"op": "gte", "value": -(10**38)},
    "bool": {"op": "in", "value": [True, False]},
}
_WINDOWS = {60: "minute", 3600: "hour", 86400: "day"}


def write(policy: Policy, server: str, losses: Losses) -> str:
    """A policy file of Intercept."""
    del server  # one file serves one server
    losses_of_all(policy, losses, limits=False)
    document: dict[str, Json] = {"version": "1", "default": policy.default}
    if policy.description:
        document["description"] = policy.description
    if policy.list == "listed" and policy.default == "allow":
        document["default"] = "deny"
    hidden = _hidden(policy, losses)
    if hidden:
        document["hide"] = hidden
    tools = {name: {"rules": rules} for name, rules in _tools(policy, losses).items()}
    document["tools"] = tools
    return yaml_text(document)


def _hidden(policy: Policy, losses: Losses) -> list[str]:
    names: dict[str, None] = {}
    for index, key in enumerate(policy.hide):
        if key.startswith("@"):
            names.update(dict.fromkeys(policy.selectors.get(key, ())))
        elif is_glob(key) and key != "*" and (policy.default == "deny" or policy.list == "listed"):
            # What is not named is denied anyway.
            losses.looser(pointer(("hide", index)), "tools that fit it are denied, yet stay in lists")
            names.update(dict.fromkeys(name for name in names_of(policy) if speaks_of(policy, key, name)))
        elif is_glob(key) and key != "*":
            losses.stricter(pointer(("hide", index)), "it has no globs, so everything is hidden")
            names["*"] = None
        else:
            names[key] = None
    return list(names)


def _tools(policy: Policy, losses: Losses) -> dict[str, list[Json]]:
    """Rules by tool; a selector's rules stand at each of its tools, and a glob's only where it is `*`."""
    found: dict[str, list[Json]] = {}
    for key, rules in policy.tools.items():
        if is_glob(key) and key != "*":
            if policy.default == "deny":
                losses.stricter(
                    pointer(("tools", key)), f"tools that fit {key} are denied unless named by themselves"
                )
            targets = [] if policy.default == "deny" and not restricts(rules) else ["*"]
            if targets:
                losses.stricter(
                    pointer(("tools", key)), "it has no globs, so these rules hold for every tool"
                )
        else:
            targets = list(policy.selectors.get(key, ())) if key.startswith("@") else [key]
        for target in targets:
            written = _rules(("tools", key), rules, losses)
            old = found.setdefault(target, [])
            found[target] = old + [rule for rule in written if rule not in old]
    shared = [
        _limit(("all_tools", "limits", index), limit, losses)
        for index, limit in enumerate(policy.all_tools.limits)
    ]
    everywhere = [rule for rule in shared if rule is not None]
    if everywhere:
        found["*"] = found.get("*", []) + everywhere
    return found


def _rules(at: tuple[str, ...], rules: ToolRules, losses: Losses) -> list[Json]:
    written: list[Json] = []
    for index, rule in enumerate(rules.require):
        if not rule.dry_run and rule.conditions:
            written.append(_required((*at, "require", index), rule, losses))
    for index, rule in enumerate(rules.deny_if):
        if not rule.dry_run:
            written.append(_turned((*at, "deny_if", index), rule, losses))
    for index, approval in enumerate(rules.require_approval):
        if not approval.dry_run:
            where: tuple[str | int, ...] = (*at, "require_approval", index)
            losses.stricter(pointer(where), "denied, since nobody can be asked")
            rule = Rule(conditions=approval.conditions, on_deny=approval.on_hold, why=approval.why)
            written.append(_turned(where, rule, losses))
    limits = [_limit((*at, "limits", index), limit, losses) for index, limit in enumerate(rules.limits)]
    written += [limit for limit in limits if limit is not None]
    written += _closed(at, rules, losses)
    return written


def _closed(at: tuple[str, ...], rules: ToolRules, losses: Losses) -> list[Json]:
    """What it has no words for: denied where it restricts calls, noted where it only watches."""
    for key in ("pin", "redact"):
        if getattr(rules, key) not in (None, ToolRules().redact):
            losses.looser(pointer((*at, key)), "definitions and results are not looked at")
    if rules.validate == "schema":
        losses.looser(pointer((*at, "validate")), "arguments are not held against the schema")
    found: list[Json] = []
    for key in ("hours", "inner"):
        if getattr(rules, key):
            losses.stricter(pointer((*at, key)), "it has no words for this, so the tool is denied altogether")
            found.append({"name": key, "action": "deny"})
    return found


def _required(where: tuple[str | int, ...], rule: Rule, losses: Losses) -> Json:
    written: list[Json] = []
    name = rule.why or pointer(where)
    for condition in rule.conditions:
        if condition.op in ("neq", "not_in"):
            losses.stricter(pointer(where), f"a call without {condition.path} is denied")
        guarded = _guarded(condition, where, losses)
        if guarded is None:
            losses.stricter(
                pointer(where), "it cannot tell kinds of values apart, so the tool is denied altogether"
            )
            return {"name": name, "action": "deny", **_on_deny(rule.on_deny)}
        written += guarded
    return {"name": name, "conditions": written, **_on_deny(rule.on_deny)}


def _turned(where: tuple[str | int, ...], rule: Rule, losses: Losses) -> Json:
    name = {"name": rule.why or pointer(where)}
    if not rule.conditions:
        return {**name, "action": "deny", **_on_deny(rule.on_deny)}
    condition = rule.conditions[0]
    turned = None if len(rule.conditions) > 1 else _opposite(condition)
    guarded = None if turned is None else _guarded(turned, where, losses)
    if guarded is None:
        losses.stricter(
            pointer(where),
            "it cannot be turned into something that must hold, so the tool is denied altogether",
        )
        return {**name, "action": "deny", **_on_deny(rule.on_deny)}
    if condition.op not in ("neq", "not_in", "exists"):
        losses.stricter(pointer(where), f"a call without {condition.path} is denied")
    return {**name, "conditions": guarded, **_on_deny(rule.on_deny)}


def _opposite(condition: Condition) -> Condition | None:
    if condition.op == "exists":
        return Condition(path=condition.path, op="exists", value=not condition.value)
    if condition.op not in _OPPOSITE:
        return None
    return Condition(path=condition.path, op=_OPPOSITE[condition.op], value=condition.value)  # type: ignore[arg-type]


def _guarded(condition: Condition, where: tuple[str | int, ...], losses: Losses) -> list[Json] | None:
    """The condition behind one that only the right kind of value passes, since it compares 5 with "5" and finds them equal."""
    if (
        condition.op == "exists"
        and not condition.value
        and len(paths.parse(condition.path, ("args",)) or ()) > 1
    ):
        losses.looser(pointer(where), f"a text or a list on the way to {condition.path} passes for nothing")
    if condition.op not in ("eq", "neq", "in", "not_in"):
        return [_condition(condition)]
    values = condition.value if condition.op in ("in", "not_in") else [condition.value]
    kinds = {conditions.kind(value) for value in values}
    if kinds == {"bool"}:
        losses.looser(pointer(where), 'the texts "true" and "false" pass for true and false')
    guard = _GUARDS.get(kinds.pop() or "") if len(kinds) == 1 else None
    return None if guard is None else [{"path": condition.path, **guard}, _condition(condition)]


def _condition(condition: Condition) -> Json:
    return {"path": condition.path, "op": condition.op, "value": condition.value}


def _limit(where: tuple[str | int, ...], limit: Limit, losses: Losses) -> dict[str, Any] | None:
    if limit.dry_run:
        return None
    word = _WINDOWS.get(limit.window)
    name = {"name": limit.why or pointer(where)}
    if word is None:
        losses.looser(pointer(where), f"{limit_words(limit)}: it counts by minute, hour and day only")
        return None
    losses.looser(
        pointer(where),
        f"its {word}s start with the calendar's, so up to twice as much may pass around a boundary",
    )
    if limit.scope != "grant":
        losses.looser(pointer(where), f"it counts for everyone together, not by {limit.scope}")
    if limit.cost is None:
        return {**name, "rate_limit": f"{limit.max}/{word}", **_on_deny(limit.on_deny)}
    scope = "_global" if where[0] == "all_tools" or where[1] == "*" else where[1]
    state = {"counter": limit.counter, "window": word, "increment_from": limit.cost}
    condition = {"path": f"state.{scope}.{limit.counter}", "op": "lte", "value": limit.max}
    return {**name, "conditions": [condition], **_on_deny(limit.on_deny), "state": state}


def _on_deny(text: str | None) -> dict[str, str]:
    return {} if text is None else {"on_deny": text}
