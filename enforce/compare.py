"""Two policies by what they do: where they differ, with a call that shows it."""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from crawler.tools import Json
from enforce import methods, witness
from enforce.counters.memory import Unlimited
from enforce.decide import Call, Decision, decide, visible
from enforce.law import Law, ToolLaw
from enforce.occasions import Occasion, moment, occasions
from enforce.paths import pointer
from enforce.policy import Limit, Policy, ToolRules
from enforce.saying import said
from enforce.selectors import is_glob, matches, speaks_of

Kind = Literal["outcome", "visible", "limits", "approval", "redact", "dry_run", "drift", "rules"]

#: Arguments that are tried at another moment, with another definition, or against the schema.
FEW = 30
#: Parts of a tool's rules of which a change must show in what becomes of some call.
_DECIDING = (
    "require",
    "deny_if",
    "limits",
    "require_approval",
    "pin",
    "validate",
    "hours",
    "redact",
    "inner",
)

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Difference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way in which the second policy acts otherwise than the first."""

    kind: Kind
    #: The tool, or the method where `tool` is empty, or JSON Pointer of what concerns neither.
    tool: str
    method: str = "tools/call"
    #: What the first and the second policy say: outcome and rule, limits, what is blanked, or shown and hidden.
    before: str
    after: str
    #: Arguments (or params) of a call that shows it; `None` where none is needed, or none was found.
    witness: Json = None
    #: When that call is made, where it matters.
    at: str | None = None
    #: Digest of the tool's definition at that call, where it matters.
    digest: str | None = None
    #: Whether that call's arguments fit the tool's input schema.
    fits: bool = True


class _Side:
    """One of the two policies, ready to judge."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.law = Law(policy)
        owners = [(("tools", key), rules.limits) for key, rules in policy.tools.items()]
        owners += [(("methods", key), rules.limits) for key, rules in policy.methods.items()]
        #: By JSON Pointer, with the pointer of what the limit stands in.
        self.limits = {
            pointer((*at, "limits", index)): (pointer(at), limit)
            for at, limits in [*owners, (("all_tools",), policy.all_tools.limits)]
            for index, limit in enumerate(limits)
        }

    def decide(self, call: Call, now: float) -> Decision:
        return decide(self.law, call, Unlimited(), now)


_Sides = tuple[_Side, _Side]


def compare(one: Policy, other: Policy, now: float) -> list[Difference]:
    """Every difference found, tools first. Two laws with one digest have none."""
    if one.digest == other.digest:
        return []
    sides = (_Side(one), _Side(other))
    names = witness.tool_names((one, other))
    tools = [difference for name in names for difference in _tool(sides, name, now)]
    return [
        *tools,
        *_silent(sides, tools),
        *(difference for name in _method_names(one, other) for difference in _method(sides, name, now)),
        *_drift(one, other),
    ]


def _tool(sides: _Sides, name: str, now: float) -> Iterator[Difference]:
    shown = [_shown(side.law, name) for side in sides]
    if shown[0] != shown[1]:
        yield Difference(kind="visible", tool=name, before=shown[0], after=shown[1])
    policies = (sides[0].policy, sides[1].policy)
    usual, *others = occasions(witness.entries_of(policies, name), now)
    found: dict[tuple[Kind, str, str], Difference] = {}
    lively: list[Json] = []
    for arguments in witness.arguments_for(policies, name):
        _try(sides, Call(tool=name, arguments=arguments), usual, usual, found)
        if others and len(lively) < FEW and any(_may_pass(side.law.tool(name), arguments) for side in sides):
            lively.append(arguments)
    for occasion in others:
        for arguments in lively:
            _try(sides, Call(tool=name, arguments=arguments), occasion, usual, found)
    yield from found.values()


def _may_pass(tool: ToolLaw, arguments: Json) -> bool:
    return not any(clause.denies(arguments) and not clause.rule.dry_run for clause in tool.clauses)


def _try(
    sides: _Sides,
    call: Call,
    occasion: Occasion,
    usual: Occasion,
    found: dict[tuple[Kind, str, str], Difference],
) -> None:
    """Add what this call shows and none before it did."""
    call = msgspec.structs.replace(call, definitions=occasion)
    one, other = (side.decide(call, occasion.now) for side in sides)
    for kind, before, after in _effects(sides, one, other):
        if (kind, before, after) not in found:
            found[kind, before, after] = Difference(
                kind=kind,
                tool=call.tool,
                method=call.method,
                before=before,
                after=after,
                witness=call.arguments,
                at=None if occasion.now == usual.now else moment(occasion.now),
                digest=None if occasion.pinned == usual.pinned else occasion.pinned,
                fits=occasion.fits,
            )


def _effects(sides: _Sides, one: Decision, other: Decision) -> Iterator[tuple[Kind, str, str]]:
    """Everything in which two decisions on one call differ, in words."""
    if one.outcome != other.outcome:
        yield "outcome", f"{one.outcome} by {one.rule}", f"{other.outcome} by {other.rule}"
        return
    if one.outcome == "deny":
        return
    pairs: dict[Kind, tuple[str, str]] = {
        "limits": (_limits(sides[0], one), _limits(sides[1], other)),
        "approval": (_approval(one), _approval(other)),
        "redact": (_redacted(one), _redacted(other)),
    }
    for kind, (before, after) in pairs.items():
        if before != after:
            yield kind, before, after
    if sorted(part.outcome for part in one.would) != sorted(part.outcome for part in other.would):
        yield "dry_run", _would(one), _would(other)


def _silent(sides: _Sides, found: Sequence[Difference]) -> Iterator[Difference]:
    """Rules that are written differently and may well act differently, though no call was found that shows it."""
    policies = (sides[0].policy, sides[1].policy)
    for key in dict.fromkeys((*policies[0].tools, *policies[1].tools)):
        about = [item for item in found if any(speaks_of(policy, key, item.tool) for policy in policies)]
        for part in _DECIDING:
            before, after = (_part(policy.tools.get(key, ToolRules()), part) for policy in policies)
            if before != after and not any(
                _tells(item, pointer(("tools", key, part)), part) for item in about
            ):
                yield Difference(kind="rules", tool=key, before=f"{part} {before}", after=f"{part} {after}")


def _tells(difference: Difference, at: str, part: str) -> bool:
    """Whether a difference comes from the part of the rules that stands at *at*."""
    by_kind = {"limits": "limits", "redact": "redact", "require_approval": "approval"}
    return difference.kind == by_kind.get(part) or any(
        word.startswith(at) for word in f"{difference.before} {difference.after}".split()
    )


def _part(rules: ToolRules, part: str) -> str:
    return _encode(_without_words(said(getattr(rules, part)))).decode()


def _without_words(value: Json) -> Json:
    """Rules without their texts, which change nothing."""
    if isinstance(value, dict):
        return {
            key: _without_words(part)
            for key, part in value.items()
            if key not in ("why", "on_deny", "on_hold")
        }
    return [_without_words(part) for part in value] if isinstance(value, list) else value


def _method_names(one: Policy, other: Policy) -> list[str]:
    named = {name.replace("*", "other") for policy in (one, other) for name in policy.methods} - {"unknown"}
    return sorted((methods.KNOWN - {"tools/call"}) | named | {"some/method"})


def _method(sides: _Sides, name: str, now: float) -> Iterator[Difference]:
    rules = [
        rule
        for side in sides
        for key, rule in side.policy.methods.items()
        if key in (name, "unknown") or (is_glob(key) and matches(key, name))
    ]
    found: dict[tuple[Kind, str, str], Difference] = {}
    usual = Occasion(now=now)
    for params in witness.params_for(rules):
        _try(sides, Call(method=name, arguments=params), usual, usual, found)
    yield from found.values()


def _drift(one: Policy, other: Policy) -> Iterator[Difference]:
    for what in one.drift.__struct_fields__:
        before, after = getattr(one.drift, what), getattr(other.drift, what)
        if before != after:
            yield Difference(kind="drift", tool="", method=f"/drift/{what}", before=before, after=after)


def _shown(law: Law, name: str) -> str:
    return "shown" if visible(law, name) else "hidden"


def _approval(decision: Decision) -> str:
    return f"held for {decision.approval.timeout} s" if decision.approval else "not held"


def _redacted(decision: Decision) -> str:
    return ", ".join(sorted({*decision.redact.args, *decision.redact.result})) or "nothing blanked"


def _would(decision: Decision) -> str:
    return ", ".join(f"would {part.outcome} by {part.rule}" for part in decision.would) or "nothing recorded"


def _limits(side: _Side, decision: Decision) -> str:
    taken = (*decision.reservations, *decision.shadow)
    return ", ".join(sorted(_limit(*side.limits[part.rule]) for part in taken)) or "no limit"


def _limit(owner: str, limit: Limit) -> str:
    """`5 per 3600 s by grant`, and where calls of several tools count together, where that is said."""
    cost = f" of {limit.cost}" if limit.cost else ""
    dry = ", dry run" if limit.dry_run else ""
    key = owner.removeprefix("/tools/")
    many = f" over {owner}" if owner == "/all_tools" or is_glob(key) or key.startswith("@") else ""
    return f"{limit.max}{cost} per {limit.window} s by {limit.scope}{many}{dry}"
