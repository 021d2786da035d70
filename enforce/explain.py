"""Why a call is decided as it is: every step that the decision takes, with what it compared."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from crawler.tools import Json
from enforce import conditions, hours, paths, windows
from enforce.counters import Counters, Reservation, StoreFailed
from enforce.decide import DEEPEST_CALL, Call, Decision, call_inside, decide, settle
from enforce.law import Clause, Hold, Holder, Law, Quota, ToolLaw
from enforce.lookalikes import Lookalikes
from enforce.policy import Condition

Verdict = Literal["passes", "denies", "holds", "would deny", "would hold", "allows"]

_WORDS = {
    "eq": "is", "neq": "is not", "lt": "is less than", "lte": "is at most", "gt": "is more than", "gte": "is at least",
    "in": "is one of", "not_in": "is none of", "regex": "matches", "contains": "contains",
}  # fmt: skip


class Step(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    #: JSON Pointer into the policy, or words in brackets.
    rule: str
    verdict: Verdict
    #: One sentence, which may quote arguments: for people, not for logs.
    text: str


def explain(law: Law, call: Call, counters: Counters, now: float) -> list[Step]:
    """Every step, also those after the one that decides; the last step is the decision. Takes no reservation."""
    decision = Lookalikes(law).check(call, decide(law, call, counters, now))
    if decision.outcome == "allow":
        decision = settle(decision, _Looking(counters), now)
    steps = list(_tool_steps(law, call, counters, now)) if call.method == "tools/call" else []
    return [*steps, _conclusion(decision)]


class _Looking:
    """Counters from which nothing is taken."""

    def __init__(self, counters: Counters) -> None:
        self.look = counters.look
        self.reserve = counters.look


def _conclusion(decision: Decision) -> Step:
    verdict: dict[str, Verdict] = {"allow": "allows", "deny": "denies", "hold": "holds"}
    text = decision.reason or "The call is forwarded."
    if decision.retry_after is not None:
        text += f" It may pass in {decision.retry_after:.0f} s."
    return Step(rule=decision.rule, verdict=verdict[decision.outcome], text=text)


def _tool_steps(
    law: Law, call: Call, counters: Counters, now: float, depth: int = DEEPEST_CALL
) -> Iterator[Step]:
    tool = law.tool(call.tool)
    if tool.hidden is not None:
        yield Step(rule=tool.hidden, verdict="denies", text=f"The tool {call.tool!r} is hidden.")
        return
    if tool.allowed is None:
        yield Step(rule="(default deny)", verdict="denies", text=f"The tool {call.tool!r} is not listed.")
        return
    listed = "is listed" if tool.allowed.startswith("/") else "is not listed, and the default is allow"
    yield Step(rule=tool.allowed, verdict="passes", text=f"The tool {call.tool!r} {listed}.")
    yield from _door_steps(tool, call, now)
    for clause in tool.clauses:
        yield _clause_step(clause, call.arguments)
    for quota in tool.quotas:
        yield _quota_step(quota, call, counters, now)
    for pointer, inner in tool.inner:
        inside = call_inside(inner, call) if depth > 1 else None
        if inside is None:
            yield Step(rule=pointer, verdict="denies", text="The call inside cannot be read.")
            continue
        if (other := law.spellings.taken_for(inside.tool)) is not None:
            text = f"The call inside, of the tool {inside.tool!r}, could be taken for one of {other!r}."
            yield Step(rule=pointer, verdict="denies", text=text)
            continue
        text = f"The call inside, of the tool {inside.tool!r}, is judged as well:"
        yield Step(rule=pointer, verdict="passes", text=text)
        yield from _tool_steps(law, inside, counters, now, depth - 1)
    for hold in tool.holds:
        yield _hold_step(hold, call.arguments)


def _door_steps(tool: ToolLaw, call: Call, now: float) -> Iterator[Step]:
    seen = call.definitions
    if tool.taken_for is not None:
        verdict: Verdict = "passes" if seen and seen.digest(call.tool) else "denies"
        words = f"It could be taken for {tool.taken_for!r}, and passes only if the server lists it."
        yield Step(rule="(look-alike tool)", verdict=verdict, text=words)
    for pointer, pin in tool.pins:
        digest = seen.digest(call.tool) if seen else None
        text = f"The definition's digest is {digest or 'not known here'}; the policy wants {pin}."
        yield Step(rule=pointer, verdict="passes" if digest == pin else "denies", text=text)
    for pointer, stretches in tool.hours:
        inside = hours.open_at(stretches, now)
        text = "It is inside the hours of the policy." if inside else "It is outside the hours of the policy."
        yield Step(rule=pointer, verdict="passes" if inside else "denies", text=text)
    for pointer in tool.validates:
        fault = seen.fault(call.tool, call.arguments) if seen else "the schema is not known here"
        text = f"The arguments and the input schema: {fault or 'they fit'}."
        yield Step(rule=pointer, verdict="denies" if fault else "passes", text=text)


def _clause_step(clause: Clause, arguments: Json) -> Step:
    denies = clause.denies(arguments)
    verdict: Verdict = "passes"
    if denies:
        verdict = "would deny" if clause.rule.dry_run else "denies"
    kind = "required" if clause.required else "denied if"
    text = f"{kind}: {_sentences(clause.rule.conditions, arguments)}"
    return Step(rule=clause.pointer, verdict=verdict, text=text)


def _hold_step(hold: Hold, arguments: Json) -> Step:
    verdict: Verdict = "passes"
    if conditions.holds(hold.questions, arguments, True):
        verdict = "would hold" if hold.approval.dry_run else "holds"
    text = f"approval if: {_sentences(hold.approval.conditions, arguments)}"
    return Step(rule=hold.pointer, verdict=verdict, text=text)


def _sentences(asked: tuple[Condition, ...], arguments: Json) -> str:
    return "; ".join(_sentence(condition, arguments) for condition in asked) or "always"


def _sentence(condition: Condition, arguments: Json) -> str:
    answer = conditions.question(condition)(arguments)
    found = paths.look_up(arguments, paths.parse(condition.path, (condition.path.partition(".")[0],)) or ())
    said = {True: "true", False: "false", None: "cannot be compared"}[answer]
    words = {paths.ABSENT: "absent", paths.CLOSED: "inside of what is no object"}
    what = words[found] if isinstance(found, paths.Nowhere) else _shown(found)
    if condition.op == "exists":
        wanted = "is given" if condition.value else "is not given"
        return f"{condition.path} {wanted}: {said}, it is {what}"
    return f"{condition.path} {_WORDS[condition.op]} {_shown(condition.value)}: {said}, it is {what}"


def _quota_step(quota: Quota, call: Call, counters: Counters, now: float) -> Step:
    limit = quota.limit
    holder = Holder(call.server, call.grant, call.session, call.identity)
    reservation = quota.reservation(holder, call.arguments)
    bound = f"at most {limit.max} per {windows.words(limit.window)}, counted by {limit.scope}"
    if reservation is None:
        return Step(rule=quota.pointer, verdict="denies", text=f"{bound}; {limit.cost} cannot be counted")
    verdict, used = _room(reservation, counters, now)
    if verdict == "denies" and limit.dry_run:
        verdict = "would deny"
    return Step(
        rule=quota.pointer, verdict=verdict, text=f"{bound}; this call takes {reservation.amount}{used}"
    )


def _room(reservation: Reservation, counters: Counters, now: float) -> tuple[Verdict, str]:
    try:
        full = counters.look((reservation,), now)
    except StoreFailed as error:
        return "denies", f"; {error}"
    return ("passes", ", and there is room") if full is None else ("denies", f", and {full.used} is taken")


def _shown(value: Json) -> str:
    text = repr(value) if isinstance(value, str | list | dict) else str(value)
    text = text.encode("ascii", "backslashreplace").decode()
    return text if len(text) <= 80 else text[:77] + "..."
