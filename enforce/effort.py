"""How many steps a schema takes over a value at most: a hostile one can make a few hundred bytes cost hours.

References let a schema say one thing many times over, so a validator that follows each of them may take steps without
number. Counting them is quick, since what one part of a schema costs over one part of a value is worked out once.
Others take long in a single step: a pattern over a long text, a value among many, a long list without doubles.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from crawler.mcp.jsonrpc import Json
from enforce import patterns

#: Steps that one check may take; a step takes well below a microsecond.
MOST_STEPS = 500_000

#: Parts of a schema met by parts of a value that are looked at to count them.
MOST_PAIRS = 200_000

#: Objects and references in a schema.
MOST_PARTS, MOST_REFERENCES = 100_000, 1_000

#: What all patterns of a schema may become together, once their repetitions are written out.
LARGEST_PATTERNS = 100_000

#: A pattern up to this size runs over a text at once; of a larger one each part may be tried at each character.
SMALL_PATTERN = 16

#: In a step go so many characters past a small pattern, or parts of a large one past one character, or values past another.
CHARACTERS, TRIES, VALUES = 1_000, 100, 16

#: A place in a list.
_INDEX = re.compile(r"[0-9]{1,9}")

#: In place of the steps of what is being counted.
_BEGUN = 0

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_ANCHORS = ("$anchor", "$dynamicAnchor")
#: What names a part as a whole; in older drafts also what only names a place in it. The second is draft 4's word.
_NAMES = ("$id", "id")
_DRAFT_4 = "draft-04"
_HERE = ("not", "if", "then", "else")
_HERE_MANY = ("allOf", "anyOf", "oneOf")
_EACH_MEMBER = ("additionalProperties", "unevaluatedProperties")
_EACH_ITEM = ("items", "contains", "unevaluatedItems", "additionalItems")


class _Endless(Exception):
    """There are too many steps, or nobody can say how many."""


class Effort:
    """Counts for one schema. `fault` says why it cannot be used at all."""

    def __init__(self, schema: Json) -> None:
        self._schema = schema
        self._anchors: dict[str, list[Json]] = {}
        self._patterns: dict[str, int] = {}
        #: Values in parts of the schema, and in those of the value, by their identity.
        self._sizes: dict[int, int] = {}
        self._counted: dict[int, int] = {}
        self.fault = self._look(schema)
        self._steps: dict[tuple[int, int], int] = {}

    def steps(self, value: Json) -> int | None:
        """The steps over *value* at most; `None` for too many."""
        self._steps.clear()
        self._counted.clear()
        try:
            return self._count(self._schema, value)
        except (_Endless, RecursionError):
            return None
        finally:
            self._steps.clear()
            self._counted.clear()

    def _look(self, schema: Json) -> str | None:
        """Find the anchors, and what is wrong with the schema as a whole."""
        parts = references = 0
        #: The words by which a part below has a name of its own, and whether some part is of draft 4.
        named: set[str] = set()
        is_old = False
        waiting = [schema]
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                parts += 1
                for pattern in _patterns(part):
                    self._patterns[pattern] = patterns.size(pattern)
                references += sum(word in part for word in _REFERENCES)
                for anchor in _anchors(part):
                    self._anchors.setdefault(unquote(anchor), []).append(part)
                if part is not schema:
                    named.update(word for word in _NAMES if _is_whole(part.get(word)))
                is_old = is_old or _DRAFT_4 in str(part.get("$schema"))
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part
            if parts > MOST_PARTS or references > MOST_REFERENCES:
                return "it is too large"
        if references and ("$id" in named or (is_old and "id" in named)):
            return "a part of it has an $id of its own, by which references mean something else"
        if sum(self._patterns.values()) > LARGEST_PATTERNS:
            return "its patterns are too large"
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
        total = 1 + self._here(schema, value)
        for part, over in self._below(schema, value):
            if total > MOST_STEPS:
                break
            total += self._count(part, over)
        if total > MOST_STEPS:
            raise _Endless
        self._steps[pair] = total
        return total

    def _here(self, schema: dict[str, Json], value: Json) -> int:
        """Steps that a part of a schema takes over a value by itself."""
        steps = sum(
            _size(schema[word], self._sizes) // VALUES for word in ("enum", "const") if word in schema
        )
        if isinstance(value, str):
            steps += sum(self._search(pattern, value) for pattern in _own_pattern(schema))
            steps += len(value) // CHARACTERS
        elif isinstance(value, list) and schema.get("uniqueItems") is True:
            steps += _size(value, self._counted)
        elif isinstance(value, dict):
            named = schema.get("patternProperties")
            for pattern in named if isinstance(named, dict) else ():
                steps += sum(self._search(pattern, name) for name in value)
            required = schema.get("required")
            steps += len(required) // VALUES if isinstance(required, list) else 0
        return steps

    def _search(self, pattern: str, text: str) -> int:
        size = self._patterns[pattern]
        return len(text) // CHARACTERS if size <= SMALL_PATTERN else len(text) * size // TRIES

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
            if name not in self._anchors:
                raise _Endless
            return self._anchors[name]
        found = self._schema
        for step in name.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and _INDEX.fullmatch(step) and int(step) < len(found):
                found = found[int(step)]
            elif isinstance(found, dict) and step in found:
                found = found[step]
            else:
                raise _Endless
        return [found]


def _anchors(schema: dict[str, Json]) -> list[str]:
    """The names of a part as a place; drafts before 2019-09 give one by an identifier that is nothing but a fragment."""
    found = [schema[word] for word in _ANCHORS if isinstance(schema.get(word), str)]
    fragments = [schema[word] for word in _NAMES if isinstance(schema.get(word), str)]
    return found + [each[1:] for each in fragments if each[:1] == "#" and not _is_whole(each)]


def _is_whole(name: Json) -> bool:
    """Whether an identifier names a part as a whole, or in a way that readers may understand differently."""
    return isinstance(name, str) and (name[:1] != "#" or name[1:2] in ("", "/"))


def _of_members(word: str, part: Json, value: dict[str, Json]) -> Iterator[tuple[Json, Json]]:
    if word == "properties" and isinstance(part, dict):
        yield from ((part[name], value[name]) for name in part if name in value)
    elif word == "patternProperties" and isinstance(part, dict):
        yield from ((each, member) for each in part.values() for member in value.values())
    elif word == "propertyNames":
        yield from ((part, name) for name in value)
    elif word in _EACH_MEMBER:
        yield from ((part, member) for member in value.values())


def _of_items(word: str, part: Json, value: list[Json]) -> Iterator[tuple[Json, Json]]:
    if isinstance(part, list) and word in ("prefixItems", "items"):
        yield from zip(part, value, strict=False)
    elif word in _EACH_ITEM:
        yield from ((part, item) for item in value)


def _own_pattern(schema: dict[str, Json]) -> tuple[str, ...]:
    pattern = schema.get("pattern")
    return (pattern,) if isinstance(pattern, str) else ()


def _patterns(schema: dict[str, Json]) -> tuple[str, ...]:
    """Every pattern of one part of a schema."""
    named = schema.get("patternProperties")
    return (*_own_pattern(schema), *(named if isinstance(named, dict) else ()))


def _size(value: Json, known: dict[int, int]) -> int:
    """How many values there are in a value, itself among them; *known* are those that were counted, by identity."""
    found = known.get(id(value))
    if found is None:
        found = 0
        waiting = [value]
        while waiting:
            part = waiting.pop()
            found += 1
            waiting += part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        known[id(value)] = found
    return found
