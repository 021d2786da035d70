"""Tools of Laravel: classes with properties, attributes or methods that say what they are."""

from ast_grep_py import SgNode

from crawler.introspect.static.literals import kebab_case
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.php.arrays import json_of
from crawler.introspect.static.php.attributes import attribute
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Tree
from crawler.tools import Json

_TYPES = frozenset({"string", "integer", "number", "boolean", "array", "object"})
_BOUNDS = {
    "description": "description",
    "title": "title",
    "enum": "enum",
    "default": "default",
    "pattern": "pattern",
    "format": "format",
}

#: Calls of a builder that follow each other.
_LONGEST_CHAIN = 40


def laravel(tree: Tree, cls: SgNode, notes: Notes) -> None:
    """`class X extends Tool` of Laravel, with `$name` and `$description` or attributes of these names."""
    base = next((child for child in cls.children() if child.kind() == "base_clause"), None)
    own, body = cls.field("name"), cls.field("body")
    if base is None or own is None or body is None or last_name(base) != "Tool":
        return
    words: dict[str, str] = {}
    for element in body.find_all(kind="property_element"):
        parts = children(element)
        known = tree.text(parts[-1]) if len(parts) > 1 else None
        if known is not None:
            words.setdefault(parts[0].text().lstrip("$"), known)
    for method in body.find_all(kind="method_declaration"):
        name, returned = method.field("name"), method.find(kind="return_statement")
        if name is not None and name.text() in {"name", "title", "description"} and returned is not None:
            known = tree.text(children(returned)[-1])
            words |= {name.text(): known} if known is not None else {}
    for key in ("name", "title", "description"):
        given = attribute(tree, cls, key.capitalize())
        words |= {key: given["name"]} if given and "name" in given else {}
    definition: dict[str, Json] = {"name": words.get("name") or kebab_case(own.text())}
    definition |= {key: words[key] for key in ("title", "description") if words.get(key)}
    definition["inputSchema"] = _built_schema(tree, body)
    notes.tool(definition, tree.file, tree.line(cls), 0.9)


def _built_schema(tree: Tree, body: SgNode) -> dict[str, Json]:
    """What `schema()` returns, such as `["q" => $schema->string()->description("...")->required()]`."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    method = next((one for one in body.find_all(kind="method_declaration") if _is_named(one, "schema")), None)
    returned = method.find(kind="array_creation_expression") if method is not None else None
    for element in children(returned):
        parts = children(element)
        name = tree.text(parts[0]) if len(parts) == 2 else None
        if name is not None:
            properties[name], needed = _chained(tree, parts[1])
            required += [name] if needed else []
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _is_named(node: SgNode, name: str) -> bool:
    own = node.field("name")
    return own is not None and own.text() == name


def _chained(tree: Tree, node: SgNode | None, depth: int = 0) -> tuple[dict[str, Json], bool]:
    """The schema that a chain of calls builds, and whether `required()` is among them."""
    found: dict[str, Json] = {}
    needed = False
    for _ in range(_LONGEST_CHAIN):
        if node is None or node.kind() != "member_call_expression":
            break
        name, given = (
            node.field("name"),
            [children(one)[-1] for one in children(node.field("arguments")) if children(one)],
        )
        word = name.text() if name is not None else ""
        if word in _TYPES:
            found["type"] = word
        elif word in _BOUNDS and given:
            known = json_of(tree, given[0])
            found |= {_BOUNDS[word]: known} if known is not None else {}
        elif word == "items" and given and depth < 5:
            found["items"] = _chained(tree, given[0], depth + 1)[0]
        needed = needed or word == "required"
        node = node.field("object")
    return found, needed
