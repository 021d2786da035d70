"""A policy held against the server that it is for: rules that miss their mark, and dangers that it leaves open."""

import re
from collections.abc import Iterator

from catalogue.entries import Entry
from catalogue.judged_tools import JudgedTool, judged_tools
from catalogue.policies.argument_lint import conditions_of, lint_arguments
from catalogue.policies.lint_findings import Finding, Level, near
from classifier.categories import Category
from crawler.snapshots import Method, Snapshot
from enforce.law import Law, ToolLaw
from enforce.paths import pointer
from enforce.policy import Policy, ToolRules
from enforce.selectors import catches_all, is_glob, speaks_of, wide_keys

#: Ways of reading after which a tool that is not there is really not there.
_WHOLE = frozenset({Method.LIVE, Method.REMOTE})
#: An escape, or a class of characters: something that takes one character.
_LITERAL = re.compile(r"\\[^AzbB]|\[\^?\]?[^\]]*\]")
#: A start behind something that takes a character, or an end before it.
_NEVER = re.compile(r"(?<![({|\\])[\w ]\^|\$[\w ](?![*?{])")
_GRAVE = frozenset({Category.DESTRUCTIVE, Category.FINANCIAL})


def lint(policy: Policy, entry: Entry | None = None) -> list[Finding]:
    """What a person should look at; without an *entry*, only what the policy shows by itself."""
    found = list(_by_itself(policy))
    if entry is not None and entry.snapshot is not None:
        found += _against(policy, entry, entry.snapshot)
    return found


def _by_itself(policy: Policy) -> Iterator[Finding]:
    for key, rules in policy.tools.items():
        at = ("tools", key)
        if catches_all(key) and policy.default == "deny" and rules == ToolRules():
            yield Finding.note(
                "no-effect", pointer(at), f"{key!r} lists no tool: under default deny it changes nothing."
            )
        if _hides_all_of(policy, key):
            yield Finding.warning(
                "unreachable-rule", pointer(at), f"{key!r} is hidden, so these rules never decide."
            )
        yield from _unreachable(rules, at)
    for index, name in enumerate(policy.hide):
        if name.startswith("@") and not policy.selectors[name]:
            yield Finding.note(
                "no-effect", pointer(("hide", index)), f"{name} was resolved to no tool at all."
            )


def _hides_all_of(policy: Policy, key: str) -> bool:
    if "*" in policy.hide:
        return True
    names = policy.selectors.get(key, ()) if key.startswith("@") else () if is_glob(key) else (key,)
    # An entry that denies every call backs the hiding up, and one that only says why explains it: both are meant.
    rules = policy.tools[key]
    meant = _denies_always(rules) or (rules.why is not None and rules == ToolRules(why=rules.why))
    return bool(names) and not meant and all(_hidden(policy, name) for name in names)


def _hidden(policy: Policy, name: str) -> bool:
    return any(speaks_of(policy, key, name) for key in policy.hide)


def _denies_always(rules: ToolRules) -> bool:
    return any(not rule.conditions and not rule.dry_run for rule in rules.deny_if)


def _unreachable(rules: ToolRules, at: tuple[str, ...]) -> Iterator[Finding]:
    for index, rule in enumerate(rules.require):
        if not rule.conditions:
            where = pointer((*at, "require", index))
            yield Finding.warning("no-effect", where, "A requirement without conditions always holds.")
    yield from _dead_patterns(rules, at)
    closed = None
    for index, rule in enumerate(rules.deny_if):
        where = pointer((*at, "deny_if", index))
        if closed is not None:
            yield Finding.warning("unreachable-rule", where, f"{closed} already denies every call.")
        elif rule in rules.deny_if[:index]:
            yield Finding.warning("unreachable-rule", where, "The same rule stands before it.")
        if not rule.conditions and not rule.dry_run:
            closed = closed or where
    if closed is not None and (rules.limits or rules.require_approval):
        key = "limits" if rules.limits else "require_approval"
        yield Finding.warning("unreachable-rule", pointer((*at, key)), f"{closed} already denies every call.")


def _dead_patterns(rules: ToolRules, at: tuple[str, ...]) -> Iterator[Finding]:
    for where, condition in conditions_of(rules, at):
        if condition.op == "regex" and _NEVER.search(_LITERAL.sub("x", condition.value)):
            text = f"{condition.value!r} can match nothing: it wants the start or the end of the text in its middle."
            yield Finding.warning("never-holds", where, text)


def _against(policy: Policy, entry: Entry, snapshot: Snapshot) -> Iterator[Finding]:
    tools = {one.tool.name: one for one in judged_tools(entry)}
    yield from _names(policy, tools, sure=snapshot.method in _WHOLE)
    law, wide = Law(policy), wide_keys(policy.tools)
    for one in tools.values():
        yield from _one_tool(policy, law, one)
        yield from lint_arguments(policy, wide, one.tool)
    if policy.release is not None and snapshot.release not in (None, policy.release):
        text = f"The policy was written for release {policy.release}; the catalogue knows {snapshot.release}."
        yield Finding.note("other-release", "/release", text)
    if snapshot.method not in _WHOLE:
        text = f"The tools of {entry.server.name} are known only by the method {snapshot.method.value}: some may be missing here."
        yield Finding.note("unsure-tools", "", text)


def _names(policy: Policy, tools: dict[str, JudgedTool], *, sure: bool) -> Iterator[Finding]:
    level: Level = "error" if sure else "warning"
    spoken = [(pointer(("tools", key)), key) for key in policy.tools]
    spoken += [(pointer(("hide", index)), key) for index, key in enumerate(policy.hide)]
    for where, key in spoken:
        if key.startswith("@"):
            continue
        if is_glob(key):
            if not any(speaks_of(policy, key, name) for name in tools):
                yield Finding(
                    level="warning",
                    code="unknown-tool",
                    pointer=where,
                    message=f"No tool of the server fits {key!r}.",
                )
        elif key not in tools:
            message = f"The server has no tool {key!r}{near(key, tools)}."
            yield Finding(level=level, code="unknown-tool", pointer=where, message=message)
    for selector, names in policy.selectors.items():
        for index, name in enumerate(names):
            if name not in tools:
                message = f"The server has no tool {name!r}{near(name, tools)}."
                yield Finding(
                    level=level,
                    code="unknown-tool",
                    pointer=pointer(("selectors", selector, index)),
                    message=message,
                )


def _one_tool(policy: Policy, law: Law, one: JudgedTool) -> Iterator[Finding]:
    name, category = one.tool.name, one.verdict.category
    found = law.tool(name)
    listing = found.allowed if found.allowed and found.allowed.startswith("/") else "/default"
    where = pointer(("tools", name)) if name in policy.tools else listing
    if found.hidden is not None:
        return
    for at, pin in found.pins:
        if pin != one.tool.digest and one.snapshot.method in _WHOLE:
            yield Finding.error(
                "stale-pin", at, f"The definition of {name!r} is not the pinned one; every call is denied."
            )
    if found.allowed is None:
        yield Finding.note("no-rule", where, f"{name!r} ({category}) is not listed, so it is denied.")
        return
    if any(
        not clause.required and not clause.questions and not clause.rule.dry_run for clause in found.clauses
    ):
        return
    if one.verdict.poisoned:
        yield Finding.error(
            "poisoned-open",
            where,
            f"The definition of {name!r} tries to instruct the model, and it may be called.",
        )
    yield from _openness(where, one, found, limited=len(found.quotas) > len(law.all_tools))


def _openness(where: str, one: JudgedTool, found: ToolLaw, *, limited: bool) -> Iterator[Finding]:
    """What is to be said of how little stands before a tool that may be called; *limited* if a limit of its own does."""
    name, category = one.tool.name, one.verdict.category
    guarded = any(not hold.approval.dry_run for hold in found.holds) or any(
        not clause.rule.dry_run for clause in found.clauses
    )
    if category in _GRAVE and not guarded:
        yield Finding.error(
            "dangerous-open", where, f"{name!r} is {category}, and nothing but a limit stands before it."
        )
    elif category is Category.EXECUTE and not guarded and not limited:
        yield Finding.warning(
            "dangerous-open", where, f"{name!r} is {category}, and nothing stands before it."
        )
    elif found.allowed is not None and not found.allowed.startswith("/"):
        level: Level = "note" if category is Category.READ else "warning"
        yield Finding(
            level=level,
            code="no-rule",
            pointer=where,
            message=f"{name!r} ({category}) has no rule and is open by default.",
        )
