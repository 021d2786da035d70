"""Source that only a newer Python parses."""

import ast

import pytest

from crawler.introspect.static.python.newer import older_syntax


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("type X = int\n", "X = int\n"),
        ("type X[T] = list[T]\n", "X = list[T]\n"),
        ("type = 1\ntype(x)\n", "type = 1\ntype(x)\n"),
        ("def f[T: (int, str)](a: T) -> T: ...\n", "def f(a: T) -> T: ...\n"),
        ("async def f[\n    T\n](): ...\n", "async def f\\\n\\\n(): ...\n"),
        ("class A[T](B[T]): ...\nclass C[*Ts]: ...\n", "class A(B[T]): ...\nclass C: ...\n"),
        ("try: ...\nexcept A, b.C:\n    ...\n", "try: ...\nexcept (A, b.C):\n    ...\n"),
        ('x = f"{a["b"]} {c}"\n', 'x = f"""{__newer__} {__newer__}"""\n'),
        ("x = f'{chr(10) + \"\\n\"}'\n", "x = f'''{__newer__}'''\n"),
        ('x = f"{\n  a\n}"\n', 'x = f"""{__newer__\n\n}"""\n'),
        ("x = f\"{a(f'{b['c']}')}\"\n", 'x = f"""{__newer__}"""\n'),
        ('x = f"{a}" + "{b["\n', 'x = f"{a}" + "{b["\n'),
        ("x = rf\"\\d{a['b']}\"\n", "x = rf\"\\d{a['b']}\"\n"),
        ('# f"{a["b"]}"\nx = \'#\'\n', '# f"{a["b"]}"\nx = \'#\'\n'),
    ],
)
def test_what_is_new_is_rewritten_line_for_line(source: str, expected: str) -> None:
    """Whatever an older Python takes stays as it is."""
    assert older_syntax(source) == expected
    assert source.count("\n") == expected.count("\n")
    ast.parse(expected)


@pytest.mark.parametrize("source", ['f"{', 'f"{"', "f'''{{{", "def f[", "type X", 'x = f"{a["', "f'{\\"])
def test_nonsense_comes_to_an_end(source: str) -> None:
    """Open brackets and quotes run to the end of the source."""
    assert older_syntax(source * 50).count("\n") == 0
