"""JSON Schema from Go: a schema that is written out, or a struct with its tags."""

import json

from ast_grep_py import SgNode

from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.syntax import Tree
from crawler.tools import Json

_LITERALS = frozenset({"composite_literal", "literal_value"})
FUNCTIONS = ("function_declaration", "method_declaration")

#: Functions that only write a value as JSON.
_ENCODES = frozenset({"RawMessage", "Marshal", "MarshalIndent", "mustMarshal", "MustMarshal", "mustJSON"})

#: Where a function or method of a name is declared.
FUNCTION = (r"\nfunc[ \t]+(?:\([^)\n]*\)[ \t]*)?(\w+)",)


def fields_of(literal: SgNode) -> dict[str, SgNode]:
    """The keyed elements of a struct literal."""
    found: dict[str, SgNode] = {}
    body = literal if literal.kind() == "literal_value" else literal.field("body")
    for element in children(body):
        pair = children(element)
        if element.kind() == "keyed_element" and len(pair) == 2:
            found[pair[0].text()] = children(pair[1])[0] if children(pair[1]) else pair[1]
    return found


def written_schema(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    """A schema that is written out as a map, as `jsonschema.Schema{...}` or as a text of JSON; what is not shown is left out."""
    value = json_of(tree, node)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return _lowered(value) if isinstance(value, dict) else {}


def _lowered(schema: dict[str, Json], depth: int = 0) -> dict[str, Json]:
    """A schema with its keys as JSON has them, where they were the fields of structs."""
    found: dict[str, Json] = {}
    for key, value in schema.items():
        word = key[:1].lower() + key[1:]
        if word == "properties" and isinstance(value, dict):
            inner = {
                name: _lowered(one, depth + 1) if isinstance(one, dict) else {} for name, one in value.items()
            }
            found[word] = inner if depth < 20 else {}
        elif word in {"items", "additionalProperties"} and isinstance(value, dict) and depth < 20:
            found[word] = _lowered(value, depth + 1)
        else:
            found[word] = value
    return found


def key_of(text: str) -> str:
    """The key of an element, whether it is a text or a field of a struct."""
    return unquoted(text) if text[:1] in {'"', "`"} else text


def _local(tree: Tree, name: SgNode) -> SgNode | None:
    """What a variable is declared as in the function around it; what happens to it later is not followed."""
    function = next(tree.around(name, *FUNCTIONS), None)
    if function is None:
        return None
    return tree.kept("locals", _locals).get((function.range().start.index, name.text()))


def _locals(tree: Tree) -> dict[tuple[int, str], SgNode]:
    """What is declared in the functions of a file, by the start of the function and the first name."""
    found: dict[tuple[int, str], SgNode] = {}
    for kind, own, value in (("short_var_declaration", "left", "right"), ("var_spec", "name", "value")):
        for declaration in tree.all(kind):
            names, values = declaration.field(own), children(declaration.field(value))
            function = next(tree.around(declaration, *FUNCTIONS), None)
            if names is not None and len(values) == 1 and function is not None:
                name = names.text()[:200].partition(",")[0].strip()
                found.setdefault((function.range().start.index, name), values[0])
    return found


def json_of(tree: Tree, node: SgNode | None, depth: int = 0) -> Json:
    """A literal of maps, slices and constants as JSON; what the source does not show is left out."""
    if node is None or depth > 20:
        return None
    if node.kind() in {"literal_element", "unary_expression"} and children(node):
        return json_of(tree, children(node)[-1], depth + 1)
    if node.kind() in _LITERALS:
        fields = fields_of(node)
        if fields:
            pairs = {key_of(key): json_of(tree, value, depth + 1) for key, value in fields.items()}
            return {key: value for key, value in pairs.items() if value is not None}
        body = node if node.kind() == "literal_value" else node.field("body")
        kind = node.field("type")
        items = [json_of(tree, item, depth + 1) for item in children(body)]
        empty_map = not items and kind is not None and kind.kind() == "map_type"
        return {} if empty_map else [item for item in items if item is not None]
    if node.kind() == "identifier" and (value := _local(tree, node)) is not None:
        return json_of(tree, value, depth + 1)
    if node.kind() == "call_expression" and last_name(node.field("function") or node) in _ENCODES:
        given = children(node.field("arguments"))
        return json_of(tree, given[0], depth + 1) if len(given) == 1 else None
    match node.kind():
        case "true" | "false":
            return node.kind() == "true"
        case "int_literal" if node.text().isdecimal():
            return int(node.text()[:18])
        case "float_literal":
            return float(node.text())
    return tree.text(node)
