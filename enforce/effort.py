"""How many steps a schema takes over a value at most: a hostile one can make a few hundred bytes cost hours.

References let a schema say one thing many times over, so a validator that follows each of them may take steps without
number. Counting them is quick, since what one part of a schema costs over one part of a value is worked out once.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from crawler.mcp.jsonrpc import Json

#: Steps that one check may take; a step takes well below a microsecond.
MOST_STEPS = 500_000

#: Parts of a schema met by parts of a value that are looked at to count them.
MOST_PAIRS = 200_000

#: Objects and references in a schema.
MOST_PARTS, MOST_REFERENCES = 100_000, 1_000

#: In place of the steps of what is being counted.
_BEGUN = 0

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_HERE = ("not", "if", "then", "else")
_HERE_MANY = ("allOf", "anyOf", "oneOf")
_EACH_MEMBER = ("additionalProperties", "unevaluatedProperties", "propertyNames")
_EACH_ITEM = ("items", "contains", "unevaluatedItems", "additionalItems")


class _Endless(Exception):
    """There are too many steps, or nobody can say how many."""


class Effort:
    """Counts for one schema. `fault` says why it cannot be used at all."""

    def __init__(self, schema: Json) -> None:
        self._schema = schema
        self._anchors: dict[str, list[Json]] = {}
        self.fault = self._look(schema)
        self._steps: dict[tuple[int, int], int] = {}

    def steps(self, value: Json) -> int | None:
        """The steps over *value* at most; `None` for too many."""
        self._steps.clear()
        try:
            return self._count(self._schema, value)
        except (_Endless, RecursionError):
            return None
        finally:
            self._steps.clear()

    def _look(self, schema: Json) -> str | None:
        """Find the anchors, and what is wrong with the schema as a whole."""
        parts = references = 0
        waiting = [schema]
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                parts += 1
                references += sum(word in part for word in _REFERENCES)
                for word in ("$anchor", "$dynamicAnchor"):
                    if isinstance(part.get(word), str):
                        self._anchors.setdefault(part[word], []).append(part)
                if part is not schema and isinstance(part.get("$id"), str) and part["$id"][:1] != "#":
                    return "a part of it has an $id of its own"  # by which references mean something else
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
            if parts > MOST_PARTS or references > MOST_REFERENCES:
                return "it is too large"
        return None

    def _count(self, schema: Json, value: Json) -> int:
        if not isinstance(schema, dict):
            return 1
        pair = (id(schema), id(value))
        known = self._steps.get(pair)
        if known is not None and known != _BEGUN:
            return known
        if known == _BEGUN or len(self._steps) >= MOST_PAIRS:  # a part that holds only if itself holds
            raise _Endless
        self._steps[pair] = _BEGUN
        total = 1
        for part, over in self._below(schema, value):
            total += self._count(part, over)
            if total > MOST_STEPS:
                raise _Endless
        self._steps[pair] = total
        return total

    def _below(self, schema: dict[str, Json], value: Json) -> Iterator[tuple[Json, Json]]:
        """The parts of a schema that are held against a value or its parts, with those."""
        for word, part in schema.items():
            if word in _HERE:
                yield part, value
            elif word in _HERE_MANY and isinstance(part, list):
                yield from ((each, value) for each in part)
            elif word in _REFERENCES:
                yield from ((each, value) for each in self._targets(part))
            elif word in ("dependentSchemas", "dependencies") and isinstance(part, dict):
                yield from ((each, value) for each in part.values())
            elif isinstance(value, dict):
                yield from _of_members(word, part, value)
            elif isinstance(value, list):
                yield from _of_items(word, part, value)

    def _targets(self, reference: Json) -> list[Any]:
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise _Endless
        name = unquote(reference[1:])
        if name and not name.startswith("/"):
            return self._anchors.get(name, [])
        found = self._schema
        for step in name.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and step.isascii() and step.isdigit() and int(step) < len(found):
                found = found[int(step)]
            elif isinstance(found, dict) and step in found:
                found = found[step]
            else:
                raise _Endless
        return [found]


def _of_members(word: str, part: Json, value: dict[str, Json]) -> Iterator[tuple[Json, Json]]:
    if word == "properties" and isinstance(part, dict):
        yield from ((part[name], value[name]) for name in part if name in value)
    elif word == "patternProperties" and isinstance(part, dict):
        yield from ((each, member) for each in part.values() for member in value.values())
    elif word in _EACH_MEMBER:
        yield from ((part, member) for member in value.values())


def _of_items(word: str, part: Json, value: list[Json]) -> Iterator[tuple[Json, Json]]:
    if isinstance(part, list) and word in ("prefixItems", "items"):
        yield from zip(part, value, strict=False)
    elif word in _EACH_ITEM:
        yield from ((part, item) for item in value)
