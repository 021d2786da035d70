"""What the properties of values are, in the symbolic reader's world of JavaScript."""

import re
from abc import ABC, abstractmethod

from crawler.introspect.static.javascript.commandline import Options, Words, library
from crawler.introspect.static.javascript.paths import place
from crawler.introspect.static.javascript.sources import Module
from crawler.introspect.static.javascript.values import (
    OPEN,
    Action,
    Attribute,
    Class,
    External,
    Function,
    Getter,
    Instance,
    Kept,
    Made,
    Meta,
    Namespace,
    Zod,
    plain,
    sureness,
)
from crawler.introspect.static.reading import CONDITIONAL
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: What may name a property; all else is a key that nobody knows.
_NAMES = frozenset({str, int, float, bool, type(None)})

#: Where servers are started.
PLATFORM = "linux"

#: Where run times keep the variables of the environment.
ENVIRONMENTS = frozenset({"process.env", "Bun.env", "import_meta.env"})


class Properties(ABC):
    """Gets and sets what values have."""

    def __init__(self) -> None:
        #: Lists and objects, by identity, that lack only what somebody must see to.
        self.withheld: dict[int, Value] = {}
        #: The options of the command line that the package declares, with their defaults.
        self.options: dict[str, Value] = {}
        #: By the map's identity: the map, which must stay alive for that, and what was put under a key that nobody knows.
        self.vague: dict[int, tuple[Value, Value]] = {}
        #: What decorators note of classes: where, and beside it the class, which must stay alive for that.
        self.metadata: dict[tuple[object, ...], tuple[Value, Value]] = {}

    @abstractmethod
    def call(self, callee: Value, args: list[Value]) -> Value:
        """What calling a value gives."""

    @abstractmethod
    def force(self, names: dict[str, Value], name: str, module: Module | None = None) -> Value:
        """A bound name's value, evaluated if nobody has wanted it before."""

    @abstractmethod
    def exported(self, module: Module, name: str, depth: int = 0) -> Value:
        """What a module exports under a name."""

    def get(self, owner: Value, name: Value) -> Value:
        """What `owner[name]` gives."""
        if type(name) not in _NAMES:
            return self.anything(owner) if isinstance(owner, dict) else UNKNOWN
        if isinstance(owner, Setting):
            if name in {"length", "size"} and plain(owner) == []:
                return Setting(0)
            inner = None if plain(owner) is None else self.get(plain(owner), name)
            return Setting(inner) if not isinstance(inner, Unknown | Attribute) else UNKNOWN
        match owner:
            case dict():
                return self._dict_item(owner, name)
            case Words() | Options():
                return owner.get(name)
            case list() if name in {"length", "size"} and not owner and id(owner) in self.withheld:
                return Setting(0)
            case list() | str():
                return _indexed(owner, name)
            case _ if not isinstance(name, str):
                return UNKNOWN
            case Instance():
                return self.instance_get(owner, name)
            case Class():
                return self._class_get(owner, name)
            case Namespace():
                return self.exported(owner.module, name)
            case Function():
                return owner.names.get(name, owner.name if name == "name" else Attribute(owner, name))
            case Action():
                return owner.names.get(name, Attribute(owner, name))
            case External():
                return self._external_get(owner, name)
            case Made():
                if name == "argv" and library(owner):
                    return Options(self.options)
                return owner.names.get(name, Attribute(owner, name))
            case Zod() if name == "shape":
                return owner.shape if owner.shape is not None else UNKNOWN
            case Zod() if name in {"properties", "required"} and name in owner.schema:
                return owner.schema[name]
            case Zod() if name in {"enum", "Enum", "Values"} and isinstance(
                values := owner.schema.get("enum"), list
            ):
                return {value: value for value in values if isinstance(value, str)}
            case Zod() if name in {"options", "value"}:
                return owner.schema.get("enum", owner.schema.get("const", UNKNOWN))
        return Attribute(owner, name)

    def _external_get(self, owner: External, name: str) -> Value:
        if not owner.package and owner.path in ENVIRONMENTS:
            return Setting(None)
        if isinstance(owner, Meta) and name in {"url", "dirname", "filename"}:
            return place(owner.file, name)
        path = f"{owner.path}.{name}" if owner.path else name
        return External(owner.package, path) if owner.package else _of_run_time(path)

    def _dict_item(self, owner: dict[Value, Value], name: Value) -> Value:
        if not isinstance(name, str | int):
            return self.anything(owner)
        key = str(name)
        if key in owner:
            value = self.force(owner, key)
            return self.call(value.function, []) if isinstance(value, Getter) else value
        if key in _DICT_METHODS:
            return Attribute(owner, key)
        if key == "size" and OPEN not in owner:
            return len(owner) or UNKNOWN
        if OPEN in owner:
            return UNKNOWN
        return Setting(None) if id(owner) in self.withheld else None

    def anything(self, owner: dict[Value, Value]) -> Value:
        """What a map has under a key that nobody knows, such as the number of a session: what was put under one."""
        return self.vague.get(id(owner), (None, UNKNOWN))[1]

    def instance_get(self, owner: Instance, name: str) -> Value:
        """A property of an object: its own, else its class's, with `this` bound."""
        if name in owner.names:
            return owner.names[name]
        if name == "constructor":
            return owner.cls
        for cls in owner.cls.lineage():
            if name in cls.members:
                value = self.force(cls.members, name)
                if isinstance(value, Getter):
                    return self.call(value.function.bind(owner), [])
                return value.bind(owner) if isinstance(value, Function) else value
        return Attribute(owner, name)

    def _class_get(self, owner: Class, name: str) -> Value:
        for cls in owner.lineage():
            if name in cls.names:
                value = self.force(cls.names, name)
                if isinstance(value, Getter):
                    return self.call(value.function.bind(owner), [])
                return value.bind(owner) if isinstance(value, Function) else value
        if name == "name":
            return owner.name
        if name == "prototype":
            return {**owner.members, "constructor": owner}
        return Attribute(owner, name)

    def put(self, owner: Value, name: Value, value: Value) -> None:
        """Assign to a property of something that can carry one."""
        name = plain(name)
        if isinstance(owner, dict) and isinstance(name, str | int):
            owner[str(name)] = value
        elif isinstance(owner, dict) and isinstance(name, Unknown | Attribute | Made):
            self.vague[id(owner)] = (owner, value)
        elif isinstance(name, str) and isinstance(owner, Instance | Class | Function | Made):
            owner.names[name] = value


def foreign(specifier: str, name: str) -> Value:
    """What importing a name of another package gives; the empty name is all of it. `process` need not be imported."""
    if specifier not in {"process", "node:process"}:
        return External(specifier, name)
    return _of_run_time("process" if name in {"", "default"} else f"process.{name}")


def _of_run_time(path: str) -> Value:
    """What the run time has under a name, as it is when nobody types or sets anything."""
    match path:
        case "process.argv":
            return Words()
        case "process.platform":
            return Setting(PLATFORM)
        case "process.default":
            return External("", "process")
    return External("", path)


_DICT_METHODS = frozenset(
    {"hasOwnProperty", "toString", "get", "set", "has", "values", "keys", "entries", "forEach"}
)


_INDEX = re.compile(r"\d{1,6}")


def _indexed(owner: list[Value] | str, name: Value) -> Value:
    if isinstance(name, str) and _INDEX.fullmatch(name):
        name = int(name)
    if isinstance(name, int):
        return owner[name] if 0 <= name < len(owner) else None
    if name in {"length", "size"}:
        if owner and all(sureness(item) <= CONDITIONAL for item in owner[:100]):
            return Setting(0)
        unknown = isinstance(owner, list) and any(
            issubclass(kind, Unknown | Attribute) for kind in set(map(type, owner[:500]))
        )
        return UNKNOWN if unknown or (owner == [] and not isinstance(owner, Kept)) else len(owner)
    return Attribute(owner, name) if isinstance(name, str) else UNKNOWN
