"""Tools that C# source registers with the official SDK."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.literals import snake_case
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree, children, last_name
from crawler.tools import Json

_TRIGGERS = ("McpServerTool", "new Tool", "ProtocolTool")
_VERSION = re.compile(rb"ModelContextProtocol[\w.]*\"\s+Version=\"\[?(\d+)\.(\d+)")
_TYPES = {
    **dict.fromkeys(("string", "String", "Guid", "Uri", "DateTime", "char"), "string"),
    **dict.fromkeys(("int", "long", "short", "uint", "Int32", "Int64"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("bool", "Boolean"), "boolean"),
}
_INJECTED = frozenset(
    {
        "CancellationToken",
        "IMcpServer",
        "McpServer",
        "RequestContext",
        "IServiceProvider",
        "IProgress",
        "HttpClient",
    }
    | {"ClaimsPrincipal"}
)
_HINTS = {
    "ReadOnly": "readOnlyHint",
    "Destructive": "destructiveHint",
    "Idempotent": "idempotentHint",
    "OpenWorld": "openWorldHint",
}


def read_csharp(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the C# files at `paths` register."""
    plain = _names_plainly(files)
    for tree in Sources(files, paths, "csharp", notes).trees(*_TRIGGERS):
        for method in tree.root.find_all(kind="method_declaration"):
            _method(tree, method, plain, notes)
        if "ModelContextProtocol" in tree.source:
            for made in tree.root.find_all(kind="object_creation_expression"):
                _constructed(tree, made, notes)
            for call in tree.root.find_all(kind="invocation_expression"):
                _created(tree, call, notes)


def _attributes(tree: Tree, node: SgNode) -> dict[str, dict[str, str]]:
    """The attributes before a declaration, each with its arguments; the unnamed one is called ``."""
    found: dict[str, dict[str, str]] = {}
    for group in (child for child in node.children() if child.kind() == "attribute_list"):
        for attribute in (child for child in group.children() if child.kind() == "attribute"):
            name = attribute.field("name") or attribute.children()[0]
            words = found.setdefault(last_name(name).removesuffix("Attribute"), {})
            for argument in attribute.find_all(kind="attribute_argument"):
                parts = children(argument)
                key = parts[0].text() if len(parts) > 1 else ""
                words[key] = tree.text(parts[-1]) or parts[-1].text()
    return found


def _names_plainly(files: Mapping[str, bytes]) -> bool:
    """Whether the projects want a release of the SDK before 0.2, which lists a method under its own name."""
    versions = [
        match
        for path, content in files.items()
        if path.endswith(".csproj")
        for match in _VERSION.finditer(re.sub(rb"(?s)<!--.*?-->", b"", content))
    ]
    return bool(versions) and all(int(match[1]) == 0 and int(match[2]) < 2 for match in versions)


def _method(tree: Tree, method: SgNode, plain: bool, notes: Notes) -> None:
    """`[McpServerTool(Name = "..."), Description("...")] public static string Name(...)`."""
    attributes = _attributes(tree, method)
    words = attributes.get("McpServerTool")
    own = method.field("name")
    if words is None or own is None:
        return
    definition: dict[str, Json] = {"name": words.get("Name") or _derived(own.text(), plain)}
    description = attributes.get("Description", {}).get("")
    definition |= {"title": words["Title"]} if "Title" in words else {}
    definition |= {"description": description} if description else {}
    definition["inputSchema"] = _parameters(tree, method)
    hints = {_HINTS[key]: value == "true" for key, value in words.items() if key in _HINTS}
    confidence = 0.95 if "Name" in words else 0.85
    notes.tool(
        definition | ({"annotations": hints} if hints else {}), tree.file, tree.line(method), confidence
    )


def _derived(name: str, plain: bool) -> str:
    """The name that the SDK gives to a tool without one."""
    name = name.removesuffix("Async") or name
    return name if plain else snake_case(name)


def _parameters(tree: Tree, method: SgNode) -> dict[str, Json]:
    properties: dict[str, Json] = {}
    required: list[str] = []
    for parameter in children(method.field("parameters")):
        own, kind = parameter.field("name"), parameter.field("type")
        if own is None or kind is None or _is_injected(kind.text()):
            continue
        text = _attributes(tree, parameter).get("Description", {}).get("")
        properties[own.text()] = _typed(kind.text()) | ({"description": text} if text else {})
        if "=" not in {child.text() for child in parameter.children()}:
            required.append(own.text())
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _is_injected(kind: str) -> bool:
    """Whether the SDK or the container fills the parameter: known types, and interfaces of services."""
    base = kind.partition("<")[0].rpartition(".")[2].rstrip("?")
    service = (
        base[:1] == "I" and base[1:2].isupper() and base not in {"IEnumerable", "IList", "IReadOnlyList"}
    )
    return base in _INJECTED or (service and not base.startswith(("IDictionary", "IReadOnlyDictionary")))


def _typed(name: str) -> dict[str, Json]:
    name = name.rstrip("?")
    base = name.partition("<")[0].rpartition(".")[2]
    if name.endswith("[]") or base in {"List", "IEnumerable", "IList", "IReadOnlyList", "HashSet"}:
        return {"type": "array"}
    return {"type": _TYPES[base]} if base in _TYPES else {}


def _constructed(tree: Tree, made: SgNode, notes: Notes) -> None:
    """`new Tool { Name = "...", Description = "..." }`."""
    kind = made.field("type")
    if kind is None or last_name(kind) != "Tool":
        return
    words = _initialised(tree, made)
    if words.get("Name"):
        definition = {key.lower(): words[key] for key in ("Name", "Title", "Description") if words.get(key)}
        notes.tool(dict(definition), tree.file, tree.line(made), 0.9)


def _initialised(tree: Tree, made: SgNode) -> dict[str, str]:
    found: dict[str, str] = {}
    for assignment in children(made.find(kind="initializer_expression")):
        left, right = assignment.field("left"), assignment.field("right")
        known = tree.text(right)
        if left is not None and known is not None:
            found[left.text()] = known
    return found


def _created(tree: Tree, call: SgNode, notes: Notes) -> None:
    """`McpServerTool.Create(method, new() { Name = "..." })`."""
    function = call.field("function")
    if function is None or not function.text().endswith("McpServerTool.Create"):
        return
    for kind in ("implicit_object_creation_expression", "object_creation_expression"):
        for made in call.find_all(kind=kind):
            words = _initialised(tree, made)
            if words.get("Name"):
                definition = {
                    key.lower(): words[key] for key in ("Name", "Title", "Description") if key in words
                }
                notes.tool(dict(definition), tree.file, tree.line(call), 0.9)
                return
