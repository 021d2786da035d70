"""The attributes of PHP declarations and what they and calls are given."""

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, first, last_name
from crawler.introspect.static.syntax import Tree


def attribute_of(item: SgNode, wanted: str) -> SgNode | None:
    """The attribute of a name before a declaration."""
    for group in children(first(item, "attribute_list")):
        for one in children(group):
            if one.kind() == "attribute" and last_name(one.children()[0]) == wanted:
                return one
    return None


def attribute(tree: Tree, item: SgNode, wanted: str) -> dict[str, str] | None:
    """The texts that an attribute before a declaration is given; `None` where it does not stand there."""
    found = attribute_of(item, wanted)
    order = ("name", "description") if wanted == "McpTool" else ("name",)
    return arguments(tree, found, order) if found is not None else None


def arguments(tree: Tree, call: SgNode, order: tuple[str, ...]) -> dict[str, str]:
    """The string arguments of a call, by name or, without one, by position."""
    group = call.field("parameters") or call.field("arguments") or call.find(kind="arguments")
    found: dict[str, str] = {}
    for number, argument in enumerate(children(group)):
        name, inner = argument.field("name"), children(argument)
        key = name.text() if name is not None else order[number] if number < len(order) else ""
        known = tree.text(inner[-1]) if inner else None
        if key and known is not None:
            found[key] = known
    return found
