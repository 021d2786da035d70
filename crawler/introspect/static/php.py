"""Tools that PHP source registers with the official SDK, php-mcp and Laravel."""

from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.literals import kebab_case
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree, children, last_name
from crawler.tools import Json

_TRIGGERS = ("McpTool", "extends Tool", "addTool", "withTool", "->tool(")
_TYPES = {"string": "string", "int": "integer", "float": "number", "bool": "boolean", "array": "array"}
_INJECTED = frozenset({"RequestContext", "Context", "ClientGateway"})


def read_php(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the PHP files at `paths` register."""
    for tree in Sources(files, paths, "php", notes).trees(*_TRIGGERS):
        for kind in ("method_declaration", "class_declaration"):
            for item in tree.root.find_all(kind=kind):
                _attributed(tree, item, notes)
        for cls in tree.root.find_all(kind="class_declaration"):
            _laravel(tree, cls, notes)
        if "Mcp" in tree.source or "MCP" in tree.source:
            for call in tree.root.find_all(kind="member_call_expression"):
                _added(tree, call, notes)


def _attribute(tree: Tree, item: SgNode, wanted: str) -> dict[str, str] | None:
    """The arguments of an attribute before a declaration; `None` where it does not stand there."""
    for group in (child for child in item.children() if child.kind() == "attribute_list"):
        for attribute in group.find_all(kind="attribute"):
            if last_name(attribute.children()[0]) == wanted:
                return _arguments(
                    tree, attribute, ("name", "description") if wanted == "McpTool" else ("name",)
                )
    return None


def _arguments(tree: Tree, call: SgNode, order: tuple[str, ...]) -> dict[str, str]:
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


def _attributed(tree: Tree, item: SgNode, notes: Notes) -> None:
    """`#[McpTool(name: "...", description: "...")] public function name(...)`, or on an invokable class."""
    words, own = _attribute(tree, item, "McpTool"), item.field("name")
    if words is None or own is None:
        return
    definition: dict[str, Json] = {"name": words.get("name") or own.text()}
    description = words.get("description") or _documentation(item)
    definition |= {"description": description} if description else {}
    if item.kind() == "method_declaration":
        definition["inputSchema"] = _parameters(item)
    notes.tool(definition, tree.file, tree.line(item), 0.95)


def _documentation(item: SgNode) -> str:
    """The summary of the comment before a declaration."""
    before = item.prev()
    if before is None or before.kind() != "comment" or not before.text().startswith("/**"):
        return ""
    lines = [line.strip(" */\t") for line in before.text().splitlines()]
    summary = "\n".join(lines).strip().partition("\n\n")[0]
    return summary.partition("\n@")[0] if not summary.startswith("@") else ""


def _parameters(method: SgNode) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for parameter in children(method.field("parameters")):
        own, kind = parameter.field("name"), parameter.field("type")
        if own is None or (kind is not None and last_name(kind) in _INJECTED):
            continue
        name = own.text().lstrip("$")
        word = kind.text().lstrip("?").removesuffix("|null") if kind is not None else ""
        properties[name] = {"type": _TYPES[word]} if word in _TYPES else {}
        if parameter.field("default_value") is None:
            required.append(name)
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _laravel(tree: Tree, cls: SgNode, notes: Notes) -> None:
    """`class X extends Tool` of Laravel, with `$name` and `$description` or attributes of these names."""
    base = next((child for child in cls.children() if child.kind() == "base_clause"), None)
    own, body = cls.field("name"), cls.field("body")
    if (
        base is None
        or own is None
        or body is None
        or last_name(base) != "Tool"
        or "Laravel\\Mcp" not in tree.source
    ):
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
        given = _attribute(tree, cls, key.capitalize())
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


def _chained(tree: Tree, node: SgNode | None) -> tuple[dict[str, Json], bool]:
    """The type and description of a chain of calls, and whether `required()` is among them."""
    found: dict[str, Json] = {}
    needed = False
    while node is not None and node.kind() == "member_call_expression":
        name, given = node.field("name"), children(node.field("arguments"))
        word = name.text() if name is not None else ""
        if word in _TYPES.values():
            found["type"] = word
        elif word == "description" and given:
            found["description"] = tree.text(given[0]) or ""
        needed = needed or word == "required"
        node = node.field("object")
    return found, needed


def _added(tree: Tree, call: SgNode, notes: Notes) -> None:
    """`->addTool([X::class, "method"], "name", "description")`, `->tool("name", "description", fn)`."""
    own = call.field("name")
    name = own.text() if own is not None else ""
    if name in {"addTool", "withTool"}:
        words = _arguments(tree, call, ("handler", "name", "description"))
    elif name == "tool":
        words = _arguments(tree, call, ("name", "description"))
    else:
        return
    if words.get("name") and (name != "tool" or "description" in words):
        definition: dict[str, Json] = {key: words[key] for key in ("name", "description") if key in words}
        notes.tool(definition, tree.file, tree.line(call), 0.85)
