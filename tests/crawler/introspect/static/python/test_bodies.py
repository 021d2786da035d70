"""Bodies of Python functions that are parsed only when they are wanted."""

import ast
from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest

from crawler.introspect.static.python.bodies import Bodies
from crawler.introspect.static.reading import StaticReading

#: A body that is long enough to be left out, with what could be mistaken for its end.
LONG = '''
    total = {"a": [1, (2, 3)], 'b"': "}"}  # not ( closed
    text = """
def not_a_function():
    pass
"""
    more = (
0)

# a comment further left
    if total:
        return f"{total['a']} # no comment {text}" \\
            + 'it\\'s'
    async def inner(value: dict[str, int] = {"x": 1}) -> str:
        return rb'\\d' + b"""'""" * len(text + "long enough to be worth leaving out, as bodies are")
    return inner
'''


LINES = "        y = x\n" * 40


def _filled(content: bytes, bodies: Bodies) -> ast.Module:
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = bodies.of(node)
    return tree


def _dumped(tree: ast.Module) -> list[tuple[str, int]]:
    return [(ast.dump(node), node.lineno) for node in ast.walk(tree) if isinstance(node, ast.stmt | ast.expr)]


@pytest.mark.parametrize(
    ("head", "left_out"),
    [
        ("def f(a, b=')', *, c: dict[str, 'int'] = {}) -> 'list[x]':  # why (", True),
        ("async def f(\n    a: int = 1,  # :(\n    b=''')''',\n):", True),
        ("@decorated(\n    'x'\n)\ndef f():\n    '''A docstring: with a colon\n\n    and more'''", True),
        ("def f():\n    r'a docstring'  # said", True),
        ("def f():\n    'a docstring' 'in two parts'", False),
        ("def f():\n    ('a docstring in brackets')", False),
        ("def f():\n    # a comment\n", True),
    ],
)
def test_what_is_left_out_is_the_same_when_it_is_wanted(head: str, left_out: bool) -> None:
    """Statements and their lines are those of the whole file, of a function and of a method with a plainer body."""
    method = "\n".join(f"    {line}" for line in head.split("\n"))
    for source in (
        f"import x\n{head}{LONG}\nlast = f",
        f"class A:\n{method}\n        x = [1]\n{LINES}    last = f\n",
    ):
        content = source.encode()
        bodies = Bodies(content, [])
        shortened = bodies.without()
        assert (shortened != content) is left_out
        assert shortened.count(b"\n") == content.count(b"\n")
        assert _dumped(_filled(shortened, bodies)) == _dumped(ast.parse(content))


def test_a_body_that_does_not_parse_does_nothing() -> None:
    """Nobody wants it, as a rule; who does gets no statements."""
    bodies = Bodies(b"def f():\n" + b"    x = 1 1\n" * 100, [])
    tree = ast.parse(bodies.without())
    assert isinstance(tree.body[0], ast.FunctionDef)
    assert bodies.of(tree.body[0]) == []


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    x = (\n" + "    y\n" * 100,
        "def f():\n    x = '''\n" + "    y\n" * 100,
        "# -*- coding: latin-1 -*-\ndef f():\n" + "    y = 'é'\n" * 100,
        "def f():\n    x = 1\n" + "    y = 'open\n" * 100,
        "def f():\n" + "    x = " + "[" * 50 + "]" * 50 + "\n" + "    y = 1\n" * 100,
        'TEMPLATE = """\ndef f():\n' + "    y = 1\n" * 100 + '"""\n',
    ],
)
def test_what_does_not_look_plain_is_parsed_whole(source: str) -> None:
    """So is what only looks like a function inside a string."""
    assert Bodies(source.encode(), []).without() == source.encode()


def test_bodies_in_which_something_is_registered_stay() -> None:
    """But functions inside of them are left out."""
    quiet = "        x = 1\n" * 40
    source = f"def register(mcp):\n    @mcp.tool()\n    def a():\n{quiet}        return x\n"
    shortened = Bodies(source.encode(), [2]).without()
    assert ast.unparse(ast.parse(shortened)) == dedent("""\
        def register(mcp):

            @mcp.tool()
            def a():
                ...""")


def test_a_function_that_makes_tools_is_read(reading: Callable[[Mapping[str, str]], StaticReading]) -> None:
    """A helper in another file says nothing of tools by itself."""
    filler = "\n".join(f"    step_{n} = compute({n}, 'something else')" for n in range(20))
    names = f"def names():\n{filler}\n    return ['find', 'count']\n"
    server = """
        from mcp.server.fastmcp import FastMCP
        from names import names
        mcp = FastMCP("notes")
        for name in names():
            mcp.add_tool(lambda: None, name=name)
        """
    assert [tool.name for tool in reading({"server.py": server, "names.py": names}).tools] == [
        "count",
        "find",
    ]


@pytest.mark.parametrize(
    "source",
    ["def f(\n" * 20_000, "def f():\n    '''\n" * 5_000, "".join(" " * n + "def f():\n" for n in range(800))],
)
def test_hostile_files_come_to_an_end(source: str) -> None:
    """Brackets and strings that nothing closes are looked for a few times only, and so are functions inside functions in all of which something is registered."""
    assert Bodies(source.encode(), range(1, 100_000)).without() == source.encode()
