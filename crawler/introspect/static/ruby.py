"""Tools that Ruby source registers with the official SDK and fast-mcp."""

import inspect
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from ast_grep_py import SgNode

from crawler.introspect.static.literals import snake_case
from crawler.introspect.static.nodes import STRINGS, children
from crawler.introspect.static.objects import answers
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TRIGGERS = ("Tool", "define_tool")

#: What stands in every method in which a tool is registered.
_CALLS = ("define_tool", "Tool.define", "Tool.new", "Tool)", "Tool,", "Tool\n", "class ")

#: What is looked for in every file.
_KINDS = ("class", "call", "method")

#: Superclasses whose subclasses are tools, and whether a class without a name is called in snake case.
_OFFICIAL = frozenset({"MCP::Tool", "ModelContextProtocol::Tool"})
_FAST = frozenset({"FastMcp::Tool", "ApplicationTool", "ActionTool::Base", "MCP::ApplicationTool"})

#: Calls that follow each other on what `arguments` describes.
_LONGEST_CHAIN = 30
_HINTS = frozenset({"read_only_hint", "destructive_hint", "idempotent_hint", "open_world_hint", "title"})


def read_ruby(files: Mapping[str, bytes], paths: Sequence[str], notes: Notes) -> None:
    """Note the tools that the Ruby files at `paths` register."""
    sources = Sources(files, paths, "ruby", notes, kinds=_KINDS)
    trees = list(sources.trees(*_TRIGGERS, inside=_CALLS))
    bases = _bases(trees)
    unnamed = False
    for tree in trees:
        for cls in tree.all("class"):
            _class(tree, cls, bases, notes)
        for call in tree.all("call"):
            unnamed = _defined(tree, call, notes) or unnamed
    if unnamed or answers(sources):
        _tables(sources, notes)


def _tables(sources: Sources, notes: Notes) -> None:
    """`{name: "...", description: "...", input_schema: {...}}`, where the server makes its tools of hashes or answers with them."""
    for tree in sources.trees("inputSchema", "input_schema"):
        for kind in ("hash", "argument_list"):
            for node in tree.root.find_all(kind=kind):
                fields = {_key(pair): pair.field("value") for pair in children(node) if pair.kind() == "pair"}
                schema = fields.get("inputSchema") or fields.get("input_schema")
                name = tree.text(fields.get("name"))
                if not name or schema is None or "description" not in fields:
                    continue
                definition: dict[str, Json] = {"name": name}
                texts = {key: _prose(tree, fields.get(key)) for key in ("title", "description")}
                definition |= {key: text for key, text in texts.items() if text}
                written = _hash(tree, schema)
                definition |= (
                    {"inputSchema": {"type": "object", **written}} if isinstance(written, dict) else {}
                )
                definition |= _annotated(_hash(tree, fields.get("annotations")))
                notes.tool(definition, tree.file, tree.line(node), 0.8)


def _key(pair: SgNode) -> str:
    key = pair.field("key")
    return key.text().strip("\"':") if key is not None else ""


def _annotated(hints: Json) -> dict[str, Json]:
    """The hints of a tool by the names that the protocol has for them."""
    known = (
        {_camel(key): value for key, value in hints.items() if key in _HINTS}
        if isinstance(hints, dict)
        else {}
    )
    return {"annotations": known} if known else {}


def _superclass(cls: SgNode) -> str:
    clause = cls.field("superclass")
    return clause.text().lstrip("<").strip().lstrip(":") if clause is not None else ""


def _bases(trees: list[Tree]) -> dict[str, bool]:
    """The names of classes whose subclasses are tools, those in between included; whether they are fast-mcp's."""
    found = dict.fromkeys(_OFFICIAL, False) | dict.fromkeys(_FAST, True)
    classes = [(cls, _superclass(cls)) for tree in trees for cls in tree.all("class")]
    for _ in range(3):
        for cls, parent in classes:
            own = cls.field("name")
            if parent in found and own is not None:
                found.setdefault(own.text(), found[parent])
    return found


def _class(tree: Tree, cls: SgNode, bases: dict[str, bool], notes: Notes) -> None:
    """`class X < MCP::Tool` with `tool_name`, `description` and `input_schema` in its body."""
    own, parent, body = cls.field("name"), _superclass(cls), cls.field("body")
    if own is None or parent not in bases or body is None:
        return
    calls = {name: call for call in body.children() if call.kind() == "call" and (name := _name(call))}
    told = dict(_class_methods(body))
    if not (calls.keys() | told.keys()) & {"description", "tool_name", "input_schema", "arguments"}:
        return
    bare = own.text().rpartition("::")[2]
    said = told.get("tool_name") or _first(calls.get("tool_name"))
    known = tree.text(said)
    if said is not None and known is None:
        notes.doubt(f"{tree.file}:{tree.line(cls)} names a tool by what the source does not show")
        return
    name = known or (bare if bases[parent] else snake_case(bare))
    definition: dict[str, Json] = {"name": name}
    description = _prose(tree, told.get("description") or _first(calls.get("description")))
    definition |= {"description": description} if description else {}
    if "input_schema" in calls:
        schema = _hash(tree, calls["input_schema"].field("arguments"))
        definition["inputSchema"] = (
            {"type": "object", **schema} if isinstance(schema, dict) else {"type": "object"}
        )
    elif "arguments" in calls:
        definition["inputSchema"] = _dry_schema(tree, calls["arguments"])
    if "annotations" in calls:
        definition |= _annotated(_hash(tree, calls["annotations"].field("arguments")))
    notes.tool(definition, tree.file, tree.line(cls), 0.95 if known else 0.85)


def _class_methods(body: SgNode) -> Iterator[tuple[str, SgNode]]:
    """The methods of a class itself that are one expression: `def self.tool_name = "..."`."""
    for method in body.children():
        own, inside = method.field("name"), method.field("body")
        if method.kind() == "singleton_method" and own is not None and inside is not None:
            parts = children(inside) if inside.kind() == "body_statement" else [inside]
            if len(parts) == 1:
                yield own.text(), parts[0]


def _prose(tree: Tree, node: SgNode | None) -> str | None:
    """A string, also one that stands in the lines below as a heredoc."""
    known = tree.text(node)
    if known is not None or node is None or "<<" not in node.text()[:3]:
        return known
    bodies, starts = tree.kept("heredocs", _heredocs)
    number = bisect_left(starts, node.range().end.index)
    if number == len(bodies) or bodies[number].find(kind="interpolation") is not None:
        return None
    return inspect.cleandoc(bodies[number].text().rpartition("\n")[0])


def _heredocs(tree: Tree) -> tuple[list[SgNode], list[int]]:
    bodies = tree.root.find_all(kind="heredoc_body")
    return bodies, [body.range().start.index for body in bodies]


def _name(call: SgNode) -> str:
    method = call.field("method")
    return method.text() if method is not None and call.field("receiver") is None else ""


def _first(call: SgNode | None) -> SgNode | None:
    given = children(call.field("arguments")) if call is not None else []
    return given[0] if given else None


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _defined(tree: Tree, call: SgNode, notes: Notes) -> bool:
    """`MCP::Tool.define(name: "...", ...)`, `server.define_tool(name: "...", ...)` and `MCP::Tool.new(name: ...)`.

    Whether a tool is made whose name stands elsewhere, so also by `Class.new(MCP::Tool)`.
    """
    method, receiver = call.field("method"), call.field("receiver")
    if method is None or receiver is None:
        return False
    official = receiver.text()[-60:].endswith("MCP::Tool") and method.text() in {"define", "new"}
    if method.text() == "new" and receiver.text() == "Class":
        given = _first(call)
        return given is not None and given.text()[-60:].endswith("MCP::Tool")
    if not official and method.text() != "define_tool":
        return False
    words = _hash(tree, call.field("arguments"))
    if not isinstance(words, dict) or not isinstance(words.get("name"), str):
        return True
    definition: dict[str, Json] = {"name": words["name"]}
    definition |= {key: words[key] for key in ("title", "description") if isinstance(words.get(key), str)}
    if isinstance(words.get("input_schema"), dict):
        definition["inputSchema"] = {"type": "object", **words["input_schema"]}
    definition |= _annotated(words.get("annotations"))
    notes.tool(definition, tree.file, tree.line(call), 0.9)
    return False


def _hash(tree: Tree, node: SgNode | None, depth: int = 0, *, named: bool = False) -> Json:
    """A literal of hashes, arrays and constants as JSON; unknown parts are left out, unless they are `named` properties."""
    if node is None or depth > 20:
        return None
    kind = node.kind()
    if kind in {"hash", "argument_list"}:
        found: dict[str, Json] = {}
        inner = children(node)
        for pair in inner:
            if pair.kind() != "pair":
                continue
            key = _key(pair)
            known = _hash(tree, pair.field("value"), depth + 1, named=key == "properties" and not named)
            # A property whose schema is not shown is one nevertheless.
            known = {} if known is None and named else known
            if known is not None:
                found[key] = known
        return (
            _hash(tree, inner[0], depth + 1)
            if kind == "argument_list" and not found and len(inner) == 1
            else found
        )
    if kind == "array":
        return [
            item for item in (_hash(tree, child, depth + 1) for child in children(node)) if item is not None
        ]
    if kind == "string_array":
        return [child.text() for child in node.children() if child.kind() == "bare_string"]
    if kind in {"true", "false"}:
        return kind == "true"
    if kind == "identifier":
        return _returned(tree, node.text(), depth)
    if kind == "integer" and len(node.text()) < 16:
        return int(node.text().replace("_", ""), 0)
    return (
        tree.text(node)
        if kind in STRINGS or kind in {"constant", "chained_string", "binary", "call"}
        else None
    )


def _returned(tree: Tree, name: str, depth: int) -> Json:
    """The hash that a method of the same file returns, if it does nothing else."""
    method = tree.declared("method").get(name)
    inside = children(method.field("body")) if method is not None else []
    if len(inside) != 1 or inside[0].kind() != "hash":
        return None
    opened: set[str] = tree.kept("opened", lambda _: set())
    if name in opened:
        return {}
    opened.add(name)
    found = tree.kept(f"returned {name}", lambda tree: _hash(tree, inside[0], depth + 1))
    opened.discard(name)
    return found


def _dry_schema(tree: Tree, call: SgNode) -> dict[str, Json]:
    """The schema of fast-mcp's `arguments do required(:name).filled(:string) end`."""
    properties: dict[str, Json] = {}
    required: list[str] = []
    for inner in call.find_all(kind="call"):
        method, given = inner.field("method"), _first(inner)
        if (
            method is None
            or inner.field("receiver") is not None
            or method.text() not in {"required", "optional"}
        ):
            continue
        name = tree.text(given)
        if name:
            properties[name] = _dry_type(tree, inner)
            required += [name] if method.text() == "required" else []
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _dry_type(tree: Tree, call: SgNode) -> dict[str, Json]:
    found: dict[str, Json] = {}
    here = call.parent()
    for _ in range(_LONGEST_CHAIN):
        if here is None or here.kind() != "call":
            break
        method, given = here.field("method"), tree.text(_first(here))
        word = method.text() if method is not None else ""
        if word in {"filled", "value", "maybe"} and given:
            kind = {"float": "number", "bool": "boolean", "hash": "object"}.get(given, given)
            found |= (
                {"type": kind}
                if kind in {"string", "integer", "number", "boolean", "object", "array"}
                else {}
            )
        elif word == "description" and given:
            found["description"] = given
        here = here.parent()
    return found
