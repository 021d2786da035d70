"""Bodies of JavaScript functions that are parsed only when they are wanted."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from ast_grep_py import SgNode, SgRoot

from crawler.introspect.static.javascript.bodies import Bodies

Read = Callable[[Mapping[str, str]], dict[str, Any]]

#: So many characters that a file is worth looking through, and a body worth leaving out.
LONG = "// a line of a comment that is not short\n" * 150
LINES = "  count += other.size * 2;\n" * 10

#: What could be mistaken for the end of a body.
LURES = r"""
  const text = "}" + '\'}' + `}${ {a: 1}.a + `}` + "}" }\`}`; // }
  /* } */ const kinds = [/[}/]/g, (x) => /}/.test(x)]; const half = (text.length + 1) / 2 / 3;
  if (text) { return kinds[0].test(text) ? {a: [1, (2)]} : { half }; }
"""


def _parse(source: str) -> SgNode:
    return SgRoot(source, "typescript").root()


def _first_block(root: SgNode) -> SgNode:
    return min(root.find_all(kind="statement_block"), key=lambda block: block.range().start.index)


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("f('x', async ({ q }) => {", "});"),
        ("export async function go(a: string): Promise<string> {", "}"),
        ("const x = function named(a) {", "};"),
        ("class A extends B {\n  private async run(a: number): Promise<void> {", "}\n}"),
        ("class A {\n  #run(a) {", "}\n}"),
        ("const é = '😀'; f(() => {", "});"),
    ],
)
def test_what_is_left_out_is_the_same_when_it_is_wanted(head: str, tail: str) -> None:
    """Text, lines and what follows are those of the whole file."""
    source = LONG + head + LURES + LINES + tail + "\nlast(1);"
    bodies = Bodies(source, _parse)
    root = bodies.root(["registerTool"])
    assert len(root.text()) < len(source) - len(LINES)
    empty, found = _first_block(root), bodies.of(_first_block(root))
    assert found is not None
    assert found.text() == bodies.text(empty) == _first_block(_parse(source)).text()
    assert bodies.text(root) == source
    last = root.children()[-1]
    assert bodies.text(last) == "last(1);"
    assert last.range().start.line == source.count("\n")
    assert bodies.of(last) is None


@pytest.mark.parametrize(
    "source",
    [
        "f(() => {" + LINES + "server.registerTool('a');});",
        "f(() => { return <b>it's {x}</b>; " + LINES + "});",
        "f(() => { const half = (a) /b+'}'/ 2; " + LINES + "});",
        "f(() => { open(`${ `${ `${ x }` }` }`); " + LINES + "",
        "const s = `f(() => {" + LINES + "});`;",
        "// f(() => {" + LINES.replace("\n", "") + "});",
        "type F = () => {" + LINES.replace("count += other.size * 2", "count: number") + "};",
        "if (x) {" + LINES + "}",
        "class A { run() { if (x) {" + LINES + "} } }",
    ],
)
def test_what_does_not_look_plain_is_parsed_with_the_rest(source: str) -> None:
    """So is what is no function, and what may register tools."""
    bodies = Bodies(LONG + source, _parse)
    root = bodies.root(["registerTool"])
    assert root.text() == LONG + source
    assert bodies.text(root) == LONG + source


def test_functions_inside_one_that_registers_are_left_out() -> None:
    """Those of each tool, where one function registers all."""
    handler = "async () => {" + LINES + "}"
    source = LONG + "function all(server) {\n" + f"server.registerTool('a', {{}}, {handler});\n" * 3 + "}"
    root = Bodies(source, _parse).root(["registerTool"])
    assert root.text() == source.replace(handler, "async () => {" + "\n" * 10 + "}")


def test_a_function_that_was_left_out_gives_what_it_gives(definitions: Read) -> None:
    """What it returns, what it does to others, and the lines of the tools that it makes when it is called."""
    server = "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nconst server = new McpServer({name: 'x', version: '1'});\n"
    source = (
        LONG + server + "const names: string[] = [];\nfunction offered() {\n" + LINES
        + "  const inner = (n) => {\n" + LINES + "    names.push(n);\n  };\n  inner('b');\n  return { description: `It's ${'A'}.` };\n}\n"
        + "server.registerTool('a', offered(), async () => {\n" + LINES + "});\nserver.registerTool(names[0], {}, async () => ({}));\n"
    )  # fmt: skip
    read = definitions({"i.ts": source})
    assert {name: tool.get("description") for name, tool in read.items()} == {"a": "It's A.", "b": None}
