"""The decision once more, plainly: reads the written document, compiles nothing, caches nothing, keeps every call ever made."""

import fnmatch
import operator
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000}
NOTHING, UNKNOWN = object(), object()


def find(path: str, arguments: Any) -> Any:
    """Names without dots only."""
    for step in path.split(".")[1:]:
        if isinstance(arguments, dict):
            arguments = arguments.get(step, NOTHING)
        elif isinstance(arguments, list) and step.isdigit():
            arguments = arguments[int(step)] if int(step) < len(arguments) else NOTHING
        else:
            return NOTHING if arguments is None or arguments is NOTHING else UNKNOWN
    return arguments


def number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Fraction(str(value))


def compared(one: Any, other: Any, op: Callable[[Any, Any], bool]) -> bool | None:
    """The answer, where a reader that keeps numbers as doubles comes to the same."""
    answer = op(number(one), number(other))
    return answer if op(float(one), float(other)) == answer else None


def kind(value: Any) -> str:
    return "number" if number(value) is not None else type(value).__name__


def equal(one: Any, other: Any) -> bool | None:
    if kind(one) != kind(other):
        return None
    if kind(one) == "number":
        return compared(one, other, operator.eq)
    if isinstance(one, list):
        if len(one) != len(other):
            return False
        answers = [equal(a, b) for a, b in zip(one, other, strict=True)]
        return False if False in answers else None if None in answers else True
    return bool(one == other)


def ask(condition: dict[str, Any], arguments: Any) -> bool | None:
    found, value, op = find(condition["path"], arguments), condition.get("value", True), condition["op"]
    if found is UNKNOWN:
        return None
    if op == "exists":
        return (found is not NOTHING and found is not None) == value
    if found is NOTHING:
        return op in ("neq", "not_in")
    if op in ("eq", "neq"):
        answer = equal(found, value)
        return answer if op == "eq" or answer is None else not answer
    if op in ("in", "not_in"):
        answers = [equal(found, item) for item in value]
        answer = True if True in answers else None if None in answers else False
        return answer if op == "in" or answer is None else not answer
    if op == "regex":
        return re.search(value, found) is not None if isinstance(found, str) else None
    if op == "contains":
        if isinstance(found, str):
            return value in found if isinstance(value, str) else None
        if not isinstance(found, list):
            return None
        answers = [equal(item, value) for item in found]
        return True if True in answers else None if None in answers else False
    if number(found) is None or number(value) is None:
        return None
    return compared(
        found,
        value,
        {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}[op],
    )


def all_hold(rule: dict[str, Any], arguments: Any, unsure: bool) -> bool:
    return all(
        unsure if (answer := ask(c, arguments)) is None else answer for c in rule.get("conditions", [])
    )


def speaks(document: dict[str, Any], key: str, tool: str) -> bool:
    if key.startswith("@"):
        return tool in document.get("selectors", {}).get(key, [])
    return fnmatch.fnmatchcase(tool, key)


def careless(document: dict[str, Any], tool: str) -> bool:
    """Whether the policy does not speak of a tool by its name, but by one that differs in case or separators alone."""
    named, globs = set(), []
    for key in [*document.get("tools", {}), *document.get("hide", [])]:
        if key.startswith("@"):
            named |= set(document["selectors"][key])
        elif "*" in key or "?" in key:
            globs.append(key)
        else:
            named.add(key)
    if tool in named:
        return False

    def bare(name: str) -> str:
        return re.sub(r"[^a-z0-9]", "", name.lower()) or name

    return bare(tool) in map(bare, named) or any(
        fnmatch.fnmatchcase(tool.lower(), glob.lower()) and not fnmatch.fnmatchcase(tool, glob)
        for glob in globs
    )


def open_at(stretch: dict[str, Any], now: float) -> bool:
    """Tries the stretch that starts today and the one that started yesterday, minute by minute of the week in UTC."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    minute = int(now // 60) + 3 * 1440  # the epoch began on a Thursday
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in (stretch["from"], stretch["to"]))
    length = end - start if start < end else end - start + 1440
    for back in (0, 1):
        midnight = minute // 1440 * 1440 - back * 1440
        if (
            days[midnight // 1440 % 7] in stretch.get("days", days)
            and 0 <= minute - midnight - start < length
        ):
            return True
    return False


class Model:
    """One policy with the calls that it has let through, and what its server lists: digests and checks of arguments."""

    def __init__(self, document: dict[str, Any], digests: dict[str, str], fits: dict[str, Any]) -> None:
        self.document = document
        self.digests = digests
        self.fits = fits
        self.taken: list[tuple[tuple[str, ...], float, Fraction]] = []

    def judge(self, tool: str, arguments: Any, holder: dict[str, str], now: float) -> tuple[str, str]:
        """The outcome and what decided it, for one call that is forwarded at once where it may be."""
        outcome, rule, wanted = self.examine(tool, arguments, holder, now, 4)
        if outcome != "allow":
            return outcome, rule
        if full := self.full(wanted, now):
            return "deny", full
        self.taken += [(key, now, amount) for key, (_, _, amount) in wanted.items()]
        return "allow", rule

    def examine(self, tool: str, arguments: Any, holder: dict[str, str], now: float, depth: int) -> Any:
        """The outcome, what decided it, and what the call would take by key: the rule, the limit, the amount."""
        document = self.document
        for index, key in enumerate(document.get("hide", [])):
            if speaks(document, key, tool):
                return "deny", f"/hide/{index}", {}
        tools = document.get("tools", {})
        keys = [key for key in tools if speaks(document, key, tool)]
        keys = [key for key in keys if key == tool] + [key for key in keys if key != tool]
        listing = [key for key in keys if key.strip("*?")]
        if not listing and document.get("list") == "listed":
            return "deny", "(not listed)", {}
        if not listing and document["default"] == "deny":
            return "deny", "(default deny)", {}
        if careless(document, tool) and tool not in self.digests:
            return "deny", "(look-alike tool)", {}
        if rule := self.at_the_door(tools, keys, tool, arguments, now):
            return "deny", rule, {}
        for key in keys:
            for index, rule in enumerate(tools[key].get("require", [])):
                if not all_hold(rule, arguments, False) and not rule.get("dry_run"):
                    return "deny", f"/tools/{key}/require/{index}", {}
            for index, rule in enumerate(tools[key].get("deny_if", [])):
                if all_hold(rule, arguments, True) and not rule.get("dry_run"):
                    return "deny", f"/tools/{key}/deny_if/{index}", {}
        wanted = self.wanted(tools, keys, arguments, holder)
        if isinstance(wanted, str):
            return "deny", wanted, {}
        outcome, rule = "allow", f"/tools/{listing[0]}" if listing else "(default allow)"
        for key in keys:
            inner = tools[key].get("inner")
            if inner is None:
                continue
            name = find(inner["tool"], arguments)
            inside = find(inner["args"], arguments) if "args" in inner else {}
            inside = {} if inside is NOTHING else inside
            if not isinstance(name, str) or not isinstance(inside, dict) or depth == 1:
                return "deny", f"/tools/{key}/inner", {}
            if careless(document, name):
                return "deny", f"/tools/{key}/inner", {}
            found, why, more = self.examine(name, inside, holder, now, depth - 1)
            if found == "deny":
                return "deny", why, {}
            if found == "hold":
                outcome, rule = found, why
            for part, value in more.items():
                if part not in wanted or wanted[part][2] < value[2]:
                    wanted[part] = value
        for where, approval in self.approvals(tools, keys):
            if all_hold(approval, arguments, True) and not approval.get("dry_run"):
                outcome, rule = "hold", where
                break
        if outcome == "hold" and (full := self.full(wanted, now)):
            return "deny", full, {}
        return outcome, rule, wanted

    def at_the_door(self, tools: Any, keys: list[str], tool: str, arguments: Any, now: float) -> str | None:
        for key in keys:
            if "pin" in tools[key] and tools[key]["pin"] != self.digests.get(tool):
                return f"/tools/{key}/pin"
        for key in keys:
            if tools[key].get("hours") and not any(open_at(each, now) for each in tools[key]["hours"]):
                return f"/tools/{key}/hours"
        for key in keys:
            if tools[key].get("validate") == "schema" and not (
                tool in self.fits and self.fits[tool](arguments)
            ):
                return f"/tools/{key}/validate"
        return None

    @staticmethod
    def approvals(tools: Any, keys: list[str]) -> Any:
        for key in keys:
            for index, approval in enumerate(tools[key].get("require_approval", [])):
                yield f"/tools/{key}/require_approval/{index}", approval

    def wanted(self, tools: Any, keys: list[str], arguments: Any, holder: dict[str, str]) -> Any:
        """What a call takes, or the limit whose amount cannot be counted."""
        wanted = {}
        places = [(f"/tools/{key}", tools[key].get("limits", [])) for key in keys]
        places.append(("/all_tools", self.document.get("all_tools", {}).get("limits", [])))
        for where, limits in places:
            for index, limit in enumerate(limits):
                if limit.get("dry_run"):
                    continue
                amount = Fraction(1)
                if "cost" in limit:
                    spent = number(find(limit["cost"], arguments))
                    if spent is None or spent < 0 or spent >= 10**18 or spent * 10**18 % 1:
                        return f"{where}/limits/{index}"
                    amount = spent
                wanted[self.key(where, limit, holder)] = (f"{where}/limits/{index}", limit, amount)
        return wanted

    def full(self, wanted: Any, now: float) -> str | None:
        return next(
            (rule for key, (rule, limit, amount) in wanted.items() if not self.room(key, limit, amount, now)),
            None,
        )

    @staticmethod
    def key(where: str, limit: dict[str, Any], holder: dict[str, str]) -> tuple[str, ...]:
        parts = {
            "grant": ("server", "grant"),
            "session": ("server", "grant", "session"),
            "identity": ("server", "identity"),
            "server": ("server",),
            "global": (),
        }[limit.get("scope", "grant")]
        scope = limit.get("scope", "grant")
        return (scope, *(holder[part] for part in parts), where, limit["counter"], str(limit["window"]))

    def room(self, key: tuple[str, ...], limit: dict[str, Any], amount: Fraction, now: float) -> bool:
        window = SECONDS[limit["window"]]
        used = sum(taken for other, at, taken in self.taken if other == key and at > now - window)
        return used + amount <= Fraction(str(limit["max"]))
