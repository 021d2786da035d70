"""Calls that are likely to tell two policies apart: around every bound and value that either of them names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice, product
from typing import Any

from crawler.tools import Json
from enforce import paths
from enforce.paths import ABSENT
from enforce.policy import Condition, MethodRules, Policy, ToolRules
from enforce.selectors import catches_all, is_glob, speaks_of

#: Calls that are tried for one tool.
MOST = 3000
#: A tool that no policy names.
STRANGER = "some-other-tool"

_PIECE = re.compile(r"\\([^\w])|\\[dD]|\\w|\\s|\[\^?\]?[^\]]*\]|\(\?[a-z:]*|[\w/:@. -]")


def tool_names(policies: Sequence[Policy]) -> list[str]:
    """Every tool that the policies name, one for each glob, and one that none names."""
    names: dict[str, None] = {}
    for policy in policies:
        for key in (*policy.tools, *policy.hide):
            if key.startswith("@"):
                names.update(dict.fromkeys(policy.selectors.get(key, ())))
            elif is_glob(key):
                names[STRANGER if catches_all(key) else key.replace("*", "other").replace("?", "x")] = None
            else:
                names[key] = None
    names[STRANGER] = None
    return list(names)


def arguments_for(policies: Sequence[Policy], tool: str) -> Iterator[Json]:
    """Arguments worth trying on *tool*, plain ones first."""
    entries = [
        rules for policy in policies for key, rules in policy.tools.items() if speaks_of(policy, key, tool)
    ]
    yield from _combined(_values(entries), "args")


def params_for(rules: Iterable[MethodRules]) -> Iterator[Json]:
    """Params worth trying on a method."""
    yield from _combined(_values(rules), "params")


def _combined(values: dict[str, list[Any]], root: str) -> Iterator[Json]:
    if not values:
        yield {}
        return
    for chosen in islice(product(*values.values()), MOST):
        arguments: dict[str, Json] = {}
        for path, value in zip(values, chosen, strict=True):
            if value is not ABSENT:
                _put(arguments, paths.parse(path, (root,)) or (), value)
        yield arguments


def _put(arguments: dict[str, Json], steps: Sequence[str], value: Json) -> None:
    here: Any = arguments
    for step in steps[:-1]:
        inside = here.setdefault(step, {})
        if not isinstance(inside, dict):
            return
        here = inside
    here[steps[-1]] = value


def _values(entries: Iterable[ToolRules | MethodRules]) -> dict[str, list[Any]]:
    """For each path that the entries speak of: values on both sides of whatever is asked of it."""
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        for limit in entry.limits:
            if limit.cost:
                found.setdefault(limit.cost, {}).update(_keyed([1, ABSENT]))
        for condition in _conditions(entry):
            found.setdefault(condition.path, {}).update(_keyed(_around(condition)))
    return {path: list(values.values()) for path, values in found.items()}


def _conditions(entry: ToolRules | MethodRules) -> Iterator[Condition]:
    for rule in (*entry.require, *entry.deny_if):
        yield from rule.conditions
    if isinstance(entry, ToolRules):
        for approval in entry.require_approval:
            yield from approval.conditions


def _keyed(values: Iterable[Any]) -> dict[str, Any]:
    return {f"{type(value).__name__} {value!r}": value for value in values}


def _around(condition: Condition) -> list[Any]:
    value = condition.value
    if condition.op in ("lt", "lte", "gt", "gte"):
        return [value, value - 1, value + 1, value + Decimal("0.5"), ABSENT, "text"]
    if condition.op in ("in", "not_in"):
        return [*value, *_others(value[0] if value else "x"), ABSENT]
    if condition.op == "regex":
        return [*samples(value), "", "other", ABSENT, 1]
    if condition.op == "contains":
        return [value, [value], f"x{value}x" if isinstance(value, str) else [], "other", [], ABSENT]
    if condition.op == "exists":
        return ["x", ABSENT, None]
    return [value, *_others(value), ABSENT]


def _others(value: Json) -> list[Any]:
    """Values that are not *value*: one of its kind, one of another."""
    if isinstance(value, bool):
        return [not value, "other"]
    if isinstance(value, int | Decimal):
        return [value + 1, "other"]
    return ["other", 1]


def samples(pattern: str) -> list[str]:
    """Texts that a pattern of the usual kind matches; whether they do is for the caller to see."""
    parts = re.split(r"(?<!\\)\|", pattern.replace("(?i)", ""))
    return [sample for part in parts if (sample := _sample(part))] + [
        _sample(pattern.split("|")[0]) + "/more"
    ]


def _sample(part: str) -> str:
    return "".join(_one(piece[0], piece[1]) for piece in _PIECE.finditer(part))


def _one(piece: str, escaped: str | None) -> str:
    if escaped:
        return escaped
    if piece.startswith("[^"):
        return "~"
    if piece.startswith("["):
        return piece[1]
    if piece.startswith("(?"):
        return ""
    return {"\\d": "1", "\\D": "x", "\\w": "x", "\\s": " "}.get(piece, piece)
