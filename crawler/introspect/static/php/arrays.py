"""Arrays of PHP that are written out, and schemas among them."""

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import STRINGS, children
from crawler.introspect.static.syntax import Tree
from crawler.tools import Json


def pairs_of(tree: Tree, array: SgNode | None) -> dict[str, SgNode]:
    """The elements of an array that have a text as their key."""
    found: dict[str, SgNode] = {}
    for element in children(array):
        parts = children(element)
        key = tree.text(parts[0]) if len(parts) == 2 and parts[0].kind() in STRINGS else None
        if key is not None:
            found[key] = parts[1]
    return found


def named(made: SgNode) -> dict[str, SgNode]:
    """The arguments of a call that are given by name."""
    found: dict[str, SgNode] = {}
    for argument in children(next((child for child in made.children() if child.kind() == "arguments"), None)):
        name, inner = argument.field("name"), children(argument)
        if name is not None and inner:
            found[name.text()] = inner[-1]
    return found


def written_schema(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    """A schema that is written out as an array."""
    found = json_of(tree, node)
    return found if isinstance(found, dict) and found.keys() & {"type", "properties"} else {}


def json_of(tree: Tree, node: SgNode | None, depth: int = 0) -> Json:
    """A literal of arrays and constants as JSON; what the source does not show is left out."""
    if node is None or depth > 20:
        return None
    match node.kind():
        case "array_creation_expression":
            pairs = {key: json_of(tree, value, depth + 1) for key, value in pairs_of(tree, node).items()}
            if pairs:
                return {key: value for key, value in pairs.items() if value is not None}
            items = [json_of(tree, children(one)[-1], depth + 1) for one in children(node) if children(one)]
            return [item for item in items if item is not None]
        case "encapsed_string" | "string":
            return tree.text(node)
        case "boolean":
            return node.text().lower() == "true"
        case "integer" if node.text().isdecimal():
            return int(node.text()[:18])
        case "float":
            return float(node.text().replace("_", ""))
        case "cast_expression" | "object_creation_expression" if (
            "stdClass" in node.text() or "object" in node.text()[:12]
        ):
            return {}
    return tree.text(node)
