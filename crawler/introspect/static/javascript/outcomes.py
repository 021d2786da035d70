"""Which of several values counts, where the source does not decide."""

from typing import Final

from crawler.introspect.static.javascript.values import (
    Attribute,
    Function,
    Instance,
    Made,
    kept,
    marked,
    plain,
)
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value


class Likely(Unknown):
    """What a function gives that says no where something unknown holds, and else yes."""


LIKELY: Final = Likely()


class Asked(Unknown):
    """Whether an unknown method is the one by which a client asks for the tools."""


ASKED: Final = Asked()
#: The same, asked the other way round.
NOT_ASKED: Final = Asked()


def is_narrower(value: Value, current: Value) -> bool:
    """Whether a list holds less than another, and nothing else."""
    if not isinstance(value, list) or not isinstance(current, list) or len(value) >= len(current):
        return False
    known = {id(item) for item in current}
    return all(id(item) in known for item in value)


def is_hollow(value: Value) -> bool:
    """Whether it is the answer of a server that shows nothing as long as it is not configured."""
    return isinstance(value, dict) and value.get("tools") == []


def waiting(answers: list[Value]) -> Value:
    """The longest of these answers, of which nothing is listed unless somebody sees to it."""
    lists = [plain(answer.get("tools")) for answer in answers if isinstance(answer, dict)]
    tools = max((one for one in lists if isinstance(one, list)), key=len, default=[])
    return {"tools": [kept(one, CONDITIONAL) for one in tools]}


def best(returned: list[Value]) -> Value:
    """Of several values that may be returned: the largest container, else the last that says something.

    Of objects of one size the last: those before it are the answers to what was wrong.
    """
    if returned and returned[-1] is True and any(value is False for value in returned):
        return LIKELY
    filled = [value for value in returned if isinstance(value, list | dict) and value]
    if filled:
        largest = max(map(len, filled))
        same = [value for value in filled if len(value) == largest]
        return same[-1] if isinstance(same[-1], dict) else same[0]
    known = [
        value for value in returned if value is not None and not isinstance(value, Unknown | Attribute | Made)
    ]
    if any(isinstance(value, Unknown | Attribute | Made) for value in returned):
        known = [value for value in known if value != ""]  # nothing found, where the other says what was
        if not known and returned[-1] in ("", None):
            return UNKNOWN
    if known and not (isinstance(known[-1], bool) and known[-1] is not returned[-1]):
        return known[-1]
    return returned[-1] if returned else None


def either(first: Value, second: Value, certainty: float) -> Value:
    """Of two values of which one counts: of lists of tools or names what is in any, else the first that says something.

    What is in one of two lists alone is only so sure to be in it.
    """
    if _is_table(first) and _is_table(second):
        both = {_key(item) for item in first} & {_key(item) for item in second}
        known = {_key(item): item for item in [*first, *second]}
        return [item if key in both else marked(item, certainty) for key, item in known.items()]
    if second is None and (isinstance(first, Unknown) or first in ([], {})):
        return UNKNOWN  # a set of what nobody knows, or none
    return second if isinstance(first, Unknown) or first is None or first in ([], {}) else first


def _is_table(value: Value) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict | Function | Instance | str) for item in value
    )


def _key(item: Value) -> Value:
    return item if isinstance(item, str) else id(item)
