"""Tools that Rust source registers with rmcp and its kin."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.objects import answers
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.rust.factories import Factory, factory, fields_of, read_factories
from crawler.introspect.static.rust.items import Item, all_items, without_tests
from crawler.introspect.static.rust.schema import Schemas
from crawler.introspect.static.rust.traits import read_traits
from crawler.introspect.static.rust.written import opened, read_json, written_schema
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("#[tool", "tool(", "mcp_tool", "Tool::new", "Tool {")
#: What stands in the literals of tools of a package's own type.
_SCHEMAS = ("input_schema:", "input_schema,", "inputSchema:")

#: What is looked for in every file.
_KINDS = ("function_item", "call_expression", "struct_expression", "macro_invocation", "declaration_list")
_HINTS = {
    "read_only_hint": "readOnlyHint",
    "destructive_hint": "destructiveHint",
    "idempotent_hint": "idempotentHint",
    "open_world_hint": "openWorldHint",
}


def read_rust(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Rust files at `paths` register."""
    sources = Sources(files, paths, "rust", notes, without_tests, _KINDS)
    schemas = Schemas(sources)
    answered = answers(sources)
    factories: dict[str, Factory] = {}
    for tree in list(sources.trees(*_TRIGGERS, *(_SCHEMAS if answered else ()))):
        for item in all_items(tree):
            if item.node.kind() == "function_item":
                _method(tree, item, schemas, notes)
            elif item.node.kind() == "struct_item":
                _struct_tool(tree, item, schemas, notes)
        for part in opened(tree):
            for call in part.all("call_expression"):
                _constructed(part, call, notes)
            for literal in part.all("struct_expression"):
                _literal(part, literal, answered, factories, notes)
    read_factories(sources, factories, notes)
    read_json(sources, notes)
    read_traits(sources, notes)


def _method(tree: Tree, item: Item, schemas: Schemas, notes: Notes) -> None:
    """`#[tool(name = "...", description = "...")] async fn name(&self, Parameters(...): Parameters<T>)`."""
    words = item.attribute(tree, "tool")
    own = item.node.field("name")
    if words is None or own is None or item.node.field("body") is None:
        return
    if "tool_box" in words or "aggr" in words:
        return
    definition: dict[str, Json] = {"name": words.get("name") or own.text()}
    description = words.get("description") or item.documentation
    definition |= {"description": description} if description else {}
    definition |= {"title": words["title"]} if words.get("title") else {}
    hints = {_HINTS[key]: value == "true" for key, value in words.items() if key in _HINTS}
    definition |= {"annotations": hints} if hints else {}
    definition["inputSchema"] = _parameters(item.node, schemas)
    notes.tool(definition, tree.file, tree.line(item.node), 0.95)


def _struct_tool(tree: Tree, item: Item, schemas: Schemas, notes: Notes) -> None:
    """`#[mcp_tool(name = "...", description = "...")] struct ...` of rust-mcp-sdk."""
    words = item.attribute(tree, "mcp_tool")
    if words is None or not words.get("name"):
        return
    schemas.renew()
    definition: dict[str, Json] = {"name": words["name"], "inputSchema": schemas.fields(item)}
    definition |= {key: words[key] for key in ("title", "description") if words.get(key)}
    notes.tool(definition, tree.file, tree.line(item.node), 0.9)


def _constructed(tree: Tree, call: SgNode, notes: Notes) -> None:
    """`Tool::new("name", "description", schema)`."""
    function = call.field("function")
    if function is None or not re.search(r"(?:^|::)Tool::new$", function.text()[-300:]):
        return
    given = children(call.field("arguments"))
    name = tree.text(given[0]) if len(given) == 3 else None
    if name:
        definition: dict[str, Json] = {"name": name}
        description, schema = tree.text(given[1]), written_schema(tree, given[2])
        definition |= {"description": description} if description else {}
        definition |= {"inputSchema": schema} if schema else {}
        notes.tool(definition, tree.file, tree.line(call), 0.85)


def _literal(
    tree: Tree, literal: SgNode, answered: bool, factories: dict[str, Factory], notes: Notes
) -> None:
    """`Tool { name: "...".into(), description: ..., input_schema: ... }`; of any type where the package answers itself."""
    kind = literal.field("name")
    if kind is None or (last_name(kind) != "Tool" and not answered):
        return
    fields = fields_of(literal)
    described = fields.get("input_schema") or fields.get("inputSchema")
    if (
        "name" not in fields
        or described is None
        or (last_name(kind) != "Tool" and "description" not in fields)
    ):
        return
    name = tree.text(fields["name"])
    if not name:
        made = factory(tree, literal, fields)
        factories |= {made[0]: made[1]} if made is not None else {}
        return
    definition: dict[str, Json] = {"name": name}
    description = tree.text(fields.get("description"))
    schema = written_schema(tree, described) if described.kind() != "struct_expression" else {}
    definition |= {"description": description} if description else {}
    definition |= {"inputSchema": schema} if schema else {}
    notes.tool(definition, tree.file, tree.line(literal), 0.85)


def _parameters(item: SgNode, schemas: Schemas) -> dict[str, Json]:
    """The schema of the type inside `Parameters<T>`, or of the parameters that are marked one by one."""
    spec = item.field("parameters")
    found = re.search(r"Parameters\s*<\s*(?:\w+::)*(\w+)", spec.text()[:5_000]) if spec is not None else None
    if found is not None:
        return schemas.of(found[1])
    schemas.renew()
    properties: dict[str, Json] = {}
    required: list[str] = []
    for name, kind, text in (
        _marked(spec) if spec is not None and "tool(param)" in spec.text()[:5_000] else ()
    ):
        properties[name] = schemas.typed(kind) | ({"description": text} if text else {})
        required += [] if kind.startswith("Option<") else [name]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _marked(spec: SgNode) -> Iterator[tuple[str, str, str]]:
    """Name, type and description of the parameters before which `#[tool(param)]` stands; a parser takes that for an error."""
    marked, described = False, ""
    for child in spec.children():
        if child.kind() in {"ERROR", "attribute_item"}:
            text = re.search(r'description\s*=\s*"((?:[^"\\]|\\.)*)"', child.text())
            marked = marked or "tool(param)" in child.text()
            described = text[1].replace('\\"', '"') if text else described
        elif child.kind() == "parameter":
            pattern, kind = child.field("pattern"), child.field("type")
            if marked and pattern is not None and kind is not None:
                yield pattern.text(), kind.text(), described
            marked, described = False, ""
