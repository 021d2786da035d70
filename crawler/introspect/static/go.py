"""Tools that Go source registers with the official SDK, mcp-go and their kin."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree, children, last_name, string_of, unquoted
from crawler.tools import Json

_TRIGGERS = ("NewTool", "AddTool", "RegisterTool", "mcp.Tool{", ".Tool{", "ServerTool")

#: Packages that are called thus in the files that import them.
_PACKAGES = frozenset({"mcp", "mcpsdk", "sdk", "mcpgo", "protocol", "mcptypes", "mcp_golang", "server"})

_OPTIONS = {
    "WithString": "string",
    "WithNumber": "number",
    "WithInteger": "integer",
    "WithBoolean": "boolean",
    "WithArray": "array",
    "WithObject": "object",
    "WithStringItems": "array",
    "WithStringEnumItems": "array",
}
_HINTS = {
    "WithReadOnlyHintAnnotation": "readOnlyHint",
    "WithDestructiveHintAnnotation": "destructiveHint",
    "WithIdempotentHintAnnotation": "idempotentHint",
    "WithOpenWorldHintAnnotation": "openWorldHint",
    "ReadOnlyHint": "readOnlyHint",
    "DestructiveHint": "destructiveHint",
    "IdempotentHint": "idempotentHint",
    "OpenWorldHint": "openWorldHint",
    "Title": "title",
}
_TYPES = {"string": "string", "bool": "boolean", "float64": "number", "float32": "number"}
_TAG = re.compile(r'(\w+):"((?:[^"\\]|\\.)*)"')


def read_go(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Go files at `paths` register."""
    trees = list(Sources(files, paths, "go", notes).trees(*_TRIGGERS))
    reader = _Go(trees, notes)
    for tree in trees:
        for call in tree.root.find_all(kind="call_expression"):
            reader.call(tree, call)
        for literal in tree.root.find_all(kind="composite_literal"):
            reader.literal(tree, literal)


class _Go:
    def __init__(self, trees: list[Tree], notes: Notes) -> None:
        self._trees = trees
        self._notes = notes

    def call(self, tree: Tree, call: SgNode) -> None:
        """`mcp.NewTool("name", options...)`, or `server.RegisterTool("name", "description", function)`."""
        function, given = call.field("function"), children(call.field("arguments"))
        name = last_name(function) if function is not None else ""
        if name == "NewTool" and given and _package(function) in _PACKAGES:
            definition: dict[str, Json] = {"inputSchema": {"type": "object", "properties": {}}}
            for option in given[1:]:
                self._option(tree, option, definition)
            self._note(tree, call, given[0], definition)
        elif (name == "NewToolWithRawSchema" and len(given) > 1) or (
            name == "RegisterTool" and len(given) == 3
        ):
            self._note(tree, call, given[0], {"description": _described(tree, given[1])})

    def literal(self, tree: Tree, literal: SgNode) -> None:
        """`mcp.Tool{Name: "...", Description: "..."}`."""
        kind = literal.field("type")
        if kind is None or kind.kind() != "qualified_type" or last_name(kind) != "Tool":
            return
        if kind.text().partition(".")[0] not in _PACKAGES:
            return
        fields = _fields(literal)
        if "Name" not in fields:
            return
        definition: dict[str, Json] = {"description": _described(tree, fields.get("Description"))}
        definition["title"] = tree.text(fields.get("Title"))
        definition["annotations"] = _annotations(tree, fields.get("Annotations"))
        written = _written_schema(tree, fields.get("InputSchema"))
        definition["inputSchema"] = written or self._handler_schema(literal)
        self._note(tree, literal, fields["Name"], definition)

    def _note(self, tree: Tree, node: SgNode, name: SgNode, definition: dict[str, Json]) -> None:
        known = tree.text(name)
        if known is None:
            self._notes.doubt(
                f"{tree.file}:{tree.line(node)} makes a tool whose name the source does not show"
            )
            return
        shown = {key: value for key, value in definition.items() if value not in (None, {})}
        self._notes.tool({"name": known, **shown}, tree.file, tree.line(node), 0.9)

    def _option(self, tree: Tree, option: SgNode, definition: dict[str, Json]) -> None:
        name = last_name(option.field("function") or option)
        given = children(option.field("arguments"))
        if name == "WithDescription" and given:
            definition["description"] = _described(tree, given[0])
        elif name == "WithTitleAnnotation" and given:
            definition.setdefault("annotations", {})["title"] = tree.text(given[0])
        elif name == "WithToolAnnotation" and given:
            definition.setdefault("annotations", {}).update(_annotations(tree, given[0]))
        elif name in _HINTS and given:
            definition.setdefault("annotations", {})[_HINTS[name]] = _truth(given[0])
        elif name in _OPTIONS and given:
            _parameter(tree, _OPTIONS[name], given, definition["inputSchema"])

    def _handler_schema(self, literal: SgNode) -> dict[str, Json]:
        """The schema of the handler's last parameter, for `mcp.AddTool(server, &mcp.Tool{...}, handler)`."""
        parent = literal.parent()
        for _ in range(2):
            if parent is None or parent.kind() == "argument_list":
                break
            parent = parent.parent()
        given = children(parent) if parent is not None and parent.kind() == "argument_list" else []
        handler = given[-1] if len(given) == 3 else None
        if handler is None:
            return {}
        function = (
            handler
            if handler.kind() == "func_literal"
            else self._declaration("function_declaration", last_name(handler))
        )
        parameters = children(function.field("parameters")) if function is not None else []
        kind = parameters[-1].field("type") if parameters else None
        spec = self._declaration("type_spec", last_name(kind)) if kind is not None else None
        return _struct(spec.field("type")) if spec is not None else {}

    def _declaration(self, kind: str, name: str) -> SgNode | None:
        for tree in self._trees:
            if name and name in tree.source:
                for node in tree.root.find_all(kind=kind):
                    own = node.field("name")
                    if own is not None and own.text() == name:
                        return node
        return None


def _package(function: SgNode | None) -> str:
    return function.text().partition(".")[0] if function is not None else ""


def _described(tree: Tree, node: SgNode | None) -> str | None:
    """A description, also where a translation is looked up by key with the text as the default."""
    known = tree.text(node)
    if known is None and node is not None and node.kind() == "call_expression":
        texts = [tree.text(argument) for argument in children(node.field("arguments"))]
        known = texts[-1] if len(texts) > 1 else None
    return known


def _fields(literal: SgNode) -> dict[str, SgNode]:
    """The keyed elements of a struct literal."""
    found: dict[str, SgNode] = {}
    body = literal if literal.kind() == "literal_value" else literal.field("body")
    for element in children(body):
        pair = children(element)
        if element.kind() == "keyed_element" and len(pair) == 2:
            found[pair[0].text()] = children(pair[1])[0] if children(pair[1]) else pair[1]
    return found


def _annotations(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    literal = (
        node if node is None or node.kind() == "composite_literal" else node.find(kind="composite_literal")
    )
    fields = _fields(literal) if literal is not None else {}
    found = {
        _HINTS[key]: tree.text(value) if key == "Title" else _truth(value)
        for key, value in fields.items()
        if key in _HINTS
    }
    return {key: value for key, value in found.items() if value is not None}


def _written_schema(tree: Tree, node: SgNode | None, depth: int = 0) -> dict[str, Json]:
    """A `jsonschema.Schema{...}` literal as JSON; what is not written out is left out."""
    literal = node
    if node is not None and node.kind() == "unary_expression":
        literal = node.field("operand")
    if literal is None or literal.kind() not in {"composite_literal", "literal_value"} or depth > 10:
        return {}
    fields = _fields(literal)
    found: dict[str, Json] = {}
    for key in ("Type", "Description", "Format", "Pattern"):
        text = tree.text(fields.get(key))
        found |= {key.lower(): text} if text is not None else {}
    for key in ("Required", "Enum"):
        texts = [tree.text(_inner(item)) for item in _items(fields.get(key))]
        found |= {key.lower(): [text for text in texts if text is not None]} if texts else {}
    if "Items" in fields:
        found["items"] = _written_schema(tree, fields["Items"], depth + 1)
    if "Properties" in fields:
        inner = fields["Properties"]
        pairs = {
            unquoted(name): value for name, value in _fields(inner).items() if name.startswith(('"', "`"))
        }
        found["properties"] = {name: _written_schema(tree, value, depth + 1) for name, value in pairs.items()}
    return found


def _items(node: SgNode | None) -> list[SgNode]:
    """The elements of a slice literal."""
    return children(node.field("body")) if node is not None and node.kind() == "composite_literal" else []


def _inner(element: SgNode) -> SgNode:
    inner = children(element)
    return inner[0] if element.kind() == "literal_element" and inner else element


def _truth(node: SgNode) -> bool | None:
    words = re.findall(r"\b(true|false)\b", node.text()[:100])
    return words == ["true"] if len(words) == 1 else None


def _parameter(tree: Tree, kind: str, given: list[SgNode], schema: dict[str, Json]) -> None:
    name = tree.text(given[0])
    if name is None:
        return
    found: dict[str, Json] = {"type": kind}
    for option in given[1:]:
        word, values = last_name(option.field("function") or option), children(option.field("arguments"))
        if word == "Required":
            schema.setdefault("required", []).append(name)
        elif word == "Description" and values:
            found["description"] = _described(tree, values[0])
        elif word == "Enum":
            found["enum"] = [text for text in map(tree.text, values) if text is not None]
        elif word in {"DefaultString", "Pattern"} and values:
            found[{"DefaultString": "default", "Pattern": "pattern"}[word]] = tree.text(values[0])
    schema["properties"][name] = {key: value for key, value in found.items() if value is not None}


def _struct(node: SgNode | None) -> dict[str, Json]:
    """The schema of a struct by its `json` and `jsonschema` tags."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    fields = (
        node.find_all(kind="field_declaration") if node is not None and node.kind() == "struct_type" else []
    )
    for field in fields:
        own, kind, tag = field.field("name"), field.field("type"), field.field("tag")
        tags = dict(_TAG.findall(string_of(tag) or "")) if tag is not None else {}
        name, *flags = tags.get("json", own.text() if own is not None else "").split(",")
        if not name or name == "-":
            continue
        properties[name] = _typed(kind.text() if kind is not None else "") | _hint(tags.get("jsonschema", ""))
        if "omitempty" not in flags and "omitzero" not in flags:
            required.append(name)
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _hint(tag: str) -> dict[str, Json]:
    found = re.search(r"(?:^|,)description=([^,]*)", tag)
    text = found[1] if found else tag if "=" not in tag else ""
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
