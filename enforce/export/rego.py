"""Open Policy Agent: the policy as a table, and the few functions of Rego that judge a call by it."""

from typing import Any

import msgspec

from crawler.tools import Json
from enforce.export.cel import glob_pattern
from enforce.export.expressions import member_steps
from enforce.export.losses import Losses
from enforce.export.outline import law_of, losses_of_all, small_losses
from enforce.paths import pointer
from enforce.policy import Condition, Policy, Rule, ToolRules
from enforce.selectors import catches_all, is_glob

_FUNCTIONS = """\
default allow := false

allow if outcome(input) == "allow"

hold if outcome(input) == "hold"

outcome(call) := verdict(call, [entry | some entry in policy.entries; speaks(entry.key, call.tool)])

verdict(call, entries) := "deny" if {
	denied(call, entries)
} else := "hold" if {
	some entry in entries
	some rule in entry.hold
	holds(rule, call, {"yes", "unsure"})
} else := "allow"

denied(call, _) if {
	some key in policy.hide
	speaks(key, call.tool)
}

denied(_, entries) if {
	policy.closed
	count([entry | some entry in entries; entry.lists]) == 0
}

denied(call, entries) if {
	some entry in entries
	denies(entry, call)
}

denies(entry, _) if entry.never

denies(entry, call) if {
	some rule in entry.require
	not holds(rule, call, {"yes"})
}

denies(entry, call) if {
	some rule in entry.deny_if
	holds(rule, call, {"yes", "unsure"})
}

speaks(key, tool) if tool in key.names

speaks(key, tool) if {
	some pattern in key.patterns
	regex.match(pattern, tool)
}

holds(rule, call, enough) if {
	every condition in rule {
		answer(condition, call) in enough
	}
}

# Nobody can say what lies inside of a text or a list; present is what does not depend on the default.
answer(condition, call) := "unsure" if {
	some depth, _ in condition.path
	depth > 0
	found := object.get(call.args, array.slice(condition.path, 0, depth), null)
	not is_null(found)
	not is_object(found)
} else := weighed(condition, one, other) if {
	one := object.get(call.args, condition.path, 0)
	other := object.get(call.args, condition.path, 1)
}

weighed(condition, one, other) := said((one == other) == condition.value) if {
	condition.op == "exists"
	not is_null(one)
} else := said(condition.value == false) if {
	condition.op == "exists"
} else := said(condition.op in {"neq", "not_in"}) if {
	one != other
} else := compared(condition, one)

compared(condition, found) := same(found, condition.value) if {
	condition.op == "eq"
} else := turned(same(found, condition.value)) if {
	condition.op == "neq"
} else := among(found, condition.value) if {
	condition.op == "in"
} else := turned(among(found, condition.value)) if {
	condition.op == "not_in"
} else := contained(condition.value, found) if {
	condition.op == "contains"
} else := matched(condition.value, found) if {
	condition.op == "regex"
} else := ordered(condition, found)

matched(pattern, found) := said(regex.match(pattern, found)) if {
	is_string(found)
} else := "unsure"

ordered(condition, found) := "unsure" if {
	not is_number(found)
} else := said(found < condition.value) if {
	condition.op == "lt"
} else := said(found <= condition.value) if {
	condition.op == "lte"
} else := said(found > condition.value) if {
	condition.op == "gt"
} else := said(found >= condition.value) if {
	condition.op == "gte"
}

contained(value, found) := said(contains(found, value)) if {
	is_string(found)
	is_string(value)
} else := any_of(answers_of(value, found)) if {
	is_array(found)
} else := "unsure"

any_of(answers) := "yes" if {
	"yes" in answers
} else := "unsure" if {
	"unsure" in answers
} else := "no"

among(found, values) := any_of(answers_of(found, values))

answers_of(one, others) := {answer | some other in others; answer := same(one, other)}

same(one, other) := said(one == other) if {
	type_name(one) == type_name(other)
} else := "unsure"

turned("yes") := "no"

turned("no") := "yes"

turned("unsure") := "unsure"

said(true) := "yes"

said(false) := "no"
"""


def write(policy: Policy, server: str, losses: Losses) -> str:
    """A module `tollhouse`; its input is `{"tool": NAME, "args": {...}}`, its answers are `allow` and `hold`."""
    del server  # who asks knows which server it is
    losses_of_all(policy, losses)
    law = law_of(policy)
    for key in policy.tools:
        if not is_glob(key) and not key.startswith("@"):
            small_losses(law.tool(key), losses)
    document = msgspec.json.Encoder(decimal_format="number").encode(table(policy, losses))
    text = msgspec.json.format(document, indent=2).decode()
    head = f"# Tollhouse policy {policy.digest}\npackage tollhouse\n\nimport rego.v1\n"
    return f"{head}\n{_FUNCTIONS}\npolicy := {text}\n"


def table(policy: Policy, losses: Losses) -> dict[str, Json]:
    """The policy as the functions read it."""
    return {
        "closed": policy.default == "deny" or policy.list == "listed",
        "hide": [_key(policy, key) for key in policy.hide],
        "entries": [_entry(policy, key, rules, losses) for key, rules in policy.tools.items()],
    }


def _key(policy: Policy, key: str) -> dict[str, Json]:
    if key.startswith("@"):
        return {"names": list(policy.selectors.get(key, ())), "patterns": []}
    return (
        {"names": [], "patterns": [glob_pattern(key)]} if is_glob(key) else {"names": [key], "patterns": []}
    )


def _entry(policy: Policy, key: str, rules: ToolRules, losses: Losses) -> dict[str, Json]:
    at = ("tools", key)
    groups = {
        "require": [rule for rule in rules.require if not rule.dry_run],
        "deny_if": [rule for rule in rules.deny_if if not rule.dry_run],
        "hold": [
            Rule(conditions=approval.conditions)
            for approval in rules.require_approval
            if not approval.dry_run
        ],
    }
    written: dict[str, Any] = {name: [_rule(rule) for rule in group] for name, group in groups.items()}
    lost = [pointer((*at, name)) for name in groups if None in written[name]]
    lost += [
        pointer((*at, "limits", index))
        for index, limit in enumerate(rules.limits)
        if limit.cost and not limit.dry_run
    ]
    lost += [pointer((*at, name)) for name in ("hours", "inner") if getattr(rules, name)]
    for rule in lost:
        losses.stricter(rule, "it has no words for this, so the tool is denied altogether")
    if lost:
        written = {name: [] for name in groups}
    return {"key": _key(policy, key), "lists": not catches_all(key), "never": bool(lost), **written}


def _rule(rule: Rule) -> list[Json] | None:
    conditions = [_condition(condition) for condition in rule.conditions]
    return None if None in conditions else conditions


def _condition(condition: Condition) -> Json:
    """`None` for what compares lists or objects, which Rego's functions, that must not call themselves, cannot do."""
    steps = member_steps(condition)
    values = condition.value if condition.op in ("in", "not_in") else [condition.value]
    if steps is None or any(isinstance(value, list | dict) for value in values):
        return None
    return {"path": list(steps), "op": condition.op, "value": condition.value}
