"""Nodes of syntax trees: their children, names and strings, and which of them are around a place."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.literals import block_of, unquoted

_LAST_NAME = re.compile(r"([A-Za-z_$][\w$]*)\W*$")
_DOTTED = frozenset(
    {
        "selector_expression",
        "field_expression",
        "member_access_expression",
        "field_access",
        "scoped_identifier",
    }
    | {"navigation_expression", "navigation_suffix", "qualified_type", "qualified_name", "scope_resolution"}
)

_PUNCTUATION = frozenset(
    {"(", ")", "[", "]", "{", "}", ",", ";", ":", ".", "|", "=>", "=", "comment", "line_comment"}
)

STRINGS = frozenset(
    {
        "string_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "verbatim_string_literal",
        "string",
    }
    | {
        "encapsed_string",
        "character_literal",
        "multiline_string_literal",
        "text_block",
        "simple_symbol",
        "symbol",
    }
    | {"string_value", "nowdoc", "heredoc", "line_string_literal", "multi_line_string_literal"}
)


def children(node: SgNode | None) -> list[SgNode]:
    """The children that are neither punctuation nor comments."""
    return (
        [child for child in node.children() if child.kind() not in _PUNCTUATION] if node is not None else []
    )


def first(node: SgNode | None, kind: str) -> SgNode | None:
    """The first child of a kind; to look for one that lies deeper takes the library many times as long."""
    if node is not None:
        for child in node.children():
            if child.kind() == kind:
                return child
    return None


def last_name(node: SgNode) -> str:
    """The last name of a dotted or plain name."""
    while node.kind() in _DOTTED:
        inner = next((child for child in reversed(node.children()) if child.is_named()), None)
        if inner is None:
            break
        node = inner
    text = node.text()[:300]
    if text.isascii() and text.isidentifier():
        return text
    found = _LAST_NAME.search(text)
    return found[1] if found else ""


def string_of(node: SgNode) -> str | None:
    """The value of a string literal; `None` where something is put into it."""
    literal = node.text()
    # What is put in begins with one of two signs, and looking at children takes most of the time.
    if ("$" in literal or "#" in literal) and any(
        "interpolat" in child.kind() or child.kind() == "variable_name" for child in node.children()
    ):
        return None
    if literal.startswith('"""'):
        return block_of(literal, {child.kind() for child in node.children()})
    return unquoted(literal)


class Spans:
    """Nodes that may stand in each other, to find which of them are around a place."""

    def __init__(self, nodes: list[SgNode]) -> None:
        places = [(node.range(), node) for node in nodes]
        spans = [(place.start.index, -place.end.index, number) for number, (place, _) in enumerate(places)]
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._nodes: list[SgNode] = []
        #: The number of the next larger one around each, -1 where there is none.
        self._outer: list[int] = []
        stack: list[int] = []
        for start, end, number in sorted(spans):
            while stack and self._ends[stack[-1]] <= start:
                stack.pop()
            self._outer.append(stack[-1] if stack else -1)
            stack.append(len(self._nodes))
            self._starts.append(start)
            self._ends.append(-end)
            self._nodes.append(places[number][1])

    def around(self, node: SgNode) -> Iterator[SgNode]:
        """Those around a node, the nearest first; the node itself is around itself."""
        position = node.range().start.index
        here = bisect_right(self._starts, position) - 1
        while here >= 0:
            if self._ends[here] > position:
                yield self._nodes[here]
            here = self._outer[here]
