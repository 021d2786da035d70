"""Policies and calls by the thousand, the same ones every time."""

from decimal import Decimal
from random import Random
from typing import Any

OPERATORS = ("eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "exists", "regex", "contains")
TOOLS = ("get_a", "get_b", "put_a", "pay", "other")
TEXTS = ("", "a", "ab", "5", "b1", 'q"*\\', "é\n")


class Source:
    """Draws from *seed*; *operators* and *mixed* narrow what conditions may ask."""

    def __init__(
        self,
        seed: int,
        operators: tuple[str, ...] = OPERATORS,
        *,
        mixed: bool = True,
        whole: bool = False,
        escapes: bool = True,
        by_name: bool = False,
        given: bool = False,
        nested: bool = False,
    ) -> None:
        self.random = Random(seed)
        self.operators = operators
        #: Whether lists of values may hold several kinds, and globs and several conditions are drawn.
        self.mixed = mixed
        #: Whether numbers are whole, and arguments only texts, numbers, true and false.
        self.whole = whole
        #: Whether nothing but a tool's name decides.
        self.by_name = by_name
        #: Whether every call has every argument.
        self.given = given
        #: Whether conditions ask for what lies inside of objects as well, and calls have other things in their place.
        self.nested = nested
        self.texts = TEXTS if escapes else [text for text in TEXTS if text.isascii() and text.isalnum()]

    def number(self) -> Any:
        value = self.random.randint(-3, 8)
        return value if self.whole or self.random.random() < 0.6 else Decimal(value) + Decimal("0.5")

    def scalar(self, kind: str | None = None) -> Any:
        kind = kind or self.random.choice(["text", "number", "bool"])
        if kind == "text":
            return self.random.choice(self.texts)
        return self.number() if kind == "number" else self.random.random() < 0.5

    def argument(self) -> Any:
        draw = self.random.random()
        if self.whole or draw < 0.75:
            return self.scalar()
        if draw < 0.77:
            return self.random.choice([1e15, -1e300, 922337203685477.5807, 1e30])
        return None if draw < 0.8 else [self.scalar() for _ in range(self.random.randint(0, 2))]

    def arguments(self) -> dict[str, Any]:
        arguments = {
            name: self.argument() for name in ("n", "s-x") if self.given or self.random.random() < 0.8
        }
        if self.nested and self.random.random() < 0.9:
            arguments["o"] = self.object({"n": self.argument(), "p": self.object({"n": self.argument()})})
        return arguments

    def object(self, value: dict[str, Any]) -> Any:
        """The object, with some of its members, or what is none."""
        if self.random.random() < 0.3:
            return self.random.choice([None, "", '{"n": 5}', 5, True, [], [value]])
        return {name: member for name, member in value.items() if self.random.random() < 0.8}

    def condition(self) -> dict[str, Any]:
        op = self.random.choice(self.operators)
        inner = ["args.o.n", "args.o.p.n"] if self.nested else []
        path = self.random.choice(["args.n", "args.s-x", *inner])
        value: Any
        if op in ("lt", "lte", "gt", "gte"):
            value = self.number()
        elif op in ("in", "not_in"):
            kind = None if self.mixed else self.random.choice(["text", "number", "bool"])
            value = [self.scalar(kind) for _ in range(self.random.randint(1, 3))]
        elif op == "exists":
            value = self.random.random() < 0.5
        elif op == "regex":
            value = self.random.choice(["^a", "b", "[0-9]$", "^$"])
        else:
            value = (
                self.random.choice(["a", "b", "*"]) if op == "contains" and not self.mixed else self.scalar()
            )
        return {"path": path, "op": op, "value": value}

    def rules(self, most: int) -> list[dict[str, Any]]:
        return [
            {
                "conditions": [
                    self.condition()
                    for _ in range(self.random.randint(0 if self.random.random() < 0.2 else 1, most))
                ]
            }
            for _ in range(self.random.randint(0, 2))
        ]

    def tool(self) -> dict[str, Any]:
        if self.by_name:
            return {"deny_if": [{"conditions": []}]} if self.random.random() < 0.3 else {}
        rules: dict[str, Any] = {"require": self.rules(2), "deny_if": self.rules(2 if self.mixed else 1)}
        if self.mixed and self.random.random() < 0.2:
            rules["require_approval"] = [{"conditions": [self.condition()]}]
        return rules

    def intercept(self) -> list[dict[str, Any]]:
        """Rules in Intercept's words, of which those with conditions must hold."""
        rules: list[dict[str, Any]] = []
        for number in range(self.random.randint(0, 2)):
            draw = self.random.random()
            name = {"name": f"rule {number}"}
            if draw < 0.15:
                rules.append({**name, "action": "deny"})
            elif draw < 0.3:
                rules.append({**name, "rate_limit": f"{self.random.randint(1, 9)}/hour"})
            else:
                rules.append({**name, "conditions": [self.condition()]})
        return rules

    def document(self) -> dict[str, Any]:
        keys = ["get_a", "put_a", "pay", "@money", *(["get_*", "*", "?ay"] if self.mixed else [])]
        hidden = ["put_a", "@money", *(["get_?"] if self.mixed else [])]
        return {
            "version": "1",
            "default": self.random.choice(["allow", "deny"]),
            "selectors": {"@money": ["pay", "get_b"]},
            "hide": self.random.sample(hidden, self.random.randint(0, 1)),
            "tools": {
                key: self.tool() for key in self.random.sample(keys, self.random.randint(1, len(keys)))
            },
        }

    def calls(self, count: int) -> list[tuple[str, dict[str, Any]]]:
        return [(self.random.choice(TOOLS), self.arguments()) for _ in range(count)]
