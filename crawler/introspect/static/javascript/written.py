"""Values of JavaScript as JSON."""

from crawler.introspect.static.javascript.paths import is_made_up
from crawler.introspect.static.javascript.values import MISSING, OPEN, Instance, Zod, plain
from crawler.introspect.static.unknown import SURE, Unknown, Value
from crawler.tools import Json

#: Values that one conversion writes out; a list of lists of one list grows without bound.
MOST_VALUES = 30_000


def json_of(value: Value) -> Json:
    """The value as JSON; parts that the source does not show are left out, `MISSING` where nothing is left."""
    return _json(value, 0, [MOST_VALUES])


def _json(value: Value, depth: int, room: list[int]) -> Json:
    room[0] -= 1
    value = plain(value)
    if depth > 30 or room[0] < 0 or isinstance(value, Unknown):
        return MISSING
    if isinstance(value, str) and is_made_up(value):
        return MISSING
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Zod):
        return value.schema
    if isinstance(value, list):
        items = (_json(part, depth + 1, room) for part in value)
        return [item for item in items if item is not MISSING]
    if isinstance(value, Instance):
        value = value.names
    if isinstance(value, dict):
        shown = {key: item for key, item in value.items() if key not in (OPEN, SURE) and item is not None}
        parts = {key: _json(item, depth + 1, room) for key, item in shown.items()}
        return {key: item for key, item in parts.items() if item is not MISSING}
    return MISSING
