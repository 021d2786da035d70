"""What the symbolic reader of JavaScript knows about a value: constants, lists and dictionaries are themselves."""

import re
from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.nodes import elements
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import SURE, Setting, Value
from crawler.tools import Json

#: A key under which an object literal notes that it was spread from something unknown.
OPEN = "\0open"


class Module:
    """A file of the package."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.text = ""
        self.names: dict[str, Value] = {}
        #: Words that have to do with tools and stand in this file.
        self.words: list[str] = []
        #: Parts of the file that are parsed by themselves; a small file is one part.
        self.parts: list[Part] = []
        #: Where a name that is not yet bound is declared, by the part's number.
        self.heads: dict[str, int] = {}
        #: The same for names of which that is not sure.
        self.maybe: dict[str, list[int]] = {}
        #: In a file of several parts: name to where it is declared at the top.
        self.declared: dict[str, SgNode] = {}
        #: Exported name to local name, or to what another module exports.
        self.exports: dict[str, Value] = {}
        self.starred: list[Value] = []
        #: `module.exports` of CommonJS.
        self.common: dict[str, Value] = {"exports": {}}
        self.state = "found"

    @property
    def promising(self) -> bool:
        """Whether more than the name of the method stands in it, which every client has in it too."""
        return any("/" not in word for word in self.words) or len(self.parts) < 2


class Part:
    """A run of whole top-level statements."""

    def __init__(self, start: int, end: int, line: int) -> None:
        self.start = start
        self.end = end
        self.line = line
        self.statements: list[SgNode] | None = None
        #: Whether what it declares has been bound, and whether it has been run.
        self.opened = False
        self.executed = False
        #: Those of the file's words that stand in this part.
        self.words: list[str] = []
        #: By node: what all functions made from it share.
        self.bodies: dict[int, Body] = {}
        #: Start-up functions that were called because a name that they give was wanted.
        self.started: set[int] = set()

    def triggered(self, node: SgNode) -> bool:
        """Whether one of these words stands inside a node."""
        source = node.text() if self.words else ""
        return any(word in source for word in self.words)


class Scope:
    """Names of a module, function or block."""

    def __init__(self, module: Module, parent: "Scope | None", names: dict[str, Value], part: Part) -> None:
        self.module = module
        self.parent = parent
        self.names = names
        self.part = part
        self.this: Value = parent.this if parent else None
        self.method_of: Class | None = parent.method_of if parent else None
        #: What is returned, and what is only if somebody sets something.
        self.returns: list[Value] = parent.returns if parent else []
        self.perhaps: list[Value] = parent.perhaps if parent else []
        #: What a generator gives one by one.
        self.yields: list[Value] = parent.yields if parent else []

    def line(self, node: SgNode) -> int:
        """The line of a node in its file, counted from 1."""
        return node.range().start.line + self.part.line


class Lazy:
    """A declaration that is evaluated when its name is first wanted."""

    def __init__(self, node: SgNode, scope: Scope) -> None:
        self.node = node
        self.scope = scope


class ImportName:
    """A name that another module of the package exports."""

    def __init__(self, module: Module, name: str) -> None:
        self.module = module
        self.name = name


class Getter:
    """A property that a function computes."""

    def __init__(self, function: Value) -> None:
        self.function = function


class Namespace:
    """All that a module of the package exports."""

    def __init__(self, module: Module) -> None:
        self.module = module


_CALLED = re.compile(r"([\w$]{3,})\(")
_CALLED_BY_NAME = re.compile(r"(?<![.\w$])([\w$]{3,})\(")


class Body:
    """What all functions made from one piece of source share."""

    def __init__(self, node: SgNode, part: Part) -> None:
        self._node = node
        self._part = part
        self.runs = 0

    @cached_property
    def block(self) -> SgNode | None:
        """What the function runs: a block, or an expression."""
        return self._node.field("body")

    @cached_property
    def statements(self) -> list[SgNode] | None:
        """The statements of its block; `None` where it has none."""
        return (
            elements(self.block)
            if self.block is not None and self.block.kind() == "statement_block"
            else None
        )

    @cached_property
    def parameters(self) -> list[SgNode]:
        """The patterns that its arguments are bound to."""
        single, several = self._node.field("parameter"), self._node.field("parameters")
        return [single] if single is not None else elements(several) if several is not None else []

    @cached_property
    def triggered(self) -> bool:
        """Whether a word stands in it that has to do with tools."""
        return self._part.triggered(self._node)

    @cached_property
    def size(self) -> int:
        """Characters of the source."""
        return len(self._node.text())

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of what is called in it, methods too."""
        return frozenset(_CALLED.findall(self._node.text())) if self.size < 50_000 else frozenset()

    @cached_property
    def calls_by_name(self) -> frozenset[str]:
        """The names of the functions that are called in it, methods left out."""
        return frozenset(_CALLED_BY_NAME.findall(self._node.text()))


class Function:
    """A function of any kind, possibly with its `this`."""

    def __init__(self, node: SgNode, scope: Scope, name: str, body: Body) -> None:
        self.node = node
        self.scope = scope
        self.name = name
        self.this: Value = None
        self.owner: Class | None = None
        self.names: dict[str, Value] = {}
        #: The object literal that it is an entry of.
        self.table: dict[str, Value] = {}
        #: Whether it is a generator by which a compiler wrote `async`: it gives what it returns.
        self.awaits = False
        self.body = body

    @property
    def passed_over(self) -> bool:
        """Whether others were taken out of the table that it is in."""
        return any(isinstance(one, Function) and one.body.runs for one in self.table.values())

    def bind(self, this: Value) -> "Function":
        """The same function with `this` given."""
        bound = Function(self.node, self.scope, self.name, self.body)
        bound.__dict__.update(self.__dict__, this=this)
        return bound


#: Methods by which the SDK's classes are known, whatever a bundler called them.
_SERVERS = (
    {"setToolRequestHandlers"},
    {"setRequestHandler", "setNotificationHandler"},
    {"assertRequestHandlerCapability"},
)


class Class:
    """A class of the package."""

    def __init__(self, node: SgNode, scope: Scope, name: str, parent: Value) -> None:
        self.node = node
        self.scope = scope
        self.name = name
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.members: dict[str, Value] = {}
        self.subclasses: list[Class] = []
        #: Whether code that was read makes an object of it.
        self.made = False
        #: Instance fields with initialisers, in order.
        self.fields: list[tuple[str, SgNode]] = []

    def lineage(self) -> "list[Class]":
        """The class and those it extends, as far as they are of the package."""
        found: list[Class] = []
        here: Value = self
        while isinstance(here, Class) and here not in found and len(found) < 20:
            found.append(here)
            here = here.parent
        return found

    def is_server(self, *, inherited: bool = True) -> bool:
        """Whether the class is the SDK's own server, bundled into the package, or extends it."""
        names = {name for one in (self.lineage() if inherited else [self]) for name in one.members}
        return any(signs <= names for signs in _SERVERS)

    def leaves(self) -> "list[Class]":
        """The classes that extend it and are extended by none."""
        found: list[Class] = []
        waiting = list(self.subclasses)
        while waiting and len(found) < 500:
            cls = waiting.pop(0)
            waiting.extend(one for one in cls.subclasses if one is not self and one not in found)
            found.extend([] if cls.subclasses else [cls])
        return found


class Instance:
    """An object of a class of the package."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.names: dict[str, Value] = {}


class External:
    """Something from another package or the run time, by specifier and name, such as `zod:z.object`."""

    def __init__(self, package: str, path: str) -> None:
        self.package = package
        self.path = path

    @property
    def last(self) -> str:
        """The name after the last dot."""
        return self.path.rpartition(".")[2]


class Meta(External):
    """`import.meta` of a file."""

    def __init__(self, file: str) -> None:
        super().__init__("", "import_meta")
        self.file = file


class Attribute:
    """A property of something that the source does not show."""

    def __init__(self, owner: Value, name: str) -> None:
        self.owner = owner
        self.name = name

    @property
    def last(self) -> str:
        """The property's name."""
        return self.name


class Regex:
    """A regular expression literal."""

    def __init__(self, source: str) -> None:
        body, _, self.flags = source[1:].rpartition("/")
        self.pattern = body

    def matcher(self) -> str:
        """The expression as the library writes it that matches."""
        return f"(?i){self.pattern}" if "i" in self.flags else self.pattern


class Made:
    """The result of calling something unknown."""

    def __init__(self, what: Value, args: list[Value]) -> None:
        self.what = what
        self.args = args
        self.names: dict[str, Value] = {}


class Action:
    """Something that the reader itself does when called."""

    def __init__(self, do: Callable[[list[Value]], Value]) -> None:
        self.do = do
        self.names: dict[str, Value] = {}


class Zod:
    """A schema of zod or one of its kin."""

    def __init__(
        self, schema: dict[str, Json], *, optional: bool = False, shape: dict[str, Value] | None = None
    ) -> None:
        self.schema = schema
        self.optional = optional
        #: The properties of an object schema.
        self.shape = shape


class Kept(list[Value]):
    """What a filter of which every answer is known leaves of a list: it may be empty for sure."""


class _Missing:
    """Marks that something has no value, which is not `undefined`."""


MISSING: Any = _Missing()


def plain(value: Value) -> Value:
    """A setting as its default; other values as they are."""
    return plain(value.default) if isinstance(value, Setting) else value


def kept(value: Value, certainty: float) -> Value:
    """A value as an item of a list, that knows how sure it is to be one where that hangs on a setting."""
    return marked(value, certainty) if certainty <= CONDITIONAL else value


#: What can know how sure it is to be an item of a list.
MARKABLE = (dict, Function, Instance, Class)


def marked(value: Value, certainty: float) -> Value:
    """A value as an item of a list, that knows how sure it is to be one."""
    certainty = min(certainty, sureness(value))
    if isinstance(value, dict):
        return {**value, SURE: certainty}
    if isinstance(value, Function):
        value = value.bind(value.this)
        value.names = {**value.names, SURE: certainty}
    elif isinstance(value, Class):
        value = copy(value)
        value.names = {**value.names, SURE: certainty}
    elif isinstance(value, Instance):
        value.names[SURE] = certainty
    return value


def sureness(value: Value) -> float:
    """How sure an item of a list is to be one; of a pair of key and value, the value."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        value = value[1]
    if isinstance(value, Function | Instance | Class):
        value = value.names
    return value.get(SURE, 1.0) if isinstance(value, dict) else 1.0


def text(value: Value) -> str | None:
    """The value as a string if it is one."""
    value = plain(value)
    return value if isinstance(value, str) else None
