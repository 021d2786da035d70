"""The attributes of C# declarations and what they are given."""

from ast_grep_py import SgNode

from crawler.introspect.static.syntax import Tree, children, last_name


def attributes(tree: Tree, node: SgNode) -> dict[str, dict[str, str]]:
    """The attributes before a declaration, each with its arguments by name; those without one are ``, `1`, `2` and so on.

    What the source does not show is an empty text.
    """
    found: dict[str, dict[str, str]] = {}
    for group in (child for child in node.children() if child.kind() == "attribute_list"):
        for attribute in (child for child in group.children() if child.kind() == "attribute"):
            name = attribute.field("name") or attribute.children()[0]
            words = found.setdefault(last_name(name).removesuffix("Attribute"), {})
            for number, argument in enumerate(attribute.find_all(kind="attribute_argument")):
                named = any(child.text() in {"=", ":"} for child in argument.children())
                parts = children(argument)
                if parts:
                    key = parts[0].text() if named else str(number or "")
                    words[key] = _value(tree, parts[-1])
    return found


def _value(tree: Tree, node: SgNode) -> str:
    known = tree.text(node)
    return node.text() if known is None and node.kind() == "boolean_literal" else known or ""
