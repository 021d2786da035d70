"""What the audit log says of a decision and of its outcome; argument values are never in it."""

from typing import Any

import msgspec
from msgspec import Struct

from crawler.mcp.jsonrpc import Id, Json, Message
from enforce.decisions import Decision, Party, Would
from enforce.retries import answered_methods

#: Longest text that is kept of anything an agent or a server chose.
LONGEST = 200
#: Most argument keys that are named.
MOST_KEYS = 64

_NONE: dict[str, Json] = {}

_encode = msgspec.json.Encoder().encode

#: Names in the log where they are not our own: those of OpenTelemetry's conventions.
_NAMES = {
    "method": "mcp.method.name",
    "id": "jsonrpc.request.id",
    "tool": "gen_ai.tool.name",
    "code": "rpc.response.status_code",
    "sender": "from",
}


class Decided(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_NAMES):
    """What was decided about one request, written before anything is forwarded."""

    time: str
    id: Id | None = None
    event: str
    server: str = ""
    grant: str = ""
    session: str = ""
    identity: str = ""
    method: str
    tool: str | None = None
    keys: list[str]
    #: Those of the keys whose values are null, which is as good as not given.
    nulls: list[str] = []
    #: The kinds of questions of the server that the request brings answers to.
    answered: list[str] = []
    #: Keyed digests of the arguments, where the operator asked for them.
    values: dict[str, str] | None = None
    outcome: str
    rule: str
    reason: str = ""
    would: list[dict[str, str]] = []


class Alike(Struct, frozen=True):
    """What was decided, in words already, since the like was decided before; `server` and `outcome` are in it too."""

    text: bytes
    server: str
    outcome: str


class Ended(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_NAMES):
    """How a forwarded request ended; `of` is the number of its decision."""

    time: str
    event: str
    of: int
    status: str
    seconds: float
    code: int | None = None


class Noted(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_NAMES):
    """Something else that happened: a message that was refused, with who sent it, or a definition that drifted."""

    time: str
    event: str
    server: str = ""
    grant: str = ""
    session: str = ""
    identity: str = ""
    sender: str = ""
    reason: str


class Repeated(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=_NAMES):
    """How often the same was not let through between two times, where it came too often to be told one by one."""

    time: str
    since: str
    event: str
    server: str = ""
    grant: str = ""
    identity: str = ""
    sender: str = ""
    method: str | None = None
    tool: str | None = None
    outcome: str
    rule: str = ""
    count: int


#: What an audit log takes: anything that becomes one JSON object.
Record = Decided | Alike | Ended | Noted | Repeated | dict[str, Any]


def encoded(record: Record) -> bytes:
    """A record as one JSON object."""
    return record.text if type(record) is Alike else _encode(record)


def decision_record(
    time: str, message: Message, decision: Decision, party: Party, values: dict[str, str] | None = None
) -> Decided:
    """One decision. Names follow OpenTelemetry's conventions for MCP where it has one."""
    id, method = message.id, message.method
    params: dict[str, Json] = message.body.get("params", _NONE)
    tool, answered = None, list(answered_methods(params))
    if method == "tools/call":
        tool = params["name"]
        if len(tool) > LONGEST:
            tool = cut(tool)
        params = params.get("arguments", _NONE)
    keys = list(params) if len(params) == 1 else sorted(params)[:MOST_KEYS]
    nulls = [cut(key) for key in keys if params[key] is None]
    if max(map(len, keys), default=0) > LONGEST:
        keys = [cut(key) for key in keys]
    return Decided(
        time=time,
        event="decision",
        server=party.server,
        grant=party.grant,
        session=party.session,
        identity=party.identity,
        method=method if len(method) <= LONGEST else cut(method),
        id=cut(id) if type(id) is str else id,
        tool=tool,
        keys=keys,
        nulls=nulls,
        answered=answered,
        values=values,
        outcome=decision.outcome,
        rule=decision.rule if len(decision.rule) <= LONGEST else cut(decision.rule),
        reason=cut(decision.reason) if decision.reason else "",
        would=[_would(each) for each in decision.would] if decision.would else [],
    )


def outcome_record(time: str, of: int, status: str, seconds: float, code: int | None = None) -> Ended:
    """How a forwarded request ended; *of* is the number of its decision."""
    return Ended(time=time, event="outcome", of=of, status=status, seconds=round(seconds, 6), code=code)


def refusal_record(time: str, sender: str, reason: str, party: Party) -> Noted:
    """A message that was none, or that nobody had asked for; *sender* is who sent it."""
    return _noted(time, "refused", reason, party, sender)


def drift_record(time: str, words: str, party: Party) -> Noted:
    """A definition that is not the accepted one."""
    return _noted(time, "drift", words, party)


def _noted(time: str, event: str, reason: str, party: Party, sender: str = "") -> Noted:
    return Noted(
        time=time,
        event=event,
        server=party.server,
        grant=party.grant,
        session=party.session,
        identity=party.identity,
        sender=sender,
        reason=cut(reason),
    )


def cut(text: str) -> str:
    """The text, shortened."""
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def _would(would: Would) -> dict[str, str]:
    return {"outcome": would.outcome, "rule": would.rule, "reason": cut(would.reason)}
