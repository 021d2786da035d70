"""Tools that PHP source registers with the official SDK, php-mcp and Laravel."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.objects import Objects, answers, role
from crawler.introspect.static.php.arrays import named, pairs_of, written_schema
from crawler.introspect.static.php.attributes import arguments, attribute
from crawler.introspect.static.php.laravel import laravel
from crawler.introspect.static.php.schema import Schemas, summary
from crawler.introspect.static.reading import CONDITIONAL, Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("McpTool", "extends Tool", "addTool", "withTool", "->tool(")
#: What is looked for in every file.
_KINDS = ("method_declaration", "class_declaration", "member_call_expression")

#: How a builder is told to look for what is marked.
_DISCOVERS = re.compile(rb"(?i)->(?:set)?discover\w*\(")


def read_php(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the PHP files at `paths` register."""
    sources = Sources(files, paths, "php", notes, kinds=_KINDS)
    added = False
    marked: list[tuple[Tree, SgNode]] = []
    for tree in sources.trees(*_TRIGGERS):
        for kind in ("method_declaration", "class_declaration"):
            marked += [(tree, item) for item in tree.all(kind)]
        for cls in tree.whole.all("class_declaration") if "Laravel\\Mcp" in tree.source else ():
            laravel(tree, cls, notes)
        if "Mcp" in tree.source or "MCP" in tree.source:
            for call in tree.all("member_call_expression"):
                added = _added(tree, call, notes) or added
    # A builder that is given each tool looks for marked ones only where it is told to.
    looked_for = not added or any(_DISCOVERS.search(content) for content in sources.contents())
    schemas = Schemas(sources)
    for tree, item in marked:
        _attributed(tree, item, schemas, notes, 0.95 if looked_for else CONDITIONAL)
    if answers(sources):
        _own(sources, notes)


def _own(sources: Sources, notes: Notes) -> None:
    """Classes whose methods say name, description and schema, and arrays and objects that hold them, where the server answers itself."""
    objects = Objects(sources, notes)
    words = ("inputSchema", "input_schema", "InputSchema", "getSchema")
    for tree in (found.whole for found in sources.trees(*words)):
        for name, cls in tree.declared("class_declaration").items():
            members: dict[str, SgNode | None] = {}
            for method in children(cls.field("body")):
                own, body = method.field("name"), method.field("body")
                if method.kind() == "method_declaration" and own is not None and role(own.text()):
                    statements = children(body)
                    single = len(statements) == 1 and statements[0].kind() == "return_statement"
                    members[own.text()] = children(statements[0])[-1] if single else body
            written = next((value for key, value in members.items() if role(key) == "inputSchema"), None)
            objects.note(tree, cls, name, members, written_schema(tree, written))
        for array in tree.root.find_all(kind="array_creation_expression"):
            _entry(tree, array, pairs_of(tree, array), notes)
        for made in tree.root.find_all(kind="object_creation_expression"):
            if any(
                child.kind() in {"name", "qualified_name"} and last_name(child) == "Tool"
                for child in made.children()
            ):
                _entry(tree, made, named(made), notes)


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
    schema = written_schema(tree, written)
    definition |= {"inputSchema": schema} if schema else {}
    notes.tool(definition, tree.file, tree.line(node), 0.8)


def _attributed(tree: Tree, item: SgNode, schemas: Schemas, notes: Notes, sure: float) -> None:
    """`#[McpTool(name: "...", description: "...")] public function name(...)`, or on an invokable class."""
    words, own = attribute(tree, item, "McpTool"), item.field("name")
    if words is None or own is None:
        return
    definition: dict[str, Json] = {"name": words.get("name") or own.text()}
    description = words.get("description") or summary(item)
    definition |= {"description": description} if description else {}
    if item.kind() == "method_declaration":
        definition["inputSchema"] = schemas.parameters(tree, item)
    notes.tool(definition, tree.file, tree.line(item), sure)


def _added(tree: Tree, call: SgNode, notes: Notes) -> bool:
    """`->addTool([X::class, "method"], "name", "description")`, `->tool("name", "description", fn)`; whether it is the first kind."""
    own = call.field("name")
    name = own.text() if own is not None else ""
    if name in {"addTool", "withTool"}:
        words = arguments(tree, call, ("handler", "name", "description"))
    elif name == "tool":
        words = arguments(tree, call, ("name", "description"))
    else:
        return False
    if words.get("name") and (name != "tool" or "description" in words):
        definition: dict[str, Json] = {key: words[key] for key in ("name", "description") if key in words}
        schema = written_schema(tree, named(call).get("inputSchema"))
        definition |= {"inputSchema": schema} if schema else {}
        notes.tool(definition, tree.file, tree.line(call), 0.85)
    return name != "tool" and "name" in words
