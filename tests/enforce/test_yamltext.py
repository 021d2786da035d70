"""Documents as YAML: whatever stands in them is read back."""

from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from enforce.reading.trees import reads_as_itself
from enforce.yamlblock import Block, Odd
from enforce.yamltext import dumped

#: Texts that some reader takes for something else, or that some emitter folds, quotes or escapes.
TEXTS = (
    "plain", "two words", "yes", "No", "off", "null", "~", "true", "012", "0x1F", "0o7", "1e3", "1_000", "-1", ".5", "+.inf", "2001-01-01",
    "12:30:45", "1:2", "=", "<<", "a: b", "a:", ":x", ": x", "- a", "-", "--- a", "...", "?a", "? a", "a #b", "a#b", "#b", "| x", "> y",
    "&a", "*b", "!c", "%d", "@e", "`f", "'", '"', "it's", 'a"b', "a\\b", "[x]", "{y}", "a, b", "“q”: “r”", "日本", "\xa0", "\u2027", "😀",
    "\ufeff", "\u2028", "\x85", "\x7f", "\t", "a\nb", " lead", "trail ", "a  b", "", "x" * 200, "long words " * 30 + "end", "it's: long " * 20 + "x",
    "é" * 65, "a" * 128, "a" * 129,
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_back_wherever_it_stands(text: str) -> None:
    document = {text: text, "list": [text, [text], {text: text}], "deep": {"deeper": {"a": text}}}
    for width, plain in ((1000, None), (100, reads_as_itself)):
        assert yaml.safe_load(dumped(document, width=width, plain=plain)) == document


def test_numbers_stay_exact_and_the_same_list_twice_is_written_twice() -> None:
    twice = [1]
    assert dumped({"a": Decimal("0.10"), "b": twice, "c": twice}) == "a: 0.10\nb:\n- 1\nc:\n- 1\n"


@pytest.mark.parametrize("width", [20, 100, 1000])
def test_it_is_what_the_library_writes(width: int) -> None:
    """Its emitter is asked directly, which must not show."""
    numbers: list[object] = [0, -7, 10**30, 0.5, 1e17, float("inf"), True, False, None]
    document = {"texts": {text: text for text in TEXTS}, "all": [*TEXTS, *numbers, [], {}, [[]], {"a": {}}]}

    assert dumped(document, width=width) == by_the_library(document, width)


@given(
    st.dictionaries(
        st.text("a1 :-é", max_size=70) | st.sampled_from(TEXTS),
        st.recursive(
            st.sampled_from(TEXTS)
            | st.text("aé1 :#-'\"[,.?!=~“", max_size=200)
            | st.integers()
            | st.booleans(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text("ab ", max_size=5), inner, max_size=3)
            ),
        ),
        max_size=3,
    ),
    st.sampled_from([20, 100, 1000]),
)
def test_so_is_what_is_laid_out_without_it(document: Any, width: int) -> None:
    assert dumped(document, width=width) == by_the_library(document, width)


def test_what_is_not_odd_is_laid_out_without_the_library() -> None:
    document = {"rules": [{"name": "it's: long " * 20 + "x", "tools": ["a", "yes"], "max": 5}], "none": {}}
    block = Block(100, None, lambda text: text != "yes")

    assert block.write(document) == by_the_library(document, 100)
    with pytest.raises(Odd):
        block.write({"a": "two\nlines"})


def by_the_library(document: Any, width: int) -> str:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(document, Dumper=dumper, sort_keys=False, width=width, allow_unicode=True))
