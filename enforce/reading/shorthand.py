"""The short and older spellings of rules that policies in the wild use."""

from enforce import windows
from enforce.policy import Limit, Rule
from enforce.reading.clauses import is_countable
from enforce.reading.cursor import Cursor


def read(members: dict[str, Cursor], tool: str) -> tuple[tuple[Rule, ...], tuple[Limit, ...]]:
    """The denials and limits that `action`, `reason` and `rate_limit` stand for."""
    reason = members["reason"].text() if "reason" in members else None
    action = members["action"].choice(("allow", "deny")) if "action" in members else "allow"
    if reason is not None and action == "allow" and "rate_limit" not in members:
        members["reason"].fault("goes with action: deny or rate_limit")
    denials = (Rule(on_deny=reason),) if action == "deny" else ()
    limit = _rate_limit(members["rate_limit"], tool, reason) if "rate_limit" in members else None
    return denials, () if limit is None else (limit,)


def _rate_limit(at: Cursor, tool: str, reason: str | None) -> Limit | None:
    rate = windows.rate(at.value) if isinstance(at.value, str) else _max_and_window(at)
    if rate is None:
        if isinstance(at.value, str):
            at.fault("must be a rate such as 5/hour, by second, minute, hour, day, week or month")
        return None
    return Limit(counter=f"{tool}_rate", max=rate[0], window=rate[1], on_deny=reason)


def _max_and_window(at: Cursor) -> tuple[int, int] | None:
    members = at.members(("max", "window"))
    for key in ("max", "window"):
        if key not in members and isinstance(at.value, dict):
            at.fault(f"{key} is required")
    if len(members) < 2:
        return None
    most, length = members["max"].value, members["window"].value
    if isinstance(length, str):
        length = windows.seconds(length)
    if type(most) is not int or most < 1:
        members["max"].fault("must be a whole number of at least 1")
        return None
    if not is_countable(members["max"], most):
        return None
    if type(length) is not int or not 1 <= length <= windows.LONGEST:
        members["window"].fault("must be a number of seconds, or second, minute, hour, day, week or month")
        return None
    return most, length
