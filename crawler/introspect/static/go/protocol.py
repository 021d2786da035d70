"""Go servers that speak the protocol without an SDK: what they answer where somebody asks for their tools."""

import json
from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.go.schema import fields_of, written_schema
from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.syntax import Sources, Tree, children, last_name
from crawler.tools import Json

#: What stands in every file that answers.
LIST = '"tools/list"'

#: What stands in every file that describes tools.
_SCHEMAS = ("InputSchema:", '"inputSchema"', '"input_schema"')

#: Functions that are called inside each other until the list is found.
_DEEPEST = 3

_LITERALS = frozenset({"composite_literal", "literal_value"})

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
    waiting = [(tree, branch) for tree in sources.trees(LIST) for branch in _branches(tree)]
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
    heads = [f"{start} {name}(" for name in names for start in ("func", ")")]
    for tree in sources.trees(*heads) if heads else ():
        for kind in ("function_declaration", "method_declaration"):
            for name, function in tree.declared(kind).items():
                if name in names:
                    yield tree, function


def _branches(tree: Tree) -> Iterator[SgNode]:
    """What runs where the method of a request is this one."""
    for case in tree.root.find_all(kind="expression_case"):
        value = case.field("value")
        if value is not None and LIST in value.text():
            yield case
    for branch in tree.root.find_all(kind="if_statement"):
        condition, then = branch.field("condition"), branch.field("consequence")
        if condition is not None and then is not None and f"== {LIST}" in condition.text():
            yield then


def _entries(tree: Tree, node: SgNode) -> Iterator[tuple[Tree, SgNode, SgNode, dict[str, Json]]]:
    """The literals that hold a name and a schema, whether of maps or of structs; none inside another."""
    literals = [*node.find_all(kind="composite_literal"), *node.find_all(kind="literal_value")]
    end = 0
    for literal in sorted(literals, key=lambda one: one.range().start.index):
        if literal.range().start.index < end:
            continue
        fields = {_KEYS.get(_key(key).lower(), ""): value for key, value in fields_of(literal).items()}
        if {"name", "inputSchema"} <= fields.keys() and _is_entry(literal):
            end = literal.range().end.index
            rest = {key: json_of(tree, value) for key, value in fields.items() if key not in {"", "name"}}
            rest["inputSchema"] = _schema(rest["inputSchema"]) or written_schema(tree, fields["inputSchema"])
            yield tree, literal, fields["name"], rest


def _schema(value: Json) -> Json:
    """A schema that is a map, or a text of JSON; what structs hold has other keys."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) and not value.keys() & {"Type", "Properties"} else None


def _is_entry(literal: SgNode) -> bool:
    """Whether it is a literal as a whole, and not the body of one that is looked at too."""
    parent = literal.parent()
    return literal.kind() == "composite_literal" or parent is None or parent.kind() != "composite_literal"


def _key(text: str) -> str:
    return unquoted(text) if text[:1] in {'"', "`"} else text


def json_of(tree: Tree, node: SgNode | None, depth: int = 0) -> Json:
    """A literal of maps, slices and constants as JSON; what the source does not show is left out."""
    if node is None or depth > 20:
        return None
    if node.kind() in {"literal_element", "unary_expression"} and children(node):
        return json_of(tree, children(node)[-1], depth + 1)
    if node.kind() in _LITERALS:
        fields = fields_of(node)
        if fields:
            pairs = {_key(key): json_of(tree, value, depth + 1) for key, value in fields.items()}
            return {key: value for key, value in pairs.items() if value is not None}
        body = node if node.kind() == "literal_value" else node.field("body")
        kind = node.field("type")
        items = [json_of(tree, item, depth + 1) for item in children(body)]
        empty_map = not items and kind is not None and kind.kind() == "map_type"
        return {} if empty_map else [item for item in items if item is not None]
    match node.kind():
        case "true" | "false":
            return node.kind() == "true"
        case "int_literal" if node.text().isdecimal():
            return int(node.text()[:18])
        case "float_literal":
            return float(node.text())
    return tree.text(node)
