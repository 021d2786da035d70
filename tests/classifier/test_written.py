"""Examples made up for training: each line is a whole label, and no tool stands there twice."""

from collections import Counter

import pytest

from classifier.signals import PROBES
from classifier.written import FAMILY, schema, written

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
ARGUMENTS = [
    ("", {}),
    ("name, count:integer", {"name": TEXT, "count": WHOLE}),
    ("side:buy/sell", {"side": {"type": "string", "enum": ["buy", "sell"]}}),
    ("when:date-time", {"when": {"type": "string", "format": "date-time"}}),
    ("ids:integer[], tags:string[]", {"ids": {"type": "array", "items": WHOLE}, "tags": {"type": "array", "items": TEXT}}),
    (
        "lines:{sku, size:{w:integer}}[], note",
        {
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"sku": TEXT, "size": {"type": "object", "properties": {"w": WHOLE}}},
                },
            },
            "note": TEXT,
        },
    ),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "properties"), ARGUMENTS)
def test_arguments_become_a_schema(arguments: str, properties: object) -> None:
    """Nested ones too."""
    assert schema(arguments) == {"type": "object", "properties": properties}


def test_every_example_is_a_tool_of_its_own() -> None:
    """With signals of the guide, in their order, and a family that no server has."""
    rows = written()
    codes = [probe.code for probe in PROBES]

    assert [name for name, times in Counter(row.tool.name for row in rows).items() if times > 1] == []
    assert all((row.signals or frozenset()) <= set(codes) for row in rows)
    assert all(("moves-money" in (row.signals or ())) == (row.category == "financial") for row in rows)
    assert {row.family for row in rows} == {FAMILY}
