"""The attributes of C# declarations and what they are given."""

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, first, last_name
from crawler.introspect.static.syntax import Tree


def attributes(tree: Tree, node: SgNode) -> dict[str, dict[str, str]]:
    """The attributes before a declaration, each with its arguments by name; those without one are ``, `1`, `2` and so on.

    What the source does not show is an empty text.
    """
    found: dict[str, dict[str, str]] = {}
    for group in node.children():
        for attribute in group.children() if group.kind() == "attribute_list" else ():
            if attribute.kind() != "attribute":
                continue
            name = attribute.field("name") or attribute.children()[0]
            words = found.setdefault(last_name(name).removesuffix("Attribute"), {})
            for number, argument in enumerate(children(first(attribute, "attribute_argument_list"))):
                parts = argument.children()
                if parts:
                    named = len(parts) > 2 and parts[1].text() in {"=", ":"}
                    key = parts[0].text() if named else str(number or "")
                    words[key] = _value(tree, parts[-1])
    return found


def _value(tree: Tree, node: SgNode) -> str:
    known = tree.text(node)
    return node.text() if known is None and node.kind() == "boolean_literal" else known or ""
