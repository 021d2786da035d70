"""Rules, conditions, limits, approvals and hours, as they stand in a policy."""

import re
from decimal import Decimal

from enforce import windows
from enforce.conditions import kind
from enforce.counters import DIGITS
from enforce.policy import Approval, Condition, Hours, Inner, Limit, Number, Redact, Rule
from enforce.reading import keys
from enforce.reading.cursor import Cursor, meant, nearest
from enforce.reading.optional import choice, flag, items, path, text
from enforce.regex import compile_pattern

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def rules(at: Cursor | None, root: str) -> tuple[Rule, ...]:
    return tuple(_rule(item, root) for item in items(at))


def _rule(at: Cursor, root: str) -> Rule:
    members = at.members(keys.KEYS["rule"])
    if "conditions" not in members and isinstance(at.value, dict):
        at.fault("conditions is required; an empty list always holds")
    return Rule(
        conditions=_conditions(members.get("conditions"), root),
        on_deny=text(members.get("on_deny")),
        why=text(members.get("why")),
        dry_run=flag(members.get("dry_run")),
    )


def _conditions(at: Cursor | None, root: str) -> tuple[Condition, ...]:
    return tuple(condition(item, root) for item in items(at))


def condition(at: Cursor, root: str) -> Condition:
    """Read one comparison whose path starts at *root*."""
    members = at.members(keys.KEYS["condition"])
    for key in ("path", "op"):
        if key not in members and isinstance(at.value, dict):
            at.fault(f"{key} is required")
    operator = members["op"].choice(keys.OPERATORS, keys.OTHER_OPERATORS) if "op" in members else "eq"
    value: object = True
    if "value" in members:
        value = members["value"].json()
        _fits(members["value"], operator)
    elif operator != "exists" and "op" in members:
        at.fault(f"value is required by {operator}")
    return Condition(path=path(members.get("path"), root), op=operator, value=value)  # type: ignore[arg-type]


def _fits(at: Cursor, operator: str) -> None:
    """Whether a value can be compared so."""
    if operator in ("lt", "lte", "gt", "gte"):
        at.number()
    elif operator in ("in", "not_in"):
        if at.is_a(list) and len({kind(item) for item in at.value}) > 1:
            at.warn(
                "has values of several kinds, so that whatever is none of them cannot be compared, and is denied"
            )
    elif operator == "exists":
        at.is_a(bool)
    elif operator == "regex" and at.is_a(str):
        pattern = compile_pattern(at.value)
        if isinstance(pattern, str):
            at.fault(f"is no regular expression that RE2 reads: {pattern}")
        elif at.value.endswith("\n"):
            at.fault("ends with the end of a line, as a block of YAML does; write it in quotes")


def limits(at: Cursor | None, root: str, extra: tuple[Limit, ...] = ()) -> tuple[Limit, ...]:
    """Read a list of limits; *extra* ones come first."""
    found = list(extra)
    for item in items(at):
        before = len(item.faults)
        limit = _limit(item, root)
        if len(item.faults) == before and any(
            (limit.counter, limit.window, limit.scope) == (old.counter, old.window, old.scope)
            for old in found
        ):
            item.fault(f"the counter {limit.counter!r} with this window and scope is here twice")
        found.append(limit)
    return tuple(found)


def _limit(at: Cursor, root: str) -> Limit:
    members = at.members(keys.KEYS["limit"])
    for key in ("counter", "window", "max"):
        if key not in members and isinstance(at.value, dict):
            at.fault(f"{key} is required")
    return Limit(
        counter=text(members.get("counter")) or "",
        window=window(members["window"]) if "window" in members else 1,
        max=_maximum(members["max"], "cost" in members) if "max" in members else 1,
        scope=choice(members.get("scope"), keys.SCOPES),  # type: ignore[arg-type]
        cost=path(members["cost"], root) if "cost" in members else None,
        on_deny=text(members.get("on_deny")),
        why=text(members.get("why")),
        dry_run=flag(members.get("dry_run")),
    )


def window(at: Cursor) -> int:
    """Seconds of a window, written in words or as a number of seconds."""
    value = at.value
    if type(value) is int and 1 <= value <= windows.LONGEST:
        return value
    length = windows.seconds(value) if isinstance(value, str) else None
    if length is None:
        at.fault(
            f"must be one of {', '.join(windows.SECONDS)}, several of them such as '5 minutes', "
            f"or whole seconds, up to 366 days{_length_meant(value)}"
        )
    return length or 1


def _length_meant(value: object) -> str:
    """The length that a misspelt one is most like."""
    parts = re.fullmatch(r"(\d*)[ _-]*([A-Za-z]+)", value.strip()) if isinstance(value, str) else None
    unit = nearest(parts[2].removesuffix("s"), windows.SECONDS) if parts else None
    if parts is None or unit is None:
        return ""
    length = unit if parts[1] in ("", "1") else f"{parts[1]} {unit}s"
    return f"; did you mean {length!r}?" if windows.seconds(length) else ""


def _maximum(at: Cursor, is_cost: bool) -> Number:
    maximum = at.number()
    if maximum is None:
        return 1
    if is_cost and maximum <= 0:
        at.fault("must be above 0; to deny every call use deny_if with no conditions")
    elif not is_cost and (maximum < 1 or isinstance(maximum, Decimal)):
        at.fault("must be a whole number of at least 1; to deny every call use deny_if with no conditions")
    else:
        is_countable(at, maximum)
    return maximum


def is_countable(at: Cursor, maximum: Number) -> bool:
    """Whether the counters sum exactly up to *maximum*; notes a fault where they do not."""
    fraction = -maximum.as_tuple().exponent if isinstance(maximum, Decimal) else 0  # type: ignore[operator]  # it is finite
    fits = maximum < 10**DIGITS and fraction <= DIGITS
    if not fits:
        at.fault(f"has more than {DIGITS} digits on one side of the point")
    return fits


def approvals(at: Cursor | None) -> tuple[Approval, ...]:
    if at is None or at.value is False:
        return ()
    if at.value is True:
        return (Approval(),)
    if isinstance(at.value, dict):
        return (_approval(at),)
    return tuple(_approval(item) for item in at.items())


def _approval(at: Cursor) -> Approval:
    members = at.members(keys.KEYS["approval"])
    return Approval(
        conditions=_conditions(members.get("conditions"), "args"),
        timeout=window(members["timeout"]) if "timeout" in members else 600,
        on_hold=text(members.get("on_hold")),
        why=text(members.get("why")),
        dry_run=flag(members.get("dry_run")),
    )


def stretches(at: Cursor | None) -> tuple[Hours, ...]:
    if at is not None and at.value == []:
        at.fault("must not be empty; leave it out for all hours, or deny the tool")
    return tuple(_stretch(item) for item in items(at))


def _stretch(at: Cursor) -> Hours:
    members = at.members(keys.KEYS["hours"])
    days = tuple(item.choice(keys.DAYS) for item in items(members.get("days")))
    if "days" in members and members["days"].value == []:
        members["days"].fault("must not be empty; leave it out for all days")
    return Hours(
        days=days or keys.DAYS,
        start=_minutes(members["from"]) if "from" in members else 0,
        end=_minutes(members["to"]) if "to" in members else 1440,
        zone=_zone(members["zone"]) if "zone" in members else "UTC",
    )


def _minutes(at: Cursor) -> int:
    match = _TIME.fullmatch(at.value) if isinstance(at.value, str) else None
    if match is None:
        padded = f"0{at.value}"
        near = f"; did you mean {padded!r}?" if _TIME.fullmatch(padded) else ""
        at.fault(f'must be a time of day such as "09:30"{near}')
        return 0
    return int(match[1]) * 60 + int(match[2]) if match[1] else 1440


def _zone(at: Cursor) -> str:
    import zoneinfo  # only policies with hours elsewhere pay for loading it

    name = at.text()
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        at.fault(
            f"{name!r} is no time zone known on this machine{meant(name, zoneinfo.available_timezones())}"
        )
    return name


def redact(at: Cursor | None) -> Redact:
    members = at.members(keys.KEYS["redact"]) if at else {}
    return Redact(
        args=tuple(path(item, "args") for item in items(members.get("args"))),
        result=tuple(path(item, "result") for item in items(members.get("result"))),
    )


def inner(at: Cursor | None) -> Inner | None:
    if at is None:
        return None
    members = at.members(keys.KEYS["inner"])
    if "tool" not in members and isinstance(at.value, dict):
        at.fault("tool is required: the path of the argument that names the inner tool")
    return Inner(
        tool=path(members.get("tool"), "args"),
        args=path(members["args"], "args") if "args" in members else None,
    )
