"""Strings of several languages, as literals and behind names."""

import pytest
from ast_grep_py import SgNode, SgRoot

from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.nodes import STRINGS, last_name, string_of
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import DEEPEST_NESTING, Sources


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


@pytest.mark.parametrize(("deep", "read"), [(DEEPEST_NESTING, True), (DEEPEST_NESTING + 1, False)])
def test_a_file_that_nests_deeper_than_anybody_does_is_refused(deep: int, read: bool) -> None:
    """Each look from inside outwards would take as long as the nesting is deep; brackets in a row do not matter."""
    notes = Notes()
    source = "package x\n" + "()" * 1_000 + "[" * deep + "]" * deep
    sources = Sources({"a.go": source.encode()}, ["a.go"], "go", notes)

    assert [tree.file for tree in sources.trees("package")] == (["a.go"] if read else [])
    assert notes.doubts == ([] if read else [f"a.go nests more than {DEEPEST_NESTING} deep and was not read"])


def test_what_stands_around_a_place_is_found_from_inside_outwards() -> None:
    """Without looking at what has ended before."""
    source = "package x\nfunc a() { for { one() } }\nfunc b() { for { for { two() } } }\n"
    (tree,) = Sources({"a.go": source.encode()}, ["a.go"], "go", Notes()).trees("package")
    one, two = tree.root.find_all(kind="call_expression")

    assert [node.text()[:9] for node in tree.around(one, "for_statement")] == ["for { one"]
    assert [node.text()[:9] for node in tree.around(two, "for_statement")] == ["for { two", "for { for"]
    assert [node.text()[:8] for node in tree.around(two, "function_declaration")] == ["func b()"]


@pytest.mark.parametrize(
    ("language", "kind", "source", "name"),
    [
        ("go", "selector_expression", "package x\nvar a = b.c.Tool", "Tool"),
        ("go", "selector_expression", "package x\nvar a = b" + ".c(1)" * 200 + ".Tool", "Tool"),
        ("java", "generic_type", "class A { List<String> a; }", "String"),
        ("csharp", "member_access_expression", "var a = A.B.Name;", "Name"),
    ],
)
def test_the_last_of_dotted_names(language: str, kind: str, source: str, name: str) -> None:
    """However long what stands before it is."""
    node = SgRoot(source, language).root().find(kind=kind)

    assert node is not None
    assert last_name(node) == name


def test_a_file_is_searched_for_declarations_once() -> None:
    """What is declared beside the file that asks comes first, and no name is looked for anew."""
    files = {f"{n}/a.go": b"package x\ntype A struct {}\ntype B%d struct {}" % n for n in range(5)}
    sources = Sources(files, list(files), "go", Notes())
    pattern = (r"type\s+(\w+)",)

    assert [tree.file for tree in sources.declaring(pattern, "A", "3/b.go")] == ["3/a.go", "0/a.go", "1/a.go"]
    files["4/a.go"] = b"package x"
    assert [tree.file for tree in sources.declaring(pattern, "B4")] == ["4/a.go"]
    assert list(sources.declaring(pattern, "C")) == []
