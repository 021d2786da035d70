"""Requests that were made before, as far as an audit log or a recorded session knows them."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from crawler.mcp.jsonrpc import Message, Refused, parse
from crawler.tools import Json
from enforce.decide import Call
from enforce.paths import UNKNOWN
from enforce.records import LONGEST, MOST_KEYS
from enforce.retries import answered_methods


class Recorded(Struct, frozen=True, kw_only=True):
    """One request that was made. An argument of which only the name is known is UNKNOWN."""

    #: Its number in the log, or its line in the session.
    seq: int
    #: Seconds since the epoch; `None` where nobody noted it, and then neither limits nor hours are judged.
    time: float | None
    call: Call
    #: `allow`, `deny` or `hold`, and by which rule; `None` and "" where nobody judged it.
    was: str | None = None
    rule: str = ""
    #: Why it could not be read at all: the gate lets nothing through that it cannot read.
    fault: str | None = None
    #: The questions of a server that it brought answers to (`inputResponses`), by their methods.
    answered: tuple[str, ...] = ()
    #: Whether a name or arguments were cut, so that not even the names are all known.
    is_cut: bool = False

    @property
    def is_partial(self) -> bool:
        """Whether there are values that nobody has recorded."""
        arguments = self.call.arguments
        return self.is_cut or (isinstance(arguments, dict) and UNKNOWN in arguments.values())


def from_audit(records: Iterable[dict[str, Any]]) -> Iterator[Recorded]:
    """The requests of an audit log, whose records name arguments and not their values."""
    for record in records:
        if record.get("event") != "decision":
            continue
        who = {name: str(record.get(name, "")) for name in ("server", "grant", "session", "identity")}
        keys, tool = _texts(record.get("keys")), str(record.get("gen_ai.tool.name", ""))
        nulls = set(_texts(record.get("nulls")))
        call = Call(
            tool=tool,
            method=str(record.get("mcp.method.name", "tools/call")),
            arguments={key: None if key in nulls else UNKNOWN for key in keys},
        )
        yield Recorded(
            seq=record["seq"],
            time=_time(record.get("time")),
            call=replace(call, **who),
            was=record.get("outcome"),
            rule=str(record.get("rule", "")),
            answered=tuple(_texts(record.get("answered"))),
            is_cut=len(keys) >= MOST_KEYS or any(len(each) > LONGEST for each in (tool, *keys)),
        )


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
            yield Recorded(seq=seq, time=None, call=_call(message), answered=answered_methods(message.params))


def _call(message: Message) -> Call:
    if message.method != "tools/call":
        return Call(method=message.method, arguments=message.params)
    arguments = message.params.get("arguments", {})
    return Call(tool=str(message.params["name"]), arguments=arguments)


def _texts(value: Json) -> list[str]:
    return list(map(str, value)) if isinstance(value, list) else []


def _time(text: Json) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except ValueError:
        return None
