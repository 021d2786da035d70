"""Tools that C# source registers with the official SDK, Azure Functions, or classes and tables of its own."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.csharp.attributes import attributes
from crawler.introspect.static.csharp.schema import Schemas
from crawler.introspect.static.literals import snake_case
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.objects import Objects, answers, parsed_schema, role
from crawler.introspect.static.reading import CONDITIONAL, Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("McpServerTool", "new Tool", "ProtocolTool", "McpToolTrigger")
_VERSION = re.compile(rb"ModelContextProtocol[\w.]*\"\s+Version=\"\[?(\d+)\.(\d+)")
_COMMENTS = re.compile(rb"(?m)^[ \t]*//[^\n]*$")

#: How a server says which classes of tools it takes: all that are marked, or some by name.
_ALL = re.compile(rb"\bWithTools(?:FromAssembly)?\s*\(")
_SOME = re.compile(rb"\bWithTools<\s*([\w.]+)\s*>")

#: What is looked for in every file.
_KINDS = (
    *("method_declaration", "object_creation_expression", "implicit_object_creation_expression"),
    *("invocation_expression", "class_declaration"),
)

_HINTS = {
    "ReadOnly": "readOnlyHint",
    "Destructive": "destructiveHint",
    "Idempotent": "idempotentHint",
    "OpenWorld": "openWorldHint",
}


def read_csharp(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the C# files at `paths` register."""
    sources = Sources(files, paths, "csharp", notes, kinds=_KINDS)
    reader = _CSharp(sources, _names_plainly(files), notes)
    asks = False
    for tree in list(sources.trees(*_TRIGGERS)):
        for method in tree.all("method_declaration"):
            reader.method(tree, method)
        if "ModelContextProtocol" in tree.source:
            for made in tree.all("object_creation_expression"):
                asks = _constructed(tree, made, notes) or asks
            for call in tree.all("invocation_expression"):
                _created(tree, call, notes)
    if asks or answers(sources):
        _own(sources, notes)


def _names_plainly(files: Mapping[str, bytes]) -> bool:
    """Whether the projects want a release of the SDK before 0.2, which lists a method under its own name."""
    versions = [
        match
        for path, content in files.items()
        if path.endswith(".csproj")
        for match in _VERSION.finditer(re.sub(rb"(?s)<!--.*?-->", b"", content))
    ]
    return bool(versions) and all(int(match[1]) == 0 and int(match[2]) < 2 for match in versions)


class _CSharp:
    def __init__(self, sources: Sources, plain: bool, notes: Notes) -> None:
        self._plain = plain
        self._notes = notes
        self._schemas = Schemas(sources)
        self._taken = _taken(sources)

    def method(self, tree: Tree, method: SgNode) -> None:
        """`[McpServerTool(Name = "..."), Description("...")] public static string Name(...)`."""
        own, words = method.field("name"), attributes(tree, method)
        if own is None:
            return
        for parameter in children(method.field("parameters")) if "McpToolTrigger" in method.text() else ():
            trigger = attributes(tree, parameter).get("McpToolTrigger")
            if trigger is not None and trigger.get(""):
                self._triggered(tree, method, trigger)
        marked = words.get("McpServerTool")
        if marked is None:
            return
        if marked.get("Name") == "":
            self._notes.doubt(
                f"{tree.file}:{tree.line(method)} names a tool by what the source does not show"
            )
            return
        definition: dict[str, Json] = {"name": marked.get("Name") or _derived(own.text(), self._plain)}
        description = words.get("Description", {}).get("")
        definition |= {"title": marked["Title"]} if marked.get("Title") else {}
        definition |= {"description": description} if description else {}
        definition["inputSchema"] = self._schemas.parameters(tree, method)
        hints = {_HINTS[key]: value == "true" for key, value in marked.items() if key in _HINTS}
        definition |= {"annotations": hints} if hints else {}
        sure = 0.95 if "Name" in marked else 0.85
        self._notes.tool(
            definition, tree.file, tree.line(method), sure if self._is_taken(tree, method) else CONDITIONAL
        )

    def _is_taken(self, tree: Tree, method: SgNode) -> bool:
        """Whether the server takes the class of a method, as far as it names the classes that it takes."""
        cls = next(tree.around(method, "class_declaration"), None)
        own = cls.field("name") if cls is not None else None
        return not self._taken or own is None or own.text() in self._taken

    def _triggered(self, tree: Tree, method: SgNode, trigger: dict[str, str]) -> None:
        """`[McpToolTrigger("name", "description")] ToolInvocationContext context` of a function."""
        properties: dict[str, Json] = {}
        required: list[str] = []
        for parameter in children(method.field("parameters")):
            words = attributes(tree, parameter).get("McpToolProperty")
            if words is None or not words.get(""):
                continue
            typed, texts = parameter.field("type"), [words.get("1", ""), words.get("2", "")]
            kind, text = texts if texts[1] not in {"", "true", "false"} else ("", texts[0])
            shown = (
                self._schemas.typed(tree, typed.text(), 0)
                if typed is not None and not kind
                else {"type": kind}
            )
            properties[words[""]] = shown | ({"description": text} if text else {})
            required += [words[""]] if "true" in words.values() else []
        schema = {"type": "object", "properties": properties} | ({"required": required} if required else {})
        definition: dict[str, Json] = {"name": trigger[""], "inputSchema": schema}
        definition |= {"description": trigger["1"]} if trigger.get("1") else {}
        self._notes.tool(definition, tree.file, tree.line(method), 0.9)


def _taken(sources: Sources) -> frozenset[str]:
    """The classes of tools that a server names; empty where it takes all, or none is named."""
    found: set[str] = set()
    for content in sources.contents():
        if b"WithTools" in content:
            code = _COMMENTS.sub(b"", content)
            if _ALL.search(code):
                return frozenset()
            found.update(name.decode().rpartition(".")[2] for name in _SOME.findall(code))
    return frozenset(found)


def _derived(name: str, plain: bool) -> str:
    """The name that the SDK gives to a tool without one."""
    name = name.removesuffix("Async") or name
    return name if plain else snake_case(name)


def _constructed(tree: Tree, made: SgNode, notes: Notes) -> bool:
    """`new Tool { Name = "...", Description = "..." }`; whether the name is what an object says."""
    kind = made.field("type")
    if kind is None or last_name(kind) != "Tool":
        return False
    members = _initialised(made)
    words = {key: text for key, value in members.items() if (text := tree.text(value))}
    if words.get("Name"):
        definition: dict[str, Json] = {
            key.lower(): words[key] for key in ("Name", "Title", "Description") if words.get(key)
        }
        schema = parsed_schema(tree, members["InputSchema"]) if "InputSchema" in members else {}
        definition |= {"inputSchema": schema} if schema else {}
        notes.tool(definition, tree.file, tree.line(made), 0.9)
        return False
    return "Name" in members and members["Name"].kind() == "member_access_expression"


def _initialised(made: SgNode) -> dict[str, SgNode]:
    """What a literal assigns to the members of the object that it makes."""
    found: dict[str, SgNode] = {}
    initial = next((child for child in made.children() if child.kind() == "initializer_expression"), None)
    for assignment in children(initial):
        left, right = assignment.field("left"), assignment.field("right")
        if left is not None and right is not None and left.kind() == "identifier":
            found[left.text()] = right
    return found


def _created(tree: Tree, call: SgNode, notes: Notes) -> None:
    """`McpServerTool.Create(method, new() { Name = "..." })`."""
    function = call.field("function")
    if (
        function is None
        or last_name(function) != "Create"
        or not function.text()[-60:].endswith("McpServerTool.Create")
    ):
        return
    for argument in children(call.field("arguments")):
        for made in children(argument):
            if not made.kind().endswith("object_creation_expression"):
                continue
            words = {key: text for key, value in _initialised(made).items() if (text := tree.text(value))}
            if words.get("Name"):
                definition = {
                    key.lower(): words[key] for key in ("Name", "Title", "Description") if key in words
                }
                notes.tool(dict(definition), tree.file, tree.line(call), 0.9)
                return


def _own(sources: Sources, notes: Notes) -> None:
    """Classes whose members say name, description and schema, and literals that hold them, where the server asks for the name."""
    objects = Objects(sources, notes)
    heads = ("string Name", "string ToolName", "Name =")
    for tree in (found.whole for found in sources.trees(*heads, also=("Schema", "Parameters"))):
        for name, cls in tree.declared("class_declaration").items():
            members: dict[str, SgNode | None] = {}
            for member in children(cls.field("body")):
                own = member.field("name")
                if (
                    member.kind() in {"property_declaration", "method_declaration"}
                    and own
                    and role(own.text())
                ):
                    members[own.text()] = _said(member)
            objects.note(tree, cls, name, members, {})
        for kind in ("object_creation_expression", "implicit_object_creation_expression"):
            for made in tree.all(kind):
                literal = _initialised(made)
                if {"name", "description", "inputSchema"} <= {role(key) for key in literal}:
                    objects.note(tree, made, "", literal, {}, made=True)


def _said(member: SgNode) -> SgNode | None:
    """The expression that a property or a method of one expression stands for; else its body."""
    parts = member.children()
    signs = [number for number, part in enumerate(parts) if part.text() == "="]
    if signs and signs[0] + 1 < len(parts):
        return parts[signs[0] + 1]
    arrow = next((part for part in parts if part.kind() == "arrow_expression_clause"), None)
    if arrow is not None:
        return arrow.children()[-1]
    statements = children(member.find(kind="block"))
    single = len(statements) == 1 and statements[0].kind() == "return_statement"
    return children(statements[0])[-1] if single else member.field("body")
