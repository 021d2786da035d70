"""Tools that Kotlin source registers with the official SDK, or with the annotations that Java uses."""

from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import Spans, children, first
from crawler.introspect.static.objects import Objects, answers, role
from crawler.introspect.static.reading import CONDITIONAL, Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("addTool", "Tool", "@McpTool")

#: What stands in every block in which a tool is registered.
_CALLS = ("addTool(", "addTool {", "addTool<", "addTool\n", "Tool(", "@Tool", "@McpTool")

#: What is looked for in every file.
_KINDS = ("call_expression", "function_declaration", "property_declaration")


def read_kotlin(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Kotlin files at `paths` register."""
    sources = Sources(files, paths, "kotlin", notes, kinds=_KINDS)
    unnamed = False
    for tree in list(sources.trees(*_TRIGGERS, inside=_CALLS)):
        for call in tree.all("call_expression"):
            unnamed = _call(tree, call, notes) or unnamed
        for function in tree.all("function_declaration"):
            _annotated(tree, function, notes)
    if unnamed or answers(sources):
        _classes(sources, notes)


def _call(tree: Tree, call: SgNode, notes: Notes) -> bool:
    """`server.addTool(name = "...", description = "...")` and `Tool(name = "...", ...)`; whether a name is not shown."""
    parts = call.children()
    name = _called(parts[0]) if parts else ""
    adds = name == "addTool"
    if not adds and (name != "Tool" or "modelcontextprotocol" not in tree.source):
        return False
    words, positional = arguments(tree, call)
    known = words.get("name") or (positional[0] if positional else None)
    if not known or (not adds and "inputSchema" not in call.text()):
        return adds
    definition: dict[str, Json] = {"name": known}
    description = words.get("description") or (positional[1] if len(positional) > 1 else None)
    definition |= {"description": description} if description else {}
    definition |= {"title": words["title"]} if words.get("title") else {}
    schema = _schema(tree, call)
    definition |= {"inputSchema": schema} if schema else {}
    # An ordinary start does not list what is added when another tool is called.
    later = adds and any(tree.kept("answers", _answers).around(call))
    sure = 0.95 if adds else 0.85
    notes.tool(definition, tree.file, tree.line(call), CONDITIONAL if later else sure)
    return False


def _called(node: SgNode) -> str:
    """The name of what is called, without what stands before the last dot."""
    if node.kind() == "navigation_expression":
        node = node.children()[-1]
    return node.text()[-200:].lstrip("?.").strip()


def _answers(tree: Tree) -> Spans:
    """The blocks that are run when an added tool is called."""
    found: list[SgNode] = []
    for call in tree.all("call_expression"):
        parts = call.children()
        if len(parts) == 2 and _called(parts[0]) == "addTool":
            block = first(first(parts[1], "annotated_lambda"), "lambda_literal")
            found += [block] if block is not None else []
    return Spans(found)


def _schema(tree: Tree, call: SgNode) -> dict[str, Json]:
    """`inputSchema = ToolSchema(properties = buildJsonObject { ... }, required = listOf(...))`, as far as it is written out."""
    written = _argument(call, "inputSchema")
    if written is not None and written.kind() == "simple_identifier":
        declared = tree.kept("values", _values).get(written.text(), [])
        start = call.range().start.index
        written = next((value for place, value in reversed(declared) if place < start), None)
    return _made(tree, written) if written is not None and written.kind() == "call_expression" else {}


def _values(tree: Tree) -> dict[str, list[tuple[int, SgNode]]]:
    """What `val` declares in a file, by name, with the places."""
    found: dict[str, list[tuple[int, SgNode]]] = {}
    for declaration in tree.all("property_declaration"):
        own, parts = declaration.find(kind="variable_declaration"), children(declaration)
        if own is not None and parts and "=" in [child.text() for child in declaration.children()]:
            name = own.text().partition(":")[0].strip()
            found.setdefault(name, []).append((declaration.range().start.index, parts[-1]))
    return found


def _made(tree: Tree, written: SgNode) -> dict[str, Json]:
    built, listed = _argument(written, "properties"), _argument(written, "required")
    properties = _object(tree, built) if built is not None and built.kind() == "call_expression" else {}
    required = _positional(tree, listed) if listed is not None else []
    if not properties and not required:
        return {}
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _argument(call: SgNode, name: str) -> SgNode | None:
    """The value that a call gives to a named parameter."""
    group = first(first(call, "call_suffix"), "value_arguments")
    for argument in children(group):
        parts = children(argument)
        if len(parts) > 1 and parts[0].text() == name:
            return parts[-1]
    return None


def _object(tree: Tree, built: SgNode, depth: int = 0) -> dict[str, Json]:
    """`buildJsonObject { put("key", ...); putJsonObject("key") { ... } }` as JSON."""
    found: dict[str, Json] = {}
    for statement in _statements(built) if depth < 8 else ():
        if statement.kind() != "call_expression":
            continue
        head = statement.children()[0].text()
        values = _values_of(statement) if head in {"put", "putJsonObject", "putJsonArray"} else []
        key = tree.text(values[0]) if values else None
        if key is None:
            continue
        value = values[1] if len(values) > 1 else None
        if head == "putJsonObject" or (value is not None and value.text()[:15] == "buildJsonObject"):
            found[key] = _object(tree, statement if value is None else value, depth + 1)
        elif head == "putJsonArray" or (value is not None and value.text()[:14] == "buildJsonArray"):
            found[key] = _array(tree, statement if value is None else value)
        elif value is not None and (known := _constant(tree, value)) is not None:
            found[key] = known
    return found


def _statements(call: SgNode) -> list[SgNode]:
    """The statements of the block that a call is given."""
    suffix = first(call, "call_suffix")
    annotated = first(suffix, "annotated_lambda")
    return children(first(first(annotated, "lambda_literal"), "statements"))


def _values_of(call: SgNode) -> list[SgNode]:
    """The values that a call is given, with names or without."""
    group = first(first(call, "call_suffix"), "value_arguments")
    return [inner[-1] for argument in children(group) if (inner := children(argument))]


def _array(tree: Tree, built: SgNode) -> list[Json]:
    """`buildJsonArray { add("..."); add(JsonPrimitive("...")) }` as JSON."""
    found: list[Json] = []
    for statement in _statements(built):
        values = _values_of(statement)
        known = _constant(tree, values[0]) if len(values) == 1 else None
        found += [known] if known is not None else []
    return found


def _constant(tree: Tree, node: SgNode) -> Json:
    """A text, number or truth value, as it stands or inside `JsonPrimitive(...)`."""
    match node.kind():
        case "boolean_literal":
            return node.text() == "true"
        case "integer_literal" if node.text().isdecimal():
            return int(node.text()[:18])
        case "call_expression" if "JsonPrimitive" in node.text()[:60]:
            values = _values_of(node)
            return _constant(tree, values[0]) if len(values) == 1 else None
    return tree.text(node)


def _positional(tree: Tree, call: SgNode) -> list[str]:
    return [text for text in arguments(tree, call)[1] if text is not None]


def _classes(sources: Sources, notes: Notes) -> None:
    """A class per tool, `override val name = "..."`, where one `addTool(tool.name, ...)` or answer lists them all."""
    objects = Objects(sources, notes)
    heads = ("val name", "fun getName", "val toolName")
    for tree in (found.whole for found in sources.trees(*heads, also=("Tool",))):
        for kind in ("class_declaration", "object_declaration"):
            for cls in tree.root.find_all(kind=kind):
                own = next((child for child in cls.children() if child.kind() == "type_identifier"), None)
                parents = [child.text() for child in cls.children() if child.kind() == "delegation_specifier"]
                if own is not None and any("Tool" in parent for parent in parents):
                    members = _members(cls)
                    written = next(
                        (value for key, value in members.items() if role(key) == "inputSchema"), None
                    )
                    objects.note(tree, cls, own.text(), {"schema": None, **members}, _built(tree, written))


def _members(cls: SgNode) -> dict[str, SgNode | None]:
    """The properties of a class, and its methods of one expression, with what they stand for."""
    found: dict[str, SgNode | None] = {}
    body = next((child for child in cls.children() if child.kind() == "class_body"), None)
    members = body.children() if body is not None else []
    for member, following in zip(members, [*members, None][1:], strict=True):
        own = member.find(
            kind="variable_declaration" if member.kind() == "property_declaration" else "simple_identifier"
        )
        word = own.text().partition(":")[0].strip() if own is not None else ""
        if member.kind() not in {"property_declaration", "function_declaration"} or not role(word):
            continue
        getter = following if following is not None and following.kind() == "getter" else member
        parts = children(getter)
        found.setdefault(word, parts[-1] if parts else None)
    return found


def _built(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    """A schema that is built or made: `buildJsonObject { ... }` as a whole, `ToolSchema(...)` of parts."""
    while node is not None and node.kind() == "function_body" and children(node):
        node = children(node)[-1]
    if node is None or node.kind() != "call_expression":
        return {}
    if node.children()[0].text() == "buildJsonObject":
        return _object(tree, node)
    return _made(tree, node)


def arguments(tree: Tree, call: SgNode) -> tuple[dict[str, str | None], list[str | None]]:
    """The string arguments of a call or annotation: by name, and those without a name in order."""
    suffix = first(call, "call_suffix")
    group = call.find(kind="value_arguments") if suffix is None else first(suffix, "value_arguments")
    words: dict[str, str | None] = {}
    positional: list[str | None] = []
    for argument in group.children() if group is not None else ():
        if argument.kind() != "value_argument":
            continue
        parts = children(argument)
        if len(parts) > 1 and any(child.text() == "=" for child in argument.children()):
            words[parts[0].text()] = tree.text(parts[-1])
        elif parts:
            positional.append(tree.text(parts[-1]))
    return words, positional


def _annotated(tree: Tree, function: SgNode, notes: Notes) -> None:
    """`@Tool(description = "...") fun name(...)`."""
    modifiers, own = first(function, "modifiers"), first(function, "simple_identifier")
    if modifiers is None or own is None or "dev.langchain4j" in tree.source or "ai.koog" in tree.source:
        return
    for annotation in modifiers.find_all(kind="annotation"):
        head = annotation.text().lstrip("@").partition("(")[0].rpartition(".")[2].strip()
        if head not in {"Tool", "McpTool"}:
            continue
        words, positional = arguments(tree, annotation)
        definition: dict[str, Json] = {"name": words.get("name") or own.text()}
        description = words.get("description") or next(iter(positional), None)
        definition |= {"description": description} if description else {}
        notes.tool(definition, tree.file, tree.line(function), 0.9)
