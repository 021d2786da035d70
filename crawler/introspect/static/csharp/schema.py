"""JSON Schema from the parameters of C# methods, and from the classes, records and enumerations that they take."""

import re

from ast_grep_py import SgNode

from crawler.introspect.static.csharp.attributes import attributes
from crawler.introspect.static.members import NamedTypes
from crawler.introspect.static.nodes import children
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TYPES = {
    **dict.fromkeys(
        ("string", "String", "Guid", "Uri", "DateTime", "DateTimeOffset", "DateOnly", "TimeSpan", "char"),
        "string",
    ),
    **dict.fromkeys(("int", "long", "short", "uint", "ulong", "byte", "Int32", "Int64"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "Double", "Decimal"), "number"),
    **dict.fromkeys(("bool", "Boolean"), "boolean"),
}
_LISTS = frozenset(
    ("List", "IEnumerable", "IList", "ICollection", "IReadOnlyList", "IReadOnlyCollection", "HashSet", "ISet")
)
_MAPS = frozenset({"Dictionary", "IDictionary", "IReadOnlyDictionary", "JsonObject"})
_INJECTED = frozenset(
    {
        "CancellationToken",
        "IMcpServer",
        "McpServer",
        "RequestContext",
        "IServiceProvider",
        "IProgress",
        "HttpClient",
        "ClaimsPrincipal",
    }
)
_DECLARED = tuple(
    rf"{word}[ \t]+(\w+)" for word in ("class", "record(?:[ \t]+(?:class|struct))?", "struct", "enum")
)
_KINDS = ("class_declaration", "record_declaration", "struct_declaration", "enum_declaration")
#: Types that a container gives to whoever asks for them.
_SERVED = re.compile(
    rb"Add(?:Keyed)?(?:Singleton|Scoped|Transient|HttpClient|DbContext\w*|HostedService)<([\w., <>]{1,200}?)>\("
)


class Schemas(NamedTypes):
    """What the methods of a package take."""

    plain = _TYPES
    lists = _LISTS
    maps = _MAPS
    optional = "Nullable"
    patterns = _DECLARED
    kinds = _KINDS
    choice = "enum_member_declaration"

    def __init__(self, sources: Sources) -> None:
        super().__init__(sources)
        self._served: set[str] | None = None

    def parameters(self, tree: Tree, method: SgNode) -> dict[str, Json]:
        """The schema of a method's parameters but those that the SDK or the container fills."""
        self.kept.renew()
        properties: dict[str, Json] = {}
        required: list[str] = []
        for parameter in children(method.field("parameters")):
            own, kind = parameter.field("name"), parameter.field("type")
            if own is None or kind is None or self._is_injected(kind.text()[:200]):
                continue
            words = attributes(tree, parameter)
            if words.keys() & {"FromServices", "FromKeyedServices", "McpToolTrigger"}:
                continue
            text = words.get("Description", {}).get("")
            name = own.text().removeprefix("@")
            default = _default(tree, parameter)
            properties[name] = self.typed(tree, kind.text(), 0) | ({"description": text} if text else {})
            if default is None:
                required.append(name)
            elif default:
                properties[name] |= {"default": default[0]}
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def typed(self, tree: Tree, name: str, depth: int) -> dict[str, Json]:
        """The schema of a type by its name; a question mark only says that it may be null."""
        return super().typed(tree, name.strip().rstrip("?"), depth)

    def members(self, tree: Tree, node: SgNode, depth: int) -> dict[str, Json]:
        """The properties of a class, and the parameters of a record."""
        properties: dict[str, Json] = {}
        required: list[str] = []
        listed = next((child for child in node.children() if child.kind() == "parameter_list"), None)
        for member in [*children(listed), *children(node.field("body"))]:
            own, kind = member.field("name"), member.field("type")
            if not self.kept.spend():
                break
            if member.kind() not in {"parameter", "property_declaration"} or own is None or kind is None:
                continue
            modifiers = {child.text() for child in member.children() if child.kind() == "modifier"}
            words = attributes(tree, member)
            if "static" in modifiers or "JsonIgnore" in words:
                continue
            if member.kind() == "property_declaration" and "public" not in modifiers:
                continue
            plain = own.text()
            name = words.get("JsonPropertyName", {}).get("") or plain[:1].lower() + plain[1:]
            text = words.get("Description", {}).get("")
            properties[name] = self.typed(tree, kind.text(), depth) | ({"description": text} if text else {})
            asked = member.kind() == "parameter" and _default(tree, member) is None
            if asked or "required" in modifiers or words.keys() & {"Required", "JsonRequired"}:
                required.append(name)
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def _is_injected(self, kind: str) -> bool:
        """Whether the SDK or the container fills the parameter: known types, interfaces of services, and what is served."""
        base = kind.partition("<")[0].rpartition(".")[2].rstrip("?")
        if base in _LISTS or base in _MAPS:
            return False
        service = base[:1] == "I" and base[1:2].isupper() and base[2:3].islower()
        return base in _INJECTED or service or base in self._services()

    def _services(self) -> set[str]:
        if self._served is None:
            found = (match for content in self.sources.contents() for match in _SERVED.findall(content))
            self._served = {
                name.partition("<")[0].strip().rpartition(".")[2]
                for match in found
                for name in match.decode("utf-8", "replace").split(",")
            }
        return self._served


def _default(tree: Tree, parameter: SgNode) -> list[Json] | None:
    """The value of a parameter that may be left out, if it is a literal; `None` where it may not."""
    parts = parameter.children()
    sign = next((number for number, part in enumerate(parts) if part.text() == "="), None)
    if sign is None or sign + 1 >= len(parts):
        return None
    value = parts[sign + 1]
    match value.kind():
        case "boolean_literal":
            return [value.text() == "true"]
        case "integer_literal" if value.text().isdecimal():
            return [int(value.text()[:18])]
        case "string_literal":
            return [tree.text(value)]
    return []
