"""Documents as YAML: what is written here has the bytes that PyYAML gives it."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
import yaml

from enforce.reading.trees import reads_as_itself
from enforce.yamltext import by_library, dumped

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
        written = dumped(document, width=width, plain=plain)
        assert written == by_library(document, width=width, plain=plain)
        assert yaml.safe_load(written) == document


def test_any_document_has_the_bytes_that_the_library_gives_it() -> None:
    random = Random(1)
    for _ in range(500):
        document = {random.choice(TEXTS): _value(random, 0) for _ in range(3)}
        for width, plain in ((1000, None), (100, reads_as_itself)):
            assert dumped(document, width=width, plain=plain) == by_library(
                document, width=width, plain=plain
            )


def test_numbers_stay_exact_and_the_same_list_twice_is_written_twice() -> None:
    twice = [1]
    assert dumped({"a": Decimal("0.10"), "b": twice, "c": twice}) == "a: 0.10\nb:\n- 1\nc:\n- 1\n"


def _value(random: Random, depth: int) -> Any:
    draw = random.random()
    if depth > 3 or draw < 0.5:
        return random.choice(TEXTS[:46]) if random.random() < 0.9 else random.choice(TEXTS)
    if draw < 0.6:
        return random.choice([None, True, False, 0, -5, 10**30, [], {}])
    if draw < 0.8:
        return [_value(random, depth + 1) for _ in range(random.randint(0, 4))]
    return {random.choice(TEXTS[:46]): _value(random, depth + 1) for _ in range(random.randint(0, 4))}
