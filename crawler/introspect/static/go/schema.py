"""JSON Schema from Go: a schema that is written out, or a struct with its tags."""

import re

from ast_grep_py import SgNode

from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.syntax import Tree, children, string_of
from crawler.tools import Json

_TYPES = {"string": "string", "bool": "boolean", "float64": "number", "float32": "number"}
_COMMA = re.compile(r"(?<!\\),")
_TAG = re.compile(r'(\w+):"((?:[^"\\]|\\.)*)"')


def fields_of(literal: SgNode) -> dict[str, SgNode]:
    """The keyed elements of a struct literal."""
    found: dict[str, SgNode] = {}
    body = literal if literal.kind() == "literal_value" else literal.field("body")
    for element in children(body):
        pair = children(element)
        if element.kind() == "keyed_element" and len(pair) == 2:
            found[pair[0].text()] = children(pair[1])[0] if children(pair[1]) else pair[1]
    return found


def written_schema(tree: Tree, node: SgNode | None, depth: int = 0) -> dict[str, Json]:
    """A `jsonschema.Schema{...}` literal as JSON; what is not written out is left out."""
    literal = node
    if node is not None and node.kind() == "unary_expression":
        literal = node.field("operand")
    if literal is None or literal.kind() not in {"composite_literal", "literal_value"} or depth > 10:
        return {}
    fields = fields_of(literal)
    found: dict[str, Json] = {}
    for key in ("Type", "Description", "Format", "Pattern"):
        text = tree.text(fields.get(key))
        found |= {key.lower(): text} if text is not None else {}
    for key in ("Required", "Enum"):
        texts = [tree.text(_inner(item)) for item in _items(fields.get(key))]
        found |= {key.lower(): [text for text in texts if text is not None]} if texts else {}
    if "Items" in fields:
        found["items"] = written_schema(tree, fields["Items"], depth + 1)
    if "Properties" in fields:
        inner = fields["Properties"]
        pairs = {
            unquoted(name): value for name, value in fields_of(inner).items() if name.startswith(('"', "`"))
        }
        found["properties"] = {name: written_schema(tree, value, depth + 1) for name, value in pairs.items()}
    return found


def _items(node: SgNode | None) -> list[SgNode]:
    """The elements of a slice literal."""
    return children(node.field("body")) if node is not None and node.kind() == "composite_literal" else []


def _inner(element: SgNode) -> SgNode:
    inner = children(element)
    return inner[0] if element.kind() == "literal_element" and inner else element


def struct_schema(node: SgNode | None) -> dict[str, Json]:
    """The schema of a struct by its `json` and `jsonschema` tags.

    Where any field's tag says `required`, the others are not; else all are but those that may be left out.
    """
    properties: dict[str, Json] = {}
    said: list[str] = []
    kept: list[str] = []
    for field in _struct_fields(node):
        own, kind, tag = field.field("name"), field.field("type"), field.field("tag")
        tags = dict(_TAG.findall(string_of(tag) or "")) if tag is not None else {}
        name, *flags = tags.get("json", own.text() if own is not None else "").split(",")
        if not name or name == "-":
            continue
        words = _words(tags.get("jsonschema", ""))
        properties[name] = _typed(kind.text() if kind is not None else "") | _hint(words)
        if "required" in words:
            said.append(name)
        if "omitempty" not in flags and "omitzero" not in flags:
            kept.append(name)
    required = said or kept
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _struct_fields(node: SgNode | None) -> list[SgNode]:
    listed = children(node)[-1:] if node is not None and node.kind() == "struct_type" else []
    return [field for field in children(listed[0]) if field.kind() == "field_declaration"] if listed else []


def _words(tag: str) -> list[str]:
    """The parts of a `jsonschema` tag, in which a comma may be escaped."""
    return [
        part.replace("\\,", ",").replace('\\"', '"') for part in _COMMA.split(tag.replace("\\\\,", "\\,"))
    ]


def _hint(words: list[str]) -> dict[str, Json]:
    """The description: after its key, or the whole tag where it has no keys."""
    named = next((word.partition("=")[2] for word in words if word.startswith("description=")), None)
    keyed = any("=" in word or word == "required" for word in words)
    text = named if named is not None else "" if keyed else ",".join(words)
    return {"description": text} if text else {}


def _typed(name: str) -> dict[str, Json]:
    name = name.lstrip("*")
    if name.startswith("[]"):
        return {"type": "array", "items": _typed(name[2:])}
    if name.startswith("map["):
        return {"type": "object"}
    if re.fullmatch(r"u?int\d*", name):
        return {"type": "integer"}
    return {"type": _TYPES[name]} if name in _TYPES else {}
