"""Tools that Kotlin source registers with the official SDK, or with the annotations that Java uses."""

from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree, children
from crawler.tools import Json

_TRIGGERS = ("addTool", "Tool", "@McpTool")


def read_kotlin(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Kotlin files at `paths` register."""
    trees = list(Sources(files, paths, "kotlin", notes).trees(*_TRIGGERS))
    unnamed = False
    for tree in trees:
        for call in tree.root.find_all(kind="call_expression"):
            unnamed = _call(tree, call, notes) or unnamed
        for function in tree.root.find_all(kind="function_declaration"):
            _annotated(tree, function, notes)
    for tree in trees if unnamed else ():
        for cls in [
            *tree.root.find_all(kind="class_declaration"),
            *tree.root.find_all(kind="object_declaration"),
        ]:
            _class(tree, cls, notes)


def _call(tree: Tree, call: SgNode, notes: Notes) -> bool:
    """`server.addTool(name = "...", description = "...")` and `Tool(name = "...", ...)`; whether a name is not shown."""
    parts = call.children()
    name = parts[0].text().rpartition(".")[2].strip() if parts else ""
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
    notes.tool(definition, tree.file, tree.line(call), 0.95 if adds else 0.85)
    return False


def _schema(tree: Tree, call: SgNode) -> dict[str, Json]:
    """`inputSchema = ToolSchema(properties = buildJsonObject { ... }, required = listOf(...))`, as far as it is written out."""
    written = _argument(call, "inputSchema")
    if written is None or written.kind() != "call_expression":
        return {}
    built, listed = _argument(written, "properties"), _argument(written, "required")
    properties = _object(tree, built) if built is not None and built.kind() == "call_expression" else {}
    required = _positional(tree, listed) if listed is not None else []
    if not properties and not required:
        return {}
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _argument(call: SgNode, name: str) -> SgNode | None:
    """The value that a call gives to a named parameter."""
    suffix = next((child for child in call.children() if child.kind() == "call_suffix"), None)
    group = next((child for child in children(suffix) if child.kind() == "value_arguments"), None)
    for argument in children(group):
        parts = children(argument)
        if len(parts) > 1 and parts[0].text() == name:
            return parts[-1]
    return None


def _object(tree: Tree, built: SgNode, depth: int = 0) -> dict[str, Json]:
    """`buildJsonObject { put("key", ...); putJsonObject("key") { ... } }` as JSON."""
    found: dict[str, Json] = {}
    block = built.find(kind="lambda_literal")
    statements = next((child for child in children(block) if child.kind() == "statements"), None)
    for statement in children(statements) if depth < 8 else ():
        head = statement.text().partition("(")[0].strip()
        if statement.kind() != "call_expression" or head not in {"put", "putJsonObject", "putJsonArray"}:
            continue
        group = statement.find(kind="value_arguments")
        values = [children(argument)[-1] for argument in children(group) if children(argument)]
        key = tree.text(values[0]) if values else None
        if key is None:
            continue
        text = tree.text(values[1]) if len(values) > 1 else None
        if head == "putJsonObject" or (len(values) > 1 and values[1].text().startswith("buildJsonObject")):
            found[key] = _object(tree, statement if head == "putJsonObject" else values[1], depth + 1)
        elif text is not None:
            found[key] = text
    return found


def _positional(tree: Tree, call: SgNode) -> list[str]:
    return [text for text in arguments(tree, call)[1] if text is not None]


def _class(tree: Tree, cls: SgNode, notes: Notes) -> None:
    """A class per tool, `override val name = "..."`, where one `addTool(tool.name, ...)` adds them all."""
    parents = [child.text() for child in cls.children() if child.kind() == "delegation_specifier"]
    if not any("Tool" in parent for parent in parents):
        return
    words: dict[str, str] = {}
    for declaration in cls.find_all(kind="property_declaration"):
        own = declaration.find(kind="variable_declaration")
        word = own.text().partition(":")[0].strip() if own is not None else ""
        following = declaration.next()
        getter = following if following is not None and following.kind() == "getter" else None
        known = tree.text(children(getter)[-1] if getter is not None else children(declaration)[-1])
        if word in {"name", "title", "description"} and known:
            words.setdefault(word, known)
    if "name" in words:
        notes.tool(dict(words), tree.file, tree.line(cls), 0.75)


def arguments(tree: Tree, call: SgNode) -> tuple[dict[str, str | None], list[str | None]]:
    """The string arguments of a call or annotation: by name, and those without a name in order."""
    group = call.find(kind="value_arguments")
    words: dict[str, str | None] = {}
    positional: list[str | None] = []
    for argument in group.children() if group is not None else ():
        if argument.kind() != "value_argument":
            continue
        parts = children(argument)
        named = any(child.text() == "=" for child in argument.children()) and len(parts) > 1
        if named:
            words[parts[0].text()] = tree.text(parts[-1])
        elif parts:
            positional.append(tree.text(parts[-1]))
    return words, positional


def _annotated(tree: Tree, function: SgNode, notes: Notes) -> None:
    """`@Tool(description = "...") fun name(...)`."""
    modifiers = next((child for child in function.children() if child.kind() == "modifiers"), None)
    own = next((child for child in function.children() if child.kind() == "simple_identifier"), None)
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
