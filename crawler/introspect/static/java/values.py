"""Schemas that Java methods put together of maps, lists and JSON nodes, followed statement by statement without running any of it."""

from typing import Any, TypeGuard

from ast_grep_py import SgNode

from crawler.introspect.static.nodes import children, last_name
from crawler.introspect.static.objects import parsed_schema
from crawler.introspect.static.syntax import Tree
from crawler.tools import Json

#: Expressions looked at for one method, methods that call methods, and expressions inside of expressions.
_MOST_STEPS = 3_000
_DEEPEST_CALLS = 4
_DEEPEST = 40

_METHODS = ("method_declaration", "constructor_declaration")
_MAPS = frozenset({"LinkedHashMap", "HashMap", "TreeMap", "JSONObject", "JsonObject"})
_LISTS = frozenset({"ArrayList", "LinkedList", "HashSet", "LinkedHashSet", "JSONArray", "JsonArray"})
_PUTS = frozenset({"put", "set", "addProperty", "putIfAbsent", "putPOJO", "replace"})
#: The arguments of the SDK's `JsonSchema`, in order.
_PARTS = ("type", "properties", "required", "additionalProperties", "$defs", "definitions")

#: Variables by name; what is not known is `None`, as JSON has nothing else to say of it.
_Values = dict[str, Any]


def built_schema(tree: Tree, node: SgNode | None) -> dict[str, Json]:
    """The schema that an expression stands for in the method around it, as a text or put together."""
    if node is None:
        return {}
    written = parsed_schema(tree, node) if tree.text(node) is not None else {}
    found = written or _Method(tree).value(node, _around(tree, node))
    return found if _is_schema(found) else {}


def returned_schema(tree: Tree, body: SgNode | None) -> dict[str, Json]:
    """The schema that a method's body returns."""
    found = _Method(tree).run(body, {}) if body is not None and body.kind() == "block" else None
    return found if _is_schema(found) else {}


def _is_schema(found: Any) -> TypeGuard[dict[str, Json]]:
    """Whether a value is one by its keys, and the type is a text, which no circle of maps has."""
    told = found.get("type", "object") if isinstance(found, dict) else None
    return isinstance(told, str) and bool(found.keys() & {"type", "properties"})


def _around(tree: Tree, node: SgNode) -> _Values:
    """The variables of the method around a node, once it has run."""
    method = next(tree.around(node, *_METHODS), None)
    if method is None:
        return {}

    def run(tree: Tree) -> _Values:
        values: _Values = {}
        _Method(tree).run(method.field("body"), values)
        return values

    return tree.kept(f"values {method.range().start.index}", run)


class _Method:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._steps = 0
        self._calls = 0

    def run(self, body: SgNode | None, values: _Values) -> Any:
        """Follow the statements of a block; what it returns."""
        for statement in children(body):
            inner = children(statement)
            if statement.kind() == "local_variable_declaration":
                for declarator in inner:
                    own, value = declarator.field("name"), declarator.field("value")
                    if declarator.kind() == "variable_declarator" and own is not None and value is not None:
                        values[own.text()] = self.value(value, values)
            elif statement.kind() == "expression_statement" and inner:
                self.value(inner[0], values)
            elif statement.kind() == "return_statement" and inner:
                return self.value(inner[-1], values)
        return None

    def value(self, node: SgNode, values: _Values, depth: int = 0) -> Any:
        """What an expression stands for; `None` where the source does not show it."""
        self._steps += 1
        if self._steps > _MOST_STEPS or depth > _DEEPEST:
            return None
        match node.kind():
            case "identifier" if node.text() in values:
                return values[node.text()]
            case "true" | "false":
                return node.kind() == "true"
            case "decimal_integer_literal" if node.text().isdecimal():
                return int(node.text()[:18])
            case "parenthesized_expression" | "cast_expression" if children(node):
                return self.value(children(node)[-1], values, depth + 1)
            case "object_creation_expression":
                return self._made(node, values, depth)
            case "method_invocation":
                return self._called(node, values, depth)
        return self._tree.text(node)

    def _made(self, node: SgNode, values: _Values, depth: int) -> Any:
        kind, given = node.field("type"), children(node.field("arguments"))
        name = kind.text().partition("<")[0].rpartition(".")[2] if kind is not None else ""
        if name in _MAPS | _LISTS:
            copied = self.value(given[0], values, depth + 1) if len(given) == 1 else None
            return copied if isinstance(copied, dict | list) else {} if name in _MAPS else []
        if name == "JsonSchema":
            known = [self.value(one, values, depth + 1) for one in given]
            return {key: one for key, one in zip(_PARTS, known, strict=False) if one is not None}
        return None

    def _called(self, node: SgNode, values: _Values, depth: int) -> Any:
        own, owner = node.field("name"), node.field("object")
        name, given = own.text() if own is not None else "", children(node.field("arguments"))
        if name in {"createObjectNode", "createArrayNode", "objectNode", "arrayNode"}:
            return {} if "bject" in name else []
        if owner is None or owner.kind() == "this":
            return self._own(name, given, values, depth)
        if name in {"of", "asList", "ofEntries", "entry"} and owner.kind() != "method_invocation":
            known = [self.value(one, values, depth + 1) for one in given]
            return self._collected(last_name(owner), name, known)
        target = self.value(owner, values, depth + 1)
        if isinstance(target, dict) and given:
            key = self.value(given[0], values, depth + 1)
            if isinstance(key, str) and name in {"putObject", "putArray"}:
                target[key] = {} if name == "putObject" else []
                return target[key]
            if isinstance(key, str) and name in _PUTS and len(given) == 2:
                known = self.value(given[1], values, depth + 1)
                if known is not None and known is not target:
                    target[key] = known
            return target
        if isinstance(target, list) and name == "add" and len(given) == 1:
            known = self.value(given[0], values, depth + 1)
            target += [known] if known is not None and known is not target else []
        return target if isinstance(target, list) else None

    def _collected(self, owner: str, name: str, known: list[Any]) -> Any:
        """`Map.of(key, value, ...)`, `Map.ofEntries(Map.entry(key, value), ...)`, `List.of(...)`, `Arrays.asList(...)`."""
        if name == "entry":
            return known
        if owner in {"List", "Set", "Arrays", "Stream"}:
            return [one for one in known if one is not None]
        pairs = known if name == "ofEntries" else [known[n : n + 2] for n in range(0, len(known), 2)]
        kept = [pair for pair in pairs if isinstance(pair, list) and len(pair) == 2]
        return (
            {key: one for key, one in kept if isinstance(key, str) and one is not None}
            if owner == "Map"
            else None
        )

    def _own(self, name: str, given: list[SgNode], values: _Values, depth: int) -> Any:
        """What a method of the same file returns for what it is given."""
        method = self._tree.whole.declared("method_declaration").get(name)
        if method is None or self._calls >= _DEEPEST_CALLS:
            return None
        parameters = [
            own.text()
            for one in children(method.field("parameters"))
            if (own := one.field("name")) is not None
        ]
        taken = [self.value(one, values, depth + 1) for one in given]
        self._calls += 1
        found = self.run(method.field("body"), dict(zip(parameters, taken, strict=False)))
        self._calls -= 1
        return found
