"""Tools that Rust source registers with rmcp and its kin."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.reading import Notes
from crawler.introspect.static.rust_json import read_json
from crawler.introspect.static.syntax import STRINGS, Sources, Tree, children, last_name, string_of
from crawler.tools import Json

_TRIGGERS = ("#[tool", "tool(", "mcp_tool", "Tool::new", "Tool {")
_TYPES = {
    "String": "string",
    "str": "string",
    "bool": "boolean",
    "f32": "number",
    "f64": "number",
    "PathBuf": "string",
}
_HINTS = {
    "read_only_hint": "readOnlyHint",
    "destructive_hint": "destructiveHint",
    "idempotent_hint": "idempotentHint",
    "open_world_hint": "openWorldHint",
}


def read_rust(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Rust files at `paths` register."""
    sources = Sources(files, paths, "rust", notes)
    trees = list(sources.trees(*_TRIGGERS))
    for tree in trees:
        for item in tree.root.find_all(kind="function_item"):
            _method(tree, item, trees, notes)
        for item in tree.root.find_all(kind="struct_item"):
            _struct_tool(tree, item, notes)
        _expressions(tree, notes)
    read_json(sources, notes)


def _expressions(tree: Tree, notes: Notes, depth: int = 0) -> None:
    """Tools that are made as values; `vec![...]` is parsed by itself, since a parser sees words in it only."""
    for call in tree.root.find_all(kind="call_expression"):
        _constructed(tree, call, notes)
    for literal in tree.root.find_all(kind="struct_expression"):
        _literal(tree, literal, notes)
    for macro in tree.root.find_all(kind="macro_invocation") if depth < 3 else ():
        head, _, inside = macro.text().partition("!")
        if head in {"vec"} and "Tool" in inside:
            source = f"fn _f() {{ let _ = [{inside[1:-1]}]; }}"
            _expressions(tree.inner(source, "rust", macro), notes, depth + 1)


def _method(tree: Tree, item: SgNode, trees: list[Tree], notes: Notes) -> None:
    """`#[tool(name = "...", description = "...")] async fn name(&self, Parameters(...): Parameters<T>)`."""
    words = _attribute(tree, item, "tool")
    own = item.field("name")
    if words is None or own is None or item.field("body") is None or "tool_box" in words or "aggr" in words:
        return
    definition: dict[str, Json] = {"name": words.get("name") or own.text()}
    description = words.get("description") or _documentation(item)
    definition |= {"description": description} if description else {}
    definition |= {"title": words["title"]} if words.get("title") else {}
    hints = {_HINTS[key]: value == "true" for key, value in words.items() if key in _HINTS}
    definition |= {"annotations": hints} if hints else {}
    definition["inputSchema"] = _parameters(item, trees)
    notes.tool(definition, tree.file, tree.line(item), 0.95)


def _struct_tool(tree: Tree, item: SgNode, notes: Notes) -> None:
    """`#[mcp_tool(name = "...", description = "...")] struct ...` of rust-mcp-sdk."""
    words = _attribute(tree, item, "mcp_tool")
    if words is None or not words.get("name"):
        return
    definition: dict[str, Json] = {"name": words["name"], "inputSchema": _fields(item)}
    definition |= {key: words[key] for key in ("title", "description") if words.get(key)}
    notes.tool(definition, tree.file, tree.line(item), 0.9)


def _constructed(tree: Tree, call: SgNode, notes: Notes) -> None:
    """`Tool::new("name", "description", schema)`."""
    function = call.field("function")
    given = children(call.field("arguments"))
    if function is None or not re.search(r"(?:^|::)Tool::new$", function.text()) or len(given) != 3:
        return
    name, description = tree.text(given[0]), tree.text(given[1])
    if name:
        notes.tool(
            {"name": name} | ({"description": description} if description else {}),
            tree.file,
            tree.line(call),
            0.85,
        )


def _literal(tree: Tree, literal: SgNode, notes: Notes) -> None:
    """`Tool { name: "...".into(), description: ..., input_schema: ... }`."""
    kind = literal.field("name")
    if kind is None or last_name(kind) != "Tool":
        return
    fields: dict[str, SgNode] = {}
    for field in children(literal.field("body")):
        own, value = field.field("field"), field.field("value")
        if own is not None and value is not None:
            fields[own.text()] = value
    name = tree.text(fields.get("name"))
    if name and fields.keys() & {"input_schema", "inputSchema"}:
        description = tree.text(fields.get("description"))
        definition = {"name": name} | ({"description": description} if description else {})
        notes.tool(definition, tree.file, tree.line(literal), 0.85)


def _attribute(tree: Tree, item: SgNode, wanted: str) -> dict[str, str] | None:
    """The words of an attribute before an item; `None` where it does not stand there."""
    for sibling in _before(item):
        attribute = sibling.find(kind="attribute") if sibling.kind() == "attribute_item" else None
        if attribute is None or not attribute.children():
            continue
        path = attribute.children()[0].text()
        if path == wanted or path.endswith("::" + wanted):
            return _words(tree, attribute)
    return None


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


def _before(item: SgNode) -> Iterator[SgNode]:
    """The attributes and comments right before an item, nearest first."""
    here = item.prev()
    while here is not None and here.kind() in {"attribute_item", "line_comment", "block_comment"}:
        yield here
        here = here.prev()


def _documentation(item: SgNode) -> str:
    lines = [one.text().strip()[3:].strip() for one in _before(item) if one.text().startswith("///")]
    return "\n".join(reversed(lines))


def _parameters(item: SgNode, trees: list[Tree]) -> dict[str, Json]:
    """The schema of the type inside `Parameters<T>`."""
    spec = item.field("parameters")
    found = re.search(r"Parameters\s*<\s*(?:\w+::)*(\w+)", spec.text()) if spec is not None else None
    if found is None:
        return {"type": "object", "properties": {}}
    for tree in trees:
        if found[1] in tree.source:
            for struct in tree.root.find_all(kind="struct_item"):
                own = struct.field("name")
                if own is not None and own.text() == found[1]:
                    written = struct.find(kind="field_declaration_list") is not None
                    return _fields(struct) if written or struct.field("body") is None else {"type": "object"}
    return {"type": "object"}


def _fields(struct: SgNode) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for field in struct.find_all(kind="field_declaration"):
        own, kind = field.field("name"), field.field("type")
        if own is None or kind is None:
            continue
        attributes = " ".join(one.text() for one in _before(field) if one.kind() == "attribute_item")
        renamed = re.search(r'rename\s*=\s*"(\w+)"', attributes)
        described = re.search(r'description\s*=\s*"((?:[^"\\]|\\.)*)"', attributes)
        name = renamed[1] if renamed else own.text()
        text = described[1] if described else _documentation(field)
        properties[name] = _typed(kind.text()) | ({"description": text} if text else {})
        if not kind.text().startswith("Option<") and "default" not in attributes:
            required.append(name)
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _typed(name: str) -> dict[str, Json]:
    name = name.strip().lstrip("&")
    inner = re.fullmatch(r"(\w+)\s*<(.*)>", name, re.DOTALL)
    if inner and inner[1] in {"Option", "Box", "Arc"}:
        return _typed(inner[2])
    if inner and inner[1] in {"Vec", "HashSet", "BTreeSet"}:
        return {"type": "array", "items": _typed(inner[2])}
    if inner and inner[1] in {"HashMap", "BTreeMap"}:
        return {"type": "object"}
    if re.fullmatch(r"[iu](?:8|16|32|64|128|size)", name):
        return {"type": "integer"}
    return {"type": _TYPES[name]} if name in _TYPES else {}
