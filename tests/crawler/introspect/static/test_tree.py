"""Whole packages, hostile ones among them: nothing crashes, nothing hangs, nothing else is lost."""

from collections.abc import Iterator, Mapping

import pytest

from crawler.introspect.static import StaticReading, read_tree
from crawler.introspect.static.reading import MOST_TOOLS
from crawler.tools import Origin, Tool

SERVER = b'from fastmcp import FastMCP\nmcp = FastMCP("x")\n\n\n@mcp.tool\ndef good(a: int) -> str:\n    """Good."""\n'

GOOD = Tool.read(
    {
        "name": "good",
        "description": "Good.",
        "inputSchema": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
    origin=Origin(file="server.py", line=6, confidence=1.0),
)


def test_a_package_is_read_in_the_order_of_its_files() -> None:
    """Every language of a package is read, each tool with the file and line where the code registers it."""
    reading = read_tree(
        {
            "server.py": SERVER,
            "a.ts": b'server.tool("first", "First.", async () => ({}));',
            "README.md": b"# x",
        }
    )

    first = Tool.read(
        {"name": "first", "description": "First."}, origin=Origin(file="a.ts", line=1, confidence=1.0)
    )
    assert reading == StaticReading(tools=(first, GOOD))


@pytest.mark.parametrize(
    ("manifests", "found"),
    [
        ({}, {"first", "good"}),
        ({"demo-1.dist-info/METADATA": b"Name: demo"}, {"good"}),
        ({"PKG-INFO": b"Name: demo", "package.json": b'{"bin": "a.js"}'}, {"good"}),
        ({"package.json": b'{"bin": "a.js"}'}, {"first"}),
        ({"package.json": b'{"private": true}'}, {"first", "good"}),
        ({"package.json": b'{"bin": "a.js"}', "a.ts": b"start();"}, {"good"}),
    ],
)
def test_a_distribution_is_read_in_the_language_of_its_index(
    manifests: dict[str, bytes], found: set[str]
) -> None:
    """What else it ships is for another program; a source tree, or one that hands over, may be of any language."""
    files = {"server.py": SERVER, "a.ts": b'server.tool("first", "First.", async () => ({}));', **manifests}

    assert {tool.name for tool in read_tree(files).tools} == found


def test_a_package_without_source_starts_nothing() -> None:
    """No process is started for a package that has nothing to parse."""
    assert read_tree({"README.md": b"tool", "data.bin": b"\x00" * 1000}) == StaticReading()


class Lazy(Mapping[str, bytes]):
    """Files that are opened when they are looked up."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.opened: list[str] = []

    def __getitem__(self, path: str) -> bytes:
        self.opened.append(path)
        return self.files[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


def test_only_source_is_looked_up() -> None:
    """A lazy mapping is asked for sources and manifests, each once."""
    files = Lazy({"server.py": SERVER, "model.bin": b"\x00", "photo.jpeg": b"\x00", "package.json": b"{}"})

    read_tree(files)

    assert files.opened == ["package.json", "server.py"]


def test_a_file_that_hangs_its_parser_is_left_out_and_the_rest_is_read() -> None:
    """The parser's error recovery takes years on this; the process that runs it is ended."""
    reading = read_tree({"bad.js": b"+ * " * 40_000 + b"registerTool", "server.py": SERVER}, patience=2)

    assert reading == StaticReading(tools=(GOOD,), doubts=("bad.js breaks its parser and was not read",))


def test_a_file_that_eats_all_memory_is_left_out_and_the_rest_is_read() -> None:
    """The parser aborts its process when the system gives it no more memory."""
    reading = read_tree({"Bad.java": b"@Tool " + b"x=>" * 30_000, "server.py": SERVER})

    assert reading == StaticReading(tools=(GOOD,), doubts=("Bad.java breaks its parser and was not read",))


TRIGGER = b"mcp.tool()\n"

HOSTILE_PYTHON = {
    "syntax error": b"def f(:\n" + TRIGGER,
    "null bytes": b"x = 1\x00\n" + TRIGGER,
    "bad encoding": b"# -*- coding: rot13 -*-\n" + TRIGGER,
    "unknown encoding": b"# -*- coding: no-such -*-\n" + TRIGGER,
    "latin bytes": b"x = '\xff\xfe'\n" + TRIGGER,
    "open brackets": TRIGGER + b"(" * 100_000,
    "nested brackets": TRIGGER + b"x = " + b"[" * 190 + b"]" * 190,
    "a chain of attributes": TRIGGER + b"x = a" + b".b" * 50_000,
    "a chain of calls": TRIGGER + b"x = a" + b"()" * 50_000,
    "a long sum": TRIGGER + b"x = 1" + b"+1" * 50_000,
    "many minus signs": TRIGGER + b"x = " + b"-" * 50_000 + b"1",
    "many not": TRIGGER + b"x = " + b"not " * 20_000 + b"1",
    "lambdas in lambdas": TRIGGER + b"x = " + b"lambda: " * 5_000 + b"1",
    "blocks in blocks": TRIGGER + b"".join(b" " * n + b"if x:\n" for n in range(95)) + b" " * 95 + b"pass\n",
    "a long elif": TRIGGER + b"if a: pass\n" + b"elif a: pass\n" * 5_000,
    "a large file": b"#" * 2_000_000 + TRIGGER,
}


@pytest.mark.parametrize("name", HOSTILE_PYTHON)
def test_hostile_python_costs_at_most_the_file(name: str) -> None:
    """What cannot be parsed or nests too deeply ends as a doubt, or as nothing at all; its neighbours are read."""
    reading = read_tree({"bad.py": HOSTILE_PYTHON[name], "server.py": SERVER})

    assert reading.tools == (GOOD,)


BOMBS = {
    "recursion": "def f(x):\n    return f(x) + f(x)\nY = f(1)\n",
    "mutual recursion": "def f(x):\n    g(x)\n    g(x)\ndef g(x):\n    f(x)\n    f(x)\nf(1)\n",
    "a long loop": "for a in range(4999):\n    for b in range(4999):\n        for c in range(4999):\n            x = a\n",
    "a growing string": "x = 'aaaaaaaaaa'\n" + "x = x + x\n" * 60,
    "a growing list": "x = [1, 2]\n" + "x = x + x\n" * 60,
    "lists of lists": "x = [1]\n" + "x = [x, x, x, x, x, x, x, x, x, x]\n" * 20,
    "a list that appends while it is read": "x = [1]\nfor a in x:\n    x.append(a)\n",
    "a power": "x = 10 ** 10 ** 10\n",
    "a large number": "x = " + "9" * 4000 + "\n",
    "a repeated string": "x = 'a' * 10 ** 9\n",
    "a wide format": "x = '%1000000000d' % 1\ny = f'{1:>1000000000}'\nz = '{:>1000000000}'.format(1)\n",
    "a slow pattern": "import re\nx = re.sub('(a+)+$', '', 'a' * 400 + 'b')\n",
    "a class that is its own ancestor": "class A(A): pass\nclass B(C): pass\nclass C(B): pass\nx = C().name\n",
    "a module that imports itself": "from bomb import x\nfrom bomb import *\nprint(x.y)\n",
    "a dictionary that holds itself": "x = {}\nx['x'] = x\n",
    "a list that holds itself": "x = []\nx.append(x)\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_reading_within_its_bounds(name: str) -> None:
    """Source that would run for ever, or fill the memory, if it were run."""
    tool = "from fastmcp import FastMCP\nmcp = FastMCP('y')\n@mcp.tool(description=str(x), annotations={'x': x})\ndef f(): ...\n"
    reading = read_tree({"server.py": SERVER, "bomb.py": (BOMBS[name] + tool).encode()})

    assert GOOD in reading.tools


HOSTILE_JAVASCRIPT = {
    "open brackets": b"registerTool" + b"(" * 200_000,
    "nested arrays": b"registerTool; x = " + b"[" * 50_000 + b"]" * 50_000,
    "a chain of calls": b"registerTool; a" + b"()" * 50_000,
    "a chain of properties": b"registerTool; a" + b".b" * 50_000,
    "a long sum": b"registerTool; x = 1" + b"+1" * 50_000,
    "arrows in arrows": b"registerTool; x = " + b"a=>" * 20_000 + b"1",
    "not text": b"registerTool" + bytes(range(256)) * 1_000,
    "open strings": b"registerTool `${" * 20_000,
    "recursion": b"const f = (x) => f(x) + f(x); server.registerTool(f(1), {description: f(2)}, f);",
    "a loop": b"for (let i = 0; ; i++) { for (;;) { server.registerTool(x, {}, f); } }",
    "a growing list": b"let x = [1];" + b"x = [...x, ...x];" * 60 + b"server.addTools(x);",
    "lists of lists": b"let x = [1];" + b"x = [x, x, x, x];" * 30 + b"server.tool('t', {a: x}, () => {});",
    "schemas of schemas": b"let x = z.string();"
    + b"x = z.object({a: x, b: x});" * 40
    + b"server.tool('t', x, () => {});",
    "a class that extends itself": b"class A extends A {} new A(); class B extends C {} class C extends B {} new C(); registerTool",
    "a module that imports itself": b"import {x} from './bad.js'; export {x} from './bad.js'; export * from './bad.js'; server.tool(x, f);",
}


@pytest.mark.parametrize("name", HOSTILE_JAVASCRIPT)
def test_hostile_javascript_costs_at_most_the_file(name: str) -> None:
    """Whatever the file does to the parser or the reader, its neighbours are read."""
    reading = read_tree({"bad.js": HOSTILE_JAVASCRIPT[name], "server.py": SERVER})

    assert GOOD in reading.tools


@pytest.mark.parametrize("suffix", ["go", "rs", "java", "cs", "kt", "rb", "php"])
def test_noise_in_any_language_costs_at_most_the_file(suffix: str) -> None:
    """Bytes that are no text, with every trigger word in them."""
    noise = (
        b"Tool( @Tool NewTool( #[tool mcp_tool McpServerTool addTool extends Tool " + bytes(range(256)) * 40
    )

    reading = read_tree({f"Noise.{suffix}": noise, "server.py": SERVER})

    assert reading.tools == (GOOD,)


CYCLES = {
    "Python": {
        "a.py": b"from b import *\nfrom b import X\nimport c\nmcp.tool(name=X)(c.f)\n",
        "b.py": b"from a import *\nfrom c import X\nmcp.tool(name=X)(X)\n",
        "c.py": b"from a import f, X\nfrom b import *\nX = X\nclass A(B): ...\nmcp.tool(name=X)(f)\n",
    },
    "JavaScript": {
        "a.js": b"import {x} from './b.js'; export * from './b.js'; export const y = x; server.tool(x, y);",
        "b.js": b"import {y} from './c.js'; export * from './a.js'; export const x = y + y; server.tool(x, y);",
        "c.js": b"import {x} from './a.js'; export * from './b.js'; export const y = x + x; server.tool(y, x);",
        "d.js": b"const e = require('./e.js'); exports.f = e.f; server.tool(e.f, e);",
        "e.js": b"const d = require('./d.js'); exports.f = d.f; class A extends d.A {} exports.A = A; server.tool(d.f, A);",
    },
}


@pytest.mark.parametrize("language", CYCLES)
def test_imports_in_a_circle_come_to_an_end(language: str) -> None:
    """Modules that need each other's names before either has them."""
    reading = read_tree({**CYCLES[language], "server.py": SERVER})

    assert reading.tools == (GOOD,)


def test_what_takes_too_many_steps_is_given_up_and_the_rest_is_read() -> None:
    """Every file may be expensive, and all of them together; what was found until then counts."""
    deep = "\n".join(f"def f{n}(x):\n    return f{n + 1}(x) + f{n + 1}(x)" for n in range(30))
    intricate = {
        f"z{number}.py": f"{deep}\ndef f30(x): return x\nY = f0(1)\nserver.tool()(Y)\n".encode()
        for number in range(50)
    }
    reading = read_tree({**intricate, "server.py": SERVER})

    assert reading.tools == (GOOD,)
    assert reading.doubts == ("the package is too intricate to be read to its end",)


def test_a_million_tools_are_cut_off() -> None:
    """A package cannot fill the catalogue."""
    many = "".join(f"mcp.tool(name='t{number}')(f)\n" for number in range(MOST_TOOLS + 100))
    reading = read_tree(
        {"many.py": b"from fastmcp import FastMCP\nmcp = FastMCP('x')\ndef f(): ...\n" + many.encode()}
    )

    assert len(reading.tools) == MOST_TOOLS
    assert reading.doubts == (f"more than {MOST_TOOLS} tools; the rest is left out",)


def test_texts_that_no_store_takes_are_made_sound() -> None:
    """Halves of surrogate pairs and numbers without end come out as something that can be written."""
    reading = read_tree(
        {
            "a.js": rb'server.registerTool("odd", {description: "\ud83d\ude00 \ud800", annotations: {n: 1e999}}, f);',
            "b.py": b"from fastmcp import FastMCP\nmcp = FastMCP('x')\n@mcp.tool(annotations={'n': 10000000000000000000000})\ndef g(): ...\n",
        }
    )

    assert {tool.name: (tool.description, tool.definition["annotations"]) for tool in reading.tools} == {
        "odd": ("\U0001f600 \ufffd", {"n": None}),
        "g": ("", {"n": "10000000000000000000000"}),
    }


def test_a_tool_without_a_name_is_a_doubt() -> None:
    """No client could call it, and the other tools of its file are read."""
    source = b'package main\nfunc main() {\n  s.AddTool(mcp.NewTool(""), f)\n  s.AddTool(mcp.NewTool("good"), f)\n}\n'
    reading = read_tree({"main.go": source})

    assert [tool.name for tool in reading.tools] == ["good"]
    assert len(reading.doubts) == 1
