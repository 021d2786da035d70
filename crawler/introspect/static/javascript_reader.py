"""The symbolic reader of JavaScript, whole: expressions, statements and calls, with the SDKs' meaning."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ast_grep_py import SgNode

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.javascript_expressions import elements
from crawler.introspect.static.javascript_modules import Package
from crawler.introspect.static.javascript_sdk import Registration, Sdk, is_sdk_class
from crawler.introspect.static.javascript_statements import UNDECIDED, UNSET, Statements
from crawler.introspect.static.javascript_values import (
    MISSING,
    Class,
    External,
    Function,
    Instance,
    Lazy,
    Module,
    Scope,
)
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Value
from crawler.introspect.static.words import offsets

_CALLED = re.compile(r"([\w$]{3,})\(")

_REGISTERING = re.compile(
    r"\.(?:registerTool|tool|addTools?|registerTools|registerToolTask)\(|registerAppTool\(|setRequestHandler\("
)
_CALLED_BY_NAME = re.compile(r"(?<![.\w$])([\w$]{3,})\(")

#: In a bundle, where everything calls everything, only such names lead to the code that registers tools.
_TELLING = re.compile(r"tool|regist|mcp|handler|createserver|setupserver|initserver", re.IGNORECASE)


class Reader(Statements):
    """Reads modules and then every function in which a tool may be registered."""

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__(package, notes)
        self.sdk = Sdk(self)
        self._defined: list[Function] = []
        self._instances: dict[int, Value] = {}

    def registration(self, owner: Value, name: str, args: list[Value], node: SgNode, scope: Scope) -> Value:
        """What a call means to an SDK; `MISSING` if nothing."""
        if isinstance(owner, External) and owner.last == "Tool":
            name = "Tool"
        if is_sdk_class(owner.cls if isinstance(owner, Instance) else None):
            return self._meaning(owner, name, args, node, scope)
        if isinstance(owner, Instance) and isinstance(method := self.instance_get(owner, name), Function):
            before = len(self.sdk.found) + len(self.sdk.handlers)
            result = self.call(method, args)
            if len(self.sdk.found) + len(self.sdk.handlers) > before:
                return result
            meant = self._meaning(owner, name, args, node, scope)
            return result if meant is MISSING else meant
        return self._meaning(owner, name, args, node, scope)

    def _meaning(self, owner: Value, name: str, args: list[Value], node: SgNode, scope: Scope) -> Value:
        given = node.field("arguments")
        first = next(iter(elements(given)), None) if given is not None else None
        call = Registration(
            owner=owner,
            inside=scope.method_of,
            args=args,
            first=first.text()[:200] if first is not None else "",
            file=scope.module.file,
            line=scope.line(node),
        )
        return self.sdk.meaning(name, call)

    def make_class(self, node: SgNode, scope: Scope, name: str) -> Value:
        """The class, and the tool that it is, where a framework registers classes."""
        cls = super().make_class(node, scope, name)
        parent = cls.parent if isinstance(cls, Class) else None
        if isinstance(parent, External) and parent.last == "MCPTool":
            self.sdk.class_tool(self.instantiate(cls, []), scope.module.file, scope.line(node))
        return cls

    def _member_of(self, cls: Class, node: SgNode, scope: Scope) -> None:
        if node.kind() == "decorator":
            self.evaluate(node.child(1), scope)
        else:
            super()._member_of(cls, node, scope)

    def defined(self, function: Function) -> None:
        """Remember functions of files that have to do with tools."""
        if function.scope.module.triggers and len(self._defined) < 50_000:
            self._defined.append(function)

    def read(self, modules: list[Module]) -> None:
        """Read these modules, then the functions in them that register tools and that nothing read so far calls."""
        for module in modules:
            with self.guarding(module.file):
                self._follow_callers(module)
                self.run_module(module)
        for module in modules:
            self._force_functions(module)
        for _ in range(3):
            for function in self._waiting():
                if not function.body.runs:
                    with self.guarding(function.scope.module.file):
                        self._visit(function)

    @contextmanager
    def guarding(self, file: str) -> Iterator[None]:
        """Running out of stack ends what is read here, with a doubt, and nothing else."""
        self.budget.renew()
        try:
            yield
        except OutOfSteps:
            self._depth = self._nesting = self._calls = self._modules = self._helpers = 0
            if self.budget.spent:
                raise
            self.notes.doubt(f"{file} is too intricate to be read to its end")
        except RecursionError:
            self._depth = self._nesting = self._calls = self._modules = self._helpers = 0
            self.notes.doubt(f"{file} nests too deeply to be read")

    def _follow_callers(self, module: Module) -> None:
        """In a file read in parts, calls of functions that register tools have to do with tools as well."""
        if len(module.parts) < 2:
            return
        for _ in range(2):
            numbers = {n for n, part in enumerate(module.parts) if module.triggered(part.start, part.end)}
            heads = module.heads.items()
            names = {name for name, number in heads if number in numbers and _TELLING.search(name)}
            found = offsets(module.text, [f"{name}(" for name in names])
            if len(found) < 2_000:
                module.triggers = sorted({*module.triggers, *found})

    def _force_functions(self, module: Module) -> None:
        """Bring functions and classes that hold a trigger word into being, so that they can be looked into."""
        with self.guarding(module.file):
            for names in (module.names, module.exports):
                for name, value in list(names.items()):
                    if isinstance(value, Lazy) and _holds_trigger(value.scope, value.node):
                        self.force(names, name)

    def _visit(self, function: Function) -> None:
        with self.unsure(UNSET if function.name in self._passed_over() else UNDECIDED):
            this = function.this if function.this is not None else self._receiver(function)
            self.call_function(function if this is None else function.bind(this), [])

    def _receiver(self, function: Function) -> Value:
        if function.owner is None:
            return None
        key = id(function.owner)
        if key not in self._instances:
            self._instances[key] = UNKNOWN
            self._instances[key] = self.instantiate(function.owner, [])
        return self._instances[key]

    def _passed_over(self) -> set[str]:
        """Names that are called in code that was read, under conditions that do not hold."""
        read = [one for one in self._defined if one.body.runs]
        found = set().union(*(_CALLED_BY_NAME.findall(one.node.text()) for one in read))
        return {name for name in found if len(name) > 2}

    def _waiting(self) -> list[Function]:
        """Functions with a trigger word, and those that call them, the outermost first."""
        handlers = {id(function.body) for function, _, _ in self.sdk.handlers}
        unread = [one for one in self._defined if not one.body.runs and id(one.body) not in handlers]
        chosen = [one for one in unread if one.body.triggered and _registers(one)]
        words = {id(one): _calls_in(one) for one in unread if len(one.node.text()) < 50_000}
        callers: list[Function] = []
        for _ in range(2):
            names = {one.name for one in (callers or chosen) if _leads(one)}
            callers = [
                one
                for one in unread
                if one not in chosen and words.get(id(one), set()) & (names - {one.name})
            ]
            chosen = [*callers, *chosen]
        called = set().union(*(words.get(id(one), set()) - {one.name} for one in chosen))
        return sorted(chosen, key=lambda one: one.name in called)


def _registers(function: Function) -> bool:
    """Whether a function calls what registers tools; the SDK itself, bundled, only has such words in it."""
    return _REGISTERING.search(function.node.text()) is not None


def _leads(function: Function) -> bool:
    """Whether who calls this function may be registering tools."""
    if len(function.scope.module.parts) > 1:
        return _TELLING.search(function.name) is not None
    return len(function.name) > 2


def _calls_in(function: Function) -> set[str]:
    return set(_CALLED.findall(function.node.text()))


def _holds_trigger(scope: Scope, node: SgNode) -> bool:
    return scope.module.triggered(*scope.span(node))
