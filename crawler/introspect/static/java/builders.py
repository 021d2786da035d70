"""Tools that Java source makes with a builder of its own around the SDK's."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.mentions import Mentions
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.reading import CONDITIONAL, Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_WORDS = re.compile(r"(?:set|with)?(name|title|description)", re.IGNORECASE)
_PROPERTY = re.compile(
    r"(?:add|with)?(Required|Optional)?(String|Boolean|Number|Integer|Array|Enum|Object)(?:Property|Param|Parameter|Argument)"
)
_ANY_PROPERTY = re.compile(r"Propert|Param|Argument|Schema")
_METHODS = ("method_declaration", "constructor_declaration")
_TYPES = {"Enum": "string"}

#: The name of a method that is called, and what with.
Link = tuple[str, list[SgNode]]


def read_builders(sources: Sources, notes: Notes) -> None:
    """Note the tools made with classes of the package that have a method which builds the SDK's `Tool`."""
    builders = {
        builder: method
        for tree in sources.parsed()
        for builder, method in _builders(tree)
        if builder != "Tool"
    }
    if not builders:
        return
    mentions = Mentions(sources)
    for tree in sources.trees(*builders):
        for call in tree.all("method_invocation"):
            own = call.field("name")
            if own is not None and own.text() in builders.values():
                _chain(tree, call, builders, mentions, notes)


def _builders(tree: Tree) -> Iterator[tuple[str, str]]:
    """Classes with the method of theirs whose result is a tool of the SDK that it builds."""
    if "modelcontextprotocol" not in tree.source:
        return
    for name, node in tree.whole.declared("class_declaration").items():
        for method in node.find_all(kind="method_declaration"):
            kind, own, body = method.field("type"), method.field("name"), method.field("body")
            if kind is None or own is None or body is None or last_name(kind) != "Tool":
                continue
            if not children(method.field("parameters")) and re.search(
                r"Tool\s*(?:\.\s*builder\s*)?\(", body.text()
            ):
                yield name, own.text()


def _chain(tree: Tree, call: SgNode, builders: dict[str, str], mentions: Mentions, notes: Notes) -> None:
    """`Builder.of(...).setName("...").addStringProperty("...", "...").build()`."""
    links, start = _links(call)
    if start is not None and last_name(start) not in builders and start.kind() == "identifier":
        begun, origin = _links(_declared(tree, start))
        links, start = [*links, ("Schema", []), *begun], origin
    if start is None or builders.get(last_name(start)) != links[0][0]:
        return
    definition: dict[str, Json] = {}
    for link, given in links:
        word = _WORDS.fullmatch(link)
        known = tree.text(given[0]) if word is not None and given else None
        if word is not None and known:
            definition[word[1].lower()] = known
    if definition.get("name"):
        definition["inputSchema"] = _schema(tree, links)
        notes.tool(
            definition, tree.file, tree.line(call), 0.9 if _is_made(tree, call, mentions) else CONDITIONAL
        )


def _links(call: SgNode | None) -> tuple[list[Link], SgNode | None]:
    """The calls of a chain, last first, each with its arguments, and the class with which it starts."""
    links: list[Link] = []
    while call is not None and call.kind() == "method_invocation":
        name = call.field("name")
        links.append((name.text() if name is not None else "", children(call.field("arguments"))))
        call = call.field("object")
    made = call is not None and call.kind() == "object_creation_expression"
    return links, call.field("type") if call is not None and made else call


def _declared(tree: Tree, variable: SgNode) -> SgNode | None:
    """What a local variable is declared as; what happens to it later is not followed."""
    method = next(tree.around(variable, *_METHODS), None)
    names = tree.kept("variables", _variables)
    return names.get((method.range().start.index, variable.text())) if method is not None else None


def _variables(tree: Tree) -> dict[tuple[int, str], SgNode]:
    """What is declared in the methods of a file, by the start of the method and the name."""
    found: dict[tuple[int, str], SgNode] = {}
    for declaration in tree.root.find_all(kind="variable_declarator"):
        own, value = declaration.field("name"), declaration.field("value")
        method = next(tree.around(declaration, *_METHODS), None)
        if own is not None and value is not None and method is not None:
            found.setdefault((method.range().start.index, own.text()), value)
    return found


def _schema(tree: Tree, links: list[Link]) -> dict[str, Json]:
    """The schema of what the chain adds; open where it calls something that adds what it does not show."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    for link, given in reversed(links):
        found = _PROPERTY.fullmatch(link)
        name = tree.text(given[0]) if given else None
        if found is None or name is None:
            if _ANY_PROPERTY.search(link):
                return {"type": "object"}
            continue
        text = tree.text(given[-1]) if len(given) > 1 else None
        kind = _TYPES.get(found[2], found[2].lower())
        properties[name] = {"type": kind} | ({"description": text} if text else {})
        required += [name] if found[1] == "Required" else []
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _is_made(tree: Tree, call: SgNode, mentions: Mentions) -> bool:
    """Whether anything makes objects of the class in which the tool is built, or a framework does."""
    cls = next(tree.around(call, "class_declaration"), None)
    own = cls.field("name") if cls is not None else None
    if cls is None or own is None:
        return True
    annotated = any(child.kind() == "modifiers" and "@" in child.text() for child in cls.children())
    return annotated or mentions.mentioned(own.text())
