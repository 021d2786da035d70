"""Calls that are likely to tell two policies apart: around every bound and value that either of them names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice, product
from math import prod
from random import Random
from typing import Any

from crawler.tools import Json
from enforce import conditions, paths
from enforce.paths import ABSENT
from enforce.policy import Condition, MethodRules, Policy, ToolRules
from enforce.samples import telling
from enforce.selectors import catches_all, is_glob, matches, speaks_of

#: Calls that are tried for one tool, and for one rule of it where there are too many to try them all.
MOST, MOST_FOR_A_RULE = 3000, 200
#: A tool that no policy names.
STRANGER = "some-other-tool"


def tool_names(policies: Sequence[Policy]) -> list[str]:
    """Every tool that the policies name, some for the globs, and one that none names."""
    names: dict[str, None] = {}
    globs: dict[str, None] = {}
    for policy in policies:
        for key in (*policy.tools, *policy.hide):
            if key.startswith("@"):
                names.update(dict.fromkeys(policy.selectors.get(key, ())))
            elif is_glob(key):
                globs[key] = None
                names[_fitting(key, "other")] = None
            else:
                names[key] = None
    for one, other in islice(product(globs, repeat=2), MOST):
        both = one.replace("?", "x").replace("*", _fitting(other, "x").strip("_-./"), 1).replace("*", "")
        if one != other and matches(one, both) and matches(other, both):
            names[both] = None
    names[STRANGER] = None
    return list(names)


def _fitting(glob: str, word: str) -> str:
    return STRANGER if catches_all(glob) else glob.replace("*", word).replace("?", "x")


def entries_of(policies: Sequence[Policy], tool: str) -> list[ToolRules]:
    """Everything that the policies say of *tool*."""
    return [
        rules for policy in policies for key, rules in policy.tools.items() if speaks_of(policy, key, tool)
    ]


def arguments_for(policies: Sequence[Policy], tool: str) -> Iterator[Json]:
    """Arguments worth trying on *tool*, plain ones first."""
    entries = entries_of(policies, tool)
    values = _values(entries)
    for inner in (entry.inner for entry in entries if entry.inner):
        values[inner.tool] = [*tool_names(policies)[:MOST_FOR_A_RULE], ABSENT]
        if inner.args:
            values[inner.args] = [{}, ABSENT]
    yield from _combined(values, entries, "args")


def params_for(rules: Sequence[MethodRules]) -> Iterator[Json]:
    """Params worth trying on a method."""
    yield from _combined(_values(rules), rules, "params")


def _combined(
    values: Mapping[str, list[Any]], entries: Sequence[ToolRules | MethodRules], root: str
) -> Iterator[Json]:
    if prod(map(len, values.values())) <= MOST:
        choices = product(*values.values())
        yield from (_arguments(dict(zip(values, chosen, strict=True)), root) for chosen in choices)
        return
    base = {path: _harmless(path, found, entries, root) for path, found in values.items()}
    yield _arguments(base, root)
    for asked in _asked(entries):
        paths_of_one = dict.fromkeys(condition.path for condition in asked)
        for chosen in islice(product(*(values[path] for path in paths_of_one)), MOST_FOR_A_RULE):
            yield _arguments({**base, **dict(zip(paths_of_one, chosen, strict=True))}, root)
    random = Random(0)  # noqa: S311  # the same calls every time, and nothing that anybody must not guess
    for _ in range(MOST):
        yield _arguments({path: random.choice(found) for path, found in values.items()}, root)


def _harmless(path: str, values: list[Any], entries: Sequence[ToolRules | MethodRules], root: str) -> Any:
    """The value with which most requirements hold and fewest denials do."""
    wanted = [
        (conditions.question(condition), 1 if required else -1)
        for entry in entries
        for required, rules in ((True, entry.require), (False, entry.deny_if))
        for rule in rules
        for condition in rule.conditions
        if condition.path == path
    ]

    def worth(value: Any) -> int:
        arguments = _arguments({path: value}, root)
        return sum(weight for ask, weight in wanted if ask(arguments))

    return max(values, key=worth)


def _arguments(chosen: Mapping[str, Any], root: str) -> dict[str, Json]:
    arguments: dict[str, Json] = {}
    for path, value in chosen.items():
        if value is not ABSENT:
            _put(arguments, paths.parse(path, (root,)) or (), value)
    return arguments


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
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    patterns: dict[str, dict[str, None]] = defaultdict(dict)
    for entry in entries:
        for limit in entry.limits:
            if limit.cost:
                found[limit.cost].update(_keyed([1, ABSENT]))
        for asked in _asked([entry]):
            for condition in asked:
                found[condition.path].update(_keyed(_around(condition)))
                if condition.op == "regex":
                    patterns[condition.path][condition.value] = None
    for path, asked_of in patterns.items():
        found[path] = _keyed(telling(list(asked_of))) | found[path]
    return {path: list(values.values()) for path, values in found.items()}


def _asked(entries: Sequence[ToolRules | MethodRules]) -> Iterator[tuple[Condition, ...]]:
    """The conditions of every rule."""
    for entry in entries:
        yield from (rule.conditions for rule in (*entry.require, *entry.deny_if))
        if isinstance(entry, ToolRules):
            yield from (approval.conditions for approval in entry.require_approval)


def _keyed(values: Iterable[Any]) -> dict[str, Any]:
    return {f"{type(value).__name__} {value!r}": value for value in values}


def _around(condition: Condition) -> list[Any]:
    value = condition.value
    if condition.op in ("lt", "lte", "gt", "gte"):
        return [value, value - 1, value + 1, value + Decimal("0.5"), ABSENT, "text"]
    if condition.op in ("in", "not_in"):
        return [*value, *_others(value[0] if value else "x"), ABSENT]
    if condition.op == "regex":
        return [ABSENT, 1]
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
