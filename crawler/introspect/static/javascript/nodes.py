"""What the nodes of a syntax tree say by themselves."""

import re

from ast_grep_py import SgNode

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|[\s\S])")

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}

SKIPPED = frozenset({"comment", "{", "}", "(", ")", "[", "]", ",", ";"})


def elements(node: SgNode) -> list[SgNode]:
    """The children that are neither brackets, commas nor comments."""
    return [child for child in node.children() if child.kind() not in SKIPPED]


def kinds(node: SgNode) -> list[tuple[SgNode, str]]:
    """The same children, each with its kind."""
    return [(child, kind) for child in node.children() if (kind := child.kind()) not in SKIPPED]


def is_optional(node: SgNode | None) -> bool:
    """Whether `?.` stands in a chain of properties and calls, which ends where its owner is absent."""
    while node is not None and node.kind() in {
        "member_expression",
        "subscript_expression",
        "call_expression",
    }:
        if any(child.kind() == "optional_chain" for child in node.children()):
            return True
        node = node.field("object") or node.field("function")
    return False


def string_of(node: SgNode) -> str:
    """The value of a string literal."""
    inner = node.text()[1:-1]
    return unescaped(inner) if "\\" in inner else inner


def unescaped(source: str) -> str:
    return _ESCAPE.sub(_character, source)


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux" and len(code) > 1:
        number = int(code.strip("ux{}"), 16)
        return chr(number) if number <= 0x10FFFF else "�"
    return _ESCAPES.get(code, "" if code.endswith("\n") else code)
