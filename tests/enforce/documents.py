"""Policies by the thousand, whole ones and ones with mistakes, the same ones every time."""

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

#: What is put where it may not belong.
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 0.5, 1000.0, 10**20, "", " ", "x", "args.x", "args.", "args..x", "args.a.", "params.x", "result.x",
    "allow", "deny", "minute", "minutes", "5 minutes", "0 minutes", "01 minutes", "400 days", "13 months", "year", 367 * 86400, "5/hour",
    "09:30", "24:00", "24:30", [], [1], ["a"], ["a", "a"], {}, {"x": 1}, "@x", "@", "mon", "a" * 64, "schema", "(?=x)", "hide",
    ["args.x"], "Europe/London", "args.a\\.b", "args.a\\x", "args.*", {"conditions": []}, {"rules": []},
)  # fmt: skip
EXTRA = (
    "extra",
    "why",
    "",
    "on_deny",
    "limits",
    "rules",
    "action",
    "reason",
    "rate_limit",
    "@y",
    "tools/call",
    "state",
    "name",
    "cost",
)


class Source:
    """Draws from *seed*."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def mistaken(self) -> dict[str, Any]:
        """A policy with no, one or two mistakes."""
        document = self.policy()
        for _ in range(self.random.choice([0, 1, 1, 1, 2])):
            self._spoil(document)
        return document

    def policy(self) -> dict[str, Any]:
        draw = self.random
        keys = draw.sample(["t", "u*", "@x", "*", "v"], draw.randint(0, 4))
        methods = draw.sample(["resources/read", "prompts/*", "unknown"], draw.randint(0, 2))
        return {
            "version": "1",
            "default": draw.choice(["allow", "deny"]),
            "selectors": {"@x": ["t"]},
            **self._some(
                {
                    "$schema": "https://example.com/policy.schema.json",
                    "hide": draw.choice([["a"], ["@x", "b*"], []]),
                    "list": draw.choice(["all", "listed"]),
                    "all_tools": draw.choice([{}, {"limits": [self.limit("args")]}]),
                    "tools": {key: self.tool() for key in keys},
                    "methods": {name: self.method() for name in methods},
                    "drift": self._some({"changed": "hide", "new": "deny", "shadowing": "hold", "instructions": "report"}),
                    **dict.fromkeys(("description", "server", "release"), "x"),
                }
            ),
        }  # fmt: skip

    def tool(self) -> dict[str, Any]:
        draw = self.random
        if draw.random() < 0.15:
            return {"rules": [self.intercept() for _ in range(draw.randint(0, 1))]}
        return self._some(
            {
                "require": [self.rule("args")],
                "deny_if": [self.rule("args") for _ in range(draw.randint(0, 2))],
                "limits": [self.limit("args")],
                "require_approval": draw.choice([True, False, [], self.approval(), [self.approval()]]),
                "pin": draw.choice(["a" * 64, "sha256:" + "0" * 64]),
                "validate": draw.choice(["off", "schema"]),
                "hours": [self._some({"days": ["mon", "fri"], "from": "09:00", "to": "24:00", "zone": "UTC"})],
                "redact": self._some({"args": ["args.a"], "result": ["result.a.*.b"]}),
                "inner": {"tool": "args.name", **self._some({"args": "args.arguments"})},
                "list": draw.choice(["show", "hide"]),
                "why": "w",
                "action": "allow",
            },
            0.25,
        ) | draw.choice([{}, {}, {"action": "deny", "reason": "r"}, {"rate_limit": draw.choice(["5/hour", {"max": 5, "window": 60}])}])  # fmt: skip

    def intercept(self) -> dict[str, Any]:
        count = {"path": "state.t.c", "op": "lte", "value": 5}
        counted = {"counter": "c", "window": "hour", **self._some({"increment": 2})}
        return self.random.choice(
            [
                {"name": "n", "action": "deny"},
                {"rate_limit": "5/hour", "on_deny": "d"},
                {"conditions": [self.condition("args")], "action": "evaluate"},
                {"conditions": [count], "state": counted},
                {"conditions": [self.condition("args"), count], "state": {"counter": "c", "window": "day", "increment_from": "args.n"}},
            ]
        )  # fmt: skip

    def method(self) -> Any:
        if self.random.random() < 0.3:
            return self.random.choice(["allow", "deny"])
        return self._some(
            {
                "action": self.random.choice(["allow", "deny"]),
                "require": [self.rule("params")],
                "deny_if": [self.rule("params")],
                "limits": [self.limit("params")],
                "on_deny": "d",
                "why": "w",
            }
        )

    def rule(self, root: str) -> dict[str, Any]:
        conditions = [self.condition(root) for _ in range(self.random.randint(0, 2))]
        return {"conditions": conditions, **self._some({"on_deny": "d", "why": "w", "dry_run": True})}

    def condition(self, root: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            **dict.fromkeys(("lt", "lte", "gt", "gte"), 0.5),
            "in": ["a", None],
            "not_in": [1],
            **dict.fromkeys(
                ("eq", "neq", "contains"), self.random.choice([1, "a", None, [1], {"a": 1}, True])
            ),
            "exists": True,
            "regex": "^a",
        }
        op = self.random.choice(list(values))
        path = self.random.choice([f"{root}.n", f"{root}.a.0.b", f"{root}.a\\.b"])
        return {"path": path, "op": op, "value": values[op]}

    def limit(self, root: str) -> dict[str, Any]:
        limit = {"counter": "c", "window": self.window(), "max": self.random.choice([1, 5, 10**17])}
        spend = {"cost": f"{root}.n", "max": 0.5} if self.random.random() < 0.3 else {}
        scope = self.random.choice(["grant", "session", "identity", "server", "global"])
        return limit | spend | self._some({"scope": scope, "on_deny": "d", "why": "w", "dry_run": True})

    def approval(self) -> dict[str, Any]:
        whole = {
            "conditions": [self.condition("args")],
            "timeout": self.window(),
            "on_hold": "h",
            "why": "w",
            "dry_run": True,
        }
        return self._some(whole)  # fmt: skip

    def window(self) -> Any:
        return self.random.choice(
            ["second", "month", "5 minutes", "1 day", "366 days", "52 weeks", "12 months", 1, 60]
        )

    def _some(self, whole: dict[str, Any], share: float = 0.4) -> dict[str, Any]:
        return {key: value for key, value in whole.items() if self.random.random() < share}

    def _spoil(self, document: dict[str, Any]) -> None:
        path = self.random.choice([path for path in _places(document) if path])
        here: Any = document
        for step in path[:-1]:
            here = here[step]
        found, odd, draw = here[path[-1]], copy.deepcopy(self.random.choice(ODD)), self.random.random()
        if draw < 0.15:
            del here[path[-1]]
        elif draw < 0.5 and isinstance(found, dict):
            found[self.random.choice(EXTRA)] = odd
        elif draw < 0.5 and isinstance(found, list):
            found.append(odd)
        else:
            here[path[-1]] = odd


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    steps: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for step in steps:
        yield from _places(value[step], (*path, step))
