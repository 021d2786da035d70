"""Items of Rust source with the attributes and comments before them, each list of items walked through once."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import STRINGS, first, string_of
from crawler.introspect.static.syntax import Tree

_BEFORE = frozenset({"attribute_item", "line_comment", "block_comment"})

#: A module of tests, as it is formatted: from its attribute to the first brace that stands at the start of a line.
_TESTS = re.compile(r"#\[cfg\(test\)\]\s*\n(?:#\[[^\n]*\n)*(?:pub )?mod \w+ \{\n")


class Item:
    """An item and what stands right before it."""

    def __init__(self, node: SgNode, before: list[SgNode]) -> None:
        self.node = node
        self._before = before

    def attribute(self, tree: Tree, wanted: str) -> dict[str, str] | None:
        """The words of an attribute of this name; `None` where it does not stand there."""
        for item in self._before:
            attribute = first(item, "attribute") if item.kind() == "attribute_item" else None
            if attribute is None or not attribute.children():
                continue
            path = attribute.children()[0].text()
            if path == wanted or path.endswith("::" + wanted):
                return _words(tree, attribute)
        return None

    @property
    def attributes(self) -> str:
        """All attributes as they are written."""
        return " ".join(item.text() for item in self._before if item.kind() == "attribute_item")

    @property
    def documentation(self) -> str:
        """The lines of its documentation."""
        texts = [item.text().strip() for item in self._before]
        return "\n".join(text[3:].strip() for text in texts if text.startswith("///"))


def items(container: SgNode) -> Iterator[Item]:
    """The items of a file, a block of methods, a struct or an enumeration."""
    before: list[SgNode] = []
    for child in container.children():
        if child.kind() in _BEFORE:
            before.append(child)
        elif child.is_named():
            yield Item(child, before)
            before = []


def all_items(tree: Tree) -> Iterator[Item]:
    """The items of a file, those in modules and blocks of methods too."""
    for container in (tree.root, *tree.all("declaration_list")):
        yield from items(container)


def without_tests(source: str) -> str:
    """The source with its modules of tests left empty, line for line."""
    found, position = [], 0
    start = source.find("#[cfg(test)]")
    while start >= 0:
        head = _TESTS.match(source, start)
        end = source.find("\n}", head.end() - 1) if head is not None else -1
        if head is not None and end < 0:
            break
        following = end + 2 if head is not None else start + 1
        if head is not None:
            found += [source[position:start], "\n" * source.count("\n", start, following)]
            position = following
        start = source.find("#[cfg(test)]", following)
    return "".join([*found, source[position:]])


def _words(tree: Tree, attribute: SgNode) -> dict[str, str]:
    """`key = value` and `key(...)` inside an attribute, nested ones too; a string has its value, other words stand as they are."""
    found: dict[str, str] = {}
    for group in attribute.find_all(kind="token_tree"):
        tokens = _tokens(group)
        for number, token in enumerate(tokens):
            if token.kind() != "identifier":
                continue
            assigned = [one.text() for one in tokens[number + 1 : number + 2]] == ["="]
            value = tokens[number + 2] if assigned and len(tokens) > number + 2 else None
            parts = tokens[number + 3 : number + 5] if value is not None else []
            joined = _concatenated(value, parts)
            found.setdefault(token.text(), _word(tree, value) if joined is None else joined)
    return found


def _concatenated(value: SgNode | None, parts: list[SgNode]) -> str | None:
    """`concat!("...", "...")`, of which a parser sees a name, a sign and a group of tokens inside an attribute."""
    if value is None or value.text() != "concat" or len(parts) != 2 or parts[0].text() != "!":
        return None
    return "".join(string_of(one) or "" for one in parts[1].children() if one.kind() in STRINGS)


def _word(tree: Tree, value: SgNode | None) -> str:
    if value is None:
        return ""
    if value.kind() in STRINGS:
        return string_of(value) or ""
    return (
        tree.sources.constant(value.text(), tree.file) if value.kind() == "identifier" else value.text()
    ) or ""


def _tokens(node: SgNode) -> list[SgNode]:
    """The children with equals signs but without commas and brackets."""
    return [
        child
        for child in node.children()
        if child.text() not in {",", "(", ")"} and "comment" not in child.kind()
    ]
