"""What a call gives in the symbolic reader's world of JavaScript."""

import re
from abc import abstractmethod
from copy import copy

from ast_grep_py import SgNode

from crawler.introspect.static.javascript import arrays, builtins, texts, zod
from crawler.introspect.static.javascript.commandline import (
    Options,
    Words,
    absent,
)
from crawler.introspect.static.javascript.foreign import Foreign
from crawler.introspect.static.javascript.nodes import elements, is_optional, kinds
from crawler.introspect.static.javascript.operators import LIST_METHOD
from crawler.introspect.static.javascript.sources import Scope
from crawler.introspect.static.javascript.tslib import compiled
from crawler.introspect.static.javascript.values import (
    MISSING,
    Action,
    Attribute,
    External,
    Function,
    Instance,
    Made,
    Regex,
    Zod,
    plain,
)
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Arguments that are taken to come of a list that the source does not show.
MOST_UNSEEN = 6

#: The method in a declaration such as `request.extend({ method: literal("tools/list") })`.
_METHOD = re.compile(r"""\bmethod:\s*[\w$.]+\(\s*["'`]([\w/]+)["'`]\)""")

#: Functions around which nothing can stand.
_BARE = frozenset({"identifier", "member_expression", "subscript_expression"})

_CASTS = frozenset({"as_expression", "satisfies_expression", "non_null_expression"})

_TO_JSON_SCHEMA = re.compile(r"json_?schema", re.IGNORECASE)


class Calls(Foreign):
    """Calls functions and classes of the package; the SDKs' methods are left to `registration`."""

    @abstractmethod
    def registration(self, owner: Value, name: str, args: list[Value], node: SgNode, scope: Scope) -> Value:
        """What a call means to an SDK; `MISSING` if nothing."""

    def evaluate_call(self, node: SgNode, scope: Scope) -> Value:
        """What a call gives."""
        callee, given = node.field("function"), node.field("arguments")
        if callee is None or given is None:
            return UNKNOWN
        if given.kind() == "template_string":
            return self.evaluate(given, scope)
        callee = _unwrapped(callee)
        match callee.kind():
            case "member_expression" | "subscript_expression":
                return self._method_call(callee, node, scope)
            case "super":
                return self._super_call(self.arguments(given, scope), scope)
            case "import":
                return self.imported(given, scope)
            case "identifier" if callee.text() in {"require", "__require"}:
                return self.imported(given, scope)
            case "identifier" if callee.text() == "await":
                return self.evaluate(elements(given)[-1], scope) if elements(given) else UNKNOWN
            case "identifier" if len(scope.module.parts) > 1 and (maker := zod.inside(callee.text())):
                return zod.make(maker, self.arguments(given, scope)) or UNKNOWN
        value = self.evaluate(callee, scope)
        if isinstance(value, External) and "zod" in value.package:
            made = zod.make(value.last, self.arguments(given, scope))
            if made is not None:
                return made
        args = self.arguments(given, scope)
        if (loaded := self.loaded(value, args, scope)) is not MISSING:
            return loaded
        if args and isinstance(args[0], Zod) and _TO_JSON_SCHEMA.search(callee.text()[-40:]):
            return args[0]
        if args == [LIST_METHOD]:
            return Zod(
                {"const": LIST_METHOD}
            )  # a literal of a schema, whatever its function is called after bundling
        self.told(args, node, scope)
        made = compiled(self, callee.text(), args) if callee.kind() == "identifier" else MISSING
        if made is not MISSING:
            return made
        if callee.kind() != "identifier":
            return self.call(value, args)
        meant = self.registration(value, callee.text()[:80], args, node, scope)
        return self.call(value, args) if meant is MISSING else meant

    def arguments(self, node: SgNode, scope: Scope) -> list[Value]:
        """The arguments of a call, with spreads spread out as far as they are known."""
        found: list[Value] = []
        for child, kind in kinds(node):
            if kind == "spread_element":
                more = self.items(self.evaluate(child.child(1), scope))
                found.extend([UNKNOWN] * MOST_UNSEEN if more is None else more)
            else:
                found.append(self.evaluate(child, scope))
        return found

    def _request(self, given: SgNode, scope: Scope) -> list[Value]:
        """The arguments of `setRequestHandler`: the schema of a bundled SDK names its method, and need not be made."""
        first, *others = elements(given) or [given]
        source = self.declaration(first.text(), scope) if first.kind() == "identifier" else None
        method = _METHOD.search(source.text()[:500]) if source is not None else None
        if method is None:
            return self.arguments(given, scope)
        return [method[1], *(self.evaluate(other, scope) for other in others)]

    def _method_call(self, callee: SgNode, node: SgNode, scope: Scope) -> Value:
        owner_node, given = callee.field("object"), node.field("arguments")
        if owner_node is None or given is None:
            return UNKNOWN
        if owner_node.kind() == "super":
            return self._of_super(callee, node, scope)
        owner = self.evaluate(owner_node, scope)
        name = self.method_name(callee, scope)
        args = self._request(given, scope) if name == "setRequestHandler" else self.arguments(given, scope)
        if (
            isinstance(owner, External)
            and (loaded := self.loaded(self.get(owner, name), args, scope)) is not MISSING
        ):
            return loaded
        if name.startswith("__") and (found := compiled(self, name, args)) is not MISSING:
            return found
        made = self._schema(owner, name, args)
        if made is not None:
            return made
        meant = self.registration(owner, name, args, node, scope)
        if (
            meant is MISSING
            and args
            and name in {"apply", "call"}
            and isinstance(owner, External | Attribute)
        ):
            lent = args[1:] if name == "call" else (self.items(args[1]) if len(args) > 1 else None) or []
            meant = self.registration(owner, owner.last, lent, node, scope)
        if meant is not MISSING:
            return meant
        self.told(args, node, scope)
        return None if owner is None and is_optional(callee) else self.call_method(owner, name, args)

    def _of_super(self, callee: SgNode, node: SgNode, scope: Scope) -> Value:
        """`super.name(...)`, which means to a class of the SDK what it means to its objects."""
        name, given = self.method_name(callee, scope), node.field("arguments")
        args = self._request(given, scope) if given is not None else []
        found = self._super_method(name, args, scope)
        if found is MISSING:
            found = self.registration(External("", "super"), name, args, node, scope)
        return UNKNOWN if found is MISSING else found

    def method_name(self, callee: SgNode, scope: Scope) -> str:
        name = callee.field("property")
        if name is not None:
            return name.text().lstrip("#")
        index = plain(self.evaluate(callee.field("index"), scope))
        return str(index) if isinstance(index, str | int) else ""

    def _schema(self, owner: Value, name: str, args: list[Value]) -> Value:
        """Calls by which schemas are made, whatever the library is called after bundling."""
        if isinstance(owner, Zod):
            made = zod.method(owner, name, args)
            if name == "transform" and isinstance(made, Zod) and args:
                made = copy(made)
                made.unset = self.call(args[0], [owner.unset])
            return made
        if name not in zod.MAKERS or isinstance(owner, list | str | Instance | Made):
            return None
        if isinstance(owner, External) and (not owner.package or owner.path.endswith("Promise")):
            return None
        if isinstance(owner, Attribute | Unknown) and name in {
            "any",
            "map",
            "set",
            "date",
            "custom",
            "lazy",
            "url",
            "email",
        }:
            return None
        if isinstance(owner, dict) and name not in owner:
            return None
        return zod.make(name, args)

    def call_method(self, owner: Value, name: str, args: list[Value]) -> Value:
        """`owner.name(...)` where the SDKs give it no meaning; what hangs on a setting is one."""
        if name == "register":
            self.provide(args)
        if isinstance(owner, Made) and (kept := builtins.weak_method(owner, name, args)) is not MISSING:
            return kept
        if (
            name == "then"
            and args
            and isinstance(args[0], Function)
            and not isinstance(owner, dict | Instance)
        ):
            return self.call(args[0], [owner])
        if name == "catch" and not isinstance(owner, dict | Instance | Zod | Setting):
            return owner
        if name == "getClientCapabilities":
            return Setting({})  # a client that asks for a list needs to offer nothing
        if isinstance(owner, Setting):
            if plain(owner) == [] and absent(name) is not UNKNOWN:
                return Setting(absent(name))
            result = None if plain(owner) is None else self.call_method(plain(owner), name, args)
            return result if isinstance(result, Unknown | Attribute | Made) else Setting(result)
        if isinstance(owner, Words | Options):
            return owner.method(name, args)
        if args and name in {"apply", "call"} and (borrowed := _borrowed(owner)):
            given = args[1:] if name == "call" else (self.items(args[1]) or []) if len(args) > 1 else []
            return self.call_method(args[0], borrowed, given)
        known = owner
        if isinstance(known, list):
            return arrays.list_method(self, known, name, args)
        if isinstance(known, str):
            return texts.text_method(self, known, name, args)
        if isinstance(known, Regex):
            return texts.tested(known, plain(args[0])) if name == "test" and args else UNKNOWN
        value = self.get(known, name)
        if isinstance(known, dict) and isinstance(value, Attribute):
            return builtins.dict_method(self, known, name, args)
        if isinstance(known, Function) and isinstance(value, Attribute):
            return self._function_method(known, name, args)
        return self.call(value, args)

    def _function_method(self, owner: Function, name: str, args: list[Value]) -> Value:
        this = args[0] if args else None
        match name:
            case "bind":
                return owner.bind(this)
            case "call":
                return self.call_function(owner.bind(this), args[1:])
            case "apply":
                return self.call_function(
                    owner.bind(this), (self.items(args[1]) or []) if len(args) > 1 else []
                )
        return UNKNOWN

    def call(self, callee: Value, args: list[Value]) -> Value:
        """What calling a value gives."""
        self.step()
        name = callee.name if isinstance(callee, Function | Attribute) else ""
        name = callee.last if isinstance(callee, External) else name
        if args and isinstance(args[0], Zod) and _TO_JSON_SCHEMA.search(name):
            return args[0]
        match callee:
            case Function():
                result = self.call_function(callee, args)
                return (
                    args[0] if args and isinstance(args[0], Zod) and isinstance(result, Unknown) else result
                )
            case Action():
                return callee.do(args)
            case External() if not callee.package:
                return builtins.global_function(callee.path, self, args)
            case External() | Attribute():
                return self.call_foreign(callee, name, args)
        return UNKNOWN


def _unwrapped(node: SgNode) -> SgNode:
    """`(0, x.y)(...)` calls x.y, and parentheses and casts around a function are only that.

    Behind `await` the parser takes them for the arguments of a function of that name.
    """
    while (kind := node.kind()) not in _BARE:
        inner: list[SgNode] = []
        if kind in {"parenthesized_expression", "sequence_expression"}:
            inner = elements(node)
        elif kind in _CASTS:
            inner = elements(node)[:1]
        elif kind == "type_assertion":
            inner = elements(node)[-1:]
        elif kind == "call_expression" and node.child(0).text() == "await":  # type: ignore[union-attr]
            inner = elements(node.field("arguments") or node)
        if not inner:
            return node
        node = inner[-1]
    return node


def _borrowed(value: Value) -> str:
    """The method that it is of an array, a map or a prototype, which `call` and `apply` give another owner."""
    if isinstance(value, External):
        return value.last if not value.package and ".prototype." in value.path else ""
    return value.name if isinstance(value, Attribute) and isinstance(value.owner, list | dict) else ""
