"""What a policy would have said to calls that were made before: from an audit log, or from a recorded session."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from crawler.tools import Json
from enforce.conditions import holds
from enforce.counters import Counters
from enforce.decide import Call, Decision, decide, settle
from enforce.law import Law, ToolLaw


class Unknown:
    """The value of an argument of which only the name was recorded."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


class Recorded(Struct, frozen=True, kw_only=True):
    """One call that was made."""

    #: Its number in the log, or its line in the session.
    seq: int
    #: Seconds since the epoch; `None` where nobody noted it, and then limits are not judged.
    time: float | None
    call: Call
    #: `allow`, `deny` or `hold`; `None` where nobody judged it.
    was: str | None = None


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
    for one in recorded:
        decision, unsure = _judge(law, one, counters)
        yield Replayed(
            seq=one.seq,
            name=one.call.tool or one.call.method,
            was=one.was,
            becomes="unknown" if unsure else decision.outcome,
            rule=unsure or decision.rule,
        )


def _judge(law: Law, one: Recorded, counters: Counters) -> tuple[Decision, str]:
    """The decision, and the rule that makes it unsure, if any does."""
    now = one.time or 0.0
    decision = decide(law, one.call, counters, now)
    unsure = _unsure(law.tool(one.call.tool), decision, one.call.arguments) if _is_partial(one.call) else ""
    if decision.outcome == "allow" and one.time is not None:
        decision = settle(decision, counters, now)
    return decision, unsure


def _is_partial(call: Call) -> bool:
    return isinstance(call.arguments, dict) and UNKNOWN in call.arguments.values()


def _unsure(tool: ToolLaw, decision: Decision, arguments: Json) -> str:
    """The rule that decided only because an unknown value cannot be compared; empty where none did."""
    for clause in tool.clauses:
        if clause.pointer == decision.rule:
            # Asked the other way round: whether it would decide so whatever the values are.
            sure = holds(clause.questions, arguments, clause.required) is not clause.required
            return "" if sure else decision.rule
    for hold in tool.holds:
        if hold.pointer == decision.rule:
            return "" if holds(hold.questions, arguments, False) else decision.rule
    spends = any(quota.pointer == decision.rule and quota.steps for quota in tool.quotas)
    judged_by_schema = decision.rule in tool.validates
    return decision.rule if spends or judged_by_schema else ""


def from_audit(records: Iterable[dict[str, Any]]) -> Iterator[Recorded]:
    """The tool calls of an audit log, whose records name arguments and not their values."""
    for record in records:
        tool = record.get("gen_ai.tool.name")
        if record.get("event") != "decision" or not isinstance(tool, str):
            continue
        call = Call(tool=tool, arguments=dict.fromkeys(record.get("keys", ()), UNKNOWN))
        who = {name: str(record.get(name, "")) for name in ("server", "grant", "session", "identity")}
        was = record.get("outcome")
        yield Recorded(seq=record["seq"], time=_time(record.get("time")), call=replace(call, **who), was=was)


def from_session(messages: Iterable[Json]) -> Iterator[Recorded]:
    """The tool calls among the messages that a client sent, one JSON-RPC object each."""
    for seq, message in enumerate(messages, 1):
        params = message.get("params") if isinstance(message, dict) else None
        if (
            isinstance(params, dict)
            and message.get("method") == "tools/call"
            and isinstance(params.get("name"), str)
        ):
            yield Recorded(
                seq=seq, time=None, call=Call(tool=params["name"], arguments=params.get("arguments") or {})
            )


def _time(text: Json) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except ValueError:
        return None
