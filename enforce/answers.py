"""What the gate itself says: to the agent, in words that it can act on, and to a server."""

import math
from typing import Any

from crawler.mcp.jsonrpc import Id
from enforce.decide import Decision

#: JSON-RPC codes of the protocol; DENIED is our own, and lies outside the range that the protocol reserves.
INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR, DENIED = (
    -32600,
    -32601,
    -32602,
    -32603,
    1403,
)

#: The key under `_meta` with the decision in a form for programs.
DECISION = "tollhouse/decision"


def error(id: Id | None, code: int, message: str, data: Any = None) -> dict[str, Any]:
    """A JSON-RPC error; a message that cannot be matched to a request has the id null."""
    detail = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": id, "error": detail if data is None else {**detail, "data": data}}


def denied_call(id: Id, tool: str, decision: Decision) -> dict[str, Any]:
    """The answer to a tool call that was not let through.

    A hidden tool answers as if there were none. Every other denial is a result that the model gets to read, since
    clients show it errors badly or not at all; `resultType` is what the newest revision requires.
    """
    if decision.hidden:
        return error(id, INVALID_PARAMS, f"Unknown tool: {tool}")
    return _error_result(id, _words(decision), decision)


def unfinished_call(id: Id, decision: Decision) -> dict[str, Any]:
    """The answer to a call whose server wanted to ask, in its midst, what it may not ask."""
    words = f"Blocked by policy: the server asked what it may not ask. {decision.reason} The call did not finish. (rule: {decision.rule})"
    return _error_result(id, words, decision)


def denied_request(id: Id, decision: Decision) -> dict[str, Any]:
    """The answer to any other request that was not let through."""
    words = f"Blocked by policy: {decision.reason} {_advice(decision)} (rule: {decision.rule})"
    return error(id, DENIED, words, _facts(decision))


def cancelled(id: Id) -> dict[str, Any]:
    """A question of our own need not be answered any more."""
    return {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}


def _error_result(id: Id, words: str, decision: Decision) -> dict[str, Any]:
    result = {
        "resultType": "complete",
        "content": [{"type": "text", "text": words}],
        "isError": True,
        "_meta": {DECISION: _facts(decision)},
    }
    return {"jsonrpc": "2.0", "id": id, "result": result}


def _words(decision: Decision) -> str:
    if decision.outcome == "hold":
        return f"Held by policy: {decision.reason} It was not executed. (rule: {decision.rule})"
    return f"Blocked by policy: {decision.reason} It was not executed. {_advice(decision)} (rule: {decision.rule})"


def _advice(decision: Decision) -> str:
    if decision.retry_after is not None:
        return f"It may be tried again in {math.ceil(decision.retry_after)} seconds."
    return decision.advice or "The same call will be blocked again, so do not retry it."


def _facts(decision: Decision) -> dict[str, Any]:
    facts: dict[str, Any] = {"outcome": decision.outcome, "rule": decision.rule, "reason": decision.reason}
    if decision.retry_after is not None:
        facts["retry_after"] = math.ceil(decision.retry_after)
    return facts
