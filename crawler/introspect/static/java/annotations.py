"""The annotations of Java declarations and what they are given."""

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, first, last_name
from crawler.introspect.static.syntax import Tree


def annotation(tree: Tree, node: SgNode, names: tuple[str, ...]) -> dict[str, str] | None:
    """The string elements of an annotation; `None` where it does not stand there."""
    modifiers = first(node, "modifiers")
    for child in modifiers.children() if modifiers is not None else ():
        name = child.field("name") if child.is_named() else None
        if name is None or last_name(name) not in names:
            continue
        found: dict[str, str] = {}
        for element in children(child.field("arguments")):
            key, value = element.field("key"), element.field("value")
            known = tree.text(value if value is not None else element)
            if known is not None:
                found[key.text() if key is not None else "value"] = known
        return found
    return None
