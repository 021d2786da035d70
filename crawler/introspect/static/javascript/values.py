"""What the symbolic reader of JavaScript knows about a value: constants, lists and dictionaries are themselves."""

from collections.abc import Callable
from copy import copy
from typing import Any

from ast_grep_py import SgNode

from crawler.introspect.static.javascript.sources import Body, Module, Scope
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import SURE, Setting, Value
from crawler.tools import Json

#: A key under which an object literal notes that it was spread from something unknown.
OPEN = "\0open"


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
        #: What the chain of properties and calls begins with, if that is of another package.
        self.origin = _origin(owner)

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
        #: What the chain of properties and calls begins with, if that is of another package.
        self.origin = _origin(what)


def _origin(value: Value) -> External | None:
    return value if isinstance(value, External) else getattr(value, "origin", None)


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
        #: What is so where nothing is given.
        self.unset: Value = schema.get("default")


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


def as_asked(value: Value) -> Value:
    """A value as a condition: what is there only if somebody sets something counts as what is not."""
    return Setting(False) if isinstance(value, MARKABLE) and sureness(value) <= CONDITIONAL else value


def text(value: Value) -> str | None:
    """The value as a string if it is one."""
    value = plain(value)
    return value if isinstance(value, str) else None
