"""A policy as a document again, in JSON or YAML, every number exact."""

from decimal import Decimal
from typing import Any

import msgspec

from crawler.tools import Json
from enforce import windows
from enforce.policy import Approval, Hours, Limit, MethodRules, Policy, ToolRules, said
from enforce.reading.trees import Syntax, reads_as_itself

#: Characters of a line of JSON, where it can be kept to that.
WIDTH = 128

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def policy_document(policy: Policy) -> dict[str, Json]:
    """The policy as plain values that read back as the same policy; numbers are int or Decimal."""
    document: dict[str, Json] = {"version": policy.version, "default": policy.default}
    document |= {
        key: value
        for key in ("description", "server", "release", "hide", "selectors", "drift")
        if (value := said(getattr(policy, key)))
    }
    if policy.list != "all":
        document["list"] = policy.list
    if policy.all_tools.limits:
        document["all_tools"] = {"limits": [_limit(limit) for limit in policy.all_tools.limits]}
    if policy.methods:
        document["methods"] = {name: _method(rules) for name, rules in policy.methods.items()}
    document["tools"] = {name: _tool(rules) for name, rules in policy.tools.items()}
    return document


def write_policy(policy: Policy, syntax: Syntax = "json") -> str:
    """The policy as text with a newline at its end."""
    document = policy_document(policy)
    if syntax == "json":
        return _laid_out(document, "", 0) + "\n"
    return yaml_text(document)


def _laid_out(value: Json, indent: str, taken: int) -> str:
    """JSON in which whatever fits on its line stands on one; *taken* is how much of the line the key takes."""
    flat = _on_one_line(value)
    if len(flat) <= WIDTH - len(indent) - taken or not value or not isinstance(value, dict | list | tuple):
        return flat
    inside = indent + "  "
    if isinstance(value, dict):
        keys = [f"{_on_one_line(key)}: " for key in value]
        parts = [
            key + _laid_out(part, inside, len(key)) for key, part in zip(keys, value.values(), strict=True)
        ]
    else:
        parts = [_laid_out(part, inside, 0) for part in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{inside}" + f",\n{inside}".join(parts) + f"\n{indent}{closing}"


def _on_one_line(value: Json) -> str:
    return msgspec.json.format(_ENCODER.encode(value), indent=0).decode()


def yaml_text(document: Json) -> str:
    """Plain values as YAML, Decimals exact."""
    import yaml  # only YAML files pay for loading it

    return str(yaml.dump(document, Dumper=_dumper(yaml), sort_keys=False, allow_unicode=True, width=100))


def _tool(rules: ToolRules) -> dict[str, Json]:
    found: dict[str, Json] = said(rules)
    if rules.limits:
        found["limits"] = [_limit(limit) for limit in rules.limits]
    if rules.require_approval:
        found["require_approval"] = [_approval(approval) for approval in rules.require_approval]
    if rules.hours:
        found["hours"] = [_hours(hours) for hours in rules.hours]
    _keep_conditions(found)
    return found


def _method(rules: MethodRules) -> Json:
    found: dict[str, Json] = said(rules)
    if not found or set(found) == {"action"}:
        return rules.action
    if rules.limits:
        found["limits"] = [_limit(limit) for limit in rules.limits]
    _keep_conditions(found)
    return found


def _keep_conditions(found: dict[str, Json]) -> None:
    """A rule without conditions says so, since leaving them out looks like a mistake."""
    for key in ("require", "deny_if"):
        if key in found:
            found[key] = [{"conditions": rule.pop("conditions", []), **rule} for rule in found[key]]


def _limit(limit: Limit) -> Json:
    return said(limit) | {"window": windows.words(limit.window)}


def _approval(approval: Approval) -> Json:
    found = said(approval)
    return found | {"timeout": windows.words(approval.timeout)} if "timeout" in found else found


def _hours(hours: Hours) -> Json:
    found: dict[str, Json] = {"days": list(hours.days), "from": _clock(hours.start), "to": _clock(hours.end)}
    return found if hours.zone == "UTC" else found | {"zone": hours.zone}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _dumper(yaml: Any) -> Any:
    """Writes Decimals as they are, and puts every text in quotes that YAML could take for something else."""

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # PyYAML comes without types when it is passed in
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # the same tuple twice is written twice
            return True

    def number(dumper: Any, value: Decimal) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))

    def text(dumper: Any, value: str) -> Any:
        style = None if reads_as_itself(value) else "'"
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(Decimal, number)
    Dumper.add_representer(str, text)
    return Dumper
