"""Parameters are read out of schemas as people write them."""

import pytest

from catalogue.website.pages import Parameter
from catalogue.website.parameters import DEEPEST, MOST, parameters
from crawler.tools import Json


def row(name: str, type: str = "anything", **more: Json) -> Parameter:
    return Parameter(
        **{"name": name, "field": f"inputSchema.properties.{name}", "type": type, "required": False, **more}
    )


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (None, ()),
        ({}, ()),
        ({"properties": []}, ()),
        ({"properties": {"a": {"type": "string"}}}, (row("a", "string"),)),
        ({"properties": {"a": True}}, (row("a"),)),
        (
            {"properties": {"a": {"type": "string"}}, "required": ["a", 3]},
            (row("a", "string", required=True),),
        ),
        (
            {
                "properties": {
                    "a": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}], "default": 3}
                }
            },
            (row("a", "integer", limits=("at least 1",), default="3"),),
        ),
        ({"properties": {"a": {"enum": ["x", 1]}}}, (row("a", options=("x", "1")),)),
        (
            {
                "$defs": {"T": {"type": "string", "description": "d"}},
                "properties": {"a": {"$ref": "#/$defs/T"}},
            },
            (row("a", "string", description="d"),),
        ),
        (
            {"properties": {"a": {"type": "array", "items": {"type": "object", "properties": {"b": {}}}}}},
            (
                row("a", "array of object"),
                row("a[].b", field="inputSchema.properties.a.items.properties.b"),
            ),
        ),
        ({"properties": {"a": {"type": ["string", "null"]}}}, (row("a", "string or null"),)),
    ],
)
def test_a_schema_is_read_row_by_row(schema: Json, expected: tuple[Parameter, ...]) -> None:
    assert parameters(schema) == expected


def test_a_schema_without_end_is_cut() -> None:
    schema: Json = {"$defs": {"T": {"type": "object"}}, "properties": {"a": {"$ref": "#/$defs/T"}}}
    schema["$defs"]["T"]["properties"] = {"b": {"$ref": "#/$defs/T"}, "c": {"$ref": "#/$defs/T"}}
    wide = {"properties": {f"p{number}": {} for number in range(1000)}}

    assert max(row.name.count(".") for row in parameters(schema)) == DEEPEST - 1
    assert len(parameters(wide)) == MOST
