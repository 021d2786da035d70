"""A tool's digest is that of its canonical JSON, however that is written."""

import json
import pickle
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.tools import Origin, Tool, canonical_json

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
DIGEST = "28c74609082ad898f31c98cb4b090991550b2b7d27ac84b9ad5f20a88a2ee753"

VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def plainly(value: Any) -> bytes:
    """As the standard library writes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode("ascii")


@given(VALUES)
def test_canonical_json_is_what_the_standard_library_writes(value: Any) -> None:
    """To the byte, numbers and lone surrogates included: a digest must not hang on which encoder was quicker."""
    assert canonical_json(value) == plainly(value)


@pytest.mark.parametrize(
    "value",
    [*map(chr, range(0x100)), 1e16, 1e15, 1e-4, 1e-5, 1.5e-7, 5e-324, -0.0, 2**63, 10**40, float("nan"), "2e9", "0.00001",
     Decimal("1e400"), "\ud800", "\u2028", "a/b<c>", {"b": 1, "a": {"é": 2, "z": 3}}],
)  # fmt: skip
def test_what_encoders_like_to_write_differently_is_written_alike(value: Any) -> None:
    """Escapes, exponents, big numbers, the order of keys."""
    assert canonical_json({"key": [value]}) == plainly({"key": [value]})


def test_a_digest_is_the_same_for_ever() -> None:
    """Reviews and pins hang on it; sets in whatever order, keys in whatever order, icons or none."""
    one = {
        "name": "add",
        "description": "Adds — twice",
        "inputSchema": {"required": ["b", "a"], "properties": {"a": {"type": ["string", "null"], "maximum": 1e21}}},
    }  # fmt: skip
    other = {
        "icons": [{"src": "x"}],
        "inputSchema": {"properties": {"a": {"maximum": 1e21, "type": ["null", "string"]}}, "required": ["a", "b"]},
        "description": "Adds — twice",
        "name": "add",
    }  # fmt: skip

    assert Tool.read(one).digest == Tool.read(other).digest == DIGEST


@pytest.mark.parametrize(
    "tool",
    [
        Tool.read({"name": "get", "description": "Gets.", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}),
        Tool.read({"name": "get", "x": [1, 2.5, None, {"y": "\ud800"}]}, origin=Origin(file="a.py", line=3)),
        Tool.read({"name": "get", "x": Decimal("1e400"), "y": 2**70}),
        Tool(name="by hand", description="Nobody listed it."),
    ],
)  # fmt: skip
def test_a_tool_reaches_another_process_as_it_is(tool: Tool) -> None:
    fresh = pickle.loads(pickle.dumps(tool))

    assert fresh == tool
    assert repr(fresh.definition) == repr(tool.definition)
    tool.digest  # noqa: B018  # is remembered from here on
    assert pickle.loads(pickle.dumps(tool)).__dict__ == {"digest": tool.digest}
