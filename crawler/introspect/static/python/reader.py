"""The symbolic reader of Python, whole: expressions, statements and calls, with the SDKs' meaning."""

import ast
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import copy

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.heirs import leaves
from crawler.introspect.static.python.calls import Call, Place
from crawler.introspect.static.python.externals import understood
from crawler.introspect.static.python.fastapi import is_application, of_application
from crawler.introspect.static.python.modules import Package
from crawler.introspect.static.python.options import is_parser, of_parser
from crawler.introspect.static.python.paths import PATHS, joined_path, path_attribute, path_method
from crawler.introspect.static.python.programs import other_programs
from crawler.introspect.static.python.schema import model_schema, schema_of
from crawler.introspect.static.python.sdk import Sdk, is_list_request
from crawler.introspect.static.python.statements import UNDECIDED, UNSET, Statements, is_marked
from crawler.introspect.static.python.values import (
    Attribute,
    Class,
    External,
    FilePath,
    Function,
    Instance,
    Made,
    Module,
    Scope,
)
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Names that say nothing of what is called.
_COMMON = frozenset(
    {
        "run",
        "call",
        "get",
        "set",
        "add",
        "execute",
        "invoke",
        "wrapper",
        "inner",
        "main",
        "start",
        "stop",
        "__init__",
    }
    | {
        "decorator",
        "handler",
        "handle",
        "process",
        "update",
        "create",
        "close",
        "connect",
        "list",
        "load",
        "__call__",
    }
)

#: What a client asks for that wants the list of tools.
LIST = "tools/list"
_NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])

_CALLED = re.compile(rb"(\w+)\(")


class Reader(Statements):
    """Reads modules and then every function in which a tool may be registered."""

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__(package, notes)
        self.sdk = Sdk(self)
        self._defined: list[Function] = []
        self._instances: dict[int, Value] = {}
        self._calls_of: dict[int, frozenset[str]] = {}
        self._split: dict[str, list[bytes]] = {}
        #: What has been answered so far to a client that asks for the list; nothing while none does.
        self.answers: list[Value] | None = None

    def is_server(self, value: Value) -> bool:
        """Whether a value is an MCP server that the source makes."""
        return isinstance(value, Made | Instance) and self.sdk.server_of(value) is not None

    def call_external(
        self, callee: External, args: list[Value], kwargs: dict[str, Value], place: Place
    ) -> Value:
        """Call something imported from outside."""
        call = Call(self, args, kwargs, place)
        known = understood(callee.path) or PATHS.get(callee.path.removeprefix("builtins."))
        return known(call) if known else self.sdk.construct(callee, call)

    def call_attribute(
        self, callee: Attribute, args: list[Value], kwargs: dict[str, Value], place: Place
    ) -> Value:
        """Call a method that the package does not define."""
        owner, name = callee.owner, callee.name
        if isinstance(owner, Class):
            return self._class_method(owner, name, args, place)
        if name == "exec_module" and args and isinstance(args[0], Module):
            self.run_module(args[0])
            return None
        if isinstance(owner, Instance) and name in {"model_dump", "dict"}:
            return {key: value for key, value in owner.names.items() if not key.startswith("__")}
        if isinstance(owner, Instance | Made) and name == "model_copy":
            return _changed(owner, kwargs.get("update"))
        if (
            is_application(owner)
            and (found := of_application(owner, name, Call(self, args, kwargs, place))) is not None
        ):
            return found
        if is_parser(owner):
            return of_parser(owner, name, args, kwargs)
        if name == "json_schema" and isinstance(owner, Made) and owner.args:
            return schema_of(self, owner.args[0])
        return self.sdk.method(owner, name, Call(self, args, kwargs, place))

    def _class_method(self, cls: Class, name: str, args: list[Value], place: Place) -> Value:
        match name:
            case "__subclasses__":
                return list(cls.subclasses)
            case "model_json_schema" | "schema":
                return model_schema(self, cls)
            case "model_validate" | "parse_obj" if args and isinstance(args[0], dict):
                words = {key: value for key, value in args[0].items() if isinstance(key, str)}
                return self.instantiate(cls, [], words, place)
        return UNKNOWN

    def file_attribute(self, owner: FilePath, name: str) -> Value:
        """What a path has under a name."""
        return path_attribute(owner, name)

    def file_method(self, owner: FilePath, name: str, args: list[Value], here: Module) -> Value:
        """Call a method of a path or of an open file."""
        return path_method(self, owner, name, args, here)

    def inner_path(self, folder: FilePath, name: Value) -> Value:
        """The path of something inside a folder of the package."""
        return joined_path(folder, name)

    def noted(self, key: Value, value: Value) -> None:
        """Notice functions that answer `tools/list`, and what they answer where that is asked."""
        if isinstance(value, Function) and (key == LIST or is_list_request(key)):
            self.sdk.anonymous.handlers.append(value)
        elif key == "tools" and self.answers is not None:
            self.answers.append(value)

    def answering(self, body: list[ast.stmt], scope: Scope) -> None:
        """Statements that run where a client asks for the list: what they answer is looked up in the end."""
        node = ast.FunctionDef(
            LIST, _NO_ARGUMENTS, body, [], lineno=body[0].lineno, end_lineno=body[-1].end_lineno
        )
        if len(self.sdk.anonymous.handlers) < 20:
            self.sdk.anonymous.handlers.append(Function(node, scope))

    def defined(self, function: Function) -> None:
        """Remember functions of files that have to do with tools."""
        if function.module.lines and len(self._defined) < 50_000:
            self._defined.append(function)

    def read(self, modules: list[Module]) -> None:
        """Read these modules, then the functions in them that register tools and that nothing read so far calls."""
        others = other_programs(self.package, modules)
        strays = [module for module in modules if module in others or self.package.stray(module)]
        for module in modules:
            if module not in strays:
                with self.guarding(module.file):
                    self.run_module(module)
        self._visit_all()
        lone = [module for module in strays if not module.executed and not self.package.may_import_any]
        for module in strays:
            with self.guarding(module.file):
                self.run_module(module, UNSET if module in lone else 1.0)
        self._visit_all(lone)

    def _visit_all(self, lone: Sequence[Module] = ()) -> None:
        for _ in range(3):
            for function in self._waiting():
                if not is_marked(function.node):
                    sure = UNSET if function.module in lone else UNDECIDED
                    with self.guarding(function.module.file), self.unsure(sure):
                        self._visit(function)

    @contextmanager
    def guarding(self, file: str) -> Iterator[None]:
        """Running out of stack or steps ends what is read here, with a doubt, and nothing else."""
        self.budget.renew()
        try:
            yield
        except OutOfSteps:
            self._depth = self._nesting = self._calls = self._modules = 0
            if self.budget.spent:
                raise
            self.notes.doubt(f"{file} is too intricate to be read to its end")
        except RecursionError:
            self._depth = self._nesting = self._calls = self._modules = 0
            self.notes.doubt(f"{file} nests too deeply to be read")

    def _visit(self, function: Function) -> None:
        for receiver in self._receivers(function):
            self.call_function(
                function if receiver is None else function.bind(receiver), [], _switches(function)
            )

    def _receivers(self, function: Function) -> list[Value]:
        """What the method may be called on: an object of its class, or of each class that derives from it."""
        if function.owner is None or function.kind == "static":
            return [None]
        self._load_subclasses(function.owner)
        classes = leaves(function.owner) or [function.owner]
        return list(classes) if function.kind == "class" else [self._object_of(cls) for cls in classes]

    def _load_subclasses(self, cls: Class) -> None:
        """Read the modules whose classes derive from this one, and those that derive from them."""
        waiting, known = [cls.name], set[str]()
        while waiting and len(known) < 500:
            name = waiting.pop()
            known.add(name)
            for module in self.package.deriving(name):
                self.run_module(module)
            waiting.extend({one.name for one in leaves(cls)} - known - set(waiting))

    def _object_of(self, cls: Class) -> Value:
        """One object of each class, to look into its methods."""
        if id(cls) not in self._instances:
            self._instances[id(cls)] = UNKNOWN
            self._instances[id(cls)] = self.instantiate(cls, [], {}, (cls.scope.module, cls.node.lineno))
        return self._instances[id(cls)]

    def _waiting(self) -> list[Function]:
        """Functions with a trigger word, and those that call them, the outermost first."""
        known = {id(handler.node) for server in self.sdk.servers for handler in server.handlers}
        known |= self.sdk.tools
        unread = [one for one in self._defined if not is_marked(one.node) and id(one.node) not in known]
        chosen = [one for one in unread if _holds_trigger(one)]
        callers: list[Function] = []
        for _ in range(2):
            names = {one.name for one in (callers or chosen)} - _COMMON
            known = set(map(id, chosen))
            callers = [one for one in unread if id(one) not in known and self._called_in(one) & names]
            chosen = [*callers, *chosen]
        called = set[str]().union(*map(self._called_in, chosen))
        return sorted(chosen, key=lambda one: one.name in called)

    def _called_in(self, function: Function) -> frozenset[str]:
        """The names of what a function calls, itself left out."""
        key = id(function.node)
        if key not in self._calls_of:
            lines = self._lines(function.module)[function.node.lineno : function.node.end_lineno]
            names = {name.decode() for name in _CALLED.findall(b"\n".join(lines))}
            self._calls_of[key] = frozenset(names - {function.name})
        return self._calls_of[key]

    def _lines(self, module: Module) -> list[bytes]:
        if module.file not in self._split:
            self._split[module.file] = self.package.content(module).split(b"\n")
        return self._split[module.file]


def _switches(function: Function) -> dict[str, Value]:
    """The parameters that are true or false by default: whoever calls the function may say otherwise."""
    spec = function.node.args
    named = [argument.arg for argument in spec.args][len(spec.args) - len(function.defaults) :]
    pairs = [*zip(named, function.defaults, strict=False)] if not spec.posonlyargs else []
    pairs += zip([argument.arg for argument in spec.kwonlyargs], function.keyword_defaults, strict=False)
    return {name: Setting(default) for name, default in pairs if isinstance(default, bool)}


def _changed(value: Instance | Made, update: Value) -> Value:
    """A copy of an object in which other values stand, as far as these are known."""
    changed = copy(value)
    known = update.items() if isinstance(update, dict) else ()
    words = {key: item for key, item in known if isinstance(key, str) and not isinstance(item, Unknown)}
    changed.names = {**value.names, **(words if isinstance(value, Instance) else {})}
    if isinstance(changed, Made):
        changed.kwargs = {**changed.kwargs, **words}
    return changed


def _holds_trigger(function: Function) -> bool:
    node = function.node
    end = node.end_lineno or node.lineno
    return any(node.lineno < line <= end for line in function.module.lines)
