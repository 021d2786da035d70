"""Says in plain words what the lines of a policy document do."""

import json
from collections.abc import Iterator

from catalogue.website.visible import truncate
from crawler.tools import Json

#: Characters of a pattern that are told; all of it stands in the policy above.
LONGEST = 60
_COMPARED = {
    "eq": "is {}",
    "neq": "is not {}",
    "lt": "is below {}",
    "lte": "is at most {}",
    "gt": "is above {}",
    "gte": "is at least {}",
    "in": "is one of {}",
    "not_in": "is none of {}",
    "contains": "contains {}",
}
_COUNTED = {
    "grant": "for each grant",
    "session": "for each session",
    "identity": "for each identity",
    "server": "over all callers",
    "global": "over everything behind the gate",
}


def explained(rules: Json) -> list[tuple[str, str]]:
    """Pairs of key and sentence for the rules of one tool; *rules* is its part of a policy document."""
    return list(_explained(rules)) or [("{}", "Allowed without further conditions.")]


def in_short(rules: Json) -> str:
    """What the rules of one tool come to, in a few words."""
    denials, approvals, limits = (rules.get(key, ()) for key in ("deny_if", "require_approval", "limits"))
    if any(not rule.get("conditions") for rule in denials):
        return "deny it."
    checked = ", with its arguments checked" if denials or "require" in rules else ""
    if approvals:
        some = any(one.get("conditions") for one in approvals)
        return f"hold {'its dangerous calls' if some else 'each call'} for a person{checked}."
    if limits:
        return f"allow it, at most {limits[0]['max']} calls in any {_window(limits[0]['window'])}{checked}."
    return f"allow it{checked}."


def _explained(rules: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for rule in rules.get("deny_if", ()):
        yield "deny_if", _always("Denied", rule.get("conditions"), rule)
    for rule in rules.get("require", ()):
        yield "require", _always("Denied unless", rule.get("conditions"), rule)
    for limit in rules.get("limits", ()):
        yield "limits", _limit(limit)
    for approval in rules.get("require_approval", ()):
        yield "require_approval", _approval(approval)
    if "pin" in rules:
        yield "pin", "Denied when the definition is no longer the one that was judged."
    if rules.get("validate") == "schema":
        yield "validate", "Arguments that the tool's own input schema refuses are denied."


def _always(verb: str, conditions: Json, rule: dict[str, Json]) -> str:
    shadow = " Only recorded, not enforced." if rule.get("dry_run") else ""
    if not conditions:
        return f"{verb} in every case.{shadow}"
    joint = "" if verb.endswith("unless") else " where"
    return f"{verb}{joint} {_conditions(conditions)}.{_because(rule)}{shadow}"


def _because(rule: dict[str, Json]) -> str:
    return f" {rule['why']}" if "why" in rule else ""


def _conditions(conditions: list[dict[str, Json]]) -> str:
    return " and ".join(_condition(one) for one in conditions)


def _condition(condition: dict[str, Json]) -> str:
    path, value = condition["path"], condition.get("value", True)
    if condition["op"] == "exists":
        return f"{path} is {'given' if value else 'absent'}"
    if condition["op"] == "regex":
        return f"{path} matches “{truncate(str(value), LONGEST)}”"
    shown = ", ".join(_value(one) for one in value) if isinstance(value, list) else _value(value)
    return f"{path} {_COMPARED[condition['op']].format(shown)}"


def _value(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _limit(limit: dict[str, Json]) -> str:
    what = f"a sum of {limit['max']} in {limit['cost']}" if "cost" in limit else f"{limit['max']} calls"
    counted = _COUNTED[limit.get("scope", "grant")]
    return f"At most {what} in any {_window(limit['window'])}, counted {counted}."


def _window(window: Json) -> str:
    return window if isinstance(window, str) else f"{window} seconds"


def _approval(approval: dict[str, Json]) -> str:
    conditions = approval.get("conditions")
    where = f" where {_conditions(conditions)}" if conditions else ""
    shadow = " Only recorded, not enforced." if approval.get("dry_run") else ""
    because = _because(approval) if conditions else ""
    return f"Held{where} until a person approves the call.{because}{shadow}"
