"""Tools that Rust source without an SDK's macros writes out as JSON: `json!({"name": ..., "inputSchema": {...}})`."""

from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.literals import unquoted
from crawler.introspect.static.nodes import children
from crawler.introspect.static.objects import answers
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_SCHEMAS = ("inputSchema", "input_schema")
_KEYS = ("title", "description", "annotations", "outputSchema")


def read_json(sources: Sources, notes: Notes) -> None:
    """Note the tools that are written out in `json!`, if anything in the package answers with them."""
    if not answers(sources):
        return
    for tree in sources.trees(*(f'"{key}"' for key in _SCHEMAS)):
        for part in opened(tree):
            for written in _written(part):
                for entry in written.root.find_all(kind="object"):
                    _entry(written, entry, notes)


def opened(tree: Tree, depth: int = 0) -> Iterator[Tree]:
    """A file, and what stands in each `vec![...]` of it, in which a parser sees words only."""
    yield tree
    for macro in tree.all("macro_invocation") if depth < 3 else ():
        head, _, inside = macro.text().partition("!")
        if head == "vec" and ("Tool" in inside or "json!" in inside):
            source = f"fn _f() {{ let _ = [{inside.strip()[1:-1]}]; }}"
            yield from opened(tree.inner(source, "rust", macro), depth + 1)


def _written(tree: Tree) -> Iterator[Tree]:
    """What stands in the macros that hold a tool."""
    for macro in tree.all("macro_invocation"):
        head, _, inside = macro.text().partition("!")
        if head.rpartition("::")[2] == "json" and any(f'"{key}"' in inside for key in _SCHEMAS):
            yield _object(tree, macro, inside)


def _object(tree: Tree, macro: SgNode, inside: str) -> Tree:
    """What stands in a macro, read as an object of JavaScript, which may hold expressions too."""
    return tree.inner(f"({inside.strip()[1:-1]})", "javascript", macro)


def written_schema(tree: Tree, node: SgNode) -> dict[str, Json]:
    """The schema that an expression holds as `json!({...})`; empty where it holds none."""
    macros = [node] if node.kind() == "macro_invocation" else node.find_all(kind="macro_invocation")
    for macro in macros:
        head, _, inside = macro.text().partition("!")
        if head.rpartition("::")[2] == "json":
            found = json_of(_object(tree, macro, inside).root.find(kind="object"))
            return found if isinstance(found, dict) and found.keys() & {"type", "properties"} else {}
    return {}


def _entry(tree: Tree, entry: SgNode, notes: Notes) -> None:
    fields = _fields(entry)
    name = json_of(fields.get("name"))
    schema = next((fields[key] for key in _SCHEMAS if key in fields), None)
    if isinstance(name, str) and name and schema is not None:
        rest = {"inputSchema": json_of(schema)} | {key: json_of(fields.get(key)) for key in _KEYS}
        shown = {key: value for key, value in rest.items() if value is not None}
        notes.tool({"name": name, **shown}, tree.file, tree.line(entry), 0.8)


def _fields(entry: SgNode) -> dict[str, SgNode]:
    found: dict[str, SgNode] = {}
    for pair in children(entry):
        key, value = pair.field("key"), pair.field("value")
        if pair.kind() == "pair" and key is not None and value is not None:
            found[unquoted(key.text()) if key.kind() == "string" else key.text()] = value
    return found


def json_of(node: SgNode | None, depth: int = 0) -> Json:
    """A literal of objects, arrays and constants as JSON; what the source does not show is left out."""
    if node is None or depth > 20:
        return None
    match node.kind():
        case "object":
            pairs = {key: json_of(value, depth + 1) for key, value in _fields(node).items()}
            return {key: value for key, value in pairs.items() if value is not None}
        case "array":
            items = [json_of(item, depth + 1) for item in children(node)]
            return [item for item in items if item is not None]
        case "string":
            return unquoted(node.text())
        case "true" | "false":
            return node.kind() == "true"
        case "number" if node.text().isdecimal():
            return int(node.text()[:18])
    return None
