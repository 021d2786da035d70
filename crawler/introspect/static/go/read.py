"""Tools that Go source registers with the official SDK, mcp-go and their kin."""

import re
from collections.abc import Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.go.classes import NAMES, Class, classes
from crawler.introspect.static.go.factories import Factory, Made, factory, made_by, rows, table
from crawler.introspect.static.go.packages import reached
from crawler.introspect.static.go.protocol import answered
from crawler.introspect.static.go.schema import fields_of, written_schema
from crawler.introspect.static.go.structs import Structs, argument, handled
from crawler.introspect.static.go.uses import Uses
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.reading import CONDITIONAL, Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("NewTool", "AddTool", "RegisterTool", "mcp.Tool{", ".Tool{", "ServerTool")

_CALLS = frozenset({"NewTool", "NewToolWithRawSchema", "RegisterTool"})

#: Packages that are called thus in the files that import them.
_PACKAGES = frozenset({"mcp", "mcpsdk", "sdk", "mcpgo", "protocol", "mcptypes", "mcp_golang", "server"})

_OPTIONS = {
    "WithString": "string",
    "WithNumber": "number",
    "WithInteger": "integer",
    "WithBoolean": "boolean",
    "WithArray": "array",
    "WithObject": "object",
    "WithStringItems": "array",
    "WithStringEnumItems": "array",
}
#: What is looked for in every file.
_KINDS = (
    *("call_expression", "composite_literal", "function_declaration", "method_declaration"),
    *("type_spec", "var_spec", "short_var_declaration"),
)
_HINTS = {
    "WithReadOnlyHintAnnotation": "readOnlyHint",
    "WithDestructiveHintAnnotation": "destructiveHint",
    "WithIdempotentHintAnnotation": "idempotentHint",
    "WithOpenWorldHintAnnotation": "openWorldHint",
    "ReadOnlyHint": "readOnlyHint",
    "DestructiveHint": "destructiveHint",
    "IdempotentHint": "idempotentHint",
    "OpenWorldHint": "openWorldHint",
    "Title": "title",
}


def read_go(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Go files at `paths` register."""
    built = reached(files, paths)
    before = len(notes.tools)
    _read(Sources(files, built, "go", notes, kinds=_KINDS), notes)
    if len(notes.tools) == before and len(built) < len(paths):
        _read(Sources(files, paths, "go", notes, kinds=_KINDS), notes)


def _read(sources: Sources, notes: Notes) -> None:
    trees = list(sources.trees(*_TRIGGERS))
    reader = _Go(sources, notes)
    for tree in trees:
        for call in tree.all("call_expression"):
            reader.call(tree, call)
        for literal in tree.all("composite_literal"):
            reader.literal(tree, literal)
    for made in made_by(sources, reader.factories):
        reader.made(made)
    for tree, literal, name, definition in answered(sources):
        reader.note(tree, literal, name, definition)
    for made_class in classes(sources) if reader.asks else ():
        reader.class_(made_class)


class _Go:
    def __init__(self, sources: Sources, notes: Notes) -> None:
        self._sources = sources
        self._notes = notes
        self._uses = Uses(sources)
        self._structs = Structs(sources)
        #: The tables of which the tools are noted.
        self._listed: set[tuple[str, str, str]] = set()
        #: Whether a tool is named by what an object says that it is called.
        self.asks = False
        #: Functions that make a tool out of what they are given.
        self.factories: dict[str, Factory] = {}

    def call(self, tree: Tree, call: SgNode) -> None:
        """`mcp.NewTool("name", options...)`, or `server.RegisterTool("name", "description", function)`."""
        function = call.field("function")
        name = last_name(function) if function is not None else ""
        given = children(call.field("arguments")) if name in _CALLS else []
        if name == "NewTool" and given and _package(function) in _PACKAGES:
            definition: dict[str, Json] = {"inputSchema": {"type": "object", "properties": {}}}
            for option in given[1:]:
                self._option(tree, option, definition)
            described = next(
                (option for option in given[1:] if _option_name(option) == "WithDescription"), None
            )
            self.note(tree, call, given[0], definition, described)
        elif name == "NewToolWithRawSchema" and len(given) > 1:
            schema = written_schema(tree, given[2] if len(given) > 2 else None)
            told = {"description": _described(tree, given[1]), "inputSchema": schema}
            self.note(tree, call, given[0], told, given[1])
        elif name == "RegisterTool" and len(given) == 3:
            told = {"description": _described(tree, given[1]), "inputSchema": self._taken(tree, given[2:])}
            self.note(tree, call, given[0], told, given[1])

    def literal(self, tree: Tree, literal: SgNode) -> None:
        """`mcp.Tool{Name: "...", Description: "..."}`."""
        kind = literal.field("type")
        if kind is None or kind.kind() != "qualified_type":
            return
        package, _, name = kind.text().partition(".")
        if name != "Tool" or package not in _PACKAGES:
            return
        fields = fields_of(literal)
        if "Name" not in fields:
            return
        definition: dict[str, Json] = {"description": _described(tree, fields.get("Description"))}
        definition["title"] = tree.text(fields.get("Title"))
        definition["annotations"] = _annotations(tree, fields.get("Annotations"))
        written = written_schema(tree, fields.get("InputSchema"))
        definition["inputSchema"] = written or self._given(tree, literal)
        self.note(tree, literal, fields["Name"], definition, fields.get("Description"))

    def made(self, made: Made) -> None:
        """A call of a function of the package that makes a tool: `MustTool("name", "description", handler)`."""
        definition: dict[str, Json] = {"inputSchema": {}}
        if made.description is not None:
            definition["description"] = _described(made.tree, made.description)
        for option in made.given:
            self._option(made.tree, option, definition)
        if not definition["inputSchema"]:
            kind = argument(made.call)
            typed = self._structs.of(made.tree, kind) if kind is not None else {}
            definition["inputSchema"] = typed or self._taken(made.tree, made.given)
        self._keep(made.name, definition, made.tree, made.call, 0.85)

    def class_(self, made: Class) -> None:
        """A type whose methods say what the tool is, where it is made."""
        name = made.told.text(made.name)
        if name:
            definition = {
                "description": made.told.text(made.description),
                "inputSchema": written_schema(made.told, made.schema),
            }
            self._keep(name, definition, made.tree, made.made, 0.85)

    def note(
        self,
        tree: Tree,
        node: SgNode,
        name: SgNode,
        definition: dict[str, Json],
        description: SgNode | None = None,
    ) -> None:
        """Note a tool, or the function that makes it of what it is given, or the table that it is a row of."""
        known = tree.text(name)
        if known is not None:
            self._keep(known, definition, tree, node, 0.9)
            return
        found = factory(tree, node, name, description)
        if name.kind() == "call_expression" and last_name(name.field("function") or name) in NAMES:
            self.asks = True
        elif found is not None:
            self.factories.setdefault(found[0], found[1])
        elif not self._rows(tree, name, description):
            self._notes.doubt(
                f"{tree.file}:{tree.line(node)} makes a tool whose name the source does not show"
            )

    def _keep(
        self, name: str, definition: dict[str, Json], tree: Tree, node: SgNode, confidence: float
    ) -> None:
        shown = {key: value for key, value in definition.items() if value not in (None, {})}
        sure = confidence if self._uses.used(tree, node) else CONDITIONAL
        self._notes.tool({"name": name, **shown}, tree.file, tree.line(node), sure)

    def _rows(self, tree: Tree, name: SgNode, description: SgNode | None) -> bool:
        """Note the tools of a table that a loop runs over; whether there is any."""
        key = children(name)[-1].text() if children(name) else ""
        said = children(description)[-1].text() if description is not None and children(description) else ""
        listed = table(tree, name)
        if not listed or (listed, key, said) in self._listed:
            return bool(listed)
        self._listed.add((listed, key, said))
        before = len(self._notes.tools)
        for home, fields in rows(self._sources, listed):
            known = home.text(fields.get(key))
            if known is not None:
                definition = {
                    "description": _described(home, fields.get(said)),
                    "inputSchema": self._taken(home, list(fields.values())),
                }
                shown = {word: value for word, value in definition.items() if value not in (None, {})}
                self._notes.tool({"name": known, **shown}, home.file, home.line(fields[key]), 0.85)
        return len(self._notes.tools) > before

    def _option(self, tree: Tree, option: SgNode, definition: dict[str, Json]) -> None:
        name = _option_name(option)
        given = children(option.field("arguments"))
        if name == "WithDescription" and given:
            definition["description"] = _described(tree, given[0])
        elif name == "WithInputSchema" and (kind := argument(option)) is not None:
            definition["inputSchema"] = self._structs.of(tree, kind) or definition["inputSchema"]
        elif name == "WithRawInputSchema" and given:
            definition["inputSchema"] = written_schema(tree, given[0]) or definition["inputSchema"]
        elif name == "WithTitleAnnotation" and given:
            definition.setdefault("annotations", {})["title"] = tree.text(given[0])
        elif name == "WithToolAnnotation" and given:
            definition.setdefault("annotations", {}).update(_annotations(tree, given[0]))
        elif name in _HINTS and given:
            definition.setdefault("annotations", {})[_HINTS[name]] = _truth(given[0])
        elif name in _OPTIONS and given:
            _parameter(tree, _OPTIONS[name], given, definition["inputSchema"])

    def _given(self, tree: Tree, literal: SgNode) -> dict[str, Json]:
        """The schema of the call that a literal or its address is given to: server, tool, handler."""
        call = tree.kept("given", _given).get(literal.range().start.index)
        given = children(call.field("arguments")) if call is not None else []
        if call is None or len(given) != 3:
            return {}
        kind = argument(call)
        typed = self._structs.of(tree, kind) if kind is not None else {}
        return typed or self._taken(tree, given[2:])

    def _taken(self, tree: Tree, given: list[SgNode]) -> dict[str, Json]:
        """The schema of what the handler among the arguments takes."""
        home, kind = handled(self._sources, tree, given)
        return self._structs.of(home, kind)


#: Children of three arguments: they, and the commas and brackets.
_THREE = 7


def _given(tree: Tree) -> dict[int, SgNode]:
    """The calls of three arguments by where a literal stands that the second of them is, or the address of."""
    found: dict[int, SgNode] = {}
    for call in tree.all("call_expression"):
        arguments = call.field("arguments")
        if arguments is None or len(arguments.children()) < _THREE:
            continue
        given = children(arguments)
        if len(given) == 3:
            inner = given[1].field("operand") if given[1].kind() == "unary_expression" else given[1]
            if inner is not None and inner.kind() == "composite_literal":
                found[inner.range().start.index] = call
    return found


def _option_name(option: SgNode) -> str:
    return last_name(option.field("function") or option)


def _package(function: SgNode | None) -> str:
    return function.text().partition(".")[0] if function is not None else ""


def _described(tree: Tree, node: SgNode | None) -> str | None:
    """A description, also where a translation is looked up by key with the text as the default."""
    known = tree.text(node)
    if known is None and node is not None and node.kind() == "call_expression":
        texts = [tree.text(argument) for argument in children(node.field("arguments"))]
        known = texts[-1] if len(texts) > 1 else None
    return known


def _annotations(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    literal = (
        node if node is None or node.kind() == "composite_literal" else node.find(kind="composite_literal")
    )
    fields = fields_of(literal) if literal is not None else {}
    found = {
        _HINTS[key]: tree.text(value) if key == "Title" else _truth(value)
        for key, value in fields.items()
        if key in _HINTS
    }
    return {key: value for key, value in found.items() if value is not None}


def _truth(node: SgNode) -> bool | None:
    words = re.findall(r"\b(true|false)\b", node.text()[:100])
    return words == ["true"] if len(words) == 1 else None


def _parameter(tree: Tree, kind: str, given: list[SgNode], schema: dict[str, Json]) -> None:
    name = tree.text(given[0])
    if name is None:
        return
    found: dict[str, Json] = {"type": kind}
    for option in given[1:]:
        word, values = last_name(option.field("function") or option), children(option.field("arguments"))
        if word == "Required":
            schema.setdefault("required", []).append(name)
        elif word == "Description" and values:
            found["description"] = _described(tree, values[0])
        elif word == "Enum":
            found["enum"] = [text for text in map(tree.text, values) if text is not None]
        elif word in {"DefaultString", "Pattern"} and values:
            found[{"DefaultString": "default", "Pattern": "pattern"}[word]] = tree.text(values[0])
    schema["properties"][name] = {key: value for key, value in found.items() if value is not None}
