"""Tools that functions of a Rust package make of what they are given: `registry.register("name", "description", json!({...}), handler)`."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, first, last_name
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.rust.written import written_schema
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

#: What a call must say in the place of the name, so that no other function of the same name is taken for one that makes a tool.
_NAME = re.compile(r"[A-Za-z][\w./-]{0,127}")


class Factory(NamedTuple):
    """Which arguments of a function become the parts of a tool, and how many it takes."""

    parts: Mapping[str, int]
    taken: int


def factory(tree: Tree, literal: SgNode, fields: Mapping[str, SgNode]) -> tuple[str, Factory] | None:
    """The function around a tool's literal, if the name in it is a parameter of that."""
    function = next(tree.around(literal, "function_item"), None)
    own = function.field("name") if function is not None else None
    if function is None or own is None:
        return None
    taken = [one for one in children(function.field("parameters")) if one.kind() == "parameter"]
    patterns = [one.field("pattern") for one in taken]
    names = [one.text() if one is not None else "" for one in patterns]
    words = {key: re.match(r"\w*", value.text()[:200]) for key, value in fields.items()}
    parts = {key: names.index(word[0]) for key, word in words.items() if word and word[0] in names}
    return (own.text(), Factory(parts, len(names))) if "name" in parts else None


def read_factories(sources: Sources, factories: Mapping[str, Factory], notes: Notes) -> None:
    """Note what each call of such a function makes."""
    for tree in sources.trees(*(f"{name}(" for name in factories)) if factories else ():
        for call in tree.all("call_expression"):
            function = call.field("function")
            found = factories.get(last_name(function)) if function is not None else None
            given = children(call.field("arguments")) if found is not None else []
            if found is not None and len(given) == found.taken:
                _made(tree, call, {part: given[number] for part, number in found.parts.items()}, notes)


def _made(tree: Tree, call: SgNode, parts: Mapping[str, SgNode], notes: Notes) -> None:
    name, described = tree.text(parts["name"]), parts.get("input_schema") or parts.get("inputSchema")
    if name is None or _NAME.fullmatch(name) is None:
        return
    definition: dict[str, Json] = {"name": name}
    description = tree.text(parts.get("description"))
    definition |= {"description": description} if description else {}
    schema = written_schema(tree, described) if described is not None else {}
    definition |= {"inputSchema": schema} if schema else {}
    notes.tool(definition, tree.file, tree.line(call), 0.8)


def fields_of(literal: SgNode) -> dict[str, SgNode]:
    """The fields of a struct's literal, those too that are named like what they are given."""
    found: dict[str, SgNode] = {}
    for field in children(first(literal, "field_initializer_list")):
        own, value = field.field("field"), field.field("value")
        if field.kind() == "shorthand_field_initializer":
            found[field.text()] = field
        elif own is not None and value is not None:
            found[own.text()] = value
    return found
