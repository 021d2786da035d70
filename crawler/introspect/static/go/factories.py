"""Functions of a Go package that make tools out of what they are given, and where they are called."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ast_grep_py import SgNode

from crawler.introspect.static.go.schema import fields_of
from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.syntax import Sources, Tree

#: Factories that call factories.
_DEEPEST = 3

#: What a call must say in the place of the name, so that no other function of the same name is taken for a factory.
_NAME = re.compile(r"[A-Za-z][\w./-]{0,127}")

_PLACEHOLDER = re.compile(r"%[sv]")
_FUNCTIONS = ("function_declaration", "method_declaration")

#: A name that is put together: texts, and the numbers of the arguments that stand between them.
Template = tuple[str | int, ...]


class Factory(NamedTuple):
    """How a function makes a tool's name of its arguments, and which of them is the description."""

    name: Template
    description: int | None


class Made(NamedTuple):
    """One call of a factory."""

    tree: Tree
    call: SgNode
    name: str
    description: SgNode | None
    given: list[SgNode]


def factory(tree: Tree, node: SgNode, name: SgNode, description: SgNode | None) -> tuple[str, Factory] | None:
    """The function around `node` and its arguments that become name and description; none if the name holds no parameter."""
    found = _around(tree, node)
    template = _template(tree, name, found[1]) if found is not None else None
    if found is None or template is None or not any(isinstance(part, int) for part in template):
        return None
    return found[0], Factory(template, _described(description, found[1], template))


def _around(tree: Tree, node: SgNode) -> tuple[str, list[str]] | None:
    """The function in which a node stands: its name, and those of its parameters."""
    here = next(tree.around(node, *_FUNCTIONS), None)
    own = here.field("name") if here is not None else None
    return (own.text(), _parameters(here)) if here is not None and own is not None else None


def _described(description: SgNode | None, names: list[str], template: Template) -> int | None:
    words = re.findall(r"\w+", description.text()[:500]) if description is not None else []
    return next(
        (names.index(word) for word in words if word in names and names.index(word) not in template), None
    )


def _template(tree: Tree, node: SgNode, names: list[str], depth: int = 0) -> Template | None:
    """What an expression puts together of literals, constants and the parameters of the function around it."""
    known = tree.text(node)
    if known is not None:
        return (known,)
    inner = children(node)
    if node.kind() == "identifier":
        return (names.index(node.text()),) if node.text() in names else None
    if node.kind() == "binary_expression" and len(inner) == 3 and inner[1].text() == "+" and depth < 10:
        left, right = (_template(tree, part, names, depth + 1) for part in (inner[0], inner[2]))
        return (*left, *right) if left is not None and right is not None else None
    if node.kind() == "call_expression" and inner and last_name(inner[0]) == "Sprintf":
        given = children(node.field("arguments"))
        texts = _PLACEHOLDER.split(tree.text(given[0]) or "") if given else []
        parts = [_template(tree, one, names, depth + 1) for one in given[1:]]
        if not texts or len(texts) != len(parts) + 1 or "%" in "".join(texts):
            return None
        found: list[str | int] = [texts[0]]
        for part, text in zip(parts, texts[1:], strict=True):
            if part is None:
                return None
            found += [*part, text]
        return tuple(found)
    return None


def table(tree: Tree, name: SgNode) -> str:
    """The table over which a loop runs that names its tools by a field of each: `for _, one := range table`; empty where none does."""
    parts = children(name) if name.kind() == "selector_expression" else []
    if len(parts) != 2 or parts[0].kind() != "identifier":
        return ""
    bound = parts[0].text()
    loop = next((one for one in tree.around(name, "for_statement") if bound in _bound(one)), None)
    clause = loop.find(kind="range_clause") if loop is not None else None
    return last_name(clause.field("right") or clause) if clause is not None else ""


def rows(sources: Sources, name: str) -> Iterator[tuple[Tree, dict[str, SgNode]]]:
    """The rows of the tables of a name."""
    for tree in sources.trees(name):
        for body in tree.kept("tables", _tables).get(name, ()):
            for row in children(body):
                yield tree, fields_of(children(row)[0] if row.kind() == "literal_element" else row)


def _tables(tree: Tree) -> dict[str, list[SgNode]]:
    """What stands in the literals of the variables of a file, by name."""
    found: dict[str, list[SgNode]] = {}
    for kind, own in (("var_spec", "name"), ("short_var_declaration", "left")):
        for declaration in tree.all(kind):
            left, value = declaration.field(own), declaration.find(kind="composite_literal")
            body = value.field("body") if value is not None else None
            if left is not None and body is not None:
                found.setdefault(left.text()[:200], []).append(body)
    return found


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
        for tree in sources.trees(*waiting) if waiting else ():
            for call, given, made in _calls(tree, waiting):
                described = given[made.description] if made.description is not None else None
                around = _around(tree, call)
                names = around[1] if around is not None else []
                name = _applied(tree, made.name, given, names)
                if name is None:
                    continue
                whole = "".join(part for part in name if isinstance(part, str))
                if len(name) == 1 and _NAME.fullmatch(whole):
                    yield Made(tree, call, whole, described, given)
                elif around is not None and any(isinstance(part, int) for part in name):
                    further[around[0]] = Factory(name, _described(described, names, name))
        waiting = {name: one for name, one in further.items() if name not in factories}
        factories |= waiting


def _applied(tree: Tree, template: Template, given: list[SgNode], names: list[str]) -> Template | None:
    """A template with the arguments of a call in it; one text where all of them are known."""
    found: list[str | int] = []
    for part in template:
        inside = _template(tree, given[part], names) if isinstance(part, int) else (part,)
        if inside is None:
            return None
        found += inside
    texts = [part for part in found if isinstance(part, str)]
    return ("".join(texts),) if len(texts) == len(found) else tuple(found)


def _calls(tree: Tree, factories: dict[str, Factory]) -> Iterator[tuple[SgNode, list[SgNode], Factory]]:
    """The calls of factories with what they are given."""
    for call in tree.all("call_expression"):
        function = call.field("function")
        found = factories.get(last_name(function)) if function is not None else None
        given = children(call.field("arguments")) if found is not None else []
        wanted = [part for part in found.name if isinstance(part, int)] if found is not None else []
        if found is not None and len(given) > max(*wanted, found.description or 0, 0):
            yield call, given, found
