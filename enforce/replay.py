"""What a policy would have said to requests that were made before: from an audit log, or from a recorded session."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from crawler.mcp.jsonrpc import Message, Refused, parse
from crawler.tools import Json
from enforce import methods
from enforce.conditions import holds
from enforce.counters import Counters
from enforce.decide import Call, Decision, decide, settle
from enforce.judge import answers_decision
from enforce.law import Law, MethodLaw, ToolLaw
from enforce.lookalikes import Lookalikes


class Unknown:
    """The value of an argument of which only the name was recorded."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Recorded(Struct, frozen=True, kw_only=True):
    """One request that was made."""

    #: Its number in the log, or its line in the session.
    seq: int
    #: Seconds since the epoch; `None` where nobody noted it, and then limits are not judged.
    time: float | None
    call: Call
    #: `allow`, `deny` or `hold`; `None` where nobody judged it.
    was: str | None = None
    #: Why it could not be read at all: the gate lets nothing through that it cannot read.
    fault: str | None = None
    #: The answers to a server's questions that came with it (`inputResponses`).
    answers: Json = None


class Replayed(Struct, frozen=True, kw_only=True):
    """What the policy says to it now."""

    seq: int
    #: The tool, or the method of another request.
    name: str
    was: str | None
    #: `unknown` where it depends on values that were not recorded.
    becomes: Literal["allow", "deny", "hold", "unknown"]
    #: What decides it, or may decide it.
    rule: str

    @property
    def differs(self) -> bool:
        """Whether the policy is known to say something else than was said."""
        return self.was is not None and self.becomes not in (self.was, "unknown")


def replay(law: Law, recorded: Iterable[Recorded], counters: Counters) -> Iterator[Replayed]:
    """Judge every call again, in order; *counters* start empty and count what is let through."""
    lookalikes = Lookalikes(law)
    for one in recorded:
        decision, unsure = _judge(law, lookalikes, one, counters)
        yield Replayed(
            seq=one.seq,
            name=one.call.tool or one.call.method,
            was=one.was,
            becomes="unknown" if unsure else decision.outcome,
            rule=unsure or decision.rule,
        )


def _judge(law: Law, lookalikes: Lookalikes, one: Recorded, counters: Counters) -> tuple[Decision, str]:
    """The decision, and the rule that makes it unsure, if any does."""
    if one.fault is not None:
        return Decision(outcome="deny", rule="(protocol)", reason=one.fault), ""
    if one.answers is not None and (denied := answers_decision(law, one.answers)) is not None:
        return denied, ""
    now, call = one.time or 0.0, one.call
    decision = lookalikes.check(call, decide(law, call, counters, now))
    unsure = _unsure(_law_of(law, call), decision, call.arguments) if _is_partial(call) else ""
    if decision.outcome == "allow" and one.time is not None:
        decision = settle(decision, counters, now)
    return decision, unsure


def _is_partial(call: Call) -> bool:
    return isinstance(call.arguments, dict) and UNKNOWN in call.arguments.values()


def _law_of(law: Law, call: Call) -> ToolLaw | MethodLaw:
    if call.method == "tools/call":
        return law.tool(call.tool)
    return law.method(call.method, call.method in methods.KNOWN, call.method in methods.PASSES)


def _unsure(found: ToolLaw | MethodLaw, decision: Decision, arguments: Json) -> str:
    """The rule that decided only because an unknown value cannot be compared; empty where none did."""
    for clause in found.clauses:
        if clause.pointer == decision.rule:
            # Asked the other way round: whether it would decide so whatever the values are.
            sure = holds(clause.questions, arguments, clause.required) is not clause.required
            return "" if sure else decision.rule
    spends = any(quota.pointer == decision.rule and quota.steps for quota in found.quotas)
    if isinstance(found, MethodLaw):
        return decision.rule if spends else ""
    for hold in found.holds:
        if hold.pointer == decision.rule:
            return "" if holds(hold.questions, arguments, False) else decision.rule
    return decision.rule if spends or decision.rule in found.validates else ""


def from_audit(records: Iterable[dict[str, Any]]) -> Iterator[Recorded]:
    """The requests of an audit log, whose records name arguments and not their values."""
    for record in records:
        if record.get("event") != "decision":
            continue
        who = {name: str(record.get(name, "")) for name in ("server", "grant", "session", "identity")}
        call = Call(
            tool=str(record.get("gen_ai.tool.name", "")),
            method=str(record.get("mcp.method.name", "tools/call")),
            arguments=dict.fromkeys(map(str, _list(record.get("keys"))), UNKNOWN),
        )
        time, was = _time(record.get("time")), record.get("outcome")
        yield Recorded(seq=record["seq"], time=time, call=replace(call, **who), was=was)


def from_session(lines: Iterable[bytes]) -> Iterator[Recorded]:
    """The requests among the messages that a client sent, one a line, as the gate would read them."""
    for seq, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            message = parse(line)
        except Refused as refused:
            yield Recorded(seq=seq, time=None, call=Call(method="(unreadable)"), fault=str(refused))
            continue
        if message.kind == "request":
            answers = message.params.get("inputResponses")
            yield Recorded(seq=seq, time=None, call=_call(message), answers=answers)


def _call(message: Message) -> Call:
    if message.method != "tools/call":
        return Call(method=message.method, arguments=message.params)
    arguments = message.params.get("arguments", {})
    return Call(tool=str(message.params["name"]), arguments=arguments)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _time(text: Json) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except ValueError:
        return None
