"""Functions of a Go package that make tools out of what they are given, and where they are called."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ast_grep_py import SgNode

from crawler.introspect.static.go.schema import fields_of
from crawler.introspect.static.syntax import Sources, Tree, children, last_name

#: Factories that call factories.
_DEEPEST = 3

#: What a call must say in the place of the name, so that no other function of the same name is taken for a factory.
_NAME = re.compile(r"[A-Za-z][\w./-]{0,127}")


class Factory(NamedTuple):
    """Which arguments of a function are a tool's name and description."""

    name: int
    description: int | None


class Made(NamedTuple):
    """One call of a factory."""

    tree: Tree
    call: SgNode
    name: SgNode
    description: SgNode | None
    given: list[SgNode]


def factory(node: SgNode, name: SgNode, description: SgNode | None) -> tuple[str, Factory] | None:
    """The function around `node` and its arguments that become name and description; none if the name is no parameter."""
    here = node.parent()
    while here is not None and here.kind() not in {"function_declaration", "method_declaration"}:
        here = here.parent()
    own = here.field("name") if here is not None else None
    if here is None or own is None:
        return None
    names = _parameters(here)
    if name.text() not in names:
        return None
    words = re.findall(r"\w+", description.text()[:500]) if description is not None else []
    described = next((names.index(word) for word in words if word in names and word != name.text()), None)
    return own.text(), Factory(names.index(name.text()), described)


def rows(sources: Sources, name: SgNode) -> Iterator[tuple[Tree, dict[str, SgNode]]]:
    """The rows of the table over which a loop runs that names its tools by a field of each: `for _, one := range table`."""
    parts = children(name) if name.kind() == "selector_expression" else []
    loop = name.parent() if len(parts) == 2 and parts[0].kind() == "identifier" else None
    while loop is not None and (loop.kind() != "for_statement" or parts[0].text() not in _bound(loop)):
        loop = loop.parent()
    clause = loop.find(kind="range_clause") if loop is not None else None
    table = last_name(clause.field("right") or clause) if clause is not None else ""
    for tree in sources.trees(table) if table else ():
        for kind, own in (("var_spec", "name"), ("short_var_declaration", "left")):
            for declaration in tree.root.find_all(kind=kind):
                left, value = declaration.field(own), declaration.find(kind="composite_literal")
                if left is None or left.text() != table or value is None:
                    continue
                for row in children(value.field("body")):
                    yield tree, fields_of(children(row)[0] if row.kind() == "literal_element" else row)


def _bound(loop: SgNode) -> list[str]:
    """The names that a loop over a range binds."""
    clause = next((child for child in loop.children() if child.kind() == "range_clause"), None)
    return [child.text() for child in children(clause.field("left"))] if clause is not None else []


def _parameters(function: SgNode) -> list[str]:
    """The names of the parameters in order."""
    found: list[str] = []
    for declaration in children(function.field("parameters")):
        found.extend(child.text() for child in declaration.children() if child.kind() == "identifier")
    return found


def made_by(sources: Sources, factories: dict[str, Factory]) -> Iterator[Made]:
    """The calls that name a tool, also those of functions that only pass a name on."""
    waiting = dict(factories)
    for _ in range(_DEEPEST):
        further: dict[str, Factory] = {}
        for tree in sources.trees(*(f"{name}" for name in waiting)) if waiting else ():
            for made in _calls(tree, waiting):
                text = tree.text(made.name)
                if text is not None and _NAME.fullmatch(text):
                    yield made
                elif text is None and (found := factory(made.call, made.name, made.description)):
                    further[found[0]] = found[1]
        waiting = {name: one for name, one in further.items() if name not in factories}
        factories |= waiting


def _calls(tree: Tree, factories: dict[str, Factory]) -> Iterator[Made]:
    for call in tree.root.find_all(kind="call_expression"):
        function = call.field("function")
        found = factories.get(last_name(function)) if function is not None else None
        given = children(call.field("arguments")) if found is not None else []
        if found is None or len(given) <= max(found.name, found.description or 0):
            continue
        description = given[found.description] if found.description is not None else None
        yield Made(tree, call, given[found.name], description, given)
