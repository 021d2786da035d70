"""Rust servers with a type per tool: a trait of their own, whose methods say the name, the description and the schema."""

import re

from ast_grep_py import SgNode

from crawler.introspect.static.mentions import Mentions
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.objects import answers
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.rust.items import items
from crawler.introspect.static.rust.written import written_schema
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

#: What a server that lists objects by their names says somewhere.
_ASKS = re.compile(rb"\.(?:tool_)?name\(\)")

_NAMES = ("name", "tool_name")
_SCHEMAS = ("input_schema", "schema", "parameters", "parameters_schema", "json_schema")


def read_traits(sources: Sources, notes: Notes) -> None:
    """Note the types that implement a trait of tools, if the package lists what it asks for its name."""
    if not answers(sources) or not any(_ASKS.search(content) for content in sources.contents()):
        return
    mentions = Mentions(sources)
    for tree in (
        found.whole for found in sources.trees("fn name(", "fn tool_name(", also=("fn description(",))
    ):
        for block in tree.root.find_all(kind="impl_item"):
            _block(tree, block, mentions, notes)


def _block(tree: Tree, block: SgNode, mentions: Mentions, notes: Notes) -> None:
    """`impl Tool for Find { fn name(&self) -> &str { "find" } ... }`."""
    trait, kind, body = block.field("trait"), block.field("type"), block.field("body")
    if trait is None or kind is None or body is None or "Tool" not in last_name(trait):
        return
    methods: dict[str, SgNode] = {}
    for item in items(body):
        own, inside = item.node.field("name"), item.node.field("body")
        if item.node.kind() == "function_item" and own is not None and inside is not None:
            methods.setdefault(own.text(), inside)
    name = next((_returned(tree, methods[key]) for key in _NAMES if key in methods), None)
    schema = next((methods[key] for key in _SCHEMAS if key in methods), None)
    if not name or schema is None or "description" not in methods:
        return
    if not mentions.mentioned(kind.text().partition("<")[0]):
        return
    definition: dict[str, Json] = {"name": name}
    description, written = _returned(tree, methods["description"]), written_schema(tree, schema)
    definition |= {"description": description} if description else {}
    definition |= {"inputSchema": written} if written else {}
    notes.tool(definition, tree.file, tree.line(block), 0.8)


def _returned(tree: Tree, body: SgNode) -> str | None:
    """The string that a function of one expression returns."""
    inside = children(body)
    return tree.text(inside[0]) if len(inside) == 1 else None
