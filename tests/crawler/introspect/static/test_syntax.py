"""Strings of several languages, as literals and behind names."""

import pytest
from ast_grep_py import SgNode, SgRoot

from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import STRINGS, Sources, string_of


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('"a\\n\\u0062"', "a\nb"),
        ("'a'", "a"),
        ("`a\\n`", "a\\n"),
        ('@"a""b"', 'a"b'),
        ('r#"a"b"#', 'a"b'),
        (":name", "name"),
    ],
)
def test_a_literal_has_a_value(literal: str, value: str) -> None:
    """Escapes, verbatim and raw strings, symbols."""
    assert unquoted(literal) == value


BLOCK = '"""\n        One\n          two\n        """'


@pytest.mark.parametrize(
    ("language", "source", "value"),
    [
        ("java", f"class A {{ String a = {BLOCK}; }}", "One\n  two\n"),
        ("csharp", f"var a = {BLOCK};", "One\n  two"),
        ("kotlin", f"val a = {BLOCK}", "\n        One\n          two\n        "),
        ("java", 'class A { String a = """\n  One \\\n  two"""; }', "One two"),
    ],
)
def test_a_block_is_indented_as_its_language_has_it(language: str, source: str, value: str) -> None:
    """Java keeps the last line break, C# does not, and Kotlin takes everything as it stands."""
    root = SgRoot(source, language).root()
    found = next(node for kind in STRINGS if (node := _find(root, kind)) is not None)

    assert string_of(found) == value


def _find(root: SgNode, kind: str) -> SgNode | None:
    try:
        return root.find(kind=kind)
    except RuntimeError:  # the language has no such kind
        return None


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('const X = "a"', "a"),
        ('const X = "a" +\n\t"b" + `c`', "abc"),
        ('const X = "a" + other', None),
        ('const X = "a"\nconst X = "b"', None),
        ("const X = other", None),
    ],
)
def test_a_name_stands_for_the_strings_that_it_is_declared_as(source: str, value: str | None) -> None:
    """Joined literals are one; what is joined with something else is not known."""
    sources = Sources({"a.go": source.encode()}, ["a.go"], "go", Notes())

    assert sources.constant("X", "a.go") == value
