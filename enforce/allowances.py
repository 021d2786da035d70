"""What one party was allowed, in words that are made once for all that is alike."""

from crawler.mcp.jsonrpc import Json, Message
from enforce.decisions import Decision, Party
from enforce.records import Alike, decision_record, encoded

#: Most argument keys of a record that others are made of; such records that are remembered; and characters of their names.
MOST_NAMED, REMEMBERED, LONGEST_NAMES = 8, 256, 1_000

_NONE: dict[str, Json] = {}

#: What follows the time and the id, neither of which has quotation marks inside.
_AFTER_ID = b',"event":'


class Allowances:
    """Puts into words what one party was allowed; records that differ in nothing but time and id are made of one."""

    def __init__(self, party: Party) -> None:
        self._party = party
        #: What stands after time and id, by the tool, the rule that allows it, and the names of the arguments.
        self._tails: dict[tuple[str, ...], bytes] = {}

    def record(self, time: str, message: Message, decision: Decision) -> Alike | None:
        """A call that was allowed, with nothing more to say of it; `None` for anything else."""
        id, party = message.id, self._party
        if (
            type(id) is not int
            or message.method != "tools/call"
            or decision.outcome != "allow"
            or decision.reason
            or decision.would
        ):
            return None
        params = message.body["params"]
        arguments = params.get("arguments", _NONE)
        if len(arguments) > MOST_NAMED or "inputResponses" in params or None in arguments.values():
            return None
        key = (params["name"], decision.rule, *arguments)
        tail = self._tails.get(key)
        if tail is None:
            _, mark, tail = encoded(decision_record(time, message, decision, party)).partition(_AFTER_ID)
            tail = mark + tail
            if len(self._tails) >= REMEMBERED:
                self._tails.clear()
            if sum(map(len, key)) <= LONGEST_NAMES:  # what an agent makes up takes no more
                self._tails[key] = tail
        return Alike(
            b'{"time":"%b","jsonrpc.request.id":%d%b' % (time.encode(), id, tail), party.server, "allow"
        )
