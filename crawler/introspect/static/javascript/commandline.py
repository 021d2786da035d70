"""What a program is told when it starts, where nobody tells it anything: flags are absent and options have their defaults."""

import re

from crawler.introspect.static.javascript.values import Attribute, External, Made, plain
from crawler.introspect.static.unknown import UNKNOWN, Setting, Unknown, Value

#: Packages that read a command line, and what each calls the result.
_LIBRARIES = frozenset(
    {
        "commander",
        "yargs",
        "cac",
        "meow",
        "minimist",
        "mri",
        "arg",
        "getopts",
        "util",
        "sade",
        "command-line-args",
    }
)
_RESULTS = frozenset({"opts", "optsWithGlobals", "parseSync", "parseAsync", "parse", "argv", "parseArgs"})
_READERS = frozenset({"meow", "minimist", "mri", "arg", "getopts", "command-line-args"})

_LONG = re.compile(r"--(no-)?([A-Za-z][\w-]*)")


class Words(Unknown):
    """`process.argv`: the run time, the script, and then whatever somebody types."""

    def get(self, name: Value) -> Value:
        """An item, or the length."""
        if isinstance(name, int):
            return Setting(None) if name > 1 else UNKNOWN
        return Setting(2) if name == "length" else Attribute(self, str(name))

    def method(self, name: str, args: list[Value]) -> Value:
        """`process.argv.name(...)`."""
        start = plain(args[0]) if args else None
        if name == "slice":
            return Setting([]) if isinstance(start, int) and start > 1 else self
        return Setting(absent(name)) if absent(name) is not UNKNOWN else UNKNOWN


class Options(Unknown):
    """What a library made of the command line."""

    def __init__(self, defaults: dict[str, Value]) -> None:
        self.defaults = defaults

    def get(self, name: Value) -> Value:
        """An option, or the object that the library keeps the options in."""
        if not isinstance(name, str):
            return UNKNOWN
        if name in self.defaults:
            return Setting(plain(self.defaults[name]))
        if name in {"values", "flags", "options", "argv"}:
            return self
        return Setting([] if name in {"_", "positionals", "input", "args", "rawArgs"} else None)

    def over(self, others: dict[str, Value]) -> dict[str, Value]:
        """What spreading them over other properties brings: options without a default leave what is there."""
        known = {key: plain(value) for key, value in self.defaults.items()}
        return {key: Setting(value) for key, value in known.items() if value is not None or key not in others}

    def method(self, name: str, _: list[Value]) -> Value:
        """A method of the object that the library keeps the options in."""
        return self if name in _RESULTS or name == "then" else UNKNOWN


def absent(method: str) -> Value:
    """What a method of an array gives that looks for something that nobody typed."""
    return {
        "includes": False, "some": False, "has": False, "every": True,
        "find": None, "indexOf": -1, "findIndex": -1, "lastIndexOf": -1,
    }.get(method, UNKNOWN)  # fmt: skip


#: Properties and calls behind each other that are looked through for the command that they belong to.
_LONGEST_CHAIN = 500


def library(value: Value) -> str:
    """The package that reads the command line and that this was made by; empty if none did."""
    if isinstance(value, Made | Attribute):
        value = value.origin
    name = value.package.removeprefix("node:").partition("/")[0] if isinstance(value, External) else ""
    return name if name in _LIBRARIES else ""


#: Words in the name of a command that starts the server, or of one that needs no name.
_SERVING = re.compile(r"stdio|mcp|serve|start|run|\$0|\*")


def is_served(callee: Value, args: list[Value]) -> bool:
    """Whether a function that is given to `command` or `action` runs when somebody starts the server.

    Of a program of several commands, only those do whose names say so, and what belongs to none.
    """
    given = [plain(arg) for arg in (_of_command(callee) if callee.last == "action" else args)]
    if any(isinstance(arg, dict) and arg.get("isDefault") for arg in given):
        return True
    names = given[0] if given and isinstance(given[0], list) else given[:1]
    known = [name.partition(" ")[0] for name in names if isinstance(name, str)]
    return not known or any(_SERVING.search(name) for name in known)


def _of_command(chain: Value) -> list[Value]:
    """The arguments of the last `.command(...)` in a chain of calls; none without one."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(chain, Made | Attribute):
            break
        what = chain.what if isinstance(chain, Made) else chain.owner
        if isinstance(chain, Made) and isinstance(what, Attribute | External) and what.last == "command":
            return chain.args
        chain = what
    return []


def declared(defaults: dict[str, Value], name: str, args: list[Value]) -> None:
    """Note the options that a call of a library declares, with what they are when nobody types them."""
    known = [plain(arg) for arg in args]
    match name, known:
        case "option" | "requiredOption", [str(flags), *more]:
            _option(defaults, flags, more)
        case "options" | "parseArgs" | "meow" | "default", [*_, dict(table)]:
            inner = next(
                (plain(table[key]) for key in ("options", "flags", "default") if key in table), table
            )
            for key, one in inner.items() if isinstance(inner, dict) else ():
                _put(defaults, str(key), plain(one).get("default") if isinstance(plain(one), dict) else one)
        case "default", [str(key), value]:
            _put(defaults, key, value)


def _option(defaults: dict[str, Value], flags: str, more: list[Value]) -> None:
    """`.option("-w, --write <x>", "words", default)` and `.option("write", {default})`."""
    match = _LONG.search(flags)
    settings = more[-1] if more and isinstance(more[-1], dict) else None
    if settings is not None:
        _put(defaults, match[2] if match else flags, settings.get("default"))
    elif match:
        given = [one for one in more[1:] if one is None or isinstance(one, str | bool | int | float | list)]
        _put(defaults, match[2], given[-1] if given else True if match[1] else None)


def _put(defaults: dict[str, Value], key: str, value: Value) -> None:
    defaults[key] = value
    defaults[re.sub(r"-(\w)", lambda match: match[1].upper(), key)] = value


def options(defaults: dict[str, Value], callee: Value, name: str, args: list[Value]) -> Options | None:
    """What a call gives if it reads the command line."""
    package = library(callee)
    if not package:
        return None
    declared(defaults, name, args)
    if package == "commander" and name == "parse":
        return None  # gives the command, whose `opts()` are the options
    if package == "util":
        return Options(defaults) if name == "parseArgs" else None
    reads = name in _RESULTS or (package in _READERS and isinstance(callee, External))
    return Options(defaults) if reads else None
