"""What calling something gives in the symbolic reader's world."""

import ast
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.python import constants
from crawler.introspect.static.python.expressions import Expressions
from crawler.introspect.static.python.modules import Package
from crawler.introspect.static.python.names import SETTINGS
from crawler.introspect.static.python.options import of_default
from crawler.introspect.static.python.values import (
    Action,
    Attribute,
    Class,
    External,
    FilePath,
    Function,
    Generic,
    Instance,
    Made,
    Member,
    Module,
    Partial,
    Scope,
    Super,
    Table,
    kept,
    plain,
)
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Calls of the package's own functions within each other, and of one function in all: of one that is called deep down,
#: and of one that may enter each of a package's tools.
DEEPEST_CALL = 24
MOST_RUNS, MOST_ENTRIES = 400, 5_000
_DEEP = 8

#: Calls of a function inside of itself; with nothing but unknown arguments it is not read again.
DEEPEST_RECURSION = 8

#: Steps on one call into a file that registers nothing: with arguments that are known, and with none.
MOST_STEPS_ASIDE, MOST_STEPS_VAGUE = 40_000, 4_000

Place = tuple[Module, int]


class Call:
    """One call of something outside the package, with the reader that met it."""

    def __init__(self, reader: "Calls", args: list[Value], kwargs: dict[str, Value], place: Place) -> None:
        self.reader = reader
        self.args = args
        self.kwargs = kwargs
        self.place = place

    @property
    def first(self) -> Value:
        """The first positional argument, unknown where there is none."""
        return self.args[0] if self.args else UNKNOWN

    def given(self, *names: str, start: int = 0) -> dict[str, Value]:
        """The arguments by name; positional ones from `start` on have these names."""
        return dict(zip(names, self.args[start:], strict=False)) | self.kwargs


#: A function outside the package that the reader understands.
Understood = Callable[[Call], Value]


class Calls(Expressions):
    """Calls functions and classes of the package; what lies outside is left to `call_external` and `call_attribute`."""

    _calls = 0

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__(package, notes)
        #: How often each function is being read right now, one call inside the other.
        self._active: Counter[int] = Counter()
        #: What functions give that are called with nothing that is known, by function and receiver.
        self._vague: dict[tuple[int, int], tuple[Function, Value]] = {}

    @abstractmethod
    def run_function(self, function: Function, scope: Scope) -> Value:
        """Read a function's body with its parameters in scope; what it returns."""

    @abstractmethod
    def file_method(self, owner: FilePath, name: str, args: list[Value], here: Module) -> Value:
        """Call a method of a path or of an open file; `None` where it has none of that name."""

    @abstractmethod
    def is_server(self, value: Value) -> bool:
        """Whether a value is an MCP server that the source makes."""

    @abstractmethod
    def call_external(
        self, callee: External, args: list[Value], kwargs: dict[str, Value], place: Place
    ) -> Value:
        """Call something imported from outside."""

    @abstractmethod
    def call_attribute(
        self, callee: Attribute, args: list[Value], kwargs: dict[str, Value], place: Place
    ) -> Value:
        """Call a method of something that the package does not define."""

    def call(self, callee: Value, args: list[Value], kwargs: dict[str, Value], place: Place) -> Value:
        """What calling a value gives."""
        self.step()
        match callee:
            case Function():
                return self.call_function(callee, args, kwargs)
            case Class():
                return self.instantiate(callee, args, kwargs, place)
            case External():
                return self.call_external(callee, args, kwargs, place)
            case Action():
                return callee.do(args, kwargs)
            case Attribute():
                return self._call_method(callee, args, kwargs, place)
            case Partial():
                return self.call(callee.target, [*callee.args, *args], {**callee.kwargs, **kwargs}, place)
            case Generic():
                return self.call(callee.base, args, kwargs, place)
            case Instance():
                method = self.instance_attribute(callee, "__call__")
                return self.call(method, args, kwargs, place) if isinstance(method, Function) else UNKNOWN
        return UNKNOWN

    def call_function(self, function: Function, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """Read a function of the package with these arguments; unknown where that goes too deep."""
        most = MOST_RUNS if self._calls > _DEEP else MOST_ENTRIES
        if self._calls >= DEEPEST_CALL or function.runs >= most or self._depth > 100:
            return UNKNOWN
        node = function.node
        scope = Scope(function.module, function.scope, self.parameters(function, args, kwargs))
        self._assume_settings(function, scope)
        if function.owner is not None:
            scope.names["__super__"] = Super(function.owner, function.receiver)
            scope.names["__class__"] = function.owner
        if isinstance(node, ast.Lambda):
            return self.evaluate(node.body, scope)
        vague = all(value is UNKNOWN for value in (*args, *kwargs.values()))
        if self._active[id(node)] >= (1 if vague else DEEPEST_RECURSION):
            return UNKNOWN
        aside = not function.module.lines
        found = self._run_aside(function, scope, args, kwargs) if aside else self._run(function, scope)
        return self._assumed(node.returns, function.scope) if found is None or found is UNKNOWN else found

    def _run(self, function: Function, scope: Scope) -> Value:
        self._calls += 1
        self._active[id(function.node)] += 1
        try:
            return self.run_function(function, scope)
        finally:
            self._calls -= 1
            self._active[id(function.node)] -= 1

    def _run_aside(
        self, function: Function, scope: Scope, args: list[Value], kwargs: dict[str, Value]
    ) -> Value:
        """Read a function of a file that registers nothing, at less length; once for all calls with unknown arguments."""
        given = (*args, *kwargs.values())
        vague = bool(given) and all(value is UNKNOWN for value in given)
        known = any(isinstance(value, Setting) or not isinstance(value, Unknown) for value in given)
        key = (id(function.node), id(function.receiver))
        if vague and key in self._vague:
            return self._vague[key][1]
        value: Value = UNKNOWN
        try:
            with self.budget.at_most(MOST_STEPS_ASIDE if known else MOST_STEPS_VAGUE):
                value = self._run(function, scope)
        except OutOfSteps:
            if self.budget.left <= 0:
                raise
        if vague and (value is UNKNOWN or constants.is_known(value)):
            self._vague[key] = function, value
        return value

    def _assume_settings(self, function: Function, scope: Scope) -> None:
        """A parameter that is a class of settings has their defaults, where the source does not show more."""
        for argument in (*function.node.args.args, *function.node.args.kwonlyargs):
            if scope.names[argument.arg] is UNKNOWN:
                scope.names[argument.arg] = self._assumed(argument.annotation, function.scope)

    def _assumed(self, hint: ast.expr | None, scope: Scope) -> Value:
        """An object of the class of settings that a type hint names, with their defaults; unknown where it names none."""
        cls = self.evaluate(hint, scope) if isinstance(hint, ast.Name) and SETTINGS.search(hint.id) else None
        if not isinstance(cls, Class) or not cls.fields:
            return UNKNOWN
        assumed = Instance(cls)
        assumed.names["__assumed__"] = True
        return assumed

    def parameters(self, function: Function, args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
        """The names that a call binds; a parameter without argument has its default or is unknown."""
        spec = function.node.args
        positional = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
        given = list(args) if function.receiver is None else [function.receiver, *args]
        names: dict[str, Value] = dict.fromkeys(positional, UNKNOWN)
        if function.defaults:
            defaults = map(of_default, function.defaults)
            names.update(zip(positional[-len(function.defaults) :], defaults, strict=False))
        for argument, default in zip(spec.kwonlyargs, function.keyword_defaults, strict=False):
            names[argument.arg] = of_default(default)
        names.update({name: value for name, value in function.options.items() if name in names})
        rest = {name: value for name, value in kwargs.items() if name not in names}
        names.update(zip(positional, given, strict=False))
        names.update({name: value for name, value in kwargs.items() if name in names})
        if spec.vararg:
            names[spec.vararg.arg] = given[len(positional) :]
        if spec.kwarg:
            names[spec.kwarg.arg] = rest
        return names

    def instantiate(self, cls: Class, args: list[Value], kwargs: dict[str, Value], place: Place) -> Value:
        """An object of a class of the package."""
        if cls.is_enum:
            return self._member_by_value(cls, plain(args[0]) if args else UNKNOWN)
        instance = Instance(cls)
        instance.names["__place__"] = place
        initialiser = self.class_attribute(cls, "__init__", instance)
        if isinstance(initialiser, Function):
            self.call_function(initialiser, args, kwargs)
        else:
            self._fill_fields(instance, args, kwargs)
        return instance

    def _member_by_value(self, cls: Class, wanted: Value) -> Value:
        for name, value in cls.names.items():
            if constants.is_known(value) and value == wanted:
                return Member(cls, name, value)
        return UNKNOWN

    def _fill_fields(self, instance: Instance, args: list[Value], kwargs: dict[str, Value]) -> None:
        """What a dataclass or model does with its arguments."""
        lineage = [ancestor for ancestor in instance.cls.lineage() if isinstance(ancestor, Class)]
        fields = list(dict.fromkeys(name for ancestor in reversed(lineage) for name in ancestor.fields))
        instance.names.update(zip(fields, args, strict=False))
        instance.names.update(kwargs)
        instance.names["__args__"] = args
        for name in fields:
            if name not in instance.names:
                default = self._field_default(self.class_attribute(instance.cls, name, instance))
                if default is not None:
                    instance.names[name] = default
        hook = self.class_attribute(instance.cls, "__post_init__", instance)
        if isinstance(hook, Function):
            self.call_function(hook, [], {})

    def _field_default(self, value: Value) -> Value:
        """`field(default_factory=list)` and the like, per object."""
        if not isinstance(value, Made):
            return None
        factory = value.kwargs.get("default_factory")
        if factory is not None:
            return self.call(factory, [], {}, value.place)
        return value.kwargs.get("default", value.args[0] if value.args else UNKNOWN)

    def _call_method(
        self, callee: Attribute, args: list[Value], kwargs: dict[str, Value], place: Place
    ) -> Value:
        owner = callee.owner
        if isinstance(owner, Setting):
            owner = plain(owner)
            result = self._call_method(Attribute(owner, callee.name), args, kwargs, place)
            return (
                Setting(result) if constants.is_known(result) or isinstance(result, list | tuple) else UNKNOWN
            )
        owner = plain(owner)
        found = self.file_method(owner, callee.name, args, place[0]) if isinstance(owner, FilePath) else None
        if found is not None:
            return found
        if isinstance(owner, str):
            if callee.name == "format":
                return constants.formatted(owner, args, kwargs)
            return constants.lifted(
                lambda *known: constants.text_method(owner, callee.name, list(known)), *args
            )
        if isinstance(owner, list):
            return self._list_method(owner, callee.name, args)
        if isinstance(owner, dict):
            return self._dict_method(owner, callee.name, args, kwargs)
        if isinstance(owner, Super) and callee.name == "__init__" and isinstance(owner.receiver, Instance):
            self._outside_initialiser(owner.receiver, args, kwargs)
            return None
        return self.call_attribute(Attribute(owner, callee.name), args, kwargs, place)

    def _outside_initialiser(self, receiver: Instance, args: list[Value], kwargs: dict[str, Value]) -> None:
        """`super().__init__(name=...)` of a class that the package does not define keeps what it is given."""
        if any(isinstance(ancestor, Class) and ancestor.fields for ancestor in receiver.cls.lineage()):
            self._fill_fields(receiver, args, kwargs)
        receiver.names["__args__"] = args
        for name, value in kwargs.items():
            receiver.names.setdefault(name, value)

    def _list_method(self, owner: list[Value], name: str, args: list[Value]) -> Value:
        if len(owner) > 20_000:
            return UNKNOWN
        match name, args:
            case (("append" | "add"), [item]) | ("insert", [_, item]):
                owner.append(kept(item, self.certainty))
            case (("extend" | "update"), [more]):
                found = self.items(more)
                owner.extend([UNKNOWN] if found is None else [kept(item, self.certainty) for item in found])
            case (("copy" | "union"), _):
                extra = [item for more in args for item in self.items(more) or [UNKNOWN]]
                return [*owner, *extra]
            case (("difference" | "intersection"), [more]):
                others = self.items(more)
                return constants.shared(
                    owner, [UNKNOWN] if others is None else others, wanted=name == "intersection"
                )
            case "sort", _:
                return None
            case "pop", _:
                return owner[-1] if owner else UNKNOWN
            case "index", [item] if item in owner:
                return owner.index(item)
            case _:
                return UNKNOWN
        return None

    def _dict_method(
        self, owner: dict[Value, Value], name: str, args: list[Value], kwargs: dict[str, Value]
    ) -> Value:
        keys = [plain(arg) for arg in args]
        match name:
            case "items":
                return list(owner.items())
            case "values":
                return list(owner.values())
            case "keys":
                return list(owner)
            case "copy":
                copied = Table(owner)
                copied.open = isinstance(owner, Table) and owner.open
                return copied
            case "update":
                owner.update(args[0] if args and isinstance(args[0], dict) else {})
                owner.update(kwargs)
                if isinstance(owner, Table) and args and not isinstance(args[0], dict):
                    owner.open = True
                return None
            case "get" | "pop" if keys and constants.is_key(keys[0]):
                default = args[1] if len(args) > 1 else None
                return owner.get(keys[0], default if owner else UNKNOWN)
            case "setdefault" if len(keys) > 1 and constants.is_key(keys[0]):
                return owner.setdefault(keys[0], args[1])
        return UNKNOWN
