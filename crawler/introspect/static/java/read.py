"""Tools that Java source registers with the official SDK, Spring AI, Quarkus and their kin."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.java.annotations import annotation
from crawler.introspect.static.java.builders import read_builders
from crawler.introspect.static.java.schema import Schemas
from crawler.introspect.static.java.values import built_schema, returned_schema
from crawler.introspect.static.nodes import children, first, last_name
from crawler.introspect.static.objects import Objects, answers, role
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("@Tool", "@McpTool", "Tool.builder", "Tool(", "McpSchema")

#: Annotations of the same name whose methods a model calls in the same process.
_FOREIGN = ("dev.langchain4j.agent.tool", "com.google.adk")

#: Methods that say a tool's name.
_NAMES = ("getName", "name", "getToolName", "toolName")

#: Annotations of classes that a framework makes.
_MADE = re.compile(r"@(?:Component|Service|Named|Singleton|ApplicationScoped|Dependent|Bean)\b")

#: Calls of a builder that follow each other.
_LONGEST_CHAIN = 60

#: What is looked for in every file.
_KINDS = ("method_declaration", "object_creation_expression", "method_invocation", "class_declaration")

_HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint", "title")


def read_java(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Java files at `paths` register."""
    sources = Sources(files, paths, "java", notes, kinds=_KINDS)
    schemas = Schemas(sources)
    asks = False
    for tree in sources.trees(*_TRIGGERS):
        if not any(name in tree.source for name in _FOREIGN):
            for method in tree.all("method_declaration"):
                _method(tree, method, schemas, notes)
        if "modelcontextprotocol" in tree.source:
            for made in tree.all("object_creation_expression"):
                _constructed(tree, made, notes)
            for call in tree.all("method_invocation"):
                asks = _built(tree, call, notes) or asks
    read_builders(sources, notes)
    if asks or answers(sources):
        _classes(sources, notes)


def _classes(sources: Sources, notes: Notes) -> None:
    """Classes whose methods say name, description and schema, where the server asks each for its name."""
    objects = Objects(sources, notes)
    heads = (f"String {name}()" for name in _NAMES)
    for tree in (found.whole for found in sources.trees(*heads, also=("Schema", "Parameters"))):
        for name, cls in tree.declared("class_declaration").items():
            members: dict[str, SgNode | None] = {}
            for method in children(cls.field("body")):
                own, body = method.field("name"), method.field("body")
                if (
                    method.kind() != "method_declaration"
                    or own is None
                    or body is None
                    or not role(own.text())
                ):
                    continue
                statements = children(body)
                single = len(statements) == 1 and statements[0].kind() == "return_statement"
                members[own.text()] = children(statements[0])[-1] if single else body
            modifiers = next((child.text() for child in cls.children() if child.kind() == "modifiers"), "")
            objects.note(
                tree, cls, name, members, _told(tree, members), made=_MADE.search(modifiers) is not None
            )


def _told(tree: Tree, members: dict[str, SgNode | None]) -> dict[str, Json]:
    """The schema that the method for it returns, where it puts that together."""
    written = next((value for key, value in members.items() if role(key) == "inputSchema"), None)
    if written is not None and written.kind() == "block":
        return returned_schema(tree, written)
    return built_schema(tree, written)


def _method(tree: Tree, method: SgNode, schemas: Schemas, notes: Notes) -> None:
    """`@Tool(name = "...", description = "...") public String name(@ToolParam(description = "...") String q)`."""
    words = annotation(tree, method, ("Tool", "McpTool"))
    own = method.field("name")
    if words is None or own is None:
        return
    definition: dict[str, Json] = {"name": words.get("name") or own.text()}
    for key, spellings in (("title", ("title",)), ("description", ("description", "value"))):
        value = next((words[word] for word in spellings if words.get(word)), None)
        definition |= {key: value} if value else {}
    definition["inputSchema"] = schemas.parameters(tree, method)
    hints = _hints(method)
    notes.tool(definition | ({"annotations": hints} if hints else {}), tree.file, tree.line(method), 0.95)


def _hints(method: SgNode) -> dict[str, Json]:
    found: dict[str, Json] = {}
    modifiers = first(method, "modifiers")
    hinted = modifiers is not None and "Hint" in modifiers.text()
    for pair in modifiers.find_all(kind="element_value_pair") if modifiers is not None and hinted else ():
        key, value = pair.field("key"), pair.field("value")
        if (
            key is not None
            and value is not None
            and key.text() in _HINTS
            and value.text() in {"true", "false"}
        ):
            found[key.text()] = value.text() == "true"
    return found


def _constructed(tree: Tree, made: SgNode, notes: Notes) -> None:
    """`new Tool("name", "description", schema)` of the official SDK."""
    kind, given = made.field("type"), children(made.field("arguments"))
    if kind is None or last_name(kind) != "Tool" or len(given) < 3:
        return
    texts = [tree.text(argument) for argument in given[:3]]
    if texts[0]:
        told = [text for text in texts[1:] if text and not text.lstrip().startswith("{")]
        definition: dict[str, Json] = {"name": texts[0]} | ({"description": told[-1]} if told else {})
        schema = next((found for one in reversed(given[1:]) if (found := built_schema(tree, one))), {})
        definition |= {"inputSchema": schema} if schema else {}
        notes.tool(definition, tree.file, tree.line(made), 0.9)


def _built(tree: Tree, call: SgNode, notes: Notes) -> bool:
    """`Tool.builder().name("...").description("...").build()`; whether a name is what an object says.

    `.tool("name", ...)` is left to its own tools.
    """
    found: dict[str, Json] = {}
    asks = False
    here: SgNode | None = call
    own = call.field("name")
    if own is None or own.text() != "build":
        return False
    for _ in range(_LONGEST_CHAIN):
        if here is None or here.kind() != "method_invocation":
            return False
        name, given = here.field("name"), children(here.field("arguments"))
        if name is not None and name.text() in {"name", "title", "description"} and given:
            found[name.text()] = tree.text(given[0])
            asks = asks or (name.text() == "name" and _is_asked(given[0]))
        if name is not None and name.text() == "inputSchema" and given:
            found["inputSchema"] = built_schema(tree, given[-1])
        if name is not None and name.text() == "builder":
            owner = here.field("object")
            found["name"] = found.get("name") or (tree.text(given[0]) if given else None)
            if owner is None or last_name(owner) != "Tool":
                return False
            if found["name"]:
                definition = {key: value for key, value in found.items() if value}
                notes.tool(definition, tree.file, tree.line(here), 0.9)
            return asks and not found["name"]
        here = here.field("object")
    return False


def _is_asked(node: SgNode) -> bool:
    """Whether a name is what an object says: `tool.getName()`."""
    own = node.field("name") if node.kind() == "method_invocation" else None
    return own is not None and own.text() in _NAMES
