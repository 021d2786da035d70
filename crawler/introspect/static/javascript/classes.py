"""Classes of the package, and what `new` gives."""

from abc import abstractmethod

from ast_grep_py import SgNode

from crawler.introspect.static.javascript import builtins
from crawler.introspect.static.javascript.expressions import Expressions
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.javascript.sources import Lazy, Scope
from crawler.introspect.static.javascript.values import (
    MISSING,
    Class,
    External,
    Function,
    Getter,
    Instance,
    Made,
)
from crawler.introspect.static.unknown import UNKNOWN, Unknown, Value

#: Calls within each other.
DEEPEST_CALL = 20


class Classes(Expressions):
    """Makes classes and objects."""

    _calls = 0

    @abstractmethod
    def arguments(self, node: SgNode, scope: Scope) -> list[Value]:
        """The arguments of a call, with spreads spread out as far as they are known."""

    @abstractmethod
    def call_function(self, function: Function, args: list[Value]) -> Value:
        """Read a function of the package with these arguments; unknown where that goes too deep."""

    @abstractmethod
    def started(self, cls: Value, args: list[Value], file: str, line: int) -> None:
        """An object of a class of another package was made, which may be a server."""

    @abstractmethod
    def method_name(self, callee: SgNode, scope: Scope) -> str:
        """The name of the method that is called."""

    def evaluate_new(self, node: SgNode, scope: Scope) -> Value:
        """What `new` gives."""
        cls = self.evaluate(node.field("constructor"), scope)
        given = node.field("arguments")
        args = self.arguments(given, scope) if given is not None else []
        if isinstance(cls, Class):
            cls.made = True
            return self.instantiate(cls, args)
        if isinstance(cls, External) and not cls.package and cls.path in {"Map", "Set"}:
            return builtins.global_function(cls.path, self, args)
        self.started(cls, args, scope.module.file, scope.line(node))
        return Made(cls, args)

    def instantiate(self, cls: Class, args: list[Value]) -> Instance:
        """An object of a class of the package."""
        instance = Instance(cls)
        if self.waits:
            self.late[id(instance)] = instance
        if self._calls < DEEPEST_CALL:
            self._construct(cls, instance, args)
        return instance

    def _construct(self, cls: Class, instance: Instance, args: list[Value]) -> None:
        if cls.is_server(inherited=False):
            return  # what it does with its tools is known
        constructor = self.force(cls.members, "constructor") if "constructor" in cls.members else None
        if not isinstance(constructor, Function):
            self._construct_parent(cls, instance, args)
            return
        if cls.parent is None:
            self._fill(cls, instance)
        self.call_function(constructor.bind(instance), args)

    def _construct_parent(self, cls: Class, instance: Instance, args: list[Value]) -> None:
        if isinstance(cls.parent, Class) and cls.parent is not cls and self._depth < 80:
            self._depth += 5
            self._construct(cls.parent, instance, args)
            self._depth -= 5
        elif cls.parent is not None and args and isinstance(args[0], dict):
            instance.names.update(args[0])
        self._fill(cls, instance)

    def _fill(self, cls: Class, instance: Instance) -> None:
        """Give the object its fields."""
        scope = Scope(cls.scope.module, cls.scope, {}, cls.scope.part)
        scope.this, scope.method_of = instance, cls
        for name, node in cls.fields:
            instance.names[name] = self._property(node, name, scope)

    def _super_call(self, args: list[Value], scope: Scope) -> Value:
        if scope.method_of is not None and isinstance(scope.this, Instance):
            self._construct_parent(scope.method_of, scope.this, args)
        return UNKNOWN

    def _super_method(self, name: str, args: list[Value], scope: Scope) -> Value:
        """`super.name(...)`; `MISSING` where a class of another package, or the SDK's server, would have the method."""
        parent = scope.method_of.parent if scope.method_of is not None else None
        for cls in parent.lineage() if isinstance(parent, Class) else ():
            if cls.is_server(inherited=False):
                return MISSING
            if name in cls.members:
                value = self.force(cls.members, name)
                return (
                    self.call_function(value.bind(scope.this), args)
                    if isinstance(value, Function)
                    else UNKNOWN
                )
        return MISSING

    def make_class(self, node: SgNode, scope: Scope, name: str) -> Value:
        """The class that a class declaration or expression makes."""
        heritage = next((child for child in node.children() if child.kind() == "class_heritage"), None)
        cls = Class(node, scope, name, self._parent(heritage, scope))
        if isinstance(cls.parent, Class):
            cls.parent.subclasses.append(cls)
        body = node.field("body")
        members = elements(body) if body is not None else []
        for number, member in enumerate(members):
            if member.kind() == "decorator":
                self._decorate(cls, member, members[number:], scope)
            else:
                self._member_of(cls, member, scope)
        self._decorate_class(cls, node, scope)
        return cls

    def _decorate_class(self, cls: Class, node: SgNode, scope: Scope) -> None:
        """The decorators of a class itself, where they are of the package."""
        around = node.parent()
        outer = around.children() if around is not None and around.kind() == "export_statement" else []
        for child in [*outer, *node.children()]:
            if child.kind() == "decorator":
                given = self.evaluate(child.child(1), scope)
                if isinstance(given, Function):
                    self.call(given, [cls, {}])

    def _decorate(self, cls: Class, decorator: SgNode, following: list[SgNode], scope: Scope) -> None:
        """A decorator of a member, called as the run time would call it where it is of the package."""
        given = self.evaluate(decorator.child(1), scope)
        member = next((one for one in following if one.kind() != "decorator"), None)
        name = member.field("name") if member is not None else None
        if isinstance(given, Function) and name is not None:
            self.call(given, [{"constructor": cls}, self.key(name, scope), {}])

    def _parent(self, heritage: SgNode | None, scope: Scope) -> Value:
        if heritage is None:
            return None
        clause = next((child for child in heritage.children() if child.kind() == "extends_clause"), None)
        parent = clause.field("value") if clause is not None else heritage.child(1)
        if clause is None and parent is not None and parent.kind() == "implements_clause":
            return None
        value = self.evaluate(parent, scope)
        if isinstance(value, Unknown) and parent is not None:
            return External("", parent.text()[:80])
        return value

    def _member_of(self, cls: Class, node: SgNode, scope: Scope) -> None:
        name_node = node.field("name") or node.field("property")
        key = self.key(name_node, scope) if name_node is not None else None
        words = {child.kind() for child in node.children()[:6]}
        if node.kind() == "class_static_block":
            self._static_block(cls, node, scope)
        if not isinstance(key, str):
            return
        key = key.lstrip("#")
        home = cls.names if "static" in words else cls.members
        if node.kind() == "method_definition":
            function = self.function(node, scope, key)
            function.owner = cls
            home[key] = Getter(function) if "get" in words else function
        elif node.field("value") is not None and "static" in words:
            inner = Scope(scope.module, scope, {}, scope.part)
            inner.this = cls
            cls.names[key] = Lazy(node, inner)
        elif (value := node.field("value")) is not None:
            cls.fields.append((key, value))

    def _static_block(self, cls: Class, node: SgNode, scope: Scope) -> None:
        """A block as compilers write it for static fields, `static { this.name = ... }`."""
        inner = Scope(scope.module, scope, {}, scope.part)
        inner.this = cls
        body = node.field("body")
        for statement in elements(body) if body is not None else ():
            if statement.kind() == "expression_statement":
                self.evaluate(statement.child(0), inner)
