"""Go servers with a type per tool, whose methods say the name, the description and the schema."""

from collections.abc import Iterator
from typing import NamedTuple

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.syntax import Sources, Tree

#: The methods of a tool by what they tell.
NAMES = ("Name", "GetName", "ToolName")
_DESCRIPTIONS = ("Description", "GetDescription", "ToolDescription")
_SCHEMAS = ("InputSchema", "GetInputSchema", "Schema", "GetSchema", "Parameters", "ParametersSchema")


class Class(NamedTuple):
    """A place where a tool of a type is made, and what the methods of that type return."""

    tree: Tree
    made: SgNode
    #: The file of the methods.
    told: Tree
    name: SgNode
    description: SgNode
    schema: SgNode | None


def classes(sources: Sources) -> Iterator[Class]:
    """The types that have methods for a name and a description, wherever one of them is made."""
    told: dict[tuple[str, str], tuple[Tree, dict[str, SgNode]]] = {}
    for tree in sources.trees(*(f") {name}() string" for name in NAMES)):
        for receiver, methods in _methods(tree.whole).items():
            told[tree.file.rpartition("/")[0], receiver] = tree.whole, methods
    by_name = {receiver: folder for folder, receiver in reversed(told)}
    heads = [f"{receiver}{{" for receiver in by_name] + [f"new({receiver})" for receiver in by_name]
    for tree in sources.trees(*heads) if heads else ():
        for made, receiver in _made(tree):
            folder = tree.file.rpartition("/")[0]
            where = (
                (folder, receiver) if (folder, receiver) in told else (by_name.get(receiver, ""), receiver)
            )
            if where not in told:
                continue
            home, methods = told[where]
            name = next((methods[key] for key in NAMES if key in methods), None)
            description = next((methods[key] for key in _DESCRIPTIONS if key in methods), None)
            schema = next((methods[key] for key in _SCHEMAS if key in methods), None)
            if name is not None and description is not None and schema is not None:
                yield Class(tree, made, home, name, description, schema)


def _methods(tree: Tree) -> dict[str, dict[str, SgNode]]:
    """What the methods of each type return that hold nothing but a return."""
    found: dict[str, dict[str, SgNode]] = {}
    wanted = {*NAMES, *_DESCRIPTIONS, *_SCHEMAS}
    for method in tree.all("method_declaration"):
        own, receiver, body = method.field("name"), method.field("receiver"), method.field("body")
        if own is None or receiver is None or body is None or own.text() not in wanted:
            continue
        returned = body.find(kind="return_statement")
        values = children(children(returned)[-1]) if returned is not None and children(returned) else []
        if len(values) == 1:
            found.setdefault(last_name(receiver), {}).setdefault(own.text(), values[0])
    return found


def _made(tree: Tree) -> Iterator[tuple[SgNode, str]]:
    """The literals and `new(...)` of a file with the name of what they make."""
    for literal in tree.all("composite_literal"):
        kind = literal.field("type")
        if kind is not None and kind.kind() in {"type_identifier", "qualified_type"}:
            yield literal, last_name(kind)
    for call in tree.all("call_expression"):
        function, given = call.field("function"), children(call.field("arguments"))
        if function is not None and function.text() == "new" and len(given) == 1:
            yield call, last_name(given[0])
