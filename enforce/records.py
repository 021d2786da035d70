"""What the audit log says of a decision and of its outcome; argument values are never in it."""

from typing import Any

from crawler.mcp.jsonrpc import Id, Json
from enforce.decide import Decision, Would

#: Longest text that is kept of anything an agent or a server chose.
LONGEST = 200
#: Most argument keys that are named.
MOST_KEYS = 64

_NONE: dict[str, Json] = {}


def decision_record(
    time: str, method: str, id: Id | None, params: dict[str, Json], decision: Decision, who: dict[str, str]
) -> dict[str, Any]:
    """One decision. Names follow OpenTelemetry's conventions for MCP where it has one."""
    record: dict[str, Any] = {"time": time, "event": "decision", **who, "mcp.method.name": cut(method)}
    if id is not None:
        record["jsonrpc.request.id"] = cut(id) if type(id) is str else id
    if method == "tools/call":
        record["gen_ai.tool.name"] = cut(params["name"])
        params = params.get("arguments", _NONE)
    record["keys"] = _keys(params)
    record["outcome"] = decision.outcome
    record["rule"] = cut(decision.rule)
    if decision.reason:
        record["reason"] = cut(decision.reason)
    if decision.would:
        record["would"] = [_would(each) for each in decision.would]
    return record


def outcome_record(
    time: str, of: int, status: str, seconds: float, code: int | None = None
) -> dict[str, Any]:
    """How a forwarded request ended; *of* is the number of its decision."""
    record = {"time": time, "event": "outcome", "of": of, "status": status, "seconds": round(seconds, 6)}
    return record if code is None else {**record, "rpc.response.status_code": code}


def refusal_record(time: str, side: str, reason: str, who: dict[str, str]) -> dict[str, Any]:
    """A message that was no message, or that nobody had asked for; *side* is who sent it."""
    return {"time": time, "event": "refused", **who, "from": side, "reason": cut(reason)}


def drift_record(time: str, words: str, who: dict[str, str]) -> dict[str, Any]:
    """A definition that is not the accepted one."""
    return {"time": time, "event": "drift", **who, "reason": cut(words)}


def cut(text: str) -> str:
    """The text, shortened."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _keys(arguments: dict[str, Json]) -> list[str]:
    if len(arguments) == 1:  # the usual case, and not worth a sort
        return [cut(key) for key in arguments]
    return [cut(key) for key in sorted(arguments)[:MOST_KEYS]]


def _would(would: Would) -> dict[str, str]:
    return {"outcome": would.outcome, "rule": would.rule, "reason": cut(would.reason)}
