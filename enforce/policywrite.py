"""A policy as a document again, in JSON or YAML, every number exact."""

from typing import Any

import msgspec

from classifier.memo import Memo
from crawler.tools import Json
from enforce import windows
from enforce.policy import Hours, MethodRules, Policy, ToolRules, said
from enforce.reading.trees import Syntax, reads_as_itself
from enforce.yamltext import dumped

#: Characters of a line of JSON, where it can be kept to that.
WIDTH = 128

_BRACKETS: dict[Any, tuple[str, str]] = {dict: ("{", "}"), list: ("[", "]"), tuple: ("[", "]")}
_encode = msgspec.json.Encoder(decimal_format="number").encode
#: Keys as they stand before their values: most of them come again and again.
_KEYS: Memo[str, str] = Memo(lambda key: _encode(key).decode() + ": ", 2_000)


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
        document["all_tools"] = said(policy.all_tools)
        _spell_limits(document["all_tools"])
    if policy.methods:
        document["methods"] = {name: _method(rules) for name, rules in policy.methods.items()}
    document["tools"] = {name: _tool(rules) for name, rules in policy.tools.items()}
    return document


def write_policy(policy: Policy, syntax: Syntax = "json") -> str:
    """The policy as text with a newline at its end."""
    document = policy_document(policy)
    return json_text(document) if syntax == "json" else yaml_text(document)


def json_text(document: dict[str, Json]) -> str:
    """Plain values as JSON in which whatever fits on its line stands on one, with a newline at its end."""
    return _drawn("", document, "\n")[0] + "\n"


def _drawn(lead: str, value: Json, line: str) -> tuple[str, bool]:
    """A value behind its key, and whether it stands on one line; *line* begins one like that on which it stands."""
    kind = type(value)
    if kind is str or not value or kind not in _BRACKETS:
        return lead + _encode(value).decode(), True
    inside = line + "  "
    if _BRACKETS.keys().isdisjoint(map(type, value.values() if kind is dict else value)):
        # Nothing in it is nested, so the library lays it out as this does: a line break stands in no text.
        encoded = _encode(value)
        flat = lead + msgspec.json.format(encoded, indent=0).decode()
        if len(flat) <= WIDTH - len(inside) + 3:
            return flat, True
        return lead + msgspec.json.format(encoded, indent=2).decode().replace("\n", line), False
    parts: list[str] = []
    fits = True
    for part in value:
        text, short = _drawn(_KEYS[part], value[part], inside) if kind is dict else _drawn("", part, inside)
        parts.append(text)
        fits = fits and short
    opening, closing = _BRACKETS[kind]
    if fits:
        flat = f"{lead}{opening}{', '.join(parts)}{closing}"
        if len(flat) <= WIDTH - len(inside) + 3:
            return flat, True
    return f"{lead}{opening}{inside}{f',{inside}'.join(parts)}{line}{closing}", False


def yaml_text(document: Json) -> str:
    """Plain values as YAML, Decimals exact, with quotes around every text that YAML could take for something else."""
    return dumped(document, width=100, plain=reads_as_itself)


def _tool(rules: ToolRules) -> dict[str, Json]:
    found: dict[str, Json] = said(rules)
    _spell_limits(found)
    if rules.require_approval:
        for approval in found["require_approval"]:
            if "timeout" in approval:
                approval["timeout"] = windows.words(approval["timeout"])
    if rules.hours:
        found["hours"] = [_hours(hours) for hours in rules.hours]
    _keep_conditions(found)
    return found


def _method(rules: MethodRules) -> Json:
    found: dict[str, Json] = said(rules)
    if not found or set(found) == {"action"}:
        return rules.action
    _spell_limits(found)
    _keep_conditions(found)
    return found


def _keep_conditions(found: dict[str, Json]) -> None:
    """A rule without conditions says so, since leaving them out looks like a mistake."""
    for key in ("require", "deny_if"):
        if key in found:
            found[key] = [{"conditions": rule.pop("conditions", []), **rule} for rule in found[key]]


def _spell_limits(found: dict[str, Json]) -> None:
    for limit in found.get("limits", ()):
        limit["window"] = windows.words(limit["window"])


def _hours(hours: Hours) -> Json:
    found: dict[str, Json] = {"days": list(hours.days), "from": _clock(hours.start), "to": _clock(hours.end)}
    return found if hours.zone == "UTC" else found | {"zone": hours.zone}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
