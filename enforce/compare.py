"""Two policies by what they do: where they differ, with a call that shows it."""

from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from crawler.tools import Json
from enforce import methods, witness
from enforce.counters import Full, Reservation
from enforce.decide import Call, Decision, decide, visible
from enforce.law import Law
from enforce.policy import Limit, MethodRules, Policy, ToolRules, said
from enforce.selectors import is_glob

Kind = Literal["outcome", "visible", "limits", "rules"]


class Difference(Struct, frozen=True, kw_only=True):
    """One way in which the second policy acts otherwise than the first."""

    kind: Kind
    #: The tool, or the method where `tool` is empty.
    tool: str
    method: str = "tools/call"
    #: What the first and the second policy say: outcome and rule, limits, or shown and hidden.
    before: str
    after: str
    #: Arguments (or params) of a call that shows it; `None` where none is needed, or none was found.
    witness: Json = None


class Unlimited:
    """Counters with room for everything, since limits are compared by themselves."""

    def look(self, _reservations: Sequence[Reservation], _now: float) -> Full | None:
        """There is always room."""
        return None

    reserve = look


class _Pinned:
    """Definitions that fit every pin of the first policy and every schema."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def digest(self, tool: str) -> str | None:
        rules = self._policy.tools.get(tool)
        return (rules.pin if rules else None) or "0" * 64

    def fault(self, _tool: str, _arguments: Json) -> str | None:
        return None


def compare(one: Policy, other: Policy, now: float) -> list[Difference]:
    """Every difference found, tools first; hours are judged at *now*. Two laws with one digest have none."""
    if one.digest == other.digest:
        return []
    laws = (Law(one), Law(other))
    names = witness.tool_names((one, other))
    found = [difference for name in names for difference in _tool(laws, name, now)]
    return found + [
        difference for name in _method_names(one, other) for difference in _method(laws, name, now)
    ]


def _tool(laws: tuple[Law, Law], name: str, now: float) -> Iterator[Difference]:
    shown = [_shown(law, name) for law in laws]
    if shown[0] != shown[1]:
        yield Difference(kind="visible", tool=name, before=shown[0], after=shown[1])
    policies = (laws[0].policy, laws[1].policy)
    seen: dict[tuple[str, str], Difference] = {}
    allowed = False
    for arguments in witness.arguments_for(policies, name):
        call = Call(tool=name, arguments=arguments, definitions=_Pinned(policies[0]))
        one, other = (decide(law, call, Unlimited(), now) for law in laws)
        allowed = allowed or "allow" in (one.outcome, other.outcome) or "hold" in (one.outcome, other.outcome)
        if one.outcome != other.outcome:
            key = (one.outcome, other.outcome)
            seen.setdefault(key, _difference(name, "tools/call", one, other, arguments))
    yield from seen.values()
    limits = [_limits(law, name) for law in laws]
    if allowed and limits[0] != limits[1]:
        yield Difference(kind="limits", tool=name, before=limits[0], after=limits[1])
    elif not seen and name in policies[0].tools and name in policies[1].tools:
        yield from _silent(name, policies[0].tools[name], policies[1].tools[name])


def _silent(name: str, one: ToolRules, other: ToolRules) -> Iterator[Difference]:
    """Rules that are written differently and may well act differently, though no call was found that shows it."""
    left, right = _asked(one), _asked(other)
    if left != right:
        yield Difference(kind="rules", tool=name, before=str(left), after=str(right))


def _asked(rules: ToolRules) -> dict[str, Json]:
    quiet = {"limits", "why"}
    return {key: _without_words(value) for key, value in said(rules).items() if key not in quiet}


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
    named = {
        name for policy in (one, other) for name in policy.methods if not is_glob(name) and name != "unknown"
    }
    return sorted((methods.KNOWN - {"tools/call"}) | named | {"some/method"})


def _method(laws: tuple[Law, Law], name: str, now: float) -> Iterator[Difference]:
    rules: list[MethodRules] = [rule for law in laws for rule in law.policy.methods.values()]
    for params in witness.params_for(rules):
        call = Call(method=name, arguments=params)
        one, other = (decide(law, call, Unlimited(), now) for law in laws)
        if one.outcome != other.outcome:
            yield _difference("", name, one, other, params)
            return


def _difference(tool: str, method: str, one: Decision, other: Decision, arguments: Json) -> Difference:
    return Difference(
        kind="outcome", tool=tool, method=method, before=_told(one), after=_told(other), witness=arguments
    )


def _told(decision: Decision) -> str:
    return f"{decision.outcome} by {decision.rule}"


def _shown(law: Law, name: str) -> str:
    return "shown" if visible(law, name) else "hidden"


def _limits(law: Law, name: str) -> str:
    quotas = law.tool(name).quotas
    return ", ".join(sorted(_limit(quota.limit) for quota in quotas)) or "no limit"


def _limit(limit: Limit) -> str:
    cost = f" of {limit.cost}" if limit.cost else ""
    dry = ", dry run" if limit.dry_run else ""
    return f"{limit.max}{cost} per {limit.window} s by {limit.scope}{dry}"
