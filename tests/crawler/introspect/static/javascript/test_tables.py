"""Texts of YAML as the core schema of version 1.2 reads them, and those that nobody should follow."""

from typing import Any

import pytest

from crawler.introspect.static.javascript.tables import yaml_value
from crawler.introspect.static.unknown import UNKNOWN


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("name: a\nlist: [1, -2, 1.5, no, yes, '1', ~]\n", {"name": "a", "list": [1, -2, 1.5, "no", "yes", "1", None]}),
        ("- on: true\n- off: FALSE\n", [{"on": True}, {"off": False}]),
        ("1: a\ntrue: b\n", {"1": "a", "true": "b"}),
        ("text: |\n  one\n  two\nversion: '3'\n", {"text": "one\ntwo\n", "version": "3"}),
        ("{}", {}),
        ("", UNKNOWN),
        ("a: 1\n---\nb: 2\n", UNKNOWN),
        ("a: &x [*x]\n", UNKNOWN),
        ("a: [1", UNKNOWN),
        ("{[1]: 2}", UNKNOWN),
        ("[" * 100_000, UNKNOWN),
        ("a: " + "x" * 300_001, UNKNOWN),
        (None, UNKNOWN),
    ],
)  # fmt: skip
def test_a_text_is_read_or_left(source: Any, value: Any) -> None:
    """Words are words, several documents and parts that stand for others are none, and neither depth nor length harms."""
    assert yaml_value(source) == value
