"""Where statements end in sources without line breaks."""

import pytest

from crawler.introspect.static.javascript.cuts import ends_of_statements


@pytest.mark.parametrize(
    ("statements"),
    [
        ["var a=1;", "var b=2;"],
        ["function f(){return 1}", "function g(){}", "class C{m(){if(a){b()}}}", "var x;"],
        ["var a=\"}{;\",b=';{';", "let c=`;}${f({a:`}`,b:[1,2]})};`;", "const d=1;"],
        ["var r=/[/;}]\\/;/.test(a);", "x=a/b;", "y=c/d;", "return /;/;"],
        ["/* ; } */f();", "for(var i=0;i<3;i++){g(i);}", "var z;"],
        ["var a=((((((1))))));", "b={c:{d:{e:{f:{g:[(h)]}}}}};", "i();"],
        ["a(`${b(`${c(`${d}`)}`)};`);", "e();"],
    ],
)
def test_statements_are_told_apart(statements: list[str]) -> None:
    """Strings, templates, regular expressions and comments hide what would end one, however deep brackets go."""
    ends, position = [], 0
    for statement in statements:
        position += len(statement)
        ends.append(position)

    assert ends_of_statements("".join(statements)) == ends


@pytest.mark.parametrize(
    "source", ["{" * 3_000, "`${" * 3_000, '"' * 3_001, "/* " * 3_000, ")]}" * 3_000, "=/[" * 3_000]
)
def test_what_never_ends_ends(source: str) -> None:
    """Unclosed brackets and quotes are gone through once."""
    assert ends_of_statements(source) == []
