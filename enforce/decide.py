"""What happens to one call: allow, deny or hold. Pure apart from the counters it is given, and total."""

from collections.abc import Sequence

from msgspec.structs import replace

from crawler.tools import Json
from enforce import hours, methods, paths, windows
from enforce.conditions import holds
from enforce.counters import Counters, Full, Reservation, StoreFailed
from enforce.decisions import Call, Decision, Definitions, Would
from enforce.law import REMEMBERED, Clause, Hold, Holder, Law, Quota, ToolLaw
from enforce.policy import Inner, Redact

__all__ = ["Call", "Decision", "Definitions", "Would", "call_inside", "decide", "settle", "visible"]

#: How many calls may lie inside each other.
DEEPEST_CALL = 4

#: What an agent can do about a denial that is not for good.
LIST_FIRST = "List the tools, then call again."
OTHER_ARGUMENTS = "The same arguments will be blocked again; others may pass."
LATER = "It may be tried again later; if it keeps failing, the person who runs the gate has to look at it."


def decide(law: Law, call: Call, counters: Counters, now: float) -> Decision:
    """Judge *call* at *now*, seconds since the epoch. Takes no reservation: `settle` does, once the call may go."""
    try:
        if call.method != "tools/call":
            return _decide_method(law, call)
        return _decide_tool(law, call, counters, now, DEEPEST_CALL)
    except StoreFailed as fault:
        return _store_failed(fault)


def decide_plainly(law: Law, tool: str, arguments: Json, holder: Holder) -> Decision | None:
    """The decision on a call that nothing denies and of which nothing but its arguments matters, as `decide` gives it.

    `None` where there is more to look at, or something to say.
    """
    found = law.tool(tool)
    plainly = found.plainly or _counted(found, holder)
    if plainly is None or found.guarded or found.hidden is not None:
        return None
    for clause in found.clauses:
        if clause.denies(arguments):
            return None
    return plainly


def _counted(tool: ToolLaw, holder: Holder) -> Decision | None:
    """The same decision where each call counts as one, which `settle` counts."""
    known = tool.counted
    if known is None:
        return None
    decision = known.get(holder)
    if decision is None:
        if len(known) >= REMEMBERED:
            known.clear()
        taken = tuple(quota.one(holder) for quota in tool.quotas)
        decision = Decision(outcome="allow", rule=tool.allowed or "", reservations=taken, redact=tool.redact)
        known[holder] = decision
    return decision


def settle(decision: Decision, counters: Counters, now: float) -> Decision:
    """Take the reservations of a call that may go now, allowed or approved; a decision that denies where one is full."""
    try:
        if decision.reservations and (full := counters.reserve(decision.reservations, now)) is not None:
            return _full(decision, full)
        if not decision.shadow:
            return decision
        fulls = [full for part in decision.shadow if (full := counters.reserve((part,), now)) is not None]
    except StoreFailed as fault:
        return _store_failed(fault)
    would = tuple(
        Would(
            outcome="deny", rule=full.reservation.rule, reason=_limit_reason(full), why=full.reservation.why
        )
        for full in fulls
    )
    return replace(decision, would=decision.would + would) if would else decision


def visible(law: Law, tool: str) -> bool:
    """Whether *tool* stays in the lists that the agent sees."""
    found = law.tool(tool)
    return found.hidden is None and not found.unlisted


def _decide_tool(law: Law, call: Call, counters: Counters, now: float, depth: int) -> Decision:
    tool = law.tool(call.tool)
    if tool.hidden is not None:
        return _deny(tool.hidden, f"Unknown tool: {_short(call.tool)}", hidden=True)
    if tool.allowed is None:
        return _deny("(default deny)", _not_allowed(call.tool))
    if tool.guarded and (denied := _at_the_door(tool, call, now)) is not None:
        return denied
    would = _ask(tool.clauses, call)
    if isinstance(would, Decision):
        return would
    if tool.plainly is not None and not would:
        return tool.plainly
    return _allow(law, tool, call, counters, now, would, depth)


def _allow(
    law: Law, tool: ToolLaw, call: Call, counters: Counters, now: float, would: list[Would], depth: int
) -> Decision:
    reserved = _reserve(tool.quotas, call)
    if isinstance(reserved, Decision):
        return replace(reserved, would=tuple(would))
    reservations, shadow = reserved
    decision = Decision(
        outcome="allow", rule=tool.allowed or "", reservations=reservations, shadow=shadow, redact=tool.redact
    )
    for pointer, inner in tool.inner:
        decision = _inside(law, pointer, inner, decision, call, counters, now, depth)
        if decision.outcome == "deny":
            return replace(decision, would=(*would, *decision.would))
    if tool.holds:
        decision = _hold(tool.holds, decision, call, would)
    if decision.outcome == "hold" and decision.reservations:
        full = counters.look(decision.reservations, now)
        if full is not None:
            decision = _full(decision, full)
    return replace(decision, would=(*would, *decision.would)) if would else decision


def _ask(clauses: Sequence[Clause], call: Call) -> list[Would] | Decision:
    """The first clause that denies, or what those under `dry_run` would have done."""
    would: list[Would] = []
    for clause in clauses:
        if clause.denies(call.arguments):
            reason, why = _clause_reason(clause, call), clause.rule.why
            if not clause.rule.dry_run:
                return _deny(clause.pointer, reason, why=why, would=tuple(would))
            would.append(Would(outcome="deny", rule=clause.pointer, reason=reason, why=why))
    return would


def _at_the_door(tool: ToolLaw, call: Call, now: float) -> Decision | None:
    """What does not depend on single arguments: the name, the pinned definition, the hours, the input schema."""
    seen = call.definitions
    if tool.taken_for is not None and (seen is None or seen.digest(call.tool) is None):
        # What it could be taken for may be hidden, so only people are told.
        words = f"The server has listed no tool {_short(call.tool)}, and its name could be taken for another."
        return _deny("(look-alike tool)", words, why=f"taken for {tool.taken_for}", advice=LIST_FIRST)
    for pointer, pin in tool.pins:
        digest = seen.digest(call.tool) if seen else None
        if digest is None:
            return _deny(pointer, "The tool's definition has not been seen yet.", advice=LIST_FIRST)
        if digest != pin:
            return _deny(pointer, "The tool's definition is not the one that was accepted.")
    for pointer, stretches in tool.hours:
        if not hours.open_at(stretches, now):
            wait = hours.until_open(stretches, now)
            return _deny(pointer, "The tool may not be used at this time.", retry_after=wait)
    for pointer in tool.validates:
        if seen is None or seen.digest(call.tool) is None:
            return _deny(pointer, "The tool's input schema has not been seen yet.", advice=LIST_FIRST)
        fault = seen.fault(call.tool, call.arguments)
        if fault is not None:
            return _deny(
                pointer, f"The arguments do not fit the tool's input schema: {fault}", advice=OTHER_ARGUMENTS
            )
    return None


def _reserve(
    quotas: Sequence[Quota], call: Call
) -> tuple[tuple[Reservation, ...], tuple[Reservation, ...]] | Decision:
    if not quotas:
        return (), ()
    holder = Holder(call.server, call.grant, call.session, call.identity)
    real: list[Reservation] = []
    shadow: list[Reservation] = []
    for quota in quotas:
        reservation = quota.reservation(holder, call.arguments)
        if reservation is not None:
            (shadow if quota.limit.dry_run else real).append(reservation)
        elif not quota.limit.dry_run:
            reason = f"The amount in {quota.limit.cost} cannot be counted."
            return _deny(quota.pointer, quota.limit.on_deny or reason, why=quota.limit.why)
    return tuple(real), tuple(shadow)


def _inside(
    law: Law,
    pointer: str,
    inner: Inner,
    outer: Decision,
    call: Call,
    counters: Counters,
    now: float,
    depth: int,
) -> Decision:
    """The outer decision joined with that on the call inside."""
    inside = call_inside(inner, call)
    if inside is None or depth <= 1:
        return _deny(pointer, "The call inside this call cannot be read.")
    if (other := law.spellings.taken_for(inside.tool)) is not None:
        words = f"The call inside names {_short(inside.tool)}, which could be taken for another tool."
        return _deny(pointer, words, why=f"taken for {other}")
    decision = _decide_tool(law, inside, counters, now, depth - 1)
    if decision.outcome == "deny":
        return replace(decision, hidden=False)
    return replace(
        outer,
        outcome="hold" if "hold" in (outer.outcome, decision.outcome) else "allow",
        rule=decision.rule if decision.outcome == "hold" else outer.rule,
        reason=outer.reason or decision.reason,
        why=outer.why or decision.why,
        approval=outer.approval or decision.approval,
        reservations=_join(outer.reservations, decision.reservations),
        shadow=_join(outer.shadow, decision.shadow),
        would=outer.would + decision.would,
        redact=_join_redact(outer.redact, decision.redact, inner),
    )


def call_inside(inner: Inner, call: Call) -> Call | None:
    """The call that lies inside *call*; `None` where it names no tool, or its arguments are no object."""
    name = paths.look_up(call.arguments, paths.parse(inner.tool, ("args",)) or ())
    arguments = paths.look_up(call.arguments, paths.parse(inner.args, ("args",)) or ()) if inner.args else {}
    if arguments is paths.ABSENT:
        arguments = {}
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return None
    return replace(call, tool=name, arguments=arguments)


def _join(one: tuple[Reservation, ...], other: tuple[Reservation, ...]) -> tuple[Reservation, ...]:
    """Both; where they draw on one count the call is still one call, and takes the larger amount."""
    found = {part.key: part for part in one}
    for part in other:
        old = found.get(part.key)
        found[part.key] = part if old is None or part.amount > old.amount else old
    return tuple(found.values())


def _join_redact(outer: Redact, inside: Redact, inner: Inner) -> Redact:
    moved = tuple(f"{inner.args}.{path.partition('.')[2]}" for path in inside.args) if inner.args else ()
    return Redact(args=outer.args + moved, result=outer.result + inside.result)


def _hold(entries: Sequence[Hold], decision: Decision, call: Call, would: list[Would]) -> Decision:
    for hold in entries:
        approval = hold.approval
        if not holds(hold.questions, call.arguments, True):
            continue
        reason = approval.on_hold or "A person has to approve this call first."
        if not approval.dry_run:
            return replace(
                decision,
                outcome="hold",
                rule=hold.pointer,
                reason=reason,
                why=approval.why,
                approval=approval,
            )
        would.append(Would(outcome="hold", rule=hold.pointer, reason=reason, why=approval.why))
    return decision


def _decide_method(law: Law, call: Call) -> Decision:
    known = call.method in methods.KNOWN
    if not known and methods.imitates(call.method):
        reason = f"The method {_short(call.method)} only looks like one of the protocol."
        return _deny("(look-alike method)", reason)
    method = law.method(call.method, known, call.method in methods.PASSES)
    if not method.allows:
        reason = method.on_deny or f"The method {_short(call.method)} is not allowed by policy."
        return _deny(method.pointer, reason, why=method.why)
    would = _ask(method.clauses, call)
    if isinstance(would, Decision):
        return would
    reserved = _reserve(method.quotas, call)
    if isinstance(reserved, Decision):
        return reserved
    return Decision(
        outcome="allow", rule=method.pointer, reservations=reserved[0], shadow=reserved[1], would=tuple(would)
    )


def _full(decision: Decision, full: Full) -> Decision:
    return _deny(
        full.reservation.rule,
        _limit_reason(full),
        why=full.reservation.why,
        would=decision.would,
        retry_after=full.retry_after,
    )


def _limit_reason(full: Full) -> str:
    taken = full.reservation
    if taken.on_deny:
        return taken.on_deny
    what = "calls" if taken.amount == 1 else "in sum"
    return f"Limit reached: at most {taken.max} {what} per {windows.words(taken.window)}."


def _store_failed(fault: StoreFailed) -> Decision:
    reason = "The call cannot be counted right now, so it is not allowed."
    return _deny("(counters unavailable)", reason, why=str(fault), advice=LATER)


def _deny(
    rule: str,
    reason: str,
    *,
    why: str | None = None,
    hidden: bool = False,
    would: tuple[Would, ...] = (),
    retry_after: float | None = None,
    advice: str = "",
) -> Decision:
    return Decision(
        outcome="deny",
        rule=rule,
        reason=reason,
        why=why,
        hidden=hidden,
        would=would,
        retry_after=retry_after,
        advice=advice,
    )


def _clause_reason(clause: Clause, call: Call) -> str:
    if clause.rule.on_deny:
        return clause.rule.on_deny
    if clause.rule.conditions:
        return "This call is not allowed with these arguments."
    return _not_allowed(call.tool or call.method)


def _not_allowed(name: str) -> str:
    return f"{_short(name)} is not allowed by policy."


def _short(name: str) -> str:
    return name if len(name) <= 200 else name[:200] + "..."
