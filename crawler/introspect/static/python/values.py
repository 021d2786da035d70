"""What the symbolic reader of Python knows about a value: constants are themselves, everything else is one of these."""

import ast
from collections.abc import Callable
from copy import copy

from crawler.introspect.static.python.bodies import Bodies
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import SURE, Setting, Value


class External:
    """Something imported from outside the package, by its dotted name; builtins are `builtins.NAME`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __eq__(self, other: object) -> bool:
        return isinstance(other, External) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)

    @property
    def last(self) -> str:
        """The name after the last dot."""
        return self.path.rpartition(".")[2]

    @property
    def root(self) -> str:
        """The name before the first dot."""
        return self.path.partition(".")[0]


class Generic:
    """A subscripted type such as `Annotated[str, Field()]`; unions are subscripts of `typing.Union`."""

    def __init__(self, base: Value, args: tuple[Value, ...]) -> None:
        self.base = base
        self.args = args


class Scope:
    """Names of a module, class body or function call."""

    def __init__(self, module: "Module", parent: "Scope | None", names: dict[str, Value]) -> None:
        self.module = module
        self.parent = parent
        self.names = names
        #: Names that an inner block declared as `global`.
        self.globals: set[str] = set()


class Table(dict[Value, Value]):
    """A dictionary that the source builds."""

    #: Whether it holds more than is known, since some key of it is unknown.
    open = False


class FilePath(str):
    """A path from the root of the package, or a file of it that was opened."""


class Module:
    """A file of the package; its body is read when a name of it is first wanted."""

    def __init__(self, name: str, file: str, package: bool) -> None:
        self.name = name
        self.file = file
        #: Whether the file is an `__init__.py`.
        self.package = package
        self.tree: ast.Module | None = None
        #: The bodies of its functions that are not in the tree yet.
        self.bodies: Bodies | None = None
        self.scope = Scope(self, None, {"__name__": "__main__", "__file__": FilePath(file)})
        self.executed = False
        #: Lines on which a word stands that has to do with tools, in order.
        self.lines: list[int] = []


class LazyImport:
    """A name bound by `from module import name` that nobody has needed yet."""

    def __init__(self, module: Module, name: str) -> None:
        self.module = module
        self.name = name


class Function:
    """A `def` or `lambda`, possibly bound to an instance or class."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
        self.node = node
        self.scope = scope
        self.name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        self.receiver: Value = None
        self.owner: Class | None = None
        self.kind = ""
        self.attributes: dict[str, Value] = {}
        self.runs = 0
        #: Defaults are evaluated where the function is defined, as Python does.
        self.defaults: list[Value] = []
        self.keyword_defaults: list[Value] = []
        #: What a program's options give its parameters when nobody sets them.
        self.options: dict[str, Value] = {}
        #: How sure it is to be an item of the list that it was taken from.
        self.sure = 1.0

    @property
    def block(self) -> list[ast.stmt]:
        """The statements of the body; a lambda has none."""
        if isinstance(self.node, ast.Lambda):
            return []
        bodies = self.module.bodies
        return self.node.body if bodies is None else bodies.of(self.node)

    @property
    def module(self) -> Module:
        """The file that the function stands in."""
        return self.scope.module

    def bind(self, receiver: Value) -> "Function":
        """The same function with its first parameter given."""
        bound = Function(self.node, self.scope)
        bound.__dict__.update(self.__dict__, receiver=receiver)
        return bound

    @property
    def doc(self) -> str | None:
        """The docstring as it stands, which is what `__doc__` gives."""
        if isinstance(self.node, ast.Lambda):
            return None
        return ast.get_docstring(self.node, clean=False)


class Partial:
    """`functools.partial` of something."""

    def __init__(self, target: Value, args: list[Value], kwargs: dict[str, Value]) -> None:
        self.target = target
        self.args = args
        self.kwargs = kwargs


class Class:
    """A class of the package."""

    def __init__(self, node: ast.ClassDef, scope: Scope, bases: list[Value]) -> None:
        self.node = node
        self.scope = scope
        self.name = node.name
        self.bases = bases
        self.names: dict[str, Value] = {}
        #: Field name to annotation, in order, for dataclasses and models.
        self.fields: dict[str, ast.expr] = {}
        self.subclasses: list[Class] = []
        self._lineage: list[Value] | None = None

    @property
    def doc(self) -> str | None:
        """The docstring as it stands, which is what `__doc__` gives."""
        return ast.get_docstring(self.node, clean=False)

    def lineage(self) -> list[Value]:
        """The class and its ancestors, nearest first; a name that comes twice counts once."""
        if self._lineage is None:
            found: dict[int, Value] = {}
            queue: list[Value] = [self]
            while queue and len(found) < 50:
                value = queue.pop(0)
                if isinstance(value, Generic):
                    value = value.base
                if id(value) not in found:
                    found[id(value)] = value
                    queue.extend(value.bases if isinstance(value, Class) else ())
            self._lineage = list(found.values())
        return self._lineage

    def derives_from(self, *names: str) -> bool:
        """Whether an ancestor outside the package has one of these names."""
        return any(isinstance(value, External) and value.last in names for value in self.lineage())

    @property
    def is_enum(self) -> bool:
        """Whether its constants are members."""
        return self.derives_from("Enum", "StrEnum", "IntEnum", "Flag", "IntFlag")


class Instance:
    """An object of a class of the package."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.names: dict[str, Value] = {}


class Member:
    """A member of an enumeration."""

    def __init__(self, cls: Class, name: str, value: Value) -> None:
        self.cls = cls
        self.name = name
        self.value = value


class Super:
    """What `super()` gives inside a method."""

    def __init__(self, cls: Class, receiver: Value) -> None:
        self.cls = cls
        self.receiver = receiver


class Made:
    """The result of calling something outside the package: what was called, with what, and where."""

    def __init__(
        self, what: Value, args: list[Value], kwargs: dict[str, Value], place: tuple[Module, int]
    ) -> None:
        self.what = what
        self.args = args
        self.kwargs = kwargs
        self.place = place
        self.names: dict[str, Value] = {}


class Attribute:
    """An attribute of something that the package does not define."""

    def __init__(self, owner: Value, name: str) -> None:
        self.owner = owner
        self.name = name


class Action:
    """Something that the reader itself does when called, such as applying a tool decorator."""

    def __init__(self, do: Callable[[list[Value], dict[str, Value]], Value]) -> None:
        self.do = do


def plain(value: Value) -> Value:
    """An enumeration member as its constant, a setting as its default; other values as they are."""
    if isinstance(value, Setting):
        return plain(value.default)
    return value.value if isinstance(value, Member) else value


def kept(value: Value, certainty: float) -> Value:
    """A value as an item of a list, that knows how sure it is to be one where that hangs on a setting."""
    if certainty > CONDITIONAL:
        return value
    if isinstance(value, dict):
        return {**value, SURE: certainty}
    if isinstance(value, Made | Instance):
        item = copy(value)
        item.names = {**value.names, SURE: certainty}
        return item
    if isinstance(value, Function):
        function = copy(value)
        function.sure = certainty
        return function
    return value


def sureness(value: Value) -> float:
    """How sure an item of a list is to be one."""
    if isinstance(value, Function):
        return value.sure
    names = value.names if isinstance(value, Made | Instance) else value
    sure: float = names.get(SURE, 1.0) if isinstance(names, dict) else 1.0
    return sure


def text(value: Value) -> str | None:
    """The value as a string if it is one."""
    value = plain(value)
    return value if isinstance(value, str) else None
