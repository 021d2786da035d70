"""The decision once more, plainly: reads the written document, compiles nothing, caches nothing, keeps every call ever made."""

import fnmatch
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000}
NOTHING = object()


def find(path: str, arguments: Any) -> Any:
    """Names without dots only."""
    for step in path.split(".")[1:]:
        if isinstance(arguments, dict):
            arguments = arguments.get(step, NOTHING)
        elif isinstance(arguments, list) and step.isdigit() and int(step) < len(arguments):
            arguments = arguments[int(step)]
        else:
            return NOTHING
    return arguments


def number(value: Any) -> Fraction | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    return Fraction(str(value))


def kind(value: Any) -> str:
    return "number" if number(value) is not None else type(value).__name__


def equal(one: Any, other: Any) -> bool | None:
    if kind(one) != kind(other):
        return None
    if kind(one) == "number":
        return number(one) == number(other)
    if isinstance(one, list):
        if len(one) != len(other):
            return False
        answers = [equal(a, b) for a, b in zip(one, other, strict=True)]
        return False if False in answers else None if None in answers else True
    return bool(one == other)


def ask(condition: dict[str, Any], arguments: Any) -> bool | None:
    found, value, op = find(condition["path"], arguments), condition.get("value", True), condition["op"]
    if op == "exists":
        return (found is not NOTHING and found is not None) == value
    if found is NOTHING:
        return op in ("neq", "not_in")
    if op in ("eq", "neq"):
        answer = equal(found, value)
        return answer if op == "eq" or answer is None else not answer
    if op in ("in", "not_in"):
        answers = [equal(found, item) for item in value]
        answer = True if True in answers else False if False in answers or not answers else None
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
    left, right = number(found), number(value)
    if left is None or right is None:
        return None
    return {"lt": left < right, "lte": left <= right, "gt": left > right, "gte": left >= right}[op]


def all_hold(rule: dict[str, Any], arguments: Any, unsure: bool) -> bool:
    return all(
        unsure if (answer := ask(c, arguments)) is None else answer for c in rule.get("conditions", [])
    )


def speaks(document: dict[str, Any], key: str, tool: str) -> bool:
    if key.startswith("@"):
        return tool in document.get("selectors", {}).get(key, [])
    return fnmatch.fnmatchcase(tool, key)


class Model:
    """One policy with the calls that it has let through."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.taken: list[tuple[tuple[str, ...], float, Fraction]] = []

    def judge(self, tool: str, arguments: Any, holder: dict[str, str], now: float) -> tuple[str, str]:
        """The outcome and what decided it, for one call that is forwarded at once where it may be."""
        document = self.document
        for index, key in enumerate(document.get("hide", [])):
            if speaks(document, key, tool):
                return "deny", f"/hide/{index}"
        tools = document.get("tools", {})
        keys = [key for key in tools if speaks(document, key, tool)]
        keys = [key for key in keys if key == tool] + [key for key in keys if key != tool]
        listing = [key for key in keys if key.strip("*?")]
        if not listing and document.get("list") == "listed":
            return "deny", "(not listed)"
        if not listing and document["default"] == "deny":
            return "deny", "(default deny)"
        for key in keys:
            for index, rule in enumerate(tools[key].get("require", [])):
                if not all_hold(rule, arguments, False) and not rule.get("dry_run"):
                    return "deny", f"/tools/{key}/require/{index}"
            for index, rule in enumerate(tools[key].get("deny_if", [])):
                if all_hold(rule, arguments, True) and not rule.get("dry_run"):
                    return "deny", f"/tools/{key}/deny_if/{index}"
        return self.limits_and_approval(tools, keys, listing, arguments, holder, now)

    def limits_and_approval(
        self,
        tools: Any,
        keys: list[str],
        listing: list[str],
        arguments: Any,
        holder: dict[str, str],
        now: float,
    ) -> tuple[str, str]:
        wanted = []
        places = [(f"/tools/{key}", tools[key].get("limits", [])) for key in keys]
        places.append(("/all_tools", self.document.get("all_tools", {}).get("limits", [])))
        for where, limits in places:
            for index, limit in enumerate(limits):
                amount = Fraction(1)
                if "cost" in limit:
                    spent = number(find(limit["cost"], arguments))
                    if spent is None or spent < 0 or spent >= 10**18 or spent * 10**18 % 1:
                        return "deny", f"{where}/limits/{index}"
                    amount = spent
                wanted.append((f"{where}/limits/{index}", self.key(where, limit, holder), limit, amount))
        full = next(
            (rule for rule, key, limit, amount in wanted if not self.room(key, limit, amount, now)), None
        )
        for key in keys:
            for index, approval in enumerate(tools[key].get("require_approval", [])):
                if all_hold(approval, arguments, True):
                    return ("deny", full) if full else ("hold", f"/tools/{key}/require_approval/{index}")
        if full:
            return "deny", full
        self.taken += [(key, now, amount) for _, key, _, amount in wanted]
        return "allow", f"/tools/{listing[0]}" if listing else "(default allow)"

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
