"""What the keys of a policy mean: a tree of plain values becomes a Policy, and every mistake is noted."""

import re

from enforce.methods import KNOWN
from enforce.policy import AllTools, Drift, MethodRules, Policy, ToolRules
from enforce.reading import intercept, keys, shorthand
from enforce.reading.clauses import approvals, inner, limits, redact, rules, stretches
from enforce.reading.cursor import Cursor, meant, nearest
from enforce.reading.optional import choice, named, text
from enforce.selectors import catches_all, is_glob, matches

#: What other languages of patterns have, and no name of a tool does.
_OTHER_GLOBS = frozenset("[]{}()|^$\\")
_PIN = re.compile(r"(?:sha256:)?([0-9a-f]{64})")


def policy(at: Cursor) -> Policy:
    """Read the whole document."""
    members = at.members(keys.KEYS["policy"])
    selectors = _selectors(members.get("selectors"))
    text(members.get("$schema"))  # for editors alone, but it has to be one
    return Policy(
        default=_default(at, members),  # type: ignore[arg-type]  # `choice` gives one of the options
        version=_version(at, members.get("version")),  # type: ignore[arg-type]
        hide=_hide(members.get("hide"), selectors),
        list=choice(members.get("list"), ("all", "listed")),  # type: ignore[arg-type]
        all_tools=_all_tools(members.get("all_tools")),
        tools=_tools(members.get("tools"), selectors),
        methods={name: _method(entry) for name, entry in named(members.get("methods")).items()},
        selectors=selectors,
        drift=_drift(members.get("drift")),
        description=text(members.get("description")),
        server=text(members.get("server")),
        release=text(members.get("release")),
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
    for name, names in named(at).items():
        if not name.startswith("@") or len(name) < 2:
            names.fault(f"{name!r} is no selector; selectors start with @")
        found[name] = tuple(_exact(item) for item in names.items())
    return found


def _name(at: Cursor) -> str:
    name = at.text()
    if name != name.strip():
        at.warn(f"{name!r} has spaces around it, and so names no tool that has none")
    return name


def _exact(at: Cursor) -> str:
    name = _name(at)
    if is_glob(name) or name.startswith("@"):
        at.fault(
            "a selector lists the names of tools, letter for letter; globs and selectors stand under tools"
        )
    return name


def _hide(at: Cursor | None, selectors: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    names: list[str] = []
    for item in at.items() if at else ():
        name = _name(item)
        if name in names:
            item.fault(f"{name!r} is hidden twice")
        _look_at_glob(item, name)
        _resolved(item, name, selectors)
        names.append(name)
    return tuple(names)


def _look_at_glob(at: Cursor, name: str) -> None:
    if is_glob(name) and _OTHER_GLOBS.intersection(name):
        at.warn(f"{name!r} is a glob, and globs know * and ? alone; write one for each case")


def _resolved(at: Cursor, name: str, selectors: dict[str, tuple[str, ...]]) -> None:
    if name.startswith("@") and name not in selectors:
        nearest = meant(name, selectors)
        at.fault(f"the selector {name} is not resolved{nearest or '; list its tools under selectors'}")


def _all_tools(at: Cursor | None) -> AllTools:
    return (
        AllTools()
        if at is None
        else AllTools(limits=limits(at.members(keys.KEYS["all_tools"]).get("limits"), "args"))
    )


def _tools(at: Cursor | None, selectors: dict[str, tuple[str, ...]]) -> dict[str, ToolRules]:
    found = {}
    for name, entry in named(at).items():
        _look_at_glob(entry, name)
        _resolved(entry, name, selectors)
        found[name] = _tool(entry, name)
    return found


def _tool(at: Cursor, name: str) -> ToolRules:
    if isinstance(at.value, str) and at.value in keys.EFFECTS:
        words = "{}" if at.value == "allow" else '{"action": "deny"}'
        at.fault(f"must be an object, not {at.value!r}; write {words}")
        return ToolRules()
    members = at.members(keys.KEYS["tool"])
    if "rules" in members:
        return intercept.tool(at, name)
    extra_denials, extra_limits = shorthand.read(members, name)
    return ToolRules(
        require=rules(members.get("require"), "args"),
        deny_if=extra_denials + rules(members.get("deny_if"), "args"),
        limits=limits(members.get("limits"), "args", extra_limits),
        require_approval=approvals(members.get("require_approval")),
        pin=_pin(members.get("pin")),
        validate=choice(members.get("validate"), ("off", "schema")),  # type: ignore[arg-type]
        hours=stretches(members.get("hours")),
        redact=redact(members.get("redact")),
        inner=inner(members.get("inner")),
        list=choice(members.get("list"), ("show", "hide")),  # type: ignore[arg-type]
        why=text(members.get("why")),
    )


def _method(at: Cursor) -> MethodRules:
    name = str(at.path[-1])
    if name == "tools/call" or (is_glob(name) and not catches_all(name) and matches(name, "tools/call")):
        at.fault("tool calls are judged by tools and all_tools")
    if name not in KNOWN and name != "unknown" and not is_glob(name) and (near := nearest(name, KNOWN)):
        at.warn(f"the protocol has no method {name}, but it has {near}")
    if isinstance(at.value, str):
        return MethodRules(action=at.choice(keys.EFFECTS))  # type: ignore[arg-type]
    members = at.members(keys.KEYS["method"])
    return MethodRules(
        action=choice(members.get("action"), keys.EFFECTS),  # type: ignore[arg-type]
        require=rules(members.get("require"), "params"),
        deny_if=rules(members.get("deny_if"), "params"),
        limits=limits(members.get("limits"), "params"),
        on_deny=text(members.get("on_deny")),
        why=text(members.get("why")),
    )


def _pin(at: Cursor | None) -> str | None:
    if at is None:
        return None
    match = _PIN.fullmatch(at.text())
    if match is None:
        at.fault("must be the SHA-256 of a definition: 64 hexadecimal digits in lower case")
        return None
    return match[1]


def _drift(at: Cursor | None) -> Drift:
    members = at.members(keys.KEYS["drift"]) if at else {}
    return Drift(
        changed=choice(members.get("changed"), keys.REACTIONS),  # type: ignore[arg-type]
        new=choice(members.get("new"), keys.REACTIONS),  # type: ignore[arg-type]
        shadowing=choice(members.get("shadowing"), keys.REACTIONS),  # type: ignore[arg-type]
        instructions=choice(members.get("instructions"), ("report", "hide")),  # type: ignore[arg-type]
    )
