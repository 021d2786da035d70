"""Patterns that are only a text are searched without RE2, and find exactly what it finds."""

from itertools import product

import pytest
import re2  # type: ignore[import-untyped]

from enforce.regex import compile_pattern

PATTERNS = (
    "", "^", "^rm -rf", "rm -rf", "/etc/", "^/etc", "a", "^a", "#", "~", "-", "<b>", 'say "no"', "A",
    "a$", "a.b", "^a|b", "[a]", "a+", r"\.", "(a)", "a{2}", "ä", "^ä", "a^", "^^a", "(?i)a",
)  # fmt: skip
TEXTS = (
    "", "a", "A", "ab", "ba", "rm -rf /", "echo; rm -rf /", "x\nrm -rf", "\na", "a\n", "/etc/passwd", "cat /etc/passwd",
    "ä", "äa", "aä", "\u2028a", "^a", "a.b", "acb", "#~-<b>", 'they say "no"',
)  # fmt: skip


@pytest.mark.parametrize(("pattern", "text"), list(product(PATTERNS, TEXTS)))
def test_a_pattern_finds_what_re2_finds(pattern: str, text: str) -> None:
    search = compile_pattern(pattern)
    assert not isinstance(search, str)
    assert search(text) == (re2.compile(pattern).search(text) is not None)


@pytest.mark.parametrize("pattern", ["a", "^a", "a.b"])
def test_half_a_surrogate_pair_is_no_text(pattern: str) -> None:
    search = compile_pattern(pattern)
    assert not isinstance(search, str)
    with pytest.raises(UnicodeEncodeError):
        search("a\ud800")
