"""How many steps a schema takes, and that no schema takes more than are worth waiting for."""

from typing import Any

import pytest

from enforce import patterns
from enforce.definitions import Seen
from enforce.effort import MOST_PARTS, MOST_REFERENCES, Effort

TREE = {
    "type": "object",
    "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}},
    "additionalProperties": False,
}
TWICE = {"anyOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/node"}]}
BRANCHING = {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {"next": TWICE}}}}


def doubling(depth: int) -> dict[str, Any]:
    """Each part says the next one twice."""
    parts = {f"p{n}": {"anyOf": [{"$ref": f"#/$defs/p{n + 1}"}] * 2} for n in range(depth)}
    return {"$ref": "#/$defs/p0", "$defs": {**parts, f"p{depth}": {"type": "string"}}}


def doubling_by_name(depth: int, word: str = "$id", draft: str = "draft-07") -> dict[str, Any]:
    """The same by places that older drafts name by an identifier."""
    parts = {f"p{n}": {word: f"#p{n}", "anyOf": [{"$ref": f"#p{n + 1}"}] * 2} for n in range(depth)}
    whole = {"anyOf": [{"$ref": "#p0"}], "definitions": {**parts, f"p{depth}": {word: f"#p{depth}"}}}
    return {"$schema": f"http://json-schema.org/{draft}/schema#", **whole}


#: A part that is a whole of its own: what `#/definitions/x` means inside of it is another thing.
OWN = {"definitions": {"x": {"type": "string"}}, "allOf": [{"$ref": "#/definitions/x"}]}


def chain(length: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(length):
        value = {"next": value}
    return value


def around(count: int) -> dict[str, Any]:
    """Each part says all others."""
    names = [f"p{n}" for n in range(count)]
    parts = {name: {"anyOf": [{"$ref": f"#/$defs/{other}"} for other in names]} for name in names}
    return {"$ref": "#/$defs/p0", "$defs": parts}


@pytest.mark.parametrize(
    ("schema", "value", "steps"),
    [
        ({}, {}, 1),
        (True, {"a": 1}, 1),
        ({"properties": {"a": {"type": "string"}, "b": {}}}, {"a": "x"}, 2),
        ({"items": {"type": "string"}}, ["a", "b"], 3),
        ({"prefixItems": [{}, {}, {}]}, ["a"], 2),
        ({"patternProperties": {"a": {}, "b": {}}, "propertyNames": {}}, {"x": 1, "y": 2}, 7),
        ({"allOf": [{}, {"not": {}}], "if": True, "dependentSchemas": {"a": {}}}, {}, 6),
        ({"$ref": "#here", "$defs": {"a": {"$anchor": "here", "type": "object"}}}, {}, 2),
        ({"$ref": "#/$defs/a~1b%20", "$defs": {"a/b ": {"not": {}}}}, {}, 3),
        (TREE, {"left": {"left": {}}, "right": {}}, 10),
        (doubling(10), "x", 4094),
        (BRANCHING, chain(5), 157),
        (doubling(40), "x", None),
        (BRANCHING, chain(60), None),
        (around(12), {}, None),
        ({"$ref": "#"}, {}, None),
        ({"$ref": "other.json"}, {}, None),
        ({"$ref": "#/$defs/none"}, {}, None),
        ({"$ref": "#none"}, {}, None),
        (doubling_by_name(4), {}, 63),
        (doubling_by_name(40), {}, None),
        (doubling_by_name(40, "id", "draft-04"), {}, None),
        ({"$ref": "#%61b", "$defs": {"a": {"$id": "#a%62", "not": {}}}}, {}, 3),
        ({"items": {}}, [1] * 600_000, None),
        ({"pattern": "^[a-z]+$"}, "x" * 9_000, 19),
        ({"pattern": "[ab]*a[ab]{98}c"}, "x" * 500, 511),
        ({"patternProperties": {"a{50}": {}}}, {"x" * 100: 1}, 52),
        ({"propertyNames": {"pattern": "a{50}"}}, {"x" * 100: 1}, 52),
        ({"items": {"enum": [*range(160)]}}, [1, 2], 23),
        ({"const": {"a": [*range(160)]}}, 1, 11),
        ({"uniqueItems": True}, [[1], [2]], 6),
        ({"allOf": [{"uniqueItems": True}] * 2_000}, [[n] for n in range(1_000)], None),
        ({"items": {"enum": [{"k": n} for n in range(20_000)]}}, [{"k": 1}] * 40_000, None),
        ({"pattern": "[ab]*a[ab]{500}c"}, "ab" * 100_000, None),
        ({"items": [{}], "$ref": "#/items/" + "9" * 5_000}, {}, None),
    ],
)
def test_steps_are_counted(schema: Any, value: Any, steps: int | None) -> None:
    """What is worked out once is counted as often as it is taken."""
    assert Effort(schema).steps(value) == steps


A_WHOLE = "a part of it has an $id of its own, by which references mean something else"


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"$id": "https://a.example/", "$defs": {"a": {"$id": "b", **OWN}}}, A_WHOLE),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "not": {"id": "b", **OWN}}, A_WHOLE),
        ({"not": {"$schema": "http://json-schema.org/draft-04/schema#", "id": "b", **OWN}}, A_WHOLE),
        ({"$ref": "#/definitions/a", "definitions": {"a": {"$id": "#/definitions/b"}}}, A_WHOLE),
        ({"$ref": "#", "definitions": {"a": {"$id": "#"}}}, A_WHOLE),
        ({"examples": [{"id": "b"}], "$ref": "#/$defs/a", "$defs": {"a": {}}}, None),
        ({"$id": "https://a.example/", "properties": {"a": {"$id": "b", "type": "string"}}}, None),
        ({"allOf": [{}] * (MOST_PARTS + 1)}, "it is too large"),
        ({"allOf": [{"$ref": "#/$defs/a"}] * (MOST_REFERENCES + 1)}, "it is too large"),
        (
            {"properties": {str(n): {"pattern": rf"\pL{{90}}{n}"} for n in range(6)}},
            "its patterns are too large",
        ),
        (BRANCHING, None),
    ],
)
def test_some_schemas_cannot_be_used(schema: Any, fault: str | None) -> None:
    """Since references would mean something else in them, or because of their size alone."""
    assert Effort(schema).fault == fault


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("", 0),
        ("abc", 3),
        ("a{3}(bc){2}", 7),
        ("(a{10}|b){10}", 120),
        (r"[^\]a]{2}\{{3}", 23),
        (r"[]a]{2,}x{,4}", 6),
        (r".\d\p{Greek}{2}[a-z]", 421),
        ("((a)", 1),
        ("a)b{", 4),
        ("{9}a{99999999999999999999}", 999_999_999),
    ],
)
def test_a_pattern_is_as_large_as_it_repeats(pattern: str, size: int) -> None:
    """Broad classes count as the many ranges that they become."""
    assert patterns.size(pattern) == size


@pytest.mark.parametrize(
    ("schema", "arguments", "fault"),
    [
        (TREE, {"left": {"right": {}}}, None),
        (TREE, {"left": {"up": {}}}, "left: Additional properties are not allowed ('up' was unexpected)"),
        ({"properties": {"a": doubling(12)}}, {"a": 1}, "the tool's input schema cannot be used"),
        (
            {"properties": {"a": {"$ref": "#/$defs/p0"}}, **doubling(12)},
            {"a": 1},
            "they are not what it describes",
        ),
        (doubling(60), {}, "checking them would take too long"),
        (around(12), {}, "checking them would take too long"),
        (doubling_by_name(60), {}, "checking them would take too long"),
        (doubling_by_name(60, "id", "draft-04"), {}, "checking them would take too long"),
        ({"properties": {"a": {"$id": "b", "type": "string"}}}, {"a": 1}, "a: ... is not of type"),
        ({"properties": {"a": {"$id": "b", "type": "string"}}}, {"a": "x"}, None),
        ({"allOf": [{}] * (MOST_PARTS + 1)}, {}, "the tool's input schema cannot be used: it is too large"),
    ],
)
def test_a_hostile_schema_holds_up_nobody(schema: Any, arguments: Any, fault: str | None) -> None:
    """What would take hours is refused at once; the fault of what takes long has no words."""
    seen = Seen()
    seen.note({"name": "t", "inputSchema": schema})
    found = seen.fault("t", arguments)
    assert (found is None) if fault is None else (found is not None and found.startswith(fault))
