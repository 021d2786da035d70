"""What an expression of Python source gives, as far as the source shows it."""

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterator

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.python import constants
from crawler.introspect.static.python.operators import MOST_ITEMS, Operators
from crawler.introspect.static.python.values import (
    Class,
    External,
    Function,
    Generic,
    Instance,
    Made,
    Member,
    Module,
    Scope,
    Table,
    kept,
    plain,
    sureness,
)
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import UNKNOWN, Setting, Value

#: Expressions nested deeper are unknown; the parser itself allows a few hundred.
DEEPEST_EXPRESSION = 120


class Expressions(Operators):
    """Evaluates expressions; nothing is run, unknown parts stay unknown."""

    _depth = 0

    def evaluate(self, node: ast.expr, scope: Scope) -> Value:
        """The value of an expression."""
        if type(node) is ast.Constant:
            return constants.small(node.value)
        self.step()
        handler = _EXPRESSIONS.get(type(node))
        if handler is None or self._depth > DEEPEST_EXPRESSION:
            return UNKNOWN
        self._depth += 1
        try:
            return handler(self, node, scope)
        finally:
            self._depth -= 1

    def bind(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Assign to a name, attribute, item or tuple of them."""
        match target:
            case ast.Name():
                home = scope.module.scope if target.id in scope.globals else scope
                home.names[target.id] = self._grown(home.names.get(target.id), value)
            case ast.Tuple() | ast.List():
                self._unpack(target.elts, value, scope)
            case ast.Attribute():
                owner = self.evaluate(target.value, scope)
                self.assign_attribute(owner, target.attr, value)
            case ast.Subscript():
                container = self.evaluate(target.value, scope)
                key = plain(self.evaluate(target.slice, scope))
                if isinstance(container, dict) and constants.is_key(key):
                    container[key] = value
                elif isinstance(container, Table):
                    container.open = True
                self.noted(key, value)

    def _grown(self, before: Value, value: Value) -> Value:
        """A list that a branch makes longer which only a setting opens: what it adds is no surer than the branch."""
        if self.certainty > CONDITIONAL or not (isinstance(before, list) and isinstance(value, list)):
            return value
        known = set(map(id, before))
        return [item if id(item) in known else kept(item, self.certainty) for item in value]

    def assign_attribute(self, owner: Value, name: str, value: Value) -> None:
        """Set an attribute of something that can carry one."""
        match owner:
            case Instance() | Made() | Class():
                owner.names[name] = value
            case Function():
                owner.attributes[name] = value
            case Module():
                owner.scope.names[name] = value

    def _unpack(self, targets: list[ast.expr], value: Value, scope: Scope) -> None:
        items = self.items(value)
        star = next((n for n, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
        if items is not None and star is not None and len(items) >= len(targets) - 1:
            rest = len(items) - len(targets) + 1
            items = [*items[:star], items[star : star + rest], *items[star + rest :]]
        if items is None or len(items) != len(targets):
            items = [UNKNOWN] * len(targets)
        for target, item in zip(targets, items, strict=True):
            self.bind(target.value if isinstance(target, ast.Starred) else target, item, scope)

    def _name(self, node: ast.Name, scope: Scope) -> Value:
        return self.lookup(node.id, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Value:
        return self.attribute(self.evaluate(node.value, scope), node.attr)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Value:
        owner = self.evaluate(node.value, scope)
        if isinstance(node.slice, ast.Slice):
            return self._slice(owner, node.slice, scope)
        key = self.evaluate(node.slice, scope)
        if isinstance(owner, Setting) and isinstance(owner.default, tuple | list | dict):
            return Setting(constants.item(owner.default, plain(key)))
        if isinstance(owner, External) and owner.path == "sys.modules" and isinstance(plain(key), str):
            here = scope.module
            return (
                here
                if plain(key) in {"__main__", here.name}
                else self.package.find(plain(key), here) or UNKNOWN
            )
        if isinstance(owner, External | Generic):
            return self._environment(owner) or Generic(owner, key if isinstance(key, tuple) else (key,))
        if isinstance(owner, Class):
            return self._member_by_name(owner, key) or Generic(
                owner, key if isinstance(key, tuple) else (key,)
            )
        return constants.item(plain(owner), plain(key))

    def _environment(self, owner: Value) -> Value:
        return Setting(UNKNOWN) if isinstance(owner, External) and owner.path == "os.environ" else None

    def _member_by_name(self, owner: Class, key: Value) -> Value:
        if owner.is_enum and isinstance(key, str) and key in owner.names:
            return Member(owner, key, owner.names[key])
        return None

    def _slice(self, owner: Value, node: ast.Slice, scope: Scope) -> Value:
        bounds = [
            self.evaluate(part, scope) if part else None for part in (node.lower, node.upper, node.step)
        ]
        return constants.lifted(lambda whole: constants.cut(whole, bounds), owner)

    def _list(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
        items: list[Value] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                more = self.items(self.evaluate(element.value, scope))
                items.extend([UNKNOWN] if more is None else more)
            else:
                items.append(self.evaluate(element, scope))
        return tuple(items) if isinstance(node, ast.Tuple) else items

    def _dict(self, node: ast.Dict, scope: Scope) -> Value:
        found = Table()
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.evaluate(value_node, scope)
            if key_node is None:
                found.update(value if isinstance(value, dict) else {})
                found.open |= not isinstance(value, dict) or (isinstance(value, Table) and value.open)
                continue
            key = plain(self.evaluate(key_node, scope))
            if constants.is_key(key):
                found[key] = value
                self.noted(key, value)
            else:
                found.open = True
        return found

    @abstractmethod
    def noted(self, key: Value, value: Value) -> None:
        """Something stands under a key of a dictionary."""

    def _call(self, node: ast.Call, scope: Scope) -> Value:
        callee = self.evaluate(node.func, scope)
        if isinstance(callee, External) and callee.path == "builtins.super":
            return self.enclosing_super(scope)
        args, kwargs = self.arguments(node, scope)
        return self.call(callee, args, kwargs, (scope.module, node.lineno))

    def arguments(self, node: ast.Call, scope: Scope) -> tuple[list[Value], dict[str, Value]]:
        """The arguments of a call with stars spread out as far as they are known."""
        args: list[Value] = []
        for element in node.args:
            if isinstance(element, ast.Starred):
                args.extend(self.items(self.evaluate(element.value, scope)) or [])
            else:
                args.append(self.evaluate(element, scope))
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, scope)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
            elif isinstance(value, dict):
                kwargs.update({name: item for name, item in value.items() if isinstance(name, str)})
        return args, kwargs

    def enclosing_super(self, scope: Scope) -> Value:
        """What `super()` means in a scope."""
        return self.lookup("__super__", scope)

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> Value:
        parts: list[Value] = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                plainly = part.format_spec is None and part.conversion in {-1, ord("s")}
                parts.append(self.evaluate(part.value, scope) if plainly else UNKNOWN)
            else:
                parts.append(self.evaluate(part, scope))
        return constants.lifted(constants.joined, *parts)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
        found: list[Value] = []
        complete = True
        for inner, known in self._rounds(node.generators, scope):
            complete = complete and known
            sure = min((sureness(inner.names[name]) for name in inner.names), default=1.0)
            found.append(kept(self.evaluate(node.elt, inner), sure))
        return found if complete else [*found, UNKNOWN]

    def _dict_comprehension(self, node: ast.DictComp, scope: Scope) -> Value:
        found = Table()
        for inner, _ in self._rounds(node.generators, scope):
            key = plain(self.evaluate(node.key, inner))
            value = self.evaluate(node.value, inner)
            if constants.is_key(key):
                found[key] = value
            else:
                found.open = True
        return found

    def _rounds(self, generators: list[ast.comprehension], scope: Scope) -> Iterator[tuple[Scope, bool]]:
        """The scopes in which the element is evaluated, each with whether the source shows all that is iterated."""
        first, *rest = generators
        items = self.items(self.evaluate(first.iter, scope))
        for item in [UNKNOWN] if items is None else items:
            self.step()
            inner = Scope(scope.module, scope, {})
            self.bind(first.target, item, inner)
            if any(self.truth(plain(self.evaluate(test, inner))) is False for test in first.ifs):
                continue
            if rest:
                yield from self._rounds(rest, inner)
            else:
                yield inner, items is not None

    def _lambda(self, node: ast.Lambda, scope: Scope) -> Value:
        function = Function(node, scope)
        self.evaluate_defaults(function, node.args, scope)
        return function

    def evaluate_defaults(self, function: Function, arguments: ast.arguments, scope: Scope) -> None:
        """Evaluate the defaults of a function where it is defined."""
        function.defaults = [self.evaluate(default, scope) for default in arguments.defaults]
        function.keyword_defaults = [
            self.evaluate(default, scope) if default else UNKNOWN for default in arguments.kw_defaults
        ]

    def _awaited(self, node: ast.Await | ast.Starred, scope: Scope) -> Value:
        return self.evaluate(node.value, scope)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> Value:
        value = self.evaluate(node.value, scope)
        self.bind(node.target, value, scope)
        return value

    def _yield(self, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Value:
        value = self.evaluate(node.value, scope) if node.value else None
        yields = scope.names.setdefault("__yields__", [])
        if len(yields) > MOST_ITEMS:
            raise OutOfSteps
        yields.extend((self.items(value) or [UNKNOWN]) if isinstance(node, ast.YieldFrom) else [value])
        return UNKNOWN


_EXPRESSIONS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Name: Expressions._name,
    ast.Attribute: Expressions._attribute,
    ast.Subscript: Expressions._subscript,
    ast.List: Expressions._list,
    ast.Tuple: Expressions._list,
    ast.Set: Expressions._list,
    ast.Dict: Expressions._dict,
    ast.Call: Expressions._call,
    ast.BinOp: Expressions._binary,
    ast.BoolOp: Expressions._boolean,
    ast.UnaryOp: Expressions._unary,
    ast.Compare: Expressions._compare,
    ast.IfExp: Expressions._conditional,
    ast.JoinedStr: Expressions._joined,
    ast.ListComp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.DictComp: Expressions._dict_comprehension,
    ast.Lambda: Expressions._lambda,
    ast.Await: Expressions._awaited,
    ast.Starred: Expressions._awaited,
    ast.NamedExpr: Expressions._walrus,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield,
}
