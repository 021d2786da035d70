"""What a policy would have said to requests that were made before, and where nobody can say."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from enforce import methods
from enforce.conditions import holds
from enforce.counters import Reservation
from enforce.counters.memory import Unlimited
from enforce.decide import Call, Decision, decide
from enforce.judge import answers_decision
from enforce.law import Clause, Holder, Law, MethodLaw, Quota, ToolLaw
from enforce.lookalikes import Lookalikes
from enforce.recordings import Recorded
from enforce.tally import Tally

#: What decided then was neither the law nor the call, but what only that process knew or could not have.
_CIRCUMSTANCES = (
    "/drift",
    "(another's task)",
    "(counters unavailable)",
    "(approvals unavailable)",
    "(tasks unavailable)",
)

#: How the record of a call ends that a person has let through.
_APPROVED = " (approved: "


class Replayed(Struct, frozen=True, kw_only=True):
    """What the policy says to it now."""

    seq: int
    #: The tool, or the method of another request.
    name: str
    was: str | None
    #: `unknown` where it depends on what was not recorded: values, definitions of tools, or limits of which such a call may have taken.
    becomes: Literal["allow", "deny", "hold", "unknown"]
    #: What decides it, or may decide it.
    rule: str

    @property
    def differs(self) -> bool:
        """Whether the policy is known to say something else than was said."""
        return self.was is not None and self.becomes not in (self.was, "unknown")


class _Verdict(Struct, frozen=True):
    becomes: Literal["allow", "deny", "hold", "unknown"]
    rule: str
    #: What it takes of limits, or may take.
    taken: Sequence[Reservation] = ()


def replay(law: Law, recorded: Iterable[Recorded]) -> Iterator[Replayed]:
    """Judge every request again, in order, and count from nothing. What a person has answered, they are taken to answer again."""
    lookalikes, tally = Lookalikes(law), Tally()
    for one in recorded:
        verdict = _judge(law, lookalikes, one)
        verdict = _by_limits(_by_person(verdict, one), one, tally)
        if verdict.becomes in ("allow", "unknown"):
            tally.take(verdict.taken, one.time, sure=verdict.becomes == "allow")
            tally.is_blurred |= verdict.becomes == "unknown" and _may_call_others(law, one.call)
        name = one.call.tool or one.call.method
        yield Replayed(seq=one.seq, name=name, was=one.was, becomes=verdict.becomes, rule=verdict.rule)


def _judge(law: Law, lookalikes: Lookalikes, one: Recorded) -> _Verdict:
    """The verdict without limits and without anybody's answer."""
    if one.fault is not None:
        return _Verdict("deny", "(protocol)")
    if (denied := answers_decision(law, one.answered)) is not None:
        return _Verdict("deny", denied.rule)
    found, call = _law_of(law, one.call), one.call
    decision = decide(law, call, Unlimited(), one.time or 0.0)
    if not one.is_cut and (sure := _sure_denial(found, lookalikes, one, decision)):
        return _Verdict("deny", sure)
    if doubt := _doubt(found, lookalikes, one, decision):
        return _Verdict("unknown", doubt, _possibly_taken(found.quotas, call))
    return _Verdict(decision.outcome, decision.rule, decision.reservations)


def _by_person(verdict: _Verdict, one: Recorded) -> _Verdict:
    """A call that waits for a person, who was asked about it before."""
    if verdict.becomes != "hold":
        return verdict
    if one.was == "allow" and _APPROVED in one.rule:
        return _Verdict("allow", verdict.rule, verdict.taken)
    return _Verdict("deny", verdict.rule) if (one.was, one.rule) == ("deny", verdict.rule) else verdict


def _by_limits(verdict: _Verdict, one: Recorded, tally: Tally) -> _Verdict:
    if verdict.becomes in ("allow", "hold") and (full := tally.full(verdict.taken, one.time)) is not None:
        becomes: Literal["deny", "unknown"] = "deny" if full[0] == "yes" else "unknown"
        return _Verdict(becomes, full[1].rule, () if becomes == "deny" else verdict.taken)
    return verdict


def _law_of(law: Law, call: Call) -> ToolLaw | MethodLaw:
    if call.method == "tools/call":
        return law.tool(call.tool)
    return law.method(call.method, call.method in methods.KNOWN, call.method in methods.PASSES)


def _sure_denial(
    found: ToolLaw | MethodLaw, lookalikes: Lookalikes, one: Recorded, decision: Decision
) -> str:
    """The rule that denies the request whatever was not recorded; empty where none does."""
    arguments = one.call.arguments
    by_name = ("(default deny)", "(look-alike method)", found.hidden if isinstance(found, ToolLaw) else None)
    if decision.outcome == "deny" and (
        decision.rule in by_name or (isinstance(found, MethodLaw) and not found.allows)
    ):
        return decision.rule
    for clause in found.clauses:
        if not clause.rule.dry_run and clause.denies(arguments) and _is_sure(clause, one):
            return clause.pointer
    alike = lookalikes.check(one.call, Decision(outcome="allow", rule=""))
    return alike.rule if alike.outcome == "deny" else ""


def _is_sure(clause: Clause, one: Recorded) -> bool:
    """Whether a rule that denies would do so whatever the values are that nobody recorded."""
    if not one.is_partial:
        return True
    # Asked the other way round: what cannot be compared counts as what lets it through.
    return holds(clause.questions, one.call.arguments, clause.required) is not clause.required


def _doubt(found: ToolLaw | MethodLaw, lookalikes: Lookalikes, one: Recorded, decision: Decision) -> str:
    """The rule that decides by what was not recorded; empty where all is known."""
    if one.is_cut:
        return decision.rule
    if decision.outcome != "deny" and one.rule.startswith(_CIRCUMSTANCES):
        return one.rule
    if isinstance(found, ToolLaw) and (at_the_door := _doubt_at_the_door(found, one, decision)):
        return at_the_door
    if not one.is_partial:
        return ""
    if decision.outcome == "deny":
        return decision.rule
    if isinstance(found, ToolLaw) and decision.outcome == "hold" and not _surely_holds(found, one):
        return decision.rule
    return "(look-alike argument)" if lookalikes.reach_beyond(one.call) else ""


def _doubt_at_the_door(tool: ToolLaw, one: Recorded, decision: Decision) -> str:
    """Definitions are in no record, and times in no session."""
    if decision.outcome == "deny" and decision.rule.endswith(("/pin", "/validate", "(look-alike tool)")):
        return decision.rule
    hours = [pointer for pointer, _ in tool.hours] if one.time is None else []
    return hours[0] if hours else ""


def _surely_holds(tool: ToolLaw, one: Recorded) -> bool:
    entries = [hold for hold in tool.holds if not hold.approval.dry_run]
    return any(holds(hold.questions, one.call.arguments, False) for hold in entries)


def _possibly_taken(quotas: Sequence[Quota], call: Call) -> tuple[Reservation, ...]:
    """What a call takes of limits if it is let through; where nobody knows how much it spends, all that there is."""
    holder = Holder(call.server, call.grant, call.session, call.identity)
    real = [quota for quota in quotas if not quota.limit.dry_run]
    taken = [quota.reservation(holder, call.arguments) for quota in real]
    return tuple(
        each or replace(quota.one(holder), amount=quota.limit.max)
        for each, quota in zip(taken, real, strict=True)
    )


def _may_call_others(law: Law, call: Call) -> bool:
    """Whether there may be a call inside the call, of which limits may be taken as well."""
    return call.method == "tools/call" and bool(law.tool(call.tool).inner)
