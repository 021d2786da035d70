"""What the keys of a policy mean: a tree of plain values becomes a Policy, and every mistake is noted."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from enforce import intercept, paths, shorthand, windows
from enforce.cursor import Cursor
from enforce.policy import (
    AllTools,
    Approval,
    Condition,
    Drift,
    Hours,
    Inner,
    Limit,
    MethodRules,
    Number,
    Policy,
    Redact,
    Rule,
    ToolRules,
)
from enforce.regex import compile_pattern

#: Every key of the language by the object that it stands in.
KEYS: dict[str, tuple[str, ...]] = {
    "policy": (
        "version", "default", "hide", "list", "all_tools", "tools", "methods", "selectors", "drift",
        "description", "server", "release", "$schema",
    ),
    "all_tools": ("limits",),
    "tool": (
        "require", "deny_if", "limits", "require_approval", "pin", "validate", "hours", "redact", "inner", "list", "why",
        *shorthand.KEYS, "rules",
    ),
    "method": ("action", "require", "deny_if", "limits", "on_deny", "why"),
    "rule": ("conditions", "on_deny", "why", "dry_run"),
    "condition": ("path", "op", "value"),
    "limit": ("counter", "window", "max", "scope", "cost", "on_deny", "why", "dry_run"),
    "approval": ("conditions", "timeout", "on_hold", "why", "dry_run"),
    "hours": ("days", "from", "to", "zone"),
    "redact": ("args", "result"),
    "inner": ("tool", "args"),
    "drift": ("changed", "new", "shadowing", "instructions"),
}  # fmt: skip

OPERATORS = ("eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "exists", "regex", "contains")
SCOPES = ("grant", "session", "identity", "server", "global")
EFFECTS = ("allow", "deny")
REACTIONS = ("report", "hold", "hide", "deny")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Digits that a limit may have on either side of the point; the counters sum exactly up to there.
LIMIT_DIGITS = 18

_PIN = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


def policy(at: Cursor) -> Policy:
    """Read the whole document."""
    members = at.members(KEYS["policy"])
    selectors = _selectors(members.get("selectors"))
    return Policy(
        default=_default(at, members),  # type: ignore[arg-type]  # `choice` gives one of the options
        version=_version(at, members.get("version")),  # type: ignore[arg-type]
        hide=_hide(members.get("hide"), selectors),
        list=_choice(members.get("list"), ("all", "listed")),  # type: ignore[arg-type]
        all_tools=_all_tools(members.get("all_tools")),
        tools=_tools(members.get("tools"), selectors),
        methods={name: _method(entry) for name, entry in _named(members.get("methods")).items()},
        selectors=selectors,
        drift=_drift(members.get("drift")),
        description=_text(members.get("description")),
        server=_text(members.get("server")),
        release=_text(members.get("release")),
    )


def _version(at: Cursor, version: Cursor | None) -> str:
    if version is None:
        at.fault('version is required; write "version": "1"')
    elif version.value != "1":
        version.fault('must be "1", in quotes')
    return "1"


def _default(at: Cursor, members: dict[str, Cursor]) -> str:
    if "default" in members:
        return members["default"].choice(("deny", "allow"))
    if intercept.wrote(at.value):
        at.warn("there is no default, which Intercept reads as allow, and so do we; better write it down")
        return "allow"
    if isinstance(at.value, dict):
        at.fault("default is required; write deny (only listed tools pass) or allow (all others pass)")
    return "deny"


def _selectors(at: Cursor | None) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, names in _named(at).items():
        if not name.startswith("@") or len(name) < 2:
            names.fault(f"{name!r} is no selector; selectors start with @")
        found[name] = tuple(item.text() for item in names.items())
    return found


def _hide(at: Cursor | None, selectors: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    names: list[str] = []
    for item in at.items() if at else ():
        name = item.text()
        if name in names:
            item.fault(f"{name!r} is hidden twice")
        _resolved(item, name, selectors)
        names.append(name)
    return tuple(names)


def _resolved(at: Cursor, name: str, selectors: dict[str, tuple[str, ...]]) -> None:
    if name.startswith("@") and name not in selectors:
        at.fault(f"the selector {name} is not resolved; list its tools under selectors")


def _all_tools(at: Cursor | None) -> AllTools:
    return (
        AllTools()
        if at is None
        else AllTools(limits=limits(at.members(KEYS["all_tools"]).get("limits"), "args"))
    )


def _tools(at: Cursor | None, selectors: dict[str, tuple[str, ...]]) -> dict[str, ToolRules]:
    found = {}
    for name, entry in _named(at).items():
        _resolved(entry, name, selectors)
        found[name] = _tool(entry, name)
    return found


def _tool(at: Cursor, name: str) -> ToolRules:
    members = at.members(KEYS["tool"])
    if "rules" in members:
        return intercept.tool(at, name, condition)
    extra_denials, extra_limits = shorthand.read(members, name)
    return ToolRules(
        require=_rules(members.get("require"), "args"),
        deny_if=extra_denials + _rules(members.get("deny_if"), "args"),
        limits=limits(members.get("limits"), "args", extra_limits),
        require_approval=_approvals(members.get("require_approval")),
        pin=_pin(members.get("pin")),
        validate=_choice(members.get("validate"), ("off", "schema")),  # type: ignore[arg-type]
        hours=tuple(_hours(item) for item in _items(members.get("hours"))),
        redact=_redact(members.get("redact")),
        inner=_inner(members.get("inner")),
        list=_choice(members.get("list"), ("show", "hide")),  # type: ignore[arg-type]
        why=_text(members.get("why")),
    )


def _method(at: Cursor) -> MethodRules:
    if isinstance(at.value, str):
        return MethodRules(action=at.choice(EFFECTS))  # type: ignore[arg-type]
    members = at.members(KEYS["method"])
    return MethodRules(
        action=_choice(members.get("action"), EFFECTS),  # type: ignore[arg-type]
        require=_rules(members.get("require"), "params"),
        deny_if=_rules(members.get("deny_if"), "params"),
        limits=limits(members.get("limits"), "params"),
        on_deny=_text(members.get("on_deny")),
        why=_text(members.get("why")),
    )


def _rules(at: Cursor | None, root: str) -> tuple[Rule, ...]:
    return tuple(_rule(item, root) for item in _items(at))


def _rule(at: Cursor, root: str) -> Rule:
    members = at.members(KEYS["rule"])
    if "conditions" not in members and isinstance(at.value, dict):
        at.fault("conditions is required; an empty list always holds")
    return Rule(
        conditions=_conditions(members.get("conditions"), root),
        on_deny=_text(members.get("on_deny")),
        why=_text(members.get("why")),
        dry_run=_flag(members.get("dry_run")),
    )


def _conditions(at: Cursor | None, root: str) -> tuple[Condition, ...]:
    return tuple(condition(item, root) for item in _items(at))


def condition(at: Cursor, root: str) -> Condition:
    """Read one comparison whose path starts at *root*."""
    members = at.members(KEYS["condition"])
    for key in ("path", "op"):
        if key not in members and isinstance(at.value, dict):
            at.fault(f"{key} is required")
    operator = members["op"].choice(OPERATORS) if "op" in members else "eq"
    value: object = True
    if "value" in members:
        value = members["value"].json()
        _fits(members["value"], operator)
    elif operator != "exists" and "op" in members:
        at.fault(f"value is required by {operator}")
    path = _path(members.get("path"), root)
    return Condition(path=path, op=operator, value=value)  # type: ignore[arg-type]


def _fits(at: Cursor, operator: str) -> None:
    """Whether a value can be compared so."""
    if operator in ("lt", "lte", "gt", "gte"):
        at.number()
    elif operator in ("in", "not_in"):
        at.is_a(list)
    elif operator == "exists":
        at.is_a(bool)
    elif operator == "regex" and at.is_a(str):
        pattern = compile_pattern(at.value)
        if isinstance(pattern, str):
            at.fault(f"is no regular expression that RE2 reads: {pattern}")


def limits(at: Cursor | None, root: str, extra: tuple[Limit, ...] = ()) -> tuple[Limit, ...]:
    """Read a list of limits; *extra* ones come first."""
    found = list(extra)
    for item in _items(at):
        limit = _limit(item, root)
        if any(
            (limit.counter, limit.window, limit.scope) == (old.counter, old.window, old.scope)
            for old in found
        ):
            item.fault(f"the counter {limit.counter!r} with this window and scope is here twice")
        found.append(limit)
    return tuple(found)


def _limit(at: Cursor, root: str) -> Limit:
    members = at.members(KEYS["limit"])
    for key in ("counter", "window", "max"):
        if key not in members and isinstance(at.value, dict):
            at.fault(f"{key} is required")
    return Limit(
        counter=_text(members.get("counter")) or "",
        window=window(members["window"]) if "window" in members else 1,
        max=_maximum(members["max"], "cost" in members) if "max" in members else 1,
        scope=_choice(members.get("scope"), SCOPES),  # type: ignore[arg-type]
        cost=_path(members["cost"], root) if "cost" in members else None,
        on_deny=_text(members.get("on_deny")),
        why=_text(members.get("why")),
        dry_run=_flag(members.get("dry_run")),
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
            f"or whole seconds, up to 366 days"
        )
    return length or 1


def _maximum(at: Cursor, is_cost: bool) -> Number:
    maximum = at.number()
    if maximum is None:
        return 1
    if is_cost and maximum <= 0:
        at.fault("must be above 0; to deny every call use deny_if with no conditions")
    elif not is_cost and (maximum < 1 or isinstance(maximum, Decimal)):
        at.fault("must be a whole number of at least 1; to deny every call use deny_if with no conditions")
    elif maximum >= 10**LIMIT_DIGITS or maximum * 10**LIMIT_DIGITS % 1:
        at.fault(f"has more than {LIMIT_DIGITS} digits on one side of the point")
    return maximum


def _approvals(at: Cursor | None) -> tuple[Approval, ...]:
    if at is None or at.value is False:
        return ()
    if at.value is True:
        return (Approval(),)
    if isinstance(at.value, dict):
        return (_approval(at),)
    return tuple(_approval(item) for item in at.items())


def _approval(at: Cursor) -> Approval:
    members = at.members(KEYS["approval"])
    return Approval(
        conditions=_conditions(members.get("conditions"), "args"),
        timeout=window(members["timeout"]) if "timeout" in members else 600,
        on_hold=_text(members.get("on_hold")),
        why=_text(members.get("why")),
        dry_run=_flag(members.get("dry_run")),
    )


def _pin(at: Cursor | None) -> str | None:
    if at is None:
        return None
    match = _PIN.fullmatch(at.text())
    if match is None:
        at.fault("must be the SHA-256 of a definition: 64 hexadecimal digits in lower case")
        return None
    return match[1]


def _hours(at: Cursor) -> Hours:
    members = at.members(KEYS["hours"])
    days = tuple(item.choice(DAYS) for item in _items(members.get("days")))
    return Hours(
        days=days or DAYS,
        start=_minutes(members["from"]) if "from" in members else 0,
        end=_minutes(members["to"]) if "to" in members else 1440,
        zone=_zone(members["zone"]) if "zone" in members else "UTC",
    )


def _minutes(at: Cursor) -> int:
    match = _TIME.fullmatch(at.value) if isinstance(at.value, str) else None
    if match is None:
        at.fault('must be a time of day such as "09:30"')
        return 0
    return int(match[1]) * 60 + int(match[2]) if match[1] else 1440


def _zone(at: Cursor) -> str:
    import zoneinfo  # only policies with hours elsewhere pay for loading it

    name = at.text()
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        at.fault(f"{name!r} is no time zone known on this machine")
    return name


def _redact(at: Cursor | None) -> Redact:
    members = at.members(KEYS["redact"]) if at else {}
    return Redact(
        args=tuple(_path(item, "args") for item in _items(members.get("args"))),
        result=tuple(_path(item, "result") for item in _items(members.get("result"))),
    )


def _inner(at: Cursor | None) -> Inner | None:
    if at is None:
        return None
    members = at.members(KEYS["inner"])
    if "tool" not in members and isinstance(at.value, dict):
        at.fault("tool is required: the path of the argument that names the inner tool")
    return Inner(
        tool=_path(members.get("tool"), "args"),
        args=_path(members["args"], "args") if "args" in members else None,
    )


def _drift(at: Cursor | None) -> Drift:
    members = at.members(KEYS["drift"]) if at else {}
    return Drift(
        changed=_choice(members.get("changed"), REACTIONS),  # type: ignore[arg-type]
        new=_choice(members.get("new"), REACTIONS),  # type: ignore[arg-type]
        shadowing=_choice(members.get("shadowing"), REACTIONS),  # type: ignore[arg-type]
        instructions=_choice(members.get("instructions"), ("report", "hide")),  # type: ignore[arg-type]
    )


def _path(at: Cursor | None, root: str) -> str:
    if at is None:
        return f"{root}.?"
    path = at.text()
    if path and paths.parse(path, (root,)) is None:
        at.fault(f"{path!r} is no path; write {root}.NAME, with dots for what lies deeper")
    return path


def _named(at: Cursor | None) -> dict[str, Cursor]:
    members = at.members() if at else {}
    for name, entry in members.items():
        if not name.strip():
            entry.fault("a name must not be empty")
    return members


def _items(at: Cursor | None) -> Sequence[Cursor]:
    return at.items() if at else ()


def _text(at: Cursor | None) -> str | None:
    return at.text() if at else None


def _flag(at: Cursor | None) -> bool:
    return at is not None and at.flag()


def _choice(at: Cursor | None, options: tuple[str, ...]) -> str:
    return at.choice(options) if at else options[0]


#: Reads one condition; handed to readers of other dialects.
ConditionReader = Callable[[Cursor, str], Condition]
