"""A policy as a document again, in JSON or YAML, every number exact."""

from typing import Any

import msgspec

from classifier.memo import Memo
from crawler.tools import Json
from enforce import windows
from enforce.policy import Hours, MethodRules, Policy, ToolRules
from enforce.reading.trees import Syntax, reads_as_itself
from enforce.saying import said, told
from enforce.yamltext import dumped

#: Characters of a line of JSON, where it can be kept to that.
WIDTH = 128

_BRACKETS: dict[Any, tuple[str, str]] = {dict: ("{", "}"), list: ("[", "]"), tuple: ("[", "]")}
_encode = msgspec.json.Encoder(decimal_format="number").encode
#: Keys as they stand before their values: most of them come again and again.
_KEYS: Memo[str, str] = Memo(lambda key: _encode(key).decode() + ": ", 2_000)


class Common:
    """What several policies have in common, such as the presets for one server, each part of which is worked out once."""

    def __init__(self) -> None:
        #: By the identity of what a field holds: that, and what stands for it in a document.
        self.fields: dict[int, tuple[Any, Json]] = {}
        #: By the identity of a list in a document and where it stands: how it is laid out.
        self.drawn: dict[tuple[int, str], tuple[str, bool]] = {}


def policy_document(policy: Policy, common: Common | None = None) -> dict[str, Json]:
    """The policy as plain values that read back as the same policy; numbers are int or Decimal.

    Documents with something in *common* share values, so none of them is to be changed.
    """
    document: dict[str, Json] = {"version": policy.version, "default": policy.default}
    document |= {
        key: value
        for key in ("description", "server", "release", "hide", "selectors", "drift")
        if (value := said(getattr(policy, key)))
    }
    if policy.list != "all":
        document["list"] = policy.list
    if policy.all_tools.limits:
        document["all_tools"] = {name: _field(name, part) for name, part in told(policy.all_tools)}
    if policy.methods:
        document["methods"] = {name: _method(rules) for name, rules in policy.methods.items()}
    known = common.fields if common else None
    document["tools"] = {name: _tool(rules, known) for name, rules in policy.tools.items()}
    return document


def write_policy(policy: Policy, syntax: Syntax = "json") -> str:
    """The policy as text with a newline at its end."""
    document = policy_document(policy)
    return json_text(document) if syntax == "json" else yaml_text(document)


def json_text(document: dict[str, Json], common: Common | None = None) -> str:
    """Plain values as JSON in which whatever fits on its line stands on one, with a newline at its end.

    *common* are the values that it shares with other documents.
    """
    return _drawn("", document, "\n", common.drawn if common else None)[0] + "\n"


def _drawn(
    lead: str, value: Json, line: str, known: dict[tuple[int, str], tuple[str, bool]] | None
) -> tuple[str, bool]:
    """A value behind its key, and whether it stands on one line; *line* begins one like that on which it stands."""
    kind = type(value)
    if known is not None and kind is list and value:
        place = id(value), lead
        if place not in known:
            known[place] = _drawn(lead, value, line, None)
        return known[place]
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
    named = zip(map(_KEYS.__getitem__, value), value.values(), strict=True) if kind is dict else None
    for key, part in named or (("", part) for part in value):
        if type(part) is str:
            parts.append(key + _encode(part).decode())
            continue
        text, short = _drawn(key, part, inside, known)
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


def _tool(rules: ToolRules, known: dict[int, tuple[Any, Json]] | None) -> dict[str, Json]:
    if known is None:
        return {name: _field(name, part) for name, part in told(rules)}
    found: dict[str, Json] = {}
    for name, part in told(rules):
        if id(part) not in known:
            known[id(part)] = part, _field(name, part)
        found[name] = known[id(part)][1]
    return found


def _method(rules: MethodRules) -> Json:
    found = {name: _field(name, part) for name, part in told(rules)}
    return rules.action if not found or set(found) == {"action"} else found


def _field(name: str, part: Any) -> Json:
    """What stands in a document for a field of rules."""
    if name == "hours":
        return [_hours(hours) for hours in part]
    found = said(part)
    if name == "limits":
        for limit in found:
            limit["window"] = windows.words(limit["window"])
    elif name in ("require", "deny_if"):
        # A rule without conditions says so, since leaving them out looks like a mistake.
        return [{"conditions": rule.pop("conditions", []), **rule} for rule in found]
    elif name == "require_approval":
        for approval in found:
            if "timeout" in approval:
                approval["timeout"] = windows.words(approval["timeout"])
    return found


def _hours(hours: Hours) -> Json:
    found: dict[str, Json] = {"days": list(hours.days), "from": _clock(hours.start), "to": _clock(hours.end)}
    return found if hours.zone == "UTC" else found | {"zone": hours.zone}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
