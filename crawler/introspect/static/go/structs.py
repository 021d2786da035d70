"""JSON Schema from the structs of Go and their tags, wherever in the package they are declared."""

import re
from collections.abc import Iterator

from ast_grep_py import SgNode

from crawler.introspect.static.go.schema import FUNCTION
from crawler.introspect.static.members import DEEPEST, Members
from crawler.introspect.static.nodes import children, last_name, string_of
from crawler.introspect.static.syntax import Sources, Tree
from crawler.tools import Json

_TYPES = {
    **dict.fromkeys(("string", "time.Time", "error"), "string"),
    **dict.fromkeys(("float64", "float32"), "number"),
    **dict.fromkeys(
        (f"{sign}int{bits}" for sign in ("", "u") for bits in ("", "8", "16", "32", "64")), "integer"
    ),
    **dict.fromkeys(("byte", "rune", "uintptr"), "integer"),
    "bool": "boolean",
}
_COMMA = re.compile(r"(?<!\\),")
_TAG = re.compile(r'(\w+):"((?:[^"\\]|\\.)*)"')
_TYPE = (
    r"\n[ \t]*(?:type[ \t]+)?(\w+)(?:\[[^\]\n]*\])?[ \t]+struct\b",
    r"type[ \t]+(\w+)[ \t]+=?[ \t]*(?:string|u?int\d*|float\d\d|bool)\b",
)
_BOUNDS = frozenset({"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"})

_CALLS = frozenset({"call_expression", "type_conversion_expression"})


class Structs:
    """The structs of a program."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._kept = Members()

    def of(self, tree: Tree, kind: SgNode | None) -> dict[str, Json]:
        """The schema of a type that is named in a file; empty where it is no struct of the program."""
        self._kept.renew()
        if kind is None:
            return {}
        found = (
            self._struct(tree, kind, 0)
            if kind.kind() == "struct_type"
            else self._declared(tree, kind.text(), 0)
        )
        return found if found.get("type") == "object" else {}

    def _declared(self, tree: Tree, name: str, depth: int) -> dict[str, Json]:
        """The schema of the type that a name stands for: in the folder of the file, or in the package before the dot."""
        package, _, bare = name.strip("*& ")[:200].rpartition(".")
        bare = bare.partition("[")[0]
        if depth > DEEPEST or not bare.isidentifier():
            return {}
        for other in self._sources.declaring(_TYPE, bare, "" if package else tree.file):
            beside = other.file.rpartition("/")[0] == tree.file.rpartition("/")[0]
            spec = other.declared("type_spec").get(bare)
            if spec is None or (not package and not beside):
                continue
            return self._spelled(other, spec, f"{other.file}:{bare}", depth)
        return {}

    def _spelled(self, tree: Tree, spec: SgNode, key: str, depth: int) -> dict[str, Json]:
        """A declaration written out, once for each depth."""
        kind = spec.field("type")

        def write() -> dict[str, Json]:
            struct = kind is not None and kind.kind() == "struct_type"
            return (
                self._struct(tree, kind, depth)
                if struct
                else self._typed(tree, kind.text() if kind else "", depth)
            )

        return self._kept.once(key, depth, write)

    def _struct(self, tree: Tree, node: SgNode | None, depth: int) -> dict[str, Json]:
        """The schema of a struct by its `json` and `jsonschema` tags.

        Where any field's tag says `required`, the others are not; else all are but those that may be left out.
        """
        properties: dict[str, Json] = {}
        said: list[str] = []
        kept: list[str] = []
        for field in _fields(node):
            own, kind, tag = field.field("name"), field.field("type"), field.field("tag")
            tags = dict(_TAG.findall(string_of(tag) or "")) if tag is not None else {}
            name, *flags = tags.get("json", "").split(",")
            if not self._kept.spend():
                break
            if own is None and not name:
                inner = self._declared(tree, kind.text() if kind is not None else "", depth + 1)
                properties |= inner.get("properties", {})
                kept += inner.get("required", [])
                continue
            name = name or (own.text() if own is not None else "")
            if not name or name == "-" or (own is not None and not own.text()[:1].isupper()):
                continue
            words = _words(tags.get("jsonschema", ""))
            typed = self._field(tree, kind, depth)
            properties[name] = typed | _hint(words, tags)
            if "required" in words or "required" in tags.get("validate", "").split(","):
                said.append(name)
            if "omitempty" not in flags and "omitzero" not in flags:
                kept.append(name)
        required = said or kept
        return {"type": "object", "properties": properties} | ({"required": required} if required else {})

    def _field(self, tree: Tree, kind: SgNode | None, depth: int) -> dict[str, Json]:
        if kind is not None and kind.kind() == "struct_type":
            return self._struct(tree, kind, depth + 1) if depth < DEEPEST else {"type": "object"}
        return self._typed(tree, kind.text()[:500] if kind is not None else "", depth)

    def _typed(self, tree: Tree, name: str, depth: int) -> dict[str, Json]:
        name = name.lstrip("*")
        if name.startswith("[]"):
            return {"type": "array", "items": self._typed(tree, name[2:], depth)}
        if name.startswith("map["):
            return {"type": "object"}
        return {"type": _TYPES[name]} if name in _TYPES else self._declared(tree, name, depth + 1)


def argument(call: SgNode) -> SgNode | None:
    """The first type argument of a call: `AddTool[In, Out](...)`."""
    given = children(call.field("type_arguments"))
    inner = children(given[0]) if given else []
    return inner[0] if inner else given[0] if given else None


def _fields(node: SgNode | None) -> Iterator[SgNode]:
    listed = children(node)[-1:] if node is not None and node.kind() == "struct_type" else []
    return (
        (field for field in children(listed[0]) if field.kind() == "field_declaration")
        if listed
        else iter(())
    )


def _words(tag: str) -> list[str]:
    """The parts of a `jsonschema` tag, in which a comma may be escaped."""
    if "\\" not in tag:
        return tag.split(",")
    return [
        part.replace("\\,", ",").replace('\\"', '"') for part in _COMMA.split(tag.replace("\\\\,", "\\,"))
    ]


def _hint(words: list[str], tags: dict[str, str]) -> dict[str, Json]:
    """The description: after its key, or the whole tag where it has no keys; and the values and bounds beside it."""
    pairs = [(key, value) for key, _, value in (word.partition("=") for word in words if "=" in word)]
    keyed = [(key, value) for key, value in pairs if key.replace("_", "").isalpha()]
    if not keyed and "required" not in words:
        text = ",".join(words) or tags.get("jsonschema_description", "")
        return {"description": text} if text else {}
    found: dict[str, Json] = {}
    for key, value in keyed:
        if key in {"description", "title", "default", "pattern", "format"}:
            found[key] = value
        elif key == "enum":
            found.setdefault("enum", []).append(value)
        elif key in _BOUNDS and re.fullmatch(r"-?\d+(?:\.\d+)?", value):
            number = float(value)
            found[key] = int(number) if number.is_integer() else number
    if "description" not in found and tags.get("jsonschema_description"):
        found["description"] = tags["jsonschema_description"]
    return found


def handled(sources: Sources, tree: Tree, given: list[SgNode]) -> tuple[Tree, SgNode | None]:
    """The type of the last parameter of the handler that stands among the arguments."""
    for handler in reversed(given):
        made = _instance(sources, tree, handler) if handler.kind() in _CALLS else None
        if made is not None:
            return tree, made
        for home, function in _functions(sources, tree, handler):
            parameters = children(function.field("parameters"))
            kind = parameters[-1].field("type") if len(parameters) > 1 else None
            if kind is not None:
                return home, kind
    return tree, None


def _functions(sources: Sources, tree: Tree, handler: SgNode) -> Iterator[tuple[Tree, SgNode]]:
    """The function that an argument is, or which a function that it calls returns."""
    if handler.kind() == "func_literal":
        yield tree, handler
    called = handler.field("function") if handler.kind() == "call_expression" else None
    name = handler if handler.kind() in {"identifier", "selector_expression"} else called
    if name is None:
        return
    for home, function in declared_function(sources, tree, name, whole=called is not None):
        result = function.field("result")
        if called is None:
            yield home, function
        elif result is not None and result.kind() == "function_type":
            yield home, result
        elif (literal := function.find(kind="func_literal")) is not None:
            yield home, literal


def _instance(sources: Sources, tree: Tree, handler: SgNode) -> SgNode | None:
    """The type argument of a generic function that makes a handler, where that takes a parameter of this type."""
    given, called = children(handler.field("type_arguments")), handler.field("function")
    converted = handler.field("type") if handler.kind() == "type_conversion_expression" else None
    if converted is not None:  # what a parser takes a call with one argument for
        given, called = children(converted.field("type_arguments")), converted.field("type")
    for _, function in declared_function(sources, tree, called) if given and called is not None else ():
        parameters = children(function.field("type_parameters"))
        names = [
            child.text() for one in parameters for child in one.children() if child.kind() == "identifier"
        ]
        result = function.field("result")
        taken = children(result.field("parameters"))[-1:] if result is not None else []
        kinds = [one.field("type") for one in taken] or [argument(result)] if result is not None else []
        words = [kind.text() for kind in kinds if kind is not None]
        if words and words[0] in names and names.index(words[0]) < len(given):
            inner = children(given[names.index(words[0])])
            return inner[0] if inner else given[names.index(words[0])]
    return None


def declared_function(
    sources: Sources, tree: Tree, name: SgNode, *, whole: bool = False
) -> Iterator[tuple[Tree, SgNode]]:
    """The functions and methods of a name, that of the same folder first; with their blocks if `whole`."""
    bare = last_name(name)
    for found_in in sources.declaring(FUNCTION, bare, tree.file):
        home = found_in.whole if whole else found_in
        for kind in ("function_declaration", "method_declaration"):
            if (found := home.declared(kind).get(bare)) is not None:
                yield home, found
