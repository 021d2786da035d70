"""JSON Schema from the parameters of Java methods, and from the classes, records and enumerations that they take."""

import re

from ast_grep_py import SgNode

from crawler.introspect.static.java.annotations import annotation
from crawler.introspect.static.members import NamedTypes
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.syntax import Tree
from crawler.tools import Json

_TYPES = {
    **dict.fromkeys(
        ("String", "CharSequence", "UUID", "char", "URI", "LocalDate", "LocalDateTime", "Instant"), "string"
    ),
    **dict.fromkeys(("int", "long", "short", "Integer", "Long", "Short", "BigInteger"), "integer"),
    **dict.fromkeys(("float", "double", "Float", "Double", "BigDecimal", "Number"), "number"),
    **dict.fromkeys(("boolean", "Boolean"), "boolean"),
}
_LISTS = frozenset({"List", "Set", "Collection", "Iterable", "ArrayList"})
_INJECTED = frozenset(
    {
        "ToolContext",
        "McpSyncServerExchange",
        "McpAsyncServerExchange",
        "McpSyncRequestContext",
        "McpAsyncRequestContext",
        "McpTransportContext",
    }
    | {"McpConnection", "McpLog", "Progress", "RequestId", "Cancellation", "Sampling", "Roots", "McpMeta"}
)
_PARAMETERS = ("ToolParam", "ToolArg", "McpToolParam", "McpToolArg", "McpArg")
_DECLARED = tuple(rf"{word}[ \t]+(\w+)" for word in ("class", "record", "enum"))
_KINDS = ("record_declaration", "class_declaration", "enum_declaration")


class Schemas(NamedTypes):
    """What the methods of a package take."""

    plain = _TYPES
    lists = _LISTS
    maps = frozenset({"Map"})
    optional = "Optional"
    patterns = _DECLARED
    kinds = _KINDS
    choice = "enum_constant"

    def parameters(self, tree: Tree, method: SgNode) -> dict[str, Json]:
        """The schema of a method's parameters but those that the framework fills."""
        self.kept.renew()
        properties: dict[str, Json] = {}
        required: list[str] = []
        for parameter in children(method.field("parameters")):
            own, kind = parameter.field("name"), parameter.field("type")
            if own is None or kind is None or last_name(kind) in _INJECTED:
                continue
            words = annotation(tree, parameter, _PARAMETERS) or {}
            text = words.get("description") or words.get("value")
            name = words.get("name") or own.text()
            properties[name] = self.typed(tree, kind.text(), 0) | ({"description": text} if text else {})
            if "required = false" not in parameter.text() and "Optional<" not in kind.text():
                required.append(name)
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def members(self, tree: Tree, node: SgNode, depth: int) -> dict[str, Json]:
        """The fields of a class, and the components of a record."""
        properties: dict[str, Json] = {}
        required: list[str] = []
        listed = (
            children(node.field("parameters"))
            if node.kind() == "record_declaration"
            else children(node.field("body"))
        )
        for member in listed:
            if not self.kept.spend():
                break
            declarator = member.field("declarator")
            own = declarator.field("name") if declarator is not None else member.field("name")
            kind = member.field("type")
            modifiers = next((child.text() for child in member.children() if child.kind() == "modifiers"), "")
            if member.kind() not in {"field_declaration", "formal_parameter"} or own is None or kind is None:
                continue
            if re.search(r"\bstatic\b|@JsonIgnore\b|\btransient\b", modifiers):
                continue
            named = annotation(tree, member, ("JsonProperty",)) or {}
            told = annotation(tree, member, ("JsonPropertyDescription", "Schema", *_PARAMETERS)) or {}
            name, text = named.get("value") or own.text(), told.get("description") or told.get("value")
            properties[name] = self.typed(tree, kind.text(), depth) | ({"description": text} if text else {})
            if re.search(r"required\s*=\s*true|@NotNull\b|@NotBlank\b|@NonNull\b", modifiers):
                required.append(name)
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})
