"""Conditions held against the schema of the arguments that they speak of."""

from collections.abc import Iterator, Sequence
from typing import Any

from catalogue.policies.lint_findings import Finding, near
from crawler.tools import Json, Tool
from enforce import conditions, paths
from enforce.paths import pointer
from enforce.policy import Approval, Condition, Policy, Rule, ToolRules
from enforce.selectors import keys_for

_ORDER = ("lt", "lte", "gt", "gte")
_TYPES: dict[str, tuple[str, ...]] = {
    "bool": ("boolean",), "number": ("number", "integer"), "text": ("string",),
    "list": ("array",), "object": ("object",), "null": ("null",),
}  # fmt: skip
#: Steps of indirection that are followed; a schema may refer to itself.
_HOPS = 8


def lint_arguments(policy: Policy, wide: Sequence[str], tool: Tool) -> Iterator[Finding]:
    """Every condition and spend cap that speaks of *tool*; *wide* are the policy's globs and selectors."""
    if tool.input_schema is None:
        return
    for key in keys_for(policy, wide, tool.name):
        rules = policy.tools[key]
        for at, condition in conditions_of(rules, ("tools", key)):
            yield from _condition(tool, tool.input_schema, condition, at)
        for index, limit in enumerate(rules.limits):
            if limit.cost is not None:
                yield from _cost(tool, limit.cost, pointer(("tools", key, "limits", index, "cost")))


def conditions_of(rules: ToolRules, at: tuple[str, ...]) -> Iterator[tuple[str, Condition]]:
    """Every condition of *rules*, which stand at *at*, with its JSON Pointer."""
    groups: tuple[tuple[str, Sequence[Rule | Approval]], ...] = (
        ("require", rules.require),
        ("deny_if", rules.deny_if),
        ("require_approval", rules.require_approval),
    )
    for name, group in groups:
        for index, rule in enumerate(group):
            for inner, condition in enumerate(rule.conditions):
                yield pointer((*at, name, index, "conditions", inner)), condition


def _cost(tool: Tool, path: str, at: str) -> Iterator[Finding]:
    schema = tool.input_schema or {}
    found, missing = _walk(schema, paths.parse(path, ("args",)) or ())
    if missing is not None:
        yield _unknown(tool, missing, at)
    elif found and not _types(schema, found) & {"number", "integer"}:
        yield Finding.error(
            "never-compares", at, f"{path} of {tool.name!r} is no number, so every call is denied."
        )


def _condition(tool: Tool, schema: Json, condition: Condition, at: str) -> Iterator[Finding]:
    found, missing = _walk(schema, paths.parse(condition.path, ("args",)) or ())
    if missing is not None:
        yield _unknown(tool, missing, at)
        return
    types = _types(schema, found) if found else frozenset[str]()
    if not types or condition.op == "exists":
        return
    if not types & _comparable(condition):
        text = f"{condition.path} of {tool.name!r} is {' or '.join(sorted(types))}, which {condition.op} cannot compare with {condition.value!r}."
        yield Finding.error("never-compares", at, text)
        return
    yield from _by_values(tool, _resolved(schema, found), condition, at)


def _unknown(tool: Tool, missing: tuple[str, Sequence[str], bool], at: str) -> Finding:
    name, known, closed = missing
    text = f"{tool.name!r} has no argument {name!r}{near(name, known)}."
    return (
        Finding.error("unknown-argument", at, text)
        if closed
        else Finding.warning("unknown-argument", at, text)
    )


def _comparable(condition: Condition) -> frozenset[str]:
    """The JSON types with which a condition can be compared at all."""
    if condition.op in _ORDER:
        return frozenset(_TYPES["number"])
    if condition.op == "regex":
        return frozenset(_TYPES["text"])
    if condition.op == "contains":
        return frozenset({"array", *(("string",) if isinstance(condition.value, str) else ())})
    values = condition.value if condition.op in ("in", "not_in") else [condition.value]
    return frozenset(name for value in values for name in _TYPES[_kind(value)])


def _kind(value: Json) -> str:
    return conditions.kind(value) or "object"


def _by_values(tool: Tool, schema: dict[str, Any], condition: Condition, at: str) -> Iterator[Finding]:
    """What `enum`, `const`, `minimum` and `maximum` say of a comparison."""
    members = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if isinstance(members, list) and members:
        ask = conditions.question(Condition(path="args.x", op=condition.op, value=condition.value))
        answers = {ask({"x": member}) for member in members}
    else:
        answers = _by_bounds(schema, condition)
    what = f"{condition.path} of {tool.name!r}"
    if answers == {False}:
        yield Finding.warning(
            "never-holds", at, f"No value that the schema allows for {what} makes this hold."
        )
    elif answers == {True}:
        yield Finding.warning(
            "always-holds", at, f"Every value that the schema allows for {what} makes this hold."
        )


def _by_bounds(schema: dict[str, Any], condition: Condition) -> set[bool | None]:
    low, high = conditions.exact(schema.get("minimum")), conditions.exact(schema.get("maximum"))
    if condition.op not in _ORDER or (low is None and high is None):
        return set()
    ask = conditions.question(Condition(path="args.x", op=condition.op, value=condition.value))
    grows = condition.op in ("gt", "gte")
    ends = {
        low: ask({"x": low}) if low is not None else None,
        high: ask({"x": high}) if high is not None else None,
    }
    at_low, at_high = ends[low], ends[high]
    # Growing tests that hold at the low end hold everywhere; those that fail at the high end hold nowhere.
    if (at_low if grows else at_high) is True:
        return {True}
    return {False} if (at_high if grows else at_low) is False else set()


def _walk(
    schema: Json, steps: Sequence[str]
) -> tuple[dict[str, Any] | None, tuple[str, Sequence[str], bool] | None]:
    """The schema at the end of *steps* (`None`: unknown), or the step that leads nowhere, what there is, and whether that is all."""
    here = schema
    for step in steps:
        here = _resolved(schema, here)
        properties = here.get("properties")
        if isinstance(properties, dict) and step in properties:
            here = properties[step]
        elif step.isdigit() and isinstance(here.get("items"), dict):
            here = here["items"]
        elif isinstance(properties, dict) and not isinstance(here.get("additionalProperties"), dict):
            return None, (step, list(properties), here.get("additionalProperties") is False)
        else:
            return None, None
    return here if isinstance(here, dict) else None, None


def _resolved(root: Json, schema: Json) -> dict[str, Any]:
    """The schema behind local references, and behind an alternative that only adds null."""
    for _ in range(_HOPS):
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        options = [option for option in _options(schema) if option != {"type": "null"}]
        if isinstance(reference, str) and reference.startswith("#/"):
            steps = [step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/")]
            target = paths.look_up(root, steps)
            schema = {} if isinstance(target, paths.Nowhere) else target
        elif len(options) == 1:
            schema = options[0]
        else:
            break
    return schema if isinstance(schema, dict) else {}


def _options(schema: dict[str, Any]) -> list[Json]:
    for keyword in ("anyOf", "oneOf"):
        if isinstance(schema.get(keyword), list):
            return list(schema[keyword])
    return []


def _types(root: Json, schema: Json, hops: int = _HOPS) -> frozenset[str]:
    """The JSON types that a schema allows; empty where it does not say."""
    if not hops:
        return frozenset()
    here = _resolved(root, schema)
    stated = here.get("type")
    names = {stated} if isinstance(stated, str) else set(stated) if isinstance(stated, list) else set()
    for option in _options(here):
        inner = (
            _types(root, option, hops - 1)
            if isinstance(option, dict) and "$ref" not in option
            else frozenset[str]()
        )
        if not inner:
            return frozenset()
        names |= inner
    if not names and isinstance(here.get("enum"), list):
        names = {_TYPES[_kind(member)][0] for member in here["enum"]}
    return frozenset(name for name in names if isinstance(name, str))
