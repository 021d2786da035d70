"""Go servers that speak the protocol without an SDK: what they answer where somebody asks for their tools."""

from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.go.schema import FUNCTION, fields_of, json_of, key_of, written_schema
from crawler.introspect.static.nodes import last_name
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

#: What stands in every file that answers.
LIST = '"tools/list"'

#: What stands in every file that describes tools.
_SCHEMAS = ("InputSchema:", '"inputSchema"', '"input_schema"')

#: Characters of a condition in which the method is looked for.
_LONGEST = 1_000

#: Functions that are called inside each other until the list is found.
_DEEPEST = 3

#: The keys of an entry, and what structs call them.
_KEYS = {
    "name": "name",
    "title": "title",
    "description": "description",
    "inputschema": "inputSchema",
    "input_schema": "inputSchema",
    "annotations": "annotations",
}


def answered(sources: Sources) -> Iterator[tuple[Tree, SgNode, SgNode, dict[str, Json]]]:
    """The entries that are written out where a request asks for the tools: the literal, its name, and the rest of it."""
    waiting = [(tree.whole, branch) for tree in sources.trees(LIST) for branch in _branches(tree.whole)]
    speaks, shown = bool(waiting), False
    seen: set[str] = set()
    for _ in range(_DEEPEST):
        called: set[str] = set()
        for tree, node in waiting:
            for entry in _entries(tree, node):
                yield entry
                shown = True
            calls = node.find_all(kind="call_expression")
            called |= {last_name(call.field("function") or call) for call in calls} - seen
        waiting = list(_functions(sources, called))
        seen |= called
    if speaks and not shown:
        # It answers with what was put into a registry before.
        for tree in sources.trees(*_SCHEMAS):
            yield from _entries(tree, tree.root)


def _functions(sources: Sources, names: set[str]) -> Iterator[tuple[Tree, SgNode]]:
    """The functions and methods of these names."""
    for name in sorted(names):
        for tree in sources.declaring(FUNCTION, name):
            for kind in ("function_declaration", "method_declaration"):
                if (function := tree.whole.declared(kind).get(name)) is not None:
                    yield tree.whole, function


def _branches(tree: Tree) -> list[SgNode]:
    """What runs where the method of a request is this one; none inside another."""
    found: list[SgNode] = []
    for case in tree.root.find_all(kind="expression_case"):
        value = case.field("value")
        if value is not None and LIST in value.text()[:_LONGEST]:
            found.append(case)
    for branch in tree.root.find_all(kind="if_statement"):
        condition, then = branch.field("condition"), branch.field("consequence")
        if condition is not None and then is not None and f"== {LIST}" in condition.text()[:_LONGEST]:
            found.append(then)
    return outermost(found)


def outermost(nodes: list[SgNode]) -> list[SgNode]:
    """The nodes that stand in none of the others, in order."""
    found: list[SgNode] = []
    end = 0
    for node in sorted(nodes, key=lambda one: (one.range().start.index, -one.range().end.index)):
        if node.range().start.index >= end:
            found.append(node)
            end = node.range().end.index
    return found


def _entries(tree: Tree, node: SgNode) -> Iterator[tuple[Tree, SgNode, SgNode, dict[str, Json]]]:
    """The literals that hold a name and a schema, whether of maps or of structs; none inside another."""
    literals = [*node.find_all(kind="composite_literal"), *node.find_all(kind="literal_value")]
    end = 0
    for literal in sorted(literals, key=lambda one: one.range().start.index):
        if literal.range().start.index < end:
            continue
        fields = {_KEYS.get(key_of(key).lower(), ""): value for key, value in fields_of(literal).items()}
        if {"name", "inputSchema"} <= fields.keys() and _is_entry(literal):
            end = literal.range().end.index
            rest = {key: json_of(tree, value) for key, value in fields.items() if key not in {"", "name"}}
            rest["inputSchema"] = written_schema(tree, fields["inputSchema"])
            yield tree, literal, fields["name"], rest


def _is_entry(literal: SgNode) -> bool:
    """Whether it is a literal as a whole, and not the body of one that is looked at too."""
    parent = literal.parent()
    return literal.kind() == "composite_literal" or parent is None or parent.kind() != "composite_literal"
