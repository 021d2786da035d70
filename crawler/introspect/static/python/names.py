"""Looking up names and attributes in the symbolic reader's world."""

import builtins
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.introspect.static.budget import Budget
from crawler.introspect.static.python.modules import Package
from crawler.introspect.static.python.values import (
    Attribute,
    Class,
    External,
    FilePath,
    Function,
    Generic,
    Instance,
    LazyImport,
    Made,
    Member,
    Module,
    Partial,
    Scope,
    Super,
)
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Classes whose fields are what they are by default where the source does not show what a run gives them.
SETTINGS = re.compile(r"(?:Settings|Config|Configuration|Options)$")

_BUILTINS = frozenset(dir(builtins))

#: Steps in all, and on one file or function.
MOST_STEPS, MOST_STEPS_AT_ONCE = 1_000_000, 250_000


class Names(ABC):
    """Names, attributes and imports; knows nothing of expressions and statements."""

    def __init__(self, package: Package, notes: Notes) -> None:
        self.package = package
        self.notes = notes
        self.budget = Budget(MOST_STEPS, MOST_STEPS_AT_ONCE)
        self.step = self.budget.step
        #: 1 where the code surely runs; lowered inside branches that hang on something unknown.
        self.certainty = 1.0

    @contextmanager
    def unsure(self, factor: float) -> Iterator[None]:
        """Lower the certainty of what happens inside."""
        before = self.certainty
        self.certainty = min(before, max(before * factor, 0.5))
        try:
            yield
        finally:
            self.certainty = before

    @abstractmethod
    def run_module(self, module: Module) -> None:
        """Read a module's body once."""

    @abstractmethod
    def file_attribute(self, owner: FilePath, name: str) -> Value:
        """What a path has under a name; `None` where that is a method or nothing."""

    @abstractmethod
    def call(
        self, callee: Value, args: list[Value], kwargs: dict[str, Value], place: tuple[Module, int]
    ) -> Value:
        """What calling a value gives."""

    def lookup(self, name: str, scope: Scope) -> Value:
        """The value of a name."""
        here: Scope | None = scope
        while here is not None:
            if name in here.names:
                return self.force(here.names[name])
            here = here.parent
        found = self._starred(name, scope.module)
        if found is not None:
            return found
        return External(f"builtins.{name}") if name in _BUILTINS else UNKNOWN

    def force(self, value: Value) -> Value:
        """An import as what it means; other values as they are."""
        for _ in range(20):
            if not isinstance(value, LazyImport):
                return value
            value = self.module_name(value.module, value.name)
        return UNKNOWN

    def module_name(self, module: Module, name: str) -> Value:
        """A name of a module of the package: defined there, a module inside it, or starred into it."""
        self.run_module(module)
        value = module.scope.names.get(name)
        if value is not None and not (isinstance(value, LazyImport) and value.module is module):
            return value
        inner = self.package.submodule(module, name)
        if inner is not None:
            return inner
        if value is None and name in module.scope.names:
            return None
        return self._starred(name, module) or UNKNOWN

    def _starred(self, name: str, module: Module) -> Value:
        for source in module.scope.names.get("*", ())[:20]:
            self.run_module(source)
            if name in source.scope.names:
                return self.force(source.scope.names[name])
        return None

    def names_of(self, owner: Module | Class | Instance) -> dict[str, Value]:
        """What `vars(owner)` gives."""
        if not isinstance(owner, Module):
            return dict(owner.names)
        self.run_module(owner)
        return {name: self.force(value) for name, value in list(owner.scope.names.items()) if name != "*"}

    def attribute(self, owner: Value, name: str) -> Value:
        """What `owner.name` gives."""
        owner = self.force(owner)
        if name == "__dict__" and isinstance(owner, Module | Class | Instance):
            return self.names_of(owner)
        match owner:
            case Module():
                return _module_special(owner, name) or self.force(self.module_name(owner, name))
            case External(path="sys") if name == "argv":
                return Setting(("server.py",))
            case External():
                return External(f"{owner.path}.{name}")
            case Instance():
                return self.instance_attribute(owner, name)
            case Class():
                return self.class_attribute(owner, name, owner)
            case Member():
                return {"value": owner.value, "name": owner.name}.get(name, Attribute(owner, name))
            case Super():
                return self._super_attribute(owner, name)
            case Made():
                return self._made_attribute(owner, name)
            case Function():
                return _function_attribute(owner, name)
            case Partial():
                return {"func": owner.target, "keywords": owner.kwargs}.get(name, UNKNOWN)
            case Generic():
                return self.attribute(owner.base, name)
            case (_, str() as module_name, bool()) if name == "name":  # an item of pkgutil.iter_modules
                return module_name
            case FilePath():
                value = self.file_attribute(owner, name)
                return Attribute(owner, name) if value is None else value
            case Setting():
                value = self.attribute(owner.default, name)
                return value if isinstance(value, Function) else _of_setting(owner, name, value)
        return Attribute(owner, name)

    def instance_attribute(self, owner: Instance, name: str) -> Value:
        """An attribute of an object: its own, else its class's, bound."""
        unset = bool(owner.cls.fields) and SETTINGS.search(owner.cls.name) is not None
        given = owner.names.get(name, UNKNOWN)
        if name in owner.names and not (unset and isinstance(given, Unknown | Made)):
            return given
        if name == "__class__":
            return owner.cls
        value = self.class_attribute(owner.cls, name, owner)
        assumed = "__assumed__" in owner.names or owner.cls.derives_from("BaseSettings")
        default = _default(value)
        if (assumed or name in owner.names) and _is_constant(default):
            return Setting(default)
        return given if name in owner.names else value

    def class_attribute(self, cls: Class, name: str, receiver: Value, after: Class | None = None) -> Value:
        """The attribute as the nearest class has it; `after` starts behind that class, as `super()` does."""
        lineage = cls.lineage()
        if after is not None:
            lineage = lineage[next((i for i, seen in enumerate(lineage) if seen is after), 0) + 1 :]
        for ancestor in lineage:
            if isinstance(ancestor, Class) and name in ancestor.names:
                return self._bound(ancestor.names[name], name, receiver, ancestor, cls)
        special = _class_special(cls, name)
        if special is not None:
            return special
        return Attribute(receiver, name)

    def _bound(self, value: Value, name: str, receiver: Value, owner: Class, cls: Class) -> Value:
        value = self.force(value)
        if isinstance(value, Function):
            return self._bound_function(value, receiver, owner)
        if owner.is_enum and receiver is cls and not name.startswith("_"):
            return Member(owner, name, value)
        return value

    def _bound_function(self, value: Function, receiver: Value, owner: Class) -> Value:
        if value.owner is None:
            value.owner = owner
        if value.kind == "static":
            return value
        if value.kind == "class":
            return value.bind(receiver.cls if isinstance(receiver, Instance) else receiver)
        if not isinstance(receiver, Instance):
            return value
        bound = value.bind(receiver)
        if value.kind == "property":
            return self.call(bound, [], {}, (value.module, value.node.lineno))
        return bound

    def _super_attribute(self, owner: Super, name: str) -> Value:
        receiver = owner.receiver
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        if not isinstance(cls, Class):
            return UNKNOWN
        value = self.class_attribute(cls, name, receiver, after=owner.cls)
        return Attribute(owner, name) if isinstance(value, Attribute) else value

    def _made_attribute(self, owner: Made, name: str) -> Value:
        if name in owner.names:
            return owner.names[name]
        if name in owner.kwargs and not isinstance(owner.kwargs[name], Unknown):
            return owner.kwargs[name]
        return Attribute(owner, name)


def _of_setting(owner: Setting, name: str, value: Value) -> Value:
    """An attribute of what may be set: a method keeps its owner, anything else may be set as well."""
    return Attribute(owner, name) if isinstance(value, Attribute) else Setting(value)


def _default(value: Value) -> Value:
    """The default of `field(default=...)` and `Field(...)`; other values as they are."""
    if not isinstance(value, Made) or "default_factory" in value.kwargs:
        return value
    return value.kwargs.get("default", value.args[0] if value.args else UNKNOWN)


def _is_constant(value: Value) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | tuple | dict)


def _module_special(module: Module, name: str) -> Value:
    """What another file sees; inside of its own a module is called as if it were started."""
    return {"__path__": [module], "__name__": module.name}.get(name)


def _function_attribute(function: Function, name: str) -> Value:
    if name in function.attributes:
        return function.attributes[name]
    if name in {"__name__", "__qualname__"}:
        return function.name
    if name == "__doc__":
        return function.doc
    if name == "__wrapped__":
        return function
    return Attribute(function, name)


def _class_special(cls: Class, name: str) -> Value:
    if name in {"__name__", "__qualname__"}:
        return cls.name
    if name == "__doc__":
        return cls.doc or UNKNOWN
    if name == "__mro__":
        return tuple(cls.lineage())
    return None
