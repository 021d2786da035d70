"""Blocks that are kept from a parser: found whatever stands in them, never inside of texts, and back when somebody wants them."""

import time

import pytest

from crawler.introspect.static.blocks import DIALECTS, patterns, quiet
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree

FILLER = "    // and so on, and so on, and so on\n" * 60

#: A file of each language with a block that holds odd texts, what its head and what stands behind it are called.
SOURCES = {
    "go": 'package a\nfunc quiet(x interface{}) {\n\ta := "}" + `}"` + string(\'"\') /* } */ // }\n%s\tb(func() {})\n}\nfunc last() {}\n',
    "rust": "fn quiet<'a>(x: &'a str) -> u8 {\n    let a = (\"}\", r#\"}\"}\"#, '\"', '}'); /* } */\n%s    if a { b() }\n}\nfn last() {}\n",
    "java": 'class A {\n  void quiet(int x) throws B {\n    var a = "}" + """\n}"}""" + \'"\'; /* } */\n%s    if (a) { b(); }\n  }\n  void last() {}\n}\n',
    "csharp": 'class A {\n  void quiet(int x)\n  {\n    var a = "}" + @"}""}" + $"{x}}}" + """}"}""" + \'"\'; /* } */\n%s    if (a) { b(); }\n  }\n  void last() {}\n}\n',
    "kotlin": 'fun quiet(x: Int): Int {\n    val a = "}${b("}")}" + """}"}""" + \'"\' /* } */\n%s    if (a) { b() }\n}\nfun last() {}\n',
    "ruby": 'def quiet(x)\n  a = "end" + %%q(end)\n%s  b { |c| c }\nend\n\ndef last\nend\n',
    "php": "<?php\nfunction quiet($x) {\n    $a = '}' . \"}{$x}\" /* } */; # }\n%s    if ($a) { b(); }\n}\nfunction last() {}\n",
}
COMMENTS = {"ruby": FILLER.replace("//", "#")}


def _source(language: str) -> str:
    return SOURCES[language] % COMMENTS.get(language, FILLER)


def _tree(language: str, source: str, *words: str, suffix: str = "x") -> Tree:
    path = f"a.{suffix}"
    return next(Sources({path: source.encode()}, [path], language, Notes()).trees("last", inside=words))


@pytest.mark.parametrize("language", DIALECTS)
def test_a_quiet_block_is_left_out(language: str) -> None:
    """Whatever looks like the end of it; what stands behind it has the same line as before."""
    source = _source(language)
    tree, whole = _tree(language, source, "absent"), _tree(language, source, "so on")

    assert "so on" in source
    assert "so on" not in tree.root.text()
    assert "so on" in whole.root.text()
    assert tree.root.range().end.line == whole.root.range().end.line
    assert tree.root.text().split("\n")[-2:] == whole.root.text().split("\n")[-2:]
    assert tree.written(tree.root) == whole.root.text()
    assert tree.whole.root.text() == whole.root.text()


@pytest.mark.parametrize("language", DIALECTS)
def test_a_block_with_a_word_that_is_wanted_stays(language: str) -> None:
    """The word is looked for in the blocks when others were wanted before."""
    source = _source(language)
    sources = Sources({"a.x": source.encode()}, ["a.x"], language, Notes())
    first = next(sources.trees("last", inside=("absent",)))

    assert next(sources.trees("last", inside=("absent",))) is first
    assert "so on" in next(sources.trees("so on")).root.text()


def test_what_only_looks_like_a_block_is_part_of_a_text() -> None:
    """A description that holds source."""
    inside = "func f() {\n" + "\tg()\n" * 60 + "}\n"
    source = f"package a\nvar text = `{inside}`\n" + "// and so on\n" * 200 + f"{inside}func last() {{}}\n"
    tree = _tree("go", source, "absent")

    assert tree.root.text().count("g()") == 60
    assert f"`{inside}`" in tree.root.text()


def test_a_type_inside_a_block_is_found_by_its_declaration() -> None:
    """Who looks for a declaration gets the file with all its blocks where it stands in one."""
    body = "".join(f"\tg({n})\n" for n in range(300))
    source = f"package a\nfunc f() {{\n\ttype Inner struct {{}}\n{body}}}\nfunc last() {{}}\n"
    sources = Sources({"a.go": source.encode()}, ["a.go"], "go", Notes())
    pattern = (r"type[ \t]+(\w+)[ \t]+struct",)

    assert "Inner" not in next(sources.trees("last", inside=("absent",))).root.text()
    assert next(sources.declaring(pattern, "Inner")).declared("type_spec").keys() == {"Inner"}


@pytest.mark.parametrize("language", DIALECTS)
@pytest.mark.parametrize(
    "piece", ["{", "}", '"', "'", "`", "/*", "//", "#", '"""', '"${', '$"{', 'r#"', "\n", " ", ")\n"]
)
def test_sources_that_never_end_take_no_time(language: str, piece: str) -> None:
    """A million characters of one sign, behind the head of a block and behind as many heads as there is room for."""
    head = _source(language).split("\n")[2 if language in {"java", "csharp"} else 1] + "\n{"
    start = time.process_time()
    for source in (head + piece * 500_000, (head + piece) * 40_000):
        quiet(source[:1_000_000], *patterns(language), ("absent",), 120)

    assert time.process_time() - start < 5
