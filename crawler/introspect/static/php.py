"""Tools that PHP source registers with the official SDK, php-mcp and Laravel."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.literals import kebab_case
from crawler.introspect.static.objects import Objects, answers, role
from crawler.introspect.static.reading import CONDITIONAL, Notes
from crawler.introspect.static.syntax import STRINGS, Sources, Tree, children, last_name
from crawler.tools import Json

_TRIGGERS = ("McpTool", "extends Tool", "addTool", "withTool", "->tool(")
#: How a builder is told to look for what is marked.
_DISCOVERS = re.compile(rb"(?i)->(?:set)?discover\w*\(")
_TYPES = {"string": "string", "int": "integer", "float": "number", "bool": "boolean", "array": "array"}
_INJECTED = frozenset({"RequestContext", "Context", "ClientGateway"})


def read_php(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the PHP files at `paths` register."""
    sources = Sources(files, paths, "php", notes)
    added = False
    marked: list[tuple[Tree, SgNode]] = []
    for tree in sources.trees(*_TRIGGERS):
        for kind in ("method_declaration", "class_declaration"):
            marked += [(tree, item) for item in tree.root.find_all(kind=kind)]
        for cls in tree.root.find_all(kind="class_declaration"):
            _laravel(tree, cls, notes)
        if "Mcp" in tree.source or "MCP" in tree.source:
            for call in tree.root.find_all(kind="member_call_expression"):
                added = _added(tree, call, notes) or added
    # A builder that is given each tool looks for marked ones only where it is told to.
    looked_for = not added or any(_DISCOVERS.search(content) for content in sources.contents())
    for tree, item in marked:
        _attributed(tree, item, notes, 0.95 if looked_for else CONDITIONAL)
    if answers(sources):
        _own(sources, notes)


def _own(sources: Sources, notes: Notes) -> None:
    """Classes whose methods say name, description and schema, and arrays and objects that hold them, where the server answers itself."""
    objects = Objects(sources, notes)
    for tree in sources.trees("inputSchema", "input_schema", "InputSchema", "getSchema"):
        for name, cls in tree.declared("class_declaration").items():
            members: dict[str, SgNode | None] = {}
            for method in children(cls.field("body")):
                own, body = method.field("name"), method.field("body")
                if method.kind() == "method_declaration" and own is not None and role(own.text()):
                    statements = children(body)
                    single = len(statements) == 1 and statements[0].kind() == "return_statement"
                    members[own.text()] = children(statements[0])[-1] if single else body
            written = next((value for key, value in members.items() if role(key) == "inputSchema"), None)
            objects.note(tree, cls, name, members, _schema(tree, written))
        for array in tree.root.find_all(kind="array_creation_expression"):
            _entry(tree, array, _pairs(tree, array), notes)
        for made in tree.root.find_all(kind="object_creation_expression"):
            if any(
                child.kind() in {"name", "qualified_name"} and last_name(child) == "Tool"
                for child in made.children()
            ):
                _entry(tree, made, _named(made), notes)


def _entry(tree: Tree, node: SgNode, fields: dict[str, SgNode], notes: Notes) -> None:
    """A tool that is written out: `['name' => '...', 'inputSchema' => [...]]` or `new Tool(name: '...', inputSchema: ...)`."""
    written = fields.get("inputSchema") or fields.get("input_schema")
    name = tree.text(fields.get("name"))
    if not name or written is None:
        return
    definition: dict[str, Json] = {"name": name}
    for key in ("title", "description"):
        text = tree.text(fields.get(key))
        definition |= {key: text} if text else {}
    schema = _schema(tree, written)
    definition |= {"inputSchema": schema} if schema else {}
    notes.tool(definition, tree.file, tree.line(node), 0.8)


def _pairs(tree: Tree, array: SgNode | None) -> dict[str, SgNode]:
    """The elements of an array that have a text as their key."""
    found: dict[str, SgNode] = {}
    for element in children(array):
        parts = children(element)
        key = tree.text(parts[0]) if len(parts) == 2 and parts[0].kind() in STRINGS else None
        if key is not None:
            found[key] = parts[1]
    return found


def _named(made: SgNode) -> dict[str, SgNode]:
    """The arguments of a call that are given by name."""
    found: dict[str, SgNode] = {}
    for argument in children(next((child for child in made.children() if child.kind() == "arguments"), None)):
        name, inner = argument.field("name"), children(argument)
        if name is not None and inner:
            found[name.text()] = inner[-1]
    return found


def _schema(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    """A schema that is written out as an array."""
    found = _json(tree, node)
    return found if isinstance(found, dict) and found.keys() & {"type", "properties"} else {}


def _json(tree: Tree, node: SgNode | None, depth: int = 0) -> Json:
    """A literal of arrays and constants as JSON; what the source does not show is left out."""
    if node is None or depth > 20:
        return None
    match node.kind():
        case "array_creation_expression":
            pairs = {key: _json(tree, value, depth + 1) for key, value in _pairs(tree, node).items()}
            if pairs:
                return {key: value for key, value in pairs.items() if value is not None}
            items = [_json(tree, children(one)[-1], depth + 1) for one in children(node) if children(one)]
            return [item for item in items if item is not None]
        case "boolean":
            return node.text().lower() == "true"
        case "integer" if node.text().isdecimal():
            return int(node.text()[:18])
        case "cast_expression" | "object_creation_expression" if (
            "stdClass" in node.text() or "object" in node.text()[:12]
        ):
            return {}
    return tree.text(node)


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


def _attributed(tree: Tree, item: SgNode, notes: Notes, sure: float) -> None:
    """`#[McpTool(name: "...", description: "...")] public function name(...)`, or on an invokable class."""
    words, own = _attribute(tree, item, "McpTool"), item.field("name")
    if words is None or own is None:
        return
    definition: dict[str, Json] = {"name": words.get("name") or own.text()}
    description = words.get("description") or _documentation(item)
    definition |= {"description": description} if description else {}
    if item.kind() == "method_declaration":
        definition["inputSchema"] = _parameters(item)
    notes.tool(definition, tree.file, tree.line(item), sure)


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


def _added(tree: Tree, call: SgNode, notes: Notes) -> bool:
    """`->addTool([X::class, "method"], "name", "description")`, `->tool("name", "description", fn)`; whether it is the first kind."""
    own = call.field("name")
    name = own.text() if own is not None else ""
    if name in {"addTool", "withTool"}:
        words = _arguments(tree, call, ("handler", "name", "description"))
    elif name == "tool":
        words = _arguments(tree, call, ("name", "description"))
    else:
        return False
    if words.get("name") and (name != "tool" or "description" in words):
        definition: dict[str, Json] = {key: words[key] for key in ("name", "description") if key in words}
        schema = _schema(tree, _named(call).get("inputSchema"))
        definition |= {"inputSchema": schema} if schema else {}
        notes.tool(definition, tree.file, tree.line(call), 0.85)
    return name != "tool" and "name" in words
