"""The symbolic reader of JavaScript, whole: expressions, statements and calls, with the SDKs' meaning."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from ast_grep_py import SgNode

from crawler.introspect.static.budget import OutOfSteps
from crawler.introspect.static.heirs import leaves
from crawler.introspect.static.javascript.calls import MOST_UNSEEN
from crawler.introspect.static.javascript.modules import NAMING, Package
from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.javascript.operators import UNDECIDED, UNSET
from crawler.introspect.static.javascript.parts import mark
from crawler.introspect.static.javascript.registrations import Registration
from crawler.introspect.static.javascript.sdk import METHODS, Sdk
from crawler.introspect.static.javascript.sources import Body, Lazy, Module, Scope
from crawler.introspect.static.javascript.statements import Statements
from crawler.introspect.static.javascript.values import MISSING, Class, External, Function, Instance, plain
from crawler.introspect.static.reading import Notes
from crawler.introspect.static.unknown import UNKNOWN, Value

_REGISTERING = re.compile(
    r"\.(?:registerTool|tool|addTools?|registerTools|registerToolTask|defineTool)\(|registerAppTool\(|setRequestHandler\("
    r"|(?:===?\s*|\bcase\s+|[(\[{,]\s*)[\"'`]tools/list[\"'`](?!\s*\})"
)

#: In a bundle, where everything calls everything, only such names lead to the code that registers tools.
_TELLING = re.compile(r"tool|regist|mcp|handler|createserver|setupserver|initserver", re.IGNORECASE)

#: The key under which a container of dependencies is given a value.
_PROVIDING = "useValue"


class Reader(Statements):
    """Reads modules and then every function in which a tool may be registered."""

    def __init__(self, package: Package, notes: Notes) -> None:
        super().__init__(package, notes)
        self.sdk = Sdk(self)
        self._defined: list[Function] = []
        #: Bodies whose calls have not been noted yet, and the names that the others call.
        self._unseen: dict[Body, None] = {}
        self._called: set[str] = set()
        self._instances: dict[int, Value] = {}
        #: Names of classes for which those that extend them have been looked for.
        self._extended: set[str] = set()
        self._families: dict[str, dict[str, set[str]]] = {}

    def registration(self, owner: Value, name: str, args: list[Value], node: SgNode, scope: Scope) -> Value:
        """What a call means to an SDK; `MISSING` if nothing."""
        if isinstance(owner, External) and owner.last == "Tool":
            name = "Tool"
        if name not in METHODS:
            return MISSING
        if isinstance(owner, Instance) and owner.cls.is_server():
            return self._meaning(owner, name, args, node, scope)
        own = self.instance_get(owner, name) if isinstance(owner, Instance) else owner
        if isinstance(own, Function):
            return self._own(own, owner, name, args, node, scope)
        return self._meaning(owner, name, args, node, scope)

    def _own(
        self, own: Function, owner: Value, name: str, args: list[Value], node: SgNode, scope: Scope
    ) -> Value:
        """A function of the package that is called like one of the SDKs': it registers the tool, refuses or remembers it."""
        before, runs = len(self.sdk.found) + len(self.sdk.handlers), own.body.runs
        result = self.call(own, args)
        now = len(self.sdk.found)
        refused = own.body.runs > runs and _registers(own)
        if refused or now + len(self.sdk.handlers) > before:
            return result
        meant = self._meaning(owner, name, args, node, scope)
        for found in self.sdk.found[now:]:
            found.remembered = True
        return result if meant is MISSING else meant

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
            conditional=name in {"disable", "remove"}
            and any(one.kind() == "if_statement" for one in node.ancestors()),
        )
        return self.sdk.meaning(name, call)

    def answered(self, answer: dict[str, Value], file: str, line: int) -> None:
        """Note the tools of an answer to a request for their list."""
        if all(isinstance(plain(item), dict) for item in self.items(answer["tools"]) or ()):
            self.sdk.answer(answer, file, line)

    def started(self, cls: Value, args: list[Value], file: str, line: int) -> None:
        """Note the tools that a framework's server is made with."""
        self.sdk.server(cls, args, file, line)

    def answering(self, function: Function) -> None:
        """Ask a function for its answer when all registries are filled."""
        self.sdk.set_handler(function, function.scope.module.file, function.scope.line(function.node))

    def make_class(self, node: SgNode, scope: Scope, name: str) -> Value:
        """The class, and the tool that it is, where a framework registers classes."""
        cls = super().make_class(node, scope, name)
        parent = cls.parent if isinstance(cls, Class) else None
        if isinstance(parent, External) and parent.last == "MCPTool":
            self.sdk.framework_tool(self.instantiate(cls, []), scope.module.file, scope.line(node))
        return cls

    def defined(self, function: Function) -> None:
        """Remember functions of files that have to do with tools."""
        if function.scope.module.words and len(self._defined) < 50_000:
            self._defined.append(function)
            self._unseen[function.body] = None

    def read(self, modules: list[Module]) -> None:
        """Read these modules, then the functions in them that register tools and that nothing read so far calls."""
        for module in modules:
            with self.guarding(module.file):
                self._follow_callers(module)
                if not module.promising:
                    self.budget.renew(0.1)
                self.run_module(module)
        for module in modules:
            self._force_functions(module)
            self._file_tool(module)
        self._read_callers()
        self._fill_containers()
        for _ in range(3):
            for function in self._waiting():
                if not function.body.runs:
                    with self.guarding(function.scope.module.file):
                        self._visit(function)

    def _fill_containers(self) -> None:
        """Look into the functions that give values to a container of dependencies, before those that ask it for any."""
        providing: dict[str, bool] = {}
        for function in list(self._defined):
            module = function.scope.module
            if module.file not in providing:
                providing[module.file] = len(module.parts) < 2 and _PROVIDING in module.text
            if providing[module.file] and not function.body.runs and _PROVIDING in function.body.text:
                with self.guarding(module.file), self.unsure(UNDECIDED):
                    self.look_into(function)

    def _file_tool(self, module: Module) -> None:
        """The tool that a file is, where a framework finds files by their folder: `metadata`, `schema` and a function."""
        if "ToolMetadata" in module.words and {"metadata", "default"} <= module.exports.keys():
            with self.guarding(module.file):
                words, schema = self.exported(module, "metadata"), self.exported(module, "schema")
                line = module.text.count("\n", 0, module.text.find("metadata")) + 1
                if isinstance(words, dict):
                    self.sdk.framework_tool({"schema": schema} | words, module.file, line)

    def _read_callers(self) -> None:
        """Read the modules that hand a server, or a list of tools, to a function that waits for one."""
        waiting = {(one.name, one.scope.module.file) for one in self._waiting() if len(one.name) > 1}
        for module in self.package.calling(waiting) if waiting else ():
            with self.guarding(module.file):
                self.run_module(module)

    @contextmanager
    def guarding(self, file: str) -> Iterator[None]:
        """Running out of stack ends what is read here, with a doubt, and nothing else."""
        self.budget.renew()
        try:
            yield
        except OutOfSteps:
            self._start_over()
            if self.budget.spent:
                raise
            self.notes.doubt(f"{file} is too intricate to be read to its end")
        except RecursionError:
            self._start_over()
            self.notes.doubt(f"{file} nests too deeply to be read")

    def _start_over(self) -> None:
        """Forget where the reading was when it ended."""
        self._depth = self._nesting = self._calls = self._modules = self._helpers = self._wanted = 0
        self._asked = False

    def _follow_callers(self, module: Module) -> None:
        """In a file read in parts, calls of functions that register tools have to do with tools as well."""
        if len(module.parts) < 2:
            return
        for _ in range(2):
            numbers = {
                number
                for number, part in enumerate(module.parts)
                if any(word not in NAMING for word in part.words)
            }
            heads = module.heads.items()
            names = {name for name, number in heads if number in numbers and _TELLING.search(name)}
            if len(names) < 500:
                mark(module, [f"{name}(" for name in names])

    def _force_functions(self, module: Module) -> None:
        """Bring functions and classes that hold a trigger word into being, so that they can be looked into."""
        with self.guarding(module.file):
            for names in (module.names, module.exports):
                for name, value in list(names.items()):
                    if isinstance(value, Lazy) and value.scope.part.triggered(value.node):
                        self.force(names, name)

    def _visit(self, function: Function) -> None:
        aside = function.owner is None and (
            function.passed_over
            or (not function.table and self._passed_over(function.name))
            or self._unused(function)
        )
        with self.unsure(UNSET if aside or self.package.aside(function.scope.module) else UNDECIDED):
            if function.this is not None or function.owner is None:
                self.look_into(function)
                return
            self._load_subclasses(function.owner)
            for cls in leaves(function.owner) or [function.owner]:
                with self.unsure(UNSET if self._is_never_made(cls) else 1.0):
                    self.look_into(function.bind(self._object_of(cls)))

    def _is_never_made(self, cls: Class) -> bool:
        """Whether no code that was read makes an object of a class, and no other file can have it in mind."""
        module = cls.scope.module
        return (
            not cls.made
            and not any(one.made for one in cls.subclasses)
            and len(module.parts) < 2
            and len(cls.name) > 4
            and not self.package.is_named_elsewhere(cls.name, module.file)
        )

    def _load_subclasses(self, cls: Class) -> None:
        """Read the modules whose classes extend this one, and those that extend them."""
        waiting, known = [cls.name], set[str]()
        while waiting and len(known) < 500:
            name = waiting.pop()
            known.add(name)
            if name in self._extended:
                continue
            self._extended.add(name)
            for module in self.package.extending(name) if name else ():
                self.run_module(module)
                waiting.extend(self._heirs(module).get(name, set()) - known - set(waiting))

    def _heirs(self, module: Module) -> dict[str, set[str]]:
        """The names of the classes of a module that was read, by the name of the one that they extend."""
        if module.file not in self._families:
            found = self._families.setdefault(module.file, {})
            for cls in [self.force(module.names, own) for own in list(module.names)]:
                if isinstance(cls, Class) and isinstance(cls.parent, Class):
                    found.setdefault(cls.parent.name, set()).add(cls.name)
        return self._families[module.file]

    def _object_of(self, cls: Class) -> Value:
        """One object of each class, to look into its methods."""
        if id(cls) not in self._instances:
            self._instances[id(cls)] = UNKNOWN
            self._instances[id(cls)] = self.instantiate(cls, [UNKNOWN] * MOST_UNSEEN)
        return self._instances[id(cls)]

    def _passed_over(self, name: str) -> bool:
        """Whether a function is called in code that was read, but only under conditions that do not hold."""
        for body in [body for body in self._unseen if body.runs]:
            del self._unseen[body]
            self._called |= body.calls_by_name
        return name in self._called

    def _unused(self, function: Function) -> bool:
        """Whether nothing in the package mentions the function but where it is declared and exported."""
        whole = len(function.scope.module.parts) < 2
        return (
            whole
            and len(function.name) > 5
            and not self.package.mentions(function.name, function.scope.module.file)
        )

    def _waiting(self) -> list[Function]:
        """Functions that register tools, and those that call them, the outermost first."""
        handlers = {id(function.body) for function, *_ in self.sdk.handlers}
        unread = {
            id(one.body): one
            for one in self._defined
            if not one.body.runs
            and id(one.body) not in handlers
            and not (one.owner is not None and one.owner.is_server(inherited=False))
        }
        chosen = {key: one for key, one in unread.items() if one.body.triggered and _registers(one)}
        newest = list(chosen.values())
        for _ in range(2 if chosen else 0):
            names = {one.name for one in newest if _leads(one)}
            newest = [
                one
                for key, one in unread.items()
                if key not in chosen and one.body.calls & (names - {one.name})
            ]
            chosen = {id(one.body): one for one in newest} | chosen
        called = set().union(*(one.body.calls - {one.name} for one in chosen.values()))
        return sorted(chosen.values(), key=lambda one: one.name in called)


def _registers(function: Function) -> bool:
    """Whether a function calls what registers tools; the SDK itself, bundled, only has such words in it."""
    return _REGISTERING.search(function.body.text) is not None


def _leads(function: Function) -> bool:
    """Whether who calls this function may be registering tools."""
    if len(function.scope.module.parts) > 1:
        return _TELLING.search(function.name) is not None
    return len(function.name) > 2
