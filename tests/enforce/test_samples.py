"""Texts that a pattern matches, and texts that tell patterns apart."""

import pytest

from enforce.regex import compile_pattern
from enforce.samples import samples, telling


@pytest.mark.parametrize(
    "pattern",
    [
        r"^ab+c$", r"^ab*c?$", r"(^|[/\\])\.\.([/\\]|$)", r"^(x(y(z|w){3}q)){2}$", r"^[a-z]{2,5}\d+?$", r"[]a-c]+", r"^(?P<n>foo|bar)(?:-\w+)?$",
        r"[^@]+@example\.com$", r"(?i)^\s*(file|ftp):|//localhost", r"\bdrop\b", r"^[\d.-]{3,}$", r"a{2}b{0,1}", ".", "",
    ],
)  # fmt: skip
def test_samples_match(pattern: str) -> None:
    """Every one of them, for patterns of the usual kinds."""
    search = compile_pattern(pattern)
    assert not isinstance(search, str)

    assert samples(pattern)
    assert [text for text in samples(pattern) if not search(text)] == []


@pytest.mark.parametrize(
    "pattern",
    [
        "a{999}",
        "(" * 99 + "a" + ")" * 99,
        "(" * 900 + "a" + ")" * 900,
        "(a|b|c|d){9}" * 20,
        "[",
        "(",
        "\\",
        "*",
    ],
)
def test_odd_patterns_are_no_trouble(pattern: str) -> None:
    """What is long, deep or broken gives few texts, or none."""
    assert len(samples(pattern)) <= 24


@pytest.mark.parametrize(
    ("one", "other"),
    [("^ab+c$", "^ab*c$"), ("^a", "a"), ("(?i)^a$", "^a$"), (r"^\d+$", r"^[0-8]+$"), ("^a.c$", r"^a\.c$"), ("^(a|b)$", "^(a|c)$"), ("a{2}", "a{3}")],
)  # fmt: skip
def test_a_text_that_only_one_matches_is_found(one: str, other: str) -> None:
    searches = [compile_pattern(pattern) for pattern in (one, other)]

    assert any(
        searches[0](text) != searches[1](text)  # type: ignore[operator]  # both are patterns
        for text in telling([one, other])
    )
